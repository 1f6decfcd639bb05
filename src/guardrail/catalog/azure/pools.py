"""Machines that other services of Azure start: Batch, scale sets of mixed sizes, reservations, Spark, HDInsight."""

from __future__ import annotations

from typing import Any, Final, Optional

from guardrail.catalog.azure.compute import LINUX
from guardrail.catalog.azure.words import DOCS, LOCATION, by_priority, data_disks, filled, os_disk, size
from guardrail.catalog.convert import last, minutes, texts, whole
from guardrail.catalog.kind import (
    AcceleratorSpec,
    Always,
    Fact,
    First,
    From,
    GroupSpec,
    Kind,
    MachineHours,
    NoRows,
    Of,
    ScaleSpec,
    at,
)
from guardrail.catalog.placement import placed
from guardrail.catalog.spelling import Spelling
from guardrail.model.resource import ON_DEMAND, SPOT, Link, Purchase
from guardrail.model.value import Reason, Unknown, Value

_ALL: Final = 100
_PROGRAM: Final = Unknown(Reason.REFUSED, note="a formula decides how many machines there are")
_SCALED: Final = at("auto_scale", 0)


def _nodes(key: str, default: int) -> tuple[Fact, Fact]:
    """Return how many nodes of a pool there are at least and at most."""
    fixed = at("fixed_scale", 0, key, default=default, convert=whole)
    return (
        From((_SCALED, fixed), lambda formula, count: count if formula is None else 0),
        From((_SCALED, fixed), lambda formula, count: count if formula is None else _PROGRAM),
    )


def _pool(name: str, key: str, default: int, purchase: Purchase) -> GroupSpec:
    low, high = _nodes(key, default)
    return GroupSpec(
        name=name,
        machine_types=size("vm_size"),
        min=low,
        max=high,
        autoscaled=From((_SCALED,), lambda formula: formula is not None),
        purchase=Always(purchase),
        disks=(data_disks("data_disks"),),
    )


_ACCOUNT: Final = Link(kind="references", at="/account_name", types=("azurerm_batch_account",))

BATCH_POOL: Final = Kind(
    type="azurerm_batch_pool",
    category="compute.pool",
    source=f"{DOCS}batch_pool",
    region=(Of(_ACCOUNT.at, LOCATION[0]),),
    groups=(
        _pool("dedicated", "target_dedicated_nodes", 1, ON_DEMAND),
        _pool("low-priority", "target_low_priority_nodes", 0, SPOT),
    ),
    links=(_ACCOUNT,),
    lines=LINUX,
)

_COUNT: Final = at("instances", default=0, convert=whole)
_MIX: Final = ("priority_mix", 0)


def _sizes(single: Optional[str], several: Optional[Any]) -> Value:
    """Return the sizes that may come; `Mix` says that several do."""
    return (single,) if several is None else several


def _mixed(purchase: Purchase, base: Optional[int], percent: Optional[int]) -> Purchase:
    """Return how machines are bought where only some of them are spot."""
    if base is None and percent is None:
        return purchase
    return Purchase(base or 0, _ALL if percent is None else percent, "spot")


SCALE_SET: Final = Kind(
    type="azurerm_orchestrated_virtual_machine_scale_set",
    category="compute.pool",
    facts=placed(at("proximity_placement_group_id", convert=last)),
    source=f"{DOCS}orchestrated_virtual_machine_scale_set",
    labels="tags",
    region=LOCATION,
    groups=(
        GroupSpec(
            machine_types=From((size("sku_name"), at("sku_profile", 0, "vm_sizes", convert=texts)), _sizes),
            min=_COUNT,
            max=_COUNT,
            purchase=From(
                (
                    at("priority", default=ON_DEMAND, convert=by_priority),
                    at(*_MIX, "base_regular_count", convert=whole),
                    at(*_MIX, "regular_percentage_above_base", convert=whole),
                ),
                _mixed,
            ),
            zones=at("zones"),
            disks=(os_disk("os_disk", 0), data_disks("data_disk")),
        ),
    ),
    lines=LINUX,
)

_SCALE_SETS: Final = (
    "azurerm_linux_virtual_machine_scale_set",
    "azurerm_windows_virtual_machine_scale_set",
    "azurerm_orchestrated_virtual_machine_scale_set",
)


def _cron(days: Optional[Any], hours: Optional[Any], minutes_: Optional[Any], zone: Optional[Any]) -> Value:
    """Return when a profile that comes again takes effect."""
    if hours is None and days is None:
        return None
    doubt = next((one for part in (days, hours, minutes_) for one in part or () if isinstance(one, Unknown)), None)
    if doubt is not None:
        return Unknown(doubt.reason, note=doubt.note)
    names = ",".join(day[:3].upper() for day in days or ()) or "*"
    at_ = [",".join(map(str, one or (0,))) for one in (minutes_, hours)]
    told = {"cron": f"{at_[0]} {at_[1]} * * {names}", "timezone": zone, "action": "scale"}
    return ({key: value for key, value in told.items() if value is not None},)


_RECURRENCE: Final = ("recurrence", 0)

