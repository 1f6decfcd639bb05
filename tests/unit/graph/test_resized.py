"""Vertical autoscalers: whom they mean, and what is known of requests then."""

from __future__ import annotations

from typing import Any

import pytest

from guardrail.frontends.kubernetes.read import read
from guardrail.frontends.unit import Unit
from guardrail.graph.build import build
from guardrail.model.graph import Graph
from guardrail.model.resource import Group
from guardrail.model.value import Unknown
from guardrail.sources.listed import MemoryTree

WORK = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: NAMESPACE}
spec:
  replicas: 3
  template:
    spec:
      containers: [{name: main, image: x, resources: {requests: {cpu: 1, memory: 1Gi}, limits: {nvidia.com/gpu: 1}}}]
"""
SCALER = """\
apiVersion: autoscaling.k8s.io/v1
kind: VerticalPodAutoscaler
metadata: {name: web, namespace: ml}
spec:
  targetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  MORE
"""


def graph(**files: str) -> Graph:
    """Return the graph of units with a file each."""
    tree = MemoryTree({f"{name}/a.yaml": text.encode() for name, text in files.items()})
    units = [Unit(name=name, format="kubernetes", directory=name, files=(f"{name}/a.yaml",)) for name in files]
    return build([read(tree, unit) for unit in units], units)


def group(found: Graph, namespace: str = "ml", unit: str = "a") -> Group:
    groups = found.resources[f"{unit}//apps/Deployment/{namespace}/web"].groups
    assert not isinstance(groups, Unknown)
    return groups["main"]


def requests(found: Graph, namespace: str = "ml", unit: str = "a") -> dict[str, Any]:
    containers = group(found, namespace, unit).containers
    assert not isinstance(containers, Unknown)
    return {key: one.reason.value if isinstance(one, Unknown) else one for key, one in containers[0].requests.items()}


STATED = {"cpu_millis": 1000, "memory_bytes": 2**30}
OPEN = {"cpu_millis": "computed", "memory_bytes": "computed"}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        pytest.param("", OPEN, id="by default it acts"),
        pytest.param("updatePolicy: {updateMode: 'Off'}", STATED, id="it only recommends"),
        pytest.param("updatePolicy: {updateMode: Initial}", OPEN, id="when pods start"),
        pytest.param("updatePolicy: {updateMode: $MODE}", OPEN, id="nobody knows whether it acts"),
        pytest.param(
            "resourcePolicy: {containerPolicies: [{containerName: '*', controlledResources: [memory]}]}",
            {**STATED, "memory_bytes": "computed"},
            id="memory only",
        ),
        pytest.param(
            "resourcePolicy: {containerPolicies: [{containerName: '*'}, {containerName: main, mode: 'Off'}]}",
            STATED,
            id="not this container",
        ),
        pytest.param(
            "resourcePolicy: {containerPolicies: [{containerName: main, minAllowed: {cpu: 4}, maxAllowed: {cpu: 4}}]}",
            {"cpu_millis": 4000, "memory_bytes": "computed"},
            id="only one amount is allowed",
        ),
        pytest.param(
            "resourcePolicy: {containerPolicies: $P}", {**OPEN, **dict.fromkeys(OPEN, "template")}, id="a placeholder"
        ),
    ],
)
def test_what_is_requested(more: str, told: dict[str, Any]) -> None:
    found = graph(a=WORK.replace("NAMESPACE", "ml") + "---\n" + SCALER.replace("MORE", more))
    assert {key: value for key, value in requests(found).items() if key in STATED} == told
    assert group(found).replicas.max == 3
    (gpu,) = group(found).accelerators  # type: ignore[misc]
    assert gpu.count == 1


def test_the_most_that_is_allowed_is_told() -> None:
    more = "resourcePolicy: {containerPolicies: [{containerName: main, maxAllowed: {cpu: 8}}]}"
    found = graph(a=WORK.replace("NAMESPACE", "ml") + "---\n" + SCALER.replace("MORE", more))
    containers = group(found).containers
    assert not isinstance(containers, Unknown)
    note = containers[0].requests["cpu_millis"].note
    assert note == "a//autoscaling.k8s.io/VerticalPodAutoscaler/ml/web decides it, at most 8,000"


def test_a_namesake_in_another_namespace_is_not_meant() -> None:
    both = WORK.replace("NAMESPACE", "ml") + "---\n" + WORK.replace("NAMESPACE", "other")
    found = graph(a=both, b=SCALER.replace("MORE", ""))
    assert {key: requests(found, "other")[key] for key in STATED} == STATED
    assert {key: requests(found)[key] for key in STATED} == OPEN
    (edge,) = (one for one in found.edges["b//autoscaling.k8s.io/VerticalPodAutoscaler/ml/web"] if one.kind == "scales")
    assert edge.to == "a//apps/Deployment/ml/web"


def test_what_it_scales_is_not_here() -> None:
    assert "scales-nothing" not in {one.code for one in graph(a=SCALER.replace("MORE", "")).diagnostics}
