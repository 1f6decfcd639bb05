"""
What a document of Azure ML is: by the name of its `$schema`, else by its `type` and the fields that go with that.

`$schema` is optional, and its address has changed over the years: only the name of the file counts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, Optional

from guardrail.model.pattern import pattern

Texts = Mapping[str, Optional[str]]
"""The top-level keys of a document with their texts; None where a value is no text."""

_PLACES: Final = ("azuremlschemas", "azuremlsdk2.blob", "azureml/sdk-2-0/")
_NAME: Final = pattern(r"/([A-Za-z0-9_-]+)(?:\.schema)?\.json\s*\Z")

_FREE: Final[Mapping[str, str]] = {
    **dict.fromkeys(("environment", "mlflowenvironment"), "Environment"),
    "model": "Model",
    "data": "Data",
    **dict.fromkeys(("dataimport", "dataimportsource"), "DataImport"),
    "dataindex": "DataIndex",
    **dict.fromkeys(
        ("azureblob", "azurefile", "azuredatalakegen1", "azuredatalakegen2", "onelake", "hdfs", "datastore"),
        "Datastore",
    ),
    "featureset": "FeatureSet",
    "featurestore": "FeatureStore",
    **dict.fromkeys(("featurestoreentity", "featureentity"), "FeatureStoreEntity"),
    "flow": "Flow",
    "modelversionpackage": "ModelPackage",
    "registry": "Registry",
    "workspace": "Workspace",
    "hub": "Hub",
    "project": "Project",
}

_COMPUTE: Final[Mapping[str, str]] = {
    "amlcompute": "AmlCompute",
    "computeinstance": "ComputeInstance",
    "kubernetescompute": "KubernetesCompute",
    "vmcompute": "VirtualMachine",
    **dict.fromkeys(("synapsesparkcompute", "synapsecompute"), "SynapseSparkCompute"),
}

_JOBS: Final[Mapping[str, str]] = {
    "commandjob": "CommandJob",
    "sweepjob": "SweepJob",
    "pipelinejob": "PipelineJob",
    "paralleljob": "ParallelJob",
    "sparkjob": "SparkJob",
    "importjob": "ImportJob",
    "datatransferjob": "DataTransferJob",
    **dict.fromkeys(("finetuningjob", "finetuning"), "FineTuningJob"),
    **dict.fromkeys(("distillationjob", "distillation"), "DistillationJob"),
    "run": "CommandJob",  # a run of a prompt flow: it has the machine of a serverless job
}

_COMPONENTS: Final[Mapping[str, str]] = {
    f"{one.lower()}component": f"{one}Component"
    for one in ("Command", "Pipeline", "Parallel", "Spark", "Import", "DataTransfer", "AutoML")
}

_SERVING: Final[Mapping[str, str]] = {
    **dict.fromkeys(("managedonlineendpoint", "onlineendpoint"), "ManagedOnlineEndpoint"),
    "kubernetesonlineendpoint": "KubernetesOnlineEndpoint",
    **dict.fromkeys(("managedonlinedeployment", "onlinedeployment"), "ManagedOnlineDeployment"),
    "kubernetesonlinedeployment": "KubernetesOnlineDeployment",
    "batchendpoint": "BatchEndpoint",
    **dict.fromkeys(("batchdeployment", "modelbatchdeployment"), "BatchDeployment"),
    "pipelinecomponentbatchdeployment": "PipelineDeployment",
    "schedule": "Schedule",
    "monitorschedule": "MonitorSchedule",
}

STEMS: Final[Mapping[str, str]] = {**_FREE, **_COMPUTE, **_JOBS, **_COMPONENTS, **_SERVING}
"""What a document is by the name of its schema, in small letters."""

_TYPES: Final[Mapping[str, tuple[str, Collection[str]]]] = {
    "amlcompute": ("AmlCompute", ("name", "size", "min_instances", "max_instances")),
    "computeinstance": ("ComputeInstance", ("name", "size")),
    "virtualmachine": ("VirtualMachine", ("resource_id",)),
    "synapsespark": ("SynapseSparkCompute", ("resource_id",)),
    "command": ("CommandJob", ("command",)),
    "sweep": ("SweepJob", ("trial",)),
    "pipeline": ("PipelineJob", ("jobs",)),
    "parallel": ("ParallelJob", ("task", "input_data")),
    "spark": ("SparkJob", ("entry", "conf")),
    "automl": ("AutoMLJob", ("task", "training_data")),
    "finetuning": ("FineTuningJob", ("model", "training_data")),
    "distillation": ("DistillationJob", ("student_model", "training_data")),
}
"""By `type`: what it is, and fields one of which goes with it. Other programs have such types, too."""

_VERSIONED: Final = frozenset({"version", "is_deterministic"})
_RUN: Final = frozenset({"compute", "experiment_name", "resources", "limits", "queue_settings"})
"""What definitions of steps have, and what jobs have."""

_DEPLOYED: Final = frozenset({"instance_type", "instance_count", "scale_settings", "compute", "component"})
_STARTED: Final = frozenset({"create_job", "create_monitor", "import_data"})
_TRIGGERS: Final = "trigger"


def is_azure_ml(top: Texts, data: bytes) -> bool:
    """Whether a document is one of Azure ML: also where its `$schema` cannot be told from the keys alone."""
    if native_type(top) is not None:
        return True
    return "$schema" in top and top["$schema"] is None and b"azureml" in data


def native_type(top: Texts) -> Optional[str]:
    """Return the native type of a document with these keys, None if it is none of Azure ML."""
    schema = top.get("$schema") or ""
    found = _by_schema(schema) if any(place in schema for place in _PLACES) else None
    stem = found or _by_fields(top)
    if stem is None:
        return None
    if stem == "BatchDeployment" and _word(top) == "pipeline":
        stem = "PipelineDeployment"
    if stem == "Schedule" and "create_monitor" in top:
        stem = "MonitorSchedule"
    return f"azureml/{stem}"


def _by_schema(schema: str) -> Optional[str]:
    match = _NAME.search(schema)
    if match is None:
        return None
    stem = match[1].lower()
    if stem in STEMS:
        return STEMS[stem]
    if stem.startswith("automl") and stem.endswith("job"):
        return "AutoMLJob"
    return "Connection" if stem.endswith("connection") else match[1]


def _word(top: Texts) -> str:
    return (top.get("type") or "").strip().lower()


def _by_fields(top: Texts) -> Optional[str]:
    """Return what a document is that names no schema."""
    word = _word(top)
    if "endpoint_name" in top and not _DEPLOYED.isdisjoint(top):
        return _deployment(word, top)
    if word == "kubernetes" and "resource_id" in top:
        return "KubernetesCompute"
    if word in _TYPES:
        stem, fields = _TYPES[word]
        if any(field in top for field in fields):
            return _definition(stem, top)
    if _TRIGGERS in top and not _STARTED.isdisjoint(top):
        return "Schedule"
    plain = word == "" and {"command", "environment"} <= top.keys()
    return "CommandJob" if plain and not {"compute", "experiment_name", "code"}.isdisjoint(top) else None


def _deployment(word: str, top: Texts) -> str:
    if word == "kubernetes":
        return "KubernetesOnlineDeployment"
    if word == "pipeline":
        return "PipelineDeployment"
    return "BatchDeployment" if "compute" in top or word == "model" else "ManagedOnlineDeployment"


def _definition(stem: str, top: Texts) -> str:
    """Return the component of a job's name where the fields are those of a definition."""
    if stem.endswith("Job") and not _VERSIONED.isdisjoint(top) and _RUN.isdisjoint(top):
        return f"{stem.removesuffix('Job')}Component"
    return stem
