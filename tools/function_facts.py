"""
Record what Terraform's functions give, for tests that need no Terraform.

    python tools/function_facts.py tests/facts/functions

Every line of `calls.txt` becomes an output of one configuration, planned in an empty directory (with the files of
`files/` beside it, no provider and no network). `answers.json` gets for each call its value (numbers as text, with all
their digits) and type, or that it is an error, or which parts of it are unknown until apply; `names.json` gets the
functions that there are.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

BATCH = 400
UNKNOWN = 'resource "terraform_data" "u" {\n  input = "u"\n}\n'


def calls(folder: Path) -> list[str]:
    """Return the calls of a folder, in order."""
    lines = (folder / "calls.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def record(folder: Path) -> dict[str, Any]:
    """Return what Terraform says of each call."""
    answers: dict[str, Any] = {}
    wanted = calls(folder)
    for at in range(0, len(wanted), BATCH):
        answers.update(_batch(folder, wanted[at : at + BATCH]))
    return answers


def _batch(folder: Path, wanted: list[str]) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        shutil.copytree(folder / "files", work / "files")
        left = list(wanted)
        while left:
            (work / "main.tf").write_text(UNKNOWN + _outputs(left), encoding="utf-8")
            failed = _plan(work)
            if not failed:
                break
            answers.update({left[number]: {"error": True} for number in failed})
            left = [call for number, call in enumerate(left) if number not in failed]
        answers.update(_values(work, left))
    return {call: answers[call] for call in wanted}


def _outputs(wanted: list[str]) -> str:
    return "".join(f'output "o{number}" {{\n  value = {call}\n}}\n' for number, call in enumerate(wanted))


def _plan(work: Path) -> set[int]:
    """Plan, and return the numbers of the outputs that are in error."""
    if not (work / ".terraform").exists():
        _terraform(work, "init", "-no-color", "-input=false")
        (work / ".terraform").mkdir(exist_ok=True)
    done = _terraform(work, "plan", "-json", "-input=false", "-out=plan")
    if done.returncode == 0:
        return set()
    failed: set[int] = set()
    for line in done.stdout.splitlines():
        diagnostic = json.loads(line).get("diagnostic") or {}
        if diagnostic.get("severity") == "error":
            place = diagnostic.get("range")
            if place:
                failed.add((place["start"]["line"] - UNKNOWN.count("\n") - 1) // 3)
            failed.update(int(number) for number in re.findall(r'output value "o(\d+)"', diagnostic["detail"]))
    if not failed:
        raise SystemExit(f"terraform plan failed: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return failed


def _values(work: Path, wanted: list[str]) -> dict[str, Any]:
    if not wanted:
        return {}
    shown = json.loads(_terraform(work, "show", "-json", "plan").stdout, parse_float=str, parse_int=str)  # all digits
    changes = shown.get("output_changes", {})
    outputs = shown["planned_values"].get("outputs", {})
    answers: dict[str, Any] = {}
    for number, call in enumerate(wanted):
        change = changes.get(f"o{number}", {"after_unknown": False})
        if _holds_unknown(change["after_unknown"]):
            answers[call] = {"unknown": change["after_unknown"], "value": change.get("after")}
        else:
            kind = outputs.get(f"o{number}", {}).get("type", "dynamic")
            answers[call] = {"value": change.get("after"), "type": kind}
    return answers


def _holds_unknown(mask: Any) -> bool:
    if isinstance(mask, dict):
        return any(map(_holds_unknown, mask.values()))
    return any(map(_holds_unknown, mask)) if isinstance(mask, list) else mask is True


def _terraform(work: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(work), "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
    return subprocess.run(  # noqa: S603 - the arguments are ours
        ["terraform", *arguments],  # noqa: S607 - whichever is on PATH is asked
        cwd=work, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def names() -> list[str]:
    """Return the functions that Terraform has; each has a second name that begins with `core::`."""
    with tempfile.TemporaryDirectory() as work:
        told = json.loads(_terraform(Path(work), "metadata", "functions", "-json").stdout)
    return sorted({name.removeprefix("core::") for name in told["function_signatures"]})


def written(answers: dict[str, Any]) -> str:
    """Return the answers as a file: one line for each call."""
    lines = [
        f"{json.dumps(call, ensure_ascii=False)}: {json.dumps(answers[call], ensure_ascii=False)}" for call in answers
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    target = Path(sys.argv[1])
    (target / "answers.json").write_text(written(record(target)), encoding="utf-8")
    (target / "names.json").write_text(json.dumps(names(), indent=1) + "\n", encoding="utf-8")
