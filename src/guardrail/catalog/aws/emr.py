"""EMR: clusters and what is added to them, of which the book has the machines and not the fee; serverless, on EKS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Optional

from guardrail.catalog.aws.ec2 import LINES
from guardrail.catalog.aws.words import REGION, filled, machine
from guardrail.catalog.convert import flag, minutes, whole
from guardrail.catalog.kind import (
    ALWAYS,
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


def _disks(*above: Segment) -> tuple[DiskSpec, ...]:
    """Return the volumes of each machine: so many of each kind."""
    size = From(
        (at("size", convert=filled), at("volumes_per_instance", default=1, convert=whole)),
        lambda gib, volumes: None if gib is None else gib * volumes,
    )
    return (DiskSpec(each=(*above, "ebs_config"), kind=at("type"), size_gib=size, iops=at("iops", convert=filled)),)


def _scaling(constraint: str) -> Fact:
    """Return a bound that a scaling policy states, which is JSON."""
    return From((Json(("autoscaling_policy",)),), lambda policy: _constraint(policy, constraint))


def _constraint(policy: Optional[Any], name: str) -> Value:
    constraints = policy.get("Constraints") if isinstance(policy, Mapping) else None
    if isinstance(constraints, Unknown):
        return constraints
    found = constraints.get(name) if isinstance(constraints, Mapping) else None
    return found if found is None or isinstance(found, Unknown) else whole(found)


def _machines(*above: Segment, name: Optional[str] = None, when: Fact = ALWAYS) -> GroupSpec:
    """Return the machines of a group of instances, one where it does not say how many."""
    count = at(*above, "instance_count", default=1, convert=whole)
    return GroupSpec(
        name=name,
        when=when,
        machine_types=machine(*above, "instance_type"),
        min=count,
        max=count,
        purchase=From((at(*above, "bid_price"),), _bid),
        disks=_disks(*above),
    )


def _instances(part: str) -> GroupSpec:
    above = (f"{part}_instance_group", 0)
    return _machines(*above, name=part, when=From((at(*above),), lambda group: group is not None))


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
    groups=tuple(made(part) for part in ("master", "core") for made in (_instances, _fleet)),
    lifetime={"idle_shutdown_seconds": at("auto_termination_policy", 0, "idle_timeout", convert=whole)},
    lines=(*LINES, _FEE),
)

_OF_CLUSTER: Final = Link(kind="contains", at="/cluster_id", types=("aws_emr_cluster",), reverse=True)
_OWN: Final = _machines()

TASKS: Final = Kind(
    type="aws_emr_instance_group",
    category="compute.pool",
    source=f"{_DOCS}emr_instance_group",
    region=REGION,
    groups=(
        GroupSpec(
            machine_types=_OWN.machine_types,
            min=First((_scaling("MinCapacity"), _OWN.min)),
            desired=_OWN.min,
            max=First((_scaling("MaxCapacity"), _OWN.max)),
            autoscaled=From((at("autoscaling_policy"),), lambda policy: policy is not None),
            purchase=_OWN.purchase,
            disks=_OWN.disks,
        ),
    ),
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
        max=_limit("maximum_core_capacity_units", "maximum_capacity_units"),
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
