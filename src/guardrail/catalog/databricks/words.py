"""What clusters have in common wherever they are written: nodes, how many, how they are bought, their volumes."""

from __future__ import annotations

from typing import Any, Final, Optional

from guardrail.catalog.convert import stated, whole
from guardrail.catalog.kind import Always, DiskSpec, Fact, First, From, NoRows, Of, at
from guardrail.model.path import Segment
from guardrail.model.resource import ON_DEMAND, SPOT, Link, Purchase
from guardrail.model.value import Reason, Unknown

DOCS: Final = "https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/"

CHOSEN: Final = Unknown(Reason.ENVIRONMENT, note="the policy or the pool of the cluster decides on its machines")

UNITS: Final = NoRows(name="machines and Databricks units")

POOL: Final = "/instance_pool_id"
POOL_LINK: Final = Link(kind="schedules_on", at=POOL, types=("databricks_instance_pool",))


def filled(value: Any) -> Optional[int]:
    """Return a whole number, None for 0 and empty text: what modules pass when they mean nothing."""
    return None if value == "" else whole(value) or None


def node_type(*above: Segment, pooled: bool = False) -> Fact:
    """Return the machine of the workers, that of the pool where one is named."""
    own = at(*above, "node_type_id", convert=stated)
    pool: tuple[Fact, ...] = (Of(POOL, at("node_type_id")),) if pooled else ()
    return First((own, *pool, Always(CHOSEN)))


def driver_type(*above: Segment, pooled: bool = False) -> Fact:
    """Return the machine of the driver, which is that of the workers where it is not stated."""
    return First((at(*above, "driver_node_type_id", convert=stated), node_type(*above, pooled=pooled)))


def workers(*above: Segment) -> tuple[Fact, Fact, Fact]:
    """Return how many workers there are at least, to begin with and at most; none where nothing is stated."""
    fixed = at(*above, "num_workers", default=0, convert=whole)
    scale: tuple[Segment, ...] = (*above, "autoscale", 0)
    low = First((at(*scale, "min_workers", convert=whole), fixed))
    return low, low, First((at(*scale, "max_workers", convert=whole), fixed))


def scaled(*above: Segment) -> Fact:
    """Return whether the number of workers moves."""
    return From((at(*above, "autoscale"),), bool)


def bought(*above: Segment, first: int = 1) -> Fact:
    """
    Return how workers are bought, by the attributes of whichever cloud; absent where they do not say.

    `first` machines that are on demand are others: the driver comes first.
    """
    clouds = ("aws_attributes", "azure_attributes", "gcp_attributes")
    availability = First(tuple(at(*above, cloud, 0, "availability", convert=stated) for cloud in clouds))
    certain = First(tuple(at(*above, cloud, 0, "first_on_demand", convert=whole) for cloud in clouds))
    return From((availability, certain), lambda how, many: _purchase(how, many, first))


def _purchase(availability: Optional[Any], certain: Optional[int], first: int) -> Optional[Purchase]:
    if availability is None:
        return None
    if str(availability).startswith("ON_DEMAND"):
        return ON_DEMAND
    base = max((certain or 0) - first, 0)
    return Purchase(base, 0, "spot") if base else SPOT


_CLASSES: Final = {"GENERAL_PURPOSE_SSD": "gp3", "THROUGHPUT_OPTIMIZED_HDD": "st1"}


def volumes(*above: Segment) -> tuple[DiskSpec, ...]:
    """Return the volumes that each machine gets on AWS, where they are stated."""
    block: tuple[Segment, ...] = (*above, "aws_attributes", 0)
    count, size = at(*block, "ebs_volume_count", convert=filled), at(*block, "ebs_volume_size", convert=filled)
    return (
        DiskSpec(
            when=From((count,), lambda many: many is not None),
            kind=at(*block, "ebs_volume_type", convert=lambda native: _CLASSES.get(native, native)),
            size_gib=From((count, size), lambda many, each: None if many is None or each is None else many * each),
        ),
    )


def none_for_zero(fact: Fact) -> Fact:
    """Return a number of seconds, absent for 0, which switches it off."""
    return From((fact,), lambda seconds: seconds or None)
