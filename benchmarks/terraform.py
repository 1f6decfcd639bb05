"""
Time what reads Terraform, by itself and as a user does, and hold it against what was promised.

    python benchmarks/terraform.py [--runs N] [--repository DIR] [--output FILE]

By itself: a process of its own lists the files, parses and evaluates them, that often, each time from nothing; the
least of the runs counts, since what else a machine does can only make one slower (`busy` are the seconds of the
processor: where they are far less, others were at work). As a user does: whole runs of `guardrail check`. Memory is the
peak of the process. DIR is a clone of terraform-aws-modules/terraform-aws-eks, whose
eleven roots are read; without it they are left out. Ends with 1 where a limit is exceeded.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

import generate
from run import GUARDRAIL, measure

PLAN = "plan.json"


@dataclass(frozen=True)
class Case:
    """
    An input and what is promised of it: seconds and MiB at the most.

    `paths` are named to the check, of a plan none. `whole` says that the promise is of whole runs.
    """

    name: str
    folder: Path
    seconds: float
    mib: Optional[float] = None
    paths: tuple[str, ...] = ()
    whole: bool = False

    @property
    def arguments(self) -> list[str]:
        """How a user has it checked."""
        return ["check", *(("--plan", PLAN) if self.whole else self.paths)]


def cases(work: Path, repository: Optional[Path]) -> list[Case]:
    """Return what is measured, written below a folder."""
    found = [
        Case("10,000 resources in one root", generate.resources(work / "many", 10_000), 1.5, 300),
        Case("for_each of 1,000 keys over a module", generate.keyed(work / "keyed", 1_000), 1.0),
        Case("a plan of 67 MB, 15,000 resources", generate.plan(work / "plan", 15_000), 8.0, 1_500, whole=True),
    ]
    if repository is not None:
        paths = (".", *(name for name in ("examples", "tests") if (repository / name).is_dir()))
        found.insert(1, Case(f"{repository.name}, every root", repository, 0.35, paths=paths))
    return found


def read(folder: Path, paths: Sequence[str]) -> tuple[int, int]:
    """List, parse and evaluate all roots below a folder from nothing; return how many they are, and their resources."""
    from guardrail.config.settings import Settings
    from guardrail.frontends.discover import discover
    from guardrail.frontends.known import Known
    from guardrail.frontends.terraform.read import read as read_root
    from guardrail.sources.locate import root_at
    from guardrail.sources.worktree import worktree

    tree, known = worktree(root_at(folder, ())), Known()
    roots = [unit for unit in discover(tree, Settings(), paths, known=known).units if unit.format == "terraform"]
    parsed = [read_root(tree, unit, known.calls.syntax, {}, known.budget) for unit in roots]
    return len(roots), sum(len(one.resources) for one in parsed)


def alone(folder: Path, paths: Sequence[str], runs: int) -> None:
    """Print what reading takes in this process: seconds, those of the processor, peak of memory, and what was read."""
    gc.disable()  # as the command does
    walls, processor = [], []
    for _ in range(runs):
        started, busy = time.perf_counter(), time.process_time()
        found = read(folder, paths)
        walls.append(time.perf_counter() - started)
        processor.append(time.process_time() - busy)
        gc.collect()  # what one run leaves is no memory of the next
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([min(walls), min(processor), peak, *found]))


def report(case: Case, runs: int) -> tuple[str, bool]:
    """Return a line of the table, and whether what was promised is kept."""
    lines, kept = [], True
    limit = f"at most {case.seconds:g} s" + (f", {case.mib:,.0f} MiB" if case.mib else "")
    if not case.whole:
        command = [sys.executable, __file__, "--alone", str(case.folder), "--runs", str(runs), *case.paths]
        told = subprocess.run(command, check=True, capture_output=True, text=True)
        seconds, busy, peak, roots, resources = json.loads(told.stdout)
        kept = seconds <= case.seconds and (case.mib is None or peak <= case.mib)
        told_of = f"{roots} {'root' if roots == 1 else 'roots'}, {resources:,} resources"
        lines.append(
            f"{case.name:40} read    {seconds:7.3f} s  {peak:5.0f} MiB  ({limit})  {told_of}, {busy:.3f} s busy"
        )
    figure = measure([str(GUARDRAIL), *case.arguments], case.folder, runs)
    if case.whole:
        kept = figure.least <= case.seconds and (case.mib is None or figure.mib <= case.mib)
    lines.append(
        f"{'' if lines else case.name:40} check   {figure.least:7.3f} s  {figure.mib:5.0f} MiB"
        + (f"  ({limit})" if case.whole else "")
    )
    return "\n".join(lines) + ("" if kept else "\n  MORE THAN WAS PROMISED"), kept


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--repository", type=Path)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--alone", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("paths", nargs="*", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.alone:
        alone(asked.alone, asked.paths, asked.runs)
        return 0
    lines = [
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, least of {asked.runs} runs"
    ]
    broken = 0
    with tempfile.TemporaryDirectory() as folder:
        with ProcessPoolExecutor(1) as apart:  # what this process has held counts as memory of those that it starts
            made = apart.submit(cases, Path(folder), asked.repository and asked.repository.resolve()).result()
        for case in made:
            line, kept = report(case, asked.runs)
            broken += not kept
            lines.append(line)
            print(line, flush=True)
    if asked.output:
        asked.output.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
