"""SageMaker: processing, batch transform, and the watching of models, which is processing by a schedule."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, Optional

from guardrail.catalog.aws.controllers import retired
from guardrail.catalog.aws.sagemaker_words import (
    API,
    DAY,
    PREFERENCES,
    PROCESSING,
    count,
    counted,
    fewest,
    in_api,
    most,
    preferred,
    sized,
    stated_or_given,
    together,
    types,
    volume,
)
from guardrail.catalog.aws.words import REGION, machine, spelled
from guardrail.catalog.convert import stated, whole
from guardrail.catalog.kind import NEVER, Always, Fact, First, From, GroupSpec, Kind, MachineHours, Of, at
from guardrail.model.path import Segment
from guardrail.model.pattern import pattern
from guardrail.model.resource import ON_DEMAND, Link
from guardrail.model.value import Value


def _cluster(*above: Segment) -> GroupSpec:
    """Return the machines of processing, which is never bought as spot."""
    path = (*above, "cluster_config", 0)
    every = From((machine(*path, "instance_type"), types(*path, PREFERENCES)), together)
    return GroupSpec(
        machine_types=every,
        min=counted(fewest, *path),
        desired=counted(preferred, *path),
        max=counted(most, *path),
        purchase=Always(ON_DEMAND),
        disks=(volume(sized(*path), every),),
    )


PROCESSING_JOB: Final = Kind(
    type="sagemaker/ProcessingJob",
    category="ml.processing",
    source=f"{API}CreateProcessingJob.html",
    names=("processing_job_name",),
    labels="tags",
    region=REGION,
    groups=(_cluster("processing_resources", 0),),
    # What the SDK says of the default: https://sagemaker.readthedocs.io/en/stable/api/training/processing.html
    lifetime={"max_runtime_seconds": at("stopping_condition", 0, "max_runtime_in_seconds", default=DAY, convert=whole)},
    lines=PROCESSING,
    spellings=(
        *spelled("ProcessingJob", "processing_job_name"),
        retired("ProcessingJob", "processing_job_name"),
    ),
)

_TRANSFORM: Final = ("transform_resources", 0)

TRANSFORM_JOB: Final = Kind(
    type="sagemaker/TransformJob",
    category="ml.processing",
    source=f"{API}CreateTransformJob.html",
    names=("transform_job_name",),
    labels="tags",
    region=REGION,
    # There is no stopping condition: it runs until all of its input is through.
    groups=(
        GroupSpec(
            machine_types=stated_or_given(*_TRANSFORM, "instance_type"),
            min=count(*_TRANSFORM),
            max=count(*_TRANSFORM),
            purchase=Always(ON_DEMAND),
        ),
    ),
    facts={
        "writes": From((at("transform_output", 0, "s3_output_path", convert=stated),), lambda uri: uri and [uri]),
    },
    links=(Link(kind="references", at="/model_name", types=("aws_sagemaker_model",)),),
    lines=(MachineHours(service="sagemaker-batch-transform"),),
    spellings=(
        *in_api("TransformJob", "transform_job_name"),
        retired("BatchTransformJob", "transform_job_name", transform_job_name="transform_job_name"),
    ),
)

_CRON: Final = pattern(r"cron\((?P<fields>\S+ \S+ \S+ \S+ \S+) \S+\)")


def _schedule(expression: Optional[Any]) -> Value:
    """Return a schedule in five fields: that of Amazon has a sixth, for the year. `NOW` is no schedule."""
    found = _CRON.fullmatch(expression) if isinstance(expression, str) else None
    return ({"cron": found["fields"].replace("?", "*"), "timezone": "UTC", "action": "run"},) if found else None


_MONITORING: Final = ("monitoring_schedule_config", 0)
_INLINE: Final = (*_MONITORING, "monitoring_job_definition", 0)
_NAMED: Final = "/monitoring_schedule_config/0/monitoring_job_definition_name"


DEFINITIONS: Final = {
    "aws_sagemaker_data_quality_job_definition": "DataQualityJobDefinition",
    "aws_sagemaker_model_quality_job_definition": "ModelQualityJobDefinition",
    "sagemaker/ModelBiasJobDefinition": "ModelBiasJobDefinition",
    "sagemaker/ModelExplainabilityJobDefinition": "ModelExplainabilityJobDefinition",
}
"""What schedules run, by native type."""


def _cap(*above: Segment) -> Fact:
    return at(*above, "stopping_condition", 0, "max_runtime_in_seconds", default=DAY, convert=whole)


_INLINE_CLUSTER: Final = _cluster(*_INLINE, "monitoring_resources", 0)

SCHEDULE: Final = Kind(
    type="aws_sagemaker_monitoring_schedule",
    category="ml.processing",
    source=f"{API}CreateMonitoringSchedule.html",
    names=("name",),
    labels="tags",
    region=REGION,
    # The machines are those of the definition that it names, unknown while that is; else they are told here.
    groups=(
        replace(_INLINE_CLUSTER, when=From((at(*_INLINE), Of(_NAMED, NEVER)), lambda inline, _: inline is not None)),
    ),
    lifetime={
        "max_runtime_seconds": First((Of(_NAMED, _cap()), _cap(*_INLINE))),
        "schedule": at(*_MONITORING, "schedule_config", 0, "schedule_expression", convert=_schedule),
    },
    links=(
        Link(
            kind="references",
            at=_NAMED,
            types=tuple(DEFINITIONS),
            inherit=("replicas", "machine_types", "accelerators", "purchase", "storage"),
        ),
        Link(
            kind="references",
            at="/".join(("", *map(str, _INLINE), "monitoring_inputs", "0", "endpoint_input", "0", "endpoint_name")),
            types=("aws_sagemaker_endpoint",),
        ),
    ),
    lines=PROCESSING,
    spellings=spelled("MonitoringSchedule"),
)


def _definition(native: str, kind: str) -> Kind:
    """Return a kind of what a schedule runs: it never runs by itself."""
    return Kind(
        type=native,
        category="ml.processing",
        source=f"{API}Create{kind}.html",
        names=("name",),
        labels="tags",
        region=REGION,
        groups=(_cluster("job_resources", 0),),
        lifetime={"max_runtime_seconds": _cap()},
        template=True,
        spellings=spelled(kind, job_definition_name="name"),
    )


KINDS: Final = (
    PROCESSING_JOB,
    TRANSFORM_JOB,
    SCHEDULE,
    *(_definition(native, kind) for native, kind in DEFINITIONS.items()),
)
