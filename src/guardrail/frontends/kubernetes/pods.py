"""From a pod template to a group: identical pods, with what each of them asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, Optional, Union

from guardrail.catalog.kubernetes.core import PER_NODE
from guardrail.catalog.kubernetes.workload import Count, Pods, Workload
from guardrail.frontends.kubernetes.accelerators import accelerators, unasked
from guardrail.frontends.kubernetes.annotated import annotated
from guardrail.frontends.kubernetes.beside import (
    asks,
    given,
    parted,
    selected_at,
    selecting,
    spread,
    stated_elsewhere,
    unread,
    without_stated,
)
from guardrail.frontends.kubernetes.beside import whole as whole_machine
from guardrail.frontends.kubernetes.claims import of_pod
from guardrail.frontends.kubernetes.containers import NO_DEFAULTS, Asked, containers, resources
from guardrail.frontends.kubernetes.counts import bounds, number, times
from guardrail.frontends.kubernetes.device_requests import resources as known_resources
from guardrail.frontends.kubernetes.dra import claimed, claims_in, sources
from guardrail.frontends.kubernetes.nodes import ANY_NODE, Nodes, nodes
from guardrail.frontends.kubernetes.reading import Reading, Scope, lookup
from guardrail.frontends.kubernetes.rollout import surging
from guardrail.frontends.kubernetes.selection import selector
from guardrail.frontends.kubernetes.surroundings import Surroundings
from guardrail.frontends.kubernetes.together import beyond, of_runtime, runtime
from guardrail.model import value as values
from guardrail.model.dataclass import dataclass
from guardrail.model.path import escaped
from guardrail.model.resource import Accelerator, Bounds, Container, Group, Origin
from guardrail.model.value import ABSENT, OpenMap, Unknown, Value

_RENAMED: Final = (("cpu_millis", "cpu"), ("memory_bytes", "memory"))
"""Amounts that the contract names otherwise than the manifest."""

_TOLERATION: Final = ("key", "operator", "value", "effect")
MANY: Final = 500
"""Groups of one object that are read; with more, what it asks for is unknown."""


@dataclass(frozen=True, slots=True)
class Found:
    """
    One group of an object as it was read.

    `element` is the scope that its row's pointers begin at, `template` that of its pod template; `labels` are those
    of the pods, None where there is no template. `factor` is how many pods one replica of the object means for an
    autoscaler, `part` how many one of this group alone does, `where` what the pods demand of their nodes. `shared` are
    the claims that the last of its accelerators are of (`dra.Claims`).
    """

    name: str
    group: Group
    pods: Pods
    element: Scope
    template: Scope
    labels: Union[Mapping[str, Value], Unknown, None]
    factor: values.Count
    part: values.Count
    where: Nodes = ANY_NODE
    shared: tuple[Optional[str], ...] = ()


def groups(reading: Reading, scope: Scope, row: Workload, around: Surroundings) -> Iterator[Found]:
    """Yield the groups of an object by its row, in order; a name that stands twice is told apart by its number."""
    names: set[str] = set()
    for pods in row.pods:
        for name, element in _elements(reading, scope, pods):
            name = distinct(name, names)  # noqa: PLW2901 - the name that the group goes by
            found = _group(reading, element, pods, name, around)
            if found is not None:
                yield found
            else:
                names.discard(name)


def distinct(name: str, names: set[str]) -> str:
    """Return a name, numbered if it is among those that were given already, and note it."""
    number_ = 2
    wanted = name
    while name in names:
        name = f"{wanted}#{number_}"
        number_ += 1
    names.add(name)
    return name


def _elements(reading: Reading, scope: Scope, pods: Pods) -> Iterator[tuple[str, Scope]]:
    """Yield (name, scope) for the one group, or for each element of a list or mapping."""
    if not pods.each:
        yield pods.group, scope
        return
    suffix = f"-{pods.group}" if pods.group != Pods().group else ""
    for name, element in _each(reading, scope, pods.each, pods.named):
        yield name + suffix, element


def _each(reading: Reading, scope: Scope, each: str, named: str) -> Iterator[tuple[str, Scope]]:
    """Yield (name, scope) for each element at a pointer; after a `*`, for each element of each of them."""
    above, _, below = each.partition("/*/")
    if below:
        for name, element in _each(reading, scope, above, "/name"):
            for inner, inside in _each(reading, element, f"/{below}", named):
                yield f"{name}.{inner}", replace(inside, outer=element)
        return
    value, at = scope.find(each)
    if isinstance(value, dict):
        for key, element in value.items():
            yield key, Scope(element, f"{at}/{escaped(key)}", scope.root, scope.base, scope)
        return
    listed = reading.sequence(value, at)
    if isinstance(listed, Unknown):
        yield "?", Scope(listed, at, scope.root, scope.base, scope)
        return
    for index, element in enumerate(listed):
        inside = Scope(element, f"{at}/{index}", scope.root, scope.base, scope)
        told = reading.text(inside.find(named)[0], inside.at) if named else None
        yield told if isinstance(told, str) and told else str(index), inside


def _group(reading: Reading, scope: Scope, pods: Pods, name: str, around: Surroundings) -> Optional[Found]:
    template = _template(reading, scope, pods)
    if template is None or not _holds(reading, scope, pods):
        return None
    fact = f"/groups/{escaped(name)}"
    reading.came(fact, template.at)
    replicas = bounds(reading, scope, pods, fact)
    pod, at = template.find(pods.pod)
    if (pod is ABSENT or pod is None) and pods.required and not pods.elsewhere:
        pod = reading.problem(at, "not there: no pod spec")
    spec = reading.mapping(pod, at)
    factor, part = _factor(reading, scope, pods.times), _part(reading, scope, pods)
    if isinstance(spec, Unknown) or isinstance(template.value, Unknown):
        doubt = spec if isinstance(spec, Unknown) else template.value
        reading.came(f"{fact}/accelerators", at)
        replicas = spread(reading, scope, pods, replicas, doubt)
        group = Group(replicas=replicas, accelerators=doubt, containers=doubt)
        return Found(name, group, pods, scope, template, None, factor, part)
    replicas = _kept(reading, scope, pods, replicas)
    group, where, shared = _read(reading, spec, at, pods, scope, template, replicas, fact, around)
    group = replace(
        group,
        replicas=spread(reading, scope, pods, replicas, group.accelerators),
        accelerators=given(pods, group.accelerators),
    )
    group = surging(reading, scope, pods, group, fact)
    disks = of_pod(reading, scope, spec, at, pods.claims, around, f"{fact}/storage")
    labels = template.find("/metadata/labels")
    shown = reading.texts(labels[0], labels[1]) if pods.template else None
    return Found(name, replace(group, storage=disks), pods, scope, template, shown, factor, part, where, shared)


def _kept(reading: Reading, scope: Scope, pods: Pods, replicas: Bounds) -> Bounds:
    """Return the replicas of a group that may be kept from starting."""
    if not pods.suspended:
        return replicas
    value, at = scope.find(pods.suspended)
    return halted(replicas, reading.flag(value, at))


def halted(replicas: Bounds, halt: Union[bool, Unknown]) -> Bounds:
    """Return the replicas of pods that do not start until somebody lets them; the most there can be stays."""
    if halt is False:
        return replicas
    return Bounds(0, halt if isinstance(halt, Unknown) else 0, replicas.max)


def _holds(reading: Reading, scope: Scope, pods: Pods) -> bool:
    """Whether there is such a group at all; one that may be there is."""
    value, at = scope.find(pods.when) if pods.when else (True, "")
    return isinstance(value, (dict, tuple)) or reading.flag(value, at) is not False


def _template(reading: Reading, scope: Scope, pods: Pods) -> Optional[Scope]:
    """Return the scope of the pod template: None for no group, one with an unknown value where it is in error."""
    if isinstance(scope.value, Unknown):
        return scope
    if not pods.template:
        return Scope({}, scope.at, scope.root, scope.base)
    for pointer in pods.template:
        value, at = scope.find(pointer)
        if value is not ABSENT and value is not None:
            return Scope(value, at, scope.root, scope.base)
    if not pods.required:
        return None
    value, at = scope.find(pods.template[-1])
    return Scope(reading.problem(at, "not there: no pod template"), at, scope.root, scope.base)


def _part(reading: Reading, scope: Scope, pods: Pods) -> values.Count:
    """Return how many pods one replica of a group is, where that alone is moved and not the whole object."""
    if _WHOLE not in pods.desired.at or not pods.times:
        return _factor(reading, scope, pods.times)
    return times(number(reading, scope, pods.desired)[0], _factor(reading, scope, pods.times[1:]))


_WHOLE: Final = "#/spec/replicas"
"""Where the replicas of the whole object stand, seen from one of its groups: those of a group multiply them first."""


def _factor(reading: Reading, scope: Scope, of: Sequence[Count]) -> values.Count:
    factor: values.Count = 1
    for one in of:
        factor = times(factor, number(reading, scope, one)[0])
    return factor


def _read(
    reading: Reading,
    spec: Mapping[str, Value],
    at: str,
    pods: Pods,
    scope: Scope,
    template: Scope,
    replicas: Bounds,
    fact: str,
    around: Surroundings,
) -> tuple[Group, Nodes, tuple[Optional[str], ...]]:
    """Return the group of a pod spec that can be read, what it demands of its nodes, and the claims that it names."""
    asked = _asked(reading, spec, at, pods, scope, around)
    runs = runtime(reading, spec, at, around)
    wanted, added = of_runtime(runs, selecting(reading, scope, pods, selector(reading, spec, at)))
    where = nodes(wanted)
    shared: tuple[Optional[str], ...] = ()
    shown: Union[tuple[Container, ...], Unknown]
    devices: Union[tuple[Accelerator, ...], Unknown]
    if isinstance(asked, Unknown):
        devices, shown = asked, asked
        reading.came(f"{fact}/accelerators", at)
    else:
        more = beyond(reading, spec, at, asked, runs) if "containers" in spec else None
        asked = asked if more is None else [*asked, more]
        devices, at_containers = accelerators(asked, where, known_resources(around))
        always = [one for one in asked if one.always]
        shown = tuple(one.container for one in always)
        _note(reading, fact, always, around)
        reading.came(f"{fact}/accelerators", *(at_containers or (at,)))
        lists = claims_in(spec, at)
        if lists and not isinstance(devices, Unknown):
            claims = claimed(reading, spec, at, around, where)
            devices = claims.devices if isinstance(claims.devices, Unknown) else (*devices, *claims.devices)
            shared = claims.shared
            reading.came(f"{fact}/accelerators", *at_containers, *lists)
            reading.origins[f"{fact}/accelerators"] += sources(reading, spec, at, around)
        if devices == () and pods.template:
            devices = annotated(reading, template, where)
            reading.came(f"{fact}/accelerators", f"{template.at}/metadata/annotations" if devices else at)
        if devices == () and pods.desired is not PER_NODE:
            devices = unasked(where)
            reading.came(f"{fact}/accelerators", f"{at}/nodeSelector" if devices else at)
    inside = unread(scope, pods) or (whole_machine(where) if pods.whole and not parted(scope, pods) else None)
    if inside is not None:
        devices, shared = inside, ()
        reading.came(f"{fact}/accelerators", *(selected_at(scope, pods) or (at,)))
    reading.came(f"{fact}/node_selector", *selected_at(scope, pods), f"{at}/nodeSelector")
    reading.came(f"{fact}/tolerations", f"{at}/tolerations")
    group = Group(
        replicas=replicas,
        accelerators=devices,
        machine_types=where.machine_types,
        purchase=where.purchase,
        zones=where.zones,
        node_selector=wanted,
        tolerations=_tolerations(reading, spec, at, added),
        priority=_priority(reading, spec, at, around, fact),
        containers=shown,
    )
    return group, where, shared


def _asked(
    reading: Reading, spec: Mapping[str, Value], at: str, pods: Pods, scope: Scope, around: Surroundings
) -> Union[list[Asked], Unknown]:
    """Return what each container asks for; unknown where another object states it."""
    if isinstance(spec, OpenMap) and "containers" not in spec:
        return spec.rest
    asked = containers(reading, spec, at, pods.containers, around.defaults(reading.object))
    if isinstance(asked, Unknown):
        return asked
    asked = [*asked, *_beside(reading, scope, pods)]
    more = asks(reading, scope, pods)
    if more is not None:
        alone = [one for one in asked if one.at[len(at) :] in pods.containers]
        return stated_elsewhere(reading, at, pods, [*asked, more]) or [*asked, without_stated(more, alone)]
    if pods.resources:
        value, pointer = scope.find(pods.resources)
        if value is ABSENT or value is None:
            claims = claims_in(spec, at)  # who claims devices is given no others
            return asked if claims else stated_elsewhere(reading, at, pods, []) or asked
        requests, limits, _ = resources(reading, value, pointer, NO_DEFAULTS)
        return [*asked, Asked(Container(name=pods.group, requests=requests, limits=limits), pointer, True)]
    return stated_elsewhere(reading, at, pods, asked) or asked


def _beside(reading: Reading, scope: Scope, pods: Pods) -> Iterator[Asked]:
    """Yield the containers that a controller adds to the pods, as far as the object says what they ask for."""
    for pointer in pods.beside:
        value, at = scope.find(pointer)
        asked = lookup(value, ("resources",))
        if asked is ABSENT or asked is None:
            continue
        if not pods.scaled or reading.flag(*scope.find(pods.scaled)) is not False:
            requests, limits, _ = resources(reading, asked, f"{at}/resources", NO_DEFAULTS)
            yield Asked(Container(name=at.rpartition("/")[2], requests=requests, limits=limits), at, always=True)


def _note(reading: Reading, fact: str, shown: Sequence[Asked], around: Surroundings) -> None:
    """Note where each container is written, and which of its amounts a LimitRange states."""
    defaults = around.defaults(reading.object)
    for index, one in enumerate(shown):
        reading.came(f"{fact}/containers/{index}", one.at)
        for side, amounts in (("requests", one.container.requests), ("limits", one.container.limits)):
            reading.came(f"{fact}/containers/{index}/{side}", f"{one.at}/resources/{side}")
            for name, native in _RENAMED:
                if name in amounts:
                    reading.came(f"{fact}/containers/{index}/{side}/{name}", f"{one.at}/resources/{side}/{native}")
        for amount in one.defaulted:
            side, _, name = amount.partition("/")
            reading.origins[f"{fact}/containers/{index}/{side}/{escaped(name)}"] = (defaults.origins[amount],)


def _tolerations(
    reading: Reading, spec: Mapping[str, Value], at: str, added: Sequence[Value]
) -> Union[tuple[Mapping[str, Value], ...], Unknown]:
    listed = reading.sequence(spec.get("tolerations"), f"{at}/tolerations")
    if isinstance(listed, Unknown):
        return listed
    listed = (*listed, *added)
    kept: list[Mapping[str, Value]] = []
    for index, toleration in enumerate(listed):
        below = f"{at}/tolerations/{index}"
        one = reading.mapping(toleration, below)
        if isinstance(one, Unknown):
            return one
        fields = {key: reading.text(one.get(key), f"{below}/{key}") for key in _TOLERATION}
        kept.append({key: value for key, value in fields.items() if value is not None})
    return tuple(kept)


def _priority(
    reading: Reading, spec: Mapping[str, Value], at: str, around: Surroundings, fact: str
) -> Union[str, int, Unknown, None]:
    """Return the name of the priority class, else the number; of pods that state neither the default, if it is here."""
    named = reading.text(spec.get("priorityClassName"), f"{at}/priorityClassName")
    if named is not None:
        return named
    value = spec.get("priority")
    if value is not None:
        return value if isinstance(value, (int, Unknown)) and not isinstance(value, bool) else None
    if len(around.priorities) != 1:
        return None
    reading.origins[f"{fact}/priority"] = (Origin("/globalDefault", around.address(around.priorities[0])),)
    return around.priorities[0].name
