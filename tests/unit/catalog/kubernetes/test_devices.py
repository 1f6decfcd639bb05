"""Which resources of containers are accelerators, and how much of one."""

from __future__ import annotations

from decimal import Decimal
from typing import Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.catalog.accelerators import accelerator
from guardrail.catalog.kubernetes.device_keys import share
from guardrail.catalog.kubernetes.devices import MENTION, DeviceClass, device, device_class


@pytest.mark.parametrize(
    ("resource", "vendor", "names", "fraction"),
    [
        pytest.param("nvidia.com/gpu", "nvidia", (), None, id="a whole GPU"),
        pytest.param("nvidia.com/mig-1g.5gb", "nvidia", ("a100-40gb",), "0.142857142857", id="a seventh"),
        pytest.param("nvidia.com/mig-4g.24gb", "nvidia", ("a30",), None, id="all four slices are a whole one"),
        pytest.param("nvidia.com/mig-1g.6gb.me", "nvidia", ("a30",), "0.25", id="a quarter, with media"),
        pytest.param("nvidia.com/mig-2g.45gb", "nvidia", (), "0.285714285714", id="a profile of many models"),
        pytest.param("nvidia.com/mig-new", "nvidia", (), None, id="a profile of another form counts whole"),
        pytest.param("nvidia.com/A100", "nvidia", ("A100",), None, id="passthrough names the model"),
        pytest.param("google.com/tpu", "google", (), None, id="a TPU chip"),
        pytest.param(
            "cloud-tpus.google.com/preemptible-v3", "google", ("tpu-v3",), None, id="the retired TPU resource"
        ),
        pytest.param("aws.amazon.com/neuroncore", "aws", (), "0.5", id="half a Neuron device"),
        pytest.param("amd.com/cpx_nps4", "amd", (), "0.125", id="an eighth of an AMD device"),
        pytest.param("rebellions.ai/ATOM", "rebellions", ("ATOM",), None, id="a maker of few devices"),
        pytest.param("habana.ai/gaudi", "intel", ("gaudi",), None, id="Gaudi"),
        pytest.param("huawei.com/Ascend910", "huawei", (), None, id="Ascend"),
        pytest.param("huawei.com/ascend-1980", "huawei", (), None, id="Ascend in a cloud, in lower case"),
        pytest.param("nvidia.com/gpu-a100", "nvidia", ("a100",), None, id="a plugin that renames its devices"),
        pytest.param("example.com/gpu", None, (), None, id="somebody's own plugin"),
        pytest.param("example.com/vgpu", None, (), None, id="somebody's own parts of devices"),
        pytest.param("example.com/fast-npu", None, (), None, id="somebody's own NPU"),
        pytest.param("example.com/gpu-h100", None, ("h100",), None, id="somebody's own plugin that names the model"),
        pytest.param("koordinator.sh/gpu-core", None, (), "0.01", id="hundredths of a device"),
        pytest.param("tencent.com/vcuda-core", "nvidia", (), "0.01", id="hundredths by another scheduler"),
        pytest.param(
            "deviceclass.resource.kubernetes.io/gpu.nvidia.com", "nvidia", (), None, id="a class as a resource"
        ),
        pytest.param("deviceclass.resource.kubernetes.io/fast", None, (), None, id="a class that nobody knows"),
    ],
)
def test_device(resource: str, vendor: Optional[str], names: tuple[str, ...], fraction: Optional[str]) -> None:
    found = device(resource)
    assert found is not None
    assert (found.vendor, found.names) == (vendor, names)
    assert found.fraction == (None if fraction is None else Decimal(fraction))


@pytest.mark.parametrize(
    "resource",
    [
        "cpu", "memory", "ephemeral-storage", "hugepages-2Mi", "vpc.amazonaws.com/efa", "rdma/ib",
        "nvidia.com/hostdev", "example.com/gpu-driver-version", "example.com/gpu_monitoring", "example.com/gputools",
        "deviceclass.resource.kubernetes.io/rdma.example.com",
        "nvidia.com/rdma_shared_device_a", "gpu.intel.com/xe_monitoring",
        "gpu.intel.com/millicores", "amd.com/nic", "devices.kubevirt.io/kvm", "example.com/foo", "", "/",
    ],
)  # fmt: skip
def test_what_is_no_accelerator(resource: str) -> None:
    assert device(resource) is None


@pytest.mark.parametrize(
    ("resource", "instead"),
    [
        ("nvidia.com/gpumem", "nvidia.com/gpu"),
        ("nvidia.com/gpumem-percentage", "nvidia.com/gpu"),
        ("nvidia.com/gpucores", "nvidia.com/gpu"),
        ("aliyun.com/gpu-mem", "aliyun.com/gpu-count"),
        ("huawei.com/Ascend910B-memory", "huawei.com/Ascend910B"),
        ("kunlunxin.com/vxpu-memory", "kunlunxin.com/vxpu"),
        ("metax-tech.com/vcore", "metax-tech.com/sgpu"),
        ("iluvatar.ai/BI-V100.vCore", "iluvatar.ai/BI-V100-vgpu"),
        ("cambricon.com/mlu370.smlu.vmemory", "cambricon.com/vmlu"),
        ("example.com/gpumem", "example.com/gpu"),
        ("example.com/gpu-memory", "example.com/gpu"),
        ("example.com/vgpu-cores", "example.com/vgpu"),
        ("example.com/gpu_mem-percentage", "example.com/gpu"),
    ],
)
def test_memory_and_cores_of_a_device_are_one_device(resource: str, instead: str) -> None:
    found = device(resource)
    assert found is not None
    assert (found.memory, found.instead) == (True, instead)


@pytest.mark.parametrize("slices", range(1, 8))
def test_parts_of_a_device_never_make_more_than_it(slices: int) -> None:
    assert share(1, slices) * slices <= 1


@pytest.mark.parametrize(
    "resource", ["nvidia.com/mig-1g.10gb", "nvidia.com/mig-1g.6gb", "habana.ai/gaudi", "qualcomm.com/qaic"]
)
def test_models_of_keys_are_in_the_table(resource: str) -> None:
    found = device(resource)
    assert found is not None
    assert all(accelerator(name) is not None for name in found.names)


@pytest.mark.parametrize(
    ("name", "vendor"),
    [
        ("gpu.nvidia.com", "nvidia"),
        ("mig.nvidia.com", "nvidia"),
        ("mig-1g-10gb.gpu.nvidia.com", "nvidia"),
        ("vfio.gpu.nvidia.com", "nvidia"),
        ("neuron.aws.com", "aws"),
        ("tpu.google.com", "google"),
    ],
)
def test_classes_of_accelerators(name: str, vendor: str) -> None:
    found = device_class(name)
    assert not isinstance(found, DeviceClass)
    assert found.vendor == vendor


@pytest.mark.parametrize("name", ["imex.nvidia.com", "compute-domain-default-channel.nvidia.com", "rdma.example.com"])
def test_classes_of_something_else(name: str) -> None:
    assert device_class(name) is DeviceClass.OTHER


def test_classes_that_nobody_knows() -> None:
    assert device_class("gold.example.com") is DeviceClass.UNKNOWN


@given(st.text("nvidia.com/mig-1g0gb", max_size=30))
def test_any_name_is_told(resource: str) -> None:
    device(resource)
    device_class(resource)


@pytest.mark.parametrize("resource", ["nvidia.com/gpu", "google.com/tpu", "aws.amazon.com/neuroncore", "amd.com/gpu"])
def test_mention_finds_what_counts(resource: str) -> None:
    assert MENTION.search(f"limits: {{{resource}: 1}}")
