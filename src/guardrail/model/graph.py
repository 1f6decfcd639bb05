"""The graph of a run, and what changed against base."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Optional

from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.resource import EdgeKind, Resource


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """`group` is the group of the resource that the edge starts from, where only that one is meant."""

    kind: EdgeKind
    to: str
    group: Optional[str] = None


@dataclass(frozen=True, slots=True)
class Graph:
    """
    All resources of one revision, by address, in the order of addresses.

    `moved` maps an old address to the new one (Terraform `moved` blocks). A `schedules_on` edge says that the pods of
    a group *may* run on a pool: one edge from a group is certainty, several are all the pools that can hold it.
    `unplaced` says of workloads why some group of theirs has no such edge ("2 clusters, and none is named for k8s"),
    `lost` of autoscalers of Kubernetes why nobody knows the pods that they make.
    """

    resources: Mapping[str, Resource]
    edges: Mapping[str, tuple[Edge, ...]]
    diagnostics: tuple[Diagnostic, ...] = ()
    moved: Mapping[str, str] = field(default_factory=dict)
    units: tuple[str, ...] = ()
    unplaced: Mapping[str, str] = field(default_factory=dict)
    lost: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """
    What the head does to base: addresses added, resources removed (by old address), pointers changed by address.

    `renamed` maps a head address to the base address that a `moved` block ties it to. Everything that is in no
    field has the same normalised content on both sides.
    """

    added: tuple[str, ...] = ()
    removed: Mapping[str, Resource] = field(default_factory=dict)
    changed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
