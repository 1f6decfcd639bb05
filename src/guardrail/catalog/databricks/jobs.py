"""Jobs and pipelines: clusters that are made for a run and go with it."""

from __future__ import annotations

from typing import Any, Final, Optional

from guardrail.catalog.convert import seconds, whole
from guardrail.catalog.databricks.words import (
    DOCS,
    UNITS,
    bought,
    driver_type,
    node_type,
    none_for_zero,
    scaled,
    volumes,
    workers,
)
from guardrail.catalog.kind import Always, Fact, From, GroupSpec, Kind, Outer, at
from guardrail.model.path import Segment
from guardrail.model.value import Value

_AT_ONCE: Final = at("max_concurrent_runs", default=1, convert=whole)


def _together(node: Optional[Any], driver: Optional[Any]) -> Value:
    """Return the machines that a cluster may be made of: those of the workers, and that of the driver."""
    return (node,) if driver in (None, node) else (node, driver)


def _with_driver(count: Fact, runs: Fact = Always(1)) -> Fact:  # noqa: B008 - a constant
    """Return how many machines so many workers are: the driver is one more, in each of the runs."""
    return From((count, runs), lambda many, at_once: (many + 1) * at_once)


def _made(*cluster: Segment, each: tuple[Segment, ...] = (), name: Optional[str] = None) -> GroupSpec:
    """Return the machines of a cluster that is made for a run. Of runs at once there are as many as are let."""
    _, desired, high = workers(*cluster)
    at_once: Fact = Outer(_AT_ONCE) if each else _AT_ONCE
    return GroupSpec(
        each=each,
        name=name,
        when=From((at(*cluster),), lambda block: block is not None),
        machine_types=From((node_type(*cluster), driver_type(*cluster)), _together),
        min=Always(0),
        desired=_with_driver(desired),
        max=_with_driver(high, at_once),
        autoscaled=scaled(*cluster),
        purchase=bought(*cluster),
        disks=volumes(*cluster),
    )


_NEW: Final[tuple[Segment, ...]] = ("new_cluster", 0)


def _schedule(cron: Optional[Any], zone: Optional[Any], state: Optional[Any]) -> Value:
    """Return when a job runs, by a cron expression of Quartz; not while it is paused."""
    if cron is None or state == "PAUSED":
        return None
    told = {"cron": cron, "timezone": zone, "action": "run"}
    return ({key: value for key, value in told.items() if value is not None},)


JOB: Final = Kind(
    type="databricks_job",
    category="workload.batch",
    source=f"{DOCS}job",
    labels="tags",
    groups=(
        _made(*_NEW, each=("job_cluster",), name="job_cluster_key"),
        _made(*_NEW, each=("task",), name="task_key"),
        _made(*_NEW),
    ),
    lifetime={
        "max_runtime_seconds": none_for_zero(at("timeout_seconds", convert=seconds)),
        "schedule": From(
            (
                at("schedule", 0, "quartz_cron_expression"),
                at("schedule", 0, "timezone_id"),
                at("schedule", 0, "pause_status"),
            ),
            _schedule,
        ),
    },
    lines=(UNITS,),
)


def _of_pipeline() -> GroupSpec:
    _, desired, high = workers()
    return GroupSpec(
        each=("cluster",),
        name="label",
        machine_types=From((node_type(), driver_type()), _together),
        min=Always(0),
        desired=_with_driver(desired),
        max=_with_driver(high),
        autoscaled=scaled(),
        purchase=bought(),
        disks=volumes(),
    )


PIPELINE: Final = Kind(
    type="databricks_pipeline",
    category="workload.batch",
    source=f"{DOCS}pipeline",
    groups=(_of_pipeline(),),
    lines=(UNITS,),
)

KINDS: Final = (JOB, PIPELINE)
