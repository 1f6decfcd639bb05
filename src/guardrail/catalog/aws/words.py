"""What declarations of Amazon types share: where things are, how disks and machines are bought."""

from __future__ import annotations

from typing import Any, Final, Optional

from guardrail.catalog.convert import aws_region, stated, text, whole
from guardrail.catalog.kind import ALWAYS, At, DiskSpec, Fact, From, at
from guardrail.catalog.spelling import Spelling, snake
from guardrail.model.path import Segment
from guardrail.model.resource import ON_DEMAND, SPOT, Link, Purchase
from guardrail.model.value import Reason, Unknown


def spelled(kind: str, name: str = "", **renamed: str) -> tuple[Spelling, ...]:
    """
    Return how the API of SageMaker, CloudFormation and the ACK controller write a kind.

    `name` is the kind's attribute for what they call `<Kind>Name`; `renamed` are further names (see `Spelling`).
    """
    own = {f"{snake(kind)}_name": name or "name", **renamed}
    return (
        Spelling(type=f"sagemaker/{kind}", renamed=own),
        Spelling(type=f"AWS::SageMaker::{kind}", renamed=own),
        Spelling(type=f"sagemaker.services.k8s.aws/{kind}", body="/spec", case="camel", renamed=own),
    )


REGION: Final[tuple[Fact, ...]] = (at("region", convert=stated),)
"""From version 6 of the provider on, most resources may name their region."""

ZONED: Final[tuple[Fact, ...]] = (*REGION, at("availability_zone", convert=aws_region))

IMAGE: Final = Unknown(Reason.COMPUTED, note="the machine image or the snapshot decides")
"""What is not stated about a volume is taken from the image, for which the text holds no more than an id."""

ROOT_DEVICES: Final = ("/dev/xvda", "/dev/sda1")
"""
Names that Linux and Windows images give their root volume.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/device_naming.html reserves these two for it.
"""

OF_MACHINE: Final = ("machine_types", "accelerators", "purchase", "storage")
"""What a launch template supplies to those that launch by it."""

_GP3_IOPS: Final = 3000
_GP3_THROUGHPUT: Final = 125
"""What every gp3 volume has without being asked: https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html"""


def volume(*block: Segment, each: tuple[Segment, ...] = (), kind: Fact, size: Fact, when: Fact = ALWAYS) -> DiskSpec:
    """Return an EBS volume that is written at `block`, with what a gp3 volume has when nothing is written."""
    return DiskSpec(
        each=each,
        when=when,
        kind=kind,
        size_gib=size,
        iops=From((at(*block, "iops", convert=filled), kind), _or_gp3(_GP3_IOPS)),
        throughput_mibps=From((at(*block, "throughput", convert=filled), kind), _or_gp3(_GP3_THROUGHPUT)),
    )


def instance_volumes(when: Fact = ALWAYS) -> tuple[DiskSpec, ...]:
    """Return the volumes of `aws_instance` and its like: the root volume, which the image defines, and others."""
    root: tuple[Segment, ...] = ("root_block_device", 0)
    return (
        volume(
            *root,
            kind=at(*root, "volume_type", default=IMAGE),
            size=at(*root, "volume_size", default=IMAGE, convert=filled),
            when=when,
        ),
        volume(
            each=("ebs_block_device",),
            kind=at("volume_type", default="gp2"),
            size=at("volume_size", default=IMAGE, convert=filled),
        ),
    )


def template_links(*block: Segment, identifier: str = "id", name: str = "name") -> tuple[Link, ...]:
    """Return the links of a block that names a launch template by id or by name."""
    above = "".join(f"/{segment}" for segment in block)
    return tuple(
        Link(kind="references", at=f"{above}/{key}", types=("aws_launch_template",), inherit=OF_MACHINE)
        for key in (identifier, name)
    )


def filled(value: Any) -> Optional[int]:
    """Return a whole number, None for 0 and empty text: what modules pass when they mean nothing."""
    return None if value == "" else whole(value) or None


def one_zone(value: Any) -> tuple[str, ...]:
    """Return one zone as a tuple."""
    return (text(value),)


def by_market(market: Any) -> Purchase:
    """Return how an instance is bought by `instance_market_options.market_type`."""
    return SPOT if market == "spot" else ON_DEMAND


def machine(*path: Segment) -> At:
    """Return the machine type at a path."""
    return at(*path, convert=stated)


def _or_gp3(figure: int) -> Any:
    def fill(stated_figure: Optional[int], kind: Optional[str]) -> Optional[int]:
        return stated_figure or (figure if kind == "gp3" else None)

    return fill
