"""
From wishes to edges: which resource a `Link` means.

What an expression refers to is certain; what merely has the same name is taken where only one resource can be meant
(for Kubernetes see `reach`). Several that could be meant make no edge, a guess would move money from one team to
another; they are kept as doubts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from functools import lru_cache
from typing import Final, Optional

from guardrail.graph.reach import KUBERNETES, MANY, By, Reach, is_object, scope
from guardrail.model.address import CLUSTER_SCOPED, without_key
from guardrail.model.address import address as join
from guardrail.model.dataclass import dataclass
from guardrail.model.graph import Edge
from guardrail.model.path import segments
from guardrail.model.resource import Link, Resource
from guardrail.model.value import ABSENT, Value, lookup

_CARRIERS: Final = {"time_sleep": "/triggers", "null_resource": "/triggers", "terraform_data": "/input"}
"""Resources that hand on what they are given, by the attribute that holds it: modules use them to wait."""

_UNITS_ARE_FOLDERS: Final = frozenset({"terraform", "terraform-plan", "kubernetes"})
"""Formats of which a unit is all that is in a folder. Of others each file is one."""

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
    _beside: dict[tuple[tuple[str, ...], str], Names] = field(default_factory=dict)
    _far: dict[tuple[tuple[str, ...], str], Names] = field(default_factory=dict)
    _reach: dict[tuple[tuple[str, ...], str], Reach] = field(default_factory=dict)

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

    def beside(self, link: Link) -> Names:
        """Return the possible targets of a link that are written in files of their own, by the folder of these."""
        return self._table(self._beside, link, _folder)

    def far(self, link: Link) -> Names:
        """Return the possible targets of a link by environment ("" for none), namespace and value."""
        return self._table(self._far, link, lambda resource: resource.environment or "")

    def reach(self, link: Link) -> Reach:
        """Return the objects of Kubernetes that a link may mean."""
        key = (link.types, link.field)
        if key not in self._reach:
            self._reach[key] = Reach()
            for resource in self.of_types(link.types):
                value = _named(resource, link.field) if is_object(resource) else None
                if value is not None:
                    self._reach[key].add(resource, value)
        return self._reach[key]

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


Resolved = Mapping[str, tuple[tuple[Link, tuple[Resource, ...]], ...]]
"""By address: the links of a resource, each with the resources that it means."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What links mean, by address in its order. `doubts` are the links that may mean any of several resources."""

    sure: Resolved
    doubts: Resolved


def resolve(index: Index) -> Resolution:
    """Return what every link means."""
    sure: dict[str, tuple[tuple[Link, tuple[Resource, ...]], ...]] = {}
    doubts: dict[str, tuple[tuple[Link, tuple[Resource, ...]], ...]] = {}
    for address, resource in index.resources.items():
        if not resource.links:
            continue
        certain: list[tuple[Link, tuple[Resource, ...]]] = []
        open_: list[tuple[Link, tuple[Resource, ...]]] = []
        for link in resource.links:
            told = _meant(index, resource, link)
            if not told or (len(told) == 1 and len(told[0]) < 2):  # noqa: PLR2004 - most links, without ado
                certain.append((link, told[0] if told else ()))
                continue
            certain.append((link, _distinct(one[0] for one in told if len(one) == 1)))
            open_.extend((link, one) for one in told if len(one) > 1)
        sure[address] = tuple(certain)
        if open_:
            doubts[address] = tuple(open_)
    return Resolution(sure, doubts)


def _distinct(several: Iterable[Resource]) -> tuple[Resource, ...]:
    return tuple({found.address: found for found in several}.values())


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


def _meant(index: Index, resource: Resource, link: Link) -> Sequence[tuple[Resource, ...]]:
    """Return the resources that a link may mean: for a plain value, and for each element of a list."""
    value = lookup(resource.attributes, _keys(link.at))
    if value is ABSENT or value is None:
        return ()
    if not isinstance(value, (list, tuple)):
        return (_candidates(index, resource, link, link.at, value),)
    return [_candidates(index, resource, link, f"{link.at}/{at}", element) for at, element in enumerate(value)]


def _candidates(index: Index, resource: Resource, link: Link, at: str, value: Value) -> tuple[Resource, ...]:
    if link.after and isinstance(value, str):
        value = _after(value, link.after)
    referred = _referred(index, resource, link, at)
    if len(referred) > 1:
        named = [found for found in referred if isinstance(value, str) and _named(found, link.field) == value]
        referred = named or referred
    if referred:
        return tuple(referred[: MANY + 1])
    return _by_value(index, resource, link, value) if isinstance(value, str) and value else ()


def _after(value: str, begin: str) -> str:
    """Return the name that follows in a path or at the end of an ARN, nothing where there is none."""
    path = value if value.startswith(begin) else value.rpartition(":")[2]
    return path[len(begin) :].partition("/")[0] if path.startswith(begin) else ""


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


def _by_value(index: Index, resource: Resource, link: Link, value: str) -> tuple[Resource, ...]:
    """
    Return the resources that have the value: in the same unit, else in the same environment.

    Files that are units of their own go with those beside them in their folder before any others. A name in Kubernetes
    counts in its namespace, and may reach into other units; see `reach`.
    """
    if is_object(resource):
        found = index.reach(link).meant(By.of(resource), value)
        if found:
            return tuple(one for one in found if one.address != resource.address)
    near = index.near(link).get((resource.unit, CLUSTER_SCOPED, value), ())[: MANY + 1]
    near = [found for found in near if found.address != resource.address]
    if near:
        return tuple(near)
    folder = _folder(resource)
    beside = index.beside(link).get((folder, CLUSTER_SCOPED, value), ())[: MANY + 1] if folder else ()
    if beside:
        return tuple(beside)
    far = index.far(link).get((resource.environment or "", CLUSTER_SCOPED, value), ())[: MANY + 1]
    return tuple(found for found in far if _reachable(resource, found))


def _folder(resource: Resource) -> str:
    """Return the folder of a file that is a unit of its own, with a slash at its end; nothing for other units."""
    if resource.format in _UNITS_ARE_FOLDERS:
        return ""
    return resource.unit.rpartition("/")[0] + "/"


def _reachable(resource: Resource, target: Resource) -> bool:
    """Whether a name in one unit may mean a resource of another unit of the same environment (or of none)."""
    if resource.format == target.format and resource.unit.partition("@")[0] == target.unit.partition("@")[0]:
        return False  # the same files, deployed a second time
    pairs = ((resource.cluster, target.cluster), (resource.region, target.region), (resource.account, target.account))
    if any(isinstance(ours, str) and isinstance(theirs, str) and ours != theirs for ours, theirs in pairs):
        return False
    stated = isinstance(resource.cluster, str) and isinstance(target.cluster, str)
    return KUBERNETES not in (resource.provider, target.provider) or stated or resource.environment is not None


def _named(resource: Resource, by: str) -> Optional[str]:
    value = resource.name if by == "name" else lookup(resource.attributes, _keys(by))
    return value if isinstance(value, str) and value else None


@lru_cache(maxsize=1024)
def _keys(path: str) -> tuple[str, ...]:
    """Return the keys of a pointer. Links of one type all have the same few."""
    return segments(path)
