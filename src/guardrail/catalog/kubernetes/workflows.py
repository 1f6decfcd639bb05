"""Workflows and pipelines: what starts pods step by step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Optional

from guardrail.catalog.kubernetes.core import OVERLAP
from guardrail.catalog.kubernetes.workload import MADE, NONE, UNLIMITED, Count, Nested, Pods, Workload, at

_TEKTON: Final = "https://tekton.dev/docs/pipelines/"
_ARGO: Final = "https://argo-workflows.readthedocs.io/en/latest/fields/"


def _pods(overlap: Optional[Count] = None) -> tuple[Pods, ...]:
    """Return the pods of the templates that run, within what is surely and at most started at once."""
    return (
        Pods(
            each=f"{MADE}/pods",
            named="/name",
            template=("/template",),
            required=True,
            desired=at("/desired"),
            min=at("/low"),
            max=at("/high"),
            fixed=True,
            overlap=overlap,
        ),
    )


_OBJECTS: Final = (Nested(each=f"{MADE}/objects", at="/object", named="/name", times=(at("/times"),)),)
"""Objects that steps create: a training job in a pipeline."""


_LIFETIME: Final[Mapping[str, Count]] = {
    "max_runtime_seconds": at(f"{MADE}/deadline"),
    "ttl_seconds": at(f"{MADE}/ttl"),
    "max_retries": at(f"{MADE}/retries"),
}

_TASKS: Final = (
    Pods(
        each=f"{MADE}/pods",
        named="/name",
        template=("/template",),
        required=True,
        desired=at("/count"),
        min=at("/low", "/count"),
        max=at("/high", "/count"),
        fixed=True,
    ),
)

WORKLOADS: Final = (
    Workload(
        type="argoproj.io/Workflow",
        category="ml.pipeline",
        source=_ARGO,
        controller="argo",
        pods=_pods(),
        nested=_OBJECTS,
        lifetime=_LIFETIME,
        suspended="/spec/suspend",
    ),
    *(
        Workload(
            type=f"argoproj.io/{kind}",
            category="ml.runtime",
            source=_ARGO,
            cluster_scoped=kind.startswith("Cluster"),
            controller="argo",
            pods=_pods(),
            template=True,
        )
        for kind in ("WorkflowTemplate", "ClusterWorkflowTemplate")
    ),
    Workload(
        type="argoproj.io/CronWorkflow",
        category="ml.pipeline",
        source=_ARGO,
        controller="argo",
        pods=_pods(OVERLAP),
        nested=_OBJECTS,
        lifetime=_LIFETIME,
        suspended="/spec/suspend",
        schedule=("/spec/schedules", "/spec/schedule"),
        timezone="/spec/timezone",
    ),
    Workload(
        type="kubeflow.org/ScheduledWorkflow",
        category="ml.pipeline",
        source="https://www.kubeflow.org/docs/components/pipelines/concepts/run-trigger/",
        controller="argo",
        pods=_pods(at("#/spec/maxConcurrency", default=1)),
        nested=_OBJECTS,
        lifetime=_LIFETIME,
        schedule=("/spec/trigger/cronSchedule/cron",),
    ),
    *(
        Workload(
            type=f"tekton.dev/{kind}",
            category="ml.pipeline",
            source=_TEKTON,
            controller="tekton",
            pods=_TASKS,
            lifetime={"max_runtime_seconds": at(f"{MADE}/deadline")},
        )
        for kind in ("PipelineRun", "TaskRun")
    ),
    *(
        Workload(
            type=f"tekton.dev/{kind}",
            category="ml.runtime",
            source=_TEKTON,
            cluster_scoped=kind.startswith("Cluster"),
            controller="tekton",
            pods=(Pods(each=f"{MADE}/pods", named="/name", template=("/template",), required=True, desired=NONE),),
            template=True,
        )
        for kind in ("Task", "ClusterTask")
    ),
    Workload(
        type="argoproj.io/Sensor",
        category="ml.pipeline",
        source="https://argoproj.github.io/argo-events/concepts/sensor/",
        nested=tuple(
            Nested(each="/spec/triggers", at=f"/template/{trigger}/source/resource", overlap=UNLIMITED)
            for trigger in ("argoWorkflow", "k8s")
        ),
    ),
    *(
        Workload(type=f"argoproj.io/{kind}", source="https://argoproj.github.io/argo-events/")
        for kind in ("EventSource", "EventBus", "WorkflowEventBinding")
    ),
    Workload(type="tekton.dev/Pipeline", source=_TEKTON, template=True),
)
