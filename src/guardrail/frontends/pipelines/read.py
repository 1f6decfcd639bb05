"""Pipelines in documents: the pipeline, its steps, and what they start."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, Optional, Union

from guardrail.catalog.spelling import snake
from guardrail.frontends.budget import Budget
from guardrail.frontends.documents import Document
from guardrail.frontends.files import Cache
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.pipelines import steps
from guardrail.frontends.pipelines.jobs import Job, jobs
from guardrail.frontends.pipelines.members import Written, entry, member
from guardrail.frontends.pipelines.pipeline import Pipeline, pipeline_of, schedule
from guardrail.frontends.pipelines.tasks import MOST, Task, TooMany, tasks
from guardrail.frontends.specs.native import Elsewhere
from guardrail.frontends.specs.read import objects as read_objects
from guardrail.frontends.specs.spec import Spec, resource, text_of
from guardrail.frontends.unit import Unit
from guardrail.frontends.vertex.read import region_of
from guardrail.model.finding import Diagnostic
from guardrail.model.resource import Multiplicity, Resource
from guardrail.model.value import UNBOUNDED, Value
from guardrail.sources.tree import Tree

STEP: Final = "pipeline/Step"
_OWNER: Final = "/pipeline"


def read(tree: Tree, unit: Unit, budget: Budget, cache: Optional[Cache] = None) -> Parsed:
    """Return the resources of a unit, and what could not be read."""
    found, told = read_objects(tree, unit, budget, _found, cache)
    return Parsed(resources(found, unit), tuple(told))


def _found(file: str, documents: Iterable[Document]) -> Iterator[Union[Spec, Diagnostic]]:
    """Yield what the pipelines of a file consist of, and what is wrong with them."""
    for document, platform in _pairs(documents):
        specs, problems = objects(file, document, Written(document.value, ""), platform)
        yield from specs
        yield from problems


def resources(found: Iterable[Spec], unit: Unit) -> tuple[Resource, ...]:
    """Return the resources that the objects are."""
    region = region_of(unit)
    made = (resource(replace(one, region=region) if one.provider else one, unit, "pipeline") for one in found)
    return tuple(steps.completed(one) if one.type == STEP else one for one in made)


def _pairs(documents: Iterable[Document]) -> Iterator[tuple[Document, Optional[Document]]]:
    """Yield each document of a pipeline with the one behind it that says how a platform runs it."""
    several = list(documents)
    for index, document in enumerate(several):
        if isinstance(document.value, Mapping) and not _is_platform(document):
            following = several[index + 1] if index + 1 < len(several) else None
            yield document, following if following is not None and _is_platform(following) else None


def _is_platform(document: Document) -> bool:
    return isinstance(document.value, Mapping) and document.value.keys() == {"platforms"}


def objects(
    file: str, document: Document, written: Written, platform: Optional[Document] = None, within: str = ""
) -> tuple[list[Spec], list[Diagnostic]]:
    """
    Return the objects that what is written somewhere in a document makes, if it is a pipeline or its schedule.

    Of what is written in an object that is known already (`within` is its native address) that is what it starts.
    """
    found: list[Spec] = []
    told: list[Diagnostic] = []
    stem = file.rpartition("/")[2].partition(".")[0]
    started = schedule(written, stem)
    if started is not None and not within:
        found.append(_object(file, document, *started))
    pipeline = pipeline_of(written, stem, started)
    if pipeline is None:
        return found, told
    pipeline = replace(pipeline, within=within)
    around = {"/pipeline_of": (pipeline.holder,)} if pipeline.holder else {}
    value = {
        **pipeline.around.value,
        **({"pipeline_of": pipeline.holder} if pipeline.holder else {}),
        **_common(pipeline),
    }
    if not within:
        found.append(_object(file, document, pipeline.type, pipeline.name, Written(value, pipeline.around.at), around))
    try:
        for task in tasks(pipeline.spec, pipeline.given):
            found.extend(_of_task(file, document, task, pipeline, platform))
    except TooMany:
        message = (
            f"a pipeline of more than {MOST:,} tasks, or of graphs that nest deeper than is looked: not all are judged"
        )
        told.append(Diagnostic("error", "limit-tasks", message, document.place(file, pipeline.spec.at)))
    return found, told


def _of_task(
    file: str, document: Document, task: Task, pipeline: Pipeline, platform: Optional[Document]
) -> Iterator[Spec]:
    """Yield a step and what it starts."""
    path = "/".join(task.path)
    others = _others(task, pipeline)
    container = member(task.executor, "container") if task.executor is not None else None
    stated = None if platform is None else _platform(platform, task.label)
    if container is not None or task.executor is None:
        elsewhere = {"/task": Elsewhere(file, document, task.written.at)}
        if container is not None:
            elsewhere["/container"] = Elsewhere(file, document, container.at)
        if platform is not None and stated is not None:
            elsewhere["/platform"] = Elsewhere(file, platform, stated.at)
        yield Spec(
            file=file,
            document=document,
            base=task.written.at,
            value={**steps.attributes(task, pipeline.name, stated), **_common(pipeline)},
            type=STEP,
            name=task.path[-1],
            native=pipeline.of(STEP, path),
            provider="gcp" if pipeline.type == "vertex/PipelineJob" else "",
            meant={_OWNER: (pipeline.native,)},
            elsewhere=elsewhere,
            others=others,
        )
    for index, job in enumerate(jobs(task)):
        yield _started(file, document, task, pipeline, job, index)


def _started(file: str, document: Document, task: Task, pipeline: Pipeline, job: Job, index: int) -> Spec:
    path = "/".join(task.path) + (f"/{index}" if index else "")
    named = text_of(job.value.get("display_name"), "") or text_of(job.value.get("displayName"), "") or task.path[-1]
    return Spec(
        file=file,
        document=document,
        base=job.at,
        value={**_common(pipeline), **job.value, "pipeline": pipeline.name},
        type=job.type,
        name=named,
        native=pipeline.of(job.type, path),
        provider="gcp",
        meant={_OWNER: (pipeline.native,)},
        elsewhere={at: Elsewhere(file, document, there) for at, there in job.elsewhere.items()},
        others=_others(task, pipeline),
    )


def _others(task: Task, pipeline: Pipeline) -> Mapping[str, Any]:
    """Return how many there may be at once: of each task of a loop, in each run that goes on at the same time."""
    most = UNBOUNDED if task.copies == UNBOUNDED else task.copies * pipeline.concurrent
    if most == 1:
        return {}
    return {"multiplicity": Multiplicity(0 if most == 0 else 1, most)}


def _common(pipeline: Pipeline) -> Mapping[str, Value]:
    """Return what holds of a pipeline and of everything that it starts."""
    found: dict[str, Value] = {} if pipeline.repeats is None else {"schedule": pipeline.repeats}
    return {**found, "location": pipeline.location} if pipeline.location else found


def _platform(platform: Document, label: str) -> Optional[Written]:
    """Return what is said of an executor for Kubernetes."""
    executors = member(Written(platform.value, ""), "platforms", "kubernetes", "deployment_spec", "executors")
    return entry(executors, label)


_INSIDE: Final = frozenset(
    {
        "components", "create_pipeline_job_request", "deployment_config", "deployment_spec", "pipeline_spec", "root",
        "runtime_config",
    }
)  # fmt: skip
"""Members of a pipeline that are its steps and what those are given: resources beside it have them."""


def _object(
    file: str,
    document: Document,
    type_: str,
    name: str,
    written: Written,
    meant: Optional[Mapping[str, tuple[str, ...]]] = None,
) -> Spec:
    return Spec(
        file=file,
        document=document,
        base=written.at,
        value={key: one for key, one in written.value.items() if snake(key) not in _INSIDE},
        type=type_,
        name=name,
        native=f"{type_}/{name}",
        provider="" if type_ == "pipeline/Pipeline" else "gcp",
        meant=meant or {},
    )
