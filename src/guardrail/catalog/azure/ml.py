"""
Azure Machine Learning: workspaces, and compute that they start.

As Terraform writes them, the YAML of Azure ML's command line, and the API (`properties.properties` of a template).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Optional

from guardrail.catalog.azure.recurrence import entry
from guardrail.catalog.azure.words import DOCS, LOCATION, size
from guardrail.catalog.convert import ConversionError, flag, minutes, seconds, text, whole
from guardrail.catalog.kind import Always, Fact, First, From, GroupSpec, Kind, MachineHours, Of, at
from guardrail.catalog.spelling import Spelling
from guardrail.model.path import Segment
from guardrail.model.resource import ON_DEMAND, SPOT, Link, Purchase
from guardrail.model.value import Unknown, Value

_WORKSPACE: Final = Link(
    kind="references", at="/machine_learning_workspace_id", types=("azurerm_machine_learning_workspace",)
)
_SCALE: Final = ("scale_settings", 0)

_ARM: Final = "Microsoft.MachineLearningServices/workspaces"

_USUAL_SIZE: Final = "STANDARD_DS3_V2"
"""What Azure ML takes where no size is stated, as its SDK says (`ComputeDefaults`)."""

_MOST_NODES: Final = 4
_IDLE_SECONDS: Final = 120
"""https://learn.microsoft.com/azure/machine-learning/reference-yaml-compute-aml"""


def _purchase(priority: Any) -> Purchase:
    """Return how nodes are bought: `LowPriority` of the API is `low_priority` in YAML."""
    return SPOT if text(priority).replace("_", "").lower() == "lowpriority" else ON_DEMAND


def _exposure() -> Fact:
    return at(
        "node_public_ip_enabled",
        default="public",
        convert=lambda public: "public" if flag(public) else "private",
    )


def _yaml(native: str, **moved: tuple[Segment, ...]) -> Spelling:
    return Spelling(type=f"azureml/{native}", case="snake", moved=moved)


def _api(native: str, **moved: tuple[Segment, ...]) -> Spelling:
    """Return how the API writes a compute: what belongs to its type is two levels down."""
    below = {f"properties.properties.{key}": path for key, path in moved.items()}
    return Spelling(type=f"{_ARM}/computes:{native}", case="camel", moved=below)


CLUSTER: Final = Kind(
    type="azurerm_machine_learning_compute_cluster",
    category="compute.pool",
    source=f"{DOCS}machine_learning_compute_cluster",
    labels="tags",
    region=LOCATION,
    groups=(
        GroupSpec(
            machine_types=First((size("vm_size"), Always(_USUAL_SIZE))),
            min=at(*_SCALE, "min_node_count", default=0, convert=whole),
            max=at(*_SCALE, "max_node_count", default=_MOST_NODES, convert=whole),
            autoscaled=Always(True),
            purchase=at("vm_priority", default=ON_DEMAND, convert=_purchase),
        ),
    ),
    lifetime={
        "idle_shutdown_seconds": at(
            *_SCALE, "scale_down_nodes_after_idle_duration", default=_IDLE_SECONDS, convert=seconds
        ),
    },
    facts={"exposure": _exposure()},
    links=(_WORKSPACE,),
    lines=(MachineHours(service="azureml-compute-cluster"),),
    spellings=(
        _yaml(
            "AmlCompute",
            size=("vm_size",),
            tier=("vm_priority",),
            min_instances=(*_SCALE, "min_node_count"),
            max_instances=(*_SCALE, "max_node_count"),
            idle_time_before_scale_down=(*_SCALE, "scale_down_nodes_after_idle_duration"),
            enable_node_public_ip=("node_public_ip_enabled",),
        ),
        _api(
            "AmlCompute",
            vm_size=("vm_size",),
            vm_priority=("vm_priority",),
            **{
                "scale_settings.min_node_count": (*_SCALE, "min_node_count"),
                "scale_settings.max_node_count": (*_SCALE, "max_node_count"),
                "scale_settings.node_idle_time_before_scale_down": (*_SCALE, "scale_down_nodes_after_idle_duration"),
            },
            enable_node_public_ip=("node_public_ip_enabled",),
        ),
    ),
)

