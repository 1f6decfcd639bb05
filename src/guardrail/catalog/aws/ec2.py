"""EC2: instances, what they are made from, their volumes."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.aws.words import AMI, ZONED, by_market, volume, zones
from guardrail.catalog.convert import stated
from guardrail.catalog.kind import DiskMonths, GroupSpec, Kind, MachineHours, at
from guardrail.model.resource import ON_DEMAND

INSTANCE: Final = Kind(
    type="aws_instance",
    category="compute.instance",
    source="https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/instance",
    names=(),
    labels="tags",
    region=ZONED,
    groups=(
        GroupSpec(
            machine_types=at("instance_type", convert=stated),
            purchase=at("instance_market_options", 0, "market_type", default=ON_DEMAND, convert=by_market),
            zones=at("availability_zone", convert=zones),
            disks=(
                volume(
                    "root_block_device",
                    0,
                    kind=at("root_block_device", 0, "volume_type", default=AMI),
                    size=at("root_block_device", 0, "volume_size", default=AMI),
                ),
                volume(each=("ebs_block_device",), kind=at("volume_type", default="gp2"), size=at("volume_size")),
            ),
        ),
    ),
    lines=(MachineHours(service="ec2"), DiskMonths(service="ebs")),
)

KINDS: Final = (INSTANCE,)
