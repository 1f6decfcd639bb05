"""
Groups as declared: machines, accelerators, replicas, how they are bought.

Accelerators that machine types tell: *every machine that is permitted counts*. Where any one of several types may
run, a group has the models of all of them, each with the largest count that one replica can have, since that is what
the change permits. Where the type is one of several candidates (only one of which will be written), accelerators are
unknown, with a candidate for each. A machine that no table knows makes them unknown: it may carry any. Beside one that
is not known, those that are written stay permitted. A group that states no machine has none: whatever supplies its
machine (`Link.inherit`) supplies them too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final, Optional, Union

from guardrail.catalog.accelerators import Accelerators, native, together
from guardrail.catalog.bounds import ordered
from guardrail.catalog.convert import ConversionError, tags, texts
from guardrail.catalog.facts import as_number, as_place, as_text, bare, guarded
from guardrail.catalog.kind import ALWAYS, NEVER, NOTHING, ONCE, AcceleratorSpec, DiskSpec, Fact, GroupSpec, Kind, at
from guardrail.catalog.machines import accelerators_of
from guardrail.catalog.plain import plain
from guardrail.catalog.read import Reader, blocks, elements, paths, reader
from guardrail.catalog.storage import disks_reader
from guardrail.model.dataclass import dataclass
from guardrail.model.path import pointer
from guardrail.model.resource import ONE, Accelerator, Bounds, Group, Origin, Purchase
from guardrail.model.value import Unknown, Value, apply

MAIN: Final = "main"
"""The name of a group that is the only one of its resource."""

_ALL: Final = 100
"""Percent."""

Groups = Union[Mapping[str, Group], Unknown]
Autoscaling = Union[tuple[Mapping[str, Value], ...], Unknown]
Origins = Mapping[str, tuple[Origin, ...]]
Convert = Callable[[Value], Value]


@dataclass(frozen=True, slots=True)
class GroupReading:
    """
    A declaration made ready.

    `replicas` is None where there is always one; `exists`, `scaled` and `plain` where that is always or never so.
    """

    spec: GroupSpec
    elements: Optional[Reader]
    exists: Optional[Reader]
    scaled: Optional[Reader]
    replicas: Optional[tuple[Reader, Reader, Reader]]
    machine_types: Optional[Reader]
    accelerators: Optional[Reader]
    plain: Optional[Reader]
    disks: Optional[Reader]
    others: tuple[tuple[str, Reader, Convert], ...]


def group_readings(kind: Kind) -> tuple[GroupReading, ...]:
    """Return the declarations of a kind's groups, made ready."""
    return tuple(_reading(spec) for spec in kind.groups)


def read_groups(
    readings: Iterable[GroupReading], attributes: Mapping[str, Value], provider: Optional[str], origins: Origins
) -> tuple[Groups, Autoscaling, Origins]:
    """
    Return the groups, what is scaled automatically, and the origins completed by those of repeated groups.

    Where it cannot be told which groups there are, all of them are unknown.
    """
    made: dict[str, Group] = {}
    scaling: list[Mapping[str, Value]] = []
    hidden: Optional[Unknown] = None
    for reading in readings:
        found = reading.elements(attributes) if reading.elements else (attributes,)
        if isinstance(found, Unknown):
            return bare(found), bare(found), origins
        for index, element in enumerate(found):
            there = reading.exists(element) if reading.exists else True
            if isinstance(there, Unknown):
                return bare(there), bare(there), origins
            if not there:
                continue
            name = _name(reading.spec, element, index, made)
            group = made[name] = _group(reading, element, provider)
            if reading.spec.each:
                origins = {**origins, **group_origins(reading.spec, name, index)}
            scaled = reading.scaled(element) if reading.scaled else False
            if isinstance(scaled, Unknown):
                hidden = bare(scaled)
            elif scaled:
                scaling.append(_scaled(name, group.replicas))
    return made, hidden or tuple(scaling), origins


