"""Engines that work on data: Spark, Flink and Dask."""

from __future__ import annotations

from typing import Final, Optional

from guardrail.catalog.kubernetes.core import OVERLAP
from guardrail.catalog.kubernetes.workload import MADE, Count, Pods, Workload, at

_SPARK: Final = "https://github.com/kubeflow/spark-operator/blob/master/docs/api-docs.md"
_DASK: Final = "https://kubernetes.dask.org/en/latest/operator_resources.html"
_FLINK: Final = "https://nightlies.apache.org/flink/flink-kubernetes-operator-docs-main/docs/custom-resource/reference/"


def _application(overlap: Optional[Count] = None) -> tuple[Pods, ...]:
    """Return the pods of an application of Spark: the driver, and its executors."""
    return (
        Pods(group="driver", template=(f"{MADE}/driver/template",), required=True, overlap=overlap),
        Pods(
            group="executor",
            template=(f"{MADE}/executor/template",),
            required=True,
            desired=at(f"{MADE}/executor/desired", default=1),
            min=at(f"{MADE}/executor/low", f"{MADE}/executor/desired", default=1),
            max=at(f"{MADE}/executor/high", f"{MADE}/executor/desired", default=1),
            scaled=f"{MADE}/executor/scales",
            overlap=overlap,
        ),
    )


def _dask(spec: str) -> tuple[Pods, ...]:
    """Return the pods of a cluster of Dask whose spec is at a pointer."""
    return (
        Pods(group="scheduler", template=(f"{spec}/scheduler",)),
        Pods(group="worker", template=(f"{spec}/worker",), desired=at(f"{spec}/worker/replicas", default=1)),
    )


def _lifetime(spec: str) -> dict[str, Count]:
    return {
        "ttl_seconds": at(f"{spec}/timeToLiveSeconds"),
        "max_retries": at(f"{spec}/restartPolicy/onFailureRetries"),
    }


WORKLOADS: Final = (
    Workload(
        type="sparkoperator.k8s.io/SparkApplication",
        category="workload.batch",
        source=_SPARK,
        controller="spark",
        pods=_application(),
        lifetime=_lifetime("/spec"),
        suspended="/spec/suspend",
    ),
    Workload(
        type="sparkoperator.k8s.io/ScheduledSparkApplication",
        category="workload.batch",
        source=_SPARK,
        controller="spark",
        pods=_application(OVERLAP),
        lifetime=_lifetime("/spec/template"),
        suspended="/spec/suspend",
        schedule=("/spec/schedule",),
        timezone="/spec/timeZone",
    ),
    Workload(
        type="sparkoperator.k8s.io/SparkConnect",
        category="workload.service",
        source=_SPARK,
        controller="spark",
        pods=_application(),
    ),
    Workload(
        type="kubernetes.dask.org/DaskCluster",
        category="workload.service",
        source=_DASK,
        pods=_dask("/spec"),
        lifetime={"idle_shutdown_seconds": Count(("/spec/idleTimeout",))},
    ),
    Workload(
        type="kubernetes.dask.org/DaskWorkerGroup",
        category="workload.service",
        source=_DASK,
        pods=_dask("/spec"),
        refers={"/spec/cluster": "kubernetes.dask.org/DaskCluster"},
    ),
    Workload(
        type="kubernetes.dask.org/DaskJob",
        category="workload.batch",
        source=_DASK,
        pods=(Pods(group="job", template=("/spec/job",), required=True), *_dask("/spec/cluster/spec")),
    ),
    Workload(
        type="flink.apache.org/FlinkDeployment",
        category="workload.service",
        source=_FLINK,
        controller="flink",
        pods=(
            Pods(group="jobmanager", template=(f"{MADE}/job/template",), desired=at(f"{MADE}/job/count", default=1)),
            Pods(
                group="taskmanager",
                template=(f"{MADE}/task/template",),
                desired=at(f"{MADE}/task/count", default=1),
                min=at(f"{MADE}/task/low", f"{MADE}/task/count", default=1),
                max=at(f"{MADE}/task/high", f"{MADE}/task/count", default=1),
            ),
        ),
        suspended=f"{MADE}/halted",
    ),
    *(
        Workload(type=f"flink.apache.org/{kind}", source=_FLINK, refers=refers, guest=bool(refers))
        for kind, refers in (
            ("FlinkSessionJob", {"/spec/deploymentName": "flink.apache.org/FlinkDeployment"}),
            ("FlinkStateSnapshot", {}),
        )
    ),
)
