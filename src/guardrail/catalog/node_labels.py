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
    "amd.com/gpu.device-id",
    "beta.amd.com/gpu.device-id",
    "gpu.intel.com/product",
    "gpu.nvidia.com/model",
    "gpu.nvidia.com/class",
    "k8s.amazonaws.com/accelerator",
    "accelerator",
)
"""Labels whose value names the model of the node's accelerators, the surest first."""

MACHINES: Final = (
    "node.kubernetes.io/instance-type",
    "beta.kubernetes.io/instance-type",
    "karpenter.azure.com/sku-name",
)
"""Labels whose value is the node's machine type, in the provider's spelling."""

ZONES: Final = (
    "topology.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/zone",
    "topology.gke.io/zone",
    "topology.ebs.csi.aws.com/zone",
)
REGIONS: Final = ("topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region")

FAMILIES: Final[Mapping[str, str]] = {
    "karpenter.k8s.aws/instance-family": "aws",
    "eks.amazonaws.com/instance-family": "aws",
    "karpenter.k8s.gcp/instance-family": "gcp",
    "cloud.google.com/machine-family": "gcp",
}
"""Labels whose value is the family of the node's machine, with the cloud that it is one of."""

VENDORS: Final[Mapping[str, Mapping[str, str]]] = {
    "karpenter.k8s.aws/instance-gpu-manufacturer": {"nvidia": "nvidia", "amd": "amd", "habana": "intel"},
    "karpenter.k8s.aws/instance-accelerator-manufacturer": {"aws": "aws", "habana": "intel"},
    "eks.amazonaws.com/instance-gpu-manufacturer": {"nvidia": "nvidia", "amd": "amd", "habana": "intel"},
    "eks.amazonaws.com/instance-accelerator-manufacturer": {"aws": "aws", "habana": "intel"},
    "karpenter.azure.com/sku-gpu-manufacturer": {"nvidia": "nvidia", "amd": "amd"},
    "kubernetes.azure.com/accelerator": {"nvidia": "nvidia", "amd": "amd"},
    "nvidia.com/gpu.present": {"true": "nvidia"},
    "nvidia.com/mig.capable": {"true": "nvidia"},
    "feature.node.kubernetes.io/pci-10de.present": {"true": "nvidia"},
    "feature.node.kubernetes.io/pci-0302_10de.present": {"true": "nvidia"},
    "feature.node.kubernetes.io/pci-0300_10de.present": {"true": "nvidia"},
    "feature.node.kubernetes.io/pci-1002.present": {"true": "amd"},
    "feature.node.kubernetes.io/amd-gpu": {"true": "amd"},
    "intel.feature.node.kubernetes.io/gpu": {"true": "intel"},
    "intel.feature.node.kubernetes.io/gaudi": {"true": "intel"},
}
"""Labels whose value says that the node has accelerators, and whose."""

DEVICES: Final = (
    "cloud.google.com/gke-accelerator-count",
    "karpenter.k8s.aws/instance-gpu-count",
    "karpenter.k8s.aws/instance-accelerator-count",
    "eks.amazonaws.com/instance-gpu-count",
    "eks.amazonaws.com/instance-accelerator-count",
    "karpenter.azure.com/sku-gpu-count",
    "karpenter.k8s.gcp/instance-gpu-count",
    "nvidia.com/gpu.count",
)
"""Labels whose value is how many accelerators the node has."""

SLICE: Final = "cloud.google.com/gke-gpu-partition-size"
"""The MIG profile of the node's GPUs: what is asked for are slices."""

SLICED: Final = ("nvidia.com/mig.config", "nvidia.com/gpu.product")
"""
Labels in whose value a MIG profile may stand (`all-1g.5gb`, `NVIDIA-A100-SXM4-40GB-MIG-1g.5gb`).

The product does so only where all GPUs of a node are cut alike and their slices go by the name of whole ones
(strategy `single`). https://github.com/NVIDIA/k8s-device-plugin/blob/main/docs/gpu-feature-discovery/README.md
"""

CLIENTS: Final = ("cloud.google.com/gke-max-shared-clients-per-gpu", "nvidia.com/gpu.replicas")
"""How many pods share one GPU of the node: what is asked for are shares."""

TOPOLOGY: Final = "cloud.google.com/gke-tpu-topology"
"""The shape of a slice of TPUs (`2x2x4`): its product is the number of chips."""

Bought = Literal["on_demand", "spot", "reserved"]

PURCHASES: Final[Mapping[str, Mapping[str, Bought]]] = {
    "karpenter.sh/capacity-type": {"spot": "spot", "on-demand": "on_demand", "reserved": "reserved"},
    "eks.amazonaws.com/capacityType": {"SPOT": "spot", "ON_DEMAND": "on_demand", "CAPACITY_BLOCK": "reserved"},
    "karpenter.k8s.aws/capacity-reservation-type": {"default": "reserved", "capacity-block": "reserved"},
    "cloud.google.com/gke-spot": {"true": "spot"},
    "cloud.google.com/gke-preemptible": {"true": "spot"},
    "cloud.google.com/gke-provisioning": {"spot": "spot", "preemptible": "spot", "standard": "on_demand"},
    "kubernetes.azure.com/scalesetpriority": {"spot": "spot", "regular": "on_demand"},
    "node.kubernetes.io/lifecycle": {"spot": "spot", "normal": "on_demand"},
    "cloud.google.com/reservation-affinity": {"specific": "reserved"},
    "sagemaker.amazonaws.com/capacity-type": {"spot": "spot", "on-demand": "on_demand"},
}
"""How the machines behind a label's values are bought."""
