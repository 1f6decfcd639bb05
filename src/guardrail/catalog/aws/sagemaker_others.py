"""SageMaker: what chooses its machines itself, what is configured for others, and what has no rows in the book."""

from __future__ import annotations

from typing import Final, Optional

from guardrail.catalog.aws.sagemaker_words import API, PRICING, count, in_api, stated_or_given
from guardrail.catalog.aws.words import REGION, machine, spelled
from guardrail.catalog.convert import whole
from guardrail.catalog.kind import Always, ByUsage, Fact, First, From, GroupSpec, Kind, Line, NoRows, Shape, at
from guardrail.catalog.spelling import Spelling
from guardrail.model.resource import ON_DEMAND, Category, Link
from guardrail.model.value import Reason, Unknown

_CHOSEN: Final = Unknown(Reason.COMPUTED, note="AutoML chooses its machines")

_PROBLEMS: Final = (
    "tabular",
    "image_classification",
    "text_classification",
    "time_series_forecasting",
    "text_generation",
)
_V2: Final = ("auto_ml_problem_type_config", 0)


def _until(key: str) -> Fact:
    """Return a criterion by which AutoML ends, wherever the kind of problem has it."""
    places = [(*_V2, f"{problem}_job_config", 0) for problem in _PROBLEMS] + [("auto_ml_job_config", 0)]
    return First(tuple(at(*place, "completion_criteria", 0, key, convert=whole) for place in places))


AUTOML: Final = Kind(
    type="sagemaker/AutoMLJob",
    category="ml.training",
    source=f"{API}CreateAutoMLJobV2.html",
    names=("auto_ml_job_name",),
    labels="tags",
    region=REGION,
    groups=(GroupSpec(machine_types=Always(_CHOSEN), min=Always(_CHOSEN), max=Always(_CHOSEN)),),
    lifetime={"max_runtime_seconds": _until("max_auto_ml_job_runtime_in_seconds")},
    facts={"sweep": Shape({"max_trials": _until("max_candidates")})},
    links=(Link(kind="deploys", at="/model_deploy_config/0/endpoint_name", types=("aws_sagemaker_endpoint",)),),
    lines=(ByUsage(name="machines that AutoML chooses"),),
    spellings=in_api("AutoMLJob", "auto_ml_job_name", ack=False),
)

_MODULES: Final = ("sage_maker", 0, "python_sdk", 0, "modules", 0)
_LAUNCHED: Final = (
    *("training_job", "processing_job", "transform_job", "endpoint_config", "endpoint", "model", "pipeline"),
    *("auto_ml_job", "auto_ml_job_v2"),
)
_TAGS: Final = (
    "sage_maker.python_sdk.modules.remote_function.tags",
    *(f"sage_maker.{one}.tags" for one in _LAUNCHED),
)


def _module(key: str, name: str) -> GroupSpec:
    place = (*_MODULES, key, 0, "instance_type")
    return GroupSpec(
        name=name,
        when=From((machine(*place),), lambda of: of is not None),
        machine_types=machine(*place),
        purchase=Always(ON_DEMAND),
    )


DEFAULTS: Final = Kind(
    type="sagemaker/Defaults",
    category="ml.runtime",
    source="https://sagemaker.readthedocs.io/en/stable/overview.html#configuring-and-using-defaults-with-the-sagemaker-python-sdk",
    names=(),
    labels_from=First(
        (
            at(*_MODULES, "remote_function", 0, "tags"),
            *(at("sage_maker", 0, one, 0, "tags") for one in _LAUNCHED),
        )
    ),
    region=REGION,
    groups=(_module("remote_function", "RemoteFunction"), _module("serve", "Serve")),
    template=True,
    spellings=(
        Spelling(
            type="sagemaker/Defaults",
            pairs=dict.fromkeys(_TAGS, ("key", "value")),
        ),
    ),
)
"""Defaults of the Python SDK: what programs launch has these tags and machines, where they state no others."""

