"""
GKE: classes of compute, which say in order of preference which nodes are made for the pods that name them.

Where a class makes pools by itself (`nodePoolAutoCreation`) nothing in it limits how many nodes there are; each
priority is a group, since each has its own machines, accelerators and way of buying. A class that makes no pools only
chooses among those of the cluster.
"""

from __future__ import annotations

from typing import Any, Final, Optional

from guardrail.catalog.accelerators import accelerator
from guardrail.catalog.convert import flag, text, whole
from guardrail.catalog.facts import bare
from guardrail.catalog.gcp.compute import LINES
from guardrail.catalog.kind import (
    AcceleratorSpec,
    Always,
    DiskSpec,
    First,
    From,
    GroupSpec,
    Kind,
    MachineHours,
    Outer,
    at,
)
from guardrail.catalog.kubernetes.pools.requirements import Requirement, permitted
from guardrail.catalog.kubernetes.pools.spec import AS_NEEDED
from guardrail.catalog.kubernetes.pools.words import RESERVED, together
from guardrail.model.resource import ON_DEMAND, SPOT
from guardrail.model.value import UNBOUNDED, Reason, Unknown, Value

CLASS: Final = "cloud.google.com/compute-class"
"""The label of nodes that a class makes; pods name the class by it."""

_CHOSEN: Final = Unknown(Reason.REFUSED, note="GKE chooses the machine: the priority names none")
_DEFAULT_DISK: Final = 100
_AUTOMATIC: Final = at("spec", "nodePoolAutoCreation", "enabled", default=False, convert=flag)


def _machines(
    named: Optional[str], family: Optional[str], cores: Optional[int], gpu: Optional[str], count: Optional[int]
) -> Value:
    """Return the machines that a priority permits."""
    if named is not None:
        return (named,)
    about = []
    if family is not None:
        about.append(Requirement("cloud.google.com/machine-family", "In", (text(family).lower(),)))
    if gpu is not None:
        found = accelerator(text(gpu))
        if found is None or (family is None and found.family in _ADDED):
            return _CHOSEN
        if family != "n1":
            about.append(Requirement("cloud.google.com/gke-accelerator", "In", (text(gpu),)))
            if count is not None:
                about.append(Requirement("cloud.google.com/gke-accelerator-count", "In", (str(count),)))
    if not about:
        return _CHOSEN
    if cores is not None:
        about.append(Requirement("karpenter.k8s.gcp/instance-cpu", "Gte", (str(cores),)))
    return permitted("gcp", tuple(about)).machine_types()


_ADDED: Final = frozenset({"t4", "v100", "p100", "p4", "k80"})
"""Accelerators that are added to machines, of which any may be meant: https://cloud.google.com/compute/docs/gpus"""


def _bought(spot: Optional[Any], reservations: Optional[Any]) -> Value:
    affinity = None if reservations is None else reservations.get("affinity")
    if isinstance(affinity, Unknown):
        return bare(affinity)
    if affinity not in (None, "None"):
        return RESERVED
    return SPOT if spot is not None and flag(spot) else ON_DEMAND


def _most(automatic: bool) -> Value:
    return UNBOUNDED if automatic else 0


def _wanted(automatic: bool) -> Value:
    return AS_NEEDED if automatic else 0


def _labels(name: Any) -> Value:
    return None if name is None else {CLASS: text(name)}


def _taints(name: Any) -> Value:
    return None if name is None else ({"key": CLASS, "value": text(name), "effect": "NoSchedule"},)


COMPUTE_CLASS: Final = Kind(
    type="cloud.google.com/ComputeClass",
    category="compute.pool",
    source="https://cloud.google.com/kubernetes-engine/docs/reference/crds/computeclass",
    labels_from=together(("metadata", "labels")),
    groups=(
        GroupSpec(
            each=("spec", "priorities"),
            machine_types=From(
                (
                    at("machineType"),
                    at("machineFamily"),
                    at("minCores", convert=whole),
                    at("gpu", "type"),
                    at("gpu", "count", convert=whole),
                ),
                _machines,
            ),
            accelerators=AcceleratorSpec(
                model=First((at("gpu", "type"), at("tpu", "type"))),
                count=First((at("gpu", "count"), at("tpu", "count"))),
            ),
            min=Always(0),
            desired=From((Outer(_AUTOMATIC),), _wanted),
            max=From((Outer(_AUTOMATIC),), _most),
            purchase=From((at("spot"), at("reservations")), _bought),
            zones=at("location", "zones"),
            node_labels=From((Outer(at("metadata", "name")),), _labels),
            taints=From((Outer(at("metadata", "name")),), _taints),
            disks=(
                DiskSpec(
                    kind=at("storage", "bootDiskType", default="pd-balanced"),
                    size_gib=at("storage", "bootDiskSize", default=_DEFAULT_DISK, convert=whole),
                ),
            ),
        ),
    ),
    lines=(MachineHours(service="gce-machine", chosen=True), *LINES[1:]),
)

KINDS: Final = (COMPUTE_CLASS,)
