"""Devices that a service has and does not say: its runtime does, an annotation, a mode, a template somewhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from .repositories import Repository, Told

CONFIG = """\
version: 1
policies:
  gpu-count-limit: {params: {max_per_resource: 8}}
  max-replicas: {params: {max: 50, max_accelerated: 8}}
"""
NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: ml}\n"
RUNTIME = """\
apiVersion: serving.kserve.io/v1alpha1
kind: ServingRuntime
metadata: {name: vllm, namespace: ml}
spec: {containers: [{name: kserve-container, image: a, resources: {limits: {nvidia.com/gpu: 8}}}]}
"""
SERVICE = """\
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: chat, namespace: ml, annotations: {serving.kserve.io/deploymentMode: RawDeployment}}
spec: {predictor: {minReplicas: 3, maxReplicas: 3, model: {modelFormat: {name: any}, runtime: vllm}}}
"""
ADDRESS = "serving.kserve.io/InferenceService/ml/chat"


def judged(repository: Repository, head: Mapping[str, str]) -> Told:
    repository.commit({"guardrail.yaml": CONFIG, "serving/namespace.yaml": NAMESPACE})
    repository.propose(head)
    return repository.judge()


def found(told: Told, policy: str = "gpu-count-limit") -> list[tuple[str, str]]:
    """Return (address in the unit, status) of the findings of a policy about resources."""
    return [(one["resource"].partition("//")[2], one["status"]) for one in told.of(policy) if one["resource"]]


@pytest.mark.parametrize("where", ["serving", "runtimes"], ids=["beside the service", "in another folder"])
def test_the_devices_of_a_runtime_are_those_of_the_service(where: str, repository: Repository) -> None:
    told = judged(repository, {"serving/chat.yaml": SERVICE, f"{where}/runtime.yaml": RUNTIME})
    assert found(told) == [(ADDRESS, "deny")]
    assert "24 " in next(one["message"] for one in told.of("gpu-count-limit") if one["resource"])


def test_a_runtime_that_is_nowhere_leaves_the_devices_unknown(repository: Repository) -> None:
    assert found(judged(repository, {"serving/chat.yaml": SERVICE})) == [(ADDRESS, "undetermined")]


def test_a_runtime_of_another_namespace_is_not_meant(repository: Repository) -> None:
    other = RUNTIME.replace("namespace: ml", "namespace: other")
    assert found(judged(repository, {"serving/all.yaml": f"{SERVICE}---\n{other}"})) == [(ADDRESS, "undetermined")]


def test_a_larger_runtime_is_a_change_of_the_service(repository: Repository) -> None:
    small = RUNTIME.replace("gpu: 8", "gpu: 1")
    repository.commit({"guardrail.yaml": CONFIG, "serving/all.yaml": SERVICE, "runtimes/all.yaml": small})
    repository.propose({"runtimes/all.yaml": RUNTIME})
    told = repository.judge()
    assert found(told) == [(ADDRESS, "deny")]
    assert all(one["introduced"] for one in told.of("gpu-count-limit"))


POD = "spec: {containers: [{name: a, image: a, resources: {limits: {nvidia.com/gpu: 2}}}]}"
META = "metadata: {name: a, namespace: ml}"
CASES: Mapping[str, Any] = {
    "keda without a maximum": (
        (
            f"apiVersion: apps/v1\nkind: Deployment\n{META}\nspec: {{replicas: 1, template: {{{POD}}}}}\n---\n"
            f"apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\n{META}\nspec: {{scaleTargetRef: {{name: a}}}}\n"
        ),
        "apps/Deployment/ml/a",
    ),
    "jobs without a maximum": (
        f"apiVersion: keda.sh/v1alpha1\nkind: ScaledJob\n{META}\nspec: {{jobTargetRef: {{template: {{{POD}}}}}}}\n",
        "keda.sh/ScaledJob/ml/a",
    ),
    "workers of a leader": (
        (
            f"apiVersion: leaderworkerset.x-k8s.io/v1\nkind: LeaderWorkerSet\n{META}\n"
            f"spec: {{leaderWorkerTemplate: {{size: 5, workerTemplate: {{{POD}}}}}}}\n"
        ),
        "leaderworkerset.x-k8s.io/LeaderWorkerSet/ml/a",
    ),
    "a preview beside what runs": (
        (
            f"apiVersion: argoproj.io/v1alpha1\nkind: Rollout\n{META}\n"
            f"spec: {{replicas: 3, strategy: {{blueGreen: {{}}}}, template: {{{POD}}}}}\n"
        ),
        "argoproj.io/Rollout/ml/a",
    ),
    "the template of a deployment without replicas": (
        (
            f"apiVersion: argoproj.io/v1alpha1\nkind: Rollout\n{META}\n"
            "spec: {replicas: 5, workloadRef: {apiVersion: apps/v1, kind: Deployment, name: b}}\n---\n"
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: b, namespace: ml}\n"
            f"spec: {{replicas: 0, template: {{{POD}}}}}\n"
        ),
        "argoproj.io/Rollout/ml/a",
    ),
    "a bare key": (
        (
            f"apiVersion: nvidia.com/v1alpha1\nkind: DynamoGraphDeployment\n{META}\n"
            "spec: {services: {A: {replicas: 2, multinode: {nodeCount: 2}, resources: {limits: {gpu: '4'}}}}}\n"
        ),
        "nvidia.com/DynamoGraphDeployment/ml/a",
    ),
    "a key that is a value": (
        (
            f"apiVersion: production-stack.vllm.ai/v1alpha1\nkind: VLLMRuntime\n{META}\n"
            "spec: {deploymentConfig: {replicas: 3, resources: {gpu: '4', gpuType: nvidia.com/gpu}}}\n"
        ),
        "production-stack.vllm.ai/VLLMRuntime/ml/a",
    ),
    "no spec, and machines": (
        (
            f"apiVersion: kaito.sh/v1beta1\nkind: Workspace\n{META}\n"
            "resource: {count: 2, instanceType: Standard_ND96asr_v4}\ninference: {preset: {name: any}}\n"
        ),
        "kaito.sh/Workspace/ml/a",
    ),
    "a component in a list in a list": (
        (
            f"apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\n{META}\n"
            f"spec: {{replicas: 5, predictors: [{{name: a, componentSpecs: [{{{POD}}}]}}]}}\n"
        ),
        "machinelearning.seldon.io/SeldonDeployment/ml/a",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_more_than_eight_devices_are_seen(case: str, repository: Repository) -> None:
    text, address = CASES[case]
    assert (address, "deny") in found(judged(repository, {"serving/a.yaml": text}))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            f"apiVersion: serving.kserve.io/v1alpha2\nkind: LLMInferenceService\n{META}\n"
            "spec: {baseRefs: [{name: elsewhere}], template: {containers: [{name: main, image: a}]}}\n",
            id="a configuration that is nowhere",
        ),
        pytest.param(
            f"apiVersion: apps.nvidia.com/v1alpha1\nkind: NIMService\n{META}\n"
            "spec: {resources: {limits: {cpu: 1}}, draResources: [{resourceClaimTemplateName: gpus}]}\n",
            id="devices that are claimed",
        ),
        pytest.param(
            f"apiVersion: acme.io/v1\nkind: Fleet\n{META}\nspec: {{replicas: 1, template: {{{POD}}}}}\n",
            id="a kind that nobody knows",
        ),
        pytest.param(
            f"apiVersion: acme.io/v1\nkind: Fleet\n{META}\nspec: {{pools: [{{pod: {POD[6:]}}}]}}\n",
            id="a kind that nobody knows, in a list",
        ),
    ],
)
def test_what_cannot_be_told_is_undetermined(text: str, repository: Repository) -> None:
    told = judged(repository, {"serving/a.yaml": text})
    assert [status for _, status in found(told)] == ["undetermined"]


def test_a_runtime_that_was_there_before_counts_for_a_new_service(repository: Repository) -> None:
    repository.commit({"guardrail.yaml": CONFIG, "serving/namespace.yaml": NAMESPACE, "runtimes/runtime.yaml": RUNTIME})
    repository.propose({"serving/chat.yaml": SERVICE})
    assert found(repository.judge()) == [(ADDRESS, "deny")]
