"""
Pods onto pools: the nodes that a workload may run on.

*Which cluster*: the one that the configuration names for its unit, else the only one of the graph, unless both
environments are named and differ. Pools in manifests (of Karpenter, of GKE's classes) are in the cluster that runs the
pods of their unit; where no cluster is in the graph, those of one unit stand for one. *Which pool*: each pool of that
cluster that `nodes.fit` or, where nodes are made for pods, `made.fit` finds able. A workload that no pool is sure to
take gets no edge and a reason.

Several able pools get an edge each. The scheduler decides among them by what is free at that moment, so choosing one
would be a guess. The total needs no choice: whichever pool it is, its nodes are billed in this graph already, and
the workload adds nothing. Shares by team, model or namespace do need one; pricing sees from the number of edges of a
group whether there is one, and otherwise says that it cannot tell. For the same reason a pool that can only perhaps
hold a group counts as able as soon as another one surely can: leaving it out would claim a certainty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Final, Optional, Union

from guardrail.config.settings import Settings
from guardrail.graph.clusters import MADE, Cluster, Homes, called, clusters_of, placed_in, with_made
from guardrail.graph.nodes import Fit, Pool, fit
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.graph import Edge
from guardrail.model.resource import Group, Resource
from guardrail.model.value import Unknown

COMPARISONS: Final = 200_000
"""How many pairs of group and pool are looked at; beyond it workloads stay without a pool, and it is said."""


@dataclass(frozen=True, slots=True)
class Placement:
    """What scheduling adds: edges by workload, resources with their cluster, and why others have none."""

    edges: Mapping[str, tuple[Edge, ...]] = field(default_factory=dict)
    resources: Mapping[str, Resource] = field(default_factory=dict)
    unplaced: Mapping[str, str] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()


def schedule(
    resources: Mapping[str, Resource],
    edges: Mapping[str, Sequence[Edge]],
    stated: Mapping[str, Optional[str]],
    settings: Settings,
) -> Placement:
    """Return where the workloads of Kubernetes run. `stated` names the cluster of a unit where somebody said it."""
    objects = [one for one in resources.values() if one.provider == "kubernetes" and one.type not in MADE]
    if not objects and all(one.type not in MADE for one in resources.values()):
        return Placement()
    clusters, placed = with_made(clusters_of(resources, edges, settings), resources, stated)
    homes = Homes(clusters)
    left = COMPARISONS
    found: dict[str, tuple[Edge, ...]] = {}
    unplaced: dict[str, str] = {}
    for resource in objects:
        address = resource.address
        named = resource.cluster or stated.get(resource.unit)
        home = homes.of(resource, named)
        if isinstance(home, Cluster):
            placed[address] = placed_in(resource, home)
        elif isinstance(named, str):
            placed[address] = placed_in(resource, Cluster(named))
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


def _runs_pods(resource: Resource) -> bool:
    category = resource.category
    return category.startswith(("workload.", "ml.")) and (isinstance(resource.groups, Unknown) or bool(resource.groups))


def _pools_of(resource: Resource, home: Cluster) -> tuple[tuple[Edge, ...], str]:
    """Return the edges of a workload to pools, and why one of its groups has none."""
    if isinstance(resource.groups, Unknown):
        return (), f"its pods are not known: {resource.groups.note or resource.groups.reason}"
    if home.unread:
        return _perhaps_of(resource.groups, home)
    if not home.pools:
        return (), f"cluster {called(home)} has no node pool in this graph"
    edges: list[Edge] = []
    why = ""
    for name, group in resource.groups.items():
        able = _able(group, home.pools)
        if isinstance(able, str):
            what = "it" if len(resource.groups) == 1 else f"group {name}"
            why = why or f"{able} of cluster {called(home)} can hold {what}"
        else:
            edges.extend(Edge("schedules_on", address, name) for address in able)
    return tuple(edges), why


def _perhaps_of(groups: Mapping[str, Group], home: Cluster) -> tuple[tuple[Edge, ...], str]:
    """
    Return the edges to pools of a cluster whose module is not at hand, and why there is none.

    Pods that surely fit a pool that is seen may run on one of the module as well: wherever, they are in its bill.
    """
    edges: list[Edge] = []
    for name, group in groups.items():
        able = [pool.resource.address for pool in home.pools if _fit(group, pool) is Fit.YES]
        if not able:
            return tuple(edges), f"cluster {called(home)} is made by a module that is not at hand"
        edges.extend(Edge("schedules_on", address, name) for address in dict.fromkeys((*able, home.unread)))
    return tuple(edges), ""


def _fit(group: Group, pool: Pool) -> Fit:
    if not pool.made:
        return fit(group, pool)
    from guardrail.graph import made  # for pools in manifests alone

    return made.fit(group, pool)


def _able(group: Group, pools: Iterable[Pool]) -> Union[tuple[str, ...], str]:
    answers = [(_fit(group, pool), pool.resource.address) for pool in pools]
    best = max(answer for answer, _ in answers)
    if best is Fit.NO:
        return "no pool"
    if best is Fit.PERHAPS:
        return "it is not known which pool"
    return tuple(dict.fromkeys(address for answer, address in answers if answer is not Fit.NO))


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
