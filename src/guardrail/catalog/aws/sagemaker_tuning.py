"""SageMaker: hyperparameter tuning, which is many training jobs, some of them at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Optional

from guardrail.catalog.aws.controllers import retired
from guardrail.catalog.aws.sagemaker_words import (
    API,
    DAY,
    GIVEN,
    MANY,
    PREFERENCES,
    TRAINING,
    bought,
    count,
    in_api,
    sized,
    stated_or_given,
    volume,
)
from guardrail.catalog.aws.words import REGION, filled, machine
from guardrail.catalog.convert import flag, stated, whole
from guardrail.catalog.kind import NOTHING, Always, Each, First, From, GroupSpec, Kind, Outer, Shape, at
from guardrail.model.path import Segment
from guardrail.model.resource import ON_DEMAND
from guardrail.model.value import Reason, Unknown, Value

_RESOURCES: Final = ("resource_config", 0)

_RULES_OF_TUNING: Final = ("config", 0, "resource_limits", 0)
_PARALLEL: Final = at(*_RULES_OF_TUNING, "max_parallel_training_jobs", default=MANY, convert=filled)
_JOBS: Final = at(*_RULES_OF_TUNING, "max_number_of_training_jobs", convert=filled)
_OWN: Final = "training_job_definition"
_SEVERAL: Final = "training_job_definitions"
_OF_TUNING: Final = "hyper_parameter_tuning_resource_config"
_MOST_DEFINITIONS: Final = 10
"""https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateHyperParameterTuningJob.html"""

_SLOT: Final = Shape(
    {
        "type": machine(*_RESOURCES, "instance_type"),
        "count": at(*_RESOURCES, "instance_count", convert=whole),
        "preferred": Each((*_RESOURCES, PREFERENCES), Shape({"type": machine("instance_type"), "count": count()})),
        "grouped": From((at(*_RESOURCES, "instance_groups"),), lambda groups: True if groups else None),
        "tuned": at(_OF_TUNING, 0, "instance_type", convert=stated),
        "tuned_count": at(_OF_TUNING, 0, "instance_count", convert=whole),
        "configs": Each(
            (_OF_TUNING, 0, "instance_configs"), Shape({"type": machine("instance_type"), "count": count()})
        ),
    }
)
"""The machines of one definition: those of a job, and alternatives for it."""

_SLOTS: Final = (Each((_OWN,), _SLOT), Each((_SEVERAL,), _SLOT))


def _slots(*definitions: Optional[Sequence[Value]]) -> list[tuple[Value, Value]]:
    """Return (machine type, how many of them) for every way in which a job may come that is not of several groups."""
    found: list[tuple[Value, Value]] = []
    for one in (each for several in definitions for each in several or ()):
        if not isinstance(one, Mapping):
            found.append((one, one))
            continue
        own = [
            (one[key], one.get(many, MANY)) for key, many in (("type", "count"), ("tuned", "tuned_count")) if key in one
        ]
        listed = [*(one.get("preferred") or ()), *(one.get("configs") or ())]
        own += [
            (each, each) if isinstance(each, Unknown) else (each.get("type", GIVEN), each["count"]) for each in listed
        ]
        if not own and "grouped" not in one:
            own = [(GIVEN, one.get("count", MANY))]
        found += own
    return found


def _types_of_jobs(*definitions: Optional[Sequence[Value]]) -> Value:
    return tuple(one for one, _ in _slots(*definitions)) or None


def _machines(of: Any) -> Any:
    def reckon(parallel: int, *definitions: Optional[Sequence[Value]]) -> Value:
        numbers = [many for _, many in _slots(*definitions)]
        hidden = next((one for one in numbers if isinstance(one, Unknown)), None)
        if hidden is not None or not numbers:
            return hidden
        return parallel * of(numbers)

    return reckon


def _first(numbers: Sequence[int]) -> int:
    return numbers[0]


def _is_alike(*definitions: Optional[Sequence[Value]]) -> Value:
    """Return whether some job is of machines that are all alike."""
    told = [each for several in definitions for each in several or ()]
    hidden = next((one for one in told if isinstance(one, Unknown)), None)
    if hidden is not None:
        return hidden
    return bool(_slots(*definitions)) or not told


_SPOT_OF_EACH: Final = at("enable_managed_spot_training", default=False, convert=flag)


def _bought_alike(*definitions: Optional[Sequence[Value]]) -> Value:
    spots = [each for several in definitions for each in several or ()]
    hidden = next((one for one in spots if isinstance(one, Unknown)), None)
    if hidden is not None:
        return hidden
    ways = list(dict.fromkeys(bought(one, None) for one in spots))
    if len(ways) > 1:
        return Unknown(Reason.COMPUTED, tuple(ways), note="each job is bought as its definition says")
    return ways[0] if ways else ON_DEMAND


def _times(parallel: int, many: int) -> int:
    return parallel * many


def _groups_of(*definition: Segment, several: bool) -> GroupSpec:
    """Return the instance groups of the jobs of one definition. Of several, nobody knows which one runs when."""
    each = From((Outer(_PARALLEL), count()), _times)
    return GroupSpec(
        each=(*definition, *_RESOURCES, "instance_groups"),
        name="instance_group_name",
        machine_types=stated_or_given("instance_type"),
        min=Always(0) if several else each,
        desired=Always(Unknown(Reason.COMPUTED, note="how many jobs of each definition run")) if several else each,
        max=each,
        purchase=Outer(
            From((at(*definition, "enable_managed_spot_training", default=False, convert=flag), NOTHING), bought)
        ),
        disks=(volume(Outer(sized(*definition, *_RESOURCES)), machine("instance_type")),),
    )


_CAP: Final = at("stopping_condition", 0, "max_runtime_in_seconds", default=DAY, convert=whole)


def _until(
    limit: Optional[int],
    jobs: Optional[int],
    parallel: Value,
    *caps: Optional[Sequence[Value]],
) -> Value:
    """Return how long a tuning job may last: its own limit, and as long as all of its jobs can take."""
    told = [each for several in caps for each in several or ()]
    hidden = next((one for one in (parallel, *told) if isinstance(one, Unknown)), None)
    if jobs is None or not told or (hidden is not None and limit is not None):
        return limit
    if hidden is not None:
        return hidden
    longest = -(-jobs // parallel) * max(told)
    return longest if limit is None else min(limit, longest)


_SIZES: Final = (
    Each((_OWN,), First((sized(*_RESOURCES), sized(_OF_TUNING, 0)))),
    Each((_SEVERAL,), First((sized(*_RESOURCES), sized(_OF_TUNING, 0)))),
)


def _largest(*sizes: Optional[Sequence[Value]]) -> Value:
    told = [each for several in sizes for each in several or () if each is not None]
    hidden = next((one for one in told if isinstance(one, Unknown)), None)
    return hidden if hidden is not None else max(told, default=None)


_ALIKE: Final = From(_SLOTS, _types_of_jobs)

TUNING_JOB: Final = Kind(
    type="aws_sagemaker_hyper_parameter_tuning_job",
    category="ml.tuning",
    source=f"{API}CreateHyperParameterTuningJob.html",
    names=("hyper_parameter_tuning_job_name",),
    labels="tags",
    region=REGION,
    # All machines that run at once: those of a job, for each of the jobs that go on in parallel.
    groups=(
        GroupSpec(
            when=From(_SLOTS, _is_alike),
            machine_types=_ALIKE,
            min=From((_PARALLEL, *_SLOTS), _machines(min)),
            desired=From((_PARALLEL, *_SLOTS), _machines(_first)),
            max=From((_PARALLEL, *_SLOTS), _machines(max)),
            purchase=From((Each((_OWN,), _SPOT_OF_EACH), Each((_SEVERAL,), _SPOT_OF_EACH)), _bought_alike),
            disks=(volume(From(_SIZES, _largest), _ALIKE),),
        ),
        _groups_of(_OWN, 0, several=False),
        *(_groups_of(_SEVERAL, index, several=True) for index in range(_MOST_DEFINITIONS)),
    ),
    lifetime={
        "max_runtime_seconds": From(
            (
                at(*_RULES_OF_TUNING, "max_runtime_in_seconds", convert=filled),
                _JOBS,
                at(*_RULES_OF_TUNING, "max_parallel_training_jobs", convert=filled),
                Each((_OWN,), _CAP),
                Each((_SEVERAL,), _CAP),
            ),
            _until,
        )
    },
    facts={
        "sweep": Shape(
            {
                "max_trials": _JOBS,
                "max_parallel": _PARALLEL,
                "early_stopping": at(
                    "config", 0, "training_job_early_stopping_type", convert=lambda kind: kind in ("Auto", "AUTO")
                ),
            }
        ),
        "checkpoint_uri": at(_OWN, 0, "checkpoint_config", 0, "s3_uri", convert=stated),
    },
    lines=TRAINING,
    spellings=(
        *in_api(
            "HyperParameterTuningJob", "hyper_parameter_tuning_job_name", hyper_parameter_tuning_job_config="config"
        ),
        retired("HyperparameterTuningJob", hyper_parameter_tuning_job_config="config"),
    ),
)

KINDS: Final = (TUNING_JOB,)
