"""What serves models, by other controllers than Kubernetes' own."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.kubernetes.workload import NONE, ONE, Count, Pods, Workload, at
from guardrail.model.value import UNBOUNDED, Reason, Unknown

_KSERVE: Final = "https://kserve.github.io/website/docs/reference/crd-api"
_KNATIVE: Final = "https://knative.dev/docs/serving/autoscaling/scale-bounds/"
_LWS: Final = "https://lws.sigs.k8s.io/docs/reference/leaderworkerset.v1/"

_MODELS: Final = (
    "/model", "/sklearn", "/xgboost", "/tensorflow", "/pytorch", "/triton", "/onnx", "/huggingface", "/pmml",
    "/lightgbm", "/paddle",
)  # fmt: skip
"""Where a component of an InferenceService names the model, and with it a container that a runtime completes."""

_RUNTIME: Final = "the serving runtime that is chosen"
_SPREAD: Final = Count(
    default=Unknown(Reason.REFUSED, note="how the parallelism of the model spreads over pods is not computed")
)
_CONFIGS: Final = "the LLMInferenceServiceConfig objects that are merged"


def _component(name: str) -> Pods:
    return Pods(
        group=name,
        template=(f"/spec/{name}",),
        pod="",
        containers=_MODELS if name == "predictor" else (),
        elsewhere=_RUNTIME,
        desired=at(f"/spec/{name}/minReplicas", default=1),
        min=at(f"/spec/{name}/minReplicas", default=1),
        max=at(f"/spec/{name}/maxReplicas", default=UNBOUNDED, zero=UNBOUNDED),
    )


def _annotation(*names: str) -> tuple[str, ...]:
    return tuple(f"/spec/template/metadata/annotations/autoscaling.knative.dev~1{name}" for name in names)


def _llm(spec: str, runs: bool) -> tuple[Pods, ...]:
    """Return the pods of an LLMInferenceService: leaders, workers, and the same of a separate prefill."""
    desired = at(f"{spec}/replicas", default=1) if runs else NONE
    elsewhere = _CONFIGS if runs else ""
    prefill = at(f"{spec}/prefill/replicas", default=1) if runs else NONE
    return (
        Pods(
            template=(f"{spec}/template", spec),
            pod="",
            elsewhere=elsewhere,
            desired=desired,
            min=at(f"{spec}/scaling/minReplicas", f"{spec}/replicas", default=1) if runs else None,
            max=at(f"{spec}/scaling/maxReplicas", f"{spec}/replicas", default=1) if runs else None,
        ),
        Pods(
            group="worker", template=(f"{spec}/worker",), pod="", elsewhere=elsewhere, desired=_SPREAD if runs else NONE
        ),
        Pods(group="prefill", template=(f"{spec}/prefill/template",), pod="", elsewhere=elsewhere, desired=prefill),
        Pods(
            group="prefill-worker",
            template=(f"{spec}/prefill/worker",),
            pod="",
            elsewhere=elsewhere,
            desired=_SPREAD if runs else NONE,
        ),
        Pods(group="scheduler", template=(f"{spec}/router/scheduler/template",), pod="", desired=ONE if runs else NONE),
    )


_SIZE: Final = "/spec/leaderWorkerTemplate/size"
_WORKER: Final = "/spec/leaderWorkerTemplate/workerTemplate"
_PIPELINE: Final = "pipelineParallelSize"

WORKLOADS: Final = (
    Workload(
        type="serving.kserve.io/InferenceService",
        category="ml.endpoint",
        source=_KSERVE,
        also=("serving.kubeflow.org",),
        pods=(
            _component("predictor"),
            Pods(
                group="predictor-worker",
                template=("/spec/predictor/workerSpec",),
                pod="",
                elsewhere=_RUNTIME,
                desired=at("/spec/predictor/minReplicas", default=1),
                min=at("/spec/predictor/minReplicas", default=1),
                max=at("/spec/predictor/maxReplicas", default=UNBOUNDED, zero=UNBOUNDED),
                times=(at(f"/spec/predictor/workerSpec/{_PIPELINE}", default=2, less=1),),
            ),
            _component("transformer"),
            _component("explainer"),
        ),
    ),
    *(
        Workload(
            type=f"serving.kserve.io/{kind}",
            category="ml.runtime",
            source=_KSERVE,
            cluster_scoped=kind.startswith("Cluster"),
            pods=(
                Pods(template=("/spec",), pod="", desired=NONE),
                Pods(group="worker", template=("/spec/workerSpec",), pod="", desired=NONE),
            ),
            template=True,
        )
        for kind in ("ServingRuntime", "ClusterServingRuntime")
    ),
    Workload(
        type="serving.knative.dev/Service",
        category="ml.endpoint",
        source=_KNATIVE,
        pods=(
            Pods(
                required=True,
                desired=at(*_annotation("initial-scale", "initialScale", "min-scale", "minScale"), default=1),
                min=at(*_annotation("min-scale", "minScale"), default=0),
                max=at(*_annotation("max-scale", "maxScale"), default=UNBOUNDED, zero=UNBOUNDED),
            ),
        ),
    ),
    Workload(
        type="leaderworkerset.x-k8s.io/LeaderWorkerSet",
        category="workload.service",
        source=_LWS,
        pods=(
            Pods(
                group="leader",
                template=("/spec/leaderWorkerTemplate/leaderTemplate", _WORKER),
                required=True,
                desired=at("/spec/replicas", default=1),
                claims="/spec/leaderWorkerTemplate/volumeClaimTemplates",
            ),
            Pods(
                group="worker",
                template=(_WORKER,),
                required=True,
                desired=at("/spec/replicas", default=1),
                times=(at(_SIZE, default=1, less=1),),
                claims="/spec/leaderWorkerTemplate/volumeClaimTemplates",
            ),
        ),
    ),
    *(
        Workload(
            type=f"serving.kserve.io/{kind}",
            category="ml.endpoint" if kind == "LLMInferenceService" else "ml.runtime",
            source=_KSERVE,
            pods=_llm("/spec", kind == "LLMInferenceService"),
            template=kind != "LLMInferenceService",
        )
        for kind in ("LLMInferenceService", "LLMInferenceServiceConfig")
    ),
    Workload(
        type="apps.nvidia.com/NIMService",
        category="ml.endpoint",
        source="https://docs.nvidia.com/nim-operator/latest/service.html",
        pods=(
            Pods(
                template=("/spec",),
                pod="",
                resources="/spec/resources",
                elsewhere="the profile that NIM chooses",
                desired=at("/spec/replicas", default=1),
                min=at("/spec/scale/hpa/minReplicas", default=1),
                max=at("/spec/scale/hpa/maxReplicas", default=UNBOUNDED),
                times=(at("/spec/multiNode/parallelism/pipeline", default=1),),
                scaled="#/spec/scale/enabled",
            ),
        ),
    ),
    Workload(
        type="agents.x-k8s.io/Sandbox",
        category="workload.pod",
        source="https://agent-sandbox.sigs.k8s.io/docs/",
        pods=(Pods(template=("/spec/podTemplate",), required=True, desired=at("/spec/replicas", default=1)),),
    ),
    Workload(
        type="argoproj.io/Rollout",
        category="workload.service",
        source="https://argo-rollouts.readthedocs.io/en/stable/features/specification/",
        pods=(Pods(desired=at("/spec/replicas", default=1)),),
    ),
)
