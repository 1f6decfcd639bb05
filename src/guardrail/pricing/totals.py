"""
Sums of bills: in all, and by unit, environment, team, model, namespace and cluster.

Only what is billed counts, so nothing counts twice. In the dimensions that say whose cost something is (team, model,
namespace) the share of an allocated resource moves from the value of its pool to its own; what is not taken stays
with the pool. Every dimension adds up to the total, bound by bound.

What is the same at base and head contributes exactly 0 to a delta, priced or not, known or not. A delta leaves out
only what is not known at head: of what is not known at base alone it says the most that can be, since a missing
price or an open bound there can only make the increase smaller.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Optional

from guardrail.config.settings import Settings
from guardrail.model.cost import DIMENSIONS, NOTHING, Bill, Compared, Costs, Priced, Sum, Unpriced
from guardrail.model.graph import Change, Graph
from guardrail.model.resource import Resource
from guardrail.model.value import UNBOUNDED, Reason, Unknown
from guardrail.pricing.accelerators import accelerator_sums
from guardrail.pricing.addends import Addend, Owners, Side, Triple
from guardrail.pricing.allocate import SHARE
from guardrail.pricing.amounts import ZERO, exact

MOVING: Final = frozenset({"team", "model", "namespace"})
"""Dimensions in which the share of an allocated resource moves from its pool to its own value."""

_TOTAL: Final = ""
"""The one value of the dimension that is the total."""


def costs(
    head: Graph,
    head_bills: Mapping[str, Bill],
    base: Optional[Graph],
    base_bills: Mapping[str, Bill],
    change: Optional[Change],
    settings: Settings,
) -> Costs:
    """Return the bills with their sums; against base, if there is one, with what the change does to them."""
    with exact():
        ours = Side(head, head_bills, settings)
        theirs = None if base is None else Side(base, base_bills, settings)
        sums = _sums(ours)
        before = None if theirs is None else _sums(theirs)
        delta = None if theirs is None else _delta(ours, theirs, change or Change())
        by = {dimension: _compared(dimension, sums, before, delta) for dimension in DIMENSIONS}
        return Costs(
            bills=head_bills,
            base_bills=base_bills,
            total=_compared(_TOTAL, sums, before, delta)[_TOTAL],
            by=by,
            accelerators=accelerator_sums(head, head_bills, settings),
        )


def reasons(bill: Bill) -> frozenset[Reason]:
    """Return every reason why a bill leaves something out, or is not known."""
    lines = {line.reason for line in bill.lines if isinstance(line, Unpriced)}
    return frozenset(
        lines | {bound.reason for bound in (bill.min, bill.expected, bill.max) if isinstance(bound, Unknown)}
    )


def oldest(bills: Iterable[Bill]) -> Optional[str]:
    """Return the oldest date among the prices that bills use, None where they use none. Not dated is oldest."""
    dates = {
        line.price.as_of
        for bill in bills
        for line in bill.lines
        if isinstance(line, Priced) and line.price.service != SHARE
    }
    return min(dates, key=lambda date: "" if date == "undated" else date, default=None)


class _Tally:
    """A sum while it is made."""

    def __init__(self) -> None:
        self.numbers = [ZERO, ZERO, ZERO]
        self.unbounded: set[str] = set()
        self.unpriced: set[str] = set()
        self.unknown: set[str] = set()

    def add(self, amounts: Triple, sign: int = 1) -> None:
        numbers = self.numbers
        low, expected, high = amounts
        if sign > 0:
            numbers[0] += low
            numbers[1] += expected
            numbers[2] += high
        else:
            numbers[0] -= low
            numbers[1] -= expected
            numbers[2] -= high

    def merge(self, other: _Tally) -> None:
        for index, number in enumerate(other.numbers):
            self.numbers[index] += number
        self.unbounded |= other.unbounded
        self.unpriced |= other.unpriced
        self.unknown |= other.unknown

    def blame(self, addend: Addend) -> None:
        if not addend.faulty:
            return
        for guilty, addresses in (
            (addend.unbounded, self.unbounded),
            (addend.unpriced, self.unpriced),
            (addend.unknown, self.unknown),
        ):
            if guilty:
                addresses.add(addend.address)

    def sum(self) -> Sum:
        low, expected, high = self.numbers
        return Sum(
            min=low,
            expected=expected,
            max=UNBOUNDED if self.unbounded else high,
            unbounded=tuple(sorted(self.unbounded)),
            unpriced=tuple(sorted(self.unpriced)),
            unknown=tuple(sorted(self.unknown)),
        )


_Tallies = dict[str, dict[str, _Tally]]
"""By dimension and value; the total is the dimension and value `_TOTAL`."""


def _sums(side: Side) -> Mapping[str, Mapping[str, Sum]]:
    book = _Sums()
    for address in side.bills:
        book.enter(side, side.addend(address))
    return book.sums()


def _delta(head: Side, base: Side, change: Change) -> Mapping[str, Mapping[str, Sum]]:
    """Return what changed resources add at head less what they added at base."""
    book = _Sums()
    pairs: list[tuple[str, Optional[str]]] = [(address, None) for address in change.added]
    pairs += [(address, change.renamed.get(address, address)) for address in change.changed]
    for address, was in pairs:
        ours = head.addend(address) if address in head.bills else None
        theirs = base.addend(was) if was is not None and was in base.bills else None
        _enter_change(book, head, ours, base, theirs)
    for was in change.removed:
        if was in base.bills:
            _enter_change(book, head, None, base, base.addend(was))
    return book.sums()


def _enter_change(book: _Sums, head: Side, ours: Optional[Addend], base: Side, theirs: Optional[Addend]) -> None:
    """Enter one resource before and after. Where only base has no bound, its maximum contributes nothing."""
    if theirs is not None and theirs.unbounded and not (ours is not None and ours.unbounded):
        theirs = _without_maximum(theirs)
        ours = None if ours is None else _without_maximum(ours)
    if ours is not None:
        book.enter(head, ours)
    if theirs is not None:
        book.enter(base, theirs, sign=-1)


def _without_maximum(addend: Addend) -> Addend:
    moves = {pool: (low, expected, ZERO) for pool, (low, expected, _) in addend.moves.items()}
    return addend._replace(amounts=(*addend.amounts[:2], ZERO), moves=moves)


class _Sums:
    """
    Sums of all dimensions while addends are entered. What an addend leaves out is told at head (sign 1) only.

    Most resources have the same owners as many others: what is billed is added up by owners first.
    """

    def __init__(self) -> None:
        self.billed: dict[Owners, _Tally] = {}
        self.tallies: _Tallies = {_TOTAL: {_TOTAL: _Tally()}, **{name: {} for name in DIMENSIONS}}
        self.doubts: dict[str, set[str]] = {}

    def enter(self, side: Side, addend: Addend, sign: int = 1) -> None:
        """Enter what one resource adds."""
        if side.bills[addend.address].role == "allocated":
            self._move(side, addend, sign)
        elif addend.matters:
            owners = side.owners(addend.address)
            tally = self.billed.get(owners)
            if tally is None:
                self.billed[owners] = tally = _Tally()
            tally.add(addend.amounts, sign)
            if sign > 0:
                tally.blame(addend)
                self._doubt(owners.doubts, addend)
        self._mention(side.graph.resources[addend.address])

    def sums(self) -> Mapping[str, Mapping[str, Sum]]:
        """Return the sums by dimension and value."""
        for owners, tally in self.billed.items():
            self.tallies[_TOTAL][_TOTAL].merge(tally)
            for dimension, value in zip(DIMENSIONS, owners.values, strict=True):
                self._tally(dimension, value).merge(tally)
        self.billed = {}
        for dimension, addresses in self.doubts.items():
            for tally in self.tallies[dimension].values():
                tally.unknown |= addresses
        return {
            dimension: {value: tally.sum() for value, tally in sorted(tallies.items())}
            for dimension, tallies in self.tallies.items()
        }

    def _move(self, side: Side, addend: Addend, sign: int) -> None:
        """Move the shares of an allocated resource from the values of its pools to its own."""
        owners = side.owners(addend.address)
        pools = {pool: side.owners(pool) for pool in side.bills[addend.address].allocated_to}
        if sign > 0:
            self._doubt([dimension for dimension in owners.doubts if dimension in MOVING], addend)
        for dimension in MOVING:
            own = self._tally(dimension, owners.value(dimension))
            for pool, amounts in addend.moves.items():
                own.add(amounts, sign)
                self._tally(dimension, pools[pool].value(dimension)).add(amounts, -sign)
            theirs = [self._tally(dimension, theirs.value(dimension)) for theirs in pools.values()]
            if sign > 0 and any(tally is not own for tally in theirs):
                for tally in (own, *theirs):
                    tally.blame(addend)

    def _doubt(self, dimensions: Iterable[str], addend: Addend) -> None:
        """Remember a resource whose value is not known: it leaves every value of the dimension in doubt."""
        for dimension in dimensions:
            self.doubts.setdefault(dimension, set()).add(addend.address)

    def _mention(self, resource: Resource) -> None:
        """Let a value be there although nothing in it costs anything."""
        tallies = self.tallies
        if resource.unit not in tallies["unit"]:
            tallies["unit"][resource.unit] = _Tally()
        for dimension, value in (
            ("environment", resource.environment),
            ("namespace", resource.namespace),
            ("cluster", resource.cluster),
        ):
            if value is not None and isinstance(value, str) and value not in tallies[dimension]:
                tallies[dimension][value] = _Tally()

    def _tally(self, dimension: str, value: str) -> _Tally:
        found = self.tallies[dimension].get(value)
        if found is None:
            self.tallies[dimension][value] = found = _Tally()
        return found


def _compared(
    dimension: str,
    head: Mapping[str, Mapping[str, Sum]],
    base: Optional[Mapping[str, Mapping[str, Sum]]],
    delta: Optional[Mapping[str, Mapping[str, Sum]]],
) -> Mapping[str, Compared]:
    """Return the sums of a dimension side by side: nothing where a value is missing on one side."""
    values = {*head[dimension], *(base or head)[dimension], *(delta or head)[dimension]}
    return {
        value: Compared(
            head[dimension].get(value, NOTHING),
            None if base is None else base[dimension].get(value, NOTHING),
            None if delta is None else delta[dimension].get(value, NOTHING),
        )
        for value in sorted(values)
    }
