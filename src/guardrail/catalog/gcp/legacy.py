"""
Training on AI Platform, which Vertex AI took over: its requests are still in many repositories.

https://cloud.google.com/ai-platform/training/docs/reference/rest/v1/projects.jobs#ScaleTier
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple, Optional

from guardrail.catalog.convert import ConversionError, stated, text, whole
from guardrail.catalog.gcp.machine_specs import ACCOUNT, REGION, chips, some_seconds
from guardrail.catalog.gcp.words import filled
from guardrail.catalog.kind import AcceleratorSpec, Always, Fact, First, From, GroupSpec, Kind, NoRows, Shape, at
from guardrail.catalog.spelling import Spelling
from guardrail.model.resource import ON_DEMAND
from guardrail.model.value import Value

_SOURCE: Final = "https://cloud.google.com/ai-platform/training/docs/machine-types"
_INPUT: Final = "training_input"
_WEEK: Final = 7 * 86400


class _Tier(NamedTuple):
    """What a scale tier has: a machine (in the names of the service) for each role, and how many of it."""

    master: str = ""
    worker: str = ""
    workers: int = 0
    server: str = ""
    servers: int = 0
    evaluator: str = ""
    evaluators: int = 0


_TIERS: Final = {
    "BASIC": _Tier("n1-standard-4"),
    "STANDARD_1": _Tier("n1-highcpu-8", "n1-highcpu-8", 4, "n1-standard-4", 3),
    "PREMIUM_1": _Tier("n1-highcpu-16", "n1-highcpu-16", 19, "n1-highmem-8", 11),
    "BASIC_GPU": _Tier("standard_gpu"),
    "BASIC_TPU": _Tier("n1-standard-4", "cloud_tpu", 1),
}
_CUSTOM: Final = "CUSTOM"

_MACHINES: Final = {
    "standard": ("n1-standard-4", None, 0),
    "large_model": ("n1-highmem-8", None, 0),
    "complex_model_s": ("n1-highcpu-8", None, 0),
    "complex_model_m": ("n1-highcpu-16", None, 0),
    "complex_model_l": ("n1-highcpu-32", None, 0),
    "standard_gpu": ("n1-standard-8", "NVIDIA_TESLA_K80", 1),
    "complex_model_m_gpu": ("n1-standard-16", "NVIDIA_TESLA_K80", 4),
    "complex_model_l_gpu": ("n1-standard-32", "NVIDIA_TESLA_K80", 8),
    "standard_p100": ("n1-standard-8", "NVIDIA_TESLA_P100", 1),
    "complex_model_m_p100": ("n1-standard-16", "NVIDIA_TESLA_P100", 4),
    "standard_v100": ("n1-standard-8", "NVIDIA_TESLA_V100", 1),
    "large_model_v100": ("n1-highmem-8", "NVIDIA_TESLA_V100", 1),
    "complex_model_m_v100": ("n1-standard-16", "NVIDIA_TESLA_V100", 4),
    "complex_model_l_v100": ("n1-standard-32", "NVIDIA_TESLA_V100", 8),
    "cloud_tpu": ("cloud-tpu", "TPU_V2", 4),
}
"""Machines of the service by their old names, each with its accelerators (of a TPU the chips)."""

_ROLES: Final = ("master", "worker", "server", "evaluator")
_TYPES: Final = {
    "master": "master_type",
    "worker": "worker_type",
    "server": "parameter_server_type",
    "evaluator": "evaluator_type",
}
_COUNTS: Final = {"worker": "worker_count", "server": "parameter_server_count", "evaluator": "evaluator_count"}
_CONFIGS: Final = {
    "master": "master_config",
    "worker": "worker_config",
    "server": "parameter_server_config",
    "evaluator": "evaluator_config",
}


def _tier(value: Any) -> str:
    name = text(value).upper() or "BASIC"
    if name not in _TIERS and name != _CUSTOM:
        raise ConversionError("not a scale tier")
    return name


_SCALE: Final = at(_INPUT, "scale_tier", default="BASIC", convert=_tier)


def _type(role: str) -> Fact:
    """Return the old or new name of a role's machine: that of the tier, or the one that is stated for CUSTOM."""

    def choose(tier: str, own: Optional[str]) -> Optional[str]:
        return own if tier == _CUSTOM else getattr(_TIERS[tier], role) or None

    return From((_SCALE, at(_INPUT, _TYPES[role], convert=stated)), choose)


def _many(role: str) -> Fact:
    if role == "master":
        return Always(1)

    def choose(tier: str, own: Optional[int]) -> int:
        return (own or 0) if tier == _CUSTOM else getattr(_TIERS[tier], f"{role}s")

    return From((_SCALE, at(_INPUT, _COUNTS[role], convert=whole)), choose)


def _machine(name: Optional[str]) -> Optional[str]:
    return _MACHINES[name][0] if name in _MACHINES else name


