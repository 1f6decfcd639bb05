"""Dataproc: clusters, what scales them, and batches without a cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Optional

from guardrail.catalog.convert import flag, seconds, stated, texts, whole
from guardrail.catalog.gcp.compute import LINES
from guardrail.catalog.gcp.words import DOCS, LOCAL_SSD, PLACE, PROJECT, filled, machine, one_zone
from guardrail.catalog.kind import (
    ALWAYS,
    AcceleratorSpec,
    Always,
    ByUsage,
    DiskSpec,
    Fact,
    First,
    From,
    GroupSpec,
    Kind,
    NoRows,
    Of,
    at,
)
from guardrail.model.path import Segment
from guardrail.model.resource import ON_DEMAND, SPOT, Link, Purchase
from guardrail.model.value import Reason, Unknown, Value

_CHOSEN: Final = Unknown(Reason.COMPUTED, note="Dataproc chooses the machine")
_BOOT_GB: Final = 500
"""https://cloud.google.com/dataproc/docs/reference/rest/v1/ClusterConfig#DiskConfig"""

_CONFIG: Final[tuple[Segment, ...]] = ("cluster_config", 0)
_POLICY: Final = Link(
    kind="references",
    at="/cluster_config/0/autoscaling_config/0/policy_uri",
    types=("google_dataproc_autoscaling_policy",),
)
_OWN: Final = From((at("virtual_cluster_config", 0),), lambda virtual: virtual is None)
"""Whether a cluster has machines of its own: one on GKE has pods."""


def _disks(*above: Segment) -> tuple[DiskSpec, ...]:
    config: tuple[Segment, ...] = (*above, "disk_config", 0)
    locals_ = at(*config, "num_local_ssds", convert=filled)
    return (
        DiskSpec(
            kind=at(*config, "boot_disk_type", default="pd-standard"),
            size_gib=at(*config, "boot_disk_size_gb", default=_BOOT_GB, convert=filled),
        ),
        DiskSpec(
            when=From((locals_,), lambda count: count is not None),
            kind=Always("local-ssd"),
            size_gib=From((locals_,), lambda count: None if count is None else count * LOCAL_SSD),
        ),
    )


def _devices(*above: Segment) -> AcceleratorSpec:
    return AcceleratorSpec(
        each=(*above, "accelerators"), model=at("accelerator_type"), count=at("accelerator_count", convert=whole)
    )


def _scaled(block: str, key: str, default: Optional[int]) -> Fact:
    """Return a bound that the policy states which a cluster names."""
    return Of(_POLICY.at, at(block, 0, key, default=default, convert=whole))


_WORKERS: Final = 2
"""Workers where nothing is stated, and the fewest that a policy can leave."""

_MASTER: Final = (*_CONFIG, "master_config", 0)
_WORKER: Final = (*_CONFIG, "worker_config", 0)
_SECONDARY: Final = (*_CONFIG, "preemptible_worker_config", 0)
_FEW: Final = at(*_WORKER, "num_instances", default=_WORKERS, convert=whole)
_MORE: Final = at(*_SECONDARY, "num_instances", default=0, convert=whole)
_BY_POLICY: Final = From((at(*_CONFIG, "autoscaling_config", 0),), lambda block: block is not None)


def _group(name: str, config: tuple[Segment, ...], low: Fact, desired: Fact, high: Fact, *, scaled: Fact) -> GroupSpec:
    return GroupSpec(
        name=name,
        when=_OWN,
        machine_types=First((machine(*config, "machine_type"), Always(_CHOSEN))),
        min=low,
        desired=desired,
        max=high,
        autoscaled=scaled,
        accelerators=_devices(*config),
        purchase=Always(ON_DEMAND),
        zones=at(*_CONFIG, "gce_cluster_config", 0, "zone", convert=one_zone),
        disks=_disks(*config),
    )


def _preemptible(kind: Optional[Any]) -> Purchase:
    return ON_DEMAND if kind == "NON_PREEMPTIBLE" else SPOT


def _flexible(own: Value, listed: Optional[Any]) -> Value:
    """Return the machines that secondary workers may be: those of the workers, unless a policy lists others."""
    return listed or own


_MASTERS: Final = at(*_MASTER, "num_instances", default=1, convert=whole)

