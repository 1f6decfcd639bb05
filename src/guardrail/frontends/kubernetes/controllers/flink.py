"""Applications of Flink: job managers, and as many task managers as the parallelism of the job takes."""

from __future__ import annotations

from typing import Final, Optional, Union

from guardrail.catalog.kubernetes.workload import Workload
from guardrail.frontends.kubernetes.controllers.making import Making, Part, sides_of
from guardrail.frontends.kubernetes.controllers.sizes import mebibytes
from guardrail.frontends.kubernetes.reading import Reading, Scope
from guardrail.frontends.kubernetes.surroundings import Surroundings
from guardrail.model.value import Reason, Unknown, Value, apply

_LIMITLESS: Final = 2**31 - 1
_MAIN: Final = "flink-main-container"
_LEAST, _MOST = 1, 200
"""
Between how many parallel tasks the autoscaler moves each step of a job, where that is not stated.

https://nightlies.apache.org/flink/flink-kubernetes-operator-docs-main/docs/custom-resource/autoscaler/
"""


def deployment(reading: Reading, scope: Scope, row: Workload, around: Surroundings) -> Scope:
    """Return the pods of the two kinds of managers (`job`, `task`), with how many there are."""
    del row, around
    making = Making(reading, scope)
    spec = making.own("/spec")
    if isinstance(spec.value, Unknown):
        return making.finished({"job": {"template": spec.value}, "task": {"template": spec.value}})
    replicas = spec.find("/jobManager/replicas")
    job = {"count": making.put("/job/count", replicas) if replicas.there else 1, "template": _pod(making, spec, "job")}
    state = spec.find("/job/state").value
    halted = state if isinstance(state, Unknown) else state == "suspended"
    task = {**_tasks(making, spec), "template": _pod(making, spec, "task")}
    return making.finished({"job": job, "task": task, "halted": halted})


def _autoscaler(spec: Part, key: str) -> Optional[Part]:
    """Return what the configuration says about the autoscaler, under a name of now or of before."""
    return _set(spec, f"job.autoscaler.{key}", f"kubernetes.operator.job.autoscaler.{key}")


def _set(spec: Part, *keys: str) -> Optional[Part]:
    """Return what the configuration says under the first of these keys that it has."""
    conf = spec.find("/flinkConfiguration")
    return next((part for key in keys if (part := conf.below(key)).there), None)


def _tasks(making: Making, spec: Part) -> dict[str, Value]:
    """
    Return how many task managers there are: as stated, or what the job takes; a session has no bound.

    Steps of a job share slots, so that it takes as many as the step with most parallel tasks.
    """
    replicas = spec.find("/taskManager/replicas")
    job = spec.find("/job")
    if replicas.there:
        number = making.put("/task/count", replicas)
    elif not job.there:
        return {"low": 0, "count": 0, "high": _LIMITLESS}
    else:
        parallel = job.find("/parallelism")
        part = parallel if parallel.there else _set(spec, "parallelism.default")
        number = _managers(spec, 1 if part is None else _whole(making.put("/task/count", part)))
    scales = [_flag(making, spec, "enabled", False), _flag(making, spec, "scaling.enabled", True)]
    return {"count": number} if False in scales else {"count": number, **_scaled(making, spec, number)}


def _flag(making: Making, spec: Part, key: str, default: bool) -> Union[bool, Unknown]:
    part = _autoscaler(spec, key)
    return default if part is None else making.reading.flag(part.value, part.at)


