"""Vertex AI, Workbench, notebooks and TPUs."""

from __future__ import annotations

from typing import Any, Final, Optional

from guardrail.catalog.convert import flag, seconds, text
from guardrail.catalog.gcp.compute import LINES
from guardrail.catalog.gcp.deployments import DEFAULT_MACHINE, PREDICTION, dedicated
from guardrail.catalog.gcp.words import DOCS, PLACE, PROJECT, filled, machine, one_zone
from guardrail.catalog.kind import (
    AcceleratorSpec,
    Always,
    DiskSpec,
    First,
    From,
    GroupSpec,
    Kind,
    MachineHours,
    NoRows,
    at,
)
from guardrail.model.resource import ON_DEMAND, SPOT
from guardrail.model.value import Reason, Unknown

_DEDICATED: Final = dedicated(machines=Always(DEFAULT_MACHINE))

GARDEN_ENDPOINT: Final = Kind(
    type="google_vertex_ai_endpoint_with_model_garden_deployment",
    category="ml.endpoint",
    source=f"{DOCS}vertex_ai_endpoint_with_model_garden_deployment",
    names=(),
    region=PLACE,
    account=PROJECT,
    groups=(dedicated("deploy_config", 0, machines=Always(DEFAULT_MACHINE)),),
    lines=PREDICTION,
)

RESOURCE_POOL: Final = Kind(
    type="google_vertex_ai_deployment_resource_pool",
    category="ml.endpoint",
    source=f"{DOCS}vertex_ai_deployment_resource_pool",
    region=PLACE,
    account=PROJECT,
    groups=(_DEDICATED,),
    lines=PREDICTION,
)

DEPLOYED_INDEX: Final = Kind(
    type="google_vertex_ai_index_endpoint_deployed_index",
    category="ml.endpoint",
    source=f"{DOCS}vertex_ai_index_endpoint_deployed_index",
    names=("deployed_index_id",),
    region=PLACE,
    groups=(_DEDICATED,),
    lines=(NoRows(name="index serving"),),
)


def _disk_class(value: Any) -> str:
    """Return the class of a disk in the spelling of Compute Engine: `pd-ssd` of `PD_SSD`."""
    return text(value).lower().replace("_", "-")


_CHOSEN_CLASS: Final = Unknown(Reason.COMPUTED, note="Workbench chooses the class of the disk")
_CHOSEN_MACHINE: Final = Unknown(Reason.COMPUTED, note="Workbench chooses the machine")
_SETUP: Final = ("gce_setup", 0)
_BOOT_GB: Final = 150
_DATA_GB: Final = 100
"""https://cloud.google.com/vertex-ai/docs/workbench/reference/rest/v2/projects.locations.instances"""

_FEE: Final = NoRows(name="management fee of Workbench")

WORKBENCH: Final = Kind(
    type="google_workbench_instance",
    category="ml.notebook",
    source=f"{DOCS}workbench_instance",
    labels="labels",
    region=PLACE,
    account=PROJECT,
    groups=(
        GroupSpec(
            machine_types=First((machine(*_SETUP, "machine_type"), Always(_CHOSEN_MACHINE))),
            accelerators=AcceleratorSpec(
                each=(*_SETUP, "accelerator_configs"), model=at("type"), count=at("core_count")
            ),
            purchase=Always(ON_DEMAND),
            zones=at("location", convert=one_zone),
            disks=(
                DiskSpec(
                    kind=at(*_SETUP, "boot_disk", 0, "disk_type", default=_CHOSEN_CLASS, convert=_disk_class),
                    size_gib=at(*_SETUP, "boot_disk", 0, "disk_size_gb", default=_BOOT_GB, convert=filled),
                ),
                DiskSpec(
                    kind=at(*_SETUP, "data_disks", 0, "disk_type", default=_CHOSEN_CLASS, convert=_disk_class),
                    size_gib=at(*_SETUP, "data_disks", 0, "disk_size_gb", default=_DATA_GB, convert=filled),
                ),
            ),
        ),
    ),
    lifetime={"idle_shutdown_seconds": at(*_SETUP, "metadata", "idle-timeout-seconds", convert=seconds)},
    facts={
        "exposure": at(
            *_SETUP,
            "disable_public_ip",
            default="public",
            convert=lambda disabled: "private" if flag(disabled) else "public",
        )
    },
    lines=(*LINES, _FEE),
)

NOTEBOOKS_INSTANCE: Final = Kind(
    type="google_notebooks_instance",
    category="ml.notebook",
    source="https://cloud.google.com/vertex-ai/pricing",
    labels="labels",
    region=PLACE,
    account=PROJECT,
    groups=(
        GroupSpec(
            machine_types=machine("machine_type"),
            accelerators=AcceleratorSpec(each=("accelerator_config",), model=at("type"), count=at("core_count")),
            purchase=Always(ON_DEMAND),
            zones=at("location", convert=one_zone),
            disks=(
                DiskSpec(
                    kind=at("boot_disk_type", default=_CHOSEN_CLASS, convert=_disk_class),
                    size_gib=at("boot_disk_size_gb", default=_DATA_GB, convert=filled),
                ),
                DiskSpec(
                    kind=at("data_disk_type", default=_CHOSEN_CLASS, convert=_disk_class),
                    size_gib=at("data_disk_size_gb", default=_DATA_GB, convert=filled),
                ),
            ),
        ),
    ),
    lifetime={"idle_shutdown_seconds": at("metadata", "idle-timeout-seconds", convert=seconds)},
    facts={
        "exposure": at(
            "no_public_ip", default="public", convert=lambda disabled: "private" if flag(disabled) else "public"
        )
    },
    lines=(*LINES, NoRows(name="management fee of notebooks")),
)


def _slice(stated: Optional[str], kind: Optional[str], topology: Optional[str]) -> Any:
    """Return a TPU slice as a machine type: `tpu-v4-8` of `v4-8`, also by type and topology where both are stated."""
    if stated:
        return f"tpu-{stated}"
    if kind is None or topology is None:
        return None
    return Unknown(Reason.REFUSED, note=f"a TPU {kind} of topology {topology}")


TPU: Final = Kind(
    type="google_tpu_v2_vm",
    category="compute.instance",
    source=f"{DOCS}tpu_v2_vm",
    labels="labels",
    region=PLACE,
    account=PROJECT,
    groups=(
        GroupSpec(
            machine_types=From(
                (
                    at("accelerator_type"),
                    at("accelerator_config", 0, "type"),
                    at("accelerator_config", 0, "topology"),
                ),
                _slice,
            ),
            purchase=From(
                (
                    at("scheduling_config", 0, "spot", convert=flag),
                    at("scheduling_config", 0, "preemptible", convert=flag),
                ),
                lambda spot_, preemptible: SPOT if spot_ or preemptible else ON_DEMAND,
            ),
            zones=at("zone", convert=one_zone),
        ),
    ),
    lines=(MachineHours(service="tpu"),),
)

KINDS: Final = (
    GARDEN_ENDPOINT,
    RESOURCE_POOL,
    DEPLOYED_INDEX,
    WORKBENCH,
    NOTEBOOKS_INSTANCE,
    TPU,
)
