"""
Sums of accelerators by family: in all, and by unit, team, namespace and cluster.

What is allocated runs on accelerators of its pool, so it does not count where the pool does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import ROUND_CEILING, Decimal
from typing import Final, Optional

from guardrail.config.settings import Settings
from guardrail.model.cost import UNALLOCATED, AcceleratorSum, Amount, Bill
from guardrail.model.graph import Graph
from guardrail.model.resource import Accelerator, Group, Resource
from guardrail.model.value import UNBOUNDED, NoBound, Text, Unknown
from guardrail.pricing.amounts import BOUNDS, ZERO, asked, known, least, most, times, total
from guardrail.pricing.owners import owner
from guardrail.pricing.spread import Counts, copies, replicas

DIMENSIONS: Final = ("unit", "team", "namespace", "cluster", "total")
TOTAL: Final = "total"
UNKNOWN_FAMILY: Final = "unknown"
"""Under which accelerators count whose family is not known. They may be of any, so every family names them."""

Sums = Mapping[str, Mapping[str, Mapping[str, AcceleratorSum]]]

_ONE: Final = Decimal(1)


class _Tally:
    """Devices of one family in one value."""

    def __init__(self) -> None:
        self.numbers = [ZERO, ZERO, ZERO]
        self.unbounded = False
        self.unknown: set[str] = set()

    def add(self, address: str, devices: Counts, *, certain: bool) -> None:
        for index in range(len(BOUNDS)):
            self.numbers[index] += known(devices[: index + 1])
        self.unbounded = self.unbounded or isinstance(devices.max, NoBound)
        if not certain or any(isinstance(one, Unknown) for one in devices):
            self.unknown.add(address)

    def sum(self) -> AcceleratorSum:
        low, desired, high = (int(one) for one in self.numbers)
        most = UNBOUNDED if self.unbounded else high
        return AcceleratorSum(low, desired, most, tuple(sorted(self.unknown)), max_known=high)


def accelerator_sums(graph: Graph, bills: Mapping[str, Bill], settings: Settings) -> Sums:
    """Return the sums by dimension, value and family."""
    found: dict[str, dict[str, dict[str, _Tally]]] = {dimension: {} for dimension in DIMENSIONS}
    hidden: dict[str, set[str]] = {dimension: set() for dimension in DIMENSIONS}
    for address, resource in graph.resources.items():
        bill = bills.get(address)
        devices = _devices(resource)
        if not devices or bill is None or bill.role == "template":
            continue
        pools = [graph.resources[pool] for pool in bill.allocated_to if pool in graph.resources]
        for dimension, values in found.items():
            value = _value(resource, dimension, settings)
            if value is None or (pools and all(_value(pool, dimension, settings) == value for pool in pools)):
                continue
            if isinstance(value, Unknown):
                hidden[dimension].add(address)
                value = UNALLOCATED
            families = values.setdefault(value, {})
            for family, counts in devices.items():
                families.setdefault(family, _Tally()).add(address, counts, certain=family != UNKNOWN_FAMILY)
    for dimension, values in found.items():
        _spread_doubt(values, hidden[dimension])
    return {
        dimension: {
            value: {family: families[family].sum() for family in sorted(families)}
            for value, families in sorted(values.items())
        }
        for dimension, values in found.items()
    }


def _spread_doubt(values: Mapping[str, Mapping[str, _Tally]], hidden: set[str]) -> None:
    """Name what may be of another family or belong to another value there, since it is left out of it."""
    for value, families in values.items():
        doubtful = set(families[UNKNOWN_FAMILY].unknown) if UNKNOWN_FAMILY in families else set()
        for tally in families.values():
            tally.unknown |= doubtful if value == UNALLOCATED else doubtful | hidden


def _value(resource: Resource, dimension: str, settings: Settings) -> Text:
    if dimension == TOTAL:
        return TOTAL
    value = owner(resource, dimension, settings)
    return UNALLOCATED if value is None and dimension == "team" else value


def _devices(resource: Resource) -> Mapping[str, Counts]:
    """Return the devices that all replicas of a resource have, by family."""
    groups = resource.groups
    if isinstance(groups, Unknown) or not groups:
        return {}
    found: dict[str, list[Counts]] = {}
    several: Optional[Counts] = None
    for group in groups.values():
        if group.accelerators == ():
            continue
        several = several or copies(resource.multiplicity)
        number = Counts(*(times(one, many) for one, many in zip(replicas(group.replicas), several, strict=True)))
        for family, each, vendor in _each(group):
            counts = Counts(*(_up(times(one, by)) for one, by in zip(number, each, strict=True)))
            room = times(_room(resource, vendor), several.max)
            found.setdefault(family, []).append(counts._replace(max=_within(counts.max, room)))
    return {family: Counts(*map(total, zip(*members, strict=True))) for family, members in found.items()}


def _room(resource: Resource, vendor: Text) -> Amount:
    """Return how many devices of a vendor the limits of a pool leave room for, whatever its machines are."""
    quota = resource.facts.get("quota") if resource.category == "compute.pool" else None
    if not isinstance(quota, Mapping) or not quota:
        return UNBOUNDED
    from guardrail.catalog.kubernetes.pools.limits import DEVICES

    limit = quota.get(DEVICES.get(str(vendor), ""))
    return UNBOUNDED if limit is None or isinstance(limit, Unknown) else most(limit)


def _within(number: Amount, room: Amount) -> Amount:
    if isinstance(room, Decimal):
        return min(number, room) if isinstance(number, Decimal) else room
    return number


def _each(group: Group) -> Iterator[tuple[str, Counts, Text]]:
    """Yield (family, devices of one replica, their vendor)."""
    if isinstance(group.accelerators, Unknown):
        hidden = Unknown(group.accelerators.reason, note=group.accelerators.note)
        yield UNKNOWN_FAMILY, Counts(hidden, hidden, hidden), None
        return
    for device in group.accelerators:
        part = device.fraction if device.fraction is not None else _ONE
        number = Counts(least(device.count), asked(device.count), most(device.count))
        yield _family(device), Counts(*(times(one, part) for one in number)), device.vendor


def _family(device: Accelerator) -> str:
    return device.family if isinstance(device.family, str) else UNKNOWN_FAMILY


def _up(devices: Amount) -> Amount:
    return devices.to_integral_value(rounding=ROUND_CEILING) if isinstance(devices, Decimal) else devices
