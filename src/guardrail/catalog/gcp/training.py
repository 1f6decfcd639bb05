"""
Training pipelines of Vertex AI: a custom job or its tuning with what comes before and after, or AutoML.

https://cloud.google.com/vertex-ai/docs/training/create-training-pipeline
"""

from __future__ import annotations

from typing import Final, Optional

from guardrail.catalog.convert import whole
from guardrail.catalog.gcp.jobs import (
    NO_PARALLEL,
    TRIAL,
    by_itself,
    hours,
    on_pool,
    output,
    pools,
    sweep,
    time_limit,
    tuning,
)
from guardrail.catalog.gcp.machine_specs import ACCOUNT, API, IN_PIPELINE, REGION
from guardrail.catalog.gcp.words import filled
from guardrail.catalog.kind import First, Flat, From, Kind, NoRows, at
from guardrail.catalog.spelling import Spelling
from guardrail.model.value import Value

_INPUTS: Final = "training_task_inputs"
_AUTOML: Final = (("tabular", "tabular"), ("tables", "tabular"), ("image", "image"))
_OWN: Final = at(_INPUTS, "worker_pool_specs")
_OF_TRIALS: Final = at(_INPUTS, TRIAL)
_BUDGET: Final = First(
    tuple(at(_INPUTS, key, convert=filled) for key in ("budget_milli_node_hours", "train_budget_milli_node_hours"))
)


def _trained_by(definition: Optional[str], *custom: Value) -> Optional[str]:
    """Return what the price list calls the training of a task of AutoML, by its schema; None where it does not."""
    if not _is_automl(*custom):
        return None
    name = (definition or "").rpartition("/")[2].lower()
    if "edge" in name or "mobile" in name:
        return "automl-image-edge-training"
    return next((f"automl-{found}-training" for word, found in _AUTOML if word in name), None)


def _is_automl(*custom: Value) -> bool:
    return all(one is None for one in custom)


def _longest(own: Value, trials: Value, budget: Optional[int], timeout: Value, tuning: Value) -> Value:
    """Return how long training runs: AutoML spends its budget of node hours, so no node runs longer than that."""
    if own is not None:
        return timeout
    if trials is not None:
        return tuning
    return None if budget is None else -(-budget * 3600 // 1000)


_AUTOML_PRICE: Final = From((at("training_task_definition"), _OWN, _OF_TRIALS), _trained_by)
_ALONE: Final = by_itself(_INPUTS)
_TUNED: Final = tuning(_INPUTS)

TRAINING_PIPELINE: Final = Kind(
    type="vertex/TrainingPipeline",
    category="ml.training",
    source=f"{API}projects.locations.trainingPipelines",
    names=("display_name",),
    labels="labels",
    region=REGION,
    account=ACCOUNT,
    groups=(
        pools(_INPUTS, scheduling=(_INPUTS, "scheduling")),
        pools(
            _INPUTS,
            TRIAL,
            scheduling=(_INPUTS, TRIAL, "scheduling"),
            copies=at(_INPUTS, "parallel_trial_count", default=NO_PARALLEL, convert=whole),
        ),
    ),
    lifetime={
        "max_runtime_seconds": From(
            (_OWN, _OF_TRIALS, _BUDGET, time_limit(_INPUTS), _TUNED["max_runtime_seconds"]), _longest
        ),
        "schedule": at("schedule"),
    },
    facts={
        **output(_INPUTS),
        "sweep": From((_OF_TRIALS, sweep(_INPUTS)), lambda trials, sweep: None if trials is None else sweep),
    },
    links=(*on_pool(_INPUTS), *IN_PIPELINE),
    lines=(
        *hours(_ALONE),
        Flat(
            name="AutoML training",
            service="vertex-automl",
            sku=_AUTOML_PRICE,
            unit="node-hour",
        ),
        NoRows(
            name="AutoML training",
            when=From((_AUTOML_PRICE, _OWN, _OF_TRIALS), _is_automl),
        ),
    ),
    spellings=(
        Spelling(type="vertex/TrainingPipeline", case="camel"),
        Spelling(
            type="aiplatform.cnrm.cloud.google.com/VertexAITrainingPipeline",
            case="camel",
            body="/spec",
            beside={"project": "/metadata/annotations/cnrm.cloud.google.com~1project-id"},
            structured=frozenset({_INPUTS}),
        ),
    ),
)

KINDS: Final = (TRAINING_PIPELINE,)
