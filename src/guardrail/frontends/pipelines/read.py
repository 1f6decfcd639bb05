"""Pipelines in documents: the pipeline, its steps, and what they start."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, Optional

from guardrail.catalog.spelling import snake
from guardrail.frontends.budget import Budget
from guardrail.frontends.documents import Document
from guardrail.frontends.files import Cache, documents_of, not_read
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.pipelines import steps
from guardrail.frontends.pipelines.jobs import Job, jobs
from guardrail.frontends.pipelines.members import Written, entries, entry, member, text
from guardrail.frontends.pipelines.tasks import MOST, Task, TooMany, tasks
from guardrail.frontends.pipelines.values import Scope
from guardrail.frontends.specs.native import Elsewhere
from guardrail.frontends.specs.spec import Spec, distinct, resource, text_of
from guardrail.frontends.unit import Unit
from guardrail.frontends.vertex.read import region_of
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.resource import Multiplicity, Resource
from guardrail.model.value import UNBOUNDED, Value
from guardrail.sources.tree import Tree

STEP: Final = "pipeline/Step"
_OWNER: Final = "/pipeline"


@dataclass(frozen=True, slots=True)
class Pipeline:
    """
    A pipeline in a document: its `spec`, what stands around it, and what its run states.

    `type` is the native type, `name` what it is called; `holder` the native address of the schedule that starts it,
    which `repeats` it as the lifetime of what it starts, `concurrent` runs at a time. `location` is where names say
    that it runs. `within` is the native address of an object that it is written in.
    """

    type: str
    name: str
    around: Written
    spec: Written
    given: Scope
    holder: str = ""
    repeats: Value = None
    concurrent: int = 1
    location: str = ""
    within: str = ""

    @property
    def native(self) -> str:
        """The address of the pipeline in its unit."""
        return self.within or f"{self.type}/{self.name}"

    def of(self, type_: str, path: str) -> str:
        """Return the address of what it starts."""
        return f"{self.within}!{type_}/{path}" if self.within else f"{type_}/{self.name}/{path}"


def read(tree: Tree, unit: Unit, budget: Budget, cache: Optional[Cache] = None) -> Parsed:
    """Return the resources of a unit, and what could not be read."""
    told: list[Diagnostic] = []
    specs: list[Spec] = []
    for file in unit.files:
        held = documents_of(tree, file, budget, cache)
        if held is None:
            told.append(not_read([file]))
            continue
        told.extend(held.diagnostics)
        for document, platform in _pairs(held.documents):
            found, problems = objects(file, document, Written(document.value, ""), platform)
            specs.extend(found)
            told.extend(problems)
    found, doubled = distinct(specs)
    return Parsed(resources(found, unit), (*told, *doubled))


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
    started = _schedule(written, stem)
    if started is not None and not within:
        found.append(_object(file, document, *started))
    pipeline = _pipeline(written, stem, started)
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


def _schedule(written: Written, stem: str) -> Optional[tuple[str, str, Written]]:
    request = member(written, "create_pipeline_job_request") or member(written, "create_notebook_execution_job_request")
    if request is None or member(written, "cron") is None:
        return None
    return "vertex/Schedule", text(member(written, "display_name")) or stem, written


def _pipeline(written: Written, stem: str, started: Optional[tuple[str, str, Written]]) -> Optional[Pipeline]:
    """Return the pipeline that a document is: a job of Vertex AI around it, or the pipeline alone."""
    job = written
    if started is not None:
        job = member(written, "create_pipeline_job_request", "pipeline_job") or job
    job = member(job, "pipeline_job") or job
    spec = member(job, "pipeline_spec")
    concurrent = member(written, "max_concurrent_run_count") if started is not None else None
    if spec is None and member(job, "deployment_spec") is not None and member(job, "root") is not None:
        return Pipeline("pipeline/Pipeline", text(member(job, "pipeline_info", "name")) or stem, job, job, {})
    if spec is None or not isinstance(spec.value, Mapping):
        return None
    name = text(member(job, "display_name")) or text(member(spec, "pipeline_info", "name")) or stem
    return Pipeline(
        "vertex/PipelineJob",
        name,
        job,
        spec,
        _run(member(job, "runtime_config")),
        holder="" if started is None else f"{started[0]}/{started[1]}",
        repeats=None if started is None else _cron(written),
        concurrent=_whole(concurrent),
        location=_location(job) or _location(written) or _location(member(written, "create_pipeline_job_request")),
    )


_LOCATED: Final = re.compile(r"projects/[^/]+/locations/([^/]+)(?:/.*)?")


def _location(of: Optional[Written]) -> str:
    """Return the location that a full name, or that of what a thing is made in, says."""
    for key in ("name", "parent"):
        found = _LOCATED.fullmatch(text(member(of, key))) if of is not None else None
        if found:
            return found[1]
    return text(member(of, "location")) if of is not None else ""


def _whole(stated: Optional[Written]) -> int:
    value = None if stated is None else stated.value
    found = int(value) if isinstance(value, str) and value.isdecimal() else value
    return found if isinstance(found, int) and found > 1 else 1


def _cron(written: Written) -> Value:
    """Return when a schedule starts something. The time zone stands before the times: `TZ=Europe/Paris 0 3 * * *`."""
    stated = text(member(written, "cron"))
    zone, _, times = stated.partition(" ")
    named = zone.startswith(("TZ=", "CRON_TZ="))
    entry_: dict[str, Value] = {"cron": times.strip() if named else stated}
    if named:
        entry_["timezone"] = zone.partition("=")[2]
    return (entry_,)


def _run(config: Optional[Written]) -> Scope:
    """Return the parameters that a run states, as they are written now or were before."""
    if config is None:
        return {}
    found = dict(entries(member(config, "parameter_values")))
    for name, one in entries(member(config, "parameters")):
        held = next(iter(entries(one)), None)
        if held is not None:
            found.setdefault(name, held[1])
    return found


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
