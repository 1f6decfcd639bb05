"""EMR: clusters, of which the book has neither the fee nor the rates that come with it."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.aws.words import REGION, machine
from guardrail.catalog.convert import whole
from guardrail.catalog.kind import Always, Each, From, GroupSpec, Kind, NoRows, at


def _instances(part: str) -> GroupSpec:
    """Return the machines of a group of instances, one where it does not say how many."""
    above = (f"{part}_instance_group", 0)
    count = at(*above, "instance_count", default=1, convert=whole)
    return GroupSpec(
        name=part,
        when=From((at(*above),), lambda group: group is not None),
        machine_types=machine(*above, "instance_type"),
        min=count,
        max=count,
    )


def _fleet(part: str) -> GroupSpec:
    """Return the machines of a fleet: at most as many as it has units, since each weighs one or more."""
    above = (f"{part}_instance_fleet", 0)
    units = From(
        (
            at(*above, "target_on_demand_capacity", default=0, convert=whole),
            at(*above, "target_spot_capacity", default=0, convert=whole),
        ),
        lambda on_demand, spot: on_demand + spot,
    )
    return GroupSpec(
        name=f"{part}-fleet",
        when=From((at(*above),), lambda fleet: fleet is not None),
        machine_types=Each((*above, "instance_type_configs"), machine("instance_type")),
        min=Always(0),
        desired=units,
        max=units,
    )


CLUSTER: Final = Kind(
    type="aws_emr_cluster",
    category="compute.pool",
    source="https://aws.amazon.com/emr/pricing/",
    labels="tags",
    region=REGION,
    groups=tuple(made(part) for part in ("master", "core") for made in (_instances, _fleet)),
    lines=(NoRows(name="machines and fee"),),
)

KINDS: Final = (CLUSTER,)
