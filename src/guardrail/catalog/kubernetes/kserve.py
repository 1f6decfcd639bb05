"""KServe: services with a runtime each, and services of language models with what is merged into them."""

from __future__ import annotations

from typing import Final, Optional

from guardrail.catalog.kubernetes.workload import NONE, Ask, Case, Chosen, Count, Join, Pods, Spread, Workload, at
from guardrail.model.value import UNBOUNDED, Reason, Unknown

_SOURCE: Final = "https://kserve.github.io/website/docs/reference/crd-api"
_SCALING: Final = "https://kserve.github.io/website/docs/model-serving/predictive-inference/autoscaling/hpa-autoscaler"

_MODELS: Final = (
    "/model", "/sklearn", "/xgboost", "/tensorflow", "/pytorch", "/triton", "/onnx", "/huggingface", "/pmml",
    "/lightgbm", "/paddle", "/tensorrt",
)  # fmt: skip
"""Where a component of an InferenceService names the model, and with it a container that a runtime completes."""

_RUNTIME: Final = "the serving runtime that is chosen"
_CONFIGS: Final = "the LLMInferenceServiceConfig objects that are merged"
_RUNTIMES: Final = ("serving.kserve.io/ServingRuntime", "serving.kserve.io/ClusterServingRuntime")

_NOTE: Final = "#/metadata/annotations/serving.kserve.io~1"
_STOP: Final = "/metadata/annotations/serving.kserve.io~1stop"
_ELSEWHERE: Final = Count(default=Unknown(Reason.ENVIRONMENT, note="an autoscaler of another system bounds it"))
_NODES: Final = Unknown(Reason.ENVIRONMENT, note="over how many nodes a pipeline goes is a default of KServe's release")


def _cases(spec: str) -> tuple[Case, ...]:
    """Return what bounds a component other than Knative does: without it, one that states no maximum does not scale."""
    return (
        Case(at=f"{_NOTE}deploymentMode", words=frozenset({"ModelMesh"}), min=NONE, max=NONE),
        Case(at=f"{_NOTE}autoscalerClass", words=frozenset({"external"}), min=NONE, max=_ELSEWHERE),
        Case(
            at=f"{_NOTE}deploymentMode",
            words=frozenset({"RawDeployment", "Standard"}),
            min=at(f"{spec}/minReplicas", default=1),
            max=at(f"{spec}/maxReplicas", f"{spec}/minReplicas", default=1),
        ),
    )


def _component(name: str, spec: str, alone: tuple[str, ...] = (), elsewhere: str = _RUNTIME) -> Pods:
    return Pods(
        group=name,
        template=(spec,),
        pod="",
        containers=alone,
        elsewhere=elsewhere,
        selects={"cloud.google.com/gke-accelerator": (f"{_NOTE}gke-accelerator",)} if alone else {},
        desired=at(f"{spec}/minReplicas", default=1),
        min=at(f"{spec}/minReplicas", default=1),
        max=at(f"{spec}/maxReplicas", default=UNBOUNDED, zero=UNBOUNDED),
        cases=_cases(spec),
        second=f"{spec}/canaryTrafficPercent",
    )


def _worker(name: str, spec: str) -> Pods:
    """Return the pods beside the head of a component that one machine is too small for."""
    sizes = f"{spec}/workerSpec"
    return Pods(
        group=f"{name}-worker",
        template=(sizes,),
        pod="",
        elsewhere=_RUNTIME,
        selects={"cloud.google.com/gke-accelerator": (f"{_NOTE}gke-accelerator",)},
        desired=at(f"{spec}/minReplicas", default=1),
        min=at(f"{spec}/minReplicas", default=1),
        max=at(f"{spec}/maxReplicas", default=UNBOUNDED, zero=UNBOUNDED),
        cases=_cases(spec),
        spread=Spread(
            devices=(at(f"{sizes}/pipelineParallelSize", default=_NODES), at(f"{sizes}/tensorParallelSize", default=1)),
            less=1,
        ),
    )


def _joins(spec: str) -> tuple[Join, ...]:
    runtime = f"{spec}/model/runtime"
    chosen = Chosen(
        wanted=(f"{spec}/model/modelFormat/name",),
        listed="/spec/supportedModelFormats",
        named="/name",
        marked="/autoSelect",
    )
    return (
        Join(
            name=runtime,
            types=_RUNTIMES,
            chosen=chosen,
            leave=frozenset({"workerSpec"}),
            into=spec,
            alone=_MODELS,
            container="kserve-container",
        ),
        Join(
            name=runtime,
            types=_RUNTIMES,
            chosen=chosen,
            take="/spec/workerSpec",
            into=f"{spec}/workerSpec",
            alone=_MODELS,
            present=True,
        ),
    )


_CANARY: Final = Pods(
    each="/spec/canary",
    named="/predictor/name",
    template=("/predictor",),
    pod="",
    containers=_MODELS,
    elsewhere=_RUNTIME,
    desired=at("/predictor/minReplicas", default=1),
)
"""Another version beside the one that serves, of a fixed size."""


