"""Runs of Tekton: a pod for each task, in which its steps are the containers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Optional

from guardrail.catalog.kubernetes.workload import Workload
from guardrail.frontends.kubernetes.controllers.making import LIMIT, Making, Part
from guardrail.frontends.kubernetes.controllers.sizes import seconds
from guardrail.frontends.kubernetes.reading import Reading, Scope
from guardrail.frontends.kubernetes.surroundings import Surroundings
from guardrail.model.value import Reason, Unknown, Value

_GROUP: Final = "tekton.dev"
_DEFAULT: Final = Unknown(
    Reason.ENVIRONMENT, note="the configuration of Tekton has a default: an hour if nobody set it"
)
_PLACED: Final = ("nodeSelector", "affinity", "tolerations", "priorityClassName", "volumes")
_LIMITLESS: Final = 2**31 - 1
_LATER: Final = Unknown(Reason.COMPUTED, note="an earlier task says how many")


def run(reading: Reading, scope: Scope, row: Workload, around: Surroundings) -> Scope:
    """Return the pods (`pods`) of a run, or of the task that it is made from, and after how long it is over."""
    making = Making(reading, scope)
    one = _Run(making, around)
    spec = making.own("/spec")
    kind = row.type.rpartition("/")[2]
    if kind == "PipelineRun":
        one.pipeline(spec)
        timeout = spec.find("/timeouts/pipeline")
    elif kind == "TaskRun":
        one.task("task", spec, spec, [spec.find("/podTemplate")], 1)
        timeout = spec.find("/timeout")
    else:
        one.add("task", spec, [], 1)
        return making.finished({"pods": tuple(one.pods)})
    timeout = timeout if timeout.there else spec.find("/timeout")
    made: dict[str, Value] = {"pods": tuple(one.pods), "deadline": _deadline(making, timeout)}
    return making.finished(made)


def _deadline(making: Making, part: Part) -> Value:
    if not part.there:
        return _DEFAULT
    value = making.put("/deadline", part)
    if isinstance(value, Unknown):
        return value
    time = seconds(str(value)) if value not in (0, "0") else 0
    return Unknown(Reason.ERROR, note="a time that is none") if time is None else time or None  # none: no limit


class _Run:
    """One run while its tasks are gathered."""

    def __init__(self, making: Making, around: Surroundings) -> None:
        self._making = making
        self._around = around
        self.pods: list[Value] = []

    def pipeline(self, spec: Part) -> None:
        """Add the tasks of a pipeline, its own or one that it refers to."""
        whole = self._found(spec, "pipeline")
        if isinstance(whole.value, Unknown):
            self._doubt("pipeline", whole.value)
            return
        common = [spec.find("/taskRunTemplate/podTemplate"), spec.find("/podTemplate")]
        for key in ("/tasks", "/finally"):
            tasks = whole.find(key)
            if isinstance(tasks.value, Unknown):
                self._doubt("?", tasks.value)
            for index, task in enumerate(tasks.elements()):
                name = task.text("name") or str(index)
                own = [part for run_ in spec.find("/taskRunSpecs").elements() for part in _of(run_, name)]
                self.task(name, task, spec, [*own, *common], _times(task))

    def task(self, name: str, part: Part, spec: Part, templates: list[Part], times: Value) -> None:
        """Add the pod of a task, its own or one that it refers to."""
        whole = self._found(part, "task")
        if isinstance(whole.value, Unknown):
            self._doubt(name, whole.value)
        elif whole.there:
            self.add(name, whole, templates, times, spec.find("/computeResources"))

    def _doubt(self, name: str, doubt: Unknown) -> None:
        self.pods.append({"name": name, "count": doubt, "template": doubt})

    def _found(self, part: Part, kind: str) -> Part:
        """Return the spec of a task or a pipeline: written here, or that of the object that is named."""
        own, named = part.find(f"/{kind}Spec"), part.find(f"/{kind}Ref")
        if own.there or not named.there:
            return own
        name = named.find("/name")
        if isinstance(named.value, Unknown) or isinstance(name.value, Unknown):
            return named if isinstance(named.value, Unknown) else name
        stated = named.text("kind")
        type_ = f"{_GROUP}/{stated or kind.capitalize()}"
        space = None if stated == "ClusterTask" else self._making.reading.object.namespace
        known = isinstance(name.value, str) and not named.find("/resolver").there
        found = self._around.targets(type_, space, name.value) if known else ()
        if known and name.owner is self._making.reading.object:
            self._making.reading.needs.append((name.at, type_, name.value))
        if len(found) == 1:
            affords = self._around.affords(self._making.reading, found[0])
            return Part(found[0].value, found[0], "").find("/spec") if affords else Part(LIMIT, named.owner, named.at)
        why = Reason.REFUSED if found else Reason.ENVIRONMENT
        return Part(Unknown(why, note=f"the {kind} that is named is not here"), named.owner, named.at)

    def add(self, name: str, task: Part, templates: list[Part], times: Value, total: Optional[Part] = None) -> None:
        """Add the pod of a task whose spec is known. Amounts for all of it (`total`) are those of one container."""
        at = f"/pods/{len(self.pods)}"
        making = self._making
        making.put(at, task)
        containers: list[Value] = []
        base = task.find("/stepTemplate")
        for part in (*task.find("/steps").elements(), *task.find("/sidecars").elements()):
            below = f"{at}/template/spec/containers/{len(containers)}"
            whole = making.over(base.value, below, part) if base.there else making.put(below, part)
            containers.append(_container(making, whole, part, below))
        if total is not None and total.there:
            below = f"{at}/template/spec/containers/{len(containers)}"
            containers.append({"name": "task", "resources": making.put(f"{below}/resources", total)})
        steps = task.find("/steps").value
        spec: dict[str, Value] = {"containers": steps if isinstance(steps, Unknown) else tuple(containers)}
        for key in _PLACED:
            chosen = next((found for part in templates if (found := part.find(f"/{key}")).there), None)
            if chosen is not None:
                spec[key] = making.put(f"{at}/template/spec/{key}", chosen)
        low, high = (0, _LIMITLESS) if isinstance(times, Unknown) else (times, times)
        self.pods.append({"name": name, "low": low, "count": times, "high": high, "template": {"spec": spec}})


def _container(making: Making, whole: Value, part: Part, at: str) -> Value:
    """Return a step as a container: what it asks for has had two names."""
    asked = part.find("/computeResources")
    if not isinstance(whole, dict) or "computeResources" not in whole:
        return whole
    if asked.there:
        making.put(f"{at}/resources", asked)
    return {**whole, "resources": whole["computeResources"]}


def _of(part: Part, name: str) -> Iterator[Part]:
    """Yield the pod templates that a run states for one of its tasks."""
    if part.text("pipelineTaskName") == name:
        yield part.find("/podTemplate")
        yield part.find("/taskPodTemplate")


def _times(task: Part) -> Value:
    """Return how often a task runs at once: for each combination of the values of a matrix."""
    matrix = task.find("/matrix")
    if not matrix.there:
        return 1
    number = 1
    for one in matrix.find("/params").elements():
        values = one.find("/value").value
        if not isinstance(values, tuple):
            return _LATER
        number *= len(values)
    return number + len(matrix.find("/include").elements()) if number > 1 or matrix.find("/include").there else number
