"""How many accelerators containers ask for together, and which part of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Optional, Union

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.frontends.kubernetes.accelerators import accelerators
from guardrail.frontends.kubernetes.containers import Asked
from guardrail.frontends.kubernetes.nodes import nodes
from guardrail.model.resource import Container
from guardrail.model.value import Reason, Unknown

GPU, NEURON, CORE = "nvidia.com/gpu", "aws.amazon.com/neuron", "aws.amazon.com/neuroncore"
PERCENT, MIB, CORES = "nvidia.com/gpumem-percentage", "nvidia.com/gpumem", "nvidia.com/gpucores"
PRODUCT, GKE, FAMILY = "nvidia.com/gpu.product", "cloud.google.com/gke-accelerator", "karpenter.k8s.aws/instance-family"
TYPE = "node.kubernetes.io/instance-type"
HIDDEN = Unknown(Reason.TEMPLATE)

Amounts = Mapping[str, Any]


def containers(*limits: Amounts) -> list[Asked]:
    return [
        Asked(Container(name=str(index), requests=one, limits=one), f"/containers/{index}", True)
        for index, one in enumerate(limits)
    ]


def told(asked: Sequence[Asked], selector: Mapping[str, str] = {}) -> list[tuple[Any, Optional[str]]]:
    found, _ = accelerators(asked, nodes(dict(selector)))
    assert not isinstance(found, Unknown)
    return [
        ("?" if isinstance(one.count, Unknown) else one.count, None if one.fraction is None else f"{one.fraction:f}")
        for one in found
    ]


@pytest.mark.parametrize(
    ("limits", "found"),
    [
        pytest.param([{GPU: 1}, {GPU: 2}], [(3, None)], id="containers run side by side"),
        pytest.param([{GPU: 1, "nvidia.com/gpu.shared": 1}], [(1, None)], id="one key for whole and shared devices"),
        pytest.param([{GPU: 1, "nvidia.com/gpu.shared": 8}], [(8, None)], id="of two keys for the same the larger"),
        pytest.param([{NEURON: 1, CORE: 2}], [(1, None)], id="a device and its cores"),
        pytest.param([{NEURON: 0, CORE: 32}], [(32, "0.5")], id="none of a device hides no cores"),
        pytest.param([{NEURON: 1, CORE: 32}], [(32, "0.5")], id="more cores than the device has"),
        pytest.param([{NEURON: 1}, {CORE: 2}], [(1, None), (2, "0.5")], id="a device here and cores there"),
        pytest.param([{NEURON: HIDDEN, CORE: 2}], [("?", None)], id="how many devices is not known"),
        pytest.param([{NEURON: 1, CORE: HIDDEN}], [("?", "0.5")], id="how many cores is not known"),
        pytest.param([{GPU: 2, PERCENT: 25}], [(2, "0.25")], id="a quarter of each of two"),
        pytest.param([{GPU: 2, PERCENT: 25, CORES: 50}], [(2, "0.5")], id="the processors are the larger part"),
        pytest.param([{GPU: 2, CORES: 10}], [(2, None)], id="who states no memory gets all of it"),
        pytest.param([{GPU: 2, PERCENT: 100}], [(2, None)], id="all of it is a whole one"),
        pytest.param([{GPU: 2, MIB: 1024}], [(2, None)], id="memory of a device that nobody knows"),
        pytest.param([{GPU: 7}, {GPU: 1, PERCENT: 1}], [(8, None)], id="one of two containers takes whole ones"),
        pytest.param([{GPU: 1, PERCENT: 50}, {GPU: 1, PERCENT: 10}], [(2, "0.5")], id="the larger part counts"),
        pytest.param([{GPU: 1, PERCENT: HIDDEN}], [(1, None)], id="a part that is filled in later"),
        pytest.param([{MIB: 8000}], [(1, None)], id="memory alone is memory of one device"),
        pytest.param([{MIB: 8000, CORES: 30}], [(1, None)], id="memory and processors are of the same device"),
        pytest.param([{MIB: 8000}, {CORES: 30}], [(1, None), (1, None)], id="not those of two containers"),
        pytest.param([{"aliyun.com/gpu-mem": 8}], [(1, None)], id="memory of another scheduler"),
        pytest.param([{"tencent.com/vcuda-core": 30, "tencent.com/vcuda-memory": 8}], [(30, "0.01")], id="hundredths"),
        pytest.param([{"example.com/gpu": 2, "example.com/gpu-memory": 8}], [(2, None)], id="somebody's own"),
        pytest.param([{MIB: 0, GPU: 0}], [], id="nothing of everything"),
    ],
)
def test_devices(limits: Sequence[Amounts], found: list[tuple[Any, Optional[str]]]) -> None:
    assert told(containers(*limits)) == found


@pytest.mark.parametrize(
    ("limits", "selector", "found"),
    [
        pytest.param({GPU: 1, MIB: 8192}, {GKE: "nvidia-tesla-t4"}, (1, "0.5"), id="8 of 16 GiB"),
        pytest.param({GPU: 1}, {PRODUCT: "NVIDIA-A100-SXM4-40GB-MIG-1g.5gb"}, (1, "0.142857142857"), id="MIG, single"),
        pytest.param({GPU: 1}, {"nvidia.com/mig.config": "all-3g.20gb"}, (1, "0.428571428571"), id="MIG, all alike"),
        pytest.param({GPU: 1}, {"nvidia.com/mig.config": "all-balanced"}, (1, None), id="MIG, mixed"),
        pytest.param({GPU: 1}, {PRODUCT: "NVIDIA-A100-SXM4-40GB"}, (1, None), id="no MIG"),
        pytest.param({GPU: 2}, {"nvidia.com/gpu.replicas": "4"}, (2, "0.25"), id="time slices"),
        pytest.param({GPU: 2}, {PRODUCT: "Tesla-T4-SHARED"}, (2, None), id="time slices of an unknown size"),
        pytest.param({CORE: 4}, {FAMILY: "inf1"}, (4, "0.25"), id="Inferentia1 has four cores"),
        pytest.param({CORE: 4}, {FAMILY: "inf2"}, (4, "0.5"), id="Inferentia2 has two"),
        pytest.param({CORE: 4}, {TYPE: "trn2.48xlarge"}, (4, "0.25"), id="Trainium2 has four logical ones"),
    ],
)  # fmt: skip
def test_parts_that_the_node_tells(
    limits: Amounts, selector: Mapping[str, str], found: tuple[Any, Optional[str]]
) -> None:
    assert told(containers(limits), selector) == [found]


AMOUNTS = st.dictionaries(
    st.sampled_from([GPU, "nvidia.com/gpu.shared", NEURON, CORE, PERCENT, MIB, CORES, "example.com/gpu", "cpu"]),
    st.one_of(st.integers(0, 9), st.just(HIDDEN)),
    max_size=4,
)


def _weight(found: list[tuple[Any, Optional[str]]]) -> float:
    return sum(float("inf") if count == "?" else count * float(part or 1) for count, part in found)


@given(st.lists(AMOUNTS, max_size=4), AMOUNTS)
def test_another_container_never_takes_devices_away(limits: list[Amounts], more: Amounts) -> None:
    before = told(containers(*limits))
    assert _weight(told(containers(*limits, more))) >= _weight(before) - 1e-9


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), max_size=6), st.lists(st.integers(0, 5), max_size=4))
def test_devices_are_what_the_kubelet_needs_at_the_worst_moment(
    starts: list[tuple[bool, int]], running: list[int]
) -> None:
    """Containers that start the pod one after the other (sidecars stay), then all others beside the sidecars."""
    worst = there = 0
    asked = []
    for index, (sidecar, amount) in enumerate(starts):
        worst = max(worst, there + amount)
        there += amount if sidecar else 0
        asked.append(Asked(_of(amount), f"/initContainers/{index}", sidecar))
    worst = max(worst, there + sum(running))
    asked += [Asked(_of(amount), f"/containers/{index}", True) for index, amount in enumerate(running)]
    assert [count for count, _ in told(asked)] == ([worst] if worst else [])


def _of(amount: Union[int, Unknown]) -> Container:
    return Container(name="a", requests={GPU: amount}, limits={GPU: amount})
