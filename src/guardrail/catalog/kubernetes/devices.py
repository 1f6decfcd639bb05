"""
Resources of containers that are accelerators, by the names that device plugins give them.

A key says who made the device, sometimes which it is, and whether it is a whole one. What is not listed is no
accelerator: networks, huge pages, virtual machines' devices. Of the domains of accelerator makers, though, every key
counts that is not known to be something else: a new plugin must not make devices disappear.
"""

from __future__ import annotations

import re
from decimal import ROUND_DOWN, Decimal
from enum import Enum
from functools import lru_cache
from typing import Final, Optional, Union

from guardrail.model.dataclass import dataclass

_DIGITS: Final = Decimal(10) ** -12
"""Fractions are rounded down here: seven sevenths must not become more than one device."""


@dataclass(frozen=True, slots=True)
class Device:
    """
    What one unit of a resource is.

    `names` are the models that it can be, as `catalog.accelerators` knows them; none where the node tells.
    `fraction` is the part of a whole device, None for a whole one. `instead` is a key that says the same of whole
    devices: where both stand, only that one counts.
    """

    vendor: Optional[str]
    names: tuple[str, ...] = ()
    fraction: Optional[Decimal] = None
    instead: str = ""


def share(part: int, of: int) -> Decimal:
    """Return a part of a whole device as a decimal, rounded down."""
    return (Decimal(part) / Decimal(of)).quantize(_DIGITS, rounding=ROUND_DOWN).normalize()


_MIG: Final = re.compile(r"(?:mig-)?(([1-7])g\.[0-9]{1,3}gb)(?:[.+-][a-z.]+)?\Z")
_SLICES: Final = 7
_FOUR_SLICES: Final = frozenset({"1g.6gb", "2g.12gb", "4g.24gb", "1g.24gb", "2g.48gb", "4g.96gb"})
"""Profiles of devices that are cut into four slices (A30, RTX PRO 6000); all others have seven."""

_PROFILES: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("1g.5gb", "2g.10gb", "3g.20gb", "4g.20gb", "7g.40gb"), ("a100-40gb",)),
    "1g.10gb": ("a100-40gb", "a100-80gb", "h100-80gb"),
    **dict.fromkeys(("1g.20gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb"), ("a100-80gb", "h100-80gb")),
    **dict.fromkeys(("1g.6gb", "2g.12gb", "4g.24gb"), ("a30",)),
}
"""The models that have a profile, where all of them are known."""


def slice_of(profile: str) -> Optional[Device]:
    """Return what a MIG profile is (`1g.10gb`, `mig-3g.40gb`, `1g.10gb.me`), None for what is none."""
    found = _MIG.match(profile)
    if found is None:
        return None
    of = 4 if found[1] in _FOUR_SLICES else _SLICES
    part = int(found[2])
    return Device("nvidia", _PROFILES.get(found[1], ()), share(part, of) if part < of else None)


_NEURON: Final = "aws.amazon.com/neuron"
_TWO_CORES: Final = Decimal("0.5")
"""Of a device, by core: Inferentia2 and Trainium1 have two, others more; fewer devices than this it never is."""

_KNOWN: Final[dict[str, Device]] = {
    "nvidia.com/gpu": Device("nvidia"),
    "nvidia.com/gpu.shared": Device("nvidia", instead="nvidia.com/gpu"),
    "nvidia.com/pgpu": Device("nvidia"),
    "google.com/tpu": Device("google"),
    _NEURON: Device("aws"),
    "aws.amazon.com/neurondevice": Device("aws", instead=_NEURON),
    "aws.amazon.com/neuroncore": Device("aws", fraction=_TWO_CORES, instead=_NEURON),
    "amd.com/gpu": Device("amd"),
    "habana.ai/gaudi": Device("intel", ("gaudi",)),
    "habana.ai/goya": Device("intel"),
    "gpu.intel.com/i915": Device("intel"),
    "gpu.intel.com/xe": Device("intel"),
    "cambricon.com/mlu": Device("cambricon"),
    "k8s.amazonaws.com/vgpu": Device("nvidia"),
    "volcano.sh/gpu-number": Device("nvidia", instead="nvidia.com/gpu"),
    "volcano.sh/vgpu-number": Device("nvidia", instead="nvidia.com/gpu"),
    "aliyun.com/gpu": Device(None),
    "alpha.kubernetes.io/nvidia-gpu": Device("nvidia"),
    "baidu.com/xpu": Device("baidu"),
    "kunlunxin.com/xpu": Device("baidu"),
    "iluvatar.ai/gpu": Device("iluvatar"),
    "metax-tech.com/gpu": Device("metax"),
    "mthreads.com/vgpu": Device("mthreads"),
    "qualcomm.com/qaic": Device("qualcomm", ("qualcomm-ai100",)),
}

