"""
The resources of containers that are accelerators, one by one, and the domains of those who make some.

Names are those that device plugins and schedulers give them.
"""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from typing import Final, Optional

from guardrail.model.dataclass import dataclass
from guardrail.model.pattern import pattern

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


_MIG: Final = pattern(r"(?:mig-)?(([1-7])g\.[0-9]{1,3}gb)(?:[.+-][a-z.]+)?\Z")
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

KNOWN: Final[dict[str, Device]] = {
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
    "hygon.com/dcucores": Device("hygon", instead="hygon.com/dcunum", memory=True),
    "huawei.com/npu": Device("huawei"),
    "enflame.com/gcu": Device("enflame"),
    "enflame.com/vgcu": Device("enflame", instead="enflame.com/gcu"),
    "enflame.com/vgcu-percentage": Device("enflame", instead="enflame.com/vgcu", memory=True),
    "metax-tech.com/vcore": Device("metax", instead="metax-tech.com/sgpu", memory=True),
    "metax-tech.com/vmemory": Device("metax", instead="metax-tech.com/sgpu", memory=True),
    "mthreads.com/sgpu-core": Device("mthreads", instead="mthreads.com/vgpu", memory=True),
    "mthreads.com/sgpu-memory": Device("mthreads", instead="mthreads.com/vgpu", memory=True),
    "alpha.kubernetes.io/nvidia-gpu": Device("nvidia"),
    "baidu.com/xpu": Device("baidu"),
    "kunlunxin.com/xpu": Device("baidu"),
    "iluvatar.ai/gpu": Device("iluvatar"),
    "metax-tech.com/gpu": Device("metax"),
    "mthreads.com/vgpu": Device("mthreads"),
    "qualcomm.com/qaic": Device("qualcomm", ("qualcomm-ai100",)),
}

MAKERS: Final = {
    "nvidia.com": "nvidia",
    "amd.com": "amd",
    "habana.ai": "intel",
    "gpu.intel.com": "intel",
    "cambricon.com": "cambricon",
    "vastaitech.com": "vastai",
    "furiosa.ai": "furiosa",
    "rebellions.ai": "rebellions",
    "tenstorrent.com": "tenstorrent",
    "graphcore.ai": "graphcore",
}
"""Who makes accelerators and nothing else, by domain: whatever resource is of theirs is one."""

SELLERS: Final = {
    "huawei.com": "huawei",
    "hygon.com": "hygon",
    "enflame.com": "enflame",
    "iluvatar.ai": "iluvatar",
    "kunlunxin.com": "baidu",
    "metax-tech.com": "metax",
    "mthreads.com": "mthreads",
    "birentech.com": "biren",
}
"""Whose resources are accelerators where they call themselves so."""

BESIDE: Final = {"cambricon.com": "cambricon.com/vmlu"}
"""The key that says how many devices memory and processors of a domain are of, where their own does not tell."""
