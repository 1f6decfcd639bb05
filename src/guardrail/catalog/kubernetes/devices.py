"""
Resources of containers that are accelerators, by the names that device plugins give them.

A key says who made the device, sometimes which it is, and whether it is a whole one. Networks, huge pages and virtual
machines' devices are no accelerators. Of the domains of accelerator makers every key counts that is not known to be
something else, and of any domain one that calls itself a GPU or the like: a new plugin must not make devices disappear.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import Final, Optional, Union

from guardrail.catalog.kubernetes.device_keys import BESIDE, KNOWN, MAKERS, SELLERS, Device, share, slice_of
from guardrail.model.pattern import pattern

_NOT_DEVICES: Final = pattern(
    r"nvidia\.com/(?:priority|gpu\.(?:count|memory|product|present|family|deploy).*"
    r"|.*(?:rdma|sriov|hostdev|nic|infiniband|roce|imex|cx[0-9]|bf[0-9]|mlnx|vf).*)\Z"
    r"|gpu\.intel\.com/(?:.*_monitoring|millicores|memory\.max|tiles|numa.*)\Z"
    r"|amd\.com/(?:.*(?:nic|vf|cpu).*)\Z"
    r"|habana\.ai/(?:hugepages|memory).*\Z",
    re.IGNORECASE,
)
_AMD_PARTITION: Final = pattern(r"amd\.com/(spx|dpx|tpx|qpx|cpx)_nps[0-9]\Z")
_AMD_PARTS: Final = {"spx": 1, "dpx": 2, "tpx": 3, "qpx": 4, "cpx": 8}
_OLD_TPU: Final = pattern(r"cloud-tpus\.google\.com/(?:preemptible-)?(v[0-9][a-z]*)\Z")
_IMPLICIT: Final = "deviceclass.resource.kubernetes.io"
"""
The domain under which every class of Dynamic Resource Allocation can be asked for as a resource.

https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/#extended-resource
"""

_CALLED: Final = pattern(
    r"(?:[a-z0-9._-]*[-._])?[vpsq]?(?:gpu|npu|tpu|xpu|dcu|gcu|mlu|hpu|ipu)(?:s|num)?(?P<more>[-._0-9].*|[a-z]+)?\Z"
)
_PART: Final = pattern(r"(.+?)[-._]?v?(?:mem(?:ory)?|cores?)(?:[-._]?(?:percentage|ratio))?", re.IGNORECASE)
"""Memory and processors of the devices that the name before says the number of: `Ascend910B-memory`."""

_AMOUNT: Final = pattern(r"(?:[-._]?v?(?:mem(?:ory)?|cores?))?(?:[-._]?(?:percentage|ratio))?\Z")
_OTHERWISE: Final = pattern(r"[-._](?:monitoring|count|product|present|driver|health|numa|nic|rdma).*")


@lru_cache(maxsize=512)
def device(resource: str) -> Optional[Device]:
    """Return what one unit of a container's resource is, None where that is no accelerator."""
    if resource in KNOWN:
        return KNOWN[resource]
    domain, _, name = resource.rpartition("/")
    if not domain or _NOT_DEVICES.match(resource):
        return None
    vendor = MAKERS.get(domain, SELLERS.get(domain))
    amount = _PART.fullmatch(name) if vendor is not None else None
    if amount is not None:
        whole = f"{amount[1]}-vgpu" if domain == "iluvatar.ai" else amount[1]
        return Device(vendor, instead=BESIDE.get(domain, f"{domain}/{whole}"), memory=True)
    if domain == "nvidia.com" and name.startswith("mig-"):
        return slice_of(name) or Device("nvidia")
    if found := _AMD_PARTITION.match(resource):
        parts = _AMD_PARTS[found[1]]
        return Device("amd", fraction=share(1, parts) if parts > 1 else None)
    if found := _OLD_TPU.match(resource):
        return Device("google", (f"tpu-{found[1]}",))
    if domain == "huawei.com" and name.lower().startswith("ascend"):
        return Device(vendor)
    if domain in MAKERS:  # passthrough devices carry the model in the key (nvidia.com/GA100_A100_PCIE_40GB)
        return Device(vendor, (name.removeprefix("gpu-"),))
    if domain == _IMPLICIT:
        of_class = device_class(name)
        return of_class if isinstance(of_class, Device) else Device(None) if of_class is DeviceClass.UNKNOWN else None
    return _called(domain, name, vendor)


