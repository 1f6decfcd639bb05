"""
Training on Vertex AI: custom jobs, their tuning, and training pipelines around either.

The index of a worker pool is its role: chief, workers, parameter servers, evaluators. An empty pool is left out and
keeps its index. https://cloud.google.com/vertex-ai/docs/training/distributed-training
"""

from __future__ import annotations

from typing import Final, Optional

from guardrail.catalog.convert import stated, whole
from guardrail.catalog.gcp.machine_specs import (
    ACCOUNT,
    API,
    IN_PIPELINE,
    REGION,
    affinity,
    by_strategy,
    devices,
    disk_class,
    hosts,
    some_seconds,
)
from guardrail.catalog.gcp.words import filled, machine, takes_hyperdisk_only
from guardrail.catalog.kind import (
    ONCE,
    AcceleratorHours,
    Always,
    DiskMonths,
    DiskSpec,
    Fact,
    First,
    From,
    GroupSpec,
    Kind,
    Line,
    MachineHours,
    Outer,
    Shape,
    at,
)
from guardrail.catalog.spelling import Spelling
from guardrail.model.path import Segment
from guardrail.model.resource import Link
from guardrail.model.value import UNBOUNDED, Reason, Unknown, Value

CONNECTOR: Final = "vertexai.cnrm.cloud.google.com/"
WEEK: Final = 7 * 86400
"""Seconds that a job may run where it states no timeout: https://cloud.google.com/vertex-ai/docs/reference/rest/v1/CustomJobSpec"""

_BOOT_GB: Final = 100
_NO_COUNT: Final = Unknown(Reason.COMPUTED, note="replicaCount is not stated, and no page says what it is then")

_MEMBERS_OF_POOL: Final = ("machine_spec", "replica_count", "container_spec", "python_package_spec", "disk_spec")
_IS_POOL: Final = First((*(at(member, convert=lambda _: True) for member in _MEMBERS_OF_POOL), Always(False)))
"""Whether an element is a pool: an empty object keeps a place."""


def _machines(count: Optional[int], spans: Optional[int]) -> Value:
    """
    Return the machines of a pool. A slice of TPUs spans several.

    Whether more than one replica of it are so many machines or so many slices, no page says.
    """
    if count is None or spans is None or spans == 1:
        return count
    if count <= 1:
        return count * spans
    return Unknown(Reason.COMPUTED, (count, count * spans), note="replicas of a slice of TPUs")


def boot_class(stated_class: Optional[str], machine_type: Optional[str]) -> str:
    """
    Return the class of boot disks.

    https://cloud.google.com/vertex-ai/docs/reference/rest/v1/DiskSpec
    """
    return (
        disk_class(stated_class)
        if stated_class
        else ("hyperdisk-balanced" if takes_hyperdisk_only(machine_type) else "pd-ssd")
    )


def _times(machines: Value, copies: Value) -> Value:
    return None if machines is None else machines * (1 if copies is None else copies)


def pools(*above: Segment, scheduling: tuple[Segment, ...], copies: Fact = ONCE) -> GroupSpec:
    """
    Return the worker pools at a path.

    `scheduling` is where their job says how they are bought; so many `copies` of the job run at once.
    """
    spec = "machine_spec"
    machine_type = machine(spec, "machine_type")
    count = From((at("replica_count", default=_NO_COUNT, convert=whole), hosts(spec)), _machines)
    number = From((count, Outer(copies)), _times)
    return GroupSpec(
        each=(*above, "worker_pool_specs"),
        when=_IS_POOL,
        machine_types=machine_type,
        min=number,
        max=number,
        accelerators=devices(spec),
        purchase=From((Outer(at(*scheduling, "strategy")), affinity(spec)), by_strategy),
        disks=(
            DiskSpec(
                kind=From((at("disk_spec", "boot_disk_type", convert=stated), machine_type), boot_class),
                size_gib=at("disk_spec", "boot_disk_size_gb", default=_BOOT_GB, convert=filled),
            ),
        ),
    )


def _checkpoints(prefix: Optional[str]) -> Optional[str]:
    """Return where a job is told to keep its checkpoints (`AIP_CHECKPOINT_DIR`)."""
    return f"{prefix.rstrip('/')}/checkpoints/" if prefix else None


def output(*above: Segment) -> dict[str, Fact]:
    """Return what the output directory of a job tells: where its checkpoints are, and what it writes to."""
    prefix = at(*above, "base_output_directory", "output_uri_prefix", convert=stated)
    return {
        "checkpoint_uri": From((prefix,), _checkpoints),
        "writes": From((prefix,), lambda uri: uri and [uri]),
    }


def time_limit(*above: Segment) -> Fact:
    """Return how many seconds a job may run."""
    return First((at(*above, "scheduling", "timeout", convert=some_seconds), Always(WEEK)))


PERSISTENT: Final = "persistent_resource_id"


