"""Tables: columns as wide as they have to be, numbers to the right, and what they say of cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final, Union

from guardrail.model.cost import Amount, Compared, Costs, Sum
from guardrail.model.value import NoBound
from guardrail.report.money import percent, rounded
from guardrail.report.page import BLANK, Line, Style, cells, line, padded, shortened

UNITS: Final = 8
"""Units that a cost table tells one by one; the others are summed in the total only."""

RESOURCES: Final = 40

_NAME: Final = 20
"""Columns that a name is given at the least."""

_NUMBERS, _COMPARED = 50, 68
"""Columns of all else: as a rule, and where head stands below base."""

Cell = tuple[str, Style]
Row = Sequence[Cell]


def _table(rows: Sequence[Row], left: int) -> Iterator[Line]:
    """Yield rows in columns; the first `left` of them begin at the left, the others end at the right."""
    widths = [max((cells(row[at][0]) for row in rows if at < len(row)), default=0) for at in range(max(map(len, rows)))]
    for row in rows:
        parts: list[object] = ["  "]
        for at, (text, style) in enumerate(row):
            parts.append((padded(text, widths[at], right=at >= left), style))
            parts.append("  ")
        yield line(*parts[:-1])


def cost_table(costs: Costs, width: int) -> Iterator[Line]:
    """Yield what each unit and all together cost, at least, as expected and at worst; against base, if there is one."""
    units = costs.by.get("unit", {})
    compared = costs.total.base is not None
    yield line(("COST", "title"), ("  USD a month of 730 hours, list price, before tax", "quiet"))
    head: list[Cell] = [("", "plain"), ("", "plain"), ("", "plain")]
    head += [("floor", "quiet"), ("expected", "quiet"), ("worst case", "quiet")]
    rows: list[Row] = [head]
    told = _told(units, compared=compared)
    room = max(width - (_COMPARED if compared else _NUMBERS), _NAME)
    for name in told:
        rows.extend(_rows(shortened(name, room, middle=True), units[name]))
    rows.extend(_rows("total", costs.total, strong=True))
    yield from columns(rows, left=3)
    yield from _others([one for name, one in units.items() if name not in told])
    yield BLANK


def _others(left_out: Sequence[Compared]) -> Iterator[Line]:
    """Yield a line about the units that have no row."""
    if not left_out:
        return
    text = f"  and {len(left_out)} more {'unit' if len(left_out) == 1 else 'units'}, in the total"
    without = sum(not one.head.complete and not _amount(one.head) for one in left_out)
    told = f"; of {'all' if without == len(left_out) else without} of them no price is known" if without else ""
    yield line((text + told, "quiet"))


def _told(units: Mapping[str, Compared], *, compared: bool) -> list[str]:
    """Return the units that are worth a row: those that change, else those that cost; the largest first."""

    def weight(name: str) -> tuple[bool, Decimal, Decimal, str]:
        one = units[name]
        delta = one.delta.expected if one.delta is not None else Decimal(0)
        return not _moves(one), -abs(delta), -one.head.expected, name

    worth = [name for name, one in units.items() if (_moves(one) if compared else _amount(one.head))]
    return sorted(worth, key=weight)[:UNITS]


def _moves(compared: Compared) -> bool:
    return compared.delta is not None and _costs(compared.delta)


def _costs(total: Sum) -> bool:
    return _amount(total) or not total.complete


def _amount(total: Sum) -> bool:
    """Whether anything is known to cost."""
    return bool(total.min or total.expected or total.max)


def _rows(name: str, compared: Compared, *, strong: bool = False) -> Iterator[Row]:
    style: Style = "strong" if strong else "plain"
    if compared.base is None or compared.delta is None:
        yield ((name, style), ("", "plain"), *_amounts(compared.head, style))
        return
    if compared.head == compared.base and not _amount(compared.delta):
        yield ((name, style), ("same", "quiet"), *_amounts(compared.head, "quiet"))
        return
    yield ((name, style), ("base", "quiet"), *_amounts(compared.base, "quiet"))
    yield (("", style), ("head", "quiet"), *_amounts(compared.head, style))
    growth = percent(compared.delta_percent)
    tail: Row = ((growth, "quiet"),) if growth else ()
    yield (("", style), ("change", "quiet"), *_amounts(compared.delta, style, signed=True), *tail)


def _amounts(total: Sum, style: Style, *, signed: bool = False) -> Iterable[Cell]:
    yield ("" if total.complete else "at least", "doubt")
    for amount in (total.min, total.expected, total.max):
        yield difference(amount, style) if signed else (rounded(amount), style)


def difference(amount: Union[Decimal, NoBound], same: Style) -> Cell:
    """Return what is dearer or cheaper than before, in the style of that, or of what is the same."""
    style: Style = same if not amount else "bad" if isinstance(amount, NoBound) or amount > 0 else "good"
    return rounded(amount, signed=True), style


def columns(rows: Sequence[Row], left: int) -> Iterator[Line]:
    """Yield the rows in columns, without those in which no row says anything (`at least` where all is complete)."""
    filled = [any(at < len(row) and row[at][0] for row in rows) for at in range(max(map(len, rows)))]
    kept = [[cell for at, cell in enumerate(row) if filled[at]] for row in rows]
    yield from _table(kept, left=sum(filled[:left]))


def resource_table(costs: Costs, width: int) -> Iterator[Line]:
    """Yield what each resource costs, the dearest first; what has no price at all is left to the notes."""
    worth = [bill for bill in costs.bills.values() if any((bill.min, bill.expected, bill.max))]
    if not worth:
        return
    worth.sort(key=lambda bill: (bill.role != "billed", -known(bill.expected), bill.address))
    yield line(("RESOURCES", "title"), ("  (share): part of the bill of another resource", "quiet"))
    rows: list[Row] = [
        [("", "plain"), ("", "plain"), ("floor", "quiet"), ("expected", "quiet"), ("worst case", "quiet")]
    ]
    for bill in worth[:RESOURCES]:
        style: Style = "plain" if bill.role == "billed" else "quiet"
        name = bill.address if bill.role == "billed" else f"{bill.address} (share)"
        least: Cell = ("" if bill.complete else "at least", "doubt")
        amounts = [(rounded(amount), style) for amount in (bill.min, bill.expected, bill.max)]
        rows.append([(shortened(name, max(width - 48, _NAME), middle=True), style), least, *amounts])
    yield from columns(rows, left=2)
    if len(worth) > RESOURCES:
        yield line((f"  and {len(worth) - RESOURCES} more; --format json lists them all", "quiet"))
    yield BLANK


def known(amount: Amount) -> Decimal:
    """Return what is known of an amount: sums count no more of it."""
    return amount if isinstance(amount, Decimal) else Decimal(0)
