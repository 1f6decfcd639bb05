"""
Colab Enterprise: runtimes, the templates that say what they are, and notebooks that are executed.

https://cloud.google.com/colab/docs/runtimes
"""

from __future__ import annotations

from typing import Final, Optional

from guardrail.catalog.convert import flag, stated
from guardrail.catalog.gcp.compute import LINES
from guardrail.catalog.gcp.machine_specs import (
    ACCOUNT,
    API,
    REGION,
    affinity,
    by_flag,
    devices,
    disk_class,
    some_seconds,
)
from guardrail.catalog.gcp.words import filled, machine
from guardrail.catalog.kind import NEVER, Always, DiskSpec, Fact, First, From, GroupSpec, Kind, NoRows, at
from guardrail.catalog.spelling import Spelling
from guardrail.model.path import Segment
from guardrail.model.resource import Link
from guardrail.model.value import Reason, Unknown, Value

BESIDE: Final = {"project": "/metadata/annotations/cnrm.cloud.google.com~1project-id", "name": "/metadata/name"}
CONNECTOR: Final = "colab.cnrm.cloud.google.com/"
_DEFAULT_MACHINE: Final = "e2-standard-4"
"""https://cloud.google.com/colab/docs/default-runtimes-with-gpus"""

_IDLE: Final = 3 * 3600
"""https://cloud.google.com/colab/docs/idle-shutdown"""

_DISK_GB: Final = 100
"""https://cloud.google.com/vertex-ai/docs/reference/rest/v1/PersistentDiskSpec"""

_DAY: Final = 86400
_FEE: Final = NoRows(name="management fee of Colab Enterprise")
_SUPPLIED: Final = ("machine_types", "accelerators", "purchase", "storage")
_TEMPLATES: Final = ("google_colab_runtime_template",)


def _runtime(*spec: Segment, disk: tuple[Segment, ...], otherwise: Fact, when: Fact) -> GroupSpec:
    return GroupSpec(
        when=when,
        machine_types=First((machine(*spec, "machine_type"), otherwise)),
        accelerators=devices(*spec),
        purchase=From((NEVER, affinity(*spec)), by_flag),
        disks=(
            DiskSpec(
                kind=at(*disk, "disk_type", default="pd-standard", convert=disk_class),
                size_gib=at(*disk, "disk_size_gb", default=_DISK_GB, convert=filled),
            ),
        ),
    )


def _idle(timeout: Optional[int], disabled: Optional[bool]) -> Optional[int]:
    return None if disabled else timeout


_ANY: Final = Always(True)

TEMPLATE: Final = Kind(
    type="google_colab_runtime_template",
    category="compute.template",
    source=f"{API}projects.locations.notebookRuntimeTemplates",
    names=("name", "display_name"),
    labels="labels",
    region=REGION,
    account=ACCOUNT,
    groups=(
        _runtime(
            "machine_spec", 0, disk=("data_persistent_disk_spec", 0), otherwise=Always(_DEFAULT_MACHINE), when=_ANY
        ),
    ),
    lifetime={
        "idle_shutdown_seconds": From(
            (
                at("idle_shutdown_config", 0, "idle_timeout", default=_IDLE, convert=some_seconds),
                at("idle_shutdown_config", 0, "idle_shutdown_disabled", convert=flag),
            ),
            _idle,
        )
    },
    facts={
        "exposure": at(
            "network_spec",
            0,
            "enable_internet_access",
            default="private",
            convert=lambda access: "public" if flag(access) else "private",
        )
    },
    template=True,
    spellings=(
        Spelling(type="vertex/NotebookRuntimeTemplate", case="camel"),
        Spelling(
            type=f"{CONNECTOR}ColabRuntimeTemplate",
            case="camel",
            body="/spec",
            references=True,
            beside=BESIDE,
        ),
    ),
)


def _by_template(*path: Segment) -> tuple[Link, ...]:
    where = "".join(f"/{segment}" for segment in path)
    return tuple(
        Link(kind="references", at=where, types=_TEMPLATES, field=field, inherit=_SUPPLIED)
        for field in ("name", "/name")
    )


RUNTIME: Final = Kind(
    type="google_colab_runtime",
    category="ml.notebook",
    source="https://cloud.google.com/colab/docs/create-runtime",
    names=("name", "display_name"),
    region=REGION,
    account=ACCOUNT,
    groups=(GroupSpec(),),
    links=_by_template("notebook_runtime_template_ref", 0, "notebook_runtime_template"),
    lines=(*LINES, _FEE),
    spellings=(
        Spelling(
            type=f"{CONNECTOR}ColabRuntime",
            case="camel",
            body="/spec",
            references=True,
            moved={"notebook_runtime_template": ("notebook_runtime_template_ref", 0, "notebook_runtime_template")},
            beside=BESIDE,
        ),
    ),
)

_CUSTOM: Final = "custom_environment_spec"
_BY_TEMPLATE: Final = "notebook_runtime_template_resource_name"


def _in_template(template: Value) -> Value:
    """Return what stands for the machine of a template: nothing, so that it is taken from there."""
    return None if template else Unknown(Reason.COMPUTED, note="Vertex AI chooses the machine")


EXECUTION: Final = Kind(
    type="google_colab_notebook_execution",
    category="ml.processing",
    source=f"{API}projects.locations.notebookExecutionJobs",
    names=("display_name", "notebook_execution_job_id"),
    labels="labels",
    region=REGION,
    account=ACCOUNT,
    groups=(
        GroupSpec(
            machine_types=First(
                (
                    machine(_CUSTOM, 0, "machine_spec", 0, "machine_type"),
                    From((at(_BY_TEMPLATE, convert=stated),), _in_template),
                )
            ),
            accelerators=devices(_CUSTOM, 0, "machine_spec", 0),
            purchase=From(
                (at(_BY_TEMPLATE, convert=stated), affinity(_CUSTOM, 0, "machine_spec", 0)),
                lambda template, reserved: None if template else by_flag(None, reserved),
            ),
        ),
    ),
    lifetime={
        "max_runtime_seconds": First((at("execution_timeout", convert=some_seconds), Always(_DAY))),
        "schedule": at("schedule"),
    },
    links=_by_template(_BY_TEMPLATE),
    lines=(*LINES, _FEE),
    spellings=(Spelling(type="vertex/NotebookExecutionJob", case="camel"),),
)

KINDS: Final = (TEMPLATE, RUNTIME, EXECUTION)
