"""A step of a pipeline as a resource: what its container asks for, and what the cluster is told about its pod."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, Optional, Union

from guardrail.catalog.accelerators import native
from guardrail.catalog.facts import as_number
from guardrail.catalog.kubernetes.quantity import units
from guardrail.catalog.node_labels import MODELS
from guardrail.frontends.pipelines.members import Written, entries, member
from guardrail.frontends.pipelines.tasks import Task
from guardrail.frontends.pipelines.values import resolved
from guardrail.model.resource import Accelerator, Container, Group, Resource
from guardrail.model.value import Count, Reason, Unknown, Value, apply

_LEFT_OUT: Final = ("inputs", "componentRef")
"""Members of a task that say what it is given, which is in its container already."""

_UNTOLD: Final = Unknown(Reason.ENVIRONMENT, note="nothing in the pipeline says which accelerators the node has")

_UNASKED: Final = Unknown(Reason.ENVIRONMENT, note="the step chooses nodes with accelerators and asks for none")


def attributes(task: Task, pipeline: str, platform: Optional[Written]) -> dict[str, Value]:
    """Return the attributes of a step: its container with what placeholders stand for, its task, its platform."""
    container = member(task.executor, "container") if task.executor is not None else None
    return {
        "name": task.path[-1],
        "pipeline": pipeline,
        **({} if container is None else {"container": resolved(container.value, task.scope)}),
        **({} if platform is None else {"platform": resolved(platform.value, task.scope)}),
        "task": {key: one.value for key, one in entries(task.written) if key not in _LEFT_OUT},
    }


def completed(resource: Resource) -> Resource:
    """Return a step with what its kind does not tell: which devices a key of Kubernetes means, requests, selectors."""
    groups = resource.groups
    if isinstance(groups, Unknown) or "main" not in groups:
        return resource
    given = Written(resource.attributes, "")
    platform = member(given, "platform")
    selector = member(platform, "node_selector", "labels") if platform is not None else None
    tolerations = member(platform, "tolerations") if platform is not None else None
    chosen = selector.value if selector is not None and isinstance(selector.value, Mapping) else {}
    group = replace(
        groups["main"],
        accelerators=_accelerators(given, chosen, groups["main"]),
        containers=_containers(given),
        node_selector=chosen or None,
        tolerations=_tolerations(None if tolerations is None else tolerations.value),
    )
    return replace(resource, groups={**groups, "main": group})


def _accelerators(
    given: Written, selector: Mapping[str, Value], group: Group
) -> Union[tuple[Accelerator, ...], Unknown]:
    """Return the accelerators with the model that the chosen node has, where a key of a device plugin names none."""
    model = next((selector[label] for label in MODELS if label in selector), None)
    container = member(given, "container")
    if container is None or isinstance(container.value, Unknown):
        return Unknown(Reason.REFUSED, note="what it runs is not in the pipeline")
    if isinstance(group.accelerators, Unknown):
        return group.accelerators
    if not group.accelerators:
        # The pod has the node all the same, and whoever asks for nothing may use all of it.
        return () if model is None else (native(model, _UNASKED),)
    stated = member(given, "container", "resources", "accelerator")
    kind = None if stated is None else member(stated, "resource_type") or member(stated, "type")
    if kind is None or not isinstance(kind.value, str) or "/" not in kind.value:
        return group.accelerators
    count = group.accelerators[0].count
    return (native(model, count) if model is not None else _of_key(kind.value, count),)


def _of_key(key: str, count: Count) -> Accelerator:
    """Return so many devices that a resource of Kubernetes is."""
    from guardrail.catalog.kubernetes.devices import device

    what = device(key)
    if what is None:
        return native(key, count)
    named = [native(name, count) for name in what.names]
    if len(named) == 1:
        return replace(named[0], fraction=what.fraction)
    vendor = what.vendor if what.vendor is not None else _UNTOLD
    return Accelerator(count=count, vendor=vendor, model=_UNTOLD, family=_UNTOLD, fraction=what.fraction)


_QUANTITIES: Final = (
    ("cpu_millis", "cpu", 1000),
    ("memory_bytes", "memory", 1),
)
_GIGABYTE: Final = 10**9


def _containers(given: Written) -> tuple[Container, ...]:
    resources = member(given, "container", "resources")
    asked: dict[str, dict[str, Value]] = {"request": {}, "limit": {}}
    for name, native_name, per in _QUANTITIES:
        for bound, told in asked.items():
            value = _quantity(resources, native_name, bound, per)
            if value is not None:
                told[name] = value
    return (Container(name="main", requests=asked["request"], limits=asked["limit"]),)


def _quantity(resources: Optional[Written], name: str, bound: str, per: int) -> Value:
    """Return an amount: as text in the way of Kubernetes, or a number of processors and gigabytes as it was before."""
    if resources is None:
        return None
    text = member(resources, f"resource_{name}_{bound}")
    if text is not None:
        return _amount(text.value, per)
    number = member(resources, f"{name}_{bound}")
    return None if number is None else _amount(number.value, per if per > 1 else _GIGABYTE)


def _amount(value: Value, per: int) -> Value:
    def convert(one: Any) -> Value:
        try:
            return units(one, per)
        except ValueError:
            return Unknown(Reason.ERROR, note="not an amount")

    return as_number(apply(convert, value))


def _tolerations(value: Value) -> Any:
    if not isinstance(value, (list, tuple)):
        return value if isinstance(value, Unknown) else None
    return tuple(one for one in value if isinstance(one, Mapping)) or None
