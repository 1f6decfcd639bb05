"""What the price of one resource is made of: quantity times price, and the row that the price stands in."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Optional

from guardrail.model.cost import Bill, Priced, Unpriced
from guardrail.model.cost import Line as BillLine
from guardrail.pricing.allocate import SHARE
from guardrail.pricing.book import Book
from guardrail.pricing.explain import Row, explain
from guardrail.report.money import plain, rounded
from guardrail.report.page import Line, hanging, line


def price(
    bill: Bill, base: Optional[Bill], width: int, book: Optional[Book] = None, *, understood: bool = True
) -> Iterator[Line]:
    """Yield the lines of a bill and its bounds. With the `book` each price names its row in it."""
    yield line(("PRICE", "title"), ("  USD a month of 730 hours, list price, before tax", "quiet"))
    if bill.role == "template":
        yield line(("  never runs by itself: it costs where it is used", "quiet"))
    for pool in bill.allocated_to:
        yield line((f"  part of the bill of {pool}", "quiet"))
    for one, row in _rows(bill, book):
        if isinstance(one, Unpriced):
            yield from hanging(((f"  {one.name}  ", "plain"),), f"not priced: {one.why}", width, "doubt")
        else:
            yield from _line(one, row)
    if not bill.lines and bill.role == "billed" and bill.complete and understood:
        yield line(("  known to be free", "quiet"))
    yield line("  ", (_bounds(bill), "strong"))
    if base is not None and (base.min, base.expected, base.max) != (bill.min, bill.expected, bill.max):
        yield line((f"  at base {_bounds(base)}", "quiet"))
    if bill.per_run is not None:
        low, expected, high = map(rounded, bill.per_run)
        yield line(f"  one run costs {expected}, at least {low}, at worst {high}")


def _rows(bill: Bill, book: Optional[Book]) -> Iterator[tuple[BillLine, Optional[Row]]]:
    if book is None:
        yield from ((one, None) for one in bill.lines)
        return
    for told in explain(bill, book):
        yield told.line, told.origin if isinstance(told.origin, Row) else None


def _bounds(bill: Bill) -> str:
    least = "" if bill.complete else "at least "
    amounts = (("floor", bill.min), ("expected", bill.expected), ("worst case", bill.max))
    return ", ".join(
        f"{word} {least if isinstance(amount, Decimal) else ''}{rounded(amount)}" for word, amount in amounts
    )


def _line(priced: Priced, row: Optional[Row]) -> Iterator[Line]:
    told = priced.price
    yield line(f"  {priced.name}")
    if priced.quantity is not None and priced.monthly is not None:
        product = f"{plain(priced.quantity)} {told.unit} × {plain(told.usd, 2)} = "
        yield line(f"    {product}", (rounded(priced.monthly), "strong"))
    else:
        yield line(f"    {plain(told.usd, 2)} per {told.unit}, and it is not known how many")
    if told.service == SHARE:
        return
    key = " ".join(part for part in (told.provider, told.service, told.sku, told.region, told.option) if part)
    where = f", line {row.line} of {row.file}" if row is not None else ""
    yield line((f"    {told.basis}: {key}{where}", "quiet"))
    yield line((f"    {told.as_of}, {told.source}", "quiet"))
