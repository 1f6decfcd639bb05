"""
Pods onto pools: the nodes that a workload may run on.

*Which cluster*: the one that the configuration names for its unit, else the only one of the graph, unless both
environments are named and differ. *Which pool*: each pool of that cluster that `nodes.fit` finds able. A workload
that no pool is sure to take gets no edge and a reason.

Several able pools get an edge each. The scheduler decides among them by what is free at that moment, so choosing one
would be a guess. The total needs no choice: whichever pool it is, its nodes are billed in this graph already, and
the workload adds nothing. Shares by team, model or namespace do need one; pricing sees from the number of edges of a
group whether there is one, and otherwise says that it cannot tell. For the same reason a pool that can only perhaps
hold a group counts as able as soon as another one surely can: leaving it out would claim a certainty.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from typing import Any, Final, Optional, Union

from guardrail.config.settings import Settings
from guardrail.graph.nodes import Fit, Pool, fit
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.graph import Edge
from guardrail.model.resource import Group, Origin, Resource
from guardrail.model.value import Text, Unknown

COMPARISONS: Final = 200_000
"""How many pairs of group and pool are looked at; beyond it workloads stay without a pool, and it is said."""

_KUBERNETES: Final = frozenset(
    {"aws_eks_cluster", "google_container_cluster", "azurerm_kubernetes_cluster", "AWS::EKS::Cluster"}
)
"""Types that are a Kubernetes cluster even where no pool of theirs is in the graph."""


MAKES_CLUSTERS: Final = re.compile(r"(?:\A|[/_-])(?:eks|gke|aks|kubernetes-engine)(?:[/_-]|\Z)")
"""Sources of modules that make a cluster, so that one which cannot be read still counts as one."""


@dataclass(frozen=True, slots=True)
class Placement:
    """What scheduling adds: edges by workload, resources with their cluster, and why others have none."""

    edges: Mapping[str, tuple[Edge, ...]] = field(default_factory=dict)
    resources: Mapping[str, Resource] = field(default_factory=dict)
    unplaced: Mapping[str, str] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class _Cluster:
    """A place where pods run: named by its own resource, by its pools, or by the configuration alone."""

    name: str
    environment: Optional[str] = None
    region: Text = None
    pools: tuple[Pool, ...] = ()
    unread: bool = False  # a module makes it that is not at hand, and nobody sees its pools
    origins: Mapping[str, tuple[Origin, ...]] = field(default_factory=dict)  # of /cluster and /region of what runs here


def schedule(
    resources: Mapping[str, Resource],
    edges: Mapping[str, Sequence[Edge]],
    stated: Mapping[str, Optional[str]],
    settings: Settings,
) -> Placement:
    """Return where the workloads of Kubernetes run. `stated` names the cluster of a unit where somebody said it."""
    objects = [resource for resource in resources.values() if resource.provider == "kubernetes"]
    if not objects:
        return Placement()
    homes = _Homes(_clusters(resources, edges, settings))
    left = COMPARISONS
    found: dict[str, tuple[Edge, ...]] = {}
    placed: dict[str, Resource] = {}
    unplaced: dict[str, str] = {}
    for resource in objects:
        address = resource.address
        named = resource.cluster or stated.get(resource.unit)
        home = homes.of(resource, named)
        if isinstance(home, _Cluster):
            placed[address] = _placed(resource, home)
        elif isinstance(named, str):
            placed[address] = _placed(resource, _Cluster(named))
        if not _runs_pods(resource):
            continue
        if isinstance(home, str):
            unplaced[address] = home
            continue
        left -= len(home.pools) * len(resource.groups if isinstance(resource.groups, Mapping) else "1")
        edges_of, why = _pools_of(resource, home) if left >= 0 else ((), "too many workloads and pools to compare")
        if edges_of:
            found[address] = edges_of
        if why:
            unplaced[address] = why
    return Placement(found, placed, unplaced, _limit(left))


@dataclass(frozen=True, slots=True)
class _Homes:
    """The cluster of every unit, looked for once."""

    clusters: tuple[_Cluster, ...]
    known: dict[tuple[str, Optional[str], Optional[str]], Union[_Cluster, str]] = field(default_factory=dict)

    def of(self, resource: Resource, named: Text) -> Union[_Cluster, str]:
        """Return the cluster that a workload runs in, or why that cannot be told."""
        if isinstance(named, Unknown):
            return f"its cluster is not known: {named.note or named.reason}"
        key = (resource.unit, named, resource.environment)
        if key not in self.known:
            self.known[key] = _home(self.clusters, resource, named)
        return self.known[key]


def _clusters(
    resources: Mapping[str, Resource], edges: Mapping[str, Sequence[Edge]], settings: Settings
) -> tuple[_Cluster, ...]:
    """Return the clusters of a graph, and those that only settings know, in the order of addresses and names."""
    parents = {
        edge.to: start
        for start, several in edges.items()
        if resources[start].category == "cluster"
        for edge in several
        if edge.kind == "contains"
    }
    with_pools = frozenset(parents.values())
    found: dict[object, list[Resource]] = {}
    for address, resource in resources.items():
        if resource.category == "cluster" and (resource.type in _KUBERNETES or address in with_pools):
            found.setdefault(address, []).insert(0, resource)
        elif resource.category == "compute.pool" and resource.provider != "kubernetes":
            if address in parents:
                found.setdefault(parents[address], []).append(resource)
            elif isinstance(resource.cluster, str):
                key = (resource.environment, resource.provider, str(resource.region), resource.cluster)
                found.setdefault(key, []).append(resource)
            elif isinstance(resource.cluster, Unknown):
                found.setdefault(("not known", address), []).append(resource)
        elif resource.category == "module.call" and MAKES_CLUSTERS.search(str(resource.attributes.get("source"))):
            found.setdefault(address, []).append(resource)
    clusters = [_cluster(members) for members in found.values()]
    known = {cluster.name for cluster in clusters}
    only_stated = [one for name, one in sorted(settings.clusters.items()) if name not in known]
    return (*clusters, *(_Cluster(one.name, region=one.region) for one in only_stated))


def _cluster(members: Sequence[Resource]) -> _Cluster:
    """Return the cluster of its own resource, if that is here, and its pools."""
    first = members[0]
    if first.category == "module.call":
        names = (first.attributes.get(key) for key in ("cluster_name", "name"))
        name = next((one for one in names if isinstance(one, str)), "")
        return _Cluster(name, first.environment, first.region, unread=True)
    own = first.category == "cluster"
    pools = [
        (member, group)
        for member in members
        for group in (() if isinstance(member.groups, Unknown) else member.groups.values())
        if member.category == "compute.pool" or group.machine_types is not None
    ]
    mixed = any(group.accelerators == () for _, group in pools)
    return _Cluster(
        name=first.name if own else first.cluster if isinstance(first.cluster, str) else "",
        environment=first.environment,
        region=first.region,
        origins={
            "/cluster": _origins(first, "/name" if own else "/cluster"),
            "/region": _origins(first, "/region"),
        },
        pools=tuple(
            Pool(member, group, reserved=mixed and member.provider == "gcp" and group.accelerators != ())
            for member, group in pools
        ),
    )


def _origins(resource: Resource, path: str) -> tuple[Origin, ...]:
    """Return where a fact of a cluster is written, for objects that take it over."""
    told = resource.origins.get(path) or (Origin(path),)
    return tuple(replace(one, address=one.address or resource.address) for one in told)


def _home(clusters: Sequence[_Cluster], resource: Resource, named: Optional[str]) -> Union[_Cluster, str]:
    if named is not None:
        found = [cluster for cluster in clusters if cluster.name == named]
        near = [cluster for cluster in found if cluster.environment == resource.environment]
        found = near if len(near) == 1 else found
        if not found:
            return f"cluster {named} is not in this graph"
        return found[0] if len(found) == 1 else f"{len(found)} clusters of this graph are named {named}"
    if not clusters:
        return "no cluster is in this graph"
    unit = resource.unit
    if any(not cluster.name for cluster in clusters):
        return f"some cluster of this graph has no known name, and none is stated for {unit}"
    if len(clusters) > 1:
        names = ", ".join(sorted({cluster.name for cluster in clusters})[:4])
        return f"{len(clusters)} clusters are in this graph ({names}), and none is stated for {unit}"
    (only,) = clusters
    if only.environment and resource.environment and only.environment != resource.environment:
        return f"the only cluster is {only.name}, of {only.environment}, and none is stated for {unit}"
    return only


def _runs_pods(resource: Resource) -> bool:
    category = resource.category
    return category.startswith(("workload.", "ml.")) and (isinstance(resource.groups, Unknown) or bool(resource.groups))


def _pools_of(resource: Resource, home: _Cluster) -> tuple[tuple[Edge, ...], str]:
    """Return the edges of a workload to pools, and why one of its groups has none."""
    if isinstance(resource.groups, Unknown):
        return (), f"its pods are not known: {resource.groups.note or resource.groups.reason}"
    if home.unread:
        return (), f"cluster {home.name} is made by a module that is not at hand"
    if not home.pools:
        return (), f"cluster {home.name} has no node pool in this graph"
    edges: list[Edge] = []
    why = ""
    for name, group in resource.groups.items():
        able = _able(group, home.pools)
        if isinstance(able, str):
            what = "it" if len(resource.groups) == 1 else f"group {name}"
            why = why or f"{able} of cluster {home.name} can hold {what}"
        else:
            edges.extend(Edge("schedules_on", address, name) for address in able)
    return tuple(edges), why


def _able(group: Group, pools: Iterable[Pool]) -> Union[tuple[str, ...], str]:
    answers = [(fit(group, pool), pool.resource.address) for pool in pools]
    best = max(answer for answer, _ in answers)
    if best is Fit.NO:
        return "no pool"
    if best is Fit.PERHAPS:
        return "it is not known which pool"
    return tuple(dict.fromkeys(address for answer, address in answers if answer is not Fit.NO))


def _placed(resource: Resource, home: _Cluster) -> Resource:
    """Return the object with the name and region of its cluster, where it states none of its own."""
    taken: dict[str, Any] = {}
    if resource.cluster is None:
        taken["cluster"] = home.name
    if resource.region is None and home.region is not None:
        taken["region"] = home.region
    if not taken:
        return resource
    origins = {f"/{name}": home.origins.get(f"/{name}", ()) for name in taken}
    return replace(resource, **taken, origins={**resource.origins, **origins})


def _limit(left: int) -> tuple[Diagnostic, ...]:
    if left >= 0:
        return ()
    return (
        Diagnostic(
            "error",
            "limit-scheduling",
            f"more than {COMPARISONS:,} pairs of workload and node pool: not all were looked at",
            hint="Judge fewer units at a time.",
        ),
    )
