"""
Build the price book that guardrail ships from a directory of collected rows.

    python tools/build_prices.py SOURCE_DIR [--version 2026.11.22] [--into DIRECTORY] [--check]

SOURCE_DIR holds CSV files with the columns of `COLUMNS`, and `accelerators.csv`, the machine types that ought to have
a price. Nothing is written where a check refuses a row. Run by hand, by whoever collected the rows; never at install.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final, Optional

from guardrail.data import DIRECTORY
from guardrail.errors import GuardrailError
from guardrail.pricing import assemble, checks
from guardrail.pricing.rows import Key, Row, hourly

COLUMNS: Final = (
    "provider", "service", "sku", "region", "unit", "price_usd", "purchase_option",
    "vcpu", "memory_gib", "accelerator_name", "accelerator_count", "accelerator_memory_gib", "source", "as_of",
)  # fmt: skip
MACHINES: Final = "accelerators.csv"

REVIEWED: Final[Mapping[Key, str]] = {
    Key("aws", "sagemaker-hosting", "ml.p4d.24xlarge", "us-east-1", "hour", "on-demand"): (
        "AWS cut P4 and P5 in mid 2025; training and Studio agree with the newer figure"
    ),
    Key("aws", "sagemaker-hosting", "ml.p5.48xlarge", "us-east-1", "hour", "on-demand"): (
        "AWS cut P4 and P5 in mid 2025; training and Studio agree with the newer figure"
    ),
    Key("aws", "sagemaker-hosting", "ml.trn1.32xlarge", "us-east-1", "hour", "on-demand"): (
        "the older source gives the price of ml.trn1n.32xlarge; the newer is 1.15 times EC2 as its siblings are"
    ),
    Key("azure", "azure-vm", "Standard_NC128ds_xl_RTXPRO6000BSE_v6", "centralus", "hour", "on-demand"): (
        "the newer figure is also the price of eastus in both sources"
    ),
}
"""Prices that jump from one source to the next, looked at by a person, and why the newer one is right."""

RENAMED: Final[Mapping[str, str]] = {"control-plane-standard (uptime SLA)": "control-plane-standard"}
"""SKUs whose collected name says more than a name should."""

SERVICES: Final[Mapping[str, tuple[str, ...]]] = {
    "aws": ("ec2", "sagemaker-hosting", "sagemaker-training", "sagemaker-studio", "sagemaker-unspecified"),
    "gcp": ("gce-machine", "gce-machine-per-gpu", "tpu", "vertex-prediction"),
    "azure": ("azure-vm", "azureml-compute-cluster"),
}
"""Where a machine type of `MACHINES` may have its price."""


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Build, and return 0; or say what is wrong, write nothing, and return 1."""
    options = _options(arguments)
    try:
        rows = [hourly(row) for row in read(options.source)]
        winners, problems = checks.newest(rows, REVIEWED)
        problems += checks.check(winners)
        version = options.version or _version(winners)
        files = assemble.assemble(winners.values(), version)
    except GuardrailError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for problem in problems:
        print(f"{'refused' if problem.refuses else 'note'}: {problem.check}: {problem.message}")
    for provider, name in _unresolved(options.source / MACHINES, winners):
        print(f"note: no price: {provider} {name} has no row on demand in any region")
    refused = sum(problem.refuses for problem in problems)
    print(f"{len(rows)} rows, {len(winners)} prices, {len(files)} files, {refused} refused, version {version}")
    if refused:
        return 1
    if options.check:
        return _compare(options.into, files)
    _write(options.into, files)
    return 0


def _options(arguments: Optional[Sequence[str]]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Build the price book from a directory of collected rows.")
    parser.add_argument("source", type=Path, metavar="SOURCE_DIR")
    parser.add_argument("--version", help="name of the book, YYYY.MM.DD; the date of the newest row if not given")
    parser.add_argument("--into", type=Path, default=DIRECTORY / "prices", metavar="DIRECTORY")
    parser.add_argument("--check", action="store_true", help="compare with what is there instead of writing")
    return parser.parse_args(arguments)


def read(directory: Path) -> Iterator[Row]:
    """Yield the rows of all files but the machine facts, in order."""
    for path in sorted(directory.glob("*.csv")):
        if path.name == MACHINES:
            continue
        with path.open(encoding="utf-8", newline="") as file:
            table = csv.DictReader(file)
            if tuple(table.fieldnames or ()) != COLUMNS:
                raise GuardrailError(f"{path.name}: the columns are not those of a price file")
            for line, fields in enumerate(table, start=2):
                yield _row(fields, f"{path.name}:{line}")


def _row(fields: Mapping[str, str], at: str) -> Row:
    key = Key(*(fields[name] for name in ("provider", "service", "sku", "region", "unit", "purchase_option")))
    key = key._replace(sku=RENAMED.get(key.sku, key.sku))
    if not all(key) or not fields["source"] or not fields["as_of"]:
        raise GuardrailError(f"{at}: a field that every price needs is empty")
    try:
        return Row(
            key=key,
            usd=Decimal(fields["price_usd"]),
            source=fields["source"],
            as_of=fields["as_of"],
            vcpu=Decimal(fields["vcpu"]) if fields["vcpu"] else None,
            accelerator=fields["accelerator_name"],
            accelerator_count=Decimal(fields["accelerator_count"]) if fields["accelerator_count"] else None,
            at=at,
        )
    except InvalidOperation as error:
        raise GuardrailError(f"{at}: not a number") from error


def _version(winners: checks.Winners) -> str:
    newest = max((row.age for row in winners.values()), default="")
    return newest.replace("-", ".") or "undated"


def _unresolved(machines: Path, winners: checks.Winners) -> Iterator[tuple[str, str]]:
    """Yield the machine types without any price on demand."""
    if not machines.exists():
        return
    priced = {(key.provider, key.service, key.sku) for key in winners if key.option == "on-demand"}
    with machines.open(encoding="utf-8", newline="") as file:
        for fields in csv.DictReader(file):
            provider, name = fields["provider"], fields["instance_type"]
            if not any((provider, service, name) in priced for service in SERVICES.get(provider, ())):
                yield provider, name


def _write(into: Path, files: Mapping[str, bytes]) -> None:
    """Replace the book as a whole: what the new one does not have must not stay behind."""
    fresh = into.with_name(f"{into.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for path, data in files.items():
        target = fresh / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    shutil.rmtree(into, ignore_errors=True)
    fresh.rename(into)


def _compare(into: Path, files: Mapping[str, bytes]) -> int:
    there = {path.relative_to(into).as_posix(): path.read_bytes() for path in into.rglob("*") if path.is_file()}
    different = sorted(path for path in {*there, *files} if there.get(path) != files.get(path))
    for path in different:
        print(f"differs: {path}")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
