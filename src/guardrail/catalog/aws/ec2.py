"""EC2: instances, and the templates that they are made from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Optional

from guardrail.catalog.aws.controllers import BY_TEMPLATE, crossplane
from guardrail.catalog.aws.requirements import chosen, excludes_accelerators, of_family
from guardrail.catalog.aws.words import (
    IMAGE,
    REGION,
    ROOT_DEVICES,
    ZONED,
    by_market,
    filled,
    instance_volumes,
    machine,
    one_zone,
    template_links,
    volume,
)
from guardrail.catalog.convert import flag, stated, whole
from guardrail.catalog.kind import Always, DiskMonths, Flat, From, GroupSpec, Kind, MachineHours, NoRows, at
from guardrail.catalog.placement import placed
from guardrail.catalog.read import below
from guardrail.model.resource import ON_DEMAND, SPOT, Purchase
from guardrail.model.value import Reason, Unknown, Value

_DETAILED_METRICS: Final = 7
"""What detailed monitoring sends for each instance: https://aws.amazon.com/cloudwatch/pricing/ counts seven."""

LINES: Final = (MachineHours(service="ec2"), DiskMonths(service="ebs"))

_PUBLIC_ADDRESS: Final = Flat(
    name="public IPv4 address",
    service="public-ip",
    sku="ipv4-in-use",
    when=at("associate_public_ip_address", default=False, convert=flag),
)
_MONITORING: Final = Flat(
    name="detailed monitoring",
    service="cloudwatch",
    sku="custom-metric",
    unit="metric-month",
    quantity=Always(_DETAILED_METRICS),
    when=at("monitoring", default=False, convert=flag),
)


def _own_purchase(market: Optional[str], template: Optional[Any]) -> Optional[Purchase]:
    """Return how it is bought; None where only the launch template can tell."""
    return None if market is None and template is not None else by_market(market)


def _own_root(root: Optional[Any], template: Optional[Any]) -> bool:
    """Return whether the root volume is told here: with a launch template and no block, it is told there."""
    return root is not None or template is None


INSTANCE: Final = Kind(
    type="aws_instance",
    category="compute.instance",
    source="https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/instance",
    facts=placed(at("placement_group", convert=stated)),
    names=(),
    labels="tags",
    region=ZONED,
    groups=(
        GroupSpec(
            machine_types=machine("instance_type"),
            purchase=From((at("instance_market_options", 0, "market_type"), at("launch_template", 0)), _own_purchase),
            zones=at("availability_zone", convert=one_zone),
            disks=instance_volumes(From((at("root_block_device", 0), at("launch_template", 0)), _own_root)),
        ),
    ),
    lifetime={"expires_at": at("instance_market_options", 0, "spot_options", 0, "valid_until")},
    links=template_links("launch_template", 0),
    lines=(*LINES, _PUBLIC_ADDRESS, _MONITORING),
    spellings=(crossplane("ec2", "Instance", suppliers=BY_TEMPLATE),),
)

SPOT_REQUEST: Final = Kind(
    type="aws_spot_instance_request",
    category="compute.instance",
    facts=placed(at("placement_group", convert=stated)),
    source="https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/spot_instance_request",
    names=(),
    labels="tags",
    region=ZONED,
    groups=(
        GroupSpec(
            machine_types=machine("instance_type"),
            purchase=Always(SPOT),
            zones=at("availability_zone", convert=one_zone),
            disks=instance_volumes(From((at("root_block_device", 0), at("launch_template", 0)), _own_root)),
        ),
    ),
    lifetime={"expires_at": at("valid_until")},
    links=template_links("launch_template", 0),
    lines=(*LINES, _PUBLIC_ADDRESS, _MONITORING),
    spellings=(crossplane("ec2", "SpotInstanceRequest", suppliers=BY_TEMPLATE),),
)


def _by_requirements(stated: Optional[str], requirements: Optional[Any]) -> Value:
    """Return the machine type, unknown where AWS chooses it by what the template requires."""
    return chosen(requirements) if stated is None and requirements is not None else stated


def _is_plain(stated: Optional[str], requirements: Optional[Any]) -> bool:
    return stated is None and requirements is not None and excludes_accelerators(requirements)


_REQUIREMENTS: Final = at("instance_requirements", 0)


