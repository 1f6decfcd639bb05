"""
What each resource adds to sums, on one side of a comparison.

Unknown addends count as what is known of them; shares of one pool never come to more than the pool.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Final, NamedTuple, Optional

from guardrail.config.settings import Settings
from guardrail.model.cost import DIMENSIONS, UNALLOCATED, Bill, Priced, Unpriced
from guardrail.model.graph import Graph
from guardrail.model.value import NoBound, Unknown
from guardrail.pricing.allocate import SHARE
from guardrail.pricing.amounts import BOUNDS, ZERO, divided, known
from guardrail.pricing.owners import owner

Triple = tuple[Decimal, Decimal, Decimal]
NO_AMOUNTS: Final[Triple] = (ZERO, ZERO, ZERO)


class Owners(NamedTuple):
    """Whose something is: a value for each of `DIMENSIONS`, and the dimensions in which that is not certain."""

    values: tuple[str, ...]
    doubts: tuple[str, ...] = ()

    def value(self, dimension: str) -> str:
        """Return the value in a dimension."""
        return self.values[DIMENSIONS.index(dimension)]


class Addend(NamedTuple):
    """What one resource adds to sums: amounts as far as they are known, and what is wrong with them."""

    address: str
    amounts: Triple
    moves: Mapping[str, Triple] = MappingProxyType({})  # pool → what is taken of its bill
    unbounded: bool = False
    unpriced: bool = False
    unknown: bool = False

    @property
    def faulty(self) -> bool:
        """Whether a sum with it leaves something out, or has no bound."""
        return self.unbounded or self.unpriced or self.unknown

    @property
    def matters(self) -> bool:
        """Whether any sum is different for it."""
        return self.amounts is not NO_AMOUNTS and (self.faulty or self.amounts != NO_AMOUNTS)


class Side:
    """One revision: its addends, made when they are asked for, and whose each resource is."""

    def __init__(self, graph: Graph, bills: Mapping[str, Bill], settings: Settings) -> None:
        self.graph = graph
        self.bills = bills
        self.settings = settings
        self._addends: dict[str, Addend] = {}

    def addend(self, address: str) -> Addend:
        """Return what the resource at an address adds."""
        found = self._addends.get(address)
        if found is None:
            self._addends[address] = found = self._made(self.bills[address])
        return found

    def owners(self, address: str) -> Owners:
        """Return the values of a resource in all dimensions."""
        resource = self.graph.resources[address]
        values, doubts = [], []
        for dimension in DIMENSIONS:
            value = owner(resource, dimension, self.settings)
            if isinstance(value, Unknown):
                doubts.append(dimension)
                value = None
            values.append(value or UNALLOCATED)
        return Owners(tuple(values), tuple(doubts))

    def _made(self, bill: Bill) -> Addend:
        if bill.role == "template" or (bill.complete and not bill.lines):
            return Addend(bill.address, NO_AMOUNTS)
        low, expected, high = bill.min, bill.expected, bill.max
        if bill.complete and bill.role == "billed" and isinstance(high, Decimal):
            return Addend(bill.address, _amounts(bill))
        bounds = (low, expected, high)
        moves = self._moves.get(bill.address, {})
        return Addend(
            bill.address,
            _amounts(bill),
            moves,
            unbounded=isinstance(high, NoBound),
            unpriced=any(isinstance(line, Unpriced) for line in bill.lines),
            unknown=any(isinstance(bound, Unknown) for bound in bounds),
        )

    @cached_property
    def _moves(self) -> Mapping[str, Mapping[str, Triple]]:
        """What moves from pools to what runs on them, by address and pool."""
        wanted: dict[str, dict[str, Triple]] = {}
        for address in sorted(self.bills):
            if self.bills[address].role == "allocated":
                for pool, amounts in _shares(self.bills[address]).items():
                    wanted.setdefault(pool, {})[address] = amounts
        moves: dict[str, dict[str, Triple]] = {}
        for pool, shares in wanted.items():
            there = self.bills.get(pool)
            limits = (None, None, None) if there is None else _limits(there)
            columns = [
                _within(limit, column) for limit, column in zip(limits, zip(*shares.values(), strict=True), strict=True)
            ]
            for address, low, expected, high in zip(shares, *columns, strict=True):
                moves.setdefault(address, {})[pool] = (low, expected, high)
        return moves


def _within(limit: Optional[Decimal], shares: Sequence[Decimal]) -> Sequence[Decimal]:
    """
    Return shares that together are no more than the limit: each less in the same proportion.

    Rounding what they add up to, one after the other, leaves nothing over.
    """
    wanted = sum(shares, ZERO)
    if limit is None or wanted <= limit:
        return shares
    found, before, so_far = [], ZERO, ZERO
    for share in shares:
        so_far += share
        after = divided(so_far * limit, wanted)
        found.append(after - before)
        before = after
    return found


def _limits(bill: Bill) -> tuple[Optional[Decimal], Optional[Decimal], Optional[Decimal]]:
    """Return what a pool costs by bound, None where it has no bound."""
    low, expected, high = _amounts(bill)
    return low, expected, None if isinstance(bill.max, NoBound) else high


def _amounts(bill: Bill) -> Triple:
    """Return what is known of each bound: where it is not, what its lines are sure to come to."""
    low, expected, high = bill.min, bill.expected, bill.max
    if isinstance(low, Decimal) and isinstance(expected, Decimal) and isinstance(high, Decimal):
        return low, expected, high
    sums = [ZERO, ZERO, ZERO]
    for line in bill.lines:
        if isinstance(line, Priced):
            bounds = [line.bounds[bound] for bound in BOUNDS]
            for index in range(len(BOUNDS)):
                sums[index] += known(bounds[: index + 1])
    return sums[0], sums[1], sums[2]


def _shares(bill: Bill) -> Mapping[str, Triple]:
    """Return what is known of the shares of a bill, by pool."""
    found: dict[str, Triple] = {}
    for line in bill.lines:
        if isinstance(line, Priced) and line.price.service == SHARE:
            bounds = [line.bounds[bound] for bound in BOUNDS]
            low, expected, high = found.get(line.price.sku, NO_AMOUNTS)
            found[line.price.sku] = (low + known(bounds[:1]), expected + known(bounds[:2]), high + known(bounds))
    return found
