"""Where the lines of a bill come from: the row of the book behind each, with its source and date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Optional, Union

from guardrail.model.cost import Bill, Line, Price, Priced, Unpriced
from guardrail.model.dataclass import dataclass
from guardrail.pricing.allocate import SHARE
from guardrail.pricing.book import Book
from guardrail.pricing.offers import SUSTAINED


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the shipped book: `file` is relative to it, `line` counts from 1. What it says is in `price`."""

    file: str
    line: int
    price: Price


@dataclass(frozen=True, slots=True)
class Pool:
    """The bill of another resource: that of a pool, for what shares it."""

    address: str


@dataclass(frozen=True, slots=True)
class Explained:
    """A line of a bill, and what its price comes from; of a discount, what it is taken off from."""

    line: Line
    origin: Union[Row, Pool, None]


def explain(bill: Bill, book: Book) -> Iterator[Explained]:
    """Yield every line of a bill with the origin of its price; a line without a price has none."""
    for line in bill.lines:
        if isinstance(line, Unpriced):
            yield Explained(line, None)
        elif line.price.service == SHARE:
            yield Explained(line, Pool(line.price.sku))
        else:
            yield _from_row(line, book)


def _from_row(line: Priced, book: Book) -> Explained:
    sku = line.price.sku.removesuffix(SUSTAINED)
    listed = replace(line.price, sku=sku)
    found: Optional[tuple[str, int]] = book.row(listed)
    if found is None:
        return Explained(line, None)
    price = book.find(listed.provider, listed.service, sku, listed.region, listed.unit, listed.option)
    return Explained(line, Row(*found, price or listed))