def _called(domain: str, name: str, vendor: Optional[str]) -> Optional[Device]:
    """Return the device that a key of anybody's domain calls itself: `example.com/gpu`, `example.com/gpu-memory`."""
    found = _CALLED.match(name.lower())
    if found is None:
        return None
    more = found["more"] or ""
    if not more or more[0] in "-._0123456789":
        if _OTHERWISE.fullmatch(more):
            return None
        if more and _AMOUNT.fullmatch(more):
            return Device(vendor, instead=f"{domain}/{name[: -len(more)]}", memory=True)
        return Device(vendor, (more[1:],) if more[1:] else ())
    if _AMOUNT.fullmatch(more):
        return Device(vendor, instead=f"{domain}/{name[: -len(more)]}", memory=True)
    return None


class DeviceClass(Enum):
    """What a class of Dynamic Resource Allocation is, where it is no accelerator."""

    OTHER = "other"
    UNKNOWN = "unknown"


_CLASS_VENDORS: Final = (
    (pattern(r"(?:gpu|mig|vfio\.gpu)[a-z0-9.-]*\.nvidia\.com|mig-[0-9a-z-]+\.gpu\.nvidia\.com"), "nvidia"),
    (pattern(r"neuron[a-z0-9.-]*\.(?:aws|amazonaws)\.com"), "aws"),
    (re.compile(r"tpu[a-z0-9.-]*\.google\.com"), "google"),
    (re.compile(r"gpu\.amd\.com"), "amd"),
    (re.compile(r"(?:gpu|gaudi)\.intel\.com"), "intel"),
)
_CLASS_SLICE: Final = pattern(r"mig-([1-7]g)-([0-9]+gb)\.")
_CLASS_OTHER: Final = pattern(r"(?:imex|compute-domain|netdev|rdma|mrdma|nic|sriov|dranet|cpu|memory|net)\b")


@lru_cache(maxsize=256)
def device_class(name: str) -> Union[Device, DeviceClass]:
    """Return what one device of a class is."""
    for known, vendor in _CLASS_VENDORS:
        if known.fullmatch(name):
            sliced = _CLASS_SLICE.match(name)
            part = slice_of(f"{sliced[1]}.{sliced[2]}") if sliced else None
            return part or Device(vendor)
    return DeviceClass.OTHER if _CLASS_OTHER.match(name) else DeviceClass.UNKNOWN


MENTION: Final = re.compile(
    r"(?:nvidia\.com/(?:gpu|mig-|pgpu)|google\.com/tpu|aws\.amazon\.com/neuron|amd\.com/gpu|habana\.ai/"
    r"|gpu\.intel\.com/|cambricon\.com/|huawei\.com/[Aa]scend|k8s\.amazonaws\.com/vgpu|volcano\.sh/v?gpu-number"
    r"|cloud-tpus\.google\.com/|(?:furiosa\.ai|rebellions\.ai|tenstorrent\.com|graphcore\.ai)/"
    r"|vastaitech\.com/|iluvatar\.ai/|metax-tech\.com/|aliyun\.com/gpu|tencent\.com/vcuda|koordinator\.sh/gpu|volcano\.sh/v?gpu|deviceclass\.resource\.kubernetes\.io/"
    r"|[a-z]/(?:[a-z0-9.]+[-._])?[vpsq]?(?:gpu|npu|tpu|xpu|dcu|gcu|mlu|hpu|ipu))"
)
"""What the text of a document holds where an accelerator may be asked for."""
