"""
The labels that a provisioner of nodes gives a machine of some type, as far as its name and size tell them.

Requirements of pools and selectors of pods choose machines by these. A label that the table cannot tell for a machine
(its bandwidth, its local disks) is `Unknown`; one that a machine does not have is not there.
https://karpenter.sh/docs/concepts/scheduling/#labels
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal
from functools import cache
from typing import Final, Optional, Union

from guardrail.catalog.accelerators import Accelerators
from guardrail.catalog.machines import accelerators_of, machine
from guardrail.model.pattern import pattern
from guardrail.model.resource import Accelerator
from guardrail.model.value import Reason, Unknown

Label = Union[str, Unknown]

TYPE: Final = "type"
FAMILY: Final = "family"
CATEGORY: Final = "category"
GENERATION: Final = "generation"
SIZE: Final = "size"
CPU: Final = "cpu"
MEMORY: Final = "memory"
GPU_NAME: Final = "gpu-name"
GPU_COUNT: Final = "gpu-count"
GPU_MAKER: Final = "gpu-manufacturer"
OTHER_NAME: Final = "accelerator-name"
OTHER_COUNT: Final = "accelerator-count"
OTHER_MAKER: Final = "accelerator-manufacturer"
ARCHITECTURE: Final = "arch"
HYPERVISOR: Final = "hypervisor"

_DOMAINS: Final[Mapping[str, str]] = {
    "karpenter.k8s.aws/instance-": "aws",
    "eks.amazonaws.com/instance-": "aws",
    "karpenter.azure.com/sku-": "azure",
    "karpenter.k8s.gcp/instance-": "gcp",
}
"""How keys of labels that are about the machine begin, and whose they are."""

_COMMON: Final[Mapping[str, str]] = {
    "node.kubernetes.io/instance-type": TYPE,
    "beta.kubernetes.io/instance-type": TYPE,
    "kubernetes.io/arch": ARCHITECTURE,
    "beta.kubernetes.io/arch": ARCHITECTURE,
    "cloud.google.com/machine-family": FAMILY,
    "cloud.google.com/gke-accelerator": GPU_NAME,
    "cloud.google.com/gke-accelerator-count": GPU_COUNT,
    "cloud.google.com/gke-tpu-accelerator": OTHER_NAME,
    "nvidia.com/gpu.product": GPU_NAME,
    "nvidia.com/gpu.count": GPU_COUNT,
}
_AZURE: Final[Mapping[str, str]] = {"name": TYPE, "version": GENERATION}

_EC2: Final = re.compile(r"(?P<category>[a-z]+)(?:-[0-9]+tb)?(?P<generation>[0-9]+)[^.]*\.(?P<size>.+)")
"""https://github.com/aws/karpenter-provider-aws, pkg/providers/instancetype: how a type's name is taken apart."""

_AZURE_SIZE: Final = pattern(r"Standard_(?P<family>[A-Z])[A-Za-z]*[0-9].*?(?:_v(?P<version>[0-9]+))?")

_ARM_FAMILIES: Final = re.compile(r"a1|[a-z]+[0-9]+g[a-z]*|x2gd|p6e-gb[0-9]+")
"""Families of EC2 with Graviton or Grace: a `g` follows the generation, but for a1."""

_ARM_GOOGLE: Final = ("t2a-", "c4a-", "n4a-", "a4x-")
_ARM_AZURE: Final = pattern(r"Standard_[A-Z]+[0-9]+(?:-[0-9]+)?[a-z]*p[a-z]*_.*|Standard_ND128is.*GB[23]00.*")

_XEN: Final = frozenset(
    [
        "c1",
        "c3",
        "c4",
        "d2",
        "f1",
        "g2",
        "g3",
        "g3s",
        "h1",
        "i2",
        "i3",
        "m1",
        "m2",
        "m3",
        "m4",
        "p2",
        "p3",
        "r3",
        "r4",
        "t1",
        "t2",
        "x1",
        "x1e",
    ]
)
"""https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-nitro-instances.html lists the others."""