_IDLE: Final[tuple[Fact, ...]] = (
    at("idle_time_before_shutdown_minutes", convert=minutes),
    at("idle_time_before_shutdown", convert=seconds),
)


def _starts_and_stops(entries: Any) -> Value:
    """Return when an instance is started and stopped by itself."""
    if not isinstance(entries, Sequence) or isinstance(entries, str):
        raise ConversionError("not a list of schedules")
    return tuple(one if isinstance(one, Unknown) else _start_or_stop(one) for one in entries if _enabled(one))


def _enabled(schedule: Any) -> bool:
    return not isinstance(schedule, Mapping) or schedule.get("state") != "disabled"


def _start_or_stop(schedule: Any) -> Mapping[str, Value]:
    if not isinstance(schedule, Mapping):
        raise ConversionError("not a schedule")
    return entry(schedule.get("trigger"), schedule.get("action"))


INSTANCE: Final = Kind(
    type="azurerm_machine_learning_compute_instance",
    category="ml.notebook",
    source=f"{DOCS}machine_learning_compute_instance",
    labels="tags",
    region=(*LOCATION, Of(_WORKSPACE.at, LOCATION[0])),
    groups=(
        GroupSpec(machine_types=First((size("virtual_machine_size"), Always(_USUAL_SIZE))), purchase=Always(ON_DEMAND)),
    ),
    lifetime={
        "idle_shutdown_seconds": First(_IDLE),
        "schedule": at("schedules", "compute_start_stop", convert=_starts_and_stops),
    },
    facts={"exposure": _exposure()},
    links=(_WORKSPACE,),
    lines=(MachineHours(service="azureml-compute-instance"),),
    spellings=(
        _yaml("ComputeInstance", size=("virtual_machine_size",), enable_node_public_ip=("node_public_ip_enabled",)),
        _api(
            "ComputeInstance",
            vm_size=("virtual_machine_size",),
            idle_time_before_shutdown=("idle_time_before_shutdown",),
            enable_node_public_ip=("node_public_ip_enabled",),
        ),
    ),
)


def _reachable(enabled: Optional[Any], access: Optional[Any]) -> str:
    """Return whether a workspace can be reached from anywhere, as it can be where nothing is said."""
    closed = (enabled is not None and not flag(enabled)) or (access is not None and text(access).lower() == "disabled")
    return "private" if closed else "public"


WORKSPACE: Final = Kind(
    type="azurerm_machine_learning_workspace",
    category="other",
    source="https://azure.microsoft.com/pricing/details/machine-learning/",
    labels="tags",
    region=LOCATION,
    facts={"exposure": From((at("public_network_access_enabled"), at("public_network_access")), _reachable)},
    spellings=(
        Spelling(type="azureml/Workspace", case="snake"),
        Spelling(type=_ARM, case="camel", moved={"properties.public_network_access": ("public_network_access",)}),
    ),
)


def _attached(native: str, yaml: str, api: str) -> Kind:
    """Return compute that a workspace uses and somebody else makes and pays for."""
    return Kind(
        type=native,
        category="other",
        source=f"{DOCS}{native.removeprefix('azurerm_')}",
        labels="tags",
        region=LOCATION,
        links=(_WORKSPACE,),
        spellings=(_yaml(yaml), _api(api)),
    )


KINDS: Final = (
    CLUSTER,
    INSTANCE,
    WORKSPACE,
    _attached("azurerm_machine_learning_inference_cluster", "KubernetesCompute", "Kubernetes"),
    _attached("azurerm_machine_learning_synapse_spark", "SynapseSparkCompute", "SynapseSpark"),
)
