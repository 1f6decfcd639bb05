"""Containers without machines of one's own, and models of Azure: paid for by time, by units, by tokens."""

from __future__ import annotations

import re
from typing import Any, Final, Optional, Union

from guardrail.catalog.azure.words import DOCS, LOCATION, by_priority
from guardrail.catalog.convert import flag, text, whole
from guardrail.catalog.kind import AcceleratorSpec, Always, ByUsage, Fact, From, GroupSpec, Kind, NoRows, Of, at
from guardrail.catalog.rows import free, metered, priceless
from guardrail.model.path import Segment
from guardrail.model.resource import ON_DEMAND, Category, Link
from guardrail.model.value import Reason, Unknown, Value

_AZURE: Final = "https://azure.microsoft.com/pricing/details/"
_MOST: Final = 10
"""Replicas of an application that states no limit: https://learn.microsoft.com/azure/container-apps/scale-app"""


def exposure(*path: Segment, default: Optional[str] = "public") -> Fact:
    """Return who reaches something, by a flag or by the word `Enabled`."""
    return at(
        *path,
        default=default,
        convert=lambda open_: "public" if open_ == "Enabled" or (open_ != "Disabled" and flag(open_)) else "private",
    )


_RUNS_IN: Final = Link(
    kind="references", at="/container_app_environment_id", types=("azurerm_container_app_environment",)
)

APP: Final = Kind(
    type="azurerm_container_app",
    category="workload.service",
    source=f"{DOCS}container_app",
    labels="tags",
    region=(Of(_RUNS_IN.at, LOCATION[0]),),
    groups=(
        GroupSpec(
            min=at("template", 0, "min_replicas", default=0, convert=whole),
            max=at("template", 0, "max_replicas", default=_MOST, convert=whole),
            autoscaled=Always(True),
        ),
    ),
    facts={"exposure": exposure("ingress", 0, "external_enabled", default=None)},
    links=(_RUNS_IN,),
    lines=(ByUsage(name="CPU and memory time"),),
)

_PROFILE: Final = re.compile(r"(?:Consumption-GPU-)?NC(?P<cores>[0-9]+)(?:as)?-(?P<model>A100|T4)", re.IGNORECASE)
_CORES: Final = {"A100": 24, "T4": 8}
"""
Cores that go with each GPU of a profile.

https://learn.microsoft.com/azure/container-apps/workload-profiles-overview
"""
_ASKED: Final = Unknown(Reason.USAGE, note="as many as the replicas of applications need")


_UNHEARD: Final = Unknown(Reason.REFUSED, note="a workload profile with GPUs that is in no table")


def _profile(profile: Optional[Any]) -> Union[re.Match[str], Unknown, None]:
    """Return what the name of a profile says of its GPUs; None for one without, by the series that have some."""
    name = "" if profile is None else text(profile)
    found = _PROFILE.fullmatch(name)
    if found is None and ("GPU" in name.upper() or name.upper().startswith(("NC", "ND", "NV", "NG"))):
        return _UNHEARD
    return found


def _profile_model(profile: Optional[Any]) -> Value:
    found = _profile(profile)
    if found is None or isinstance(found, Unknown):
        return found
    return {"A100": "a100-80gb", "T4": "nvidia-tesla-t4"}[found["model"].upper()]


