"""
What manifests in other units of the same cluster say about an object.

A unit is read by itself, so that it need not be read again where only others changed. What its objects leave open and
others settle (the defaults of a namespace, the class of a volume, a claim of devices, how many pods one replica of a
scaled object is) is added here, by reading those objects once more; the labels of a namespace are only copied.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from functools import partial
from typing import Final

from guardrail.catalog.kubernetes.rows import Rows
from guardrail.catalog.kubernetes.rows import rows as known_rows
from guardrail.config.settings import Settings
from guardrail.frontends.kubernetes.again import again, object_of
from guardrail.frontends.kubernetes.metadata import inheritable, label_of
from guardrail.frontends.kubernetes.objects import Object
from guardrail.frontends.kubernetes.surroundings import ANY_NAME, CHOSEN, DEVICE_CLASS, LIMIT_RANGE, NAMESPACE
from guardrail.frontends.unit import Unit
from guardrail.graph.edges import Resolution
from guardrail.graph.reach import By, Home, Reach, is_machines, scope
from guardrail.model.dataclass import dataclass
from guardrail.model.path import escaped
from guardrail.model.resource import Group, Resource
from guardrail.model.value import OpenMap, Reason, Unknown, Value

_CLASS: Final = "storage.k8s.io/StorageClass"
_CLAIMS: Final = ("resource.k8s.io/ResourceClaimTemplate", "resource.k8s.io/ResourceClaim")
_DEVICES: Final = (DEVICE_CLASS, "resource.k8s.io/ResourceClass")
_RUNTIME: Final = "node.k8s.io/RuntimeClass"
_NAMED: Final = frozenset({*_CLAIMS, _RUNTIME})
"""What pods name and what says more about them, whatever their kind is."""

_SUPPLIERS: Final = frozenset({LIMIT_RANGE, _CLASS, *_NAMED, *_DEVICES, *CHOSEN})
_CHOOSING: Final = "serving.kserve.io/InferenceService"


def surrounded(
    resources: Mapping[str, Resource], resolution: Resolution, units: Sequence[Unit], settings: Settings
) -> Mapping[str, Resource]:
    """Return the objects that others in other units say something about, as they are with it, by address."""
    found = _completed(resources, resolution, {unit.name: unit for unit in units}, settings)
    return {**found, **_labelled({**resources, **found}, resolution)}


@dataclass(slots=True)
class _Others:
    """What objects of any unit may be completed by, by type."""

    by_type: dict[str, Reach] = field(default_factory=dict)

    def add(self, resource: Resource) -> None:
        """Note an object. Limit ranges hold whatever they are called."""
        reach = self.by_type.setdefault(resource.type, Reach())
        if resource.type in (LIMIT_RANGE, DEVICE_CLASS) or resource.type in CHOSEN:
            reach.add(resource, ANY_NAME)
        if resource.type != LIMIT_RANGE:
            reach.add(resource, resource.name)

    def of(self, by: By, type_: str, name: str) -> tuple[Resource, ...]:
        """Return the objects of other units that a name may mean; limit ranges only of the very namespace."""
        reach = self.by_type.get(type_)
        several = () if reach is None else reach.meant(by, name)
        return tuple(one for one in several if one.unit != by.unit and (type_ != LIMIT_RANGE or scope(one) == by.scope))

    def beyond(self, unit: str, home: Home, type_: str, space: str, name: str) -> tuple[tuple[str, Object], ...]:
        """Return the same as objects with their units, for names in a namespace of a unit."""
        return tuple((one.unit, object_of(one)) for one in self.of(By(unit, home, space), type_, name))


def _completed(
    resources: Mapping[str, Resource], resolution: Resolution, units: Mapping[str, Unit], settings: Settings
) -> Mapping[str, Resource]:
    """Return the objects that are read once more: those that state too little, where another unit states it."""
    rows = known_rows(settings.kinds)
    targets = _scaled_elsewhere(resolution, rows)
    joined = _joined_elsewhere(resources, resolution, rows)
    types = {*_SUPPLIERS, *(target.type for target in targets.values())}.union(*joined.values())
    others = _Others()
    by_unit: dict[str, list[Resource]] = {}
    for resource in resources.values():
        if resource.format == "kubernetes":
            by_unit.setdefault(resource.unit, []).append(resource)
            if resource.type in types:
                others.add(resource)
    if not others.by_type:
        return {}
    found: dict[str, Resource] = {}
    for name, own in by_unit.items():
        which = [one for one in own if one.address in targets or one.address in joined or _wants(one, others)]
        if which and name in units:
            home = By.of(own[0]).home
            found.update(again(units[name], own, which, rows, partial(others.beyond, name, home)))
    return found


def _scaled_elsewhere(resolution: Resolution, rows: Rows) -> Mapping[str, Resource]:
    """Return what an autoscaler scales in another unit, by its address; not where a copy is surely one pod."""
    return {
        address: target
        for address, links in resolution.sure.items()
        for link, several in links
        if link.kind == "scales"
        for target in several
        if target.format == "kubernetes" and not address.startswith(f"{target.unit}//") and not _plain(target, rows)
    }


def _joined_elsewhere(resources: Mapping[str, Resource], resolution: Resolution, rows: Rows) -> Mapping[str, set[str]]:
    """Return the types of what completes an object from another unit (the runtime of a service), by its address."""
    found: dict[str, set[str]] = {}
    for told in (resolution.sure, resolution.doubts):
        for address, links in told.items():
            row = rows.get(resources[address].type)
            every = row is not None and bool(row.joins or row.controller)
            for link, several in links:
                types = {one.type for one in several if one.unit != resources[address].unit}
                if types and link.kind == "references" and (every or not _NAMED.isdisjoint(link.types)):
                    found.setdefault(address, set()).update(types)
    return found


def _plain(target: Resource, rows: Rows) -> bool:
    row = rows.get(target.type)
    return row is not None and not row.nested and len(row.pods) == 1 and not row.pods[0].each and not row.pods[0].times


def _wants(resource: Resource, others: _Others) -> bool:
    """Whether an object leaves something open that another unit may settle."""
    if isinstance(resource.groups, Unknown) or is_machines(resource):
        return False
    by = By.of(resource)
    if resource.groups and others.of(by, LIMIT_RANGE, ANY_NAME):
        return True
    disks = [resource.storage, *(group.storage for group in resource.groups.values())]
    kinds = {disk.kind for several in disks if not isinstance(several, Unknown) for disk in several}
    if any(isinstance(kind, str) and others.of(by, _CLASS, kind) for kind in kinds):
        return True
    if resource.type == _CHOOSING and any(others.of(by, type_, ANY_NAME) for type_ in CHOSEN):
        return True
    if any(type_ in others.by_type for type_ in (*_CLAIMS, *_DEVICES)):
        if any(not _NAMED.isdisjoint(link.types) for link in resource.links):
            return True  # what a class means is up to whoever writes it
        return any(isinstance(group.accelerators, Unknown) or _asks(group) for group in resource.groups.values())
    return False


def _asks(group: Group) -> bool:
    """Whether pods ask for a resource of somebody's own, which a class of devices may be behind."""
    if isinstance(group.containers, Unknown):
        return False
    return any("/" in name for one in group.containers for name in (*one.requests, *one.limits))


