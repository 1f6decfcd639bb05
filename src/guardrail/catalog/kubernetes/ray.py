"""Ray on Kubernetes: a cluster, and what starts one."""

from __future__ import annotations

from typing import Final, Optional

from guardrail.catalog.kubernetes.core import OVERLAP
from guardrail.catalog.kubernetes.workload import MADE, Count, Pods, Workload, at
from guardrail.model.value import UNBOUNDED

_SOURCE: Final = "https://ray-project.github.io/kuberay/reference/api/"


def cluster(spec: str, overlap: Optional[Count] = None) -> tuple[Pods, ...]:
    """
    Return the pods of the cluster spec at a pointer: the head, and each group of workers.

    A spec inside another object may be absent: a RayJob can run on a cluster that is there already.
    """
    scaled = f"#{spec}/enableInTreeAutoscaling"
    own = spec == "/spec"
    return (
        Pods(
            group="head",
            template=(f"{spec}/headGroupSpec/template",),
            overlap=overlap,
            required=own,
            beside=(f"{spec}/autoscalerOptions",),
            scaled=scaled,
        ),
        Pods(
            each=f"{spec}/workerGroupSpecs",
            named="/groupName",
            template=("/template",),
            required=True,
            desired=at("/replicas", default=0),
            min=at("/minReplicas", default=0),
            max=at("/maxReplicas", default=UNBOUNDED),
            times=(at("/numOfHosts", default=1),),
            overlap=overlap,
            scaled=scaled,
            suspended="/suspend",
            cooldown=at("/idleTimeoutSeconds", f"#{spec}/autoscalerOptions/idleTimeoutSeconds", default=60),
        ),
    )


def _job(spec: str) -> dict[str, Count]:
    return {
        "max_runtime_seconds": at(f"{spec}/activeDeadlineSeconds"),
        "ttl_seconds": at(f"{MADE}/ttl", f"{spec}/ttlSecondsAfterFinished", default=0),
        "max_retries": at(f"{spec}/backoffLimit", default=0),
    }


WORKLOADS: Final = (
    Workload(
        type="ray.io/RayCluster",
        category="workload.service",
        source=_SOURCE,
        pods=cluster("/spec"),
        suspended="/spec/suspend",
    ),
    Workload(
        type="ray.io/RayJob",
        category="workload.batch",
        source=_SOURCE,
        pods=(
            *cluster("/spec/rayClusterSpec"),
            Pods(group="submitter", template=("/spec/submitterPodTemplate",)),
        ),
        lifetime=_job("/spec"),
        controller="ray",
        ends=f"{MADE}/ends",
        refers={"/spec/clusterSelector/ray.io~1cluster": "ray.io/RayCluster"},
        guest=True,
        suspended="/spec/suspend",
    ),
    Workload(
        type="ray.io/RayCronJob",
        category="workload.batch",
        source=_SOURCE,
        pods=cluster("/spec/jobTemplate/rayClusterSpec", OVERLAP),
        lifetime=_job("/spec/jobTemplate"),
        controller="ray",
        ends=f"{MADE}/ends",
        refers={"/spec/jobTemplate/clusterSelector/ray.io~1cluster": "ray.io/RayCluster"},
        guest=True,
        suspended="/spec/suspend",
        schedule=("/spec/schedule",),
        timezone="/spec/timeZone",
    ),
    Workload(
        type="ray.io/RayService",
        category="workload.service",
        source=_SOURCE,
        pods=cluster("/spec/rayClusterConfig"),
        suspended="/spec/suspend",
    ),
)
