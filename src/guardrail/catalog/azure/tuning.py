"""Azure Machine Learning: searches for the best of many models, tried side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Optional

from guardrail.catalog.azure.azureml import (
    ON_COMPUTE,
    ON_MACHINES,
    REGION,
    SCHEDULE,
    SERVERLESS_JOB,
    TIER,
    YAML,
    at_once,
    bought,
    count,
    in_templates,
    instances,
    lasting,
    machine,
)
from guardrail.catalog.azure.words import size
from guardrail.catalog.convert import flag, minutes, whole
from guardrail.catalog.kind import (
    ONCE,
    Always,
    Fact,
    First,
    From,
    GroupSpec,
    Kind,
    Shape,
    at,
)
from guardrail.model.path import Segment


def _trial(*path: Segment) -> Fact:
    """Return what a sweep states of each of its trials, itself or in the job that it tries."""
    return First((at("resources", *path), at("trial", "resources", *path)))


_MOST_TRIALS: Final = at("limits", "max_total_trials", default=1000, convert=whole)
"""https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-sweep"""
_TRIALS_AT_ONCE: Final = From((at("limits", "max_concurrent_trials", convert=whole), _MOST_TRIALS), at_once)
_EACH_TRIAL: Final = at("limits", "trial_timeout", convert=lasting)


def _sweep_timeout(whole_sweep: Optional[int], trial: Optional[int], total: int, parallel: int) -> Optional[int]:
    """Return the end of a sweep: its own, or that of all its trials one after the other, the sooner of the two."""
    rounds = -(-total // parallel) if parallel else 0
    told = [one for one in (whole_sweep, None if trial is None else trial * rounds) if one is not None]
    return min(told) if told else None


_TRIAL_COUNT: Final = First((_trial("instance_count"), ONCE))
_STOPS: Final = First(
    (at("early_termination", convert=lambda policy: isinstance(policy, Mapping) and bool(policy)), Always(False))
)

SWEEP: Final = Kind(
    type="azureml/SweepJob",
    category="ml.tuning",
    source=f"{YAML}job-sweep",
    labels="tags",
    region=REGION,
    groups=(
        GroupSpec(
            when=ON_MACHINES,
            machine_types=machine(_trial("instance_type")),
            min=instances(From((_TRIAL_COUNT,), whole), _TRIALS_AT_ONCE),
            max=instances(From((_TRIAL_COUNT,), whole), _TRIALS_AT_ONCE),
            purchase=bought(First((TIER, at("trial", "queue_settings", "job_tier")))),
        ),
    ),
    lifetime={
        "max_runtime_seconds": From(
            (at("limits", "timeout", convert=lasting), _EACH_TRIAL, _MOST_TRIALS, _TRIALS_AT_ONCE), _sweep_timeout
        ),
        "schedule": SCHEDULE,
    },
    facts={
        "sweep": Shape({"max_trials": _MOST_TRIALS, "max_parallel": _TRIALS_AT_ONCE, "early_stopping": _STOPS}),
    },
    links=ON_COMPUTE,
    lines=SERVERLESS_JOB,
    spellings=in_templates("Sweep"),
)


def _models(trials: Optional[int], nodes: Optional[int], each: int) -> int:
    """Return the machines of automated ML: one or more for each model that is trained, or all that it may use."""
    return max((trials or 1) * each, nodes or 0)


_MODELS_AT_ONCE: Final = at("limits", "max_concurrent_trials", convert=whole)
_AUTOML_NODES: Final = From((_MODELS_AT_ONCE, at("limits", "max_nodes", convert=whole), count("resources")), _models)

AUTOML: Final = Kind(
    type="azureml/AutoMLJob",
    category="ml.tuning",
    source="https://learn.microsoft.com/azure/machine-learning/reference-automated-ml-forecasting",
    labels="tags",
    region=REGION,
    groups=(
        GroupSpec(
            when=ON_MACHINES,
            machine_types=machine(size("resources", "instance_type")),
            min=instances(_AUTOML_NODES, ONCE),
            max=instances(_AUTOML_NODES, ONCE),
            purchase=bought(TIER),
        ),
    ),
    lifetime={
        "max_runtime_seconds": First(
            (at("limits", "timeout_minutes", convert=minutes), at("limits", "timeout", convert=lasting))
        ),
        "schedule": SCHEDULE,
    },
    facts={
        "sweep": Shape(
            {
                "max_trials": at("limits", "max_trials", convert=whole),
                "max_parallel": First((_MODELS_AT_ONCE, ONCE)),
                "early_stopping": at("limits", "enable_early_termination", convert=flag),
            }
        )
    },
    links=ON_COMPUTE,
    lines=SERVERLESS_JOB,
    spellings=in_templates("AutoML", {"task_details.limit_settings": ("limits",)}),
)

KINDS: Final = (SWEEP, AUTOML)
