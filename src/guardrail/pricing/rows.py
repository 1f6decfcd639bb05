"""Collected price rows, before one of each key is chosen for the book."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Final, NamedTuple, Optional

from guardrail.model.cost import MONTH_HOURS
from guardrail.model.dataclass import dataclass

OPTIONS: Final = ("on-demand", "spot", "1yr", "3yr")
"""How something is paid: by use, as what is left over, or by a commitment of one or three years."""

PER_MONTH: Final = " (per month, divided by 730 hours)"
"""What the source of a price says that is listed per month and paid for by the hour."""

_TEN_DIGITS: Final = Decimal("1e-10")
"""How exactly a commitment per month is written per hour: 730 hours are off by at most 4e-8 USD."""

_FIGURE: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,12})?")


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

    @property
    def origin(self) -> str:
        """The source without its revision: two revisions of one list are not two sources."""
        return re.split(r"[@,;(]", self.source, maxsplit=1)[0].strip()

    def __str__(self) -> str:
        where = f"{self.at}: " if self.at else ""
        return f"{where}{self.key} = {self.usd} ({self.as_of}, {self.source})"


def figure(text: str) -> Decimal:
    """
    Return a number as lists of prices write it: digits, a point, at most twelve digits behind it.

    Raises `ValueError` for all else: signs, exponents, blanks, infinities, and for what a binary float leaves behind
    (0.30000000000000004), since whoever wrote it has lost the figure.
    """
    if not _FIGURE.fullmatch(text):
        raise ValueError(text)
    return Decimal(text)


def hourly(row: Row) -> Row:
    """Return a commitment that is listed per month as a price per hour, which says so; any other row as it is."""
    if row.key.unit != "month" or row.key.option not in ("1yr", "3yr"):
        return row
    usd = (row.usd / MONTH_HOURS).quantize(_TEN_DIGITS)
    return replace(row, key=row.key._replace(unit="hour"), usd=usd, source=row.source + PER_MONTH)
