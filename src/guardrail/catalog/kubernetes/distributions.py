"""Kinds of other distributions that are workloads as those of Kubernetes, and kinds that hold whole objects."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.kubernetes.core import PER_NODE
from guardrail.catalog.kubernetes.workload import NONE, UNLIMITED, Count, Nested, Pods, Workload, at

_REPLICAS: Final = at("/spec/replicas", default=1)

WORKLOADS: Final = (
    Workload(
        type="apps.openshift.io/DeploymentConfig",
        category="workload.service",
        source="https://docs.openshift.com/container-platform/latest/rest_api/workloads_apis/deploymentconfig-apps-openshift-io-v1.html",
        pods=(Pods(desired=_REPLICAS, surge="/spec/strategy/rollingParams/maxSurge", required=True),),
    ),
    *(
        Workload(
            type=f"apps.kruise.io/{kind}",
            category="workload.service",
            source=f"https://openkruise.io/docs/user-manuals/{page}",
            pods=(Pods(desired=_REPLICAS, claims="/spec/volumeClaimTemplates", surge=surge, required=True),),
        )
        for kind, page, surge in (
            ("CloneSet", "cloneset", "/spec/updateStrategy/maxSurge"),
            ("StatefulSet", "advancedstatefulset", ""),
        )
    ),
    Workload(
        type="apps.kruise.io/DaemonSet",
        category="workload.service",
        source="https://openkruise.io/docs/user-manuals/advanceddaemonset",
        pods=(Pods(desired=PER_NODE, min=NONE, max=UNLIMITED, required=True),),
    ),
    Workload(
        type="apps.kruise.io/BroadcastJob",
        category="workload.batch",
        source="https://openkruise.io/docs/user-manuals/broadcastjob",
        pods=(Pods(desired=PER_NODE, min=NONE, max=Count(("/spec/parallelism",), UNLIMITED.default), required=True),),
        lifetime={
            "max_runtime_seconds": at("/spec/completionPolicy/activeDeadlineSeconds"),
            "ttl_seconds": at("/spec/completionPolicy/ttlSecondsAfterFinished"),
        },
        suspended="/spec/paused",
    ),
    Workload(
        type="work.open-cluster-management.io/ManifestWork",
        source="https://open-cluster-management.io/docs/concepts/work-distribution/manifestwork/",
        category="workload.service",
        nested=(Nested(each="/spec/workload/manifests"),),
    ),
    Workload(
        type="template.openshift.io/Template",
        source="https://docs.openshift.com/container-platform/latest/openshift_images/using-templates.html",
        category="workload.service",
        nested=(Nested(each="/objects"),),
    ),
)
