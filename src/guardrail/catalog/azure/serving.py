"""
Azure Machine Learning: endpoints and what is deployed to them, and what starts jobs.

What moves the number of instances of a managed deployment stands elsewhere (Azure Monitor): here it is what is
stated.
"""

from __future__ import annotations

from typing import Any, Final, Optional

from guardrail.catalog.azure.azureml import ON_COMPUTE, SCHEDULE, YAML, bought, machine
from guardrail.catalog.azure.recurrence import schedule
from guardrail.catalog.azure.words import size
from guardrail.catalog.convert import text, whole
from guardrail.catalog.kind import (
    NOTHING,
    AcceleratorSpec,
    Always,
    Fact,
    First,
    From,
    GroupSpec,
    Kind,
    MachineHours,
    NoRows,
    at,
)
from guardrail.catalog.spelling import Spelling
from guardrail.model.path import Segment
from guardrail.model.resource import ON_DEMAND, Category, Link
from guardrail.model.value import Reason, Unknown, Value

ARM: Final = "Microsoft.MachineLearningServices/workspaces/"


def _public(access: Any) -> str:
    return "private" if text(access).lower() == "disabled" else "public"


def _endpoint(native: str, page: str, spelled: str = "") -> Kind:
    """Return an endpoint: what it costs is what its deployments cost."""
    spelling = Spelling(type=f"{ARM}{spelled}", case="camel", moved=_endpoint_properties())
    return Kind(
        type=f"azureml/{native}",
        category="ml.endpoint",
        source=f"{YAML}{page}",
        labels="tags",
        facts={"exposure": at("public_network_access", default="public", convert=_public)},
        region=(at("location"),),
        spellings=(spelling,) if spelled else (),
    )


def _endpoint_properties() -> dict[str, tuple[Segment, ...]]:
    return {"properties.public_network_access": ("public_network_access",)}


_NUMBER: Final[dict[str, tuple[Segment, ...]]] = {
    "sku.capacity": ("instance_count",),
    "properties.scale_settings.scale_type": ("scale_settings", "type"),
    "properties.scale_settings.min_instances": ("scale_settings", "min_instances"),
    "properties.scale_settings.max_instances": ("scale_settings", "max_instances"),
}
"""Where the API says how many instances a deployment has."""

_OF: Final = Link(
    kind="contains",
    at="/endpoint_name",
    types=("azureml/ManagedOnlineEndpoint", "azureml/KubernetesOnlineEndpoint", "azureml/BatchEndpoint"),
    reverse=True,
)


def _scaled(kind: Optional[Any]) -> bool:
    """Whether a deployment grows by itself: `TargetUtilization` of the API is `target_utilization` in YAML."""
    return kind is not None and text(kind).replace("_", "").lower() == "targetutilization"


_COUNT: Final = at("instance_count", default=1, convert=whole)
_SCALED: Final = From((at("scale_settings", "type"),), _scaled)


def _bound(key: str) -> Fact:
    return From((_SCALED, at("scale_settings", key, convert=whole), _COUNT), _bounded)


def _bounded(scaled: bool, stated: Optional[int], number: int) -> int:
    return stated if scaled and stated is not None else number


MANAGED: Final = Kind(
    type="azureml/ManagedOnlineDeployment",
    category="ml.endpoint",
    source=f"{YAML}deployment-managed-online",
    labels="tags",
    region=(at("location"),),
    groups=(
        GroupSpec(
            machine_types=size("instance_type"),
            min=_bound("min_instances"),
            desired=_COUNT,
            max=_bound("max_instances"),
            autoscaled=_SCALED,
            purchase=Always(ON_DEMAND),
        ),
    ),
    links=(_OF,),
    lines=(MachineHours(service="azure-vm"),),
    spellings=(
        Spelling(
            type=f"{ARM}onlineEndpoints/deployments:Managed",
            case="camel",
            moved={
                "properties.instance_type": ("instance_type",),
                **_NUMBER,
            },
        ),
    ),
)
"""Azure ML adds nothing to the price of the machines: https://azure.microsoft.com/pricing/details/machine-learning/"""

_ANY: Final = Unknown(Reason.ENVIRONMENT, note="the cluster that it runs on decides which")


