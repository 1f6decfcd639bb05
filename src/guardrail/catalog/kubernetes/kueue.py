"""Queues of Kueue and of KAI, what they hand out, and capacity that is asked for before there is any pod."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.kubernetes.workload import MADE, NONE, Pods, Workload, at

_SOURCE: Final = "https://kueue.sigs.k8s.io/docs/concepts/"
_PROVISIONED: Final = "https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/proposals/"

_TEMPLATE: Final = ("/template",)

WORKLOADS: Final = (
    Workload(
        type="kueue.x-k8s.io/ClusterQueue",
        category="quota",
        source=f"{_SOURCE}cluster_queue/",
        cluster_scoped=True,
        refers={"/spec/cohort": "kueue.x-k8s.io/Cohort", "/spec/cohortName": "kueue.x-k8s.io/Cohort"},
    ),
    Workload(
        type="kueue.x-k8s.io/Cohort",
        category="quota",
        source=f"{_SOURCE}cohort/",
        cluster_scoped=True,
        refers={"/spec/parent": "kueue.x-k8s.io/Cohort", "/spec/parentName": "kueue.x-k8s.io/Cohort"},
    ),
    Workload(
        type="kueue.x-k8s.io/LocalQueue",
        source=f"{_SOURCE}local_queue/",
        refers={"/spec/clusterQueue": "kueue.x-k8s.io/ClusterQueue"},
    ),
    Workload(
        type="scheduling.run.ai/Queue",
        category="quota",
        source="https://github.com/NVIDIA/KAI-Scheduler/blob/main/docs/queues/README.md",
        cluster_scoped=True,
        refers={"/spec/parentQueue": "scheduling.run.ai/Queue"},
    ),
    Workload(
        type="kueue.x-k8s.io/Workload",
        source=f"{_SOURCE}workload/",
        pods=(Pods(each="/spec/podSets", named="/name", template=_TEMPLATE, required=True, desired=NONE),),
        lifetime={"max_runtime_seconds": at("/spec/maximumExecutionTimeSeconds")},
        template=True,
        refers={"/spec/queueName": "kueue.x-k8s.io/LocalQueue"},
    ),
    Workload(
        type="autoscaling.x-k8s.io/ProvisioningRequest",
        category="compute.reservation",
        source=f"{_PROVISIONED}provisioning-request.md",
        controller="provisioning",
        pods=(
            Pods(
                each=f"{MADE}/sets", named="/name", template=_TEMPLATE, required=True, desired=at("/count", default=1)
            ),
        ),
        lifetime={"max_runtime_seconds": at("/spec/parameters/maxRunDurationSeconds")},
    ),
    Workload(
        type="autoscaling.x-k8s.io/CapacityBuffer",
        category="compute.reservation",
        source=f"{_PROVISIONED}buffers.md",
        controller="provisioning",
        pods=(
            Pods(
                each=f"{MADE}/sets", named="/name", template=_TEMPLATE, required=True, desired=at("/count", default=1)
            ),
        ),
    ),
)
