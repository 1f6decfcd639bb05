"""
Resources of containers that are accelerators, by the names that device plugins give them.

A key says who made the device, sometimes which it is, and whether it is a whole one. Networks, huge pages and virtual
machines' devices are no accelerators. Of the domains of accelerator makers every key counts that is not known to be
something else, and of any domain one that calls itself a GPU or the like: a new plugin must not make devices disappear.
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
    `fraction` is the part of a whole device, None for a whole one; of a model in `parts` it is that one. `instead` is
    a key that says the same in other units: of a container with both the larger counts. With `memory` the amount is
    one of memory: whatever it is, it lies on one device, and beside an `instead` it says nothing of its own.
    """

    vendor: Optional[str]
    names: tuple[str, ...] = ()
    fraction: Optional[Decimal] = None
    instead: str = ""
    memory: bool = False
    parts: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Shares:
    """
    Resources of one container that say which part it gets of each device that it asks for by another key.

    `percent` and `memory` (MiB) are of the memory of a device, `cores` of its processors in percent; whoever states
    no memory gets all of it. https://project-hami.io/docs/userguide/configure
    """

    percent: str
    memory: str
    cores: str


SHARES: Final = {
    "nvidia.com/gpu": Shares("nvidia.com/gpumem-percentage", "nvidia.com/gpumem", "nvidia.com/gpucores"),
    "volcano.sh/vgpu-number": Shares(
        "volcano.sh/vgpu-memory-percentage", "volcano.sh/vgpu-memory", "volcano.sh/vgpu-cores"
    ),
}


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
_FOUR_CORES: Final = Decimal("0.25")
_CORES: Final = (("inferentia1", _FOUR_CORES), ("trainium2", _FOUR_CORES))
"""
Of a device, by core: Inferentia2 and Trainium1 have two, so that of an unknown device one is half at most. Trainium2
has eight, of which two are one to a pod unless its node is set up otherwise.
https://awsdocs-neuron.readthedocs-hosted.com/en/latest/about-neuron/arch/neuron-features/logical-neuroncore-config.html
"""

_PERCENT: Final = Decimal("0.01")

_KNOWN: Final[dict[str, Device]] = {
    "nvidia.com/gpu": Device("nvidia"),
    "nvidia.com/gpu.shared": Device("nvidia", instead="nvidia.com/gpu"),
    "nvidia.com/pgpu": Device("nvidia"),
    "google.com/tpu": Device("google"),
    _NEURON: Device("aws"),
    "aws.amazon.com/neurondevice": Device("aws", instead=_NEURON),
    "aws.amazon.com/neuroncore": Device("aws", fraction=_TWO_CORES, instead=_NEURON, parts=_CORES),
    "amd.com/gpu": Device("amd"),
    "habana.ai/gaudi": Device("intel", ("gaudi",)),
    "habana.ai/goya": Device("intel"),
    "gpu.intel.com/i915": Device("intel"),
    "gpu.intel.com/xe": Device("intel"),
    "cambricon.com/mlu": Device("cambricon"),
    "k8s.amazonaws.com/vgpu": Device("nvidia"),
    "volcano.sh/gpu-number": Device("nvidia", instead="nvidia.com/gpu"),
    "volcano.sh/vgpu-number": Device("nvidia", instead="nvidia.com/gpu"),
    "nvidia.com/gpumem": Device("nvidia", instead="nvidia.com/gpu", memory=True),
    "nvidia.com/gpumem-percentage": Device("nvidia", instead="nvidia.com/gpu", memory=True),
    "nvidia.com/gpucores": Device("nvidia", instead="nvidia.com/gpu", memory=True),
    "volcano.sh/gpu-memory": Device("nvidia", instead="volcano.sh/gpu-number", memory=True),
    "volcano.sh/vgpu-memory": Device("nvidia", instead="volcano.sh/vgpu-number", memory=True),
    "volcano.sh/vgpu-cores": Device("nvidia", instead="volcano.sh/vgpu-number", memory=True),
    "aliyun.com/gpu": Device(None),
    "aliyun.com/gpu-count": Device("nvidia"),
    "aliyun.com/gpu-mem": Device("nvidia", instead="aliyun.com/gpu-count", memory=True),
    "aliyun.com/gpu-core.percentage": Device("nvidia", fraction=_PERCENT, instead="nvidia.com/gpu"),
    "tencent.com/vcuda-core": Device("nvidia", fraction=_PERCENT),
    "tencent.com/vcuda-memory": Device("nvidia", instead="tencent.com/vcuda-core", memory=True),
    "koordinator.sh/gpu": Device(None, fraction=_PERCENT),
    "koordinator.sh/gpu-core": Device(None, fraction=_PERCENT, instead="nvidia.com/gpu"),
    "koordinator.sh/gpu-memory": Device(None, instead="koordinator.sh/gpu-core", memory=True),
    "koordinator.sh/gpu-memory-ratio": Device(None, fraction=_PERCENT, instead="koordinator.sh/gpu-core"),
    "hygon.com/dcu": Device("hygon"),
    "hygon.com/dcunum": Device("hygon", instead="hygon.com/dcu"),
    "hygon.com/dcumem": Device("hygon", instead="hygon.com/dcunum", memory=True),
    "huawei.com/npu": Device("huawei"),
    "enflame.com/gcu": Device("enflame"),
    "enflame.com/vgcu": Device("enflame", instead="enflame.com/gcu"),
    "alpha.kubernetes.io/nvidia-gpu": Device("nvidia"),
    "baidu.com/xpu": Device("baidu"),
    "kunlunxin.com/xpu": Device("baidu"),
    "iluvatar.ai/gpu": Device("iluvatar"),
    "metax-tech.com/gpu": Device("metax"),
    "mthreads.com/vgpu": Device("mthreads"),
    "qualcomm.com/qaic": Device("qualcomm", ("qualcomm-ai100",)),
}