AUTOSCALE: Final = Kind(
    type="azurerm_monitor_autoscale_setting",
    category="autoscaler",
    source=f"{DOCS}monitor_autoscale_setting",
    labels="tags",
    region=LOCATION,
    scales=ScaleSpec(
        each=("profile",),
        min=at("capacity", 0, "minimum", convert=whole),
        max=at("capacity", 0, "maximum", convert=whole),
        schedule=From(
            tuple(at(*_RECURRENCE, key) for key in ("days", "hours", "minutes", "timezone")),
            _cron,
        ),
    ),
    links=(Link(kind="scales", at="/target_resource_id", types=(*_SCALE_SETS, "azureml/ManagedOnlineDeployment")),),
    spellings=(
        Spelling(
            type="Microsoft.Insights/autoscaleSettings",
            case="camel",
            moved={"properties.target_resource_uri": ("target_resource_id",), "properties.profiles": ("profile",)},
        ),
    ),
)

_GROUP: Final = Link(
    kind="contains", at="/capacity_reservation_group_id", types=("azurerm_capacity_reservation_group",), reverse=True
)
_RESERVED: Final = at("sku", 0, "capacity", convert=whole)

RESERVATION: Final = Kind(
    type="azurerm_capacity_reservation",
    category="compute.reservation",
    source="https://learn.microsoft.com/azure/virtual-machines/capacity-reservation-overview",
    labels="tags",
    region=(Of(_GROUP.at, LOCATION[0]),),
    groups=(
        GroupSpec(
            machine_types=size("sku", 0, "name"),
            min=_RESERVED,
            max=_RESERVED,
            purchase=Always(ON_DEMAND),
            zones=at("zone", convert=lambda zone: (zone,)),
        ),
    ),
    links=(_GROUP,),
    lines=(MachineHours(service="azure-vm"),),
)

_SPARK: Final = at("node_count", convert=filled)
_WITH_GPUS: Final = "HardwareAcceleratedGPU"
_OF_SIZE: Final = Unknown(Reason.REFUSED, note="which GPUs a size of Spark nodes has is in no table")


def _spark_devices(family: Optional[Any]) -> Value:
    return _OF_SIZE if family == _WITH_GPUS else 0


_WORKSPACE: Final = Link(kind="references", at="/synapse_workspace_id", types=("azurerm_synapse_workspace",))

SPARK_POOL: Final = Kind(
    type="azurerm_synapse_spark_pool",
    category="compute.pool",
    source=f"{DOCS}synapse_spark_pool",
    labels="tags",
    region=(Of(_WORKSPACE.at, LOCATION[0]),),
    groups=(
        GroupSpec(
            min=First((at("auto_scale", 0, "min_node_count", convert=whole), _SPARK)),
            max=First((at("auto_scale", 0, "max_node_count", convert=whole), _SPARK)),
            autoscaled=From((at("auto_scale", 0),), lambda block: block is not None),
            accelerators=AcceleratorSpec(model=Always(_OF_SIZE), count=From((at("node_size_family"),), _spark_devices)),
        ),
    ),
    lifetime={"idle_shutdown_seconds": at("auto_pause", 0, "delay_in_minutes", convert=minutes)},
    links=(_WORKSPACE,),
    lines=(NoRows(name="nodes of the Spark pool"),),
)


def _role(part: str, default: int) -> GroupSpec:
    """Return the nodes of a role of an HDInsight cluster; of heads and zookeepers there are as many as Azure has."""
    above = ("roles", 0, part, 0)
    count = First((at(*above, "target_instance_count", convert=whole), Always(default)))
    scale = (*above, "autoscale", 0, "capacity", 0)
    return GroupSpec(
        name=part.removesuffix("_node"),
        when=From((at(*above),), lambda block: block is not None),
        machine_types=size(*above, "vm_size"),
        min=First((at(*scale, "min_instance_count", convert=whole), count)),
        desired=count,
        max=First((at(*scale, "max_instance_count", convert=whole), count)),
        autoscaled=From((at(*scale),), lambda block: block is not None),
        purchase=Always(ON_DEMAND),
    )


_HEADS: Final = 2
_ZOOKEEPERS: Final = 3
"""https://learn.microsoft.com/azure/hdinsight/hdinsight-supported-node-configuration"""


def _hdinsight(name: str) -> Kind:
    return Kind(
        type=f"azurerm_hdinsight_{name}_cluster",
        category="compute.pool",
        source="https://azure.microsoft.com/pricing/details/hdinsight/",
        labels="tags",
        region=LOCATION,
        groups=(
            _role("head_node", _HEADS),
            _role("worker_node", 1),
            _role("zookeeper_node", _ZOOKEEPERS),
            _role("edge_node", 1),
        ),
        lines=(NoRows(name="nodes with the fee of HDInsight"),),
    )


KINDS: Final = (
    BATCH_POOL,
    SCALE_SET,
    AUTOSCALE,
    RESERVATION,
    SPARK_POOL,
    *(_hdinsight(name) for name in ("hadoop", "hbase", "interactive_query", "kafka", "spark")),
)