def _group(role: str) -> GroupSpec:
    config = (_INPUT, _CONFIGS[role], "accelerator_config")
    named = _type(role)
    own_model, own_count = at(*config, "type", convert=stated), at(*config, "count", convert=filled)
    number = _copied(_many(role))
    return GroupSpec(
        name=role,
        when=From((named, _many(role)), lambda name, many: name is not None and many != 0),
        machine_types=From((named,), _machine),
        min=number,
        max=number,
        accelerators=AcceleratorSpec(
            model=First((own_model, From((named,), lambda name: _MACHINES[name][1] if name in _MACHINES else None))),
            count=First(
                (
                    From((own_count, own_model, From((named,), _machine)), chips),
                    From((named,), lambda name: _MACHINES[name][2] if name in _MACHINES else None),
                )
            ),
        ),
        purchase=Always(ON_DEMAND),
    )


_TUNING: Final = (_INPUT, "hyperparameters")
_PARALLEL: Final = at(*_TUNING, "max_parallel_trials", convert=filled)
_TRIALS: Final = at(*_TUNING, "max_trials", convert=filled)


def _copied(many: Fact) -> Fact:
    """Return the machines of all trials that run at once; one after the other, where nothing else is stated."""
    return From((many, _PARALLEL), lambda number, parallel: number * (parallel or 1))


def _longest(stated_time: Optional[int], trials: Optional[int], parallel: Optional[int], tuning: Value) -> int:
    """Return how long the job runs at most: one trial after the other, as far as they do not run at once."""
    once = stated_time or _WEEK
    return once if tuning is None else once * -(-(trials or 1) // (parallel or 1))


JOB: Final = Kind(
    type="vertex/AiPlatformJob",
    category="ml.training",
    source=_SOURCE,
    names=("job_id",),
    labels="labels",
    region=(at(_INPUT, "region", convert=stated), *REGION),
    account=ACCOUNT,
    groups=tuple(_group(role) for role in _ROLES),
    lifetime={
        "max_runtime_seconds": From(
            (
                First(
                    (
                        at(_INPUT, "scheduling", "max_running_time", convert=some_seconds),
                        at(_INPUT, "max_running_time", convert=some_seconds),
                    )
                ),
                _TRIALS,
                _PARALLEL,
                at(*_TUNING),
            ),
            _longest,
        )
    },
    facts={
        "sweep": From(
            (at(*_TUNING), Shape({"max_trials": _TRIALS, "max_parallel": _PARALLEL})),
            lambda tuning, sweep: None if tuning is None else sweep,
        )
    },
    lines=(NoRows(name="machines of AI Platform, which is retired"),),
    spellings=(Spelling(type="vertex/AiPlatformJob", case="camel"),),
)

_TEMPLATE: Final = "execution_template"
_NOTEBOOK_TIER: Final = at(_TEMPLATE, "scale_tier", default="BASIC", convert=_tier)
_NOTEBOOK_MACHINE: Final = From(
    (_NOTEBOOK_TIER, at(_TEMPLATE, "master_type", convert=stated)),
    lambda tier, own: own if tier == _CUSTOM else _TIERS[tier].master,
)


def _notebook_devices(field: int) -> Fact:
    return From((_NOTEBOOK_MACHINE,), lambda name: _MACHINES[name][field] if name in _MACHINES else None)


EXECUTION: Final = Kind(
    type="vertex/NotebooksExecution",
    category="ml.processing",
    source="https://cloud.google.com/vertex-ai/docs/workbench/reference/rest/v1/projects.locations.executions",
    labels_from=at(_TEMPLATE, "labels"),
    region=REGION,
    account=ACCOUNT,
    groups=(
        GroupSpec(
            machine_types=From((_NOTEBOOK_MACHINE,), _machine),
            accelerators=AcceleratorSpec(
                model=First((at(_TEMPLATE, "accelerator_config", "type", convert=stated), _notebook_devices(1))),
                count=First((at(_TEMPLATE, "accelerator_config", "core_count", convert=filled), _notebook_devices(2))),
            ),
            purchase=Always(ON_DEMAND),
        ),
    ),
    lifetime={
        "max_runtime_seconds": First((at(_TEMPLATE, "timeout", convert=some_seconds), Always(_WEEK))),
        "schedule": at("cron_schedule", convert=lambda cron: ({"cron": text(cron)},)),
    },
    lines=(NoRows(name="machine of the execution"),),
    spellings=tuple(
        Spelling(
            type=f"notebooks.cnrm.cloud.google.com/{kind}",
            case="camel",
            body="/spec",
            beside={"project": "/metadata/annotations/cnrm.cloud.google.com~1project-id"},
        )
        for kind in ("NotebooksExecution", "NotebooksSchedule")
    ),
)

KINDS: Final = (JOB, EXECUTION)
