"""What serves models by the operators of NVIDIA: NIM and NeMo, Dynamo, and the cliques of pods that it makes."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.kubernetes.workload import MADE, NONE, UNLIMITED, Ask, Case, Count, Pods, Workload, at
from guardrail.model.value import UNBOUNDED, Reason, Unknown

_NIM: Final = "https://docs.nvidia.com/nim-operator/latest/service.html"
_NEMO: Final = "https://docs.nvidia.com/nim-operator/latest/customizer.html"
_DYNAMO: Final = "https://docs.nvidia.com/dynamo/latest/kubernetes/api-reference.html"
_GROVE: Final = "https://github.com/ai-dynamo/grove/blob/main/docs/api-reference/operator-api.md"

_ON_REQUEST: Final = Count(
    default=Unknown(Reason.ENVIRONMENT, note="how many there are depends on how many are asked for at run time")
)


def _nim(spec: str, each: str = "", cases: tuple[Case, ...] = ()) -> Pods:
    """Return the pods of the spec of a NIMService."""
    return Pods(
        each=each,
        named="/name" if each else "",
        template=(spec,),
        pod="",
        resources=f"{spec}/resources",
        elsewhere="the profile that NIM chooses",
        desired=at(f"{spec}/replicas", default=1),
        min=at(f"{spec}/scale/hpa/minReplicas", default=1),
        max=at(f"{spec}/scale/hpa/maxReplicas", default=UNBOUNDED),
        times=(at(f"{spec}/multiNode/size", f"{spec}/multiNode/parallelism/pipeline", default=1),),
        scaled=f"{spec}/scale/enabled",
        cases=cases,
    )


def _nemo(spec: str = "/spec") -> Pods:
    return Pods(
        template=(spec,),
        pod="",
        resources=f"{spec}/resources",
        desired=at(f"{spec}/replicas", default=1),
        min=at(f"{spec}/scale/hpa/minReplicas", default=1),
        max=at(f"{spec}/scale/hpa/maxReplicas", default=UNBOUNDED),
        scaled=f"{spec}/scale/enabled",
    )


def _dynamo(service: str, each: str = "") -> tuple[Pods, Pods]:
    """Return the pods of a component of Dynamo, as v1alpha1 (amounts of their own) and v1beta1 write it."""
    amounts = (f"{service}/resources/limits", f"{service}/resources/requests")
    asks = tuple(
        Ask(
            amount=tuple(f"{side}/{key}" for side in amounts),
            resource={"gpu": "nvidia.com/gpu"}.get(key, key),
            named=f"{amounts[0]}/gpuType" if key == "gpu" else "",
        )
        for key in ("cpu", "memory", "gpu", "custom")
    )
    scaled = Case(at=f"{service}/scalingAdapter/enabled", words=frozenset({"true"}), min=NONE, max=_ON_REQUEST)
    grouped = {"#/spec/experimental/componentGroups": "components that are scaled as a group are not counted"}
    several = (at(f"{service}/multinode/nodeCount", default=1),)
    return (
        Pods(
            each=each,
            template=(f"{service}/extraPodSpec", f"{service}/resources" if service else ""),
            pod="",
            containers=("/mainContainer",),
            asks=asks,
            desired=at(f"{service}/replicas", default=1),
            times=several,
            cases=(scaled,),
        ),
        Pods(
            each="/spec/components" if each else "",
            named="/name" if each else "",
            template=(f"{service}/podTemplate",),
            unread=grouped,
            desired=at(f"{service}/replicas", default=1),
            times=several,
        ),
    )


_SHARED: Final = dict.fromkeys(
    ("/resourceSharing", "#/spec/template/resourceSharing"),
    "devices that cliques share (resourceSharing) are not counted",
)

WORKLOADS: Final = (
    Workload(
        type="apps.nvidia.com/NIMService",
        category="ml.endpoint",
        source=_NIM,
        pods=(_nim("/spec"),),
        claim="/spec/storage/pvc",
    ),
    Workload(
        type="apps.nvidia.com/NIMPipeline",
        category="ml.endpoint",
        source="https://docs.nvidia.com/nim-operator/latest/nim-pipelines.html",
        pods=(_nim("/spec", "/spec/services", (Case(at="/enabled", words=frozenset({"false"}), min=NONE, max=NONE),)),),
    ),
    Workload(
        type="apps.nvidia.com/NIMCache",
        category="workload.batch",
        source="https://docs.nvidia.com/nim-operator/latest/cache.html",
        pods=(
            Pods(
                group="download",
                template=("/spec",),
                pod="",
                asks=(
                    Ask(amount=("/spec/resources/cpu",), resource="cpu"),
                    Ask(amount=("/spec/resources/memory",), resource="memory"),
                ),
            ),
        ),
        claim="/spec/storage/pvc",
    ),
    Workload(
        type="apps.nvidia.com/NIMBuild",
        category="workload.batch",
        source="https://docs.nvidia.com/nim-operator/latest/build.html",
        pods=(Pods(template=("/spec",), pod="", resources="/spec/resources", elsewhere="the profile that NIM builds"),),
    ),
    Workload(
        type="apps.nvidia.com/NemoCustomizer",
        category="ml.training",
        source=_NEMO,
        pods=(
            _nemo(),
            Pods(
                group="training",
                template=("/spec/trainingConfig",),
                pod="",
                resources="/spec/trainingConfig/resources",
                elsewhere="the customization that is asked for",
                desired=_ON_REQUEST,
                min=NONE,
                max=UNLIMITED,
            ),
        ),
        lifetime={"ttl_seconds": at("/spec/trainingConfig/ttlSecondsAfterFinished")},
    ),
    *(
        Workload(type=f"apps.nvidia.com/{kind}", category="workload.service", source=_NEMO, pods=(_nemo(),))
        for kind in ("NemoDatastore", "NemoEntitystore", "NemoEvaluator", "NemoGuardrail", "NemoGuardrails")
    ),
    Workload(
        type="nvidia.com/DynamoGraphDeployment",
        category="ml.endpoint",
        source=_DYNAMO,
        pods=_dynamo("", "/spec/services"),
    ),
    Workload(
        type="nvidia.com/DynamoComponentDeployment",
        category="ml.endpoint",
        source=_DYNAMO,
        pods=_dynamo("/spec"),
    ),
    Workload(
        type="nvidia.com/DynamoGraphDeploymentRequest",
        category="ml.endpoint",
        source=_DYNAMO,
        pods=(
            Pods(
                template=("/spec",),
                pod="",
                elsewhere="the deployment that profiling proposes",
                desired=_ON_REQUEST,
                min=NONE,
                max=UNLIMITED,
            ),
        ),
    ),
    Workload(
        type="grove.io/PodCliqueSet",
        category="workload.service",
        source=_GROVE,
        also=("grove.ai-dynamo.io",),
        controller="grove",
        pods=(
            Pods(
                each=f"{MADE}/cliques",
                named="/name",
                template=("/spec/podSpec",),
                pod="",
                unread=_SHARED,
                desired=at("/many/desired", default=1),
                min=at("/many/low", default=1),
                max=at("/many/high", default=1),
                times=(at("#/spec/replicas", default=1),),
            ),
        ),
    ),
)