_NOT_DEVICES: Final = re.compile(
    r"nvidia\.com/(?:priority|gpu\.(?:count|memory|product|present|family|deploy).*"
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
_IMPLICIT: Final = "deviceclass.resource.kubernetes.io"
"""
The domain under which every class of Dynamic Resource Allocation can be asked for as a resource.

https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/#extended-resource
"""

_CALLED: Final = re.compile(
    r"(?:[a-z0-9._-]*[-._])?[vpsq]?(?:gpu|npu|tpu|xpu|dcu|gcu|mlu|hpu|ipu)(?:s|num)?(?P<more>[-._0-9].*|[a-z]+)?\Z"
)
_AMOUNT: Final = re.compile(r"(?:[-._]?v?(?:mem(?:ory)?|cores?))?(?:[-._]?(?:percentage|ratio))?\Z")
_OTHERWISE: Final = re.compile(r"[-._](?:monitoring|count|product|present|driver|health|numa|nic|rdma).*")


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
        return Device(_VENDORS[domain], (name.removeprefix("gpu-"),))
    if domain == _IMPLICIT:
        of_class = device_class(name)
        return of_class if isinstance(of_class, Device) else Device(None) if of_class is DeviceClass.UNKNOWN else None
    return _called(domain, name)


def _called(domain: str, name: str) -> Optional[Device]:
    """Return the device that a key of anybody's domain calls itself: `example.com/gpu`, `example.com/gpu-memory`."""
    found = _CALLED.match(name.lower())
    if found is None:
        return None
    more = found["more"] or ""
    if not more or more[0] in "-._0123456789":
        if _OTHERWISE.fullmatch(more):
            return None
        if more and _AMOUNT.fullmatch(more):
            return Device(None, instead=f"{domain}/{name[: -len(more)]}", memory=True)
        return Device(None, (more[1:],) if more[1:] else ())
    if _AMOUNT.fullmatch(more):
        return Device(None, instead=f"{domain}/{name[: -len(more)]}", memory=True)
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
    r"|cloud-tpus\.google\.com/|(?:furiosa\.ai|rebellions\.ai|tenstorrent\.com|graphcore\.ai)/"
    r"|aliyun\.com/gpu|tencent\.com/vcuda|koordinator\.sh/gpu|volcano\.sh/v?gpu|deviceclass\.resource\.kubernetes\.io/"
    r"|[a-z]/(?:[a-z0-9.]+[-._])?[vpsq]?(?:gpu|npu|tpu|xpu|dcu|gcu|mlu|hpu|ipu))"
)
"""What the text of a document holds where an accelerator may be asked for."""
