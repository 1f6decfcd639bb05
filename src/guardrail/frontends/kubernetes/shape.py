"""
Kinds in no row: pod templates by their shape.

A controller that nobody told us of makes pods from templates all the same. What they ask for can be read; how many
there are cannot.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from itertools import islice
from typing import Final, Optional

from guardrail.catalog.kubernetes.devices import device
from guardrail.catalog.kubernetes.workload import UNTOLD, Pods, Workload
from guardrail.frontends.kubernetes.pods import MANY
from guardrail.model.path import escaped, segments
from guardrail.model.value import OpenMap, Unknown, Value, lookup

VISITED: Final = 100_000
"""Values of one object that are looked at."""

_HOLDING: Final = frozenset(
    {"", "spec", "template", "podSpec", "podTemplate", "podTemplateSpec", "jobTemplate", "containers"}
)
"""Where something that another tool fills in may hold pods."""

_CUT: Final = Pods(
    group="?",
    template=("",),
    pod="",
    unread={"": f"the object has more than {VISITED:,} values: what lies beyond is not looked at"},
    desired=UNTOLD,
)


def by_shape(type_: str, value: Value) -> Workload:
    """Return a row for an object whose kind is in none: its pod templates, each a group of unknown size."""
    pods = tuple(_pods(pointer, shape, root=value) for pointer, shape in islice(_templates(value), MANY + 1))
    return Workload(type=type_, category="workload.service" if pods else "other", pods=pods)


class _Shape(Enum):
    """What was found at a pointer."""

    POD = "a pod spec"
    CONTAINER = "a container, or anything else with requests and limits"
    HIDDEN = "what another tool fills in"
    CUT = "more than is looked at"


def _pods(pointer: str, shape: _Shape, root: Value) -> Pods:
    if shape is _Shape.CUT:
        return _CUT
    if shape is _Shape.HIDDEN:
        return Pods(group=_named(pointer, root), template=(pointer,), pod="", desired=UNTOLD)
    if shape is _Shape.CONTAINER:
        return Pods(group=_named(pointer, root), template=(), resources=f"{pointer}/resources", desired=UNTOLD)
    template, pod = (
        (pointer[: -len("/spec")], "/spec") if pointer.endswith("/spec") and pointer != "/spec" else (pointer, "")
    )
    return Pods(group=_named(pointer, root), template=(template,), pod=pod, desired=UNTOLD)


def _named(pointer: str, root: Value) -> str:
    """Return a name for the group at a pointer: the path to it without what every path has, elements by their name."""
    parts: list[str] = []
    value = root
    for key in segments(pointer):
        value = lookup(value, (key,))
        name = value.get("name") if isinstance(value, dict) and str(key).isdecimal() else None
        if str(key) not in ("spec", "template"):
            parts.append(name if isinstance(name, str) and name else escaped(str(key)))
    return ".".join(parts) or "main"


def _templates(root: Value) -> Iterator[tuple[str, _Shape]]:
    """Yield (pointer, what it is) for each pod spec, each thing with requests and limits, and what may hold some."""
    stack: list[tuple[str, Value]] = [("", root)]
    visited = 0
    while stack:
        pointer, value = stack.pop()
        visited += 1
        if visited > VISITED:
            yield "", _Shape.CUT
            return
        key = pointer.rpartition("/")[2]
        if isinstance(value, tuple):
            stack.extend((f"{pointer}/{index}", element) for index, element in reversed([*enumerate(value)]))
        elif isinstance(value, (Unknown, OpenMap)) and key in _HOLDING:
            yield pointer, _Shape.HIDDEN
        elif isinstance(value, dict):
            shape = _Shape.POD if _is_pod(value) else _Shape.CONTAINER if _is_container(value) else None
            if shape is not None:
                yield pointer, shape
            past = _WITHOUT_PODS[shape] if pointer else _OF_CLUSTER
            below = [(f"{pointer}/{escaped(key)}", member) for key, member in value.items() if key not in past]
            stack.extend(reversed(below))


_WITHOUT_PODS: Final[Mapping[Optional[_Shape], frozenset[str]]] = {
    _Shape.POD: frozenset({"containers", "initContainers", "ephemeralContainers", "volumes"}),
    _Shape.CONTAINER: frozenset({"resources", "env"}),
    None: frozenset(),
}
"""Fields of what was found in which there is nothing that is found for itself."""

_OF_CLUSTER: Final = frozenset({"metadata", "status"})
"""Fields of an object that ask for nothing."""


def _is_pod(value: Mapping[str, Value]) -> bool:
    listed = value.get("containers")
    return isinstance(listed, tuple) and any(
        isinstance(one, Unknown) or (isinstance(one, dict) and ("image" in one or "resources" in one)) for one in listed
    )


def _is_container(value: Mapping[str, Value]) -> bool:
    asked = value.get("resources")
    if isinstance(asked, Unknown):
        return "image" in value
    if not isinstance(asked, dict):
        return False
    sides = (asked.get("limits"), asked.get("requests"))
    return any(
        isinstance(side, (dict, Unknown)) and ("image" in value or (isinstance(side, dict) and any(map(device, side))))
        for side in sides
    )
