"""
Clusters: where the pods of manifests run, and the pools of nodes that each has.

A cluster is told by its own resource, by pools that name it, by a module that makes one, or by the configuration
alone. Pools that manifests declare (of Karpenter, of GKE's classes) belong to the cluster that runs their unit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import Any, Final, Optional, Union

from guardrail.config.settings import Settings
from guardrail.graph.nodes import Pool
from guardrail.model.dataclass import dataclass
from guardrail.model.graph import Edge
from guardrail.model.pattern import pattern
from guardrail.model.resource import Origin, Resource
from guardrail.model.value import Text, Unknown

_KUBERNETES: Final = frozenset(
    {
        "aws_eks_cluster",
        "google_container_cluster",
        "azurerm_kubernetes_cluster",
        "AWS::EKS::Cluster",
        "eksctl.io/ClusterConfig",
    }
)
"""Types that are a Kubernetes cluster even where no pool of theirs is in the graph."""


MADE: Final = frozenset({"karpenter.sh/NodePool", "karpenter.sh/Provisioner", "cloud.google.com/ComputeClass"})
"""Types of pools in a cluster whose nodes are made for the pods that need them."""

MAKES_CLUSTERS: Final = pattern(r"(?:\A|[/_-])(?:eks|gke|aks|kubernetes-engine)(?:[/_-]|\Z)")
"""Sources of modules that make a cluster, so that one which cannot be read still counts as one."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """
    A place where pods run: named by its own resource, by its pools, or by the configuration alone.

    `unit` is that whose pools are all that is known of it.
    """

    name: str
    unit: Optional[str] = None
    environment: Optional[str] = None
    region: Text = None
    pools: tuple[Pool, ...] = ()
    unread: str = ""  # the address of the module that makes it and is not at hand: nobody sees its pools
    origins: Mapping[str, tuple[Origin, ...]] = field(default_factory=dict)  # of /cluster and /region of what runs here


@dataclass(frozen=True, slots=True)
class Homes:
    """The cluster of every unit, looked for once."""

    clusters: tuple[Cluster, ...]
    known: dict[tuple[str, Optional[str], Optional[str]], Union[Cluster, str]] = field(default_factory=dict)

    def of(self, resource: Resource, named: Text) -> Union[Cluster, str]:
        """Return the cluster that a workload runs in, or why that cannot be told."""
        if isinstance(named, Unknown):
            return f"its cluster is not known: {named.note or named.reason}"
        key = (resource.unit, named, resource.environment)
        if key not in self.known:
            self.known[key] = _home(self.clusters, resource, named)
        return self.known[key]


def clusters_of(
    resources: Mapping[str, Resource], edges: Mapping[str, Sequence[Edge]], settings: Settings
) -> tuple[Cluster, ...]:
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
        elif resource.type in MADE:
            continue
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
    return (*clusters, *(Cluster(one.name, region=one.region) for one in only_stated))


def with_made(
    clusters: tuple[Cluster, ...], resources: Mapping[str, Resource], stated: Mapping[str, Optional[str]]
) -> tuple[tuple[Cluster, ...], dict[str, Resource]]:
    """
    Return the clusters with the pools that manifests declare in them, and those pools as they are there.

    Pools whose cluster is not in the graph are one of their own, by the name that is stated for it. Where nobody can
    say which cluster it is, what is deployed together with them still is in the same one.
    """
    homes = Homes(clusters)
    more: dict[int, list[Pool]] = {}
    implied: dict[tuple[str, Optional[str], Optional[str]], list[Pool]] = {}
    placed: dict[str, Resource] = {}
    for pool in resources.values():
        if pool.type not in MADE:
            continue
        named = pool.cluster or stated.get(pool.unit)
        home = homes.of(pool, named)
        if isinstance(home, Cluster):
            placed[pool.address] = placed_in(pool, home)
            members = more.setdefault(id(home), [])
        elif isinstance(named, str) and all(one.name != named for one in clusters):
            placed[pool.address] = placed_in(pool, Cluster(named))
            members = implied.setdefault((named, None, pool.environment), [])
        elif named is None:
            members = implied.setdefault(("", pool.unit, pool.environment), [])
        else:
            continue
        there = placed.get(pool.address, pool)
        groups = {} if isinstance(there.groups, Unknown) else there.groups
        members += [Pool(there, group, made=True) for group in groups.values()]
    known = [replace(one, pools=(*one.pools, *more.get(id(one), ()))) for one in clusters]
    others = [
        Cluster(name, unit=unit, environment=where, pools=tuple(pools))
        for (name, unit, where), pools in implied.items()
    ]
    return (*known, *others), placed


def _cluster(members: Sequence[Resource]) -> Cluster:
    """Return the cluster of its own resource, if that is here, and its pools."""
    first = members[0]
    if first.category == "module.call":
        names = (first.attributes.get(key) for key in ("cluster_name", "name"))
        name = next((one for one in names if isinstance(one, str)), "")
        return Cluster(name, environment=first.environment, region=first.region, unread=first.address)
    own = first.category == "cluster"
    pools = [
        (member, name if member.category == "cluster" else "", group)
        for member in members
        for name, group in ({} if isinstance(member.groups, Unknown) else member.groups).items()
        if member.category == "compute.pool" or group.machine_types is not None
    ]
    mixed = any(group.accelerators == () for *_, group in pools)
    return Cluster(
        name=first.name if own else first.cluster if isinstance(first.cluster, str) else "",
        environment=first.environment,
        region=first.region,
        origins={
            "/cluster": _origins(first, "/name" if own else "/cluster"),
            "/region": _origins(first, "/region"),
        },
        pools=tuple(
            Pool(member, group, reserved=mixed and member.provider == "gcp" and group.accelerators != (), name=name)
            for member, name, group in pools
        ),
    )


def _origins(resource: Resource, path: str) -> tuple[Origin, ...]:
    """Return where a fact of a cluster is written, for objects that take it over."""
    told = resource.origins.get(path) or (Origin(path),)
    return tuple(replace(one, address=one.address or resource.address) for one in told)


def _home(clusters: Sequence[Cluster], resource: Resource, named: Optional[str]) -> Union[Cluster, str]:
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
    own = [cluster for cluster in clusters if cluster.unit == unit]
    if own:
        return own[0]
    clusters = [cluster for cluster in clusters if cluster.unit is None] or clusters
    if any(not cluster.name and cluster.unit is None for cluster in clusters):
        return f"some cluster of this graph has no known name, and none is stated for {unit}"
    if len(clusters) > 1:
        names = ", ".join(sorted({called(cluster) for cluster in clusters})[:4])
        return f"{len(clusters)} clusters are in this graph ({names}), and none is stated for {unit}"
    (only,) = clusters
    if only.environment and resource.environment and only.environment != resource.environment:
        return f"the only cluster is {called(only)}, of {only.environment}, and none is stated for {unit}"
    return only


def called(cluster: Cluster) -> str:
    """Return what a cluster is called in messages."""
    return cluster.name or f"that of {cluster.unit}"


def placed_in(resource: Resource, home: Cluster) -> Resource:
    """Return the object with the name and region of its cluster, where it states none of its own."""
    taken: dict[str, Any] = {}
    if resource.cluster is None and home.name:
        taken["cluster"] = home.name
    if resource.region is None and home.region is not None:
        taken["region"] = home.region
    if not taken:
        return resource
    origins = {f"/{name}": home.origins.get(f"/{name}", ()) for name in taken}
    return replace(resource, **taken, origins={**resource.origins, **origins})