def group_origins(spec: GroupSpec, name: str, index: int = 0) -> Origins:
    """Return the native attributes behind the facts of one group."""
    above = pointer((*spec.each, index)) if spec.each else ""
    given = spec.accelerators
    told: dict[str, Iterable[Optional[Fact]]] = {
        "/replicas/min": (spec.min,),
        "/replicas/desired": (spec.desired, spec.min),
        "/replicas/max": (spec.max,),
        "/machine_types": (spec.machine_types,),
        "/accelerators": (*_listed(given, (given.model, given.count) if given else ()), spec.machine_types),
        "/purchase": (spec.purchase,),
        "/zones": (spec.zones,),
        "/node_labels": (spec.node_labels,),
        "/taints": (spec.taints,),
        "/storage": tuple(fact for disk in spec.disks for fact in disk_facts(disk)),
    }
    found = {path: dict.fromkeys(one for fact in facts for one in paths(fact, above)) for path, facts in told.items()}
    group = pointer(("groups", name))
    return {group + path: tuple(map(Origin, pointers)) for path, pointers in found.items() if pointers}


def disk_facts(disk: DiskSpec) -> Iterable[Fact]:
    """Return what tells a disk, or all disks of a list."""
    return _listed(disk, (disk.size_gib, disk.kind, disk.iops, disk.throughput_mibps))


def _listed(spec: Union[AcceleratorSpec, DiskSpec, None], single: Iterable[Fact]) -> Iterable[Fact]:
    """Return what tells one disk or one accelerator: its list where there is one, else its facts."""
    return (at(*spec.each),) if spec and spec.each else single


def _reading(spec: GroupSpec) -> GroupReading:
    others: list[tuple[str, Optional[Fact], Convert]] = [
        ("purchase", spec.purchase, _bought),
        ("zones", spec.zones, texts),
        ("node_labels", spec.node_labels, tags),
        ("taints", spec.taints, tuple),
    ]
    single = spec.min is ONCE and spec.max is ONCE and spec.desired is NOTHING
    return GroupReading(
        spec=spec,
        elements=blocks(spec, spec.each) if spec.each else None,
        exists=None if spec.when is ALWAYS else reader(spec.when),
        scaled=None if spec.autoscaled is NEVER else reader(spec.autoscaled),
        replicas=None if single else (reader(spec.min), reader(spec.desired), reader(spec.max)),
        machine_types=reader(spec.machine_types) if spec.machine_types else None,
        accelerators=_accelerators_reader(spec.accelerators) if spec.accelerators else None,
        plain=None if spec.plain is NEVER else reader(spec.plain),
        disks=disks_reader(spec.disks) if spec.disks else None,
        others=tuple((field, reader(fact), change) for field, fact, change in others if fact),
    )


def _group(reading: GroupReading, element: Value, provider: Optional[str]) -> Group:
    told = reading.machine_types(element) if reading.machine_types else None
    types = machine_types(told)
    given = reading.accelerators(element) if reading.accelerators else ()
    if types is not None and not (reading.plain and reading.plain(element) is True):
        given = accelerators(provider, types, given)
        if isinstance(given, Unknown) and given.one_of is None:
            given = _at_least(provider, told, given)
    more: dict[str, Any] = {}
    for field, read, change in reading.others:
        value = read(element)
        if isinstance(value, Unknown):
            more[field] = apply(partial(_plainly, change), value) if value.one_of else value
        elif value is not None:
            more[field] = guarded(change, value)
    if isinstance(more.get("zones"), tuple):
        more["zones"] = tuple(as_place(provider, zone) for zone in more["zones"])
    return Group(
        replicas=_bounds(reading.replicas, element) if reading.replicas else ONE,
        machine_types=types,
        accelerators=given,
        storage=reading.disks(element) if reading.disks else (),
        **more,
    )


