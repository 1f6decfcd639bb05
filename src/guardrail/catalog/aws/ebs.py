"""EBS volumes and what is made of them; the file systems of Amazon."""

from __future__ import annotations

from typing import Any, Final, Optional

from guardrail.catalog.aws.words import IMAGE, REGION, ZONED, filled, volume
from guardrail.catalog.kind import At, ByUsage, DiskMonths, DiskSpec, Flat, From, Kind, NoRows, at
from guardrail.model.resource import Link

VOLUME: Final = Kind(
    type="aws_ebs_volume",
    category="storage.volume",
    source="https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ebs_volume",
    names=(),
    labels="tags",
    region=ZONED,
    storage=(
        volume(
            kind=at("type", default="gp2"),  # of CreateVolume, where nothing is stated
            size=at("size", default=IMAGE, convert=filled),
        ),
    ),
    lines=(DiskMonths(service="ebs", of="resource"),),
)

ATTACHMENT: Final = Kind(
    type="aws_volume_attachment",
    category="other",
    source="https://aws.amazon.com/ebs/pricing/",
    names=(),
    region=REGION,
    links=(
        Link(kind="references", at="/volume_id", types=("aws_ebs_volume",)),
        Link(kind="references", at="/instance_id", types=("aws_instance",)),
    ),
)

SNAPSHOT: Final = Kind(
    type="aws_ebs_snapshot",
    category="storage.volume",
    source="https://aws.amazon.com/ebs/pricing/",
    names=(),
    labels="tags",
    region=REGION,
    links=(Link(kind="references", at="/volume_id", types=("aws_ebs_volume",)),),
    lines=(ByUsage(name="snapshot storage"),),
)

FILE_SYSTEM: Final = Kind(
    type="aws_efs_file_system",
    category="storage.file",
    source="https://aws.amazon.com/efs/pricing/",
    names=("creation_token",),
    labels="tags",
    region=REGION,
    lines=(
        ByUsage(name="storage"),
        Flat(
            name="provisioned throughput",
            service="efs",
            sku="provisioned-throughput",
            unit="MBps-month",
            quantity=at("provisioned_throughput_in_mibps", convert=filled),
        ),
    ),
)

_PERSISTENT_2: Final = 125


def _lustre(deployment: Optional[str], throughput: Optional[int], storage: Optional[str]) -> Optional[str]:
    """Return the SKU of a Lustre file system, None where the book has no rows for it."""
    if storage == "HDD":
        return None
    if deployment in (None, "SCRATCH_1", "SCRATCH_2"):
        return "scratch-ssd-single-az"
    if throughput == _PERSISTENT_2:
        return {"PERSISTENT_1": "persistent-ssd-125", "PERSISTENT_2": "persistent2-ssd-125"}.get(deployment)
    return None


_LUSTRE: Final[tuple[At, At, At]] = (
    at("deployment_type"),
    at("per_unit_storage_throughput", convert=filled),
    at("storage_type"),
)


def _has_no_sku(*told: Any) -> bool:
    return _lustre(*told) is None


LUSTRE: Final = Kind(
    type="aws_fsx_lustre_file_system",
    category="storage.file",
    source="https://aws.amazon.com/fsx/lustre/pricing/",
    names=(),
    labels="tags",
    region=REGION,
    storage=(DiskSpec(kind=at("storage_type", default="SSD"), size_gib=at("storage_capacity", convert=filled)),),
    lines=(
        Flat(
            name="storage",
            service="fsx-lustre",
            sku=From(_LUSTRE, _lustre),
            unit="GB-month",
            quantity=at("storage_capacity", convert=filled),
        ),
        NoRows(name="storage", when=From(_LUSTRE, _has_no_sku)),
    ),
)

KINDS: Final = (VOLUME, ATTACHMENT, SNAPSHOT, FILE_SYSTEM, LUSTRE)
