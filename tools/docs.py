"""
Run the examples of the documentation, and write their output where it belongs.

An example is a fenced block `console` after a line `<!-- example: WHERE -->`. Lines that begin with `$ ` are commands,
the lines below one are its output. WHERE is `demo`, the demo pull request with its head checked out, `modules`, another
one that calls a module which has been fetched, `plan`, one with a plan of its root, `unknowns`, one with values that
cannot be told, for every reason, or `empty`.

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

import demo

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "fixtures" / "repos" / "modules"
PLAN = ROOT / "fixtures" / "repos" / "plan"
UNKNOWNS = ROOT / "fixtures" / "repos" / "unknowns"
EXAMPLE = re.compile(
    r"(<!-- example: (?P<where>\w+) -->\n```console\n)(?P<body>.*?)(?P<end>^```$)", re.DOTALL | re.MULTILINE
)


def pages() -> Iterator[Path]:
    """Yield every page that may hold an example."""
    yield ROOT / "README.md"
    yield from sorted((ROOT / "docs").rglob("*.md"))


def rerun(page: Path) -> str:
    """Return the text of the page with the output that its commands have now."""
    text = page.read_text(encoding="utf-8")

    def fresh(match: re.Match[str]) -> str:
        with tempfile.TemporaryDirectory() as folder:
            place = prepare(match["where"], Path(folder) / "repository")
            commands = [line for line in match["body"].splitlines() if line.startswith("$ ")]
            body = "".join(f"{line}\n{output(line[2:], place)}" for line in commands)
        return f"{match[1]}{body}{match['end']}"

    return EXAMPLE.sub(fresh, text)


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
