"""What serves models by the operators of others: KAITO, the stacks around vLLM, HyperPod."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from guardrail.catalog.kubernetes.ray import cluster
from guardrail.catalog.kubernetes.workload import ONE, Ask, Case, Count, Pods, Workload, at
from guardrail.model.value import UNBOUNDED, Reason, Unknown

_KAITO: Final = "https://kaito-project.github.io/kaito/docs/"
_AIBRIX: Final = "https://aibrix.readthedocs.io/latest/"
_VLLM: Final = "https://docs.vllm.ai/projects/production-stack/en/latest/use_cases/crd.html"
_HYPERPOD: Final = "https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-hyperpod-model-deployment-deploy-ftm.html"

_MACHINE: Final = "node.kubernetes.io/instance-type"


def _asks(resources: str) -> tuple[Ask, ...]:
    """Return amounts as the operator of vLLM writes them: plain ones, and what a GPU is called as a value."""
    return (
        Ask(amount=(f"{resources}/cpu",), resource="cpu"),
        Ask(amount=(f"{resources}/memory",), resource="memory"),
        Ask(amount=(f"{resources}/gpu",), resource="nvidia.com/gpu", named=f"{resources}/gpuType"),
    )


def _roles(each: str, fleet: bool) -> Pods:
    """Return the pods of roles; a fleet makes several sets of them."""
    own, size = at("/replicas", default=1), at("/podGroupSize", default=1)
    return Pods(
        each=each,
        named="/name",
        template=("/template",),
        required=True,
        desired=at("#/spec/replicas", default=1) if fleet else own,
        times=(own, size) if fleet else (size,),
    )


def _on_machines(compute: str, template: tuple[str, ...], when: str = "", **counts: Count) -> Pods:
    """Return pods that have machines of a type for themselves: KAITO makes the nodes, or takes parts of some."""
    return Pods(
        template=template,
        when=when,
        selects={_MACHINE: (f"{compute}/instanceType",), "": (f"{compute}/labelSelector/matchLabels",)},
        whole=True,
        elsewhere="the model that KAITO runs",
        asks=(
            Ask(amount=(f"{compute}/partition/count",), resource="nvidia.com/gpu"),
            Ask(amount=(), resource="", named=f"{compute}/partition/profile", prefix="nvidia.com/mig-", alone=1),
        ),
        **counts,  # type: ignore[arg-type]
    )


_ESTIMATED: Final = Unknown(Reason.COMPUTED, note="KAITO works out how many nodes the model takes")


def _nodes(*stated: str, partition: str) -> Count:
    """Return how many nodes a model takes that KAITO knows; on a slice of a device it is one."""
    return Count((*stated, f"{partition}/mode"), _ESTIMATED, words={"mig": 1, "accelerator": _ESTIMATED})


def _workspace() -> tuple[Pods, ...]:
    """Return the pods of a workspace: by a template, or of a model that KAITO knows, to serve or to tune."""
    one = at("/resource/count", default=1)
    nodes = _nodes("/resource/count", partition="/resource/partition")
    return (
        _on_machines("/resource", ("/inference/template", "/tuning/template"), desired=one),
        _on_machines("/resource", ("",), "/inference/preset", desired=nodes, min=at("/resource/count", default=1)),
        _on_machines("/resource", ("",), "/tuning/preset", desired=one),
    )


def _set_of_workspaces() -> tuple[Pods, ...]:
    """
    Return the pods of workspaces that are made alike, on so many nodes at most together (0 is no limit).

    A scaler of KAITO's, which annotations ask for, moves their number.
    """
    resource, limit = "/spec/template/resource", "/spec/nodeCountLimit"
    note = "#/metadata/annotations/scaledobject.kaito.sh~1"
    replicas, most = at("/spec/replicas", default=1), at(f"{note}max-replicas", "/spec/replicas", default=1)
    scaled = Case(at=f"{note}auto-provision", words=frozenset({"true"}), min=ONE, max=most)
    own = _on_machines(resource, ("/spec/template/inference/template",), desired=replicas)
    of_model = _on_machines(
        resource,
        ("/spec/template",),
        "/spec/template/inference/preset",
        desired=Count(default=_ESTIMATED),
        min=replicas,
        max=Count((limit,), _ESTIMATED, zero=UNBOUNDED),
    )
    sliced = Case(at=f"{resource}/partition/mode", words=frozenset({"mig"}), min=replicas, max=most)
    nodes = (at(limit, zero=UNBOUNDED),)
    return (
        replace(own, cases=(scaled,), at_most=nodes),
        replace(of_model, cases=(sliced,), at_most=nodes, fixed=True),
    )


def _endpoint(resources: str, machines: tuple[str, ...], least: tuple[str, ...], most: tuple[str, ...]) -> Pods:
    """Return the pods of a model on HyperPod."""
    stated = ("/spec/replicas", "/spec/InitialReplicaCount", "/spec/initialReplicaCount")
    return Pods(
        template=("/spec",),
        pod="",
        resources=resources,
        elsewhere="the model that is deployed",
        selects={_MACHINE: machines},
        desired=at(*stated, *least, default=1),
        min=at(*least, *stated, default=1),
        max=at(*most, *stated, default=1),
    )


_FLEET: Final = tuple(
    replace(pods, times=(*pods.times, at("#/spec/replicas", default=1))) for pods in cluster("/spec/template/spec")
)
"""The pods of as many clusters of Ray as a fleet has."""

_AUTO: Final = "/spec/autoScalingSpec"

WORKLOADS: Final = (
    Workload(
        type="kaito.sh/Workspace",
        category="workload.service",
        source=_KAITO,
        pods=_workspace(),
    ),
    Workload(
        type="kaito.sh/RAGEngine",
        category="workload.service",
        source=_KAITO,
        pods=(_on_machines("/spec/compute", ("/spec/compute",), desired=at("/spec/compute/count", default=1)),),
    ),
    Workload(
        type="kaito.sh/InferenceSet",
        category="workload.service",
        source=_KAITO,
        pods=_set_of_workspaces(),
    ),
    Workload(
        type="kaito.sh/MultiRoleInference",
        category="ml.endpoint",
        source=_KAITO,
        pods=(
            Pods(
                each="/spec/roles",
                named="/type",
                template=("",),
                pod="",
                selects={_MACHINE: ("/instanceType",)},
                whole=True,
                elsewhere="the model that KAITO runs",
                desired=at("/replicas", default=1),
                min=at("/replicas", default=1),
                max=Count(("/replicas",), UNBOUNDED),
            ),
        ),
    ),
    Workload(
        type="workload.serving.volcano.sh/ModelBooster",
        category="ml.endpoint",
        source="https://docs.vllm.ai/en/latest/deployment/integrations/kthena/",
        pods=(
            Pods(
                each="/spec/backend/workers",
                named="/type",
                template=("",),
                pod="",
                resources="/resources",
                desired=at("#/spec/backend/replicas", default=1),
                times=(at("/replicas", default=1), at("/pods", default=1)),
            ),
        ),
    ),
    Workload(
        type="production-stack.vllm.ai/VLLMRuntime",
        category="ml.endpoint",
        source=_VLLM,
        pods=(
            Pods(
                template=("/spec/deploymentConfig", "/spec"),
                pod="",
                asks=(
                    *_asks("/spec/deploymentConfig/resources"),
                    *_asks("/spec/deploymentConfig/sidecarConfig/resources"),
                    *_asks("/spec/resources"),
                ),
                desired=at("/spec/deploymentConfig/replicas", "/spec/replicas", default=1),
                min=at("/spec/autoscalingConfig/minReplicas", default=1),
                max=at("/spec/autoscalingConfig/maxReplicas", default=UNBOUNDED),
                scaled="/spec/autoscalingConfig/enabled",
            ),
        ),
    ),
    *(
        Workload(
            type=f"production-stack.vllm.ai/{kind}",
            category="workload.service",
            source=_VLLM,
            pods=(
                Pods(
                    template=("/spec",),
                    pod="",
                    asks=_asks("/spec/resources"),
                    desired=at("/spec/replicas", default=1),
                ),
            ),
        )
        for kind in ("VLLMRouter", "CacheServer")
    ),
    *(
        Workload(
            type=f"orchestration.aibrix.ai/{kind}",
            category="ml.endpoint",
            source=_AIBRIX,
            pods=_FLEET,
        )
        for kind in ("RayClusterFleet", "RayClusterReplicaSet")
    ),
    Workload(
        type="orchestration.aibrix.ai/StormService",
        category="ml.endpoint",
        source=_AIBRIX,
        pods=(_roles("/spec/template/spec/roles", fleet=True),),
    ),
    Workload(
        type="orchestration.aibrix.ai/RoleSet",
        category="ml.endpoint",
        source=_AIBRIX,
        pods=(_roles("/spec/roles", fleet=False),),
    ),
    Workload(
        type="orchestration.aibrix.ai/PodSet",
        category="ml.endpoint",
        source=_AIBRIX,
        pods=(Pods(required=True, desired=at("/spec/podGroupSize", default=1)),),
    ),
    Workload(
        type="inference.sagemaker.aws.amazon.com/InferenceEndpointConfig",
        category="ml.endpoint",
        source=_HYPERPOD,
        pods=(
            _endpoint(
                "/spec/worker/resources",
                ("/spec/instanceType", "/spec/instanceTypes"),
                (f"{_AUTO}/minReplicaCount",),
                (f"{_AUTO}/maxReplicaCount",),
            ),
        ),
        tags="/spec/tags",
    ),
    *(
        Workload(
            type=f"inference.sagemaker.aws.amazon.com/{kind}",
            category="ml.endpoint",
            source=_HYPERPOD,
            pods=(
                _endpoint(
                    "/spec/server/resources",
                    ("/spec/server/instanceType",),
                    (f"{_AUTO}/minReplicaCount", "/spec/server/minAutoScaleReplicas"),
                    (f"{_AUTO}/maxReplicaCount", "/spec/server/maxAutoScaleReplicas"),
                ),
            ),
            tags="/spec/tags",
        )
        for kind in ("JumpStartModel", "ModelDeployment")
    ),
)
