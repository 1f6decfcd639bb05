"""
From wishes to edges: which resource a `Link` means.

What an expression refers to is certain; what merely has the same name is taken where only one resource can be meant.
Several that could be meant make no edge: a guess would move money from one team to another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from functools import lru_cache
from typing import Final, Optional

from guardrail.model.address import address as join
from guardrail.model.dataclass import dataclass
from guardrail.model.graph import Edge
from guardrail.model.path import segments
from guardrail.model.resource import Link, Resource
from guardrail.model.value import ABSENT, Unknown, Value, lookup

MANY: Final = 16
"""More resources than this under one name are not looked at one by one: they are ambiguous in any case."""

CLUSTER_SCOPED: Final = "-"
_CARRIERS: Final = {"time_sleep": "/triggers", "null_resource": "/triggers", "terraform_data": "/input"}
"""Resources that hand on what they are given, by the attribute that holds it: modules use them to wait."""

_UNSTATED: Final = "?"

Names = dict[tuple[str, str, str], list[Resource]]
"""(unit or environment, namespace, value of the field) → the resources so named."""

_Home = Callable[[Resource], str]


@dataclass(slots=True)
class Index:
    """The resources of a graph by what links name them by. Each table is made when the first link asks for it."""

    resources: Mapping[str, Resource]
    _by_type: dict[str, list[Resource]] = field(default_factory=dict)
    _instances: dict[str, list[Resource]] = field(default_factory=dict)
    _near: dict[tuple[tuple[str, ...], str], Names] = field(default_factory=dict)
    _far: dict[tuple[tuple[str, ...], str], Names] = field(default_factory=dict)

    def of_types(self, types: tuple[str, ...]) -> Iterable[Resource]:
        """Return the resources of these types, all if none is given."""
        if not types:
            return self.resources.values()
        if not self._by_type:
            for resource in self.resources.values():
                self._by_type.setdefault(resource.type, []).append(resource)
        return [resource for wanted in types for resource in self._by_type.get(wanted, ())]

    def instances(self, full: str) -> list[Resource]:
        """Return the resource of an address, or the instances of a block that `count` or `for_each` multiplies."""
        if full in self.resources:
            return [self.resources[full]]
        if not self._instances:
            for known, resource in self.resources.items():
                if known.endswith("]"):
                    self._instances.setdefault(without_key(known), []).append(resource)
        return self._instances.get(full, [])

    def near(self, link: Link) -> Names:
        """Return the possible targets of a link by unit, namespace and value."""
        return self._table(self._near, link, lambda resource: resource.unit)

    def far(self, link: Link) -> Names:
        """Return the possible targets of a link by environment ("" for none), namespace and value."""
        return self._table(self._far, link, lambda resource: resource.environment or "")

    def _table(self, tables: dict[tuple[tuple[str, ...], str], Names], link: Link, home: _Home) -> Names:
        key = (link.types, link.field)
        if key not in tables:
            names: Names = {}
            for resource in self.of_types(link.types):
                value = _named(resource, link.field)
                if value is not None:
                    names.setdefault((home(resource), scope(resource), value), []).append(resource)
            tables[key] = names
        return tables[key]


def without_key(native: str) -> str:
    """Return an address without the instance key at its end: `x.y` of `x.y["a[b]"]` and of `x.y[0]`."""
    if not native.endswith("]"):
        return native
    return native[: native.rfind('["' if native.endswith('"]') else "[")]


Resolved = Mapping[str, tuple[tuple[Link, tuple[Resource, ...]], ...]]
"""By address: the links of a resource, each with the resources that it means."""


def resolve(index: Index) -> Resolved:
    """Return what every link means, in the order of addresses."""
    return {
        address: tuple((link, _targets(index, resource, link)) for link in resource.links)
        for address, resource in index.resources.items()
        if resource.links
    }


def edges(resolved: Resolved) -> Mapping[str, set[Edge]]:
    """Return the edges that links make, by the address that they start from."""
    found: dict[str, set[Edge]] = {}
    for address, links in resolved.items():
        for link, several in links:
            for target in several:
                if link.reverse:
                    found.setdefault(target.address, set()).add(Edge(link.kind, address))
                else:
                    found.setdefault(address, set()).add(Edge(link.kind, target.address, link.group))
    return found


def scope(resource: Resource) -> str:
    """Return the namespace that a name counts in: `-` for none, `?` where it depends on who applies."""
    if resource.namespace is None:
        return CLUSTER_SCOPED
    return _UNSTATED if isinstance(resource.namespace, Unknown) else resource.namespace


def _targets(index: Index, resource: Resource, link: Link) -> tuple[Resource, ...]:
    """Return the resources that a link means: at most one for a plain value, at most one per element of a list."""
    value = lookup(resource.attributes, _keys(link.at))
    if value is ABSENT or value is None:
        return ()
    if not isinstance(value, (list, tuple)):
        found = _target(index, resource, link, link.at, value)
        return () if found is None else (found,)
    several = (_target(index, resource, link, f"{link.at}/{at}", element) for at, element in enumerate(value))
    return tuple({found.address: found for found in several if found is not None}.values())


def _target(index: Index, resource: Resource, link: Link, at: str, value: Value) -> Optional[Resource]:
    referred = _referred(index, resource, link, at)
    if len(referred) > 1:
        referred = [found for found in referred if isinstance(value, str) and _named(found, link.field) == value]
    if referred:
        return referred[0] if len(referred) == 1 else None
    return _by_value(index, resource, link, value) if isinstance(value, str) and value else None


def _referred(index: Index, resource: Resource, link: Link, at: str) -> list[Resource]:
    """Return the resources of the wanted types that an expression refers to, also through one that only waits."""
    found: dict[str, Resource] = {}
    waiting = [(resource, at)]
    for owner, path in waiting:
        for native in owner.native.referents(path):
            for one in index.instances(join(owner.unit, native)):
                if one.address != resource.address and (not link.types or one.type in link.types):
                    found[one.address] = one
                elif one.type in _CARRIERS and len(waiting) < MANY:
                    waiting.append((one, _CARRIERS[one.type]))
    return list(found.values())


def _by_value(index: Index, resource: Resource, link: Link, value: str) -> Optional[Resource]:
    """
    Return the one resource that has the value: in the same unit, else in the same environment.

    Kubernetes names count in their namespace only. They reach into another unit only where somebody said that both
    run in one place (an environment or a cluster): two overlays hold the same names on purpose.
    """
    scopes = dict.fromkeys((scope(resource), CLUSTER_SCOPED))
    near = [found for one in scopes for found in index.near(link).get((resource.unit, one, value), ())[:MANY]]
    near = [found for found in near if found.address != resource.address]
    if near:
        return near[0] if len(near) == 1 else None
    home = resource.environment or ""
    far = [
        found
        for one in scopes
        if one != _UNSTATED
        for found in index.far(link).get((home, one, value), ())[:MANY]
        if _reachable(resource, found)
    ]
    return far[0] if len(far) == 1 else None


def _reachable(resource: Resource, target: Resource) -> bool:
    """Whether a name in one unit may mean a resource of another unit of the same environment (or of none)."""
    if resource.format == target.format and resource.unit.partition("@")[0] == target.unit.partition("@")[0]:
        return False  # the same files, deployed a second time
    stated = isinstance(resource.cluster, str) and isinstance(target.cluster, str)
    pairs = ((resource.cluster, target.cluster), (resource.region, target.region), (resource.account, target.account))
    if any(isinstance(ours, str) and isinstance(theirs, str) and ours != theirs for ours, theirs in pairs):
        return False
    kubernetes = "kubernetes" in (resource.provider, target.provider)
    return not kubernetes or stated or resource.environment is not None


def _named(resource: Resource, by: str) -> Optional[str]:
    value = resource.name if by == "name" else lookup(resource.attributes, _keys(by))
    return value if isinstance(value, str) and value else None


@lru_cache(maxsize=1024)
def _keys(path: str) -> tuple[str, ...]:
    """Return the keys of a pointer. Links of one type all have the same few."""
    return segments(path)