_NOT_DEVICES: Final = re.compile(
    r"nvidia\.com/(?:gpucores|gpumem(?:-percentage)?|priority|gpu\.(?:count|memory|product|present|family|deploy).*"
    r"|.*(?:rdma|sriov|hostdev|nic|infiniband|roce|imex|cx[0-9]|bf[0-9]|mlnx|vf).*)\Z"
    r"|gpu\.intel\.com/(?:.*_monitoring|millicores|memory\.max|tiles|numa.*)\Z"
    r"|amd\.com/(?:.*(?:nic|vf|cpu).*)\Z"
    r"|habana\.ai/(?:hugepages|memory).*\Z",
    re.IGNORECASE,
)
_AMD_PARTITION: Final = re.compile(r"amd\.com/(spx|dpx|tpx|qpx|cpx)_nps[0-9]\Z")
_AMD_PARTS: Final = {"spx": 1, "dpx": 2, "tpx": 3, "qpx": 4, "cpx": 8}
_OLD_TPU: Final = re.compile(r"cloud-tpus\.google\.com/(?:preemptible-)?(v[0-9][a-z]*)\Z")
_VENDORS: Final = {
    "nvidia.com": "nvidia",
    "amd.com": "amd",
    "habana.ai": "intel",
    "gpu.intel.com": "intel",
    **{
        domain: domain.partition(".")[0]
        for domain in ("furiosa.ai", "rebellions.ai", "tenstorrent.com", "graphcore.ai")
    },
}


@lru_cache(maxsize=512)
def device(resource: str) -> Optional[Device]:
    """Return what one unit of a container's resource is, None where that is no accelerator."""
    if resource in _KNOWN:
        return _KNOWN[resource]
    domain, _, name = resource.rpartition("/")
    if not domain or _NOT_DEVICES.match(resource):
        return None
    if domain == "nvidia.com" and name.startswith("mig-"):
        return slice_of(name) or Device("nvidia")
    if found := _AMD_PARTITION.match(resource):
        parts = _AMD_PARTS[found[1]]
        return Device("amd", fraction=share(1, parts) if parts > 1 else None)
    if found := _OLD_TPU.match(resource):
        return Device("google", (f"tpu-{found[1]}",))
    if domain == "huawei.com" and name.startswith("Ascend"):
        return Device("huawei")
    if domain in _VENDORS:  # passthrough devices carry the model in the key (nvidia.com/GA100_A100_PCIE_40GB)
        return Device(_VENDORS[domain], (name,))
    return None


class DeviceClass(Enum):
    """What a class of Dynamic Resource Allocation is, where it is no accelerator."""

    OTHER = "other"
    UNKNOWN = "unknown"


_CLASS_VENDORS: Final = (
    (re.compile(r"(?:gpu|mig|vfio\.gpu)[a-z0-9.-]*\.nvidia\.com|mig-[0-9a-z-]+\.gpu\.nvidia\.com"), "nvidia"),
    (re.compile(r"neuron[a-z0-9.-]*\.(?:aws|amazonaws)\.com"), "aws"),
    (re.compile(r"tpu[a-z0-9.-]*\.google\.com"), "google"),
    (re.compile(r"gpu\.amd\.com"), "amd"),
    (re.compile(r"(?:gpu|gaudi)\.intel\.com"), "intel"),
)
_CLASS_SLICE: Final = re.compile(r"mig-([1-7]g)-([0-9]+gb)\.")
_CLASS_OTHER: Final = re.compile(r"(?:imex|compute-domain|netdev|rdma|mrdma|nic|sriov|dranet|cpu|memory|net)\b")


@lru_cache(maxsize=256)
def device_class(name: str) -> Union[Device, DeviceClass]:
    """Return what one device of a class is."""
    for pattern, vendor in _CLASS_VENDORS:
        if pattern.fullmatch(name):
            sliced = _CLASS_SLICE.match(name)
            part = slice_of(f"{sliced[1]}.{sliced[2]}") if sliced else None
            return part or Device(vendor)
    return DeviceClass.OTHER if _CLASS_OTHER.match(name) else DeviceClass.UNKNOWN


MENTION: Final = re.compile(
    r"(?:nvidia\.com/(?:gpu|mig-|pgpu)|google\.com/tpu|aws\.amazon\.com/neuron|amd\.com/gpu|habana\.ai/"
    r"|gpu\.intel\.com/|cambricon\.com/|huawei\.com/Ascend|k8s\.amazonaws\.com/vgpu|volcano\.sh/v?gpu-number"
    r"|cloud-tpus\.google\.com/|(?:furiosa\.ai|rebellions\.ai|tenstorrent\.com|graphcore\.ai)/)"
)
"""What the text of a document holds where an accelerator may be asked for."""
