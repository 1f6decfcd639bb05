"""Clusters that stay, and the pools that they take machines from."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.convert import minutes, whole
from guardrail.catalog.databricks.words import (
    DOCS,
    POOL_LINK,
    UNITS,
    bought,
    driver_type,
    filled,
    node_type,
    none_for_zero,
    scaled,
    volumes,
    workers,
)
from guardrail.catalog.kind import Always, GroupSpec, Kind, at
from guardrail.model.value import UNBOUNDED

_LOW, _DESIRED, _HIGH = workers()
_IDLE: Final = 60 * 60
"""
Seconds after which a cluster stops where it does not say: the provider's own default, not that of the API.

https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/cluster#autotermination_minutes
"""

CLUSTER: Final = Kind(
    type="databricks_cluster",
    category="compute.pool",
    source=f"{DOCS}cluster",
    names=("cluster_name",),
    labels="custom_tags",
    groups=(
        GroupSpec(name="driver", machine_types=driver_type(pooled=True), purchase=bought(first=0), disks=volumes()),
        GroupSpec(
            name="workers",
            machine_types=node_type(pooled=True),
            min=_LOW,
            desired=_DESIRED,
            max=_HIGH,
            autoscaled=scaled(),
            purchase=bought(),
            disks=volumes(),
        ),
    ),
    lifetime={"idle_shutdown_seconds": none_for_zero(at("autotermination_minutes", default=_IDLE, convert=minutes))},
    links=(POOL_LINK,),
    lines=(UNITS,),
)

_LEAST: Final = at("min_idle_instances", default=0, convert=whole)


POOL: Final = Kind(
    type="databricks_instance_pool",
    category="compute.pool",
    source=f"{DOCS}instance_pool",
    names=("instance_pool_name",),
    labels="custom_tags",
    groups=(
        GroupSpec(
            machine_types=node_type(),
            min=_LEAST,
            max=at("max_capacity", default=UNBOUNDED, convert=lambda most: filled(most) or UNBOUNDED),
            autoscaled=Always(True),
            purchase=bought(first=0),
        ),
    ),
    lifetime={"idle_shutdown_seconds": none_for_zero(at("idle_instance_autotermination_minutes", convert=minutes))},
    lines=(UNITS,),
)

KINDS: Final = (CLUSTER, POOL)