CLUSTER: Final = Kind(
    type="google_dataproc_cluster",
    category="compute.pool",
    source=f"{DOCS}dataproc_cluster",
    labels="labels",
    region=PLACE,
    account=PROJECT,
    groups=(
        _group("master", _MASTER, _MASTERS, _MASTERS, _MASTERS, scaled=Always(False)),
        _group(
            "worker",
            _WORKER,
            First((_scaled("worker_config", "min_instances", _WORKERS), _FEW)),
            _FEW,
            First((_scaled("worker_config", "max_instances", None), _FEW)),
            scaled=_BY_POLICY,
        ),
        GroupSpec(
            name="secondary",
            when=From(
                (_OWN, at(*_SECONDARY), _BY_POLICY), lambda own, block, policy: own and (block is not None or policy)
            ),
            machine_types=From(
                (
                    First((machine(*_WORKER, "machine_type"), Always(_CHOSEN))),
                    at(
                        *_SECONDARY,
                        "instance_flexibility_policy",
                        0,
                        "instance_selection_list",
                        0,
                        "machine_types",
                        convert=texts,
                    ),
                ),
                _flexible,
            ),
            min=First((_scaled("secondary_worker_config", "min_instances", 0), _MORE)),
            desired=_MORE,
            max=First((_scaled("secondary_worker_config", "max_instances", 0), _MORE)),
            autoscaled=_BY_POLICY,
            accelerators=_devices(*_WORKER),
            purchase=at(*_SECONDARY, "preemptibility", default=SPOT, convert=_preemptible),
            zones=at(*_CONFIG, "gce_cluster_config", 0, "zone", convert=one_zone),
            disks=_disks(*_SECONDARY),
        ),
    ),
    lifetime={
        "idle_shutdown_seconds": at(*_CONFIG, "lifecycle_config", 0, "idle_delete_ttl", convert=seconds),
        "expires_at": at(*_CONFIG, "lifecycle_config", 0, "auto_delete_time", convert=stated),
    },
    facts={
        "exposure": at(
            *_CONFIG,
            "gce_cluster_config",
            0,
            "internal_ip_only",
            convert=lambda internal: "private" if flag(internal) else "public",
        )
    },
    links=(_POLICY,),
    lines=(*LINES, NoRows(name="fee of Dataproc")),
)

SCALING: Final = Kind(
    type="google_dataproc_autoscaling_policy",
    category="other",
    source=f"{DOCS}dataproc_autoscaling_policy",
    names=("policy_id",),
    region=PLACE,
    account=PROJECT,
)

_SPARK: Final = ("runtime_config", 0, "properties")
_EXECUTORS: Final = 2
_MOST: Final = 1000
"""
Executors of a batch to begin with, and at the most, where it does not say.

https://cloud.google.com/dataproc-serverless/docs/concepts/properties
"""


def _property(name: str, default: Optional[int] = None) -> Fact:
    return at(*_SPARK, name, default=default, convert=whole)


def _of_executor(properties: Optional[Mapping[str, Any]]) -> Value:
    """Return the GPU of each executor, by what a property calls it: `l4`, `a100-80`."""
    name = "spark.dataproc.executor.resource.accelerator.type"
    found = None if properties is None else properties.get(name)
    return found if found is None or isinstance(found, Unknown) else {"a100-80": "a100-80gb"}.get(found, found)


_MODEL: Final = From((at(*_SPARK),), _of_executor)

BATCH: Final = Kind(
    type="google_dataproc_batch",
    category="workload.batch",
    source=f"{DOCS}dataproc_batch",
    names=("batch_id",),
    labels="labels",
    region=PLACE,
    account=PROJECT,
    groups=(
        GroupSpec(
            name="executors",
            min=Always(_EXECUTORS),
            desired=_property("spark.executor.instances", _EXECUTORS),
            max=From(
                (
                    at(*_SPARK, "spark.dynamicAllocation.enabled", default=True, convert=flag),
                    _property("spark.dynamicAllocation.maxExecutors", _MOST),
                    _property("spark.executor.instances", _EXECUTORS),
                ),
                lambda dynamic, most, fixed: most if dynamic else fixed,
            ),
            autoscaled=ALWAYS,
            accelerators=AcceleratorSpec(model=_MODEL, count=From((_MODEL,), lambda model: 0 if model is None else 1)),
        ),
    ),
    lifetime={
        "max_runtime_seconds": at("environment_config", 0, "execution_config", 0, "ttl", convert=seconds),
    },
    lines=(ByUsage(name="compute units, GPU time and storage"),),
)

KINDS: Final = (CLUSTER, SCALING, BATCH)