def _plainly(change: Convert, value: Value) -> Value:
    return plain(guarded(change, value))


def _bought(purchase: Purchase) -> Purchase:
    if not 0 <= purchase.on_demand_percent <= _ALL:
        raise ConversionError("not a percentage")
    return purchase


def machine_types(value: Value) -> Value:
    """
    Return what a fact says of machine types: a tuple of names, an `Unknown`, None where none is stated.

    Every candidate of the unknown is such a tuple. A list in which one name is unknown is unknown as a whole.
    """
    if type(value) is str:
        return (value,) if value else None
    if isinstance(value, (list, tuple)):
        found = apply(partial(guarded, _names), *value) if value else ()
    elif isinstance(value, Unknown) and value.one_of is None:
        found = bare(value)
    else:
        found = apply(partial(guarded, _names), value)
    return found or None


def accelerators(provider: Optional[str], types: Value, given: Accelerators) -> Accelerators:
    """
    Return what each replica has: what is inside the machine, else what is `given` beside it.

    A cloud refuses a machine whose own accelerators are not those that are named beside it, so where the machine is
    not known, what is given holds.
    """
    if isinstance(types, Unknown):
        if types.one_of is None:
            return given or types
        found: Accelerators = apply(lambda one: plain(accelerators(provider, one, given)), types)
        return found
    inside = [accelerators_of(provider or "", one) for one in types]
    known: list[tuple[Accelerator, ...]] = []
    for one in inside:
        if isinstance(one, Unknown):
            return given or one
        known.append(one)
    return together(known) or given


def _at_least(provider: Optional[str], told: Value, doubt: Unknown) -> Accelerators:
    """
    Return what a list of machine types permits for certain, and that there may be more.

    What is not known beside it makes a machine that is written no less permitted.
    """
    names = [one for one in told if isinstance(one, str)] if isinstance(told, (list, tuple)) else []
    inside = [accelerators_of(provider or "", one) for one in names]
    certain = together(one for one in inside if not isinstance(one, Unknown))
    more = Accelerator(count=doubt, vendor=doubt, model=doubt, family=doubt, memory_gib=doubt)
    return (*certain, more) if certain else doubt


def _names(*values: Value) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for value in values:
        if isinstance(value, str):
            names |= {value: None} if value else {}
        elif isinstance(value, (list, tuple)):
            names |= dict.fromkeys(_names(*value))
        elif value is not None:
            raise ConversionError("not the name of a machine type")
    return tuple(names)


def _accelerators_reader(spec: AcceleratorSpec) -> Reader:
    model, count = reader(spec.model), reader(spec.count)

    def read(attributes: Value) -> Accelerators:
        found = elements(attributes, spec.each) if spec.each else (attributes,)
        if isinstance(found, Unknown):
            return bare(found)
        named = [(model(one), as_number(count(one))) for one in found]
        stated = [(name, many) for name, many in named if name not in (None, "") and many != 0]
        return tuple(native(as_text(name), 1 if many is None else many) for name, many in stated)

    return read


def _bounds(replicas: tuple[Reader, Reader, Reader], element: Value) -> Bounds:
    low, desired, high = (as_number(read(element)) for read in replicas)
    return ordered(low, low if desired is None else desired, high)


def _scaled(name: str, replicas: Bounds) -> Mapping[str, Value]:
    told = {"group": name, "min": replicas.min, "max": replicas.max}
    if replicas.min is not None:
        told["scale_to_zero"] = apply(lambda low: low == 0, replicas.min)
    return {key: value for key, value in told.items() if value is not None}


def _name(spec: GroupSpec, element: Value, index: int, taken: Mapping[str, Group]) -> str:
    if not spec.each:
        return spec.name or MAIN
    value = element.get(spec.name) if spec.name and isinstance(element, Mapping) else None
    name = value if isinstance(value, str) and value else str(index)
    return f"{name}#{index}" if name in taken else name
