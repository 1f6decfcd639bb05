"""Reading collected rows, strictly: what is odd about one is told with file and line, and no book is made of it."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Final, Optional

from book.decided import Decided
from guardrail.errors import GuardrailError
from guardrail.pricing.places import PROVIDERS
from guardrail.pricing.rows import Key, Row, figure

COLUMNS: Final = (
    "provider", "service", "sku", "region", "unit", "price_usd", "purchase_option",
    "vcpu", "memory_gib", "accelerator_name", "accelerator_count", "accelerator_memory_gib", "source", "as_of",
)  # fmt: skip
MACHINES: Final = "accelerators.csv"
MACHINE_COLUMNS: Final = (
    "provider", "instance_type", "accelerator_vendor", "accelerator_model", "count", "memory_gib_each",
    "vcpu", "memory_gib",
)  # fmt: skip

_NEEDED: Final = ("provider", "service", "sku", "region", "unit", "price_usd", "purchase_option", "source", "as_of")
_NUMBERS: Final = ("vcpu", "memory_gib", "accelerator_count", "accelerator_memory_gib")
_MOST_PER_MACHINE: Final = Decimal(100_000)
"""More vCPU, GiB or accelerators than this has no machine; the largest slice of TPUs has 8,960 chips."""


def read(directory: Path, decided: Decided) -> Iterator[Row]:
    """Yield the rows of all files but the machine facts, in order, by the names that the book has for things."""
    paths = [path for path in sorted(directory.glob("*.csv")) if path.name != MACHINES]
    if not paths:
        raise GuardrailError(f"{directory.name}: no price files (*.csv)", hint="--from names the folder with them")
    for path in paths:
        for at, fields in _table(path, COLUMNS):
            yield _row(fields, at, decided)


def machines(directory: Path) -> Iterator[tuple[str, str]]:
    """Yield (provider, machine type) of everything that ought to have a price; nothing where no file says so."""
    path = directory / MACHINES
    if path.exists():
        for _, fields in _table(path, MACHINE_COLUMNS):
            yield fields["provider"], fields["instance_type"]


def _table(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield (file and line, fields) of a table that has these columns and no others."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            table = csv.DictReader(file, strict=True)
            _check_columns(path.name, tuple(table.fieldnames or ()), columns)
            for fields in table:
                at = f"{path.name}:{table.line_num}"
                if None in fields or None in fields.values():
                    raise GuardrailError(f"{at}: {_number(fields)} fields, where the columns are {len(columns)}")
                yield at, fields
    except UnicodeDecodeError as error:
        raise GuardrailError(f"{path.name}: not UTF-8: {error.reason} at byte {error.start}") from error
    except csv.Error as error:
        raise GuardrailError(f"{path.name}: not a table of comma-separated values: {error}") from error


def _number(fields: Mapping[Optional[str], object]) -> int:
    more = fields.get(None)
    return sum(value is not None for name, value in fields.items() if name is not None) + (
        len(more) if isinstance(more, list) else 0
    )


def _check_columns(name: str, there: tuple[str, ...], wanted: tuple[str, ...]) -> None:
    if there == wanted:
        return
    unknown, missing = [one for one in there if one not in wanted], [one for one in wanted if one not in there]
    told = [f"unknown: {', '.join(unknown)}"] if unknown else []
    told += [f"missing: {', '.join(missing)}"] if missing else []
    raise GuardrailError(f"{name}: the columns are not those of this file ({'; '.join(told) or 'another order'})")


def _row(fields: Mapping[str, str], at: str, decided: Decided) -> Row:
    empty = [name for name in _NEEDED if not fields[name].strip()]
    if empty:
        raise GuardrailError(f"{at}: a field that every price needs is empty: {', '.join(empty)}")
    odd = [name for name in COLUMNS if fields[name] != fields[name].strip() or not fields[name].isprintable()]
    if odd:
        raise GuardrailError(f"{at}: blanks at an end, or what cannot be printed: {', '.join(odd)}")
    if fields["provider"] not in PROVIDERS:
        raise GuardrailError(f"{at}: {fields['provider']} is none of {', '.join(PROVIDERS)}")
    numbers = {name: _size(at, name, fields[name]) for name in _NUMBERS}
    named = ("provider", "service", "sku", "region", "unit", "purchase_option")
    return Row(
        key=decided.key(Key(*(fields[name] for name in named))),
        usd=_figure(at, "price_usd", fields["price_usd"]),
        source=fields["source"],
        as_of=fields["as_of"],
        vcpu=numbers["vcpu"],
        accelerator=fields["accelerator_name"],
        accelerator_count=numbers["accelerator_count"],
        at=at,
    )


def _size(at: str, name: str, text: str) -> Optional[Decimal]:
    """Return a number of what a machine has, None where nothing is said."""
    if not text:
        return None
    number = _figure(at, name, text)
    if not 0 < number <= _MOST_PER_MACHINE:
        raise GuardrailError(f"{at}: {name} is {text}, where a machine has more than 0 and at most {_MOST_PER_MACHINE}")
    return number


def _figure(at: str, name: str, text: str) -> Decimal:
    try:
        return figure(text)
    except ValueError as error:
        wanted = "digits and a point, at most 12 digits behind it; no sign, exponent or rest of a float"
        raise GuardrailError(f"{at}: not a number: {name} is {text!r}, and has to be {wanted}") from error
