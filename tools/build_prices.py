"""
Build the price book that guardrail ships from a directory of collected rows.

    python tools/build_prices.py --from SOURCE_DIR [--version 2026.11.22] [--into DIRECTORY] [--check]

SOURCE_DIR holds CSV files with the columns of `book.read.COLUMNS`, and `accelerators.csv`, the machine types that
ought to have a price. Nothing is written where a check refuses a row. Run by hand, by whoever collected the rows;
never at install. What it refuses and how to go on is told in docs/cost.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Optional

from book.decided import Decided, LeftOut, decided
from book.read import machines, read
from book.resolve import leave_out, lost, rows_of, strangers, unneeded, unpriced

from guardrail.data import DIRECTORY
from guardrail.errors import GuardrailError
from guardrail.pricing import assemble, checks
from guardrail.pricing.book import Book
from guardrail.pricing.rows import Key, Row, hourly
from guardrail.pricing.written import recover, write


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Build, and return 0; or say what is wrong, write nothing, and return 1."""
    options = _options(arguments)
    try:
        return _build(options)
    except GuardrailError as error:
        print(f"error: {error}{f' ({error.hint})' if error.hint else ''}", file=sys.stderr)
        return 1


def _options(arguments: Optional[Sequence[str]]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Build the price book from a directory of collected rows.")
    parser.add_argument("--from", dest="source", type=Path, required=True, metavar="SOURCE_DIR")
    parser.add_argument("--version", help="name of the book, YYYY.MM.DD; the date of the newest row if not given")
    parser.add_argument("--into", type=Path, default=DIRECTORY / "prices", metavar="DIRECTORY")
    parser.add_argument("--check", action="store_true", help="compare with what is there instead of writing")
    parser.add_argument("--today", default=datetime.now(timezone.utc).date().isoformat(), help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _build(options: argparse.Namespace) -> int:
    told = decided()
    collected = [hourly(row) for row in read(options.source, told)]
    rows, out = leave_out(collected, told)
    before = _before(options.into)
    winners, problems = checks.newest(rows, told.reviews, before)
    problems += checks.check(winners, today=options.today, recorded=told.recorded)
    version = options.version or _version(winners)
    files = assemble.assemble(winners.values(), version)
    for problem in problems:
        print(f"{'refused' if problem.refuses else 'note'}: {problem.check}: {problem.message}")
    for line in _notes(options.source, told, collected, out, winners, before):
        print(f"note: {line}")
    refused = sum(problem.refuses for problem in problems)
    print(f"{len(collected)} rows, {len(winners)} prices, {len(files)} files, {refused} refused, version {version}")
    if refused:
        return 1
    if options.check:
        return _compare(options.into, files)
    write(files, options.into)
    return 0


def _before(into: Path) -> Mapping[Key, Row]:
    """Return the rows of the book that will be replaced, none if there is none."""
    recover(into)
    return rows_of(Book(into)) if into.exists() else {}


def _version(winners: checks.Winners) -> str:
    newest = max((row.age for row in winners.values()), default="")
    return newest.replace("-", ".") or "undated"


def _notes(
    source: Path,
    told: Decided,
    collected: Sequence[Row],
    out: Sequence[tuple[Row, LeftOut]],
    winners: checks.Winners,
    before: Mapping[Key, Row],
) -> Iterator[str]:
    """Yield what is no mistake of a row: what was left out and why, and what no longer resolves."""
    for row, reason in out:
        yield f"left out: {row}: {reason.why}"
    for line in unneeded(told, {row.key for row in collected}, [reason for _, reason in out]):
        yield f"not needed: {line}"
    for line in lost(before, winners):
        yield f"no longer there: {line}"
    for line in strangers(winners):
        yield f"in no table of machines: {line}"
    for line in unpriced(machines(source), winners):
        yield f"no price: {line}"


def _compare(into: Path, files: Mapping[str, bytes]) -> int:
    there = {path.relative_to(into).as_posix(): path.read_bytes() for path in into.rglob("*") if path.is_file()}
    different = sorted(path for path in {*there, *files} if there.get(path) != files.get(path))
    for path in different:
        print(f"differs: {path}")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
