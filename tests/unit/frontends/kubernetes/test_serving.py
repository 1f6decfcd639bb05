"""Kinds that serve models: odd numbers, placeholders, and what is stated in a mode, an annotation or a value."""

from __future__ import annotations

from typing import Any

import pytest

from guardrail.frontends.kubernetes.read import read
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.unit import Unit
from guardrail.graph.build import build
from guardrail.model.resource import Bounds, Resource
from guardrail.model.value import UNBOUNDED, Unknown
from guardrail.sources.listed import MemoryTree

POD = "spec: {containers: [{name: a, image: a, resources: {limits: {nvidia.com/gpu: 2}}}]}"
LWS = (
    "leaderworkerset.x-k8s.io/v1/LeaderWorkerSet "
    f"spec: {{leaderWorkerTemplate: {{size: %s, workerTemplate: {{{POD}}}}}}}"
)
KEDA = f"keda.sh/v1alpha1/ScaledJob spec: {{maxReplicaCount: %s, jobTargetRef: {{template: {{{POD}}}}}}}"
DYNAMO = (
    "nvidia.com/v1alpha1/DynamoGraphDeployment spec: {services: {main: {replicas: 2, resources: {limits: {gpu: %s}}}}}"
)
VLLM = "production-stack.vllm.ai/v1alpha1/VLLMRuntime spec: {deploymentConfig: {resources: {gpu: '2', gpuType: %s}}}"
KAITO = (
    "kaito.sh/v1beta1/Workspace resource: {count: %s, instanceType: Standard_NC24ads_A100_v4}\n"
    "inference: {preset: {name: phi-4}}"
)
KNATIVE = (
    "serving.knative.dev/v1/Service "
    "spec: {template: {metadata: {annotations: {autoscaling.knative.dev/max-scale: %s}}, "
    f"{POD}}}}}"
)
KSERVE = (
    f"serving.kserve.io/v1beta1/InferenceService spec: {{predictor: {{minReplicas: 1, maxReplicas: %s, {POD[7:-1]}}}}}"
)
WORKERS = (
    "serving.kserve.io/v1beta1/InferenceService spec: {predictor: {maxReplicas: 1, model: {resources: {limits: "
    f"{{nvidia.com/gpu: 8}}}}}}, workerSpec: {{pipelineParallelSize: %s, {POD[7:-1]}}}}}}}"
)


def _parsed(text: str, value: str = "", metadata: str = "") -> Parsed:
    type_, _, body = text.partition(" ")
    version, _, kind = type_.rpartition("/")
    manifest = (
        f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a, namespace: ml{metadata}}}\n"
        + (body % value if "%s" in body else body)
        + "\n"
    )
    tree = MemoryTree({"a.yaml": manifest.encode()})
    return read(tree, Unit(name=".", format="kubernetes", directory=".", files=("a.yaml",)))


def _said(value: Any) -> Any:
    return f"?{value.reason.value}" if isinstance(value, Unknown) else value


def _most(resource: Resource, group: str) -> Any:
    """Return the largest number of devices of a group."""
    assert not isinstance(resource.groups, Unknown)
    found = resource.groups[group]
    if isinstance(found.accelerators, Unknown):
        return _said(found.accelerators)
    counts = [_said(one.count) for one in found.accelerators]
    most = _said(found.replicas.max)
    unknown = [one for one in (*counts, most) if isinstance(one, str)]
    return unknown[0] if unknown else UNBOUNDED if most is UNBOUNDED else sum(counts) * most


@pytest.mark.parametrize(
    ("text", "value", "group", "most"),
    [
        pytest.param(LWS, "3", "worker", 4, id="two workers of a leader"),
        pytest.param(LWS, '"3"', "worker", 4, id="a size that is text"),
        pytest.param(LWS, "2.5", "worker", "?error", id="half a worker"),
        pytest.param(LWS, "-1", "worker", "?error", id="a size below none"),
        pytest.param(LWS, "$SIZE", "worker", "?template", id="a size that is filled in"),
        pytest.param(LWS, "3000000000", "worker", "?error", id="more than a number holds"),
        pytest.param(KEDA, "7", "main", 14, id="a maximum of jobs"),
        pytest.param(KEDA, "null", "main", 200, id="none, so a hundred"),
        pytest.param(KEDA, "-3", "main", "?error", id="fewer jobs than none"),
        pytest.param(KEDA, "yes", "main", "?error", id="a boolean for a number"),
        pytest.param(DYNAMO, "4", "main", 8, id="a bare key"),
        pytest.param(DYNAMO, '"4"', "main", 8, id="a bare key with text"),
        pytest.param(DYNAMO, "4k", "main", 8000, id="a suffix"),
        pytest.param(DYNAMO, "eight", "main", "?error", id="a word"),
        pytest.param(DYNAMO, "${GPUS}", "main", "?template", id="a placeholder"),
        pytest.param(VLLM, "amd.com/gpu", "main", 2, id="a key that is a value"),
        pytest.param(VLLM, "null", "main", 2, id="the key that is meant where none is"),
        pytest.param(VLLM, "$TYPE", "main", "?template", id="a key that is filled in"),
        pytest.param(VLLM, "cpu", "main", 0, id="a key of something else"),
        pytest.param(KAITO, "3", "main", 3, id="machines"),
        pytest.param(KAITO, "many", "main", "?error", id="as many as somebody thinks"),
        pytest.param(KNATIVE, '"5"', "main", 10, id="an annotation"),
        pytest.param(KNATIVE, "5", "main", 10, id="an annotation that is a number"),
        pytest.param(KNATIVE, '"0"', "main", UNBOUNDED, id="nothing, which means everything"),
        pytest.param(KNATIVE, '"ten"', "main", "?error", id="an annotation in words"),
        pytest.param(KSERVE, "0", "predictor", UNBOUNDED, id="no maximum of Knative"),
        pytest.param(KSERVE, "4", "predictor", 8, id="a maximum"),
        pytest.param(WORKERS, "8", "predictor-worker", 6, id="eight devices, two in each of four pods, one the head"),
        pytest.param(WORKERS, "0", "predictor-worker", 0, id="a pipeline of nothing"),
        pytest.param(WORKERS, "null", "predictor-worker", "?environment", id="a pipeline that the release decides"),
    ],
)
def test_the_most_devices(text: str, value: str, group: str, most: Any) -> None:
    parsed = _parsed(text, value)
    (resource,) = parsed.resources
    assert _most(resource, group) == most
    told = [(one.code, one.place.line) for one in parsed.diagnostics if one.place and one.code == "manifest-value"]
    assert told == ([("manifest-value", 4)] if most == "?error" else [])


