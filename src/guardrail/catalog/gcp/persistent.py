"""
Persistent resources of Vertex AI: machines that run until somebody deletes them, whoever sends jobs to them.

https://cloud.google.com/vertex-ai/docs/training/persistent-resource-overview
"""

from __future__ import annotations

from typing import Final

from guardrail.catalog.convert import stated, whole
from guardrail.catalog.gcp.jobs import boot_class
from guardrail.catalog.gcp.machine_specs import ACCOUNT, API, REGION, RESERVED, affinity, devices
from guardrail.catalog.gcp.words import filled, machine
from guardrail.catalog.kind import (
    AcceleratorHours,
    DiskMonths,
    DiskSpec,
    First,
    From,
    GroupSpec,
    Kind,
    MachineHours,
    at,
)
from guardrail.catalog.spelling import Spelling
from guardrail.model.resource import ON_DEMAND
from guardrail.model.value import Reason, Unknown

_SPEC: Final = ("machine_spec", 0)
_SCALING: Final = ("autoscaling_spec", 0)
_DISK: Final = ("disk_spec", 0)
_BOOT_GB: Final = 100
_NO_COUNT: Final = Unknown(Reason.COMPUTED, note="replicaCount is not stated, and no page says what it is then")

_COUNT: Final = at("replica_count", convert=filled)

PERSISTENT_RESOURCE: Final = Kind(
    type="google_vertex_ai_persistent_resource",
    category="compute.pool",
    source=f"{API}projects.locations.persistentResources",
    names=("persistent_resource_id", "name", "display_name"),
    labels="labels",
    region=REGION,
    account=ACCOUNT,
    groups=(
        GroupSpec(
            each=("resource_pools",),
            name="id",
            machine_types=machine(*_SPEC, "machine_type"),
            min=First(
                (
                    at(*_SCALING, "min_replica_count", convert=whole),
                    at("replica_count", default=_NO_COUNT, convert=whole),
                )
            ),
            desired=_COUNT,
            max=First(
                (
                    at(*_SCALING, "max_replica_count", convert=filled),
                    at("replica_count", default=_NO_COUNT, convert=whole),
                )
            ),
            autoscaled=From((at(*_SCALING),), lambda block: block is not None),
            accelerators=devices(*_SPEC),
            purchase=From((affinity(*_SPEC),), lambda reserved: RESERVED if reserved else ON_DEMAND),
            disks=(
                DiskSpec(
                    kind=From(
                        (at(*_DISK, "boot_disk_type", convert=stated), machine(*_SPEC, "machine_type")), boot_class
                    ),
                    size_gib=at(*_DISK, "boot_disk_size_gb", default=_BOOT_GB, convert=filled),
                ),
            ),
        ),
    ),
    lines=(
        MachineHours(service="vertex-training"),
        AcceleratorHours(service="vertex-training"),
        DiskMonths(service="vertex-training"),
    ),
    spellings=(
        Spelling(
            type="vertex/PersistentResource",
            case="camel",
            moved={"resource_pool_specs": ("resource_pools",)},  # a file for gcloud
        ),
    ),
)

KINDS: Final = (PERSISTENT_RESOURCE,)
