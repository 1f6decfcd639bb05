"""AKS: clusters with their default pool, and further node pools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Optional

from guardrail.catalog.azure.words import DOCS, LOCATION, by_priority, filled, size
from guardrail.catalog.convert import flag, last, text, whole
from guardrail.catalog.kind import (
    Always,
    DiskMonths,
    DiskSpec,
    Fact,
    First,
    Flat,
    From,
    GroupSpec,
    Kind,
    MachineHours,
    NoRows,
    Of,
    at,
)
from guardrail.catalog.machines import machine
from guardrail.catalog.placement import placed
from guardrail.catalog.spelling import Spelling
from guardrail.model.path import Segment
from guardrail.model.resource import ON_DEMAND, Link
from guardrail.model.value import Reason, Unknown, Value

_TIERS: Final = dict.fromkeys(("Standard", "Paid"), "control-plane-standard")
"""`Paid` is what older versions call it."""

_OS_DISK_SIZES: Final = ((7, 128), (15, 256), (63, 512))
_LARGEST_OS_DISK: Final = 1024
"""(most vCPU, GiB) of disks that state no size: https://learn.microsoft.com/azure/aks/concepts-storage"""

_CHOSEN: Final = Unknown(Reason.COMPUTED, note="AKS decides by the machine")


def _os_disk_size(machine_type: Optional[str]) -> Value:
    found = machine("azure", machine_type) if machine_type else None
    if found is None:
        return _CHOSEN
    return next((gib for most, gib in _OS_DISK_SIZES if found.vcpu <= most), _LARGEST_OS_DISK)


def parsed_taints(listed: Sequence[Any]) -> Value:
    """Return taints that are written as `key=value:Effect`."""
    return tuple(one if isinstance(one, Unknown) else _taint(text(one)) for one in listed)


def _taint(written: str) -> Mapping[str, Value]:
    stated, _, effect = written.rpartition(":")
    key, equals, value = stated.partition("=")
    return {"key": key, "value": value, "effect": effect} if equals else {"key": key, "effect": effect}


def _nodes(*above: Segment, each: tuple[Segment, ...] = (), name: Optional[str] = None) -> GroupSpec:
    """Return the nodes of a pool; bounds hold only with the autoscaler, which older versions call otherwise."""
    scaled = First((at(*above, "auto_scaling_enabled"), at(*above, "enable_auto_scaling")))
    on = From((scaled,), lambda value: value is not None and flag(value))
    count = at(*above, "node_count", convert=whole)

    def bound(key: str) -> Fact:
        return From((on, at(*above, key, convert=whole), count), _bound)

    return GroupSpec(
        each=each,
        name=name,
        machine_types=size(*above, "vm_size"),
        min=bound("min_count"),
        desired=count,
        max=bound("max_count"),
        autoscaled=on,
        purchase=at(*above, "priority", default=ON_DEMAND, convert=by_priority),
        zones=at(*above, "zones"),
        node_labels=at(*above, "node_labels"),
        taints=at(*above, "node_taints", convert=parsed_taints),
        disks=(
            DiskSpec(
                when=From((at(*above, "os_disk_type"),), lambda kind: kind != "Ephemeral"),
                kind=Always(_CHOSEN),
                size_gib=First(
                    (at(*above, "os_disk_size_gb", convert=filled), From((size(*above, "vm_size"),), _os_disk_size))
                ),
            ),
        ),
    )


def _bound(scaled: bool, stated: Optional[int], count: Optional[int]) -> Optional[int]:
    """Return a bound of a pool: the autoscaler's, else the count, which is one where none is stated."""
    return stated if scaled else 1 if count is None else count


_API: Final = "Microsoft.ContainerService/managedClusters"
_OF_POOL: Final = {"count": "node_count", "scale_set_priority": "priority", "availability_zones": "zones"}
"""What the API calls otherwise, of a pool."""

_PROFILES: Final = "properties.agent_pool_profiles"

CLUSTER: Final = Kind(
    type="azurerm_kubernetes_cluster",
    category="cluster",
    source=f"{DOCS}kubernetes_cluster",
    labels="tags",
    region=LOCATION,
    cluster=at("name"),
    groups=(_nodes(each=("default_node_pool",), name="name"),),
    facts={
        "exposure": at(
            "private_cluster_enabled",
            default="public",
            convert=lambda private: "private" if flag(private) else "public",
        )
    },
    lines=(
        Flat(name="control plane", service="aks", sku=at("sku_tier", convert=_TIERS.get)),
        NoRows(name="control plane of tier Premium", when=From((at("sku_tier"),), lambda tier: tier == "Premium")),
        NoRows(name="AKS Automatic and its nodes", when=From((at("sku_name"),), lambda sku: sku == "Automatic")),
        MachineHours(service="azure-vm"),
        DiskMonths(service="managed-disk"),
    ),
    spellings=(
        Spelling(
            type=_API,
            case="camel",
            renamed={f"{_PROFILES}.{theirs}": ours for theirs, ours in _OF_POOL.items()},
            moved={
                _PROFILES: ("default_node_pool",),
                "sku.tier": ("sku_tier",),
                "sku.name": ("sku_name",),
                "properties.api_server_access_profile.enable_private_cluster": ("private_cluster_enabled",),
            },
            verbatim=frozenset({"tags", f"{_PROFILES}.node_labels"}),
        ),
    ),
)

_LINK: Final = "/kubernetes_cluster_id"


def _is_windows(system: Optional[str]) -> bool:
    return system == "Windows"


_OF_API: Final = (
    "vm_size",
    "count",
    "min_count",
    "max_count",
    "enable_auto_scaling",
    "scale_set_priority",
    "availability_zones",
    "node_labels",
    "node_taints",
    "os_disk_size_gb",
    "os_disk_type",
    "os_type",
    "proximity_placement_group_id",
)
"""What is said of a pool, below its properties."""

NODE_POOL: Final = Kind(
    type="azurerm_kubernetes_cluster_node_pool",
    category="compute.pool",
    facts=placed(at("proximity_placement_group_id", convert=last)),
    source=f"{DOCS}kubernetes_cluster_node_pool",
    labels="tags",
    region=(Of(_LINK, LOCATION[0]),),
    cluster=First((Of(_LINK, at("name")), at("kubernetes_cluster_id", convert=last))),
    groups=(_nodes(),),
    links=(Link(kind="contains", at=_LINK, types=("azurerm_kubernetes_cluster",), reverse=True),),
    lines=(
        MachineHours(service="azure-vm", when=From((at("os_type"),), lambda system: not _is_windows(system))),
        NoRows(name="Windows machines", when=From((at("os_type"),), _is_windows)),
        DiskMonths(service="managed-disk"),
    ),
    spellings=(
        Spelling(
            type=f"{_API}/agentPools",
            case="camel",
            moved={
                "parent_id": ("kubernetes_cluster_id",),
                **{f"properties.{theirs}": (_OF_POOL.get(theirs, theirs),) for theirs in _OF_API},
                "properties.tags": ("tags",),
            },
            verbatim=frozenset({"tags", "properties.tags", "properties.node_labels"}),
        ),
    ),
)

AUTOMATIC: Final = Kind(
    type="azurerm_kubernetes_automatic_cluster",
    category="cluster",
    source="https://learn.microsoft.com/azure/aks/intro-aks-automatic",
    labels="tags",
    region=LOCATION,
    cluster=at("name"),
    # Nodes come as pods need them, up to the quota of the subscription.
    lines=(NoRows(name="AKS Automatic and its nodes"),),
)

KINDS: Final = (CLUSTER, NODE_POOL, AUTOMATIC)
