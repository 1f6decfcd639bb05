"""An object says the same in every version of its API, and what is no end of a run is taken for none."""

from __future__ import annotations

from typing import Any

import pytest

from guardrail.frontends.kubernetes.read import read
from guardrail.frontends.unit import Unit
from guardrail.model.resource import Accelerator, Resource
from guardrail.model.value import UNBOUNDED, Unknown
from guardrail.sources.listed import MemoryTree

UNIT = Unit(name="k8s", format="kubernetes", directory="k8s", files=("a.yaml",))
POD = "{containers: [{name: a, image: a, resources: {limits: {nvidia.com/gpu: 2}}}]}"
JOB = f"{{spec: {{template: {{spec: {POD}}}}}}}"
HEAD = "apiVersion: VERSION\nkind: KIND\nmetadata: {name: a, namespace: ml}\n"


def _read(text: str) -> tuple[Resource, ...]:
    return read(MemoryTree({"a.yaml": text.encode()}), UNIT).resources


def _one(version: str, kind: str, rest: str) -> Resource:
    return _read(HEAD.replace("VERSION", version).replace("KIND", kind) + rest)[0]


@pytest.mark.parametrize(
    ("kind", "versions", "rest"),
    [
        pytest.param(
            "Deployment",
            ("apps/v1", "apps/v1beta1", "apps/v1beta2", "extensions/v1beta1"),
            f"spec: {{replicas: 3, template: {{spec: {POD}}}}}\n",
            id="Deployment",
        ),
        pytest.param(
            "DaemonSet",
            ("apps/v1", "apps/v1beta2", "extensions/v1beta1"),
            f"spec: {{template: {{spec: {POD}}}}}\n",
            id="DaemonSet",
        ),
        pytest.param(
            "CronJob",
            ("batch/v1", "batch/v1beta1", "batch/v2alpha1"),
            f"spec: {{schedule: '@daily', concurrencyPolicy: Forbid, jobTemplate: {JOB}}}\n",
            id="CronJob",
        ),
        pytest.param(
            "HorizontalPodAutoscaler",
            ("autoscaling/v1", "autoscaling/v2", "autoscaling/v2beta1", "autoscaling/v2beta2"),
            "spec: {maxReplicas: 9, scaleTargetRef: {kind: Deployment, name: a}}\n",
            id="HorizontalPodAutoscaler",
        ),
        pytest.param("Ingress", ("networking.k8s.io/v1", "extensions/v1beta1"), "spec: {}\n", id="Ingress"),
    ],
)
def test_every_version_is_the_same(kind: str, versions: tuple[str, ...], rest: str) -> None:
    first, *others = (_one(version, kind, rest) for version in versions)
    for other in others:
        assert (other.address, other.type, other.category) == (first.address, first.type, first.category)
        assert (other.groups, other.autoscaling, other.facts) == (first.groups, first.autoscaling, first.facts)
        assert other.lifetime == first.lifetime


FLAT = "{name: a, deviceClassName: gpu.nvidia.com, count: 4}"
EXACT = "{name: a, exactly: {deviceClassName: gpu.nvidia.com, count: 4}}"


@pytest.mark.parametrize(
    ("version", "request_"), [("v1alpha3", FLAT), ("v1beta1", FLAT), ("v1beta2", EXACT), ("v1", EXACT)]
)
def test_claims_of_every_version(version: str, request_: str) -> None:
    claim = (
        f"apiVersion: resource.k8s.io/{version}\nkind: ResourceClaim\nmetadata: {{name: c, namespace: ml}}\n"
        f"spec: {{devices: {{requests: [{request_}]}}}}\n---\n"
    )
    pod = "spec: {resourceClaims: [{name: a, resourceClaimName: c}], containers: [{name: a, image: a}]}\n"
    found = _read(claim + HEAD.replace("VERSION", "v1").replace("KIND", "Pod") + pod)
    groups = found[-1].groups
    assert not isinstance(groups, Unknown)
    (one,) = groups["main"].accelerators  # type: ignore[misc]
    assert isinstance(one, Accelerator)
    assert (one.vendor, one.count) == ("nvidia", 4)


@pytest.mark.parametrize(
    ("kind", "version", "rest", "told"),
    [
        pytest.param(
            "Deployment",
            "apps/v1",
            f"spec: {{progressDeadlineSeconds: 60, template: {{spec: {POD}}}}}\n",
            {},
            id="a deadline of a rollout",
        ),
        pytest.param(
            "Job",
            "batch/v1",
            f"spec: {{ttlSecondsAfterFinished: 60, template: {{spec: {POD}}}}}\n",
            {"ttl_seconds": 60, "max_retries": 6},
            id="what is cleaned up after the end",
        ),
        pytest.param(
            "Job",
            "batch/v1",
            f"spec: {{activeDeadlineSeconds: 60, backoffLimitPerIndex: 1, template: {{spec: {POD}}}}}\n",
            {"max_runtime_seconds": 60, "max_retries": 1},
            id="a deadline of the whole job, and retries of each pod",
        ),
        pytest.param(
            "CronJob",
            "batch/v1",
            f"spec: {{schedule: '@daily', startingDeadlineSeconds: 60, jobTemplate: {JOB}}}\n",
            {"max_retries": 6},
            id="a deadline of a start",
        ),
    ],
)
def test_what_ends_a_run(kind: str, version: str, rest: str, told: dict[str, Any]) -> None:
    lifetime = _one(version, kind, rest).lifetime
    assert not isinstance(lifetime, Unknown)
    assert {fact: value for fact, value in lifetime.items() if fact != "schedule"} == told


@pytest.mark.parametrize(
    ("policy", "most"), [("Allow", UNBOUNDED), ("Forbid", 1), ("Replace", 1), ("~", UNBOUNDED), ("$POLICY", "?")]
)
def test_runs_that_overlap(policy: str, most: Any) -> None:
    spec = f"schedule: '@hourly', concurrencyPolicy: {policy}, jobTemplate: {JOB}"
    groups = _one("batch/v1", "CronJob", f"spec: {{{spec}}}\n").groups
    assert not isinstance(groups, Unknown)
    found = groups["main"].replicas.max
    assert ("?" if isinstance(found, Unknown) else found) == most