def _root_of_image(mappings: Optional[Sequence[Any]]) -> Value:
    """Return whether the root volume stays what the image defines, since no mapping replaces it."""
    devices = [below(one, ("device_name",)) for one in mappings or ()]
    if any(isinstance(device, str) and device in ROOT_DEVICES for device in devices):
        return False
    return next((device for device in devices if isinstance(device, Unknown)), True)


LAUNCH_TEMPLATE: Final = Kind(
    type="aws_launch_template",
    category="compute.template",
    facts=placed(at("placement", 0, "group_name", convert=stated)),
    source="https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/launch_template",
    labels="tags",
    region=REGION,
    groups=(
        GroupSpec(
            machine_types=From((machine("instance_type"), _REQUIREMENTS), _by_requirements),
            plain=From((machine("instance_type"), _REQUIREMENTS), _is_plain),
            purchase=at("instance_market_options", 0, "market_type", default=ON_DEMAND, convert=by_market),
            zones=at("placement", 0, "availability_zone", convert=one_zone),
            disks=(
                volume(
                    kind=Always(IMAGE),
                    size=Always(IMAGE),
                    when=From((at("block_device_mappings"),), _root_of_image),
                ),
                volume(
                    "ebs",
                    0,
                    each=("block_device_mappings",),
                    kind=at("ebs", 0, "volume_type", default=IMAGE),
                    size=at("ebs", 0, "volume_size", default=IMAGE, convert=filled),
                    when=From((at("ebs", 0),), lambda ebs: ebs is not None),
                ),
            ),
        ),
    ),
    template=True,
    spellings=(crossplane("ec2", "LaunchTemplate"),),
)

LAUNCH_CONFIGURATION: Final = Kind(
    type="aws_launch_configuration",
    category="compute.template",
    source="https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/launch_configuration",
    region=REGION,
    groups=(
        GroupSpec(
            machine_types=machine("instance_type"),
            purchase=From((at("spot_price"),), lambda price: ON_DEMAND if price in (None, "") else SPOT),
            disks=instance_volumes(),
        ),
    ),
    template=True,
    spellings=(crossplane("autoscaling", "LaunchConfiguration"),),
)

CAPACITY_RESERVATION: Final = Kind(
    type="aws_ec2_capacity_reservation",
    category="compute.reservation",
    source="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/capacity-reservations-pricing-billing.html",
    names=(),
    labels="tags",
    region=ZONED,
    groups=(
        GroupSpec(
            machine_types=machine("instance_type"),
            min=at("instance_count", convert=whole),
            max=at("instance_count", convert=whole),
            purchase=Always(ON_DEMAND),
            zones=at("availability_zone", convert=one_zone),
        ),
    ),
    lifetime={"expires_at": at("end_date")},
    lines=(
        MachineHours(
            service="ec2", when=From((at("instance_platform"),), lambda platform: platform in (None, "Linux/UNIX"))
        ),
        NoRows(
            name="reserved machines that are not Linux",
            when=From((at("instance_platform"),), lambda platform: platform not in (None, "Linux/UNIX")),
        ),
    ),
    spellings=(crossplane("ec2", "CapacityReservation"),),
)

_FITTING: Final = Unknown(Reason.COMPUTED, note="how many machines the host has room for")


def _of_host(stated: Optional[str], family: Optional[str]) -> Value:
    """Return the machine type of a host; it may be for all types of a family."""
    return of_family(family) if stated is None and family else stated


DEDICATED_HOST: Final = Kind(
    type="aws_ec2_host",
    category="compute.reservation",
    source="https://aws.amazon.com/ec2/dedicated-hosts/pricing/",
    names=(),
    labels="tags",
    region=ZONED,
    groups=(
        GroupSpec(
            machine_types=From((machine("instance_type"), at("instance_family")), _of_host),
            min=Always(_FITTING),
            max=Always(_FITTING),
            zones=at("availability_zone", convert=one_zone),
        ),
    ),
    lines=(NoRows(name="dedicated host"),),
)

KINDS: Final = (INSTANCE, SPOT_REQUEST, LAUNCH_TEMPLATE, LAUNCH_CONFIGURATION, CAPACITY_RESERVATION, DEDICATED_HOST)