def _labelled(resources: Mapping[str, Resource], resolution: Resolution) -> Mapping[str, Resource]:
    """Return the objects whose namespace is declared in another unit, with its labels."""
    found: dict[str, Resource] = {}
    known: dict[tuple[str, ...], Mapping[str, tuple[Value, str]]] = {}
    for links in (resolution.sure, resolution.doubts):
        for address, told in links.items():
            for link, several in told:
                if link.types == (NAMESPACE,) and several and several[0].unit != resources[address].unit:
                    key = tuple(one.address for one in several)
                    if key not in known:
                        known[key] = _agreed(several)
                    found[address] = _with(resources[address], known[key])
    return found


def _agreed(namespaces: Sequence[Resource]) -> Mapping[str, tuple[Value, str]]:
    """Return the labels of a namespace, each with the address of its object; unknown where several may be meant."""
    every = [(one.address, inheritable(one.labels)) for one in namespaces]
    told: dict[str, tuple[Value, str]] = {}
    for address, stated in every:
        for key, value in stated.items():
            if key not in told:
                alike = all(key in other and other[key] == value for _, other in every)
                told[key] = (value if alike else _doubt(key, namespaces), address)
    return told


def _doubt(key: str, namespaces: Sequence[Resource]) -> Unknown:
    named = " or ".join(one.address for one in namespaces[:2])
    return Unknown(Reason.REFUSED, note=f"which namespace is meant: {named} states {key} otherwise")


def _with(resource: Resource, labels: Mapping[str, tuple[Value, str]]) -> Resource:
    """Return an object with the labels that it does not state itself."""
    own = resource.labels
    if isinstance(own, Unknown):
        return resource
    added = {key: one for key, one in labels.items() if key not in own}
    if not added:
        return resource
    together = {**{key: value for key, (value, _) in added.items()}, **own}
    origins = {f"/labels/{escaped(key)}": (label_of(address, key),) for key, (_, address) in added.items()}
    return replace(resource, labels=_opened(own, together), origins={**resource.origins, **origins})


def _opened(own: Mapping[str, Value], together: Mapping[str, Value]) -> Mapping[str, Value]:
    return OpenMap(together, own.rest) if isinstance(own, OpenMap) else together
