"""
What pods take of the pools that they run on.

One replica takes the largest fraction that it requests of a node: of its accelerators, its vCPU, or its memory. All
replicas together never take more than the pool has nodes, in each bound. Shares are lines of the pod's bill whose
price is that of one node of the pool, so that what moves from pool to pod can be read off the bill.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, NamedTuple, Optional, Union

from guardrail.catalog.machines import machine
from guardrail.model.cost import Amount, BoundName, Line, Price, Priced, Unpriced
from guardrail.model.resource import Accelerator, Group, Resource
from guardrail.model.value import NoBound, Reason, Unknown, strictest
from guardrail.pricing.amounts import BOUNDS, ZERO, divided, times, total, worst
from guardrail.pricing.quote import Quote, add_up, complete, oldest
from guardrail.pricing.runs import Span
from guardrail.pricing.spread import Counts, copies, replicas

SHARE: Final = "pool"
"""The service of a price that is the cost of a node."""

NODE_MONTH: Final = "node-month"

_GIB: Final = 2**30


class Host(NamedTuple):
    """A pool of the graph: what it costs, and what it would with one node in each group."""

    resource: Resource
    quote: Quote
    one_node: Callable[[], Quote]


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

    `month` is how long it runs in a month; `run`, of work that ends, how long one run takes.
    """
    groups = {} if isinstance(resource.groups, Unknown) else resource.groups
    several = copies(resource.multiplicity)
    shares: dict[_Slot, _Share] = {}
    lacks: dict[str, Unpriced] = {}
    for name, group in groups.items():
        slots = [_Slot(address, one) for address in placed[name] for one in sorted(hosts[address].quote.nodes)]
        for address in placed[name]:
            found = hosts[address].quote
            if not found.nodes or not found.complete:
                lacks[address] = _leaves_out(address, found)
        if slots:
            _enter(shares, group, slots, hosts, several)
    lines: list[Line] = []
    runs: list[Counts] = []
    for slot, share in sorted(shares.items(), key=lambda entry: entry[0]):
        host = hosts[slot.address]
        there = host.quote.nodes[slot.group].number
        units = Counts(*(_unit(host, slot, bound) for bound in BOUNDS))
        nodes = _least(share.taken(), there)
        lines.append(_line(host, slot, _least(_long(nodes, month), there), units))
        if run is not None:
            runs.append(_in_order(Counts(*map(times, _long(nodes, run), units))))
    lines += [lacks[address] for address in sorted(lacks)]
    bounds = add_up(lines)
    low, expected, high = map(total, zip(*runs, strict=True)) if runs else (None, None, None)
    per_run = None if low is None or expected is None or high is None else (low, expected, high)
    return Quote(bounds, complete(lines, bounds), tuple(lines), per_run)


def _enter(
    shares: dict[_Slot, _Share], group: Group, slots: list[_Slot], hosts: Mapping[str, Host], several: Counts
) -> None:
    """
    Enter what a group takes, in the slot that each bound is reckoned with.

    Where several can hold it, it takes at least what the cheapest asks for, at most what the dearest does, and what
    is to be expected nobody can tell.
    """
    counts = Counts(*(times(one, many) for one, many in zip(replicas(group.replicas), several, strict=True)))
    wanted: dict[BoundName, list[tuple[Amount, Amount, _Slot]]] = {}
    for bound, number in zip(BOUNDS, counts, strict=True):
        for slot in slots:
            nodes = _times(number, _fraction(group, hosts[slot.address], slot, bound))
            cost = times(nodes, _unit(hosts[slot.address], slot, bound))
            wanted.setdefault(bound, []).append((cost, nodes, slot))
    cheapest = min(wanted["min"], key=lambda one: _rank(one[0]))
    dearest = max(wanted["max"], key=lambda one: _rank(one[0]))
    expected = wanted["expected"][0]
    if len(slots) > 1:
        names = " or ".join(sorted(slot.address for slot in slots))
        unknown = Unknown(Reason.COMPUTED, note=f"it may run on {names}")
        expected = (unknown, times(counts.expected, unknown), cheapest[2])
    for bound, (_, nodes, slot) in (("min", cheapest), ("expected", expected), ("max", dearest)):
        shares.setdefault(slot, _Share()).add(bound, nodes)


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


