"""
What pods take of the pools that they run on.

One replica takes the part of a node that it requests, all replicas together never more than the pool has nodes, in
each bound. Shares are lines of the pod's bill whose price is that of one node of the pool, so that what moves from
pool to pod can be read off the bill.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple, Optional, Union

from guardrail.model.cost import MONTH_HOURS, Amount, BoundName, Line, Price, Priced
from guardrail.model.resource import Group, Resource
from guardrail.model.value import NoBound, Reason, Unknown
from guardrail.pricing.amounts import BOUNDS, ZERO, divided, times, total
from guardrail.pricing.nodes import Host, part, requests
from guardrail.pricing.quote import Quote, add_up, complete
from guardrail.pricing.runs import Span
from guardrail.pricing.spread import SINGLE, Counts, copies, replicas

SHARE: Final = "pool"
"""The service of a price that is the cost of a node."""

NODE_MONTH: Final = "node-month"

KUBERNETES: Final = "kubernetes"
"""Whose replicas share nodes. A job of another service has the nodes that it runs on to itself."""


class _Slot(NamedTuple):
    """The nodes of one group of a pool."""

    address: str
    group: str


class _Share:
    """Nodes that all replicas of a workload take of a slot, by bound."""

    def __init__(self) -> None:
        self.nodes: dict[BoundName, list[Amount]] = {}

    def add(self, bound: BoundName, number: Amount) -> None:
        self.nodes.setdefault(bound, []).append(number)

    def taken(self) -> Counts:
        return Counts(*(total(self.nodes.get(bound, ())) for bound in BOUNDS))


def allocate(
    resource: Resource,
    placed: Mapping[str, tuple[str, ...]],
    hosts: Mapping[str, Host],
    month: Span,
    run: Optional[Span],
) -> Quote:
    """
    Return what a workload takes of the pools that its groups are `placed` on.

    `month` is how long it runs in a month; `run`, of work that ends, how long one run takes. While it runs there are as
    many nodes as it takes, also of a pool that has none otherwise, up to as many as that can have.
    """
    groups = {} if isinstance(resource.groups, Unknown) else resource.groups
    several = copies(resource.multiplicity)
    shares: dict[_Slot, _Share] = {}
    for name, group in groups.items():
        slots = [_Slot(address, one) for address in placed[name] for one in hosts[address].groups]
        if slots:
            _enter(shares, group, slots, hosts, several, whole=resource.provider != KUBERNETES)
    lines: list[Line] = []
    runs: list[Counts] = []
    for slot, share in sorted(shares.items(), key=lambda entry: entry[0]):
        host = hosts[slot.address]
        there, units = host.number(slot.group), host.unit(slot.group)
        nodes = _least(share.taken(), there)
        lines.append(_line(host, slot, _least(_long(nodes, month), there), units))
        if run is not None:
            most = Counts(there.max, there.max, there.max)
            runs.append(_in_order(_of_a_run(_least(share.taken(), most), run, host.needed(slot.group))))
    for address in sorted({pool for several_pools in placed.values() for pool in several_pools}):
        lines += hosts[address].leaves_out()
    bounds = add_up(lines)
    low, expected, high = map(total, zip(*runs, strict=True)) if runs else (None, None, None)
    per_run = None if low is None or expected is None or high is None else (low, expected, high)
    return Quote(bounds, complete(lines, bounds), tuple(lines), per_run)


def _enter(
    shares: dict[_Slot, _Share],
    group: Group,
    slots: list[_Slot],
    hosts: Mapping[str, Host],
    several: Counts,
    *,
    whole: bool,
) -> None:
    """
    Enter what a group takes, in the slot that each bound is reckoned with: `whole` nodes, or what pods request.

    Where several can hold it, it takes at least what the cheapest asks for, at most what the dearest does, and what
    is to be expected nobody can tell.
    """
    counts, wanted = replicas(group.replicas), requests(group)
    if several is not SINGLE:
        counts = Counts(*(times(one, many) for one, many in zip(counts, several, strict=True)))

    def asks(bound: BoundName, number: Amount) -> list[tuple[Amount, Amount, _Slot]]:
        found = []
        for slot in slots:
            host = hosts[slot.address]
            share = Fraction(1) if whole else part(wanted, host.size(slot.group, bound))
            nodes = _times(number, share)
            found.append((times(nodes, getattr(host.unit(slot.group), bound)), nodes, slot))
        return found

    _, fewest, cheapest = min(asks("min", counts.min), key=lambda one: _rank(one[0]))
    _, most, dearest = max(asks("max", counts.max), key=lambda one: _rank(one[0]))
    if len(slots) == 1:
        _, expected, where = asks("expected", counts.expected)[0]
    else:
        names = " or ".join(sorted(slot.address for slot in slots))
        expected, where = times(counts.expected, Unknown(Reason.COMPUTED, note=f"it may run on {names}")), cheapest
    shares.setdefault(cheapest, _Share()).add("min", fewest)
    shares.setdefault(where, _Share()).add("expected", expected)
    shares.setdefault(dearest, _Share()).add("max", most)


def _rank(amount: Amount) -> tuple[int, Decimal]:
    """Order amounts by size: no bound above every number, not known above all."""
    if isinstance(amount, Decimal):
        return 0, amount
    return (2 if isinstance(amount, Unknown) else 1), ZERO


def _least(nodes: Counts, there: Counts) -> Counts:
    """Return so many nodes, but never more than there are."""
    return Counts(*(_lower(one, limit) for one, limit in zip(nodes, there, strict=True)))


def _lower(one: Amount, limit: Amount) -> Amount:
    if limit == ZERO:
        return ZERO
    if isinstance(one, Unknown) or isinstance(limit, Unknown):
        return one
    if isinstance(one, NoBound) or isinstance(limit, NoBound):
        return limit if isinstance(one, NoBound) else one
    return min(one, limit)


def _long(nodes: Counts, span: Span) -> Counts:
    """Return the node-months of so many nodes in a span."""
    return Counts(*(times(one, long) for one, long in zip(nodes, span.months, strict=True)))


def _of_a_run(nodes: Counts, run: Span, units: Counts) -> Counts:
    """Return what so many nodes cost while one run lasts, divided last so that it is exact to the tenth digit."""
    amounts = (times(times(one, long), unit) for one, long, unit in zip(nodes, run.hours, units, strict=True))
    return Counts(*(divided(one, MONTH_HOURS) if isinstance(one, Decimal) else one for one in amounts))


def _times(number: Amount, fraction: Union[Fraction, Unknown]) -> Amount:
    if isinstance(number, Decimal) and isinstance(fraction, Fraction):
        return divided(number * fraction.numerator, Decimal(fraction.denominator))
    return times(number, fraction if isinstance(fraction, Unknown) else Decimal(1) if fraction else ZERO)


def _in_order(amounts: Counts) -> Counts:
    """
    Return bounds that enclose what is expected.

    A part of the dearest node may cost less than that of another one: a larger machine, of which a pod is less.
    """
    low, expected, high = amounts
    if not isinstance(expected, Decimal):
        return amounts
    return Counts(
        min(low, expected) if isinstance(low, Decimal) else low,
        expected,
        max(high, expected) if isinstance(high, Decimal) else high,
    )


def _line(host: Host, slot: _Slot, nodes: Counts, units: Counts) -> Priced:
    amounts = _in_order(Counts(*map(times, nodes, units)))
    usd = next((one for one in (units.expected, units.max, units.min) if isinstance(one, Decimal)), ZERO)
    pool = host.resource
    price = Price(
        provider=pool.provider or "",
        service=SHARE,
        sku=slot.address,
        region=pool.region if isinstance(pool.region, str) else "",
        unit=NODE_MONTH,
        usd=usd,
        option="",
        source=slot.address,
        as_of=host.as_of,
    )
    known = isinstance(nodes.expected, Decimal) and isinstance(amounts.expected, Decimal)
    groups = 0 if isinstance(pool.groups, Unknown) else len(pool.groups)
    return Priced(
        name=f"share of {slot.address}" + (f" ({slot.group})" if groups > 1 else ""),
        price=price,
        quantity=nodes.expected if known and isinstance(nodes.expected, Decimal) else None,
        monthly=amounts.expected if known and isinstance(amounts.expected, Decimal) else None,
        bounds=dict(zip(BOUNDS, amounts, strict=True)),
    )
