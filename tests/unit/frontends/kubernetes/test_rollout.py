"""How many pods there are while a Deployment is rolled out."""

from __future__ import annotations

from typing import Any, Union

import pytest

from guardrail.frontends.kubernetes.read import read
from guardrail.frontends.unit import Unit
from guardrail.graph.build import build
from guardrail.model.graph import Graph
from guardrail.model.resource import Group
from guardrail.model.value import Reason, Unknown
from guardrail.sources.listed import MemoryTree

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: serve, namespace: ml}}
spec:
  replicas: {replicas}
  strategy: {strategy}
  template: {{spec: {{containers: [{{name: a, image: a, resources: {{limits: {{nvidia.com/gpu: 1}}}}}}]}}}}
"""
UNIT = Unit(name="k8s", format="kubernetes", directory="k8s", files=("a.yaml",))
SCALER = """\
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: serve, namespace: ml}
spec: {maxReplicas: 10, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: serve}}
"""


def _judged(strategy: str, replicas: Union[int, str] = 4, more: str = "") -> tuple[Graph, list[str]]:
    text = DEPLOYMENT.format(strategy=strategy, replicas=replicas) + more
    parsed = read(MemoryTree({"a.yaml": text.encode()}), UNIT)
    return build([parsed]), [f"{one.code} {one.place}" for one in parsed.diagnostics]


def _group(graph: Graph) -> Group:
    groups = graph.resources["k8s//apps/Deployment/ml/serve"].groups
    assert not isinstance(groups, Unknown)
    return groups["main"]


def _surge(value: Any) -> str:
    return f"{{rollingUpdate: {{maxSurge: {value}}}}}"


@pytest.mark.parametrize(
    ("strategy", "replicas", "most"),
    [
        pytest.param(_surge(3), 4, 7, id="a number of pods"),
        pytest.param(_surge("30%"), 7, 10, id="a share, rounded up"),
        pytest.param(_surge("25%"), 5, 5, id="what is not stated either"),
        pytest.param(_surge(1), 1, 1, id="as much as Kubernetes adds by itself"),
        pytest.param(_surge(2), 1, 3, id="more than that"),
        pytest.param(_surge("400%"), 2, 10, id="more than all"),
        pytest.param(_surge(0), 4, 4, id="none"),
        pytest.param("{}", 4, 4, id="what is not stated is not counted"),
        pytest.param("{type: Recreate}", 4, 4, id="old pods go first"),
        pytest.param(_surge(3), 0, 0, id="nothing is rolled out"),
        pytest.param(_surge("$SURGE"), 4, Reason.TEMPLATE, id="filled in later"),
        pytest.param(_surge(3), "$N", Reason.TEMPLATE, id="of a number that is filled in later"),
    ],
)
def test_most_replicas(strategy: str, replicas: Union[int, str], most: Any) -> None:
    graph, told = _judged(strategy, replicas)
    found = _group(graph).replicas
    assert (found.max.reason if isinstance(found.max, Unknown) else found.max) == most
    assert told == []
    if isinstance(replicas, int):
        assert (found.min, found.desired) == (replicas, replicas)


@pytest.mark.parametrize("value", ["-1", "many", "'7'", "1.5", "true", "99999999999", "'-10%'"])
def test_what_is_no_surge_is_told_with_its_line(value: str) -> None:
    graph, told = _judged(_surge(value))
    found = _group(graph).replicas
    assert isinstance(found.max, Unknown)
    assert found.max.reason is Reason.ERROR
    assert told == ["manifest-value a.yaml:6:30"]


@pytest.mark.parametrize(("surge", "most"), [(4, 14), ("50%", 15), (3, 10)])
def test_an_autoscaler_moves_what_is_rolled_out(surge: Any, most: int) -> None:
    graph, _ = _judged(_surge(surge), more=SCALER)
    assert _group(graph).replicas.max == most
    scaled = graph.resources["k8s//apps/Deployment/ml/serve"].autoscaling
    assert not isinstance(scaled, Unknown)
    assert [one["max"] for one in scaled] == [10]


def test_the_most_comes_from_both_lines() -> None:
    graph, _ = _judged(_surge(3))
    origins = graph.resources["k8s//apps/Deployment/ml/serve"].origins["/groups/main/replicas/max"]
    assert [one.path for one in origins] == ["/spec/replicas", "/spec/strategy/rollingUpdate/maxSurge"]
