"""
SageMaker: training jobs.

The API has them, and controllers that speak to it; CloudFormation has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from guardrail.catalog.aws.controllers import retired
from guardrail.catalog.aws.sagemaker_words import (
    API,
    DAY,
    PREFERENCES,
    RESERVED,
    TRAINING,
    bought,
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
from guardrail.catalog.aws.words import REGION, filled, machine
from guardrail.catalog.convert import flag, stated, whole
from guardrail.catalog.kind import Always, ByUsage, Each, Fact, From, GroupSpec, Kind, Outer, Shape, at
from guardrail.model.path import Segment
from guardrail.model.resource import ON_DEMAND
from guardrail.model.value import Unknown, Value

_RESOURCES: Final = ("resource_config", 0)
_SERVERLESS: Final = at("serverless_job_config", 0)
_SPOT: Final = at("enable_managed_spot_training", default=False, convert=flag)
_BOUGHT: Final = From((_SPOT, at(*_RESOURCES, "training_plan_arn", convert=stated)), bought)
_ALTERNATIVES: Final = From((machine(*_RESOURCES, "instance_type"), types(*_RESOURCES, PREFERENCES)), together)
_VOLUME: Final = sized(*_RESOURCES)


def _is_single(told: Mapping[str, Value]) -> Value:
    """Return whether the machines are all alike, be it known or not which: with instance groups they are told there."""
    serverless, groups = told.get("serverless"), told.get("groups")
    if serverless is not None:
        return serverless if isinstance(serverless, Unknown) else False
    return True if "type" in told else groups if isinstance(groups, Unknown) else not groups


_MACHINES: Final = Shape(
    {
        "serverless": _SERVERLESS,
        "type": machine(*_RESOURCES, "instance_type"),
        "groups": at(*_RESOURCES, "instance_groups"),
    }
)


def _rules(block: str) -> GroupSpec:
    """
    Return the machines of rules that watch the training; those of the built-in ones cost nothing.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DebugRuleConfiguration.html
    """
    return GroupSpec(
        each=(block,),
        name="rule_configuration_name",
        when=From((machine("instance_type"),), lambda stated_type: stated_type is not None),
        machine_types=machine("instance_type"),
        purchase=Always(ON_DEMAND),
        disks=(volume(sized()),),
    )


def _uris(*path: Segment, uri: tuple[Segment, ...]) -> Fact:
    return From((Each(path, at(*uri)),), lambda several: [one for one in several or () if one is not None] or None)


TRAINING_JOB: Final = Kind(
    type="aws_sagemaker_training_job",
    category="ml.training",
    source=f"{API}CreateTrainingJob.html",
    names=("training_job_name",),
    labels="tags",
    region=REGION,
    groups=(
        GroupSpec(
            when=From((_MACHINES,), _is_single),
            machine_types=_ALTERNATIVES,
            min=counted(fewest, *_RESOURCES),
            desired=counted(preferred, *_RESOURCES),
            max=counted(most, *_RESOURCES),
            purchase=From(
                (_BOUGHT, Each((*_RESOURCES, PREFERENCES), at("training_plan_arns"))),
                lambda own, plans: RESERVED if plans and all(plans) else own,
            ),
            disks=(volume(_VOLUME, _ALTERNATIVES),),
        ),
        GroupSpec(
            each=(*_RESOURCES, "instance_groups"),
            name="instance_group_name",
            machine_types=stated_or_given("instance_type"),
            min=count(),
            max=count(),
            purchase=Outer(_BOUGHT),
            disks=(volume(Outer(_VOLUME), machine("instance_type")),),
        ),
        _rules("debug_rule_configurations"),
        _rules("profiler_rule_configurations"),
    ),
    lifetime={
        "max_runtime_seconds": at("stopping_condition", 0, "max_runtime_in_seconds", default=DAY, convert=whole),
        "idle_shutdown_seconds": at(*_RESOURCES, "keep_alive_period_in_seconds", convert=filled),
        "max_retries": at("retry_strategy", 0, "maximum_retry_attempts", convert=whole),
    },
    facts={
        "checkpoint_uri": at("checkpoint_config", 0, "s3_uri", convert=stated),
        "reads": _uris("input_data_config", uri=("data_source", 0, "s3_data_source", 0, "s3_uri")),
        "writes": From((at("output_data_config", 0, "s3_output_path", convert=stated),), lambda uri: uri and [uri]),
    },
    lines=(
        *TRAINING,
        ByUsage(name="serverless job", when=From((_SERVERLESS,), lambda serverless: serverless is not None)),
    ),
    spellings=(
        *in_api("TrainingJob", "training_job_name"),
        retired("TrainingJob", "training_job_name"),
    ),
)

KINDS: Final = (TRAINING_JOB,)