MACHINE: Final = Kind(
    type="sagemaker/StateMachine",
    category="ml.pipeline",
    source="https://aws.amazon.com/step-functions/pricing/",
    names=(),
    region=REGION,
    lines=(ByUsage(name="transitions between states"),),
    spellings=(Spelling(type="states/StateMachine"),),
)
"""A definition by itself: it has no tags, and what it starts is billed where that is described."""

_OF_ACK: Final = frozenset({"LabelingJob"})
_IN_API_ONLY: Final = frozenset(
    {"OptimizationJob", "InferenceRecommendationsJob", "CompilationJob", "TrainingPlan", "LabelingJob"}
)
"""What CloudFormation does not have."""


_VALIDATED_BY: Final = ("transform_job_definition", 0, "transform_resources", 0)

PACKAGE: Final = Kind(
    type="sagemaker/ModelPackage",
    category="ml.model",
    source=f"{API}CreateModelPackage.html",
    names=("model_package_name",),
    labels="tags",
    region=REGION,
    # A package is validated by transform jobs, which run once.
    groups=(
        GroupSpec(
            each=("validation_specification", 0, "validation_profiles"),
            name="profile_name",
            machine_types=stated_or_given(*_VALIDATED_BY, "instance_type"),
            min=count(*_VALIDATED_BY),
            max=count(*_VALIDATED_BY),
            purchase=Always(ON_DEMAND),
        ),
    ),
    lines=(
        ByUsage(
            name="jobs that validate it",
            when=From((at("validation_specification", 0),), lambda validation: validation is not None),
        ),
    ),
    spellings=spelled("ModelPackage", "model_package_name"),
)


def _by_use(kind: str, name: str, what: str, *, category: Category = "other") -> Kind:
    return Kind(
        type=f"sagemaker/{kind}",
        category=category,
        source=PRICING,
        names=(name,),
        labels="tags",
        region=REGION,
        lines=(ByUsage(name=what),),
        spellings=spelled(kind, name),
    )


def _without_rows(
    kind: str,
    name: str,
    what: str,
    *,
    category: Category = "other",
    machines: Optional[tuple[str, ...]] = None,
    native: str = "",
) -> Kind:
    """Return a kind that is paid for by something that the book has no rows for."""
    groups = (
        () if machines is None else (GroupSpec(machine_types=stated_or_given(*machines), purchase=Always(ON_DEMAND)),)
    )
    lines: tuple[Line, ...] = (NoRows(name=what),)
    return Kind(
        type=native or f"sagemaker/{kind}",
        category=category,
        source=PRICING,
        names=(name,),
        labels="tags",
        region=REGION,
        groups=groups,
        lines=lines,
        spellings=in_api(kind, name, ack=kind in _OF_ACK) if kind in _IN_API_ONLY else spelled(kind, name),
    )


KINDS: Final = (
    AUTOML,
    DEFAULTS,
    MACHINE,
    PACKAGE,
    _by_use("PipelineExecution", "pipeline_execution_display_name", "jobs that it starts", category="ml.pipeline"),
    _by_use("Project", "project_name", "what its template makes"),
    _without_rows(
        "OptimizationJob",
        "optimization_job_name",
        "machine that optimizes",
        category="ml.processing",
        machines=("deployment_instance_type",),
    ),
    _without_rows("InferenceRecommendationsJob", "job_name", "machines that are tried", category="ml.processing"),
    _without_rows("InferenceExperiment", "name", "shadow variants", category="ml.endpoint"),
    _without_rows("CompilationJob", "compilation_job_name", "compilation", category="ml.processing"),
    _without_rows("TrainingPlan", "training_plan_name", "reserved machines", category="compute.reservation"),
    _without_rows("PartnerApp", "name", "application"),
    _without_rows("LabelingJob", "labeling_job_name", "labels"),
)
