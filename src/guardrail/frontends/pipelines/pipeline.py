"""What a document is: a pipeline, a job of Vertex AI around one, or a schedule that starts one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Optional

from guardrail.frontends.pipelines.members import Written, entries, member, text
from guardrail.frontends.pipelines.values import Scope
from guardrail.model.dataclass import dataclass
from guardrail.model.value import Value


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


def schedule(written: Written, stem: str) -> Optional[tuple[str, str, Written]]:
    """Return the type and the name of a schedule, and where it is written; None for anything else."""
    request = member(written, "create_pipeline_job_request") or member(written, "create_notebook_execution_job_request")
    if request is None or member(written, "cron") is None:
        return None
    return "vertex/Schedule", text(member(written, "display_name")) or stem, written


def pipeline_of(written: Written, stem: str, started: Optional[tuple[str, str, Written]]) -> Optional[Pipeline]:
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
