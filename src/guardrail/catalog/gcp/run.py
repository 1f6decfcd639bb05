"""Cloud Run: services and jobs, billed by the time that containers run, also with GPUs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Optional

from guardrail.catalog.convert import seconds, whole
from guardrail.catalog.gcp.words import DOCS, PLACE, PROJECT, filled
from guardrail.catalog.kind import AcceleratorSpec, Always, ByUsage, Each, Fact, First, From, GroupSpec, Kind, at
from guardrail.model.path import Segment
from guardrail.model.value import Unknown, Value

_MOST: Final = 100
"""Instances of a service that states no limit: https://cloud.google.com/run/docs/configuring/max-instances"""

_GPU: Final = "nvidia.com/gpu"


def _devices(limits: Optional[Sequence[Any]], model: Optional[str]) -> Value:
    """Return the GPUs of an instance: those that its containers are limited to; one, where only the model is stated."""
    found = 0
    for one in limits or ():
        if isinstance(one, Unknown):
            return Unknown(one.reason, note=one.note)
        count = one.get(_GPU) if isinstance(one, Mapping) else None
        if isinstance(count, Unknown):
            return count
        found += 0 if count is None else whole(count)
    return found or (1 if model else None)


def _devices_of(template: tuple[Segment, ...]) -> AcceleratorSpec:
    model = at(*template, "node_selector", 0, "accelerator")
    limits = Each((*template, "containers"), at("resources", 0, "limits"))
    return AcceleratorSpec(model=model, count=From((limits, model), _devices))


_TEMPLATE: Final[tuple[Segment, ...]] = ("template", 0)


def _least(default: int) -> Fact:
    return First(
        (
            at("scaling", 0, "min_instance_count", convert=filled),
            at(*_TEMPLATE, "scaling", 0, "min_instance_count", convert=whole),
            Always(default),
        )
    )


SERVICE: Final = Kind(
    type="google_cloud_run_v2_service",
    category="workload.service",
    source=f"{DOCS}cloud_run_v2_service",
    labels="labels",
    region=PLACE,
    account=PROJECT,
    groups=(
        GroupSpec(
            min=_least(0),
            max=at(*_TEMPLATE, "scaling", 0, "max_instance_count", default=_MOST, convert=whole),
            autoscaled=Always(True),
            accelerators=_devices_of(_TEMPLATE),
        ),
    ),
    facts={
        "exposure": at(
            "ingress",
            default="public",
            convert=lambda value: "public" if value == "INGRESS_TRAFFIC_ALL" else "private",
        )
    },
    lines=(ByUsage(name="CPU, memory and GPU time"),),
)

_JOB: Final[tuple[Segment, ...]] = ("template", 0, "template", 0)
_TASKS: Final = at("template", 0, "task_count", default=1, convert=whole)


def _side_by_side(parallel: Optional[int], tasks: Optional[int]) -> int:
    """Return how many tasks run at once: all of them where nothing limits it."""
    return min(parallel or tasks or 1, tasks or 1)


_PARALLEL: Final = From((at("template", 0, "parallelism", convert=filled), _TASKS), _side_by_side)

JOB: Final = Kind(
    type="google_cloud_run_v2_job",
    category="workload.batch",
    source=f"{DOCS}cloud_run_v2_job",
    labels="labels",
    region=PLACE,
    account=PROJECT,
    groups=(GroupSpec(min=_PARALLEL, max=_PARALLEL, accelerators=_devices_of(_JOB)),),
    lifetime={
        "max_runtime_seconds": at(*_JOB, "timeout", default=600, convert=seconds),
        "max_retries": at(*_JOB, "max_retries", default=3, convert=whole),
    },
    lines=(ByUsage(name="CPU, memory and GPU time"),),
)

_MANUAL: Final = at("scaling", 0, "manual_instance_count", convert=whole)

WORKER_POOL: Final = Kind(
    type="google_cloud_run_v2_worker_pool",
    category="workload.service",
    source=f"{DOCS}cloud_run_v2_worker_pool",
    labels="labels",
    region=PLACE,
    account=PROJECT,
    groups=(
        GroupSpec(
            min=First((_MANUAL, at("scaling", 0, "min_instance_count", default=1, convert=whole))),
            max=First((_MANUAL, at("scaling", 0, "max_instance_count", convert=filled), Always(1))),
            accelerators=_devices_of(_TEMPLATE),
        ),
    ),
    lines=(ByUsage(name="CPU, memory and GPU time"),),
)

KINDS: Final = (SERVICE, JOB, WORKER_POOL)