@pytest.mark.parametrize(
    ("metadata", "replicas"),
    [
        pytest.param("", Bounds(1, 1, UNBOUNDED), id="a mode that is not stated may scale without a limit"),
        pytest.param(", annotations: {serving.kserve.io/deploymentMode: Standard}", Bounds(1, 1, 1), id="deployments"),
        pytest.param(
            ", annotations: {serving.kserve.io/deploymentMode: Serverless}", Bounds(1, 1, UNBOUNDED), id="Knative"
        ),
        pytest.param(
            ", annotations: {serving.kserve.io/deploymentMode: ModelMesh}", Bounds(0, 0, 0), id="pods of the runtime"
        ),
        pytest.param(", annotations: {serving.kserve.io/stop: 'true'}", Bounds(0, 0, UNBOUNDED), id="stopped"),
        pytest.param(", annotations: {serving.kserve.io/stop: 'false'}", Bounds(1, 1, UNBOUNDED), id="not stopped"),
    ],
)
def test_modes_of_kserve(metadata: str, replicas: Bounds) -> None:
    text = f"serving.kserve.io/v1beta1/InferenceService spec: {{predictor: {{{POD[7:-1]}}}}}"
    (resource,) = _parsed(text, metadata=metadata).resources
    assert not isinstance(resource.groups, Unknown)
    assert resource.groups["predictor"].replicas == replicas


def test_an_autoscaler_that_is_paused_holds_its_target() -> None:
    pods = (
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: a, namespace: ml}}\nspec: {{template: {{{POD}}}}}\n"
    )
    note = "annotations: {autoscaling.keda.sh/paused-replicas: '3'}"
    scaler = (
        f"apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {{name: a, namespace: ml, {note}}}\n"
        "spec: {scaleTargetRef: {name: a}, maxReplicaCount: 9}\n"
    )
    tree = MemoryTree({"a.yaml": f"{pods}---\n{scaler}".encode()})
    graph = build([read(tree, Unit(name=".", format="kubernetes", directory=".", files=("a.yaml",)))])
    groups = graph.resources[".//apps/Deployment/ml/a"].groups
    assert not isinstance(groups, Unknown)
    assert (groups["main"].replicas.min, groups["main"].replicas.max) == (3, 3)


@pytest.mark.parametrize(
    ("version", "kind", "category"),
    [
        pytest.param("v1", "Service", "network.service", id="a service of Kubernetes"),
        pytest.param("serving.knative.dev/v1", "Service", "ml.endpoint", id="one of Knative"),
        pytest.param("argoproj.io/v1alpha1", "Experiment", "workload.batch", id="an experiment of Argo"),
        pytest.param("kubeflow.org/v1beta1", "Experiment", "ml.tuning", id="one of Katib"),
        pytest.param("mlops.seldon.io/v1alpha1", "Experiment", "other", id="one of Seldon"),
        pytest.param("mlops.seldon.io/v1alpha1", "Model", "ml.model", id="a model of Seldon"),
        pytest.param("kaito.sh/v1beta1", "Workspace", "workload.service", id="a workspace of KAITO"),
        pytest.param("app.terraform.io/v1alpha2", "Workspace", "other", id="one of Terraform, which nobody declared"),
        pytest.param("apps.nvidia.com/v1alpha1", "NIMService", "ml.endpoint", id="a service of NIM"),
        pytest.param("serving.kserve.io/v1alpha2", "LLMInferenceService", "ml.endpoint", id="a version that is newer"),
    ],
)
def test_kinds_of_one_name_go_by_their_group(version: str, kind: str, category: str) -> None:
    text = f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a, namespace: ml}}\nspec: {{}}\n"
    tree = MemoryTree({"a.yaml": text.encode()})
    (resource,) = read(tree, Unit(name=".", format="kubernetes", directory=".", files=("a.yaml",))).resources
    assert resource.category == category
    assert resource.understood == ("terraform" not in version)
