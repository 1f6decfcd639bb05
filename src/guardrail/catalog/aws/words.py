"""What declarations of Amazon types share: where things are, how disks and machines are bought."""

from __future__ import annotations

from typing import Final, Optional

from guardrail.catalog.convert import aws_region, stated, text, whole
from guardrail.catalog.kind import DiskSpec, Fact, From, at
from guardrail.model.path import Segment
from guardrail.model.resource import ON_DEMAND, SPOT, Purchase
from guardrail.model.value import Reason, Unknown

REGION: Final[tuple[Fact, ...]] = (at("region", convert=stated),)
"""From version 6 of the provider on, most resources may name their region."""

ZONED: Final[tuple[Fact, ...]] = (*REGION, at("availability_zone", convert=aws_region))

AMI: Final = Unknown(Reason.COMPUTED, note="the machine image decides")
"""What is not stated about a root volume is taken from the image."""

_GP3_IOPS: Final = 3000
_GP3_THROUGHPUT: Final = 125
"""What every gp3 volume has without being asked: https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html"""


def volume(*block: Segment, each: tuple[Segment, ...] = (), kind: Fact, size: Fact) -> DiskSpec:
    """Return an EBS volume that is written at `block`, with what a gp3 volume has when nothing is written."""
    return DiskSpec(
        each=each,
        kind=kind,
        size_gib=size,
        iops=From((kind, at(*block, "iops", convert=filled)), lambda kind, iops: iops or gp3(kind, _GP3_IOPS)),
        throughput_mibps=From(
            (kind, at(*block, "throughput", convert=filled)), lambda kind, rate: rate or gp3(kind, _GP3_THROUGHPUT)
        ),
    )


def gp3(kind: Optional[str], figure: int) -> Optional[int]:
    """Return the figure where the class is gp3; other classes include what their size gives."""
    return figure if kind == "gp3" else None


def filled(value: object) -> Optional[int]:
    """Return a whole number, None for 0: what modules pass when they mean nothing."""
    return whole(value) or None


def zones(value: object) -> tuple[str, ...]:
    """Return the one zone as a tuple."""
    return (text(value),)


def by_market(market: object) -> Purchase:
    """Return how an instance is bought by `instance_market_options.market_type`."""
    return SPOT if market == "spot" else ON_DEMAND
