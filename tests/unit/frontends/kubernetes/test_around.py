"""What other objects of a unit say about pods: limit ranges, classes of priority, runtimes and devices."""

from __future__ import annotations

from typing import Any

import pytest

from guardrail.frontends.kubernetes.read import read
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.unit import Unit
from guardrail.model.resource import Group
from guardrail.model.value import Reason, Unknown
from guardrail.sources.listed import MemoryTree

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: ml}\nspec:\n"
PLAIN = "  containers: [{name: a, image: a}]\n"


def _read(*documents: str) -> Parsed:
    unit = Unit(name="k8s", format="kubernetes", directory="k8s", files=("a.yaml",))
    return read(MemoryTree({"a.yaml": "---\n".join(documents).encode()}), unit)


def _pod(*documents: str) -> Group:
    (pod,) = (one for one in _read(*documents).resources if one.type == "core/Pod")
    assert not isinstance(pod.groups, Unknown)
    return pod.groups["main"]


def _limits(name: str, item: str) -> str:
    return f"apiVersion: v1\nkind: LimitRange\nmetadata: {{name: {name}, namespace: ml}}\nspec: {{limits: [{item}]}}\n"


@pytest.mark.parametrize(
    ("ranges", "devices"),
    [
        pytest.param(["{type: Container, default: {nvidia.com/gpu: 2}}"], 2, id="a default"),
        pytest.param(["{type: Container, max: {nvidia.com/gpu: 3}}"], 3, id="the largest is the default too"),
        pytest.param(["{type: Container, min: {nvidia.com/gpu: 1}}"], 1, id="the least is requested"),
        pytest.param(["{type: Container, maxLimitRequestRatio: {nvidia.com/gpu: 1}}"], 0, id="a ratio is no amount"),
        pytest.param(["{type: Pod, max: {nvidia.com/gpu: 8}, min: {nvidia.com/gpu: 4}}"], 0, id="bounds of whole pods"),
        pytest.param(["{type: PersistentVolumeClaim, max: {storage: 1Gi}}"], 0, id="bounds of claims"),
        pytest.param(
            ["{type: Pod, max: {nvidia.com/gpu: 8}}, {type: Container, default: {nvidia.com/gpu: 1}}"], 1, id="both"
        ),
        pytest.param(
            ["{type: Container, default: {nvidia.com/gpu: 2}, max: {nvidia.com/gpu: 4}}"], 2, id="a default and a bound"
        ),
        pytest.param(["{type: Container, default: {nvidia.com/gpu: 2}}"] * 2, 2, id="two that say the same"),
        pytest.param(
            ["{type: Container, default: {nvidia.com/gpu: 1}}", "{type: Container, default: {nvidia.com/gpu: 8}}"],
            Reason.ENVIRONMENT,
            id="two that do not",
        ),
        pytest.param(["{type: Container, default: {nvidia.com/gpu: $N}}"], Reason.TEMPLATE, id="filled in later"),
    ],
)  # fmt: skip
def test_defaults_of_limit_ranges(ranges: list[str], devices: Any) -> None:
    found = _pod(*(_limits(str(index), one) for index, one in enumerate(ranges)), POD + PLAIN).accelerators
    assert not isinstance(found, Unknown)
    counts = [one.count.reason if isinstance(one.count, Unknown) else one.count for one in found]
    assert counts == ([devices] if devices else [])


PRIORITY = (
    "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: usual}\nvalue: 5\nglobalDefault: true\n"
)


@pytest.mark.parametrize(
    ("stated", "priority"),
    [
        pytest.param("", "usual", id="the default"),
        pytest.param("  priorityClassName: high\n", "high", id="one that is named"),
        pytest.param("  priority: 7\n", 7, id="a number"),
    ],
)
def test_priority(stated: str, priority: Any) -> None:
    assert _pod(PRIORITY, POD + stated + PLAIN).priority == priority