def _devices(*amounts: Optional[Any]) -> int:
    """Return the devices of one instance: what it requests or is limited to, the larger."""
    return max((whole(one) for one in amounts if one is not None), default=0)


_GPUS: Final = From(
    tuple(at("resources", kind, key) for kind in ("requests", "limits") for key in ("gpu", "nvidia.com/gpu")),
    _devices,
)

_REQUIREMENTS: Final[dict[str, tuple[Segment, ...]]] = {
    f"properties.container_resource_requirements.container_resource_{kind}.gpu": ("resources", kind, "gpu")
    for kind in ("requests", "limits")
}

ON_KUBERNETES: Final = Kind(
    type="azureml/KubernetesOnlineDeployment",
    category="ml.endpoint",
    source=f"{YAML}deployment-kubernetes-online",
    labels="tags",
    groups=(
        GroupSpec(
            min=_bound("min_instances"),
            desired=_COUNT,
            max=_bound("max_instances"),
            autoscaled=_SCALED,
            accelerators=AcceleratorSpec(model=Always(_ANY), count=_GPUS),
        ),
    ),
    links=(_OF,),
    lines=(NoRows(name="nodes of the attached cluster"),),
    spellings=(
        Spelling(
            type=f"{ARM}onlineEndpoints/deployments:Kubernetes",
            case="camel",
            moved={
                **_NUMBER,
                **_REQUIREMENTS,
            },
        ),
    ),
)
"""Its `instance_type` is no machine: the name of what the cluster calls so."""


def _batch(native: str, page: str, settings: Segment) -> Kind:
    """Return a deployment that runs on a compute whenever somebody invokes its endpoint."""
    stated = First((at("resources", "instance_count", convert=whole), at(settings, "instance_count", convert=whole)))
    many = First((stated, Always(1)))
    return Kind(
        type=f"azureml/{native}",
        category="ml.processing",
        source=f"{YAML}{page}",
        labels="tags",
        groups=(
            GroupSpec(
                machine_types=machine(size("resources", "instance_type")),
                min=many,
                max=many,
                purchase=bought(NOTHING),
            ),
        ),
        links=(*ON_COMPUTE, _OF),
        lines=(MachineHours(service="azureml-compute-cluster"),),
        spellings=(
            Spelling(
                type=f"{ARM}batchEndpoints/deployments",
                case="camel",
                moved={
                    "properties.compute": ("compute",),
                    "properties.resources.instance_count": ("resources", "instance_count"),
                },
            ),
        ),
    )


_MANY: Final[Value] = Unknown(Reason.COMPUTED, note="Azure ML decides by the data")


def _schedule(native: str, category: Category, page: str) -> Kind:
    return Kind(
        type=f"azureml/{native}",
        category=category,
        source=f"{YAML}{page}",
        labels="tags",
        lifetime={"schedule": SCHEDULE},
        worldwide=True,
    )


def _by_spark(native: str, page: str, trigger: Fact, *machine: Segment) -> Kind:
    """Return what Azure ML does from time to time on serverless Spark, where a machine for that is stated."""
    there = From((at(*machine),), lambda stated: stated is not None)
    return Kind(
        type=f"azureml/{native}",
        category="ml.processing",
        source=f"{YAML}{page}",
        labels="tags",
        groups=(
            GroupSpec(
                when=there,
                machine_types=size(*machine),
                min=Always(_MANY),
                max=Always(_MANY),
                purchase=Always(ON_DEMAND),
            ),
        ),
        lifetime={"schedule": trigger},
        lines=(NoRows(name="vCores of Spark", when=there),),
    )


KINDS: Final = (
    _endpoint("ManagedOnlineEndpoint", "endpoint-online", "onlineEndpoints"),
    _endpoint("KubernetesOnlineEndpoint", "endpoint-online"),
    _endpoint("BatchEndpoint", "endpoint-batch", "batchEndpoints"),
    MANAGED,
    ON_KUBERNETES,
    _batch("BatchDeployment", "deployment-batch", "settings"),
    _schedule("Schedule", "other", "schedule"),
    _by_spark("MonitorSchedule", "monitor", SCHEDULE, "create_monitor", "compute", "instance_type"),
    _by_spark(
        "FeatureSet",
        "feature-set",
        at("materialization_settings", "schedule", convert=schedule),
        *("materialization_settings", "resource", "instance_type"),
    ),
)
