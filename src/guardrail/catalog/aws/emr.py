"""EMR: clusters and what is added to them, of which the book has the machines and not the fee; serverless, on EKS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, Optional

from guardrail.catalog.aws.ec2 import LINES
from guardrail.catalog.aws.words import REGION, filled, machine
from guardrail.catalog.convert import flag, minutes, whole
from guardrail.catalog.kind import (
    ALWAYS,
    NOTHING,
    Always,
    ByUsage,
    DiskSpec,
    Each,
    Fact,
    First,
    From,
    GroupSpec,
    Json,
    Kind,
    NoRows,
    Outer,
    ScaleSpec,
    at,
)
from guardrail.model.path import Segment
from guardrail.model.resource import ON_DEMAND, SPOT, Link, Purchase
from guardrail.model.value import Unknown, Value

_DOCS: Final = "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/"
_FEE: Final = NoRows(name="fee of EMR")


def _bid(price: Optional[Any]) -> Purchase:
    return ON_DEMAND if price in (None, "") else SPOT


_VOLUME: Final = ("volume_specification", 0)


def _disks(*above: Segment) -> tuple[DiskSpec, ...]:
    """Return the volumes of each machine, so many of each kind: as Terraform has them, and as the API does."""
    return (
        DiskSpec(
            each=(*above, "ebs_config"), kind=at("type"), size_gib=_together("size"), iops=at("iops", convert=filled)
        ),
        DiskSpec(
            each=(*above, "ebs_configuration", 0, "ebs_block_device_configs"),
            kind=at(*_VOLUME, "volume_type"),
            size_gib=_together(*_VOLUME, "size_in_gb"),
            iops=at(*_VOLUME, "iops", convert=filled),
            throughput_mibps=at(*_VOLUME, "throughput", convert=filled),
        ),
    )


def _together(*size: Segment) -> Fact:
    """Return the size of all volumes of a kind."""
    return From(
        (at(*size, convert=filled), at("volumes_per_instance", default=1, convert=whole)),
        lambda gib, volumes: None if gib is None else gib * volumes,
    )


def _scaling(constraint: str, *above: Segment) -> Fact:
    """Return a bound that a scaling policy states, which is JSON."""
    return From((Json((*above, "autoscaling_policy")),), lambda policy: _constraint(policy, constraint))


def _constraint(policy: Optional[Any], name: str) -> Value:
    constraints = policy.get("Constraints") if isinstance(policy, Mapping) else None
    if isinstance(constraints, Unknown):
        return constraints
    found = constraints.get(name) if isinstance(constraints, Mapping) else None
    return found if found is None or isinstance(found, Unknown) else whole(found)


def _machines(*above: Segment, name: Optional[str] = None, when: Fact = ALWAYS, managed: Fact = NOTHING) -> GroupSpec:
    """
    Return the machines of a group of instances, one where it does not say how many.

    A policy of its own bounds their number, or `managed`, what the cluster states for all of its groups.
    """
    count = at(*above, "instance_count", default=1, convert=whole)
    policy = at(*above, "autoscaling_policy")
    return GroupSpec(
        name=name,
        when=when,
        machine_types=machine(*above, "instance_type"),
        min=First((_scaling("MinCapacity", *above), count)),
        desired=count,
        max=First((_scaling("MaxCapacity", *above), managed, count)),
        autoscaled=From((policy, managed), lambda *stated: any(one is not None for one in stated)),
        purchase=From((at(*above, "bid_price"),), _bid),
        disks=_disks(*above),
    )


_OF_ALL: Final = "maximum_capacity_units"
_OF_CORE: Final = ("maximum_core_capacity_units", _OF_ALL)
_MANAGED: Final = ("managed_scaling_policy", 0, "compute_limits", 0)


def _at_most(unit: str, *bounds: str) -> Fact:
    """Return how many machines a cluster that scales itself has at most, where it counts in this unit."""
    most = First(tuple(at(*_MANAGED, bound, convert=filled) for bound in bounds))
    return From((at(*_MANAGED, "unit_type"), most), lambda counted, units: units if counted == unit else None)


def _instances(part: str) -> GroupSpec:
    above = (f"{part}_instance_group", 0)
    managed = _at_most("Instances", *_OF_CORE) if part == "core" else NOTHING
    return _machines(*above, name=part, when=From((at(*above),), lambda group: group is not None), managed=managed)


def _fleet_machines(*above: Segment, name: Optional[str] = None, when: Fact = ALWAYS) -> GroupSpec:
    """Return the machines of a fleet: at most as many as it has units, since each weighs one or more."""
    on_demand = at(*above, "target_on_demand_capacity", default=0, convert=whole)
    spot = at(*above, "target_spot_capacity", default=0, convert=whole)
    units = From((on_demand, spot), lambda certain, cheap: certain + cheap)
    return GroupSpec(
        name=name,
        when=when,
        machine_types=Each((*above, "instance_type_configs"), machine("instance_type")),
        min=Always(0),
        desired=units,
        max=units,
        purchase=From((on_demand, spot), lambda certain, cheap: Purchase(certain, 0, "spot") if cheap else ON_DEMAND),
    )


def _fleet(part: str) -> GroupSpec:
    above = (f"{part}_instance_fleet", 0)
    return _fleet_machines(*above, name=f"{part}-fleet", when=From((at(*above),), lambda fleet: fleet is not None))


CLUSTER: Final = Kind(
    type="aws_emr_cluster",
    category="compute.pool",
    source="https://aws.amazon.com/emr/pricing/",
    labels="tags",
    region=REGION,
    groups=(
        *(made(part) for part in ("master", "core") for made in (_instances, _fleet)),
        # Terraform has those of tasks apart.
        replace(_machines(name="name", managed=Outer(_at_most("Instances", _OF_ALL))), each=("task_instance_groups",)),
        replace(_fleet_machines(name="name"), each=("task_instance_fleets",)),
    ),
    lifetime={"idle_shutdown_seconds": at("auto_termination_policy", 0, "idle_timeout", convert=whole)},
    lines=(*LINES, _FEE),
)

_OF_CLUSTER: Final = Link(kind="contains", at="/cluster_id", types=("aws_emr_cluster",), reverse=True)
TASKS: Final = Kind(
    type="aws_emr_instance_group",
    category="compute.pool",
    source=f"{_DOCS}emr_instance_group",
    region=REGION,
    groups=(_machines(),),
    links=(_OF_CLUSTER,),
    lines=(*LINES, _FEE),
)

FLEET: Final = Kind(
    type="aws_emr_instance_fleet",
    category="compute.pool",
    source=f"{_DOCS}emr_instance_fleet",
    region=REGION,
    groups=(_fleet_machines(),),
    links=(_OF_CLUSTER,),
    lines=(*LINES, _FEE),
)

_LIMITS: Final = ("compute_limits", 0)
_GROUPS: Final[Mapping[str, str]] = {"Instances": "core", "InstanceFleetUnits": "core-fleet"}


def _counted(unit: Optional[str], units: Optional[int]) -> Optional[int]:
    """Return a bound that counts machines; vCPU cannot be told apart from the sizes that come."""
    return units if unit in _GROUPS else None


def _limit(*keys: str) -> Fact:
    stated = First(tuple(at(*_LIMITS, key, convert=filled) for key in keys))
    return From((at(*_LIMITS, "unit_type"), stated), _counted)


MANAGED_SCALING: Final = Kind(
    type="aws_emr_managed_scaling_policy",
    category="autoscaler",
    source=f"{_DOCS}emr_managed_scaling_policy",
    names=(),
    region=REGION,
    scales=ScaleSpec(
        min=_limit("minimum_capacity_units"),
        max=_limit(*_OF_CORE),
        group=From((at(*_LIMITS, "unit_type"),), lambda unit: _GROUPS.get(unit) if unit is not None else None),
    ),
    links=(Link(kind="scales", at="/cluster_id", types=("aws_emr_cluster",)),),
)


def _idle(enabled: Optional[bool], idle: Optional[int]) -> Optional[int]:
    return None if enabled is False else idle


_STOPS: Final = ("auto_stop_configuration", 0)
_IDLE_MINUTES: Final = 15
"""https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/application-capacity.html"""

_WORKERS: Final = ("initial_capacity_config", 0, "worker_count")

SERVERLESS: Final = Kind(
    type="aws_emrserverless_application",
    category="workload.service",
    source=f"{_DOCS}emrserverless_application",
    labels="tags",
    region=REGION,
    groups=(
        GroupSpec(
            each=("initial_capacity",),
            name="initial_capacity_type",
            min=Always(0),
            desired=at(*_WORKERS, convert=whole),
            max=at(*_WORKERS, convert=whole),
        ),
    ),
    lifetime={
        "idle_shutdown_seconds": From(
            (
                at(*_STOPS, "enabled", default=True, convert=flag),
                at(*_STOPS, "idle_timeout_minutes", default=_IDLE_MINUTES * 60, convert=minutes),
            ),
            _idle,
        )
    },
    lines=(ByUsage(name="CPU, memory and storage of workers"),),
)

VIRTUAL_CLUSTER: Final = Kind(
    type="aws_emrcontainers_virtual_cluster",
    category="other",
    source=f"{_DOCS}emrcontainers_virtual_cluster",
    labels="tags",
    region=REGION,
    links=(Link(kind="references", at="/container_provider/0/id", types=("aws_eks_cluster",)),),
    # Its jobs run on nodes of the cluster; the fee is by their CPU and memory.
    lines=(ByUsage(name="CPU and memory of jobs"),),
)

KINDS: Final = (CLUSTER, TASKS, FLEET, MANAGED_SCALING, SERVERLESS, VIRTUAL_CLUSTER)
