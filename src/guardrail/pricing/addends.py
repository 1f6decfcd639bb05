"""
What each resource adds to sums, on one side of a comparison.

Unknown addends count as what is known of them; shares of one pool never come to more than the pool.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final, NamedTuple, Optional

from guardrail.config.settings import Settings
from guardrail.model.cost import DIMENSIONS, UNALLOCATED, Amount, Bill, Priced, Unpriced
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
        self._factors: Optional[Mapping[tuple[str, int], tuple[Decimal, Decimal]]] = None

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
        moves = self._moves(bill) if bill.role == "allocated" else {}
        return Addend(
            bill.address,
            _amounts(bill),
            moves,
            unbounded=isinstance(high, NoBound),
            unpriced=any(isinstance(line, Unpriced) for line in bill.lines),
            unknown=any(isinstance(bound, Unknown) for bound in bounds),
        )

    def _moves(self, bill: Bill) -> Mapping[str, Triple]:
        """Return what moves from each pool: the share, less where all shares together are more than the pool."""
        found: dict[str, Triple] = {}
        for pool, amounts in _shares(bill):
            less = []
            for index, amount in enumerate(amounts):
                there, wanted = self._crowd().get((pool, index), (ZERO, ZERO))
                less.append(amount if wanted <= there else divided(amount * there, wanted, down=True))
            had = found.get(pool, NO_AMOUNTS)
            found[pool] = (had[0] + less[0], had[1] + less[1], had[2] + less[2])
        return found

    def _crowd(self) -> Mapping[tuple[str, int], tuple[Decimal, Decimal]]:
        """Return (what a pool costs, what all shares of it come to) by pool and bound, where there is a limit."""
        if self._factors is None:
            wanted: dict[tuple[str, int], Decimal] = {}
            for bill in self.bills.values():
                if bill.role == "allocated":
                    for pool, amounts in _shares(bill):
                        for index, amount in enumerate(amounts):
                            wanted[pool, index] = wanted.get((pool, index), ZERO) + amount
            self._factors = {
                (pool, index): (_amounts(self.bills[pool])[index], amount)
                for (pool, index), amount in wanted.items()
                if pool in self.bills and not isinstance(_bounds(self.bills[pool])[index], NoBound)
            }
        return self._factors


def _bounds(bill: Bill) -> tuple[Amount, Amount, Amount]:
    return bill.min, bill.expected, bill.max


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


def _shares(bill: Bill) -> Iterator[tuple[str, Triple]]:
    for line in bill.lines:
        if isinstance(line, Priced) and line.price.service == SHARE:
            bounds = [line.bounds[bound] for bound in BOUNDS]
            yield line.price.sku, (known(bounds[:1]), known(bounds[:2]), known(bounds))