def by_itself(*persistent: Segment) -> Fact:
    """Return whether a job brings machines of its own, and does not run on those of a persistent resource."""
    return From((at(*persistent, PERSISTENT, convert=stated),), lambda pool: pool is None)


def hours(own: Fact) -> tuple[Line, ...]:
    """Return what the machines of a job are paid by, where they are its `own`."""
    return (
        MachineHours(service="vertex-training", when=own),
        AcceleratorHours(service="vertex-training", when=own),
        DiskMonths(service="vertex-training", when=own),
    )


_POOLS: Final = ("google_vertex_ai_persistent_resource",)


def on_pool(*above: Segment) -> tuple[Link, ...]:
    """Return the links of a job to the persistent resource that it runs on: by its id, or by its full name."""
    where = "".join(f"/{segment}" for segment in (*above, PERSISTENT))
    return tuple(Link(kind="schedules_on", at=where, types=_POOLS, field=field) for field in ("name", "/name"))


_SPEC_MEMBERS: Final = (
    "worker_pool_specs", "scheduling", "base_output_directory", PERSISTENT, "network", "service_account", "experiment",
)  # fmt: skip

CUSTOM_JOB: Final = Kind(
    type="vertex/CustomJob",
    category="ml.training",
    source=f"{API}projects.locations.customJobs",
    names=("display_name",),
    labels="labels",
    region=REGION,
    account=ACCOUNT,
    groups=(pools(scheduling=("scheduling",)),),
    lifetime={
        "max_runtime_seconds": time_limit(),
        "schedule": at("schedule"),
    },
    facts=output(),
    links=(*on_pool(), *IN_PIPELINE),
    lines=hours(by_itself()),
    spellings=(
        Spelling(
            type="vertex/CustomJob",
            case="camel",
            # A job has its spec below jobSpec, a file for gcloud is that spec, and tools around it call it spec.
            moved={f"{above}.{member}": (member,) for above in ("job_spec", "spec") for member in _SPEC_MEMBERS},
        ),
        Spelling(
            type=f"{CONNECTOR}VertexAICustomJob",
            case="camel",
            body="/spec",
            moved={f"job_spec.{member}": (member,) for member in _SPEC_MEMBERS},
            beside={"project": "/metadata/annotations/cnrm.cloud.google.com~1project-id"},
        ),
    ),
)

TRIAL: Final = "trial_job_spec"
NO_PARALLEL: Final = Unknown(Reason.ENVIRONMENT, note="whoever starts the tuning says how many trials run at once")
_PARALLEL: Final = at("parallel_trial_count", default=NO_PARALLEL, convert=whole)


def _rounds(timeout: Value, trials: Optional[int], parallel: Optional[int], cap: Optional[int]) -> Value:
    """Return how long a tuning job runs at most: as many trials one after the other as do not run at once."""
    if trials is None or not parallel:
        return cap if cap is not None else UNBOUNDED
    longest: int = timeout * -(-trials // parallel)
    return longest if cap is None else min(cap, longest)


def tuning(*above: Segment) -> dict[str, Fact]:
    """Return the limits of a tuning job: how many trials there are, how many at once, and how long all of them take."""
    stopping = (*above, "study_spec", "study_stopping_config")
    trials = First((at(*above, "max_trial_count", convert=filled), at(*stopping, "max_num_trials", convert=filled)))
    cap = at(*stopping, "maximum_runtime_constraint", "max_duration", convert=some_seconds)
    parallel = at(*above, "parallel_trial_count", convert=filled)
    return {
        "max_runtime_seconds": From((time_limit(*above, TRIAL), trials, parallel, cap), _rounds),
        "max_trials": trials,
        "max_parallel": parallel,
    }


def sweep(*above: Segment) -> Fact:
    """Return the sweep that a tuning job is."""
    told = tuning(*above)
    early = From(
        tuple(at(*above, "study_spec", key) for key in ("median_automated_stopping_spec", "decay_curve_stopping_spec")),
        lambda *rules: any(rule is not None for rule in rules),
    )
    return Shape({"max_trials": told["max_trials"], "max_parallel": told["max_parallel"], "early_stopping": early})


TUNING_JOB: Final = Kind(
    type="vertex/HyperparameterTuningJob",
    category="ml.tuning",
    source=f"{API}projects.locations.hyperparameterTuningJobs",
    names=("display_name",),
    labels="labels",
    region=REGION,
    account=ACCOUNT,
    groups=(pools(TRIAL, scheduling=(TRIAL, "scheduling"), copies=_PARALLEL),),
    lifetime={"max_runtime_seconds": tuning()["max_runtime_seconds"], "schedule": at("schedule")},
    facts={**output(TRIAL), "sweep": sweep()},
    links=(*on_pool(TRIAL), *IN_PIPELINE),
    lines=hours(by_itself(TRIAL)),
    spellings=(Spelling(type="vertex/HyperparameterTuningJob", case="camel"),),
)

KINDS: Final = (CUSTOM_JOB, TUNING_JOB)
