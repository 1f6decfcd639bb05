"""
Fleets of EC2: capacity that is filled with machines of several templates or specifications.

Each machine that is permitted may come, whatever it costs. Tags of the fleet itself are on no machine.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-fleet-request-type.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Optional

from guardrail.catalog.aws.ec2 import LINES
from guardrail.catalog.aws.launched import in_all, tags_of_launched
from guardrail.catalog.aws.overrides import (
    OF_TEMPLATE,
    OVERRIDE,
    WEIGHT,
    all_plain,
    fewest,
    most,
    overridden,
    preferred,
)
from guardrail.catalog.aws.words import IMAGE, REGION, filled, machine, template_links, volume
from guardrail.catalog.convert import whole
from guardrail.catalog.kind import Always, DiskSpec, Each, Fact, From, GroupSpec, Kind, Shape, at
from guardrail.model.resource import ON_DEMAND, SPOT, Link, Purchase
from guardrail.model.value import Reason, Unknown, Value

_DOCS: Final = "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/"
_CONFIGS: Final = "launch_template_config"
_SPECIFICATIONS: Final = "launch_specification"

_VOLUMES: Final = Unknown(Reason.REFUSED, note="each of several templates or specifications has volumes of its own")


_LINKED: Final = 4
"""How many templates of a fleet are looked at."""


def _templates(identifier: str, name: str) -> tuple[Link, ...]:
    """Return the links to the launch templates of the first configurations."""
    return tuple(
        link
        for index in range(_LINKED)
        for link in template_links(
            _CONFIGS, index, "launch_template_specification", 0, identifier=identifier, name=name
        )
    )


_ALL_LINKED: Final = From((at(_CONFIGS),), lambda configs: len(configs or ()) <= _LINKED)


def _configured(overrides: str) -> Each:
    """Return the overrides of each configuration of a template, None where it has none."""
    return Each((_CONFIGS,), Each((overrides,), Shape({**OVERRIDE.members, "weight": WEIGHT})))


_SPECIFIED: Final = Each((_SPECIFICATIONS,), Shape({"type": machine("instance_type"), "weight": WEIGHT}))

Listed = Optional[Sequence[Value]]


def _all(configs: Listed, specified: Listed) -> Iterator[Value]:
    """Yield everything that may be launched, as an override; an empty one has the machine of its template."""
    for overrides in configs or ():
        yield from (overrides,) if isinstance(overrides, Unknown) else overrides or ({},)
    yield from specified or ()


def _types(configs: Listed, specified: Listed) -> Value:
    """Return the machine types; None where the one template tells."""
    found = overridden(tuple(_all(configs, specified)))
    return (OF_TEMPLATE,) if found is None and len(configs or ()) > 1 else found


def _is_plain(configs: Listed, specified: Listed) -> bool:
    return all_plain(tuple(_all(configs, specified)))


def _weights(configs: Listed, specified: Listed) -> Value:
    return tuple(one if isinstance(one, Unknown) else one.get("weight", 1) for one in _all(configs, specified))


def _several(configs: Listed, specified: Listed) -> bool:
    return len(configs or ()) + len(specified or ()) > 1


def _group(units: Fact, configs: Fact, specified: Fact, purchase: Fact) -> GroupSpec:
    """Return the machines that make up the units of a fleet's capacity."""
    may = (configs, specified)
    weights = From(may, _weights)
    return GroupSpec(
        machine_types=From(may, _types),
        plain=From(may, _is_plain),
        min=From((units, weights), fewest),
        desired=From((units, weights), preferred),
        max=From((units, weights), most),
        purchase=purchase,
        disks=(
            DiskSpec(when=From(may, lambda *listed: _VOLUMES if _several(*listed) else False)),
            *_specified_volumes(),
        ),
    )


def _specified_volumes() -> tuple[DiskSpec, ...]:
    """Return the volumes of the first specification."""
    root = (_SPECIFICATIONS, 0, "root_block_device", 0)
    return (
        volume(
            *root,
            kind=at(*root, "volume_type", default=IMAGE),
            size=at(*root, "volume_size", default=IMAGE, convert=filled),
            when=From((at(_SPECIFICATIONS, 0),), lambda first: first is not None),
        ),
        volume(
            each=(_SPECIFICATIONS, 0, "ebs_block_device"),
            kind=at("volume_type", default="gp2"),
            size=at("volume_size", default=IMAGE, convert=filled),
        ),
    )


_TARGET: Final = ("target_capacity_specification", 0)


def _counted(units: Optional[int], unit: Optional[str]) -> Value:
    """Return the capacity, where it counts machines (or what overrides weigh)."""
    if unit in (None, "", "units"):
        return units
    return Unknown(Reason.REFUSED, note="the capacity counts vCPU or memory")


def _shares(default: Optional[str], on_demand: Optional[int]) -> Purchase:
    if default == "spot":
        return Purchase(on_demand or 0, 0, "spot")
    return Purchase(0, 0, "reserved") if default == "capacity-block" else ON_DEMAND


_UNITS: Final = From(
    (at(*_TARGET, "total_target_capacity", convert=whole), at(*_TARGET, "target_capacity_unit_type")), _counted
)

_OF_EC2_FLEET: Final = _templates("launch_template_id", "launch_template_name")

EC2_FLEET: Final = Kind(
    type="aws_ec2_fleet",
    category="compute.pool",
    source=f"{_DOCS}ec2_fleet",
    names=(),
    labels_from=tags_of_launched(Always({}), _OF_EC2_FLEET, _ALL_LINKED),
    region=REGION,
    groups=(
        _group(
            _UNITS,
            _configured("override"),
            Always(None),
            From(
                (
                    at(*_TARGET, "default_target_capacity_type"),
                    at(*_TARGET, "on_demand_target_capacity", convert=whole),
                ),
                _shares,
            ),
        ),
    ),
    lifetime={"expires_at": at("valid_until")},
    links=_OF_EC2_FLEET,
    lines=LINES,
)


def _tags_in_all(specified: Listed) -> Value:
    """Return the tags that the machines of every specification get."""
    listed = [{} if isinstance(one, Unknown) else one.get("tags", {}) for one in specified or ()]
    unknown = next((one for one in listed if isinstance(one, Unknown)), None)
    return unknown or in_all(listed)


_CAPACITY: Final = at("target_capacity", convert=whole)

_OF_SPOT_FLEET: Final = _templates("id", "name")

SPOT_FLEET: Final = Kind(
    type="aws_spot_fleet_request",
    category="compute.pool",
    source=f"{_DOCS}spot_fleet_request",
    names=(),
    labels_from=tags_of_launched(
        From((Each((_SPECIFICATIONS,), Shape({"tags": at("tags")})),), _tags_in_all), _OF_SPOT_FLEET, _ALL_LINKED
    ),
    region=REGION,
    groups=(_group(_CAPACITY, _configured("overrides"), _SPECIFIED, Always(SPOT)),),
    lifetime={"expires_at": at("valid_until")},
    links=_OF_SPOT_FLEET,
    lines=LINES,
)

KINDS: Final = (EC2_FLEET, SPOT_FLEET)
