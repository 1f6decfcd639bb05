"""
Run the examples of the documentation, and write their output where it belongs.

An example is a fenced block `console` after a line `<!-- example: WHERE -->`. Lines that begin with `$ ` are commands,
the lines below one are its output. WHERE is `demo`, the demo pull request with its head checked out, `modules`, another
one that calls a module which has been fetched, `plan`, one with a plan of its root, `unknowns`, one with values that
cannot be told, for every reason, `strangers`, one with a kind that nobody knows, `kinds`, the same with a row for it,
`project`, a copy of what is written and tested when a kind is added to this project, or `empty`.

A fenced block after a line `<!-- file: PATH -->` is in that file of the project, letter by letter; after
`<!-- whole: PATH -->` it is all of it. Neither is written: where they differ, one of them is wrong.

    python tools/docs.py           compare, exit 1 on a difference
    python tools/docs.py --write   write what the commands print now
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Optional

import demo

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "fixtures" / "repos" / "modules"
PLAN = ROOT / "fixtures" / "repos" / "plan"
UNKNOWNS = ROOT / "fixtures" / "repos" / "unknowns"
KINDS = ROOT / "fixtures" / "repos" / "kinds"
EXAMPLE = re.compile(
    r"(<!-- example: (?P<where>\w+)(?: (?P<repository>[\w./-]+) (?P<commit>[0-9a-f]{40}))? -->\n```console\n)"
    r"(?P<body>.*?)(?P<end>^```$)",
    re.DOTALL | re.MULTILINE,
)
QUOTED = re.compile(
    r"<!-- (?P<how>file|whole): (?P<path>[\w./-]+) -->\n```\w+\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE
)
_STEP = re.compile(r"(?P<head>  because  |  decided  | {11})(?P<place>\S+:[0-9]+)(?:  +(?P<rest>.*))?")
_BELOW = re.compile(r" {13}(?P<rest>.*)")


def pages() -> Iterator[Path]:
    """Yield every page that may hold an example."""
    yield ROOT / "README.md"
    yield from sorted((ROOT / "docs").rglob("*.md"))


def rerun(page: Path) -> str:
    """Return the text of the page with the output that its commands have now."""
    text = page.read_text(encoding="utf-8")

    def fresh(match: re.Match[str]) -> str:
        if match["where"] == "repository":
            return _of_others(match)
        with tempfile.TemporaryDirectory() as folder:
            place = prepare(match["where"], Path(folder) / "repository")
            commands = [line for line in match["body"].splitlines() if line.startswith("$ ")]
            body = "".join(f"{line}\n{output(line[2:], place)}" for line in commands)
        return f"{match[1]}{body}{match['end']}"

    return EXAMPLE.sub(fresh, text)


def quotations(page: Path) -> Iterator[tuple[str, Path, bool]]:
    """Yield (text, file, whether it is all of it) for each block of a page that a file of the project has."""
    for match in QUOTED.finditer(page.read_text(encoding="utf-8")):
        yield match["body"], ROOT / match["path"], match["how"] == "whole"


def _of_others(match: re.Match[str]) -> str:
    """Return an example of a public repository with the output of now; as it is where the repository is not there."""
    place = repository(match["repository"], match["commit"])
    if place is None:
        return match[0]
    commands = [line for line in match["body"].splitlines() if line.startswith("$ ")]
    body = "".join(f"{line}\n{without_text(output(line[2:], place))}" for line in commands)
    return f"{match[1]}{body}{match['end']}"


def repository(name: str, commit: str) -> Optional[Path]:
    """Return the clone of a public repository that has the commit, None if there is none."""
    folder = os.environ.get("GUARDRAIL_REPOSITORIES")
    place = Path(folder or os.devnull) / name.rpartition("/")[2]
    if not folder or not place.is_dir():
        return None
    asked = ["git", "-C", str(place), "cat-file", "-e", f"{commit}^{{commit}}"]
    told = subprocess.run(asked, stderr=subprocess.DEVNULL, check=False)  # noqa: S603 - a clone of the developer
    return place if told.returncode == 0 else None


def without_text(told: str) -> str:
    """Return an explanation without the text of the lines that it names."""
    rows: list[list[str]] = []
    for line in told.splitlines():
        step, below = _STEP.fullmatch(line), _BELOW.fullmatch(line)
        if step:
            rows.append([step["head"] + step["place"], _value(step["rest"] or "")])
        elif below and rows and len(rows[-1]) == _OF_STEP and not rows[-1][1]:
            rows[-1][1] = _value(below["rest"])
        else:
            rows.append([line])
    width = max((len(row[0]) for row in rows if len(row) == _OF_STEP), default=0)
    lines = [row[0] if len(row) < _OF_STEP or not row[1] else f"{row[0]:{width}}  → {row[1]}" for row in rows]
    return "".join(f"{line}\n" for line in lines)


_OF_STEP = 2


def _value(rest: str) -> str:
    return f"  {rest}".partition("  → ")[2]


def prepare(where: str, folder: Path) -> Path:
    """Return the folder in which an example runs."""
    if where == "demo":
        return demo.build(demo.STORY, folder)
    if where == "modules":
        built = demo.build(MODULES, folder)
        shutil.copytree(MODULES / "fetched", built / ".guardrail" / "modules")
        (built / ".guardrail" / "modules" / ".gitignore").write_text("*\n", encoding="utf-8")
        return built
    if where == "plan":
        built = demo.build(PLAN, folder)
        shutil.copy(PLAN / "plan.json", built)
        return built
    if where == "unknowns":
        return demo.build(UNKNOWNS, folder)
    if where in ("strangers", "kinds"):
        built = demo.build(KINDS, folder)
        demo.git(built, "checkout", "--quiet", "main" if where == "strangers" else "gpu-pool")
        return built
    if where == "project":
        for part in ("tools", "fixtures/objects", "tests/contract", "docs"):
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", folder)
        return folder
    if where == "empty":
        folder.mkdir(parents=True)
        return folder
    raise SystemExit(f"no such place for an example: {where}")


def output(command: str, place: Path) -> str:
    """Return what the command prints, as a person without colour sees it at 100 columns, and its exit code unless 0."""
    scripts = str(Path(sys.executable).parent)
    environment = {
        "PATH": os.pathsep.join((scripts, os.environ["PATH"])),
        "HOME": str(place),
        "COLUMNS": "100",
        "NO_COLOR": "1",
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
    }
    shell = shutil.which("bash") or "sh"
    told = subprocess.run(  # noqa: S603 - commands of our own pages
        [shell, "-c", command],
        cwd=place,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    text = told.stdout.decode()
    if text and not text.endswith("\n"):
        text += "\n"
    return text + (f"[exit code {told.returncode}]\n" if told.returncode else "")


def main() -> int:
    """Compare or write all pages; return the exit code."""
    stale = [page for page in pages() if rerun(page) != page.read_text(encoding="utf-8")]
    for page in stale:
        if "--write" in sys.argv:
            page.write_text(rerun(page), encoding="utf-8")
        print(("written: " if "--write" in sys.argv else "stale: ") + str(page.relative_to(ROOT)))
    return 1 if stale and "--write" not in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
