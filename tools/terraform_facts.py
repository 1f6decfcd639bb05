"""
Asks the real Terraform what expressions and configurations come to, and writes the answers down.

    python tools/terraform_facts.py tests/facts/terraform

`expressions/*.txt` hold a sentence and an expression per case, evaluated beside `prelude.tf`; `configurations/*.txt` a
sentence and the files of a root per case. The answers go to `expressions.json` and `configurations.json`; the tests
compare our own evaluation with those, and those with Terraform where it is installed. Only the built-in
`terraform_data` is used, so that neither a provider nor the network is needed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Optional

UNKNOWN = {"$unknown": True}
"""How an unknown value is written down."""

ERROR = {"$error": True}
"""How an error is written down."""

_ENVIRONMENT = {"CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull, "TF_IN_AUTOMATION": "1"}


def available() -> bool:
    """Whether there is a `terraform` to be asked."""
    return shutil.which("terraform") is not None


def cases(file: Path) -> dict[str, str]:
    """Return the expressions of a file by their sentence: blocks of lines, `# sentence` first."""
    found: dict[str, str] = {}
    for block in file.read_text(encoding="utf-8").split("\n\n"):
        sentence, _, expression = block.strip().partition("\n")
        if sentence:
            found[sentence.removeprefix("# ")] = expression
    return found


def ask_expressions(expressions: Mapping[str, str], prelude: str) -> dict[str, Any]:
    """Return what each expression comes to, in one plan; those in error are taken out until the rest can be planned."""
    names = {f"e{index}": sentence for index, sentence in enumerate(expressions)}
    answers: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "prelude.tf").write_text(prelude, encoding="utf-8")
        while True:
            left = {name: sentence for name, sentence in names.items() if sentence not in answers}
            lines = _write_outputs(root, {name: expressions[sentence] for name, sentence in left.items()})
            planned, failed = plan(root)
            if planned is not None:
                changes = planned.get("output_changes", {})
                answers |= {sentence: _answer(changes.get(name)) for name, sentence in left.items()}
                return {sentence: answers[sentence] for sentence in expressions}
            wrong = {lines[line] for line in _error_lines(failed, "outputs.tf") if line in lines}
            wrong |= set(re.findall(r'output value \\*"(e[0-9]+)\\*"', failed))
            if not wrong:
                raise RuntimeError(failed)
            answers |= {names[name]: ERROR for name in wrong}


def configurations(file: Path) -> dict[str, dict[str, str]]:
    """Return the files of each case by its sentence: `## sentence`, then `-- path --` and the text of each file."""
    found: dict[str, dict[str, str]] = {}
    for case in re.split(r"^## ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        sentence, _, archive = case.partition("\n")
        parts = re.split(r"^-- (.+) --\n", archive, flags=re.MULTILINE)
        found[sentence] = dict(zip(parts[1::2], parts[2::2], strict=True))
    return found


STACK = "stack.tfvars"
"""A variable file of this name is given on the command line."""


def plan_of(files: Mapping[str, str]) -> Optional[dict[str, Any]]:
    """Return the plan of a root, or none where it is in error."""
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            place = Path(folder, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        planned, _ = plan(Path(folder), *([f"-var-file={STACK}"] if STACK in files else []))
    return planned


def answer(planned: Optional[Mapping[str, Any]]) -> Any:
    """Return the resources (by address, their input) and outputs of a plan, or that the root is in error."""
    if planned is None:
        return ERROR
    resources = {
        each["address"]: _answer(each["change"]).get("input")
        for each in planned.get("resource_changes", ())
        if each["mode"] == "managed"
    }
    outputs = {name: _answer(change) for name, change in planned.get("output_changes", {}).items()}
    return {"resources": resources, "outputs": outputs}


def _write_outputs(root: Path, expressions: Mapping[str, str]) -> dict[int, str]:
    """Write one output per expression, and return the name that belongs to each line."""
    text, owners = "", {}
    for name, expression in expressions.items():
        first = text.count("\n") + 1
        text += f'output "{name}" {{\n  value = {expression}\n}}\n'
        owners.update(dict.fromkeys(range(first, text.count("\n") + 1), name))
    (root / "outputs.tf").write_text(text, encoding="utf-8")
    return owners


def plan(root: Path, *arguments: str) -> tuple[Optional[dict[str, Any]], str]:
    """Return the plan, or what Terraform printed instead of one."""
    if not (root / ".terraform").exists():
        started = run(root, "init", "-backend=false", "-input=false", "-no-color")
        if started.returncode:
            return None, started.stdout + started.stderr
    done = run(root, "plan", "-json", "-input=false", "-out=plan.bin", *arguments)
    if done.returncode:
        return None, done.stdout
    shown = run(root, "show", "-json", "plan.bin")
    return json.loads(shown.stdout), ""


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Terraform in a directory, with nothing of the environment but PATH."""
    environment = {"PATH": os.environ["PATH"], **_ENVIRONMENT}
    return subprocess.run(  # noqa: S603 - our own arguments
        ["terraform", *arguments],  # noqa: S607 - the one on PATH is meant
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def _error_lines(printed: str, file: str) -> set[int]:
    lines: set[int] = set()
    for line in printed.splitlines():
        message = json.loads(line) if line.startswith("{") else {}
        place = message.get("diagnostic", {}).get("range", {})
        if message.get("@level") == "error" and place.get("filename") == file:
            lines.add(place["start"]["line"])
    return lines


def _answer(change: Optional[Mapping[str, Any]]) -> Any:
    """Return a planned value with what is not known in its place; an output that is null is no change."""
    return None if change is None else _masked(change.get("after"), change.get("after_unknown", False))


def _masked(value: Any, unknown: Any) -> Any:
    if unknown is True:
        return UNKNOWN
    if isinstance(unknown, dict):
        keys = sorted({*(value or {}), *unknown})
        return {key: _masked((value or {}).get(key), unknown.get(key, False)) for key in keys}
    if isinstance(unknown, list) and unknown:
        return [_masked(each, mask) for each, mask in zip(value, unknown, strict=True)]
    return value


def ask(folder: Path) -> dict[str, Any]:
    """Return the answers to all cases of a folder, by the name of the file that keeps them."""
    return {
        "expressions": asked_expressions(folder),
        "configurations": {
            file.stem: {sentence: answer(plan_of(files)) for sentence, files in configurations(file).items()}
            for file in sorted((folder / "configurations").glob("*.txt"))
        },
    }


def asked_expressions(folder: Path) -> dict[str, Any]:
    """Return the answers to the expressions of a folder, by file."""
    prelude = (folder / "prelude.tf").read_text(encoding="utf-8")
    files = sorted((folder / "expressions").glob("*.txt"))
    return {file.stem: ask_expressions(cases(file), prelude) for file in files}


def main() -> None:
    """Ask for all cases of a folder, and write down the answers."""
    folder = Path(sys.argv[1])
    for name, answers in ask(folder).items():
        (folder / f"{name}.json").write_text(json.dumps(answers, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
