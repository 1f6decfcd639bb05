"""What serves, by controllers that know nothing of models: Knative, leaders with workers, rollouts, sandboxes."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.kubernetes.workload import NONE, ONE, Count, Join, Pods, Workload, at
from guardrail.model.value import UNBOUNDED

_KNATIVE: Final = "https://knative.dev/docs/serving/autoscaling/scale-bounds/"
_LWS: Final = "https://lws.sigs.k8s.io/docs/reference/leaderworkerset.v1/"
_ROLLOUTS: Final = "https://argo-rollouts.readthedocs.io/en/stable/features/specification/"
_SANDBOX: Final = "https://agent-sandbox.sigs.k8s.io/docs/"
_POOLS: Final = "extensions.agents.x-k8s.io"


def _scale(metadata: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{metadata}/annotations/autoscaling.knative.dev~1{name}" for name in names)


def _knative(template: str, metadata: str) -> Pods:
    return Pods(
        template=(template,),
        required=True,
        desired=at(*_scale(metadata, "initial-scale", "initialScale", "min-scale", "minScale"), default=1),
        min=at(*_scale(metadata, "min-scale", "minScale"), default=0),
        max=at(*_scale(metadata, "max-scale", "maxScale"), default=UNBOUNDED, zero=UNBOUNDED),
    )


def _leaders(spec: str, each: str = "") -> tuple[Pods, Pods]:
    """Return the pods of groups of a size that counts the leader, which is a worker where it has no template."""
    template, replicas = f"{spec}/leaderWorkerTemplate", at(f"{spec}/replicas", default=1)
    worker, claims = f"{template}/workerTemplate", f"{template}/volumeClaimTemplates"
    named = "/name" if each else ""
    return (
        Pods(
            group="leader",
            each=each,
            named=named,
            template=(f"{template}/leaderTemplate", worker),
            required=True,
            desired=replicas,
            claims=claims,
        ),
        Pods(
            group="worker",
            each=each,
            named=named,
            template=(worker,),
            required=True,
            desired=replicas,
            times=(at(f"{template}/size", default=1, less=1),),
            claims=claims,
        ),
    )


_ROLLED: Final = ("/spec/template", "/spec/workloadRef")
"""The template of a rollout: its own, or that of a deployment, which is joined to it."""

WORKLOADS: Final = (
    *(
        Workload(
            type=f"serving.knative.dev/{kind}",
            category="ml.endpoint",
            source=_KNATIVE,
            pods=(_knative("/spec/template", "/spec/template/metadata"),),
        )
        for kind in ("Service", "Configuration")
    ),
    Workload(
        type="serving.knative.dev/Revision",
        category="ml.endpoint",
        source=_KNATIVE,
        pods=(_knative("", "/metadata"),),
    ),
    Workload(
        type="leaderworkerset.x-k8s.io/LeaderWorkerSet",
        category="workload.service",
        source=_LWS,
        pods=_leaders("/spec"),
    ),
    Workload(
        type="disaggregatedset.x-k8s.io/DisaggregatedSet",
        category="workload.service",
        source="https://lws.sigs.k8s.io/docs/concepts/disaggregatedset/",
        pods=_leaders("/spec", "/spec/roles"),
    ),
    Workload(
        type="workload.serving.volcano.sh/ModelServing",
        category="ml.endpoint",
        source="https://docs.vllm.ai/en/latest/deployment/integrations/kthena/",
        pods=(
            Pods(
                group="entry",
                each="/spec/template/roles",
                named="/name",
                template=("/entryTemplate",),
                required=True,
                desired=at("#/spec/replicas", default=1),
                times=(at("/replicas", default=1),),
            ),
            Pods(
                group="worker",
                each="/spec/template/roles",
                named="/name",
                template=("/workerTemplate",),
                desired=at("#/spec/replicas", default=1),
                times=(at("/replicas", default=1), at("/workerReplicas", default=0)),
            ),
        ),
    ),
    Workload(
        type="argoproj.io/Rollout",
        category="workload.service",
        source=_ROLLOUTS,
        pods=(
            Pods(
                template=_ROLLED,
                required=True,
                elsewhere="the workload that the rollout refers to",
                desired=at("/spec/replicas", default=1),
            ),
            Pods(
                group="preview",
                template=_ROLLED,
                elsewhere="the workload that the rollout refers to",
                when="/spec/strategy/blueGreen",
                desired=NONE,
                min=NONE,
                max=at("/spec/strategy/blueGreen/previewReplicaCount", "/spec/replicas", default=1),
            ),
        ),
        joins=(
            Join(
                name="/spec/workloadRef",
                reference=True,
                types=("apps/Deployment",),
                take="/spec/template",
                into="/spec/template",
            ),
        ),
    ),
    Workload(
        type="argoproj.io/Experiment",
        category="workload.batch",
        source="https://argo-rollouts.readthedocs.io/en/stable/features/experiment/",
        pods=(
            Pods(
                each="/spec/templates",
                named="/name",
                template=("/template",),
                required=True,
                desired=at("/replicas", default=1),
            ),
        ),
        suspended="/spec/terminate",
    ),
    *(
        Workload(
            type=f"argoproj.io/{kind}",
            category="workload.batch" if kind == "AnalysisRun" else "other",
            source="https://argo-rollouts.readthedocs.io/en/stable/analysis/job/",
            cluster_scoped=kind.startswith("Cluster"),
            pods=(
                Pods(
                    each="/spec/metrics",
                    named="/name",
                    template=("/provider/job/spec/template",),
                    desired=at("/provider/job/spec/parallelism", default=1) if kind == "AnalysisRun" else NONE,
                ),
            ),
            template=kind != "AnalysisRun",
        )
        for kind in ("AnalysisRun", "AnalysisTemplate", "ClusterAnalysisTemplate")
    ),
    Workload(
        type="agents.x-k8s.io/Sandbox",
        category="workload.pod",
        source=_SANDBOX,
        pods=(
            Pods(
                template=("/spec/podTemplate",),
                required=True,
                desired=Count(("/spec/operatingMode", "/spec/replicas"), 1, words={"Running": 1, "Suspended": 0}),
                min=Count(("/spec/operatingMode", "/spec/replicas"), 1, words={"Running": 1, "Suspended": 0}),
                max=ONE,
                claims="/spec/volumeClaimTemplates",
            ),
        ),
        expires="/spec/shutdownTime",
    ),
    Workload(
        type=f"{_POOLS}/SandboxTemplate",
        category="ml.runtime",
        source=_SANDBOX,
        pods=(Pods(template=("/spec/podTemplate",), desired=NONE),),
        template=True,
    ),
    *(
        Workload(
            type=f"{_POOLS}/{kind}",
            category="workload.service" if kind == "SandboxWarmPool" else "workload.pod",
            source=_SANDBOX,
            pods=(
                Pods(
                    template=("/spec/podTemplate", "/spec"),
                    elsewhere="the template that it names",
                    desired=at("/spec/replicas", default=1),
                    claims="/spec/volumeClaimTemplates",
                ),
            ),
            joins=(Join(name="/spec/sandboxTemplateRef/name", types=(f"{_POOLS}/SandboxTemplate",)),),
        )
        for kind in ("SandboxWarmPool", "SandboxClaim")
    ),
)
