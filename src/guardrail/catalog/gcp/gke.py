"""
GKE: clusters with their inline pools, and node pools.

Counts of nodes are per zone, unless they are totals. A pool without zones of its own runs in those of its cluster; a
regional cluster that lists none runs in three zones of its region; a zonal cluster lists its zones without its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Optional

from guardrail.catalog.convert import flag, is_google_zone, last, seconds, stated, text, texts, whole
from guardrail.catalog.gcp.compute import LINES
from guardrail.catalog.gcp.provisioning import PROVISIONED
from guardrail.catalog.gcp.words import (
    DOCS,
    LOCAL_SSD,
    PLACE,
    PROJECT,
    filled,
    guests,
    machine,
    spot,
    takes_hyperdisk_only,
)
from guardrail.catalog.kind import (
    ALWAYS,
    NEVER,
    Always,
    ByUsage,
    DiskSpec,
    Each,
    Fact,
    First,
    Flat,
    From,
    GroupSpec,
    Kind,
    Of,
    Outer,
    Shape,
    at,
)
from guardrail.catalog.placement import placed
from guardrail.model.path import Segment
from guardrail.model.resource import Link
from guardrail.model.value import Reason, Unknown, Value

REGIONAL_ZONES: Final = 3
"""Zones of a regional cluster that lists none: https://cloud.google.com/kubernetes-engine/docs/concepts/regional-clusters"""

DEFAULT_MACHINE: Final = "e2-medium"
DEFAULT_DISK: Final = 100
"""https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/NodeConfig"""

_EFFECTS: Final = {"NO_SCHEDULE": "NoSchedule", "NO_EXECUTE": "NoExecute", "PREFER_NO_SCHEDULE": "PreferNoSchedule"}


def _disk_class(stated: Optional[str], machine_type: Optional[str]) -> str:
    """Return the class of boot disks: `pd-balanced` where nothing is stated and the machine takes it."""
    return last(stated) if stated else "hyperdisk-balanced" if takes_hyperdisk_only(machine_type) else "pd-balanced"


def _local_ssds(*counts: Optional[int]) -> Optional[int]:
    """Return the GiB of all local SSDs, None without any."""
    return sum(count or 0 for count in counts) * LOCAL_SSD or None


def _machine(node: tuple[Segment, ...]) -> First:
    return First((machine(*node, "machine_type"), Always(DEFAULT_MACHINE)))


def _disks(node: tuple[Segment, ...]) -> tuple[DiskSpec, ...]:
    boot: tuple[Segment, ...] = (*node, "boot_disk", 0)
    local = From(
        (
            at(*node, "local_ssd_count", convert=filled),
            at(*node, "ephemeral_storage_local_ssd_config", 0, "local_ssd_count", convert=filled),
            at(*node, "local_nvme_ssd_block_config", 0, "local_ssd_count", convert=filled),
        ),
        _local_ssds,
    )
    return (
        DiskSpec(
            kind=From((First((at(*boot, "disk_type"), at(*node, "disk_type"))), _machine(node)), _disk_class),
            size_gib=First(
                (
                    at(*boot, "size_gb", convert=filled),
                    at(*node, "disk_size_gb", convert=filled),
                    Always(DEFAULT_DISK),
                )
            ),
            iops=at(*boot, "provisioned_iops", convert=filled),
            throughput_mibps=at(*boot, "provisioned_throughput", convert=filled),
        ),
        DiskSpec(
            when=From((local,), lambda size: size is not None),
            kind=Always("local-ssd"),
            size_gib=local,
        ),
    )


def _taint_effect(value: Any) -> str:
    return _EFFECTS.get(text(value), text(value))


def _nodes(
    *node: Segment,
    count: tuple[Fact, Fact, Fact],
    zones: Fact,
    each: tuple[Segment, ...] = (),
    name: Optional[str] = None,
    when: Fact = ALWAYS,
    autoscaled: Fact = NEVER,
) -> GroupSpec:
    """Return nodes that are configured at `node`."""
    low, desired, high = count
    return GroupSpec(
        each=each,
        name=name,
        when=when,
        machine_types=_machine(node),
        accelerators=guests(*node, "guest_accelerator"),
        min=low,
        desired=desired,
        max=high,
        autoscaled=autoscaled,
        purchase=spot(at(*node, "spot"), at(*node, "preemptible")),
        zones=zones,
        node_labels=at(*node, "labels"),
        taints=Each(
            (*node, "taint"),
            Shape({"key": at("key"), "value": at("value"), "effect": at("effect", convert=_taint_effect)}),
        ),
        disks=_disks(node),
    )


def _zone_names(listed: Optional[Sequence[Any]], location: Optional[str]) -> Optional[tuple[Any, ...]]:
    """Return the zones of a cluster by its own attributes, None where GKE chooses them."""
    if location is not None and is_google_zone(location):
        return tuple(dict.fromkeys((location, *(listed or ()))))
    return tuple(listed) if listed else None


def _count(zones: Optional[Sequence[Any]]) -> int:
    return len(zones) if zones else REGIONAL_ZONES


def _shown(zones: Optional[Sequence[Any]]) -> Value:
    """Return the zones; unknown where GKE chooses three of the region."""
    return tuple(zones) if zones else Unknown(Reason.COMPUTED, note="GKE chooses zones of the region")