def _llm(spec: str, runs: bool) -> tuple[Pods, ...]:
    """Return the pods of an LLMInferenceService: leaders, workers, and the same of a separate prefill."""
    return (
        *_leaders("main", "worker", spec, runs),
        *_leaders("prefill", "prefill-worker", f"{spec}/prefill", runs),
        Pods(
            group="scheduler",
            template=(f"{spec}/router/scheduler/template",),
            pod="",
            desired=at(f"{spec}/router/scheduler/replicas", default=1) if runs else NONE,
        ),
    )


def _leaders(leader: str, worker: str, spec: str, runs: bool) -> tuple[Pods, Pods]:
    size = Count((f"{spec}/parallelism/data", f"{spec}/parallelism/pipeline"), 1, by=(f"{spec}/parallelism/dataLocal",))
    least, desired, most = _replicas(spec) if runs else (None, NONE, None)
    elsewhere = _CONFIGS if runs else ""
    claimed = Ask(
        amount=(f"{_NOTE}exp-dra-device-count",),
        resource="",
        named=f"{_NOTE}exp-dra-device-class",
        prefix="deviceclass.resource.kubernetes.io/",
        alone=1,
    )
    return (
        Pods(
            group=leader,
            template=(f"{spec}/template", f"{spec}/worker", spec),
            pod="",
            elsewhere=elsewhere,
            asks=(claimed,) if runs else (),
            desired=desired,
            min=least,
            max=most,
        ),
        Pods(
            group=worker,
            template=(f"{spec}/worker",),
            pod="",
            elsewhere=elsewhere,
            asks=(claimed,) if runs else (),
            desired=desired,
            min=least,
            max=most,
            times=(Count(size.at, size.default, by=size.by, less=1),) if runs else (),
        ),
    )


def _replicas(spec: str) -> tuple[Optional[Count], Count, Optional[Count]]:
    scaling, stated = f"{spec}/scaling", f"{spec}/replicas"
    idle = (f"{scaling}/keda/idleReplicaCount", f"{scaling}/wva/keda/idleReplicaCount")
    return (
        at(*idle, f"{scaling}/minReplicas", stated, default=1),
        at(stated, f"{scaling}/minReplicas", default=1),
        at(f"{scaling}/maxReplicas", stated, default=1),
    )


WORKLOADS: Final = (
    Workload(
        type="serving.kserve.io/InferenceService",
        category="ml.endpoint",
        source=_SOURCE,
        also=("serving.kubeflow.org",),
        pods=(
            _component("predictor", "/spec/predictor", _MODELS),
            _worker("predictor", "/spec/predictor"),
            _component("transformer", "/spec/transformer"),
            _component("explainer", "/spec/explainer", ("/art", "/alibi", "/aix")),
            _CANARY,
            *(
                _component(f"{version}.{part}", f"/spec/{version}/{part}", _MODELS if part == "predictor" else ())
                for version in ("default", "canary")
                for part in ("predictor", "transformer", "explainer")
            ),
        ),
        joins=_joins("/spec/predictor"),
        suspended=_STOP,
    ),
    *(
        Workload(
            type=native,
            category="ml.runtime",
            source=_SOURCE,
            cluster_scoped="Cluster" in native,
            pods=(
                Pods(template=("/spec",), pod="", desired=NONE),
                Pods(group="worker", template=("/spec/workerSpec",), pod="", desired=NONE),
            ),
            template=True,
        )
        for native in _RUNTIMES
    ),
    *(
        Workload(
            type=f"serving.kserve.io/{kind}",
            category="ml.endpoint" if runs else "ml.runtime",
            source=_SOURCE,
            pods=_llm("/spec", runs),
            joins=(
                Join(
                    each="/spec/baseRefs",
                    name="/name",
                    types=("serving.kserve.io/LLMInferenceServiceConfig",),
                    homes=("kserve",),
                ),
            ),
            suspended=_STOP if runs else "",
            template=not runs,
        )
        for kind, runs in (("LLMInferenceService", True), ("LLMInferenceServiceConfig", False))
    ),
    Workload(
        type="serving.kserve.io/InferenceGraph",
        category="ml.endpoint",
        source=_SCALING,
        pods=(
            Pods(
                group="router",
                template=("/spec",),
                pod="",
                resources="/spec/resources",
                desired=at("/spec/minReplicas", default=1),
                min=at("/spec/minReplicas", default=1),
                max=at("/spec/maxReplicas", default=UNBOUNDED, zero=UNBOUNDED),
                cases=_cases("/spec"),
            ),
        ),
        suspended=_STOP,
    ),
    Workload(
        type="serving.kserve.io/TrainedModel",
        category="ml.model",
        source=_SOURCE,
        refers={"/spec/inferenceService": "serving.kserve.io/InferenceService"},
    ),
)
