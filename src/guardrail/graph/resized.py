"""
Vertical autoscalers: what the containers of a workload request is decided while it runs.

How many copies there are stays as it is. What a container requests can be anything up to what the autoscaler allows, so
it is not known, unless the least and the most that are allowed are the same.
https://github.com/kubernetes/autoscaler/blob/master/vertical-pod-autoscaler/docs/api.md
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final, Optional, Union

from guardrail.catalog.convert import ConversionError
from guardrail.catalog.kubernetes.quantity import named, units
from guardrail.graph.edges import Index
from guardrail.graph.reach import MANY, VERTICAL, By
from guardrail.model.dataclass import dataclass
from guardrail.model.graph import Edge
from guardrail.model.path import pointer
from guardrail.model.resource import Container, Link, Origin, Resource
from guardrail.model.value import ABSENT, Reason, Unknown, Value, lookup

_TARGET: Final = ("spec", "targetRef")
_POLICIES: Final = ("spec", "resourcePolicy", "containerPolicies")
_EVERY: Final = "*"
_CONTROLLED: Final = ("cpu", "memory")


@dataclass(frozen=True, slots=True)
class Resized:
    """The workloads whose requests are not what they state, and whom each autoscaler means."""

    resources: Mapping[str, Resource]
    edges: Mapping[str, Edge]


def resized(index: Index) -> Resized:
    """Return what vertical autoscalers do to what they mean; where that may be one of several, to each of them."""
    found: dict[str, Resource] = {}
    edges: dict[str, Edge] = {}
    for scaler in index.of_types((VERTICAL,)):
        targets = _targets(index, scaler)
        if len(targets) == 1:
            edges[scaler.address] = Edge("scales", targets[0].address)
        if not _acts(scaler):
            continue
        for target in targets[:MANY]:
            found[target.address] = _changed(found.get(target.address, target), scaler)
    return Resized(found, edges)


def _targets(index: Index, scaler: Resource) -> tuple[Resource, ...]:
    kind, version, name = (lookup(scaler.attributes, (*_TARGET, key)) for key in ("kind", "apiVersion", "name"))
    if not isinstance(kind, str) or not isinstance(name, str):
        return ()
    group = version.rpartition("/")[0] if isinstance(version, str) else "apps"
    link = Link(kind="scales", at=pointer((*_TARGET, "name")), types=(f"{group or 'core'}/{kind}",))
    return index.reach(link).meant(By.of(scaler), name)


def _acts(scaler: Resource) -> bool:
    """Whether it changes anything, rather than only recommend it."""
    return bool(lookup(scaler.attributes, ("spec", "updatePolicy", "updateMode")) != "Off")


def _changed(target: Resource, scaler: Resource) -> Resource:
    if isinstance(target.groups, Unknown):
        return target
    groups, origins = dict(target.groups), dict(target.origins)
    for name, group in target.groups.items():
        if isinstance(group.containers, Unknown):
            continue
        containers: list[Container] = []
        for at, container in enumerate(group.containers):
            more: dict[str, Value] = {}
            for resource, value, came in _requests(scaler, container.name):
                more[resource] = value
                above = ("groups", name, "containers", at, "requests", resource)
                origins[pointer(above)] = (Origin(came, scaler.address),)
            containers.append(replace(container, requests={**container.requests, **more}))
        groups[name] = replace(group, containers=tuple(containers))
    return replace(target, groups=groups, origins=origins)


def _requests(scaler: Resource, container: str) -> Iterator[tuple[str, Value, str]]:
    """Yield (resource, what is requested of it, pointer of what says so) for what is controlled of a container."""
    policy, at = _policy(scaler, container)
    if isinstance(policy, Unknown):
        for resource in _CONTROLLED:
            yield named(resource)[0], Unknown(policy.reason, note=policy.note), at
        return
    if policy.get("mode") == "Off":
        return
    stated = policy.get("controlledResources")
    controlled = stated if isinstance(stated, (list, tuple)) else _CONTROLLED
    for resource in _CONTROLLED:
        if resource in controlled or any(isinstance(one, Unknown) for one in controlled):
            name, per = named(resource)
            low, high = (_amount(policy.get(side), resource, per) for side in ("minAllowed", "maxAllowed"))
            yield name, low if low is not None and low == high else _decided(scaler, high), at


def _policy(scaler: Resource, container: str) -> tuple[Union[Mapping[str, Value], Unknown], str]:
    """Return the policy of a container, by its name before that for every container; an empty one where none is."""
    stated = lookup(scaler.attributes, _POLICIES)
    if isinstance(stated, Unknown):
        return stated, pointer(_POLICIES)
    policies = enumerate(stated) if isinstance(stated, (list, tuple)) else ()
    known = [(at, one) for at, one in policies if isinstance(one, Mapping)]
    for wanted in (container, _EVERY):
        for at, one in known:
            if one.get("containerName") == wanted:
                return one, pointer((*_POLICIES, at))
    return {}, "/spec"


def _amount(amounts: Value, resource: str, per: int) -> Optional[int]:
    """Return an amount, None where it is not stated, or nothing that is one."""
    value = lookup(amounts, (resource,)) if amounts is not None else ABSENT
    if value is ABSENT or value is None or isinstance(value, Unknown):
        return None
    try:
        return units(value, per)
    except ConversionError:
        return None


def _decided(scaler: Resource, most: Optional[int]) -> Unknown:
    limit = "" if most is None else f", at most {most:,}"
    return Unknown(Reason.COMPUTED, note=f"{scaler.address} decides it{limit}")
