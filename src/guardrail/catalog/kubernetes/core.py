"""The kinds that Kubernetes itself has and that run pods, bound them, or hold storage."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.kubernetes.workload import NONE, UNLIMITED, Count, Pods, Scaler, Workload, at
from guardrail.model.value import UNBOUNDED, Reason, Unknown

_API: Final = "https://kubernetes.io/docs/reference/kubernetes-api/"
_WORKLOADS: Final = f"{_API}workload-resources/"

PER_NODE: Final = Count(default=Unknown(Reason.ENVIRONMENT, note="one pod runs on each node that matches"))
"""How many pods of a DaemonSet there are. They are guests of nodes that are there for others."""


def job_lifetime(spec: str) -> dict[str, Count]:
    """Return what the spec of a Job at a pointer says of its end."""
    return {
        "max_runtime_seconds": at(f"{spec}/activeDeadlineSeconds"),
        "ttl_seconds": at(f"{spec}/ttlSecondsAfterFinished"),
        "max_retries": at(f"{spec}/backoffLimitPerIndex", f"{spec}/backoffLimit", default=6),
    }


OVERLAP: Final = Count(("#/spec/concurrencyPolicy",), UNBOUNDED, words={"Allow": UNBOUNDED, "Forbid": 1, "Replace": 1})
"""How many runs of a schedule there can be at once."""

WORKLOADS: Final = (
    Workload(
        type="core/Pod",
        category="workload.pod",
        source=f"{_WORKLOADS}pod-v1/",
        pods=(Pods(template=("",), required=True),),
        lifetime={"max_runtime_seconds": at("/spec/activeDeadlineSeconds")},
    ),
    Workload(
        type="core/PodTemplate",
        source=f"{_WORKLOADS}pod-template-v1/",
        pods=(Pods(template=("/template",), desired=NONE, required=True),),
        template=True,
    ),
    Workload(
        type="core/ReplicationController",
        category="workload.service",
        source=f"{_WORKLOADS}replication-controller-v1/",
        pods=(Pods(desired=at("/spec/replicas", default=1), required=True),),
    ),
    *(
        Workload(
            type=f"apps/{kind}",
            category="workload.service",
            source=f"{_WORKLOADS}{page}-v1/",
            also=("extensions",),
            pods=(Pods(desired=at("/spec/replicas", default=1), surge=surge, required=True),),
        )
        for kind, page, surge in (
            ("Deployment", "deployment", "/spec/strategy/rollingUpdate/maxSurge"),
            ("ReplicaSet", "replica-set", ""),
        )
    ),
    Workload(
        type="apps/StatefulSet",
        category="workload.service",
        source=f"{_WORKLOADS}stateful-set-v1/",
        pods=(Pods(desired=at("/spec/replicas", default=1), claims="/spec/volumeClaimTemplates", required=True),),
    ),
    Workload(
        type="apps/DaemonSet",
        category="workload.service",
        source=f"{_WORKLOADS}daemon-set-v1/",
        also=("extensions",),
        pods=(Pods(desired=PER_NODE, min=NONE, max=UNLIMITED, required=True),),
    ),
    Workload(
        type="batch/Job",
        category="workload.batch",
        source=f"{_WORKLOADS}job-v1/",
        pods=(Pods(desired=at("/spec/parallelism", default=1), at_most=(at("/spec/completions"),), required=True),),
        lifetime=job_lifetime("/spec"),
        suspended="/spec/suspend",
    ),
    Workload(
        type="batch/CronJob",
        category="workload.batch",
        source=f"{_WORKLOADS}cron-job-v1/",
        pods=(
            Pods(
                template=("/spec/jobTemplate/spec/template",),
                desired=at("/spec/jobTemplate/spec/parallelism", default=1),
                at_most=(at("/spec/jobTemplate/spec/completions"),),
                overlap=OVERLAP,
                required=True,
            ),
        ),
        lifetime=job_lifetime("/spec/jobTemplate/spec"),
        suspended="/spec/suspend",
        schedule=("/spec/schedule",),
        timezone="/spec/timeZone",
    ),
    Workload(
        type="core/Namespace",
        category="namespace",
        source=f"{_API}cluster-resources/namespace-v1/",
        cluster_scoped=True,
    ),
    Workload(type="core/ResourceQuota", category="quota", source=f"{_API}policy-resources/resource-quota-v1/"),
    Workload(type="core/LimitRange", category="quota", source=f"{_API}policy-resources/limit-range-v1/"),
    Workload(
        type="autoscaling/HorizontalPodAutoscaler",
        category="autoscaler",
        source=f"{_WORKLOADS}horizontal-pod-autoscaler-v2/",
        scaler=Scaler(
            target="/spec/scaleTargetRef",
            min=at("/spec/minReplicas", default=1),
            max=at("/spec/maxReplicas", default=UNBOUNDED),
            cooldown=at("/spec/behavior/scaleDown/stabilizationWindowSeconds", default=300),
        ),
    ),
    Workload(
        type="autoscaling.k8s.io/VerticalPodAutoscaler",
        category="autoscaler",
        source="https://github.com/kubernetes/autoscaler/blob/master/vertical-pod-autoscaler/docs/api.md",
    ),
    Workload(
        type="core/PersistentVolumeClaim",
        category="storage.volume",
        source=f"{_API}config-and-storage-resources/persistent-volume-claim-v1/",
        claim="/spec",
    ),
    Workload(
        type="core/PersistentVolume",
        category="storage.volume",
        source=f"{_API}config-and-storage-resources/persistent-volume-v1/",
        cluster_scoped=True,
    ),
    Workload(
        type="storage.k8s.io/StorageClass",
        source=f"{_API}config-and-storage-resources/storage-class-v1/",
        cluster_scoped=True,
    ),
    Workload(
        type="core/Service",
        category="network.service",
        source=f"{_API}service-resources/service-v1/",
    ),
    Workload(
        type="networking.k8s.io/Ingress",
        category="network.service",
        source=f"{_API}service-resources/ingress-v1/",
        also=("extensions",),
    ),
    Workload(
        type="core/Secret",
        source=f"{_API}config-and-storage-resources/secret-v1/",
        hidden=("/data", "/stringData"),
    ),
)
