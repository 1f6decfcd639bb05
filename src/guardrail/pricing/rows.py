"""Collected price rows, before one of each key is chosen for the book."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Final, NamedTuple, Optional

from guardrail.model.cost import MONTH_HOURS
from guardrail.model.dataclass import dataclass

_TEN_DIGITS: Final = Decimal("1e-10")
"""How exactly a commitment per month is written per hour: 730 hours are off by at most 4e-8 USD."""


class Key(NamedTuple):
    """What one price is the price of."""

    provider: str
    service: str
    sku: str
    region: str
    unit: str
    option: str

    def __str__(self) -> str:
        return " ".join(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """
    One collected figure.

    `vcpu`, `accelerator` and `accelerator_count` are those of the machine, for the checks only; `at` says where the
    row stands, for people. `as_of` is an ISO date, a year alone, or `undated`.
    """

    key: Key
    usd: Decimal
    source: str
    as_of: str
    vcpu: Optional[Decimal] = None
    accelerator: str = ""
    accelerator_count: Optional[Decimal] = None
    at: str = ""

    @property
    def age(self) -> str:
        """The date in a form that sorts: no date before every date, a year before each of its days."""
        return "" if self.as_of == "undated" else self.as_of

    def __str__(self) -> str:
        return f"{self.key} = {self.usd} ({self.as_of}, {self.source})"


def hourly(row: Row) -> Row:
    """Return a commitment that is listed per month as a price per hour; any other row as it is."""
    if row.key.unit != "month" or row.key.option == "on-demand":
        return row
    usd = (row.usd / MONTH_HOURS).quantize(_TEN_DIGITS)
    return replace(row, key=row.key._replace(unit="hour"), usd=usd)