def _times(per_zone: Optional[int], told: Mapping[str, Value]) -> Value:
    """
    Return how many nodes there are in all zones.

    Where a cluster that is not in the graph has the zones, it is a few times as many, and not any number.
    """
    zones = told.get("zones")
    if per_zone is None or not isinstance(zones, Unknown):
        return None if per_zone is None else per_zone * _count(zones)
    numbers = range(1, _MOST_ZONES + 1) if zones.one_of is None else [_count(one) for one in zones.one_of]
    found = tuple(dict.fromkeys(per_zone * number for number in numbers))
    return found[0] if len(found) == 1 else Unknown(zones.reason, found, note=zones.note)


_MOST_ZONES: Final = 5
"""Zones of the largest region: https://cloud.google.com/compute/docs/regions-zones"""


_LISTED: Final = at("node_locations", convert=texts)
_LOCATION: Final = First((at("location"), at("zone"), at("region")))
_CLUSTER_ZONES: Final = From((_LISTED, _LOCATION), _zone_names)


def _default_pool(initial: Optional[int], zones: Optional[Sequence[Any]]) -> int:
    return (initial or 0) * _count(zones)


def _kept(removed: Optional[bool], initial: Optional[int]) -> bool:
    """
    Return whether a cluster keeps its default pool.

    With pools of its own (`node_pool` blocks, or separate resources) a cluster states no initial count.
    """
    return not removed and initial is not None


_INITIAL: Final = at("initial_node_count", convert=filled)
_DEFAULT_COUNT: Final = From((_INITIAL, _CLUSTER_ZONES), _default_pool)
_AUTOPILOT: Final = at("enable_autopilot", default=False, convert=flag)


def _bound(per_zone: str, total: str, otherwise: Fact, zones: Fact) -> First:
    """Return a bound of a pool: a total, or per zone, or what there is without autoscaling."""
    return First(
        (
            at("autoscaling", 0, total, convert=filled),
            From((at("autoscaling", 0, per_zone, convert=whole), zones), _times),
            otherwise,
        )
    )


def _scaled_min(stated: Optional[Any], fixed: Optional[int]) -> Optional[int]:
    """Return the fewest nodes where no minimum is stated: none with autoscaling, else what is asked for."""
    return 0 if stated is not None else fixed


def _fixed(stated: Optional[int], told: Mapping[str, Value]) -> Value:
    return _times(stated or 0, told)


def _pool_counts(zones_: Fact) -> tuple[Fact, Fact, Fact]:
    """Return the bounds of a pool. Without autoscaling it stays at its count, which is 0 where none is stated."""
    zones = Shape({"zones": zones_})
    stated = First((at("node_count", convert=whole), at("initial_node_count", convert=whole)))
    fixed = From((stated, zones), _fixed)
    scaling = at("autoscaling", 0)
    low = _bound("min_node_count", "total_min_node_count", From((scaling, fixed), _scaled_min), zones)
    return low, From((stated, zones), _times), _bound("max_node_count", "total_max_node_count", fixed, zones)


_SCALED: Final = From((at("autoscaling", 0),), lambda block: block is not None)
_INLINE_ZONES: Final = First((at("node_locations", convert=lambda value: texts(value) or None), Outer(_CLUSTER_ZONES)))

CLUSTER: Final = Kind(
    type="google_container_cluster",
    category="cluster",
    source=f"{DOCS}container_cluster",
    labels="resource_labels",
    region=PLACE,
    account=PROJECT,
    cluster=at("name"),
    groups=(
        _nodes(
            "node_config",
            0,
            name="default-pool",
            when=From(
                (at("remove_default_node_pool", convert=flag), _INITIAL, _AUTOPILOT),
                lambda removed, initial, autopilot: not autopilot and _kept(removed, initial),
            ),
            count=(_DEFAULT_COUNT, _DEFAULT_COUNT, _DEFAULT_COUNT),
            zones=From((_CLUSTER_ZONES,), _shown),
        ),
        _nodes(
            "node_config",
            0,
            each=("node_pool",),
            name="name",
            count=_pool_counts(_INLINE_ZONES),
            zones=From((_INLINE_ZONES,), _shown),
            autoscaled=_SCALED,
        ),
        PROVISIONED,
    ),
    facts={
        "exposure": at(
            "private_cluster_config",
            0,
            "enable_private_endpoint",
            default="public",
            convert=lambda private: "private" if flag(private) else "public",
        )
    },
    lines=(
        Flat(name="cluster management", service="gke", sku="cluster-management-fee"),
        *LINES,
        ByUsage(name="pods on Autopilot", when=_AUTOPILOT),
    ),
)

_LINK: Final = "/cluster"
_OF_CLUSTER: Final = Of(_LINK, First((_CLUSTER_ZONES, Always(()))))


_POOL_ZONES: Final = First((at("node_locations", convert=lambda value: texts(value) or None), _OF_CLUSTER))
_POOL_LINKS: Final = (Link(kind="contains", at=_LINK, types=("google_container_cluster",), reverse=True),)
_RUN: Final = at("node_config", 0, "max_run_duration", convert=seconds)


NODE_POOL: Final = Kind(
    type="google_container_node_pool",
    category="compute.pool",
    facts=placed(
        at("placement_policy", 0, "policy_name", convert=stated),
        at("placement_policy", 0, "tpu_topology", convert=stated),
    ),
    source=f"{DOCS}container_node_pool",
    labels_from=at("node_config", 0, "resource_labels"),
    region=PLACE,
    account=PROJECT,
    cluster=at("cluster", convert=last),
    groups=(
        _nodes(
            "node_config",
            0,
            count=_pool_counts(_POOL_ZONES),
            zones=From((_POOL_ZONES,), _shown),
            autoscaled=_SCALED,
        ),
    ),
    lifetime={"max_runtime_seconds": _RUN},
    links=_POOL_LINKS,
    lines=LINES,
)

KINDS: Final = (CLUSTER, NODE_POOL)
