"""
Time guardrail as a user does: whole processes, median of several runs, with the peak memory of the largest process.

    python benchmarks/run.py [--runs N] [--repository DIR…] [--output FILE]

Peers that are on PATH (checkov, trivy, c7n-left) run on the same inputs in turn, and their ratio is printed beside.
Figures of one machine go into benchmarks/results/.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import generate

CHANGE = "5,000 files, 3 changed, whole repository"
TOUCHED = "one check of the roots touched"

GUARDRAIL = Path(sys.executable).with_name("guardrail")


def peers(work: Path) -> dict[str, tuple[str, ...]]:
    """Return the commands of others: offline, with their own policies; c7n-left has none, so it gets two."""
    policies = str(generate.policies(work / "c7n"))
    return {
        "checkov": ("checkov", "--directory", ".", "--quiet", "--compact", "--skip-download"),
        "trivy": ("trivy", "config", "--quiet", "."),
        "c7n-left": ("c7n-left", "run", "--policy-dir", policies, "--directory", "."),
    }


@dataclass(frozen=True)
class Figure:
    """Median wall seconds, smallest and largest, and peak memory in MiB."""

    wall: float
    least: float
    most: float
    mib: float

    def __str__(self) -> str:
        return f"{self.wall:7.3f} s  ({self.least:.3f}–{self.most:.3f})  {self.mib:6.0f} MiB"


def measure(command: Sequence[str], folder: Path, runs: int) -> Figure:
    """
    Run the command that often after one warm-up. Its output is thrown away.

    An exit code from 64 on is a failure, and so is a traceback: what crashes at once is not fast.
    """
    walls, memory = [], 0.0
    for index in range(runs + 1):
        started = time.perf_counter()
        with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            complaint = process.stderr.read() if process.stderr else b""
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode >= 64 or b"Traceback" in complaint:
            raise SystemExit(f"{command} ended with {process.returncode}:\n{complaint.decode()}")
        if index:
            walls.append(time.perf_counter() - started)
            memory = max(memory, used.ru_maxrss / 1024)
    return Figure(statistics.median(walls), min(walls), max(walls), memory)


def scenarios(work: Path, repositories: Sequence[Path]) -> list[tuple[str, Path, list[str], bool]]:
    """Return (name, folder, arguments of guardrail, whether peers can do it)."""
    many = generate.many_files(work / "many", 5_000)
    touched = [f"infra/root{root:04d}" for root in range(3)]
    rows = [
        ("--version", work, ["--version"], False),
        ("small directory", generate.small(work / "small"), ["check"], True),
        *(
            (f"{number:,} resources", generate.resources(work / f"r{number}", number), ["check"], number == 1_000)
            for number in (1_000, 2_500, 5_000, 10_000, 20_000, 40_000)
        ),
        (
            "a plan of 67 MB, 15,000 resources",
            generate.plan(work / "plan", 15_000),
            ["check", "--plan", "plan.json"],
            False,
        ),
        (TOUCHED, many, ["check", *touched], False),
        (CHANGE, many, ["check", "--base", "main", "--head", "change"], False),
        ("the same with everything read", many, ["check", "--base", "main", "--head", "change", "--all"], False),
        ("the same in the working tree", many, ["check", "--base", "main"], False),
    ]
    rows += [
        (f"{repository.name}, every folder", repository, ["check", *roots(repository)], False)
        for repository in repositories
    ]
    return rows


def roots(repository: Path) -> list[str]:
    """Return every folder directly below the repository that holds configuration, examples and tests included."""
    found = {file.relative_to(repository).parts[0] for file in repository.rglob("*.tf") if file.parent != repository}
    return [".", *sorted(found)]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--repository", type=Path, action="append", default=[])
    parser.add_argument("--output", type=Path)
    asked = parser.parse_args()
    walls: dict[str, float] = {}
    lines = [f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {asked.runs} runs"]
    with tempfile.TemporaryDirectory() as folder:
        with ProcessPoolExecutor(1) as apart:  # what this process has held counts as memory of those that it starts
            rows = apart.submit(scenarios, Path(folder), asked.repository).result()
        for name, place, arguments, shared in rows:
            ours = measure([str(GUARDRAIL), *arguments], place, asked.runs)
            walls[name] = ours.wall
            ratio = f"  {ours.wall / walls[TOUCHED]:5.2f} times {TOUCHED}" if name == CHANGE else ""
            lines.append(f"{name:42} guardrail {ours}{ratio}")
            print(lines[-1], flush=True)
            for peer, command in peers(Path(folder)).items():
                if shared and shutil.which(peer):
                    theirs = measure(command, place, 1)
                    lines.append(f"{'':42} {peer:9} {theirs}  {theirs.wall / ours.wall:5.1f} times as long")
                    print(lines[-1], flush=True)
    if asked.output:
        asked.output.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
