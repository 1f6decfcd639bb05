"""Which resources make a change dearer or cheaper: what an answer about a sum rests on."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, Optional, Union

from guardrail.model.cost import Amount, Bill, Costs
from guardrail.model.dataclass import dataclass
from guardrail.model.graph import Change
from guardrail.model.value import UNBOUNDED, NoBound
from guardrail.report.money import rounded
from guardrail.report.page import BLANK, Line, line, shortened
from guardrail.report.tables import Cell, Row, columns, difference, known

ROWS: Final = 6
"""Resources that are told one by one."""

_NUMBERS: Final = 50
"""Columns that are not the address."""

_LEAST: Final = 30


@dataclass(frozen=True, slots=True)
class Move:
    """What one resource adds to a delta, USD a month. `complete`: nothing of it is left out."""

    address: str
    how: str
    expected: Decimal
    max: Union[Decimal, NoBound]
    complete: bool

    @property
    def weight(self) -> tuple[bool, Decimal, Decimal, str]:
        """Sort by the expected cost, then by the highest possible; what has no limit comes first."""
        endless = isinstance(self.max, NoBound)
        most = Decimal(0) if isinstance(self.max, NoBound) else abs(self.max)
        return not endless, -abs(self.expected), -most, self.address


def moves(costs: Costs, change: Optional[Change], width: int) -> Iterator[Line]:
    """Yield the resources that move the sums the most; nothing without a base."""
    if change is None:
        return
    found = sorted(_moves(costs, change), key=lambda one: one.weight)
    if not found:
        return
    yield line(("CHANGES", "title"), ("  what moves these sums the most", "quiet"))
    rows: list[Row] = [[("", "plain"), ("", "plain"), ("", "plain"), ("expected", "quiet"), ("worst case", "quiet")]]
    rows += [_row(one, width) for one in found[:ROWS]]
    yield from columns(rows, left=3)
    rest = found[ROWS:]
    if rest:
        total = sum((one.expected for one in rest), start=Decimal(0))
        text = f"  and {len(rest):,} more, together {rounded(total, signed=True)}; --format json lists them all"
        yield line((text, "quiet"))
    yield BLANK


def _moves(costs: Costs, change: Change) -> Iterator[Move]:
    for address in change.added:
        yield from _move(address, "new", costs.bills.get(address), None)
    for address in change.changed:
        before = costs.base_bills.get(change.renamed.get(address, address))
        yield from _move(address, "changed", costs.bills.get(address), before)
    for address in change.removed:
        yield from _move(address, "gone", None, costs.base_bills.get(address))


def _move(address: str, how: str, bill: Optional[Bill], before: Optional[Bill]) -> Iterator[Move]:
    now = None if bill is None or bill.role != "billed" else bill
    then = None if before is None or before.role != "billed" else before
    expected = known(now.expected if now else Decimal(0)) - known(then.expected if then else Decimal(0))
    most = _most(now.max if now else Decimal(0), then.max if then else Decimal(0))
    if expected or most:
        yield Move(address, how, expected, most, now is None or now.complete)


def _most(now: Amount, then: Amount) -> Union[Decimal, NoBound]:
    return UNBOUNDED if isinstance(now, NoBound) else known(now) - known(then)


def _row(one: Move, width: int) -> list[Cell]:
    name = shortened(one.address, max(width - _NUMBERS, _LEAST), middle=True)
    least: Cell = ("" if one.complete else "at least", "doubt")
    return [(name, "plain"), (one.how, "quiet"), least, difference(one.expected, "quiet"), difference(one.max, "quiet")]
