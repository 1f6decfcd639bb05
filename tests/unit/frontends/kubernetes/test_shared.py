"""A claim that several pods name is one set of devices; a template makes one for each of them."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import pytest

from guardrail.frontends.kubernetes.read import read
from guardrail.frontends.unit import Unit
from guardrail.graph.build import build
from guardrail.model.resource import Resource
from guardrail.model.value import Unknown
from guardrail.sources.listed import MemoryTree

CLAIM = """\
apiVersion: resource.k8s.io/v1
kind: ResourceClaim
metadata: {name: NAME, namespace: ml}
spec: {devices: {requests: [{name: a, exactly: {deviceClassName: gpu.nvidia.com, count: COUNT}}]}}
"""
TEMPLATE = """\
apiVersion: resource.k8s.io/v1
kind: ResourceClaimTemplate
metadata: {name: each, namespace: ml}
spec: {spec: {devices: {requests: [{name: a, exactly: {deviceClassName: gpu.nvidia.com, count: 2}}]}}}
"""
BOTH = (
    CLAIM.replace("NAME", "one").replace("COUNT", "1"),
    CLAIM.replace("NAME", "eight").replace("COUNT", "8"),
    TEMPLATE,
)


def pod(name: str, *claims: str) -> str:
    return f"apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: ml}}\nspec: {spec(*claims)}\n"


def spec(*claims: str) -> str:
    named = (f"{{name: c{index}, resourceClaim{claim}}}" for index, claim in enumerate(claims))
    return f"{{resourceClaims: [{', '.join(named)}], containers: [{{name: a, image: a}}]}}"


def several(name: str, replicas: int, *claims: str, more: str = "") -> str:
    return (
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, namespace: ml}}\n"
        f"spec: {{replicas: {replicas}, {more}template: {{spec: {spec(*claims)}}}}}\n"
    )


SCALER = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: a, namespace: ml}
spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}}
"""
JOB = f"""\
apiVersion: batch/v1
kind: Job
metadata: {{name: a, namespace: ml}}
spec: {{parallelism: 4, completions: 4, template: {{spec: {spec("Name: one")}}}}}
"""
RAY = f"""\
apiVersion: ray.io/v1
kind: RayCluster
metadata: {{name: a, namespace: ml}}
spec:
  headGroupSpec: {{template: {{spec: {spec("Name: eight")}}}}}
  workerGroupSpecs:
    - {{groupName: w, replicas: 2, minReplicas: 2, maxReplicas: 2, template: {{spec: {spec("Name: eight")}}}}}
"""


def devices(*documents: str) -> dict[str, int]:
    """Return the accelerators of each object at the worst, as sums count them: rounded up for each group."""
    text = "---\n".join((*BOTH, *documents))
    unit = Unit(name="k8s", format="kubernetes", directory="k8s", files=("a.yaml",))
    graph = build([read(MemoryTree({"a.yaml": text.encode()}), unit)])
    found = {one.name: most(one) for one in graph.resources.values() if one.groups}
    return {name: number for name, number in found.items() if number}


def most(one: Resource) -> int:
    assert not isinstance(one.groups, Unknown)
    total = 0
    for group in one.groups.values():
        assert isinstance(group.accelerators, tuple)
        assert isinstance(group.replicas.max, int)
        for device in group.accelerators:
            assert isinstance(device.count, int)
            total += ceil(device.count * Fraction(device.fraction or 1) * group.replicas.max)
    return total


@pytest.mark.parametrize(
    ("documents", "found"),
    [
        pytest.param([pod("a", "Name: one"), pod("b", "Name: one")], {"a": 1}, id="two pods name one claim"),
        pytest.param([pod("b", "Name: one"), pod("a", "Name: one")], {"a": 1}, id="in whatever order"),
        pytest.param([pod("a", "Name: one"), pod("b", "Name: eight")], {"a": 1, "b": 8}, id="two claims are two"),
        pytest.param([pod("a", "TemplateName: each"), pod("b", "TemplateName: each")], {"a": 2, "b": 2}, id="template"),
        pytest.param([several("a", 3, "TemplateName: each")], {"a": 6}, id="a template makes one for each replica"),
        pytest.param([several("a", 3, "Name: one")], {"a": 1}, id="replicas share a device"),
        pytest.param([several("a", 3, "Name: eight")], {"a": 8}, id="replicas share several that they do not divide"),
        pytest.param([several("a", 2, "Name: eight"), pod("b", "Name: eight")], {"a": 8}, id="replicas and a pod"),
        pytest.param([pod("a", "Name: eight", "Name: eight")], {"a": 8}, id="a pod names it twice"),
        pytest.param([several("a", 0, "Name: eight"), pod("b", "Name: eight")], {"b": 8}, id="no replica has nothing"),
        pytest.param([JOB], {"a": 1}, id="pods of a job side by side"),
        pytest.param([RAY], {"a": 8}, id="groups of one object"),
        pytest.param(
            [several("a", 2, "Name: one", "TemplateName: each"), pod("b", "Name: one", "TemplateName: each")],
            {"a": 5, "b": 2},
            id="a shared claim beside one for each",
        ),
        pytest.param([several("a", 1, "Name: one"), SCALER], {"a": 3}, id="no less where an autoscaler moves them"),
    ],
)
def test_a_claim_counts_once(documents: list[str], found: dict[str, int]) -> None:
    assert devices(*documents) == found
