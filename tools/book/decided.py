"""
What people have decided about collected prices, as tables with their reasons.

Four tables lie beside this file: `aliases.csv` (names that a source has for a thing), `reviewed.csv` (changes of price
that were looked at), `left_out.csv` (rows that are wrong where they were collected) and `recorded.csv` (the regions
that the records of a source are about). A decision that nothing needs any more is told.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from guardrail.errors import GuardrailError
from guardrail.pricing.checks import Recorded, Review
from guardrail.pricing.places import region
from guardrail.pricing.rows import Key, figure

HERE: Final = Path(__file__).parent

KEY: Final = ("provider", "service", "sku", "region", "unit", "option")


@dataclass(frozen=True)
class LeftOut:
    """A row that must not count: of this key, with this figure and date, and why."""

    key: Key
    usd: Decimal
    as_of: str
    why: str


@dataclass(frozen=True)
class Decided:
    """All decisions. `skus` is by (provider, service, name in the source)."""

    skus: Mapping[tuple[str, str, str], str]
    reviews: tuple[Review, ...]
    left_out: tuple[LeftOut, ...]
    recorded: tuple[Recorded, ...]

    def key(self, key: Key) -> Key:
        """Return the key by its name in the book: SKUs and regions have one each."""
        sku = self.skus.get((key.provider, key.service, key.sku), key.sku)
        return key._replace(sku=sku, region=region(key.provider, key.region) or key.region)


def decided(directory: Path = HERE) -> Decided:
    """Read the decisions. Raises `GuardrailError` for a table that cannot be read."""
    return Decided(
        skus={
            (row["provider"], row["service"], row["name"]): row["sku"]
            for row in _table(directory / "aliases.csv", ("provider", "service", "name", "sku", "why"))
        },
        reviews=tuple(
            Review(_key(row), _usd(row["usd"]), _usd(row["replaces"]), row["second_source"], row["why"])
            for row in _table(directory / "reviewed.csv", (*KEY, "usd", "replaces", "second_source", "why"))
        ),
        left_out=tuple(
            LeftOut(_key(row), _usd(row["usd"]), row["as_of"], row["why"])
            for row in _table(directory / "left_out.csv", (*KEY, "usd", "as_of", "why"))
        ),
        recorded=tuple(
            Recorded(row["provider"], row["service"], row["source"], tuple(row["regions"].split()), row["why"])
            for row in _table(directory / "recorded.csv", ("provider", "service", "source", "regions", "why"))
        ),
    )


def _table(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        table = csv.DictReader(file, strict=True)
        if tuple(table.fieldnames or ()) != columns:
            raise GuardrailError(f"{path.name}: the columns are not {', '.join(columns)}")
        rows = list(table)
    for line, row in enumerate(rows, start=2):
        if None in row or None in row.values() or not row["why"]:
            raise GuardrailError(f"{path.name}:{line}: a field is missing, or one too many, or no reason is given")
    return rows


def _key(row: Mapping[str, str]) -> Key:
    return Key(*(row[name] for name in KEY))


def _usd(text: str) -> Decimal:
    try:
        return figure(text)
    except ValueError as error:
        raise GuardrailError(f"{text!r} is no figure of a decision about prices") from error