def _profile_count(profile: Optional[Any]) -> Value:
    found = _profile(profile)
    if found is None or isinstance(found, Unknown):
        return found if isinstance(found, Unknown) else 0
    return max(int(found["cores"]) // _CORES[found["model"].upper()], 1)


_TYPE: Final = at("workload_profile_type")


def _most(stated: Optional[int], profile: Optional[Any]) -> Value:
    return _ASKED if stated is None and profile is not None else stated


ENVIRONMENT: Final = Kind(
    type="azurerm_container_app_environment",
    category="compute.pool",
    source=f"{DOCS}container_app_environment",
    labels="tags",
    region=LOCATION,
    groups=(
        GroupSpec(
            each=("workload_profile",),
            name="name",
            when=From((_TYPE,), lambda profile: profile != "Consumption"),
            min=at("minimum_count", default=0, convert=whole),
            max=From((at("maximum_count", convert=whole), _TYPE), _most),
            autoscaled=Always(True),
            accelerators=AcceleratorSpec(model=From((_TYPE,), _profile_model), count=From((_TYPE,), _profile_count)),
            purchase=Always(ON_DEMAND),
        ),
    ),
    lines=(NoRows(name="workload profiles"),),
)


def _reached(kind: Any) -> str:
    return "public" if kind == "Public" else "private"


CONTAINER_GROUP: Final = Kind(
    type="azurerm_container_group",
    category="workload.service",
    source=f"{DOCS}container_group",
    labels="tags",
    region=LOCATION,
    groups=(
        GroupSpec(
            accelerators=AcceleratorSpec(
                each=("container",), model=at("gpu", 0, "sku"), count=at("gpu", 0, "count", convert=whole)
            ),
            purchase=at("priority", default=ON_DEMAND, convert=by_priority),
        ),
    ),
    facts={"exposure": at("ip_address_type", default="public", convert=_reached)},
    lines=(NoRows(name="CPU, memory and GPU time"),),
)


def _provisioned(sku: Optional[Any]) -> bool:
    return sku is not None and "provisioned" in text(sku).lower()


_SKU: Final = at("sku", 0, "name")
_ACCOUNT: Final = Link(
    kind="references", at="/cognitive_account_id", types=("azurerm_cognitive_account", "azurerm_ai_services")
)

DEPLOYMENT: Final = Kind(
    type="azurerm_cognitive_deployment",
    category="ml.endpoint",
    source="https://azure.microsoft.com/pricing/details/cognitive-services/openai-service/",
    links=(_ACCOUNT,),
    lines=(
        NoRows(name="provisioned units", when=From((_SKU,), _provisioned)),
        ByUsage(name="tokens", when=From((_SKU,), lambda sku: not _provisioned(sku))),
    ),
)


def _account(native: str, exposed: Fact, what: str, category: Category = "ml.endpoint") -> Kind:
    return Kind(
        type=native,
        category=category,
        source=f"{_AZURE}cognitive-services/",
        labels="tags",
        region=LOCATION,
        facts={"exposure": exposed},
        lines=(ByUsage(name=what),),
    )


_PLACED: Final = Kind(type="", category="other", source="", labels="tags", region=LOCATION)
_PART: Final = Kind(type="", category="other", source="", worldwide=True)

KINDS: Final[tuple[Kind, ...]] = (
    APP,
    ENVIRONMENT,
    CONTAINER_GROUP,
    DEPLOYMENT,
    _account("azurerm_cognitive_account", exposure("public_network_access_enabled"), "use"),
    _account("azurerm_ai_services", exposure("public_network_access"), "use"),
    _account("azurerm_ai_foundry", exposure("public_network_access"), "what runs in the hub", "other"),
    _account(
        "azurerm_databricks_workspace", exposure("public_network_access_enabled"), "what runs in the workspace", "other"
    ),
    *free(_PLACED, f"{_AZURE}ai-foundry/", "azurerm_ai_foundry_project"),
    *free(_PART, f"{_AZURE}cognitive-services/", "azurerm_cognitive_account_rai_policy"),
    *metered(_PLACED, f"{_AZURE}container-apps/", "azurerm_container_app_job", "CPU and memory time"),
    *free(_PLACED, f"{_AZURE}batch/", "azurerm_batch_account"),
    *free(_PART, f"{_AZURE}batch/", "azurerm_batch_application azurerm_batch_certificate azurerm_batch_job"),
    *free(_PLACED, f"{_AZURE}virtual-machines/linux/", "azurerm_capacity_reservation_group"),
    *free(
        _PLACED,
        "https://learn.microsoft.com/azure/virtual-machines/auto-shutdown-vm",
        "azurerm_dev_test_global_vm_shutdown_schedule",
    ),
    *free(_PLACED, f"{_AZURE}synapse-analytics/", "azurerm_synapse_workspace azurerm_synapse_private_link_hub"),
    *free(
        _PART,
        f"{_AZURE}synapse-analytics/",
        "azurerm_synapse_firewall_rule azurerm_synapse_role_assignment azurerm_synapse_linked_service "
        "azurerm_synapse_managed_private_endpoint azurerm_synapse_workspace_aad_admin "
        "azurerm_synapse_workspace_sql_aad_admin azurerm_synapse_workspace_key "
        "azurerm_synapse_integration_runtime_self_hosted",
    ),
    *metered(
        _PART,
        f"{_AZURE}synapse-analytics/",
        "azurerm_synapse_integration_runtime_azure",
        "hours of data flows",
    ),
    *priceless(_PLACED, f"{_AZURE}synapse-analytics/", "azurerm_synapse_sql_pool", "data warehouse units", "database"),
    *free(
        _PART,
        f"{_AZURE}machine-learning/",
        "azurerm_machine_learning_datastore_blobstorage azurerm_machine_learning_datastore_datalake_gen2 "
        "azurerm_machine_learning_datastore_fileshare azurerm_machine_learning_workspace_network_outbound_rule_fqdn "
        "azurerm_machine_learning_workspace_network_outbound_rule_private_endpoint "
        "azurerm_machine_learning_workspace_network_outbound_rule_service_tag",
    ),
    *priceless(_PLACED, f"{_AZURE}search/", "azurerm_search_service", "search units", "database"),
    *priceless(
        _PLACED, f"{_AZURE}netapp/", "azurerm_netapp_pool azurerm_netapp_volume", "capacity of the pool", "storage.file"
    ),
    *free(_PLACED, f"{_AZURE}netapp/", "azurerm_netapp_account"),
    *free(
        _PART,
        f"{_AZURE}cost-management/",
        "azurerm_consumption_budget_management_group azurerm_consumption_budget_resource_group "
        "azurerm_consumption_budget_subscription",
    ),
)
