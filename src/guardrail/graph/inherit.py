"""
Facts that one resource supplies to another: a launch template states the machine of the groups that use it.

What a group states itself stays. What it does not state, but a template that nobody can read would, is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final, Optional

from guardrail.graph.edges import Resolved
from guardrail.model.graph import Edge
from guardrail.model.path import pointer, segments
from guardrail.model.resource import Group, Link, Origin, Resource
from guardrail.model.value import ABSENT, Reason, Unknown, lookup

_OF_THE_MACHINE: Final = frozenset({"accelerators"})
"""Facts that a machine type brings with it: a group that names its own machine has its own."""


DEPTH: Final = 16
"""How many resources may supply one another in a row."""

_SHOWN: Final = 80
"""How much of a name that leads nowhere is repeated."""


def inherit(resources: Mapping[str, Resource], resolved: Resolved) -> Mapping[str, Resource]:
    """Return the resources that something is supplied to, as they are with it, by address."""
    done: dict[str, Resource] = {}
    for address, links in resolved.items():
        if any(link.inherit for link, _ in links):
            _supplied(address, resources, resolved, done, ())
    return {address: resource for address, resource in done.items() if resource is not resources[address]}


def in_clusters(resources: Mapping[str, Resource], edges: Mapping[str, Iterable[Edge]]) -> Mapping[str, Resource]:
    """Return the pools whose cluster is in the graph, with its name where they do not know it."""
    named: dict[str, Resource] = {}
    for start, several in edges.items():
        cluster = resources[start]
        if cluster.category == "cluster" and cluster.attributes.get("name") == cluster.name:
            for edge in several:
                pool = resources[edge.to]
                if edge.kind == "contains" and not isinstance(pool.cluster, str):
                    origins = {**pool.origins, "/cluster": (Origin("/name", start),)}
                    named[edge.to] = replace(pool, cluster=cluster.name, origins=origins)
    return named


def _supplied(
    address: str,
    resources: Mapping[str, Resource],
    resolved: Resolved,
    done: dict[str, Resource],
    above: tuple[str, ...],
) -> Resource:
    """Return a resource with what it inherits; a supplier is completed first. A cycle supplies nothing."""
    if address in done:
        return done[address]
    resource = resources[address]
    if address in above or len(above) > DEPTH:
        return resource
    for link, found in resolved.get(address, ()):
        if link.inherit and not isinstance(resource.groups, Unknown):
            if len(found) == 1:
                supplier = _supplied(found[0].address, resources, resolved, done, (*above, address))
                resource = _filled(resource, link, supplier)
            else:
                resource = _in_doubt(resource, link)
    done[address] = resource
    return resource


def _filled(resource: Resource, link: Link, supplier: Resource) -> Resource:
    """Return the resource with the stated facts of the supplier in the groups that state none."""
    groups = resource.groups
    if isinstance(groups, Unknown):
        return resource
    if isinstance(supplier.groups, Unknown):
        doubt = supplier.groups
        return _with(
            resource, groups, {name: _set(one, link.inherit, doubt) for name, one in _wanted(groups, link)}, {}
        )
    if not groups:
        taken = {
            name: Group(**{field: getattr(group, field) for field in link.inherit})
            for name, group in supplier.groups.items()
        }
        origins = {at: came for name in taken for at, came in _origins(supplier, name, name, link.inherit)}
        return replace(resource, groups=taken, origins={**resource.origins, **origins})
    changed: dict[str, Group] = {}
    origins = {}
    for name, group in _wanted(groups, link):
        theirs = _counterpart(supplier.groups, name)
        fields = _missing(group, link.inherit)
        if theirs is None or not fields:
            continue
        changed[name] = replace(group, **{field: getattr(supplier.groups[theirs], field) for field in fields})
        origins.update(_origins(supplier, theirs, name, fields))
    return _with(resource, groups, changed, origins) if changed else resource


def _in_doubt(resource: Resource, link: Link) -> Resource:
    """Return the resource with unknown facts where a supplier is named that cannot be found."""
    groups = resource.groups
    value = lookup(resource.attributes, segments(link.at))
    if isinstance(groups, Unknown) or value is ABSENT or value is None or value in ("", (), []):
        return resource
    doubt = value if isinstance(value, Unknown) else Unknown(Reason.DATA, note=f"{_text(value)} is not in this graph")
    doubt = Unknown(doubt.reason, note=doubt.note)  # its candidates are names, not machines
    changed: dict[str, Group] = {}
    origins = {}
    for name, group in _wanted(groups, link):
        changed[name] = _set(group, link.inherit, doubt)
        origins.update({pointer(("groups", name, one)): (Origin(link.at),) for one in _missing(group, link.inherit)})
    return _with(resource, groups, changed, origins)


def _wanted(groups: Mapping[str, Group], link: Link) -> Iterable[tuple[str, Group]]:
    return [(name, group) for name, group in groups.items() if link.group in (None, name)]


def _missing(group: Group, fields: Iterable[str]) -> tuple[str, ...]:
    """Return those of the fields that a group does not state."""
    own_machine = bool(group.machine_types)
    return tuple(
        field
        for field in fields
        if getattr(group, field) in (None, ()) and not (own_machine and field in _OF_THE_MACHINE)
    )


def _set(group: Group, fields: Iterable[str], doubt: Unknown) -> Group:
    values: dict[str, Any] = dict.fromkeys(_missing(group, fields), doubt)
    return replace(group, **values)


def _with(
    resource: Resource,
    groups: Mapping[str, Group],
    changed: Mapping[str, Group],
    origins: Mapping[str, tuple[Origin, ...]],
) -> Resource:
    return replace(resource, groups={**groups, **changed}, origins={**resource.origins, **origins})


def _counterpart(groups: Mapping[str, Group], name: str) -> Optional[str]:
    """Return the group of a supplier that stands behind ours: of the same name, else the only one."""
    if name in groups:
        return name
    return next(iter(groups)) if len(groups) == 1 else None


def _origins(
    supplier: Resource, theirs: str, ours: str, names: Iterable[str]
) -> Iterable[tuple[str, tuple[Origin, ...]]]:
    """Yield where the supplied facts are written: the supplier's origins under our group's name."""
    for field in names:
        above = pointer(("groups", theirs, field))
        for at, came in supplier.origins.items():
            if at == above or at.startswith(f"{above}/"):
                moved = tuple(replace(one, address=one.address or supplier.address) for one in came)
                yield pointer(("groups", ours, field)) + at[len(above) :], moved


def _text(value: object) -> str:
    text = str(value)
    return f'"{text}"' if len(text) <= _SHOWN else f'"{text[:_SHOWN]}…"'
