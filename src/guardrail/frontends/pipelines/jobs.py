"""
Jobs and deployments that a task starts: in the texts that its container is given, in its parameters, in its executor.

Components of Google hand a whole message to the container as JSON, made of what the task is given. Where that text does
not hold one, parameters of the usual names do.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, NamedTuple, Optional

from guardrail.catalog.spelling import snake
from guardrail.frontends.pipelines.members import Written, member
from guardrail.frontends.pipelines.tasks import Task
from guardrail.frontends.pipelines.values import as_written, message, resolved
from guardrail.frontends.vertex.bodies import body
from guardrail.model.path import pointer
from guardrail.model.value import Unknown, Value


class Job(NamedTuple):
    """What a task starts: its native type, its attributes, where those are written, and where some are instead."""

    type: str
    value: Mapping[str, Value]
    at: str
    elsewhere: Mapping[str, str]


_CUSTOM_JOB: Final = "vertex/CustomJob"
_DEPLOYED: Final = "vertex/DeployedModel"
_POOLS: Final = "worker_pool_specs"
_STARTED: Final = frozenset(
    {
        _CUSTOM_JOB,
        _DEPLOYED,
        "vertex/HyperparameterTuningJob",
        "vertex/TrainingPipeline",
        "vertex/BatchPredictionJob",
        "vertex/DeploymentResourcePool",
    }
)
_ARGUMENTS: Final = 200
"""Arguments of one container that are looked into."""


def jobs(task: Task) -> list[Job]:
    """Return what a task starts."""
    found = [job for job in (_executor(task), *_texts(task)) if job is not None]
    if not found:
        found = [job for job in (_custom_job(task), _deployment(task)) if job is not None]
    place = {
        key: task.scope[key].value
        for key in ("location", "project")
        if key in task.scope and task.scope[key].value is not None
    }
    return [job._replace(value={**place, **job.value}) for job in found]


def _executor(task: Task) -> Optional[Job]:
    """Return the job that an executor of its own kind is, which is no longer made."""
    stated = member(task.executor, "custom_job", "custom_job") if task.executor is not None else None
    if stated is None or not isinstance(stated.value, Mapping):
        return None
    return Job(_CUSTOM_JOB, resolved(stated.value, task.scope), stated.at, {})


def _texts(task: Task) -> list[Optional[Job]]:
    """Return the messages that stand in the arguments of a container."""
    container = member(task.executor, "container") if task.executor is not None else None
    found: list[Optional[Job]] = []
    for name in ("args", "command"):
        listed = member(container, name) if container is not None else None
        if listed is None or not isinstance(listed.value, (list, tuple)):
            continue
        for index, one in enumerate(listed.value[:_ARGUMENTS]):
            held = message(one, task.scope)
            if isinstance(held, Mapping):
                found.append(_message(_tidied(held), listed.at + pointer((index,)), task))
    return found


def _message(held: Mapping[str, Value], at: str, task: Task) -> Optional[Job]:
    what = body(held)
    if what is None or what.type not in _STARTED:
        return None
    within = held[what.within] if what.within else held
    given = task.scope.get(_POOLS)
    elsewhere = {}
    if given is not None and given.value is not None and what.type == _CUSTOM_JOB:
        job = member(Written(within, ""), "job_spec", _POOLS)
        if job is not None and job.value == given.value:
            elsewhere = {job.at: given.at}
    return Job(what.type, within, at, elsewhere)


_RESOURCES: Final = ("dedicated_resources", "automatic_resources")


def _tidied(value: Mapping[str, Value]) -> Mapping[str, Value]:
    """Return a message without the resources that nothing is stated of: components write all that there may be."""
    kept: dict[str, Value] = {}
    for key, one in value.items():
        if isinstance(one, Mapping):
            if snake(key) in _RESOURCES and not _says(one):
                continue
            kept[key] = _tidied(one)
        else:
            kept[key] = one
    return kept


def _says(value: Value) -> bool:
    """Whether anything is stated: not nothing, none, or an empty text."""
    if isinstance(value, Mapping):
        spec = member(Written(value, ""), "machine_spec")
        if spec is not None:
            machine = member(spec, "machine_type")
            return machine is not None and machine.value != ""
        return any(_says(one) for one in value.values())
    if isinstance(value, (list, tuple)):
        return any(_says(one) for one in value)
    return isinstance(value, Unknown) or (value not in (None, "", False) and not _is_zero(value))


def _is_zero(value: Value) -> bool:
    return isinstance(value, (int, Decimal)) and value == 0


_OF_JOB: Final = ("display_name", "labels", "persistent_resource_id", _POOLS)
_OF_SCHEDULING: Final = ("timeout", "strategy", "max_wait_duration", "restart_job_on_worker_restart", "disable_retries")


def _custom_job(task: Task) -> Optional[Job]:
    """Return the custom job that parameters of the usual names tell."""
    pools = task.scope.get(_POOLS)
    if pools is None or pools.value in (None, (), []):
        return None
    given = {name: task.scope[name] for name in _OF_JOB if name in task.scope}
    scheduling = {name: task.scope[name] for name in _OF_SCHEDULING if name in task.scope}
    value: dict[str, Value] = {name: one.value for name, one in given.items() if one.value not in (None, "")}
    value[_POOLS] = as_written(pools.value)
    value["scheduling"] = {name: one.value for name, one in scheduling.items() if one.value not in (None, "")}
    elsewhere = {pointer((name,)): one.at for name, one in given.items()}
    elsewhere.update({pointer(("scheduling", name)): one.at for name, one in scheduling.items()})
    return Job(_CUSTOM_JOB, value, task.written.at, elsewhere)


_DEDICATED: Final = "dedicated_resources_"
_PLACES: Final = {
    "machine_type": ("machine_spec", "machine_type"),
    "accelerator_type": ("machine_spec", "accelerator_type"),
    "accelerator_count": ("machine_spec", "accelerator_count"),
    "min_replica_count": ("min_replica_count",),
    "max_replica_count": ("max_replica_count",),
}


def _deployment(task: Task) -> Optional[Job]:
    """Return the deployment that parameters of the usual names tell."""
    machine = task.scope.get(f"{_DEDICATED}machine_type")
    if machine is None or machine.value in (None, ""):
        return None
    resources: dict[str, Value] = {"machine_spec": {}}
    elsewhere: dict[str, str] = {}
    for name, path in _PLACES.items():
        given = task.scope.get(_DEDICATED + name)
        if given is None or given.value in (None, "") or _is_zero(given.value):
            continue
        into = resources["machine_spec"] if len(path) > 1 else resources
        into[path[-1]] = given.value
        elsewhere[pointer(("deployed_model", "dedicated_resources", *path))] = given.at
    return Job(_DEPLOYED, {"deployed_model": {"dedicated_resources": resources}}, task.written.at, elsewhere)
