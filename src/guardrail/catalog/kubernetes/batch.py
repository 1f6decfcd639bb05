"""Work that ends, by other controllers than Kubernetes' own: sets of jobs, gangs, queues, workflows."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.kubernetes.core import OVERLAP
from guardrail.catalog.kubernetes.workload import MADE, NONE, Join, Nested, Pods, Workload, at

_TASKS: Final = "/spec/tasks"
_VOLCANO: Final = "https://volcano.sh/en/docs/vcjob/"
_QUEUE: Final = "scheduling.volcano.sh/Queue"

WORKLOADS: Final = (
    Workload(
        type="jobset.x-k8s.io/JobSet",
        category="workload.batch",
        source="https://jobset.sigs.k8s.io/docs/reference/jobset.v1alpha2/",
        pods=(
            Pods(
                each="/spec/replicatedJobs",
                named="/name",
                template=("/template/spec/template",),
                required=True,
                desired=at("/template/spec/parallelism", default=1),
                at_most=(at("/template/spec/completions"),),
                times=(at("/replicas", default=1),),
            ),
        ),
        lifetime={
            "max_runtime_seconds": at("/spec/replicatedJobs/*/template/spec/activeDeadlineSeconds"),
            "ttl_seconds": at("/spec/ttlSecondsAfterFinished"),
            "max_retries": at("/spec/failurePolicy/maxRestarts", default=0),
        },
        suspended="/spec/suspend",
    ),
    Workload(
        type="batch.volcano.sh/Job",
        category="workload.batch",
        source=_VOLCANO,
        pods=(
            Pods(
                each=_TASKS, named="/name", template=("/template",), required=True, desired=at("/replicas", default=1)
            ),
        ),
        lifetime={
            "ttl_seconds": at("/spec/ttlSecondsAfterFinished"),
            "max_retries": at("/spec/maxRetry", default=3),
        },
        refers={"/spec/queue": _QUEUE},
    ),
    Workload(
        type="batch.volcano.sh/CronJob",
        category="workload.batch",
        source=_VOLCANO,
        pods=(
            Pods(
                each=f"/spec/jobTemplate{_TASKS}",
                named="/name",
                template=("/template",),
                required=True,
                desired=at("/replicas", default=1),
                overlap=OVERLAP,
            ),
        ),
        lifetime={
            "ttl_seconds": at("/spec/jobTemplate/spec/ttlSecondsAfterFinished"),
            "max_retries": at("/spec/jobTemplate/spec/maxRetry", default=3),
        },
        refers={"/spec/jobTemplate/spec/queue": _QUEUE},
        suspended="/spec/suspend",
        schedule=("/spec/schedule",),
        timezone="/spec/timeZone",
    ),
    Workload(
        type="flow.volcano.sh/JobTemplate",
        source=_VOLCANO,
        pods=(Pods(each=_TASKS, named="/name", template=("/template",), required=True, desired=NONE),),
        template=True,
    ),
    Workload(
        type="flow.volcano.sh/JobFlow",
        category="workload.batch",
        source=_VOLCANO,
        controller="flow",
        joins=(Join(each="/spec/flows", name="/name", types=("flow.volcano.sh/JobTemplate",), into=""),),
        nested=(Nested(each=f"{MADE}/jobs", at="/job", named="/name"),),
    ),
    Workload(
        type="workload.codeflare.dev/AppWrapper",
        category="workload.batch",
        source="https://project-codeflare.github.io/appwrapper/",
        also=("mcad.ibm.com",),
        nested=(
            Nested(each="/spec/components", at="/template", together=True),
            Nested(each="/spec/resources/GenericItems", at="/generictemplate", times=(at("/replicas", default=1),)),
        ),
        suspended="/spec/suspend",
    ),
    Workload(
        type=_QUEUE,
        category="quota",
        source="https://volcano.sh/en/docs/queue/",
        cluster_scoped=True,
    ),
)