DIGITS: Final = 19
"""Digits of the largest number that a label can be compared with."""

_GPU_MAKERS: Final = frozenset({"nvidia", "amd", "intel"})
"""Whose devices a provider lists as GPUs; chips of Amazon and Qualcomm are `accelerators`. Gaudi is a GPU to EC2."""

_MAKER: Final[Mapping[str, str]] = {"intel": "habana"}


def meaning(key: str) -> Optional[str]:
    """Return what the key of a label says of the machine, None where it is about something else."""
    if key in _COMMON:
        return _COMMON[key]
    for begin, cloud in _DOMAINS.items():
        if key.startswith(begin):
            word = key[len(begin) :]
            return _AZURE.get(word, word) if cloud == "azure" else word
    return None


def cloud_of(key: str) -> Optional[str]:
    """Return the cloud that only its own nodes carry a label for, None for labels of everybody."""
    return next((cloud for begin, cloud in _DOMAINS.items() if key.startswith(begin)), None)


@cache
def labels_of(provider: str, machine_type: str) -> Mapping[str, Label]:
    """Return what is known of a machine type, by what labels mean. A type in no row has only what its name says."""
    found: dict[str, Label] = {TYPE: machine_type, **_named(provider, machine_type)}
    known = machine(provider, machine_type)
    doubt = Unknown(Reason.REFUSED, note=f"{machine_type[:60]} is not in the table of machines")
    found[CPU] = str(known.vcpu) if known is not None else doubt
    found[MEMORY] = str(int(known.memory_gib * 1024)) if known is not None else doubt
    return {**found, **_devices(accelerators_of(provider, machine_type))}


def _named(provider: str, name: str) -> Mapping[str, Label]:
    if provider == "aws":
        match = _EC2.fullmatch(name)
        if match is None:
            return {}
        family = name.partition(".")[0]
        arm = _ARM_FAMILIES.fullmatch(family) is not None
        metal = match["size"].startswith("metal")
        told = {
            CATEGORY: match["category"],
            FAMILY: family,
            GENERATION: match["generation"],
            SIZE: match["size"],
            ARCHITECTURE: "arm64" if arm else "amd64",
        }
        return {**told, HYPERVISOR: "" if metal else "xen" if family in _XEN else "nitro"}
    if provider == "azure":
        match = _AZURE_SIZE.fullmatch(name)
        arm = _ARM_AZURE.fullmatch(name) is not None
        told = {ARCHITECTURE: "arm64" if arm else "amd64"}
        if match is not None:
            told |= {FAMILY: match["family"], GENERATION: match["version"] or "1"}
        return told
    family, _, size = name.partition("-")
    return {FAMILY: family, SIZE: size, ARCHITECTURE: "arm64" if name.startswith(_ARM_GOOGLE) else "amd64"}


def _devices(inside: Accelerators) -> Mapping[str, Label]:
    if isinstance(inside, Unknown):
        return dict.fromkeys((GPU_NAME, GPU_COUNT, GPU_MAKER, OTHER_NAME, OTHER_COUNT, OTHER_MAKER), inside)
    found: dict[str, Label] = {}
    for one in inside:
        gpu = one.vendor in _GPU_MAKERS
        name, count, maker = (GPU_NAME, GPU_COUNT, GPU_MAKER) if gpu else (OTHER_NAME, OTHER_COUNT, OTHER_MAKER)
        if isinstance(one.model, str) and isinstance(one.vendor, str):
            found[name], found[maker] = one.model, _MAKER.get(one.vendor, one.vendor)
            found[count] = str(devices(one))
    return found


def devices(one: Accelerator) -> int:
    """Return how many devices a node advertises: a part of one is one."""
    count = one.count if isinstance(one.count, int) else 0
    return int((Decimal(count) * (one.fraction or 1)).to_integral_value(ROUND_CEILING))
