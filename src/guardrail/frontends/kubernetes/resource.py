"""One object as a resource: everything that its row points to, found and put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import islice
from typing import Final, Optional, Union

from guardrail.catalog.kubernetes.workload import Workload
from guardrail.frontends.kubernetes.claims import Disks, of_claim, of_volume
from guardrail.frontends.kubernetes.controllers import made
from guardrail.frontends.kubernetes.counts import limits, number, scaling, times
from guardrail.frontends.kubernetes.facts import facts
from guardrail.frontends.kubernetes.joined import complete
from guardrail.frontends.kubernetes.lifetime import lifetime, suspended
from guardrail.frontends.kubernetes.links import Factors, Meant, links
from guardrail.frontends.kubernetes.metadata import expiry, labels, notes
from guardrail.frontends.kubernetes.native import Written
from guardrail.frontends.kubernetes.nested import all_groups, last
from guardrail.frontends.kubernetes.nodes import one_region
from guardrail.frontends.kubernetes.objects import Object
from guardrail.frontends.kubernetes.overlooked import overlooked
from guardrail.frontends.kubernetes.placement import placement
from guardrail.frontends.kubernetes.pods import MANY, Found, halted
from guardrail.frontends.kubernetes.reading import Reading, Scope
from guardrail.frontends.kubernetes.shape import by_shape
from guardrail.frontends.kubernetes.surroundings import Surroundings
from guardrail.frontends.kubernetes.visible import visible
from guardrail.frontends.unit import Unit
from guardrail.model import value as values
from guardrail.model.address import address
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.path import escaped
from guardrail.model.resource import Group, Resource
from guardrail.model.value import ABSENT, Reason, Text, Unknown, Value

_VOLUME: Final = "core/PersistentVolume"


@dataclass(slots=True)
class Draft:
    """An object on its way to a resource: what was found, and what may be added before it is finished."""

    reading: Reading
    scope: Scope
    row: Workload
    found: list[Found]
    meant: Meant
    autoscaling: list[Mapping[str, Value]]


def draft(one: Object, around: Surroundings) -> Draft:
    """Read the pods of an object, and whom it means."""
    reading = Reading(one, address=around.address)
    row = one.row if one.row is not None else by_shape(one.type, one.value)
    if row.joins:
        complete(reading, row, around)
    scope = made(reading, reading.scope(), row, around)
    found = list(islice(all_groups(reading, scope, row, around), MANY + 1))
    if len(found) > MANY:
        message = f"more than {MANY} groups of pods in {one.native}"
        reading.diagnostics.append(Diagnostic("error", "limit-groups", message, one.place(), unread=True))
    halt = suspended(reading, scope, row)
    autoscaling: list[Mapping[str, Value]] = []
    for index, member in enumerate(found):
        scales = _scales(reading, member)
        if halt is not False:
            replicas = halted(member.group.replicas, halt)
            found[index] = replace(member, group=replace(member.group, replicas=replicas))
        if scales:
            autoscaling.append(_autoscaled(reading, found[index], len(autoscaling)))
    return Draft(reading, scope, row, found, links(reading, row, found, around), autoscaling)


def _scales(reading: Reading, found: Found) -> bool:
    """Whether its own controller scales a group."""
    pods, bounds = found.pods, found.group.replicas
    low, high = limits(reading, found.element, pods)
    if low is None or high is None or not high.at or pods.fixed:
        return False
    if pods.scaled:
        value, at = found.element.find(pods.scaled)
        return reading.flag(value, at) is True
    return bounds.min != bounds.max


def _autoscaled(reading: Reading, found: Found, index: int) -> Mapping[str, Value]:
    """Return what scales a group that its own controller does."""
    pods, bounds = found.pods, found.group.replicas
    for side in ("min", "max"):
        origin = reading.origins.get(f"/groups/{escaped(found.name)}/replicas/{side}")
        if origin is not None:
            reading.origins[f"/autoscaling/{index}/{side}"] = origin
    entry: dict[str, Value] = {"group": found.name, "min": bounds.min, "max": bounds.max}
    entry["scale_to_zero"] = bounds.min if isinstance(bounds.min, Unknown) else bounds.min == 0
    if pods.cooldown is not None:
        entry["cooldown_seconds"], pointer = number(reading, found.element, pods.cooldown)
        reading.came(f"/autoscaling/{index}/cooldown_seconds", pointer or found.element.at)
    return entry


def scale(one: Draft, moved: Optional[Factors]) -> None:
    """Write what an autoscaler object does: once, or for each of the groups that it moves."""
    scaler, reading = one.row.scaler, one.reading
    if scaler is None:
        return
    scope = reading.scope()
    (low, low_at), (high, high_at) = scaling(reading, scope, scaler)
    cooldown, cooldown_at = number(reading, scope, scaler.cooldown)
    only = reading.find(scaler.group) if scaler.group else ABSENT
    for name, factor, least in _moved(moved or {}, only):
        at = f"/autoscaling/{len(one.autoscaling)}"
        floor = low if least else 0
        entry: dict[str, Value] = {"min": times(floor, factor), "max": times(high, factor)}
        entry |= {"cooldown_seconds": cooldown, "scale_to_zero": floor if isinstance(floor, Unknown) else floor == 0}
        one.autoscaling.append(entry if name is None else {"group": name, **entry})
        for side, pointer in (("min", low_at), ("max", high_at), ("cooldown_seconds", cooldown_at)):
            reading.came(f"{at}/{side}", pointer or "/spec")


def _moved(factors: Factors, only: Value) -> list[tuple[Optional[str], values.Count, bool]]:
    """
    Return the groups that an autoscaler moves: name, pods for one replica, whether the least number moves too.

    One without a name stands for the whole.
    """
    if isinstance(only, Unknown):
        return [(name, only, True) for name in factors] or [(None, 1, True)]
    if isinstance(only, str):
        return [(only, factors[only].part if only in factors else 1, True)]
    moved = [(name, one.whole, not one.most) for name, one in factors.items() if one.whole is not None]
    return [*moved] or [(None, 1, True)]


def finish(one: Draft, around: Surroundings, unit: Unit) -> Resource:
    """Return the resource."""
    reading, row = one.reading, one.row
    source = reading.object
    own, stated = labels(reading, one.found, around, row.tags), notes(reading)
    told = {**last(reading, one.scope, row, around), **lifetime(reading, one.scope, row)}
    if row.category == "namespace":  # a label ends nothing else
        told = {**expiry(reading, own, stated), **told}
    disks = _storage(reading, row, around)
    special = {**facts(reading), **placement(reading, one.found)}
    overlooked(reading, one.found)
    shown = visible(source)
    reading.came("/name", "/metadata/name")
    reading.came("/namespace", "/metadata/namespace")
    return Resource(
        address=address(unit.name, source.native),
        unit=unit.name,
        format="kubernetes",
        type=source.type,
        name=source.name,
        category=row.category,
        native=Written(source, shown, one.meant.by_pointer),
        attributes=shown,
        labels=own,
        annotations=stated,
        taggable=(bool(one.found) or bool(row.claim)) and not row.template,
        groups=_groups(one.found),
        environment=unit.environment,
        api_version=source.api_version,
        provider="kubernetes",
        region=_region(one.found, unit),
        cluster=unit.cluster,
        namespace=source.namespace,
        lifetime=told,
        autoscaling=tuple(one.autoscaling),
        storage=disks,
        facts=special,
        origins=reading.origins,
        links=tuple(one.meant.links),
        understood=source.row is not None or bool(one.found),
        by_shape=source.row is None and bool(one.found),
    )


def _groups(found: list[Found]) -> Union[Mapping[str, Group], Unknown]:
    if len(found) > MANY:
        return Unknown(Reason.REFUSED, note=f"more than {MANY} groups of pods")
    return {one.name: one.group for one in found}


def _storage(reading: Reading, row: Workload, around: Surroundings) -> Disks:
    if row.claim:
        value = reading.find(row.claim)
        if row.pods and (value is ABSENT or value is None or (isinstance(value, dict) and "size" not in value)):
            return ()  # a volume that is there already, or none
        return of_claim(reading, value, row.claim, around, "/storage/0")
    if row.type == _VOLUME:
        return of_volume(reading, reading.find("/spec"), "/spec", around, "/storage/0")
    return ()


def _region(found: Iterable[Found], unit: Unit) -> Text:
    """Return the region that pods demand, else that of the unit; None leaves it to the cluster."""
    demanded: dict[str, None] = {}
    for one in found:
        region = one.where.region
        if isinstance(region, Unknown) and region.one_of is None:
            return region
        several = region.one_of or () if isinstance(region, Unknown) else (region,)
        demanded |= dict.fromkeys(name for name in several if isinstance(name, str))
    return one_region(tuple(demanded)) if demanded else unit.region