def test_two_defaults_of_priority_are_none() -> None:
    assert _pod(PRIORITY, PRIORITY.replace("usual", "other"), POD + PLAIN).priority is None


TERM = (
    "  affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: "
    "[{matchFields: [{key: metadata.name, operator: In, values: [n7]}]}]}}}\n"
)


@pytest.mark.parametrize("stated", ["  nodeName: n7\n", TERM])
def test_a_node_that_is_named(stated: str) -> None:
    assert _pod(POD + stated + PLAIN).node_selector == {"kubernetes.io/hostname": "n7"}


@pytest.mark.parametrize(
    ("stated", "requests"),
    [
        pytest.param("resources: {requests: {cpu: 4}}", {"cpu_millis": 3000}, id="what containers leave of it"),
        pytest.param("resources: {requests: {cpu: 500m}}", {}, id="less than containers ask for"),
        pytest.param("resources: {limits: {cpu: 4}}", {}, id="a limit, where containers request"),
        pytest.param("resources: {limits: {memory: 1Ki}}", {"memory_bytes": 1024}, id="a limit, where none does"),
        pytest.param("overhead: {cpu: 250m}", {"cpu_millis": 250}, id="what the runtime takes"),
        pytest.param(
            "resources: {requests: {cpu: 4}}\n  overhead: {cpu: 250m}", {"cpu_millis": 3250}, id="both of them"
        ),
        pytest.param("resources: {limits: {nvidia.com/gpu: 8}}", {"nvidia.com/gpu": 8}, id="devices, even if refused"),
    ],
)
def test_what_a_pod_needs_beyond_its_containers(stated: str, requests: dict[str, int]) -> None:
    container = "  containers: [{name: a, image: a, resources: {requests: {cpu: 1}}}]\n"
    found = _pod(f"{POD}  {stated}\n{container}").containers
    assert not isinstance(found, Unknown)
    assert {name: one for each in found if each.name == "*" for name, one in each.requests.items()} == requests


def test_a_placeholder_for_what_a_pod_needs_leaves_its_devices_unknown() -> None:
    found = _pod(POD + "  resources: ${RESOURCES}\n" + PLAIN).accelerators
    assert isinstance(found, Unknown)
    assert found.reason is Reason.TEMPLATE


def test_a_claim_that_is_wrong_is_told_with_its_line() -> None:
    claim = (
        "apiVersion: resource.k8s.io/v1\nkind: ResourceClaim\nmetadata: {name: c, namespace: ml}\n"
        "spec:\n  devices:\n    requests:\n      - name: a\n        exactly:\n"
        "          deviceClassName: gpu.nvidia.com\n          count: -1\n"
    )
    parsed = _read(claim, POD + "  resourceClaims: [{name: a, resourceClaimName: c}]\n" + PLAIN)
    (told,) = parsed.diagnostics
    assert (told.code, str(told.place)) == ("manifest-value", "a.yaml:10:11")


def test_an_unknown_device_comes_from_its_claim() -> None:
    claim = (
        "apiVersion: resource.k8s.io/v1\nkind: ResourceClaim\nmetadata: {name: c, namespace: ml}\n"
        "spec: {devices: {requests: [{name: a, exactly: {deviceClassName: fast.example.com}}]}}\n"
    )
    parsed = _read(claim, POD + "  resourceClaims: [{name: a, resourceClaimName: c}]\n" + PLAIN)
    pod = next(one for one in parsed.resources if one.type == "core/Pod")
    assert ("/spec", "k8s//resource.k8s.io/ResourceClaim/ml/c") in [
        (one.path, one.address) for one in pod.origins["/groups/main/accelerators"]
    ]


def test_what_is_wrong_goes_by_its_name() -> None:
    (told,) = _read(
        POD + "  containers: [{name: a, image: a, resources: {limits: {nvidia.com/gpu: -1}}}]\n"
    ).diagnostics
    assert told.message == "nvidia.com/gpu of core/Pod/ml/p: negative"
