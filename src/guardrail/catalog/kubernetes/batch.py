"""Work that ends, by other controllers than Kubernetes' own: sets of jobs, gangs, queues, workflows."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.kubernetes.core import OVERLAP
from guardrail.catalog.kubernetes.workload import Nested, Pods, Workload, at

_TASKS: Final = "/spec/tasks"

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
        source="https://volcano.sh/en/docs/vcjob/",
        pods=(
            Pods(
                each=_TASKS, named="/name", template=("/template",), required=True, desired=at("/replicas", default=1)
            ),
        ),
        lifetime={
            "ttl_seconds": at("/spec/ttlSecondsAfterFinished"),
            "max_retries": at("/spec/maxRetry", default=3),
        },
    ),
    Workload(
        type="batch.volcano.sh/CronJob",
        category="workload.batch",
        source="https://volcano.sh/en/docs/vcjob/",
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
        suspended="/spec/suspend",
        schedule=("/spec/schedule",),
        timezone="/spec/timeZone",
    ),
    Workload(
        type="workload.codeflare.dev/AppWrapper",
        category="workload.batch",
        source="https://project-codeflare.github.io/appwrapper/",
        nested=(Nested(each="/spec/components", at="/template"),),
        suspended="/spec/suspend",
    ),
    Workload(
        type="kubeflow.org/Experiment",
        category="ml.tuning",
        source="https://www.kubeflow.org/docs/components/katib/user-guides/hp-tuning/configure-experiment/",
        nested=(Nested(at="/spec/trialTemplate/trialSpec", times=(at("/spec/parallelTrialCount", default=3),)),),
    ),
    Workload(
        type="scheduling.volcano.sh/Queue",
        category="quota",
        source="https://volcano.sh/en/docs/queue/",
        cluster_scoped=True,
    ),
    Workload(
        type="kueue.x-k8s.io/ClusterQueue",
        category="quota",
        source="https://kueue.sigs.k8s.io/docs/concepts/cluster_queue/",
        cluster_scoped=True,
    ),
)
