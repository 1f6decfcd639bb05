"""Training jobs of Kubeflow and its kin: roles with replicas, each with a pod template."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.kubernetes.workload import MADE, NONE, Count, Join, Nested, Pods, Workload, at

_SOURCE: Final = "https://www.kubeflow.org/docs/components/trainer/legacy-v1/"
_TRAINER: Final = "https://www.kubeflow.org/docs/components/trainer/"

_WORKSPACES: Final = "https://github.com/kubeflow/notebooks/blob/notebooks-v2/workspaces/README.md"
_MPI: Final = "https://github.com/kubeflow/mpi-operator"

_RUN_POLICY: Final = {
    "max_runtime_seconds": at("/spec/runPolicy/activeDeadlineSeconds", "/spec/activeDeadlineSeconds"),
    "ttl_seconds": at("/spec/runPolicy/ttlSecondsAfterFinished", "/spec/ttlSecondsAfterFinished"),
    "max_retries": at("/spec/runPolicy/backoffLimit", "/spec/backoffLimit"),
}
"""Versions before the first stable one state it in the spec itself."""

_ROLES: Final = Pods(
    each=f"{MADE}/roles",
    named="/name",
    template=("/template",),
    required=True,
    desired=at("/replicas", default=1),
    min=at("/min", "/replicas", default=1),
    max=at("/max", "/replicas", default=1),
)

_JOBS: Final = (
    ("PyTorchJob", (), _SOURCE),
    ("TFJob", (), _SOURCE),
    ("MPIJob", (), _MPI),
    ("XGBoostJob", ("xgboostjob.kubeflow.org",), _SOURCE),
    ("PaddleJob", (), _SOURCE),
    ("JAXJob", (), _SOURCE),
    ("MXJob", (), _SOURCE),
)

_JOBS_OF_RUNTIME: Final = Pods(
    each="/spec/template/spec/replicatedJobs",
    named="/name",
    template=("/template/spec/template",),
    desired=NONE,
)

WORKLOADS: Final = (
    *(
        Workload(
            type=f"kubeflow.org/{kind}",
            category="ml.training",
            source=source,
            also=also,
            controller="roles",
            pods=(_ROLES,),
            lifetime=_RUN_POLICY,
            suspended="/spec/runPolicy/suspend",
        )
        for kind, also, source in _JOBS
    ),
    Workload(
        type="elastic.pytorch.org/ElasticJob",
        category="ml.training",
        source="https://github.com/pytorch/elastic/blob/master/kubernetes/README.md",
        controller="roles",
        pods=(_ROLES,),
        lifetime=_RUN_POLICY,
    ),
    Workload(
        type="batch.paddlepaddle.org/PaddleJob",
        category="ml.training",
        source="https://github.com/PaddleFlow/paddle-operator",
        pods=tuple(
            Pods(group=role, template=(f"/spec/{role}/template",), desired=at(f"/spec/{role}/replicas", default=1))
            for role in ("ps", "worker", "heter")
        ),
    ),
    Workload(
        type="trainer.kubeflow.org/TrainJob",
        category="ml.training",
        source=_TRAINER,
        controller="trainer",
        pods=(
            Pods(
                each=f"{MADE}/jobs",
                named="/name",
                template=("/template",),
                required=True,
                desired=at("/count", default=1),
                times=(at("/replicas", default=1),),
            ),
        ),
        lifetime={
            "max_runtime_seconds": at("/spec/activeDeadlineSeconds", f"{MADE}/runtime/deadline"),
            "ttl_seconds": at(f"{MADE}/runtime/ttl"),
            "max_retries": at(f"{MADE}/runtime/retries", default=0),
        },
        suspended="/spec/suspend",
        joins=(
            Join(
                name="/spec/runtimeRef",
                reference=True,
                types=("trainer.kubeflow.org/ClusterTrainingRuntime",),
                into="",
            ),
        ),
    ),
    *(
        Workload(
            type=f"trainer.kubeflow.org/{kind}",
            category="ml.runtime",
            source=_TRAINER,
            cluster_scoped=kind.startswith("Cluster"),
            pods=(_JOBS_OF_RUNTIME,),
            template=True,
        )
        for kind in ("TrainingRuntime", "ClusterTrainingRuntime")
    ),
    Workload(
        type="trainer.kubeflow.org/OptimizationJob",
        category="ml.tuning",
        source=_TRAINER,
        controller="optimization",
        nested=(
            Nested(
                at=f"{MADE}/trial",
                times=(Count(("/spec/parallelTrials",), 1, most=("/spec/numTrials",)),),
            ),
        ),
    ),
    Workload(
        type="kubeflow.org/Experiment",
        category="ml.tuning",
        source="https://www.kubeflow.org/docs/components/katib/user-guides/hp-tuning/configure-experiment/",
        controller="experiment",
        nested=(
            Nested(
                at=f"{MADE}/trial",
                times=(Count(("/spec/parallelTrialCount",), 3, most=("/spec/maxTrialCount",)),),
            ),
        ),
    ),
    Workload(
        type="kubeflow.org/Trial",
        category="ml.tuning",
        source="https://www.kubeflow.org/docs/components/katib/reference/architecture/",
        nested=(Nested(at="/spec/runSpec"),),
    ),
    Workload(
        type="kubeflow.org/Notebook",
        category="ml.notebook",
        source="https://www.kubeflow.org/docs/components/notebooks/api-reference/notebook-v1/",
        pods=(Pods(required=True),),
        stopped="/metadata/annotations/kubeflow-resource-stopped",
    ),
    Workload(
        type="kubeflow.org/Workspace",
        category="ml.notebook",
        source=_WORKSPACES,
        controller="workspace",
        pods=(Pods(each=f"{MADE}/pods", named="/name", template=("/template",), required=True),),
        suspended="/spec/paused",
    ),
    Workload(
        type="kubeflow.org/WorkspaceKind",
        category="ml.runtime",
        source=_WORKSPACES,
        cluster_scoped=True,
        controller="workspace",
        pods=(Pods(each=f"{MADE}/pods", named="/name", template=("/template",), required=True, desired=NONE),),
        template=True,
    ),
    Workload(
        type="kubeflow.org/Profile",
        category="quota",
        source="https://www.kubeflow.org/docs/components/central-dash/profiles/",
        cluster_scoped=True,
    ),
    Workload(
        type="sagemaker.amazonaws.com/HyperPodPyTorchJob",
        category="ml.training",
        source="https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-eks-elastic-training.html",
        pods=(
            Pods(
                each="/spec/replicaSpecs",
                named="/name",
                template=("/template",),
                required=True,
                desired=at("/replicas", default=1),
                min=at("#/spec/elasticPolicy/minReplicas", "/replicas", default=1),
                max=at("/maxReplicas", "#/spec/elasticPolicy/maxReplicas", "/replicas", default=1),
            ),
        ),
        lifetime={"max_retries": at("/spec/runPolicy/jobMaxRetryCount")},
    ),
)
