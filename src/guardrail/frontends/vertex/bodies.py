"""
Which message a body is: bodies do not name it, their members tell.

Members are written in camelCase or in snake_case, as parsers of protobuf take either; here they are in snake case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple, Optional

from guardrail.catalog.spelling import snake
from guardrail.frontends.disguise import disguised
from guardrail.model.pattern import pattern
from guardrail.model.value import Value

Members = AbstractSet[str]
Test = Callable[[Members], bool]


class Body(NamedTuple):
    """A message: its native type, and the member (as it is written) that holds it, none for the body itself."""

    type: str
    within: str = ""


_TELLING: Final = pattern(
    rb"(?i)worker_?pool_?specs|machine_?spec|replica_?count|gce_?setup|scale_?tier|master_?type|accelerator_?(?:type|config)"
    rb"|(?:automatic|dedicated|shared)_?resources|node_?spec|node_?count|training_?task|vm_?image|container_?image|package_?spec|notebook_?runtime_?template"
)
"""One of these is in the text of every message that asks for machines."""

_IN_SPEC: Final = pattern(rb"(?i)worker_?pool_?specs|\bpackage_?spec\b")
_ENGINE: Final = "vertex/ReasoningEngine"

_WRAPPED: Final = {
    "custom_job": "vertex/CustomJob",
    "endpoint": "vertex/Endpoint",
    "feature_online_store": "vertex/FeatureOnlineStore",
    "featurestore": "vertex/Featurestore",
    "hyperparameter_tuning_job": "vertex/HyperparameterTuningJob",
    "training_pipeline": "vertex/TrainingPipeline",
    "batch_prediction_job": "vertex/BatchPredictionJob",
    "deployment_resource_pool": "vertex/DeploymentResourcePool",
    "persistent_resource": "vertex/PersistentResource",
    "notebook_runtime_template": "vertex/NotebookRuntimeTemplate",
    "notebook_execution_job": "vertex/NotebookExecutionJob",
    "reasoning_engine": _ENGINE,
    "queued_resource": "vertex/QueuedResource",
}
"""Requests that hold the message in a member."""

_SPECS: Final = frozenset({"job_spec", "spec"})
_POOLS: Final = "worker_pool_specs"
_RESOURCES: Final = frozenset({"dedicated_resources", "automatic_resources"})
_OF_BATCH: Final = frozenset({"input_config", "output_config", "instance_config"})
_OF_TEMPLATE: Final = frozenset(
    {"data_persistent_disk_spec", "idle_shutdown_config", "network_spec", "euc_config", "shielded_vm_config"}
)
_OF_NOTEBOOK: Final = frozenset(
    {
        "accelerator_config",
        "boot_disk_type",
        "boot_disk_size_gb",
        "data_disk_size_gb",
        "install_gpu_driver",
        "instance_owners",
    }
)
_OF_QUEUED: Final = frozenset({"spot", "guaranteed", "queueing_policy", "name"})
_OF_NODE: Final = frozenset({"accelerator_type", "accelerator_config"})
_IMAGES: Final = frozenset({"vm_image", "container_image"})


def _with(*wanted: str) -> Test:
    return lambda members: members >= frozenset(wanted)


def _either(*wanted: str) -> Test:
    return lambda members: not members.isdisjoint(wanted)


_MESSAGES: Final[tuple[tuple[str, Test], ...]] = (
    ("vertex/HyperparameterTuningJob", _with("trial_job_spec")),
    ("vertex/CustomJob", _with(_POOLS)),
    ("vertex/TrainingPipeline", _either("training_task_definition", "training_task_inputs")),
    ("vertex/DeployedModel", _with("deployed_model")),
    ("vertex/BatchPredictionJob", lambda members: bool(members & _OF_BATCH) and bool(members & {"model", *_RESOURCES})),
    ("vertex/DeployedIndex", lambda members: "index" in members and bool(members & _RESOURCES)),
    ("vertex/DeployedModel", lambda members: "model" in members and bool(members & _RESOURCES)),
    ("vertex/DeployedModel", _with("automatic_resources")),
    ("vertex/DeploymentResourcePool", _with("dedicated_resources")),
    ("vertex/PersistentResource", _either("resource_pool_specs", "resource_pools")),
    ("vertex/WorkbenchInstance", _with("gce_setup")),
    ("vertex/AiPlatformJob", _with("training_input")),
    ("vertex/NotebookExecutionJob", _either("custom_environment_spec", "notebook_runtime_template_resource_name")),
    ("vertex/NotebookRuntimeTemplate", lambda members: "machine_spec" in members and bool(members & _OF_TEMPLATE)),
    ("vertex/QueuedResource", lambda members: "tpu" in members and bool(members & _OF_QUEUED)),
    ("vertex/TpuNode", lambda members: "runtime_version" in members and bool(members & _OF_NODE)),
    (
        "vertex/NotebookInstance",
        lambda members: "machine_type" in members and bool(members & _IMAGES) and bool(members & _OF_NOTEBOOK),
    ),
    ("vertex/Featurestore", _with("online_serving_config")),
    ("vertex/FeatureOnlineStore", _with("bigtable")),
    ("vertex/Endpoint", _with("deployed_models")),
    (_ENGINE, _with("spec", "display_name")),
)  # fmt: skip
"""The first that fits. A spec may stand where a job has it."""


def may_be(keys: Mapping[str, object], data: bytes) -> bool:
    """Whether a document with these top-level keys may be a message of these services."""
    members = frozenset(map(snake, keys))
    if disguised(data):
        return bool(members & _SPECS) or bool(members & _WRAPPED.keys()) or any(test(members) for _, test in _MESSAGES)
    if members & _SPECS and _IN_SPEC.search(data):
        return True
    told = bool(members & _WRAPPED.keys()) or any(test(members) for type_, test in _MESSAGES if type_ != _ENGINE)
    return told and _TELLING.search(data) is not None


def body(value: Mapping[str, Value]) -> Optional[Body]:
    """Return which message a mapping is, None if it is none."""
    members = {snake(key): key for key in value}
    for name, type_ in _WRAPPED.items():
        if name in members and isinstance(value[members[name]], Mapping):
            return Body(type_, members[name])
    if any(_holds_pools(value.get(members.get(name, ""))) for name in _SPECS):
        return Body("vertex/CustomJob")
    found = next((type_ for type_, test in _MESSAGES if test(members.keys())), None)
    if found == _ENGINE and not _is_engine(value[members["spec"]]):
        return None
    return None if found is None else Body(found)


def _holds_pools(value: Value) -> bool:
    return isinstance(value, Mapping) and any(snake(key) == _POOLS for key in value)


def _is_engine(spec: Value) -> bool:
    members = {snake(key) for key in spec} if isinstance(spec, Mapping) else set()
    return bool(members & {"package_spec", "source_code_spec"}) and bool(members & {"deployment_spec", "class_methods"})
