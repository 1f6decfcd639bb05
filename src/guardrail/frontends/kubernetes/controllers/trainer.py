"""
Training jobs of Kubeflow Trainer: the template of the runtime that a job names, with what the job states itself.

A runtime has a set of jobs. That which is marked as the trainer runs on as many nodes as the job asks for, with its
resources laid over those of the container `node`; the job also says which nodes the pods of which job may use.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from guardrail.catalog.kubernetes.devices import device
from guardrail.catalog.kubernetes.workload import Workload
from guardrail.frontends.kubernetes.controllers.making import LIMIT, Making, Part, named
from guardrail.frontends.kubernetes.joined import Named, references
from guardrail.frontends.kubernetes.objects import Object
from guardrail.frontends.kubernetes.reading import Reading, Scope, opened
from guardrail.frontends.kubernetes.surroundings import Surroundings
from guardrail.model.value import Reason, Unknown, Value, apply

_LABELS: Final = "/template/metadata/labels"
_STEP: Final = "trainer.kubeflow.org/trainjob-ancestor-step"
_ALONE: Final = frozenset({"trainer", "dataset-initializer", "model-initializer"})
"""Jobs of which there is one, whatever the runtime says."""

_TRAINERS: Final = frozenset({"node", "trainer-node", "trainer"})
"""What the job and the container of the trainer are called, in the versions of the API that there were."""

_JOBS: Final = "/spec/template/spec/replicatedJobs"
_POD: Final = "/template/spec/template"
_ELSEWHERE: Final = Unknown(Reason.ENVIRONMENT, note="the training runtime that the job names states it")
_SEVERAL: Final = Unknown(Reason.REFUSED, note="several training runtimes are called what the job names")
_PATCHED: Final = ("nodeSelector", "affinity", "tolerations", "volumes")
"""What a patch may say of pods that makes a difference to them here; it cannot say what their containers ask for."""


def train_job(reading: Reading, scope: Scope, row: Workload, around: Surroundings) -> Scope:
    """Return what the jobs of a training job are."""
    making = Making(reading, scope)
    runtimes = [one for join in row.joins for name in references(scope, join) for one in _meant(reading, name, around)]
    if len(runtimes) != 1:
        stated = making.own("/spec/runtimeRef/name").value
        doubt = stated if isinstance(stated, Unknown) else _SEVERAL if runtimes else _ELSEWHERE
        return making.finished(_without(making, doubt))
    if not around.affords(reading, runtimes[0]):
        return making.finished(_without(making, LIMIT))
    return making.finished(_with(making, Part(runtimes[0].value, runtimes[0], "")))


def _meant(reading: Reading, name: Named, around: Surroundings) -> Iterator[Object]:
    for type_ in name.types:
        row = around.rows.get(type_)
        space = None if row is not None and row.cluster_scoped else reading.object.namespace
        yield from around.targets(type_, space, name.name)


def _without(making: Making, doubt: Unknown) -> Value:
    """Return what a job is of which the runtime is not known: only what it states itself."""
    nodes, asked = making.own("/spec/trainer/numNodes"), making.own("/spec/trainer/resourcesPerNode")
    stated = {side: asked.find(f"/{side}") for side in ("requests", "limits")}
    told = {key for one in stated.values() for key in one.mapping()}
    at = "/jobs/0/template/spec/containers/0/resources"
    making.put(at, asked)
    amounts: dict[str, Value] = {side: one.value for side, one in stated.items() if one.there}
    if not any(map(device, told)):  # the runtime may state what the job does not
        amounts = {side: opened(dict(one.mapping()), doubt) for side, one in stated.items()}
    resources = asked.value if isinstance(asked.value, Unknown) else amounts
    pod: dict[str, Value] = {"containers": ({"name": "node", "resources": resources},)}
    job = {
        "name": "node",
        "count": making.put("/jobs/0/count", nodes) if nodes.there else doubt,
        "template": {"spec": _patched(making, pod, "/jobs/0/template/spec", "node")},
    }
    return {"jobs": (job,), "runtime": dict.fromkeys(("deadline", "ttl", "retries"), doubt)}


def _with(making: Making, runtime: Part) -> Value:
    """Return what a job is with its runtime."""
    jobs = runtime.find(_JOBS)
    if isinstance(jobs.value, Unknown):
        return {"jobs": jobs.value, "runtime": dict.fromkeys(("deadline", "ttl", "retries"), jobs.value)}
    several = jobs.elements()
    marked = any(one.find(_LABELS).text(_STEP) == "trainer" for one in several)
    made = [_job(making, runtime, one, index, marked) for index, one in enumerate(several)]
    spec = runtime.find("/spec/template/spec")
    facts = {
        "deadline": _deadline(making, several),
        "ttl": _fact(making, "ttl", spec.find("/ttlSecondsAfterFinished")),
        "retries": _fact(making, "retries", spec.find("/failurePolicy/maxRestarts")),
    }
    return {"jobs": tuple(made), "runtime": facts}


def _fact(making: Making, name: str, part: Part) -> Value:
    return making.put(f"/runtime/{name}", part) if part.there else None


def _deadline(making: Making, jobs: Sequence[Part]) -> Value:
    """Return after how long all jobs of a runtime are ended, None where one of them is not."""
    stated = [one.find("/template/spec/activeDeadlineSeconds") for one in jobs]
    if not stated or not all(one.there for one in stated):
        return None
    numbers = [one for one in stated if isinstance(one.value, int)]
    return making.put("/runtime/deadline", max(numbers, key=lambda one: one.value) if numbers else stated[0])


def _job(making: Making, runtime: Part, job: Part, index: int, marked: bool) -> Value:
    """Return one job of the runtime as the training job runs it."""
    at = f"/jobs/{index}"
    making.put(at, job)
    step, name = job.find(_LABELS).text(_STEP), job.text("name") or str(index)
    trains = step == "trainer" if marked else name in _TRAINERS
    made: dict[str, Value] = {"name": name}
    made["count"] = _nodes(making, runtime, job, at, trains)
    replicas = job.find("/replicas")
    if replicas.there and step not in _ALONE:
        made["replicas"] = making.put(f"{at}/replicas", replicas)
    template = job.find(_POD)
    making.put(f"{at}/template", template)
    made["template"] = template.value
    if isinstance(template.value, dict) and isinstance(template.value.get("spec"), dict):
        spec = dict(template.value["spec"])
        policy = runtime.find("/spec/mlPolicy/mpi")
        node = name == "node" or isinstance(job.find("/name").value, Unknown)
        if trains or (node and policy.find("/runLauncherAsNode").value is True):
            spec = _asking(making, spec, f"{at}/template/spec")
        patched = _patched(making, spec, f"{at}/template/spec", name)
        made["template"] = _labelled(making, {**template.value, "spec": patched}, f"{at}/template", name)
    return made


def _nodes(making: Making, runtime: Part, job: Part, at: str, trains: bool) -> Value:
    """Return on how many nodes a job runs: those of the trainer are for the training job to say."""
    policy, own = runtime.find("/spec/mlPolicy"), making.own("/spec/trainer/numNodes")
    parallel = job.find("/template/spec/parallelism")
    default = policy.find("/numNodes") if trains and policy.there else parallel
    default = default if default.there or not trains else parallel
    mpi = policy.find("/mpi")
    name = job.find("/name").value
    if mpi.there and own.there and isinstance(name, Unknown):
        return name
    counts = name == "node" if mpi.there else trains
    part = own if counts and own.there else default
    if not part.there:
        return 1
    value = making.put(f"{at}/count", part)
    if part is own and mpi.there and mpi.find("/runLauncherAsNode").value is True:
        return apply(lambda nodes: max(nodes - 1, 1) if type(nodes) is int and nodes >= 0 else nodes, value)
    return 1 if type(value) is int and value == 0 else value


def _asking(making: Making, spec: dict[str, Value], at: str) -> dict[str, Value]:
    """Return a pod spec with the resources of the training job, laid over those of the container that trains."""
    asked, listed = making.own("/spec/trainer/resourcesPerNode"), spec.get("containers")
    if not asked.there or not isinstance(listed, tuple):
        return spec
    containers = [*listed]
    for index, one in enumerate(containers):
        if isinstance(one, dict) and (named(one) in _TRAINERS or isinstance(one.get("name"), Unknown)):
            below = f"{at}/containers/{index}/resources"
            containers[index] = {**one, "resources": making.over(one.get("resources") or {}, below, asked)}
            break
    return {**spec, "containers": tuple(containers)}


def _patches(making: Making, name: str) -> Iterator[tuple[Part, Part]]:
    """Yield (metadata, pod spec) that the training job states for the pods of a job, in the three spellings."""
    for patch in making.own("/spec/runtimePatches").elements():
        for job in patch.find("/trainingRuntimeSpec/template/spec/replicatedJobs").elements():
            if job.text("name") == name:
                yield job.find(f"{_POD}/metadata"), job.find(f"{_POD}/spec")
    for key, below in (("podTemplateOverrides", "/spec"), ("podSpecOverrides", "")):
        for override in making.own(f"/spec/{key}").elements():
            if any(one.text("name") == name for one in override.find("/targetJobs").elements()):
                yield override.find("/metadata"), override.find(below)


def _patched(making: Making, spec: dict[str, Value], at: str, name: str) -> dict[str, Value]:
    """Return a pod spec with what the training job says of its nodes and volumes."""
    patched = dict(spec)
    for _, patch in _patches(making, name):
        for key in _PATCHED:
            part = patch.find(f"/{key}")
            if part.there:
                base = patched.get(key)
                patched[key] = making.over(base if base is not None else {}, f"{at}/{key}", part)
    return patched


def _labelled(making: Making, template: dict[str, Value], at: str, name: str) -> dict[str, Value]:
    """Return a pod template with the labels that the training job gives it."""
    labels = Part(template, making.reading.object, at).find("/metadata/labels").value
    for metadata, _ in _patches(making, name):
        part = metadata.find("/labels")
        if isinstance(part.value, dict):
            labels = making.over(labels if isinstance(labels, dict) else {}, f"{at}/metadata/labels", part)
    metadata_ = template.get("metadata")
    if not isinstance(labels, dict):
        return template
    return {**template, "metadata": {**(metadata_ if isinstance(metadata_, dict) else {}), "labels": labels}}
