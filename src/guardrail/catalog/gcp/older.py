"""Types that newer versions of the provider have no more, and that are in repositories all the same."""

from __future__ import annotations

from typing import Any, Final, Optional

from guardrail.catalog.convert import flag, minutes
from guardrail.catalog.gcp.compute import LINES
from guardrail.catalog.gcp.machine_specs import disk_class
from guardrail.catalog.gcp.words import DOCS, PLACE, PROJECT, filled, machine, one_zone
from guardrail.catalog.kind import (
    AcceleratorSpec,
    Always,
    DiskSpec,
    From,
    GroupSpec,
    Kind,
    MachineHours,
    NoRows,
    at,
)
from guardrail.catalog.rows import free
from guardrail.model.resource import ON_DEMAND, SPOT
from guardrail.model.value import Reason, Unknown

_CONFIG: Final = ("virtual_machine", 0, "virtual_machine_config", 0)
_SOFTWARE: Final = ("software_config", 0)
_IDLE: Final = 90 * 60
"""Seconds: https://cloud.google.com/vertex-ai/docs/workbench/reference/rest/v1/projects.locations.runtimes"""

_CHOSEN_CLASS: Final = Unknown(Reason.COMPUTED, note="Workbench chooses the class of the disk")
_DATA_GB: Final = 100


def _idle(stops: bool, idle: Optional[int]) -> Optional[int]:
    return idle if stops else None


RUNTIME: Final = Kind(
    type="google_notebooks_runtime",
    category="ml.notebook",
    source=f"{DOCS}notebooks_runtime",
    labels="labels",
    region=PLACE,
    account=PROJECT,
    groups=(
        GroupSpec(
            machine_types=machine(*_CONFIG, "machine_type"),
            accelerators=AcceleratorSpec(
                each=(*_CONFIG, "accelerator_config"), model=at("type"), count=at("core_count")
            ),
            purchase=Always(ON_DEMAND),
            disks=(
                DiskSpec(
                    kind=at(
                        *_CONFIG,
                        "data_disk",
                        0,
                        "initialize_params",
                        0,
                        "disk_type",
                        default=_CHOSEN_CLASS,
                        convert=disk_class,
                    ),
                    size_gib=at(
                        *_CONFIG,
                        "data_disk",
                        0,
                        "initialize_params",
                        0,
                        "disk_size_gb",
                        default=_DATA_GB,
                        convert=filled,
                    ),
                ),
            ),
        ),
    ),
    lifetime={
        "idle_shutdown_seconds": From(
            (
                at(*_SOFTWARE, "idle_shutdown", default=True, convert=flag),
                at(*_SOFTWARE, "idle_shutdown_timeout", default=_IDLE, convert=minutes),
            ),
            _idle,
        )
    },
    facts={
        "exposure": at(
            *_CONFIG,
            "internal_ip_only",
            default="public",
            convert=lambda internal: "private" if flag(internal) else "public",
        )
    },
    lines=(*LINES, NoRows(name="management fee of notebooks")),
)


def _preemptible(stated: Any) -> Any:
    return SPOT if flag(stated) else ON_DEMAND


TPU_NODE: Final = Kind(
    type="google_tpu_node",
    category="compute.instance",
    source="https://cloud.google.com/tpu/docs/reference/rest/v1/projects.locations.nodes",
    labels="labels",
    region=PLACE,
    account=PROJECT,
    groups=(
        GroupSpec(
            machine_types=at("accelerator_type", convert=lambda slice_: f"tpu-{slice_}" if slice_ else None),
            purchase=at("scheduling_config", 0, "preemptible", default=ON_DEMAND, convert=_preemptible),
            zones=at("zone", convert=one_zone),
        ),
    ),
    lines=(MachineHours(service="tpu"),),
)

KINDS: Final[tuple[Kind, ...]] = (
    RUNTIME,
    TPU_NODE,
    *free(
        Kind(type="", category="other", source="", region=PLACE, account=PROJECT),
        f"{DOCS}notebooks_environment",
        "google_notebooks_environment",
    ),
)
