"""Whom an object means by the names that it gives: what it mounts, selects, scales, and where it lives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Final, Optional

from guardrail.catalog.kubernetes.workload import Scaler, Workload
from guardrail.frontends.kubernetes.dra import links as claims
from guardrail.frontends.kubernetes.joined import references, supplier
from guardrail.frontends.kubernetes.objects import Object
from guardrail.frontends.kubernetes.pods import Found
from guardrail.frontends.kubernetes.reading import Reading, lookup, segments
from guardrail.frontends.kubernetes.surroundings import NAMESPACE, Surroundings
from guardrail.model import value as values
from guardrail.model.address import scope_of
from guardrail.model.dataclass import dataclass
from guardrail.model.path import escaped
from guardrail.model.resource import Link
from guardrail.model.value import ABSENT, Text, Unknown, Value

_CLAIM = "core/PersistentVolumeClaim"
_LOCAL_QUEUE: Final = "kueue.x-k8s.io/LocalQueue"
_QUEUE: Final = "/metadata/labels/kueue.x-k8s.io~1queue-name"
_QUEUED: Final = segments(_QUEUE)
_CONTAINED: Final = Link(kind="contains", at="/metadata/namespace", types=(NAMESPACE,), reverse=True)


@dataclass(slots=True)
class Meant:
    """The links of one object, and the native addresses that its names mean by pointer."""

    links: list[Link] = field(default_factory=list)
    by_pointer: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def add(self, link: Link, *targets: Object) -> None:
        """Note a link, and whom it means where that is in this unit."""
        self.links.append(link)
        if targets:
            self.by_pointer[link.at] = tuple(one.native for one in targets)


def links(reading: Reading, row: Workload, found: Sequence[Found], around: Surroundings) -> Meant:
    """Return the links of an object: its namespace, whom its row says it names, the volumes of its pods."""
    meant = Meant()
    namespace = around.namespace(reading.object)
    if isinstance(reading.object.namespace, str):
        meant.add(_CONTAINED, *(() if namespace is None else (namespace,)))
    for pointer, type_ in row.refers.items():
        name = reading.find(pointer)
        if isinstance(name, str):
            target = around.target(type_, _home(around, type_, reading.object), name)
            link = Link(kind="schedules_on" if row.guest else "references", at=pointer, types=(type_,))
            meant.add(link, *(() if target is None else (target,)))
    if found and lookup(reading.object.value, _QUEUED) is not ABSENT:
        name = reading.find(_QUEUE)
        target = around.target(_LOCAL_QUEUE, reading.object.namespace, name) if isinstance(name, str) else None
        meant.add(Link(kind="references", at=_QUEUE, types=(_LOCAL_QUEUE,)), *(() if target is None else (target,)))
    for pointer, type_, name in reading.needs:
        target = around.target(type_, _home(around, type_, reading.object), name)
        meant.add(Link(kind="references", at=pointer, types=(type_,)), *(() if target is None else (target,)))
    for join in row.joins:
        for named in references(reading.scope(), join):
            other = supplier(reading.object, named, join, around)
            link = Link(kind="references", at=named.at, types=named.types)
            meant.add(link, *(() if other is None else (other,)))
    for one in found:
        for pointer, name in _claims(one):
            target = around.target(_CLAIM, reading.object.namespace, name)
            owner, there = reading.whose(pointer)
            link = Link(
                kind="mounts", at=there if owner is reading.object else pointer, types=(_CLAIM,), group=one.name
            )
            meant.add(link, *(() if target is None else (target,)))
        _of_pods(meant, reading, one, around)
    return meant


def _of_pods(meant: Meant, reading: Reading, found: Found, around: Surroundings) -> None:
    """Note the devices that pods claim, and the classes that say more about the pods."""
    spec, at = found.template.find(found.pods.pod)
    if not isinstance(spec, dict):
        return
    for link in claims(Reading(reading.object), spec, at, found.name):
        name = reading.find(link.at)
        target = around.target(link.types[0], reading.object.namespace, name) if isinstance(name, str) else None
        meant.add(link, *(() if target is None else (target,)))
    for key, type_ in _CLASSES:
        name = spec.get(key)
        if isinstance(name, str) and name:
            target = around.target(type_, None, name)
            link = Link(kind="references", at=f"{at}/{key}", types=(type_,), group=found.name)
            meant.add(link, *(() if target is None else (target,)))


_CLASSES: Final = (
    ("priorityClassName", "scheduling.k8s.io/PriorityClass"),
    ("runtimeClassName", "node.k8s.io/RuntimeClass"),
)


def _home(around: Surroundings, type_: str, of: Object) -> Text:
    """Return the namespace in which an object looks for others of a type."""
    row = around.rows.get(type_)
    return None if row is not None and row.cluster_scoped else of.namespace


def _claims(found: Found) -> Iterator[tuple[str, str]]:
    """Yield (pointer of the name, name) for each claim that pods of a group mount."""
    spec, at = found.template.find(found.pods.pod)
    volumes = spec.get("volumes") if isinstance(spec, dict) else None
    for index, volume in enumerate(volumes if isinstance(volumes, tuple) else ()):
        claim = volume.get("persistentVolumeClaim") if isinstance(volume, dict) else None
        name = claim.get("claimName") if isinstance(claim, dict) else None
        if isinstance(name, str) and name:
            yield f"{at}/volumes/{index}/persistentVolumeClaim/claimName", name


@dataclass(slots=True)
class Pods:
    """Pods of a unit by their labels, for what selects them."""

    by_label: dict[tuple[str, str, str], list[tuple[Object, Mapping[str, Value]]]] = field(default_factory=dict)

    def add(self, owner: Object, found: Iterable[Found]) -> None:
        """Note the pods of an object."""
        scope = scope_of(owner.namespace)
        for one in found:
            if isinstance(one.labels, dict):
                for key, value in one.labels.items():
                    if isinstance(value, str):
                        self.by_label.setdefault((scope, key, value), []).append((owner, one.labels))

    def selected(self, namespace: Text, selector: Mapping[str, Value]) -> list[Object]:
        """Return objects whose pods carry all of the labels, each once; at most as many as there are labels."""
        scope = scope_of(namespace)
        lists = [self.by_label.get((scope, key, str(value)), []) for key, value in selector.items()]
        rarest = min(lists, key=len, default=[])
        wanted = selector.items()
        found = (owner for owner, labels in rarest[:_COMPARED] if wanted <= labels.items())
        return list({one.native: one for one in found}.values())[: len(selector)]


_COMPARED: Final = 1000
"""Pods with the same label that are looked at for one selector."""


def select(reading: Reading, pods: Pods, meant: Meant) -> None:
    """Note the workloads that a Service sends traffic to: by one label of the selector each, as far as it has any."""
    selector = reading.texts(reading.find("/spec/selector"), "/spec/selector")
    if isinstance(selector, Unknown) or not all(isinstance(value, str) for value in selector.values()):
        return
    for key, target in zip(selector, pods.selected(reading.object.namespace, selector), strict=False):
        link = Link(kind="references", at=f"/spec/selector/{escaped(key)}", types=(target.type,))
        meant.add(link, target)


_GROUPS: Final = {"ReplicationController": "core"}
_GROUP: Final = "apps"
"""The group of a target whose apiVersion is not stated."""


def scaled(reading: Reading, scaler: Scaler, around: Surroundings, meant: Meant) -> Optional[Object]:
    """Note what an autoscaler scales; return it where it is in this unit."""
    at = scaler.target
    reference = reading.mapping(reading.find(at), at)
    if isinstance(reference, Unknown):
        return None
    kind, version = reference.get("kind"), reference.get("apiVersion")
    name = reading.text(reference.get("name"), f"{at}/name")
    if not isinstance(name, str) or isinstance(kind, Unknown) or isinstance(version, Unknown):
        return None
    type_ = scaler.type
    if isinstance(kind, str):
        group = version.rpartition("/")[0] or "core" if isinstance(version, str) else _GROUPS.get(kind, _GROUP)
        type_ = around.type_of(f"{group}/{kind}")
    found = around.target(type_, reading.object.namespace, name)
    meant.add(Link(kind="scales", at=f"{at}/name", types=(type_,)), *(() if found is None else (found,)))
    return found


@dataclass(frozen=True, slots=True)
class Factor:
    """
    How many pods of a group an autoscaler moves with each of its replicas.

    `whole` where it moves the object (None: the group stays as it is), `part` where it moves that group alone. With
    `most` it moves the largest number only: what a rollout adds may be there or not.
    """

    whole: values.Count
    part: values.Count
    most: bool = False


Factors = Mapping[str, Factor]
"""By group: how many pods one replica of an object is."""


_MOVED: Final = frozenset({"/spec/replicas", "#/spec/replicas"})


def factors(found: Iterable[Found]) -> Factors:
    """Return how the groups of an object move when its replicas do, or their own."""
    several = list(found)
    moved = [one for one in several if not _MOVED.isdisjoint(one.pods.desired.at)]
    if not moved and len(several) == 1:
        moved = several
    names = {one.name for one in moved}
    beside = {one.name for one in several if one.name not in names and _follows(one)}
    return {
        one.name: Factor(one.factor if one.name in names | beside else None, one.part, one.name in beside)
        for one in several
    }


def _follows(one: Found) -> bool:
    """Whether the largest number of a group is that of the whole object's replicas, where it states no other."""
    pointers = one.pods.max.at if one.pods.max is not None else ()
    if _MOVED.isdisjoint(pointers):
        return False
    stated = next((at for at in pointers if one.element.find(at)[0] not in (ABSENT, None)), pointers[-1])
    return stated in _MOVED