def _managers(spec: Part, tasks: Value) -> Value:
    """Return how many task managers have slots for so many parallel tasks."""
    slots = _set(spec, "taskmanager.numberOfTaskSlots")
    each = 1 if slots is None else _whole(slots.value)
    return apply(lambda one, other: -(-one // max(other, 1)), tasks, each)


def _scaled(making: Making, spec: Part, number: Value) -> dict[str, Value]:
    """Return the bounds within which the autoscaler moves task managers; as many as there are now are within them."""
    found: dict[str, Value] = {}
    for name, side, default, wider in (("low", "min", _LEAST, min), ("high", "max", _MOST, max)):
        part = _autoscaler(spec, f"vertex.{side}-parallelism")
        tasks: Value = default if part is None else _whole(making.put(f"/task/{name}", part))
        found[name] = apply(wider, _managers(spec, tasks), number)
    return found


def _whole(value: Value) -> Value:
    """Return a number that may be written as text."""
    if isinstance(value, Unknown) or type(value) is int:
        return value if not isinstance(value, int) or value >= 0 else Unknown(Reason.ERROR, note="a negative number")
    text = str(value)
    known = text.isascii() and text.isdigit() and len(text) < 10  # noqa: PLR2004 - digits of 32 bits
    return int(text) if known else Unknown(Reason.ERROR, note="not a whole number")


def _pod(making: Making, spec: Part, kind: str) -> Value:
    """Return the pod template of a manager: that of all, that of its kind, and what is stated beside them."""
    at = f"/{kind}/template"
    part = spec.find(f"/{kind}Manager")
    common, own = spec.find("/podTemplate"), part.find("/podTemplate")
    base: Value = making.put(at, common) if common.there else {}
    whole = making.over(base, at, own)
    if not isinstance(whole, dict):
        return whole
    pod = whole.get("spec")
    pod = {} if pod is None else pod
    if not isinstance(pod, dict):
        return whole
    listed = pod.get("containers")
    containers = list(listed) if isinstance(listed, tuple) else []
    if isinstance(listed, Unknown):
        return whole
    index = next((at for at, one in enumerate(containers) if _named(one) == _MAIN), len(containers))
    main = containers[index] if index < len(containers) else {"name": _MAIN}
    if isinstance(main, dict):
        asked = _asked(making, spec, part, kind, main, f"{at}/spec/containers/{index}/resources")
        containers[index : index + 1] = [{**main, "resources": asked}]
    return {**whole, "spec": {**pod, "containers": tuple(containers)}}


def _named(container: Value) -> Value:
    return container.get("name") if isinstance(container, dict) else None


def _asked(making: Making, spec: Part, part: Part, kind: str, main: dict[str, Value], at: str) -> Value:
    """Return the resources of the container of Flink, with those that the configuration adds."""
    sides = sides_of(main.get("resources"))
    if isinstance(sides, Unknown):
        return sides
    if kind == "task" and isinstance(spec.find("/flinkConfiguration").value, Unknown):
        return spec.find("/flinkConfiguration").value  # it may list devices
    asked = part.find("/resource")
    conf = f"kubernetes.{kind}manager"
    cpu = asked.find("/cpu") if asked.find("/cpu").there else _set(spec, f"{conf}.cpu.amount", f"{conf}.cpu")
    size = asked.find("/memory") if asked.find("/memory").there else _set(spec, f"{kind}manager.memory.process.size")
    amounts: dict[str, tuple[Value, Part]] = {}
    if cpu is not None:
        amounts["cpu"] = (cpu.value if isinstance(cpu.value, Unknown) else str(cpu.value), cpu)
    if size is not None:
        amounts["memory"] = (apply(lambda one: f"{one}Mi", mebibytes(size.value, "b")), size)
    for name, value, source in _devices(spec) if kind == "task" else ():
        amounts[name] = (value, source)
    for name, (value, source) in amounts.items():
        for side in sides.values():
            if name not in side or name not in ("cpu", "memory"):
                side[name] = value
            making.put(f"{at}/limits/{name.replace('/', '~1')}", source)
    return sides


def _devices(spec: Part) -> list[tuple[str, Value, Part]]:
    """Return the devices of a task manager that the configuration lists: `external-resources: gpu`."""
    conf = spec.find("/flinkConfiguration")
    start, end = "external-resource.", ".amount"
    found: list[tuple[str, Value, Part]] = []
    for key in conf.mapping():
        if key.startswith(start) and key.endswith(end):
            name = key[len(start) : -len(end)]
            stated = conf.below(f"{start}{name}.kubernetes.config-key").value
            resource = stated if isinstance(stated, str) and stated else f"nvidia.com/{name}"
            part = conf.below(key)
            found.append((resource, _whole(part.value), part))
    return found
