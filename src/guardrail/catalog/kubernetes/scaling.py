"""What moves the replicas of others, or starts jobs, by events: KEDA and its kin."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.kubernetes.workload import Count, Pods, Scaler, Workload, at
from guardrail.model.value import UNBOUNDED

_NOTE: Final = "/metadata/annotations/autoscaling.keda.sh~1"
_MOST: Final = 100
"""The maximum where none is stated."""

WORKLOADS: Final = (
    Workload(
        type="keda.sh/ScaledJob",
        category="workload.batch",
        source="https://keda.sh/docs/latest/reference/scaledjob-spec/",
        pods=(
            Pods(
                template=("/spec/jobTargetRef/template",),
                required=True,
                desired=at("/spec/minReplicaCount", default=0),
                min=at("/spec/minReplicaCount", default=0),
                max=at("/spec/maxReplicaCount", default=_MOST),
                times=(Count(("/spec/jobTargetRef/parallelism",), 1, most=("/spec/jobTargetRef/completions",)),),
            ),
        ),
        lifetime={
            "max_runtime_seconds": at("/spec/jobTargetRef/activeDeadlineSeconds"),
            "ttl_seconds": at("/spec/jobTargetRef/ttlSecondsAfterFinished"),
            "max_retries": at("/spec/jobTargetRef/backoffLimit", default=6),
        },
        suspended=f"{_NOTE}paused",
    ),
    Workload(
        type="keda.sh/ScaledObject",
        category="autoscaler",
        source="https://keda.sh/docs/latest/reference/scaledobject-spec/",
        scaler=Scaler(
            target="/spec/scaleTargetRef",
            min=at("/spec/minReplicaCount", default=0),
            max=at("/spec/maxReplicaCount", default=_MOST),
            idle=at("/spec/idleReplicaCount"),
            fixed=at(f"{_NOTE}paused-replicas"),
            cooldown=at("/spec/cooldownPeriod", default=300),
        ),
    ),
    Workload(
        type="http.keda.sh/HTTPScaledObject",
        category="autoscaler",
        source="https://github.com/kedacore/http-add-on/blob/main/docs/ref/v0.10.0/http_scaled_object.md",
        scaler=Scaler(
            target="/spec/scaleTargetRef",
            min=at("/spec/replicas/min", default=0),
            max=at("/spec/replicas/max", default=_MOST),
            cooldown=at("/spec/scaledownPeriod", default=300),
        ),
    ),
    Workload(
        type="autoscaling.aibrix.ai/PodAutoscaler",
        category="autoscaler",
        source="https://aibrix.readthedocs.io/latest/features/autoscaling/autoscaling.html",
        scaler=Scaler(
            target="/spec/scaleTargetRef",
            min=at("/spec/minReplicas", default=1),
            max=at("/spec/maxReplicas", default=UNBOUNDED),
            raised=(at("/spec/schedules/*/maxReplicas"),),
            group="/spec/subTargetSelector/roleName",
            cooldown=Count(default=300),
        ),
    ),
)
