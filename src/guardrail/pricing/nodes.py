"""
Nodes of pools, for whoever shares them: what one costs, what it holds, and which part of it a pod requests.

Of a pod the largest part counts: of the accelerators, the vCPU or the memory of a node.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, Final, NamedTuple, Union

from guardrail.catalog.machines import machine
from guardrail.model.cost import Amount, BoundName, Unpriced
from guardrail.model.resource import Accelerator, Group, Resource
from guardrail.model.value import Reason, Unknown, strictest
from guardrail.pricing.amounts import ZERO, divided, worst
from guardrail.pricing.quote import Quote, oldest
from guardrail.pricing.spread import Counts

_GIB: Final = 2**30

Size = Union[int, Fraction, Unknown]


class Held(NamedTuple):
    """What a node holds, or a pod requests."""

    cpu_millis: Size
    memory_bytes: Size
    devices: Size


class Host:
    """A pool of the graph: its quote, and what that would be with one node in each group."""

    def __init__(self, resource: Resource, quote: Quote, one_node: Callable[[], Quote]) -> None:
        self.resource = resource
        self.quote = quote
        self.groups = tuple(sorted(quote.nodes))
        self._one_node = one_node
        self._units: dict[str, Counts] = {}
        self._sizes: dict[tuple[str, BoundName], Union[Held, Unknown]] = {}

    @cached_property
    def as_of(self) -> str:
        """The oldest date among the prices of the pool."""
        return oldest(self.quote.lines) or "undated"

    def number(self, group: str) -> Counts:
        """Return how many nodes there are."""
        return self.quote.nodes[group].number

    def unit(self, group: str) -> Counts:
        """Return what one node costs a month: its part of the pool's bill, never more than that in sum."""
        if group not in self._units:
            together, number = self.quote.of_group(group) or _NOTHING, self.number(group)
            self._units[group] = Counts(
                self._each(group, "min", together.min, number.min),
                self._each(group, "expected", together.expected, number.expected),
                self._each(group, "max", together.max, number.max),
            )
        return self._units[group]

    def needed(self, group: str) -> Counts:
        """Return what one node costs a month, of those too that are there only while something needs them."""
        number, unit = self.number(group), self.unit(group)
        if ZERO not in number:
            return unit
        alone = self._one_node().of_group(group) or _NOTHING
        return Counts(*(own if there == ZERO else one for there, one, own in zip(number, unit, alone, strict=True)))

    def size(self, group: str, bound: BoundName) -> Union[Held, Unknown]:
        """Return what a node holds: of the machine that the bound of the pool is reckoned with."""
        key = (group, bound)
        if key not in self._sizes:
            self._sizes[key] = self._size(group, bound)
        return self._sizes[key]

    def leaves_out(self) -> list[Unpriced]:
        """Return what has to be said of a share where the pool's own bill is not whole."""
        quote, address = self.quote, self.resource.address
        reasons = [line.reason for line in quote.lines if isinstance(line, Unpriced)]
        if quote.nodes and not reasons:
            return []  # how many nodes there are is not said by what one of them costs
        reasons += [bound.reason for bound in quote.bounds if isinstance(bound, Unknown)]
        why = f"what a node of {address} costs is not known"
        if quote.nodes:
            why = f"the bill of {address} leaves something out"
        return [Unpriced(name=f"share of {address}", why=why, reason=strictest(reasons or [Reason.UNPRICED]))]

    def _each(self, group: str, bound: BoundName, together: Amount, number: Amount) -> Amount:
        if isinstance(number, Decimal) and isinstance(together, Decimal):
            return divided(together, number, down=True) if number else ZERO
        alone: Amount = getattr(self._one_node().of_group(group) or _NOTHING, bound)
        return alone

    def _size(self, group: str, bound: BoundName) -> Union[Held, Unknown]:
        label = self.quote.nodes[group].machine.get(bound)
        if not isinstance(label, str):
            return label or Unknown(Reason.COMPUTED, note="which machine it runs on is not known")
        node = machine(self.resource.provider or "", label)
        if node is None:
            return Unknown(Reason.REFUSED, note=f"how large a {label} is, is not in the table of machines")
        devices = _devices(node.accelerators)
        if not node.accelerators and not isinstance(self.resource.groups, Unknown):
            devices = _devices(self.resource.groups[group].accelerators)  # those that are added to the machine
        return Held(node.vcpu * 1000, int(node.memory_gib * _GIB), devices)


_NOTHING: Final = Counts(ZERO, ZERO, ZERO)


def requests(group: Group) -> Held:
    """Return what one replica requests."""
    if isinstance(group.containers, Unknown):
        hidden = group.containers
        return Held(hidden, hidden, _devices(group.accelerators))
    cpu, memory = (_sum(group.containers, name) for name in ("cpu_millis", "memory_bytes"))
    return Held(cpu, memory, _devices(group.accelerators))


def part(wanted: Held, held: Union[Held, Unknown]) -> Union[Fraction, Unknown]:
    """Return the part of a node that is requested, 0 where nothing is."""
    if isinstance(held, Unknown):
        return held
    largest: Union[int, Fraction] = 0
    whole: Union[int, Fraction] = 1
    hidden: list[Unknown] = []
    for want, have in zip(wanted, held, strict=True):
        if want == 0:
            continue
        if isinstance(want, Unknown) or isinstance(have, Unknown):
            hidden += [one for one in (want, have) if isinstance(one, Unknown)]
        elif not have:
            return Unknown(Reason.REFUSED, note="the nodes have nothing of what is requested")
        elif want * whole > largest * have:
            largest, whole = want, have
    return worst(hidden) if hidden else Fraction(largest, whole)


def _sum(containers: Iterable[Any], name: str) -> Size:
    """Add up what containers request. What is only limited is requested as much: Kubernetes' default."""
    found = 0
    for container in containers:
        value = container.requests.get(name)
        if value is None:
            value = container.limits.get(name)
        if isinstance(value, Unknown):
            return value
        if isinstance(value, int) and value > 0:
            found += value
    return found


def _devices(found: Union[tuple[Accelerator, ...], Unknown]) -> Size:
    if isinstance(found, Unknown):
        return found
    devices: Union[int, Fraction] = 0
    for one in found:
        if isinstance(one.count, Unknown):
            return one.count
        if isinstance(one.count, int):
            devices += one.count if one.fraction is None else one.count * Fraction(one.fraction)
    return devices
