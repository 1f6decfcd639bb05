"""What jobs, endpoints and clusters of SageMaker share: machines, volumes, how they are bought."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, Optional

from guardrail.catalog.aws.words import filled, machine, spelled
from guardrail.catalog.convert import whole
from guardrail.catalog.kind import (
    NOTHING,
    Always,
    At,
    DiskMonths,
    DiskSpec,
    Each,
    Fact,
    First,
    From,
    MachineHours,
    Shape,
    at,
)
from guardrail.catalog.spelling import Spelling
from guardrail.model.path import Segment
from guardrail.model.pattern import pattern
from guardrail.model.resource import ON_DEMAND, SPOT, Purchase
from guardrail.model.value import Reason, Unknown, Value

API: Final = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_"
PRICING: Final = "https://aws.amazon.com/sagemaker/ai/pricing/"

ML_STORAGE: Final = "ml-storage-gp2"
"""What the price list calls the volumes of SageMaker, whatever their class."""

GIVEN: Final = Unknown(Reason.ENVIRONMENT, note="no machine is stated: whoever sends the request gives it")
MANY: Final = Unknown(Reason.ENVIRONMENT, note="how many is not stated: whoever sends the request gives it")
RESERVED: Final = Purchase(0, 0, "reserved")

DAY: Final = 86400

PREFERENCES: Final = "instance_preferences"
"""Alternatives in the order in which they are wanted: one of them runs."""

TRAINING: Final = (
    MachineHours(service="sagemaker-training"),
    DiskMonths(service="sagemaker-training-storage", sku=ML_STORAGE),
)
PROCESSING: Final = (
    MachineHours(service="sagemaker-processing"),
    DiskMonths(service="sagemaker-processing-storage", sku=ML_STORAGE),
)


def in_api(kind: str, name: str = "", *, ack: bool = True, **renamed: str) -> tuple[Spelling, ...]:
    """Return how the API, and the controller that speaks to it, write what CloudFormation does not have."""
    request, _, controller = spelled(kind, name, **renamed)
    return (request, controller) if ack else (request,)


_NVME: Final = pattern(r"ml\.(?:[a-z]+[0-9]+[a-z]*d[a-z]*|g5|g6|g6e|gr6|p5|p5e|p5en|p6\S*|trn[0-9]\S*|i[0-9]\S*)\..+")


def _has_own_disks(machine_type: Optional[Any]) -> bool:
    return isinstance(machine_type, str) and _NVME.fullmatch(machine_type) is not None


def no_own_disks(types: Optional[Value]) -> Value:
    """
    Return whether volumes are made for machines: those with disks of their own get none in a job.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html#sagemaker-Type-ResourceConfig-VolumeSizeInGB
    """
    several = types if isinstance(types, (list, tuple)) else (types,)
    told = next((one for one in several if isinstance(one, Unknown)), None)
    return told if told is not None else not all(_has_own_disks(one) for one in several)


def volume(size: Fact, types: Fact = NOTHING) -> DiskSpec:
    """Return the volume of each machine, where its size is stated and the machine (one of `types`) takes one."""
    stated = From((size, types), lambda gib, of: no_own_disks(of) if gib is not None else False)
    return DiskSpec(when=stated, kind=Always("gp2"), size_gib=size)


def sized(*path: Segment) -> Fact:
    """Return the size of a volume, absent where none is asked for."""
    return at(*path, "volume_size_in_gb", convert=filled)


def stated_or_given(*path: Segment) -> Fact:
    """Return the machine type at a path; whoever sends the request gives it where it is not stated."""
    return First((machine(*path), Always(GIVEN)))


def together(single: Optional[str], *lists: Optional[Sequence[Value]]) -> Value:
    """Return every machine type that may run: the one that is stated, and those of lists, in their order."""
    found: list[Value] = [single] if single is not None else []
    for one in lists:
        found.extend(GIVEN if each is None else each for each in one or ())
    return tuple(found) or GIVEN


def types(*path: Segment) -> Fact:
    """Return the machine types of a list of alternatives."""
    return Each(path, machine("instance_type"))


def bought(spot: Optional[bool], plan: Optional[Any]) -> Purchase:
    """Return how machines are bought: those of a training plan are paid for already."""
    if plan is not None:
        return RESERVED
    return SPOT if spot else ON_DEMAND


def count(*path: Segment) -> At:
    """Return how many machines there are; whoever sends the request says it where nothing does."""
    return at(*path, "instance_count", default=MANY, convert=whole)


def fewest(numbers: Sequence[int]) -> int:
    """Return how many machines there are at least: of alternatives one is taken, each with a number of its own."""
    return min(numbers)


def most(numbers: Sequence[int]) -> int:
    """Return how many machines there are at most."""
    return max(numbers)


def preferred(numbers: Sequence[int]) -> int:
    """Return how many machines there are where the first alternative is to be had."""
    return numbers[0]


def counted(of: Callable[[Sequence[int]], int], *path: Segment) -> Fact:
    """
    Return a number of machines at a path: the one stated there, else `of` those of the alternatives below it.

    What is not known of the machine says nothing of the number.
    """
    told = Shape(
        {
            "type": machine(*path, "instance_type"),
            "count": at(*path, "instance_count", convert=whole),
            "others": Each((*path, PREFERENCES), at("instance_count", convert=whole)),
        }
    )
    return From((told,), partial(_counted, of))


def _counted(of: Callable[[Sequence[int]], int], told: Mapping[str, Value]) -> Value:
    others = told.get("others") or ()
    if isinstance(others, Unknown):
        return others
    numbers = [] if others and "type" not in told else [told.get("count", MANY)]
    numbers += [MANY if one is None else one for one in others]
    hidden = next((one for one in numbers if isinstance(one, Unknown)), None)
    return hidden if hidden is not None else of(numbers)
