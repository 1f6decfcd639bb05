"""
Pools of nodes in manifests, and what launches their machines.

What they mean is declared in `pools`, as for the types of clouds; here is how they are found among other objects.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from guardrail.catalog.kubernetes.workload import Workload
from guardrail.model.resource import Category

_KARPENTER: Final = "https://karpenter.sh/docs/concepts/"
_GKE: Final = "https://cloud.google.com/kubernetes-engine/docs/reference/crds/computeclass"
_CAPI: Final = "https://cluster-api.sigs.k8s.io/"
_EKSCTL: Final = "https://schema.eksctl.io/"


def _rows(group: str, kinds: str, category: Category, source: str, *, scoped: bool = True) -> Iterable[Workload]:
    for kind in kinds.split():
        yield Workload(type=f"{group}/{kind}", category=category, source=source, cluster_scoped=scoped)


WORKLOADS: Final = (
    *_rows("karpenter.sh", "NodePool Provisioner", "compute.pool", _KARPENTER),
    *_rows("karpenter.sh", "NodeClaim", "compute.instance", _KARPENTER),
    *_rows("karpenter.sh", "NodeOverlay", "other", _KARPENTER),
    *_rows("karpenter.k8s.aws", "EC2NodeClass AWSNodeTemplate", "compute.template", _KARPENTER),
    *_rows("eks.amazonaws.com", "NodeClass", "compute.template", _KARPENTER),
    *_rows("karpenter.azure.com", "AKSNodeClass", "compute.template", _KARPENTER),
    *_rows("karpenter.k8s.gcp", "GCENodeClass", "compute.template", _KARPENTER),
    *_rows("cloud.google.com", "ComputeClass", "compute.pool", _GKE),
    *_rows("cluster.x-k8s.io", "MachineDeployment MachineSet MachinePool", "compute.pool", _CAPI, scoped=False),
    *_rows(
        "infrastructure.cluster.x-k8s.io",
        "AWSMachineTemplate AzureMachineTemplate GCPMachineTemplate AWSMachinePool AWSManagedMachinePool"
        " AzureMachinePool AzureManagedMachinePool GCPManagedMachinePool",
        "compute.template",
        _CAPI,
        scoped=False,
    ),
    *_rows("eksctl.io", "ClusterConfig", "cluster", _EKSCTL),
)