def _times(number: Amount, fraction: Union[Fraction, Unknown]) -> Amount:
    if isinstance(number, Decimal) and isinstance(fraction, Fraction):
        return divided(Fraction(number) * fraction)
    return times(number, fraction if isinstance(fraction, Unknown) else Decimal(1) if fraction else ZERO)


def _unit(host: Host, slot: _Slot, bound: BoundName) -> Amount:
    """Return what one node costs a month: its part of the pool's bill, never more than that in sum."""
    number, cost = getattr(host.quote.nodes[slot.group].number, bound), host.quote.per_group.get(slot.group)
    together: Amount = ZERO if cost is None else getattr(cost, bound)
    if isinstance(number, Decimal) and isinstance(together, Decimal):
        return divided(together, number, down=True) if number else ZERO
    alone = host.one_node().per_group.get(slot.group)
    return ZERO if alone is None else getattr(alone, bound)


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
        as_of=oldest(host.quote.lines) or "undated",
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


def _leaves_out(address: str, quote: Quote) -> Unpriced:
    reasons = [line.reason for line in quote.lines if isinstance(line, Unpriced)]
    reasons += [bound.reason for bound in quote.bounds if isinstance(bound, Unknown)]
    why = f"what a node of {address} costs is not known"
    if quote.nodes:
        why = f"the bill of {address} leaves something out"
    return Unpriced(name=f"share of {address}", why=why, reason=strictest(reasons or [Reason.UNPRICED]))


def _fraction(group: Group, host: Host, slot: _Slot, bound: BoundName) -> Union[Fraction, Unknown]:
    """Return the part of a node that one replica requests, 0 where it requests nothing."""
    pool, label = host.resource, host.quote.nodes[slot.group].machine.get(bound)
    if not isinstance(label, str):
        return label or Unknown(Reason.COMPUTED, note="which machine it runs on is not known")
    node = machine(pool.provider or "", label)
    if node is None:
        return Unknown(Reason.REFUSED, note=f"how large a {label} is, is not in the table of machines")
    if isinstance(group.containers, Unknown):
        return group.containers
    asked = [
        (_requested(group, "cpu_millis"), Fraction(node.vcpu * 1000)),
        (_requested(group, "memory_bytes"), Fraction(node.memory_gib) * _GIB),
        (_devices(group.accelerators), _offered(pool, slot.group, node.accelerators)),
    ]
    hidden = [one for want, have in asked if want != 0 for one in (want, have) if isinstance(one, Unknown)]
    if hidden:
        return worst(hidden)
    largest = Fraction(0)
    for want, have in asked:
        if want and isinstance(want, Fraction) and isinstance(have, Fraction):
            if not have:
                return Unknown(Reason.REFUSED, note=f"a {label} has nothing of what is requested")
            largest = max(largest, want / have)
    return largest


def _requested(group: Group, name: str) -> Union[Fraction, Unknown]:
    """Return the sum of the containers' requests. What is only limited is requested as much (Kubernetes' default)."""
    if isinstance(group.containers, Unknown):
        return group.containers
    found = Fraction(0)
    for container in group.containers:
        value: Any = container.requests.get(name, container.limits.get(name))
        if isinstance(value, Unknown):
            return value
        if isinstance(value, (int, Decimal)):
            found += max(Fraction(value), Fraction(0))
    return found


def _offered(pool: Resource, name: str, inside: tuple[Accelerator, ...]) -> Union[Fraction, Unknown]:
    """Return the accelerators of a node: those of its machine, else those that the group adds to it."""
    if inside or isinstance(pool.groups, Unknown):
        return _devices(inside)
    return _devices(pool.groups[name].accelerators)


def _devices(found: Union[tuple[Accelerator, ...], Unknown]) -> Union[Fraction, Unknown]:
    if isinstance(found, Unknown):
        return found
    devices = Fraction(0)
    for one in found:
        if isinstance(one.count, Unknown):
            return one.count
        if isinstance(one.count, int):
            devices += one.count * Fraction(one.fraction if one.fraction is not None else 1)
    return devices
