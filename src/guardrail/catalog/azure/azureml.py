"""
Azure Machine Learning: what declarations of jobs share, as the YAML of its command line (v2) writes them.

A job runs on a named compute, whose machines are told by whatever makes that (a cluster of this graph), or serverless,
where it names the machine itself. Replicas are all machines that run at one time: those of every trial of a sweep.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Optional

from guardrail.catalog.azure.recurrence import schedule
from guardrail.catalog.convert import ConversionError, text, texts, whole
from guardrail.catalog.kind import (
    Fact,
    First,
    From,
    MachineHours,
    at,
)
from guardrail.catalog.spelling import Spelling
from guardrail.model.path import Segment
from guardrail.model.pattern import pattern
from guardrail.model.resource import ON_DEMAND, SPOT, Link, Purchase
from guardrail.model.value import Reason, Unknown, Value

YAML: Final = "https://learn.microsoft.com/azure/machine-learning/reference-yaml-"
PRICING: Final = "https://azure.microsoft.com/pricing/details/machine-learning/"

SERVERLESS: Final = "serverless"
LOCAL: Final = "local"
"""Names of computes that nobody makes: machines that the service starts for a job, and the author's own."""

_IN_TEMPLATES: Final = "Microsoft.MachineLearningServices/workspaces/jobs"


def in_templates(form: str, moved: Optional[Mapping[str, tuple[Segment, ...]]] = None) -> tuple[Spelling, ...]:
    """
    Return how templates of the resource manager write a job: as its API does.

    https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/workspaces/jobs
    """
    return (
        Spelling(
            type=f"{_IN_TEMPLATES}:{form}",
            case="camel",
            body="/properties",
            renamed={"compute_id": "compute"},
            moved=moved or {},
            verbatim=frozenset({"tags", "conf"}),
        ),
    )


COMPUTES: Final = ("azurerm_machine_learning_compute_cluster", "azurerm_machine_learning_compute_instance")

ON_COMPUTE: Final = (
    Link(
        kind="schedules_on",
        at="/compute",
        types=(*COMPUTES, "azureml/VirtualMachine"),
        inherit=("machine_types", "accelerators", "purchase"),
    ),
    Link(
        kind="references",
        at="/compute",
        types=("azurerm_machine_learning_inference_cluster", "azurerm_machine_learning_synapse_spark"),
    ),
)
"""A job runs on the machines of a compute. One that is no cluster of machines has other bills."""

CHOSEN: Final = Unknown(Reason.COMPUTED, note="Azure ML chooses the machine")
"""https://learn.microsoft.com/azure/machine-learning/how-to-use-serverless-compute"""

REGION: Final[tuple[Fact, ...]] = (at("resources", "locations", convert=lambda listed: _one_of(texts(listed))),)


def _one_of(places: Sequence[Any]) -> Value:
    """Return where a job may run: the workspace's region where nothing is listed."""
    known = [one for one in places if isinstance(one, str)]
    if len(known) != len(places):
        return next(one for one in places if isinstance(one, Unknown))
    if len(known) > 1:
        return Unknown(Reason.COMPUTED, one_of=tuple(known), note="any of several regions")
    return known[0] if known else None


def _where(compute: Optional[Any]) -> str:
    """Return the name of a compute, `serverless` where none is stated."""
    return SERVERLESS if compute is None else text(compute).strip() or SERVERLESS


def machine(*stated: Fact) -> Fact:
    """Return the machine of a job: its own where it runs serverless, else that of its compute."""
    return From((at("compute"), First(stated)), _machine)


def _machine(compute: Optional[Any], stated: Optional[Any]) -> Value:
    if _where(compute) != SERVERLESS:
        return None
    return CHOSEN if stated in (None, "", ()) else stated


def bought(tier: Fact) -> Fact:
    """Return how the machines of a serverless job are bought; those of a compute are what they are there."""
    return From((at("compute"), tier), _bought)


def _bought(compute: Optional[Any], tier: Optional[Any]) -> Optional[Purchase]:
    if _where(compute) != SERVERLESS:
        return None
    return SPOT if tier is not None and text(tier).lower() == "spot" else ON_DEMAND


TIER: Final = at("queue_settings", "job_tier")
ON_MACHINES: Final = From((at("compute"),), lambda compute: _where(compute) != LOCAL)

SERVERLESS_JOB: Final = (MachineHours(service="azureml-compute-cluster"),)

_LOOP: Final = "parallel_for"
_WHILE: Final = "do_while"
"""Where a step of a pipeline holds the loop that it is the body of."""


def side_by_side() -> Fact:
    """Return how many times at once a step runs: in a parallel loop, once for each item, up to its limit."""
    items = at(_LOOP, "items", convert=_number_of)
    return From((items, at(_LOOP, "max_concurrency", convert=whole)), at_once)


def _number_of(items: Any) -> int:
    if isinstance(items, (Mapping, list, tuple)):
        return len(items)
    raise ConversionError("not a list of items")


def at_once(items: Optional[int], limit: Optional[int]) -> int:
    """Return the smaller of what is stated; a loop without any limit in it is told by its unknown items."""
    told = [one for one in (items, limit or None) if one is not None]
    return min(told) if told else 1


def instances(count: Fact, times: Fact) -> Fact:
    """Return how many machines: those of one run, by how many run at one time."""
    return From((count, times, side_by_side()), lambda one, trials, copies: one * trials * copies)


def count(*path: Segment) -> Fact:
    """Return the machines of one run, one where nothing is stated."""
    return at(*path, "instance_count", default=1, convert=whole)


def most(stated: int, limit: Optional[int]) -> int:
    """Return the larger number of machines, where one is an upper bound."""
    return max(stated, limit or 0)


_PERIOD: Final = pattern(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?)?", re.IGNORECASE)


def lasting(value: Any) -> int:
    """Return seconds: a number of them, as the command line has it, or a duration (`PT1H30M`), as the API has it."""
    found = _PERIOD.fullmatch(value) if isinstance(value, str) else None
    if found is None or not any(found.groups()):
        return whole(value)
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def timeout() -> Fact:
    """Return after how many seconds a job is ended; the body of a loop may run so long as often as it goes round."""
    rounds = at(_WHILE, "limits", "max_iteration_count", default=1, convert=whole)
    return From((at("limits", "timeout", convert=lasting), rounds), _in_all)


def _in_all(once: Optional[int], times: int) -> Optional[int]:
    return None if once is None else once * times


SCHEDULE: Final = at("trigger", convert=schedule)
"""The trigger of the schedule that starts a job."""
