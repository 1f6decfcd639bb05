"""
What of the rest of a repository resources may be linked with, told before the rest is read.

Links by name reach from one unit into another: a group names a launch template, pods run on the pools of a cluster,
an autoscaler scales a Deployment. So a change to one unit may make a difference to a resource of another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Final

from guardrail.catalog.in_clusters import WORDS
from guardrail.catalog.registry import kind, linking_to
from guardrail.graph.clusters import MAKES_CLUSTERS
from guardrail.graph.reach import is_object
from guardrail.model.dataclass import dataclass
from guardrail.model.path import segments
from guardrail.model.resource import Resource
from guardrail.model.value import ABSENT, lookup

NO_MATTER: Final = frozenset[str]()
"""The arguments of a resource that others link to: whatever it says."""

_MADE_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "sagemaker/Pipeline": ("aws_sagemaker_pipeline", "awscc_sagemaker_pipeline"),
    "states/StateMachine": ("aws_sfn_state_machine", "awscc_stepfunctions_state_machine"),
}
"""Resources that may be made of a definition in a file, which is counted there then."""

_OF_CLUSTERS: Final = frozenset({"cluster", "compute.pool"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    Resources that may be linked with some others: by type, the arguments of which they need one for it, if any.

    `clusters`: also whatever runs in a cluster or is one; of the former what may be in one of the `namespaces`, unless
    it `runs`: then some of them is a cluster or a pool. `anything`: no type is out of the question.
    """

    types: Mapping[str, frozenset[str]] = field(default_factory=dict)
    clusters: bool = False
    runs: bool = False
    namespaces: frozenset[str] = frozenset()
    anything: bool = False

    @property
    def specs(self) -> bool:
        """Whether one of the types is not Terraform's: no text tells beforehand where there is one."""
        return any("/" in one or ":" in one for one in self.types)


def wanted(resources: Iterable[Resource]) -> Wanted:
    """Return what may be linked with these resources. What holds one (a link at "") is in its own unit."""
    types: dict[str, frozenset[str]] = {}
    clusters = runs = anything = False
    namespaces: set[str] = set()
    for resource in resources:
        for one, arguments in linking_to(resource.type).items():
            types[one] = types.get(one, arguments) and types.get(one, arguments) | arguments
        types.update(dict.fromkeys(_MADE_OF.get(resource.type, ()), NO_MATTER))
        clusters = clusters or is_of_clusters(resource)
        runs = runs or resource.category in _OF_CLUSTERS or resource.category == "module.call"
        if isinstance(resource.namespace, str):
            namespaces.add(resource.namespace)
        for link in resource.links:
            if link.at and lookup(resource.attributes, segments(link.at)) not in (ABSENT, None):
                types.update(dict.fromkeys(link.types, NO_MATTER))
                anything = anything or not link.types
    return Wanted(types, clusters=clusters, runs=runs, namespaces=frozenset(namespaces), anything=anything)


def is_of_clusters(resource: Resource) -> bool:
    """Whether a resource runs in a cluster, is one, or may have one in it."""
    return is_object(resource) or resource.category in _OF_CLUSTERS or resource.category == "module.call"


def makes_clusters(types: Iterable[str], sources: Iterable[str]) -> bool:
    """Whether one of these native types has to do with a cluster, or one of these modules makes some."""
    names = frozenset(types)
    found = map(kind, names)
    return (
        any(name.startswith(WORDS) for name in names)
        or any(one is not None and one.category in _OF_CLUSTERS for one in found)
        or any(map(MAKES_CLUSTERS.search, sources))
    )
