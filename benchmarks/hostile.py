"""
Measure what hostile input costs: seconds, and peak memory of the whole run, the worker for Rego and git included.

    python benchmarks/hostile.py [--output FILE] [WORD…]

Every case of `tests/e2e/hostile.py` (or those with one of the words in their name) is checked once. A case that takes
over 1 GB, or ends with a traceback, fails. Memory is the sum of the peaks (VmHWM) of all processes that live at a time,
looked at every 10 ms: no less than what the run took, and a little more.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))
sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.e2e.hostile import CASES, Case

GUARDRAIL = (sys.executable, "-m", "guardrail")
LIMIT = 1_000_000_000
_EVERY = 0.01


@dataclass(frozen=True)
class Figure:
    """Exit code, wall seconds, peak bytes, and what went wrong."""

    code: int
    wall: float
    peak: int
    fault: str

    def __str__(self) -> str:
        return f"exit {self.code:2}  {self.wall:6.2f} s  {self.peak / 1e6:6.0f} MB  {self.fault}".rstrip()


def measure(folder: Path, arguments: Sequence[str]) -> Figure:
    """Run a check there and watch it."""
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(
            [*GUARDRAIL, "check", "--format", "json", *arguments],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
        ) as process,
    ):
        started = time.perf_counter()
        peak = 0
        while True:
            pid, status = os.waitpid(process.pid, os.WNOHANG)
            if pid:
                break
            peak = max(peak, sum(map(_resident, _family(process.pid))))
            time.sleep(_EVERY)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        complaints.seek(0)
        fault = "TRACEBACK" if b"Traceback" in complaints.read() else "OVER 1 GB" if peak > LIMIT else ""
    return Figure(process.returncode, wall, peak, fault)


def _family(pid: int) -> list[int]:
    """Return a process and all below it, as far as they still live."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return [pid]
    return [pid, *(one for child in children for one in _family(int(child)))]


def _resident(pid: int) -> int:
    """Return the most that a process has had in memory, in bytes; the system's own account of it."""
    try:
        told = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    found = re.search(r"^VmHWM:\s*(\d+) kB", told, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def _measured(case: Case) -> Figure:
    with tempfile.TemporaryDirectory() as folder:
        case.make(Path(folder))
        return measure(Path(folder), case.arguments)


def main() -> None:
    """Print the table; end with 1 if a case fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path)
    parser.add_argument("words", nargs="*")
    asked = parser.parse_args()
    lines = [f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, one run each"]
    failed = False
    for case in CASES:
        if asked.words and not any(word in case.name for word in asked.words):
            continue
        figure = _measured(case)
        failed = failed or bool(figure.fault)
        lines.append(f"{case.name:42} {figure}")
        print(lines[-1], flush=True)
    if asked.output:
        asked.output.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.exit(failed)


if __name__ == "__main__":
    main()
