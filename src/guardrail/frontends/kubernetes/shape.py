"""
Kinds in no row: pod templates by their shape, and accelerators that stand where nothing is counted.

A controller that nobody told us of makes pods from templates all the same. What they ask for can be read; how many
there are cannot.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Union

from guardrail.catalog.kubernetes.devices import MENTION, device
from guardrail.catalog.kubernetes.workload import UNTOLD, Pods, Workload
from guardrail.frontends.kubernetes.pods import Found
from guardrail.frontends.kubernetes.reading import Reading
from guardrail.model.finding import Diagnostic
from guardrail.model.path import escaped, segments
from guardrail.model.value import Unknown, Value

VISITED: Final = 100_000
"""Values of one object that are looked at."""

MANY: Final = 50
"""Groups that are made by shape."""

_SELECTING: Final = frozenset(
    {"nodeSelector", "tolerations", "affinity", "labels", "annotations", "nodeLabels", "matchLabels"}
)
"""What lies below names accelerators without asking for any."""


def by_shape(type_: str, value: Value) -> Workload:
    """Return a row for an object whose kind is in none: its pod templates, each a group of unknown size."""
    if isinstance(value, dict) and isinstance(value.get("spec"), Unknown):  # it may hold any
        hidden = Pods(template=("/spec",), pod="", desired=UNTOLD)
        return Workload(type=type_, category="workload.service", pods=(hidden,))
    pods = tuple(_pods(pointer, single) for pointer, single in _templates(value))
    return Workload(type=type_, category="workload.service" if pods else "other", pods=pods)


def _pods(pointer: str, single: bool) -> Pods:
    if single:  # a lone container, or anything else with requests and limits
        return Pods(group=_named(pointer), template=(), resources=f"{pointer}/resources", desired=UNTOLD)
    template, pod = (
        (pointer[: -len("/spec")], "/spec") if pointer.endswith("/spec") and pointer != "/spec" else (pointer, "")
    )
    return Pods(group=_named(pointer), template=(template,), pod=pod, desired=UNTOLD)


def _named(pointer: str) -> str:
    """Return a name for the group at a pointer: the path to it without what every path has."""
    parts = [part for part in pointer.split("/")[1:] if part not in ("spec", "template")]
    return ".".join(parts) or "main"


def _templates(root: Value) -> Iterator[tuple[str, bool]]:
    """Yield (pointer, whether it is a lone container) for each pod spec and each thing with requests and limits."""
    stack: list[tuple[str, Value]] = [("", root)]
    visited = made = 0
    while stack and visited < VISITED and made < MANY:
        pointer, value = stack.pop()
        visited += 1
        if isinstance(value, tuple):
            stack.extend((f"{pointer}/{index}", element) for index, element in reversed([*enumerate(value)]))
        elif isinstance(value, dict):
            if _is_pod(value):
                made += 1
                yield pointer, False
            elif _is_container(value):
                made += 1
                yield pointer, True
            else:
                stack.extend((f"{pointer}/{escaped(key)}", member) for key, member in reversed([*value.items()]))


def _is_pod(value: Mapping[str, Value]) -> bool:
    listed = value.get("containers")
    return isinstance(listed, tuple) and any(
        isinstance(one, dict) and ("image" in one or "resources" in one) for one in listed
    )


def _is_container(value: Mapping[str, Value]) -> bool:
    asked = value.get("resources")
    if not isinstance(asked, dict):
        return False
    sides = (asked.get("limits"), asked.get("requests"))
    return any(isinstance(side, dict) and ("image" in value or any(map(device, side))) for side in sides)


_COUNTED: Final[Mapping[str, str]] = {
    "core/ResourceQuota": "/spec/hard",
    "core/LimitRange": "/spec/limits",
    "kubeflow.org/Profile": "/spec/resourceQuotaSpec/hard",
    "scheduling.volcano.sh/Queue": "/spec",
}
"""Where other facts than groups are read from, by type."""


def overlooked(reading: Reading, found: Iterable[Found]) -> None:
    """Say where an accelerator is named as a resource in a field that nothing was read from."""
    if not reading.object.may_hold(MENTION):
        return
    if any(isinstance(one.group.accelerators, Unknown) or one.group.accelerators for one in found):
        return
    counted = (f"{_COUNTED.get(reading.object.type, '/status')}/", "/status/")
    for pointer in _asked(reading.object.value):
        if not pointer.startswith(counted):
            key = segments(pointer)[-1]
            message = f"{key} of {reading.object.native} stands in a field that is not understood and is not counted"
            reading.diagnostics.append(
                Diagnostic("warning", "accelerator-overlooked", message, reading.object.place(pointer))
            )
            return


def _asked(root: Value) -> Iterator[str]:
    """Yield the pointers of keys that are accelerators and have an amount."""
    stack: list[tuple[str, Value]] = [("", root)]
    visited = 0
    while stack and visited < VISITED:
        pointer, value = stack.pop()
        visited += 1
        if isinstance(value, tuple):
            stack.extend((f"{pointer}/{index}", element) for index, element in reversed([*enumerate(value)]))
        elif isinstance(value, dict):
            for key, member in value.items():
                below = f"{pointer}/{escaped(key)}"
                if device(key) is not None and _amount(member):
                    yield below
                elif key not in _SELECTING:
                    stack.append((below, member))


def _amount(value: Value) -> Union[bool, object]:
    return isinstance(value, (int, str, Unknown)) and not isinstance(value, bool) and value not in (0, "0", "")
