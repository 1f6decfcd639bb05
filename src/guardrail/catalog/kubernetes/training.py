"""Training jobs of Kubeflow and its kin: roles with replicas, each with a pod template."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.kubernetes.workload import MADE, NONE, Join, Pods, Workload, at

_SOURCE: Final = "https://www.kubeflow.org/docs/components/trainer/legacy-v1/"
_TRAINER: Final = "https://www.kubeflow.org/docs/components/trainer/"

_RUN_POLICY: Final = {
    "max_runtime_seconds": at("/spec/runPolicy/activeDeadlineSeconds"),
    "ttl_seconds": at("/spec/runPolicy/ttlSecondsAfterFinished"),
    "max_retries": at("/spec/runPolicy/backoffLimit"),
}

_ROLES: Final = (
    ("PyTorchJob", "pytorchReplicaSpecs"),
    ("TFJob", "tfReplicaSpecs"),
    ("MPIJob", "mpiReplicaSpecs"),
    ("XGBoostJob", "xgbReplicaSpecs"),
    ("PaddleJob", "paddleReplicaSpecs"),
    ("JAXJob", "jaxReplicaSpecs"),
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
            source=_SOURCE,
            pods=(
                Pods(each=f"/spec/{roles}", template=("/template",), required=True, desired=at("/replicas", default=1)),
            ),
            lifetime=_RUN_POLICY,
            suspended="/spec/runPolicy/suspend",
        )
        for kind, roles in _ROLES
        if kind != "PyTorchJob"
    ),
    Workload(
        type="kubeflow.org/PyTorchJob",
        category="ml.training",
        source=_SOURCE,
        pods=(
            Pods(
                group="Master",
                template=("/spec/pytorchReplicaSpecs/Master/template",),
                desired=at("/spec/pytorchReplicaSpecs/Master/replicas", default=1),
            ),
            Pods(
                group="Worker",
                template=("/spec/pytorchReplicaSpecs/Worker/template",),
                desired=at("/spec/pytorchReplicaSpecs/Worker/replicas", default=1),
                min=at("/spec/elasticPolicy/minReplicas", "/spec/pytorchReplicaSpecs/Worker/replicas", default=1),
                max=at("/spec/elasticPolicy/maxReplicas", "/spec/pytorchReplicaSpecs/Worker/replicas", default=1),
            ),
        ),
        lifetime=_RUN_POLICY,
        suspended="/spec/runPolicy/suspend",
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
        type="kubeflow.org/Notebook",
        category="ml.notebook",
        source="https://www.kubeflow.org/docs/components/notebooks/api-reference/notebook-v1/",
        pods=(Pods(required=True),),
    ),
    Workload(
        type="sagemaker.amazonaws.com/HyperPodPyTorchJob",
        category="ml.training",
        source="https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-eks-hyperpod-cli.html",
        pods=(
            Pods(
                each="/spec/replicaSpecs",
                named="/name",
                template=("/template",),
                required=True,
                desired=at("/replicas", default=1),
            ),
        ),
        lifetime={"max_retries": at("/spec/runPolicy/jobMaxRetryCount")},
    ),
)
