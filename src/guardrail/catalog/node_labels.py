"""
Labels of nodes that say what a node is: its machine, its accelerators, where it stands, how it is paid for.

They are what pods choose nodes by. The lists are of clouds, device plugins and Karpenter's providers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

MODELS: Final = (
    "cloud.google.com/gke-accelerator",
    "cloud.google.com/gke-tpu-accelerator",
    "nvidia.com/gpu.product",
    "karpenter.k8s.aws/instance-gpu-name",
    "karpenter.k8s.aws/instance-accelerator-name",
    "eks.amazonaws.com/instance-gpu-name",
    "eks.amazonaws.com/instance-accelerator-name",
    "karpenter.azure.com/sku-gpu-name",
    "karpenter.k8s.gcp/instance-gpu-name",
    "amd.com/gpu.product-name",
    "beta.amd.com/gpu.product-name",
    "gpu.nvidia.com/model",
    "gpu.nvidia.com/class",
    "k8s.amazonaws.com/accelerator",
    "accelerator",
)
"""Labels whose value names the model of the node's accelerators, the surest first."""

MACHINES: Final = ("node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type")
"""Labels whose value is the node's machine type, in the provider's spelling."""

ZONES: Final = ("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone")
REGIONS: Final = ("topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region")

SLICE: Final = "cloud.google.com/gke-gpu-partition-size"
"""The MIG profile of the node's GPUs: what is asked for are slices."""

CLIENTS: Final = "cloud.google.com/gke-max-shared-clients-per-gpu"
"""How many pods share one GPU of the node: what is asked for are shares."""

Bought = Literal["on_demand", "spot", "reserved"]

PURCHASES: Final[Mapping[str, Mapping[str, Bought]]] = {
    "karpenter.sh/capacity-type": {"spot": "spot", "on-demand": "on_demand", "reserved": "reserved"},
    "eks.amazonaws.com/capacityType": {"SPOT": "spot", "ON_DEMAND": "on_demand", "CAPACITY_BLOCK": "reserved"},
    "cloud.google.com/gke-spot": {"true": "spot"},
    "cloud.google.com/gke-preemptible": {"true": "spot"},
    "cloud.google.com/gke-provisioning": {"spot": "spot", "preemptible": "spot", "standard": "on_demand"},
    "kubernetes.azure.com/scalesetpriority": {"spot": "spot", "regular": "on_demand"},
    "node.kubernetes.io/lifecycle": {"spot": "spot", "normal": "on_demand"},
    "sagemaker.amazonaws.com/capacity-type": {"spot": "spot", "on-demand": "on_demand"},
}
"""How the machines behind a label's values are bought."""
