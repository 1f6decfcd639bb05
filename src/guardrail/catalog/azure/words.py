"""What declarations of Azure types share."""

from __future__ import annotations

from typing import Any, Final, Optional

from guardrail.catalog.convert import text, whole
from guardrail.catalog.kind import At, DiskSpec, Fact, at
from guardrail.catalog.machines import machine
from guardrail.model.path import Segment
from guardrail.model.resource import ON_DEMAND, SPOT, Purchase
from guardrail.model.value import Reason, Unknown

DOCS: Final = "https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/"

LOCATION: Final[tuple[Fact, ...]] = (at("location"),)

IMAGE: Final = Unknown(Reason.COMPUTED, note="the image decides")


def size(*path: Segment) -> At:
    """Return the size of a machine at a path, in the one spelling that the table of machines has: Azure takes any."""
    return at(*path, convert=_listed)


def _listed(value: Any) -> Optional[str]:
    written = text(value)
    known = machine("azure", written) if written else None
    return known.type if known is not None else written or None


def by_priority(value: Any) -> Purchase:
    """Return how a machine of `Spot` or `Regular` priority is bought."""
    return SPOT if value == "Spot" else ON_DEMAND


def filled(value: Any) -> Optional[int]:
    """Return a whole number, None for 0 and empty text: what modules pass when they mean nothing."""
    return None if value == "" else whole(value) or None


def os_disk(*block: Segment, kind: str = "storage_account_type") -> DiskSpec:
    """Return the disk of the operating system; without a size it is as large as the image."""
    return DiskSpec(kind=at(*block, kind), size_gib=at(*block, "disk_size_gb", default=IMAGE, convert=filled))


def data_disks(*block: Segment, kind: str = "storage_account_type") -> DiskSpec:
    """Return the data disks that are made together with a machine."""
    return DiskSpec(
        each=block,
        kind=at(kind),
        size_gib=at("disk_size_gb", convert=filled),
        iops=at("disk_iops_read_write", convert=filled),
    )
