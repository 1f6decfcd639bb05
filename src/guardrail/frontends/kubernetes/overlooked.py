"""Accelerators that stand where nothing is counted: in a field that no row reads, or in text that holds a document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Union

from guardrail.catalog.kubernetes.devices import MENTION, device
from guardrail.catalog.kubernetes.workload import MADE
from guardrail.frontends.kubernetes.pods import MANY, Found
from guardrail.frontends.kubernetes.reading import Reading
from guardrail.model.finding import Diagnostic
from guardrail.model.path import escaped
from guardrail.model.pattern import pattern
from guardrail.model.value import Unknown, Value

VISITED: Final = 100_000
"""Values of one object that are looked at."""

_SELECTING: Final = frozenset(
    {"nodeSelector", "tolerations", "affinity", "labels", "annotations", "nodeLabels", "matchLabels", "taints"}
)
"""What lies below names accelerators without asking for any."""

_COUNTED: Final[Mapping[str, str]] = {
    "core/ResourceQuota": "/spec/hard",
    "core/LimitRange": "/spec/limits",
    "kubeflow.org/Profile": "/spec/resourceQuotaSpec/hard",
    "scheduling.volcano.sh/Queue": "/spec",
}
"""Where other facts than groups are read from, by type."""

_IN_TEXT: Final = pattern(
    r"""^[^#\n]*?(?P<key>[a-z0-9][a-z0-9.-]{0,252}/[A-Za-z0-9][A-Za-z0-9_.-]{0,62})["']?[ \t]*:[ \t]*["']?[1-9$<{]""",
    re.MULTILINE,
)
_LONGEST: Final = 256 * 1024
"""Characters of a text that are looked at."""


def overlooked(reading: Reading, found: Iterable[Found]) -> None:
    """
    Say once where an accelerator is named as a resource in a field that nothing was read from, and once in text.

    Text may be read by what another object refers to it for, so that it is counted there.
    """
    if not reading.object.may_hold(MENTION):
        return
    several = list(found)
    covered = _covered(reading, several)
    if covered is None:
        return
    told: set[str] = set()
    for pointer, key, in_text in _asked(reading.object.value):
        code = "accelerator-in-text" if in_text else "accelerator-overlooked"
        if code in told or any(pointer == one or pointer.startswith(f"{one}/") for one in covered):
            continue
        told.add(code)
        of, place = reading.object.native, reading.object.place(pointer)
        if in_text:
            message = f"a text in {of} asks for {key}: it is counted where somebody reads it, if that is understood"
            reading.diagnostics.append(Diagnostic("info", code, message, place))
        else:
            message = f"{key} of {of} stands in a field that is not understood and is not counted"
            reading.diagnostics.append(Diagnostic("warning", code, message, place))


def _covered(reading: Reading, found: list[Found]) -> Union[list[str], None]:
    """Return the pointers below which what is asked for is counted; None where that is not told by pointers."""
    covered = [_COUNTED.get(reading.object.type, "/status"), "/status"]
    if len(found) > MANY:
        return None
    for one in found:
        if isinstance(one.group.accelerators, Unknown) or MADE in one.template.at or MADE in one.element.at:
            return None
        if one.pods.template or one.template.at != one.element.at:
            covered.append(one.template.at)
        counted = reading.origins.get(f"/groups/{escaped(one.name)}/accelerators", ())
        covered += [origin.path for origin in counted if origin.address is None]
        if one.pods.resources or one.pods.asks or one.pods.whole:
            covered.append(one.element.at)
    return covered


def _asked(root: Value) -> Iterator[tuple[str, str, bool]]:
    """Yield (pointer, key, whether that stands in text) for each key that is an accelerator and has an amount."""
    stack: list[tuple[str, Value]] = [("", root)]
    visited = 0
    while stack and visited < VISITED:
        pointer, value = stack.pop()
        visited += 1
        if isinstance(value, tuple):
            stack.extend((f"{pointer}/{index}", element) for index, element in reversed([*enumerate(value)]))
        elif isinstance(value, dict):
            below = [(f"{pointer}/{escaped(key)}", key, member) for key, member in value.items()]
            for inside, key, member in below:
                if device(key) is not None and _amount(member):
                    yield inside, key, False
            stack.extend((inside, member) for inside, key, member in reversed(below) if key not in _SELECTING)
        elif isinstance(value, str) and MENTION.search(value) is not None:
            yield from ((pointer, key, True) for key in _in_text(value))


def _in_text(text: str) -> Iterator[str]:
    """Yield the accelerators that a text asks for, as far as it is a document of YAML or JSON."""
    for found in _IN_TEXT.finditer(text[:_LONGEST]):
        if device(found["key"]) is not None:
            yield found["key"]


def _amount(value: Value) -> Union[bool, object]:
    return isinstance(value, (int, str, Unknown)) and not isinstance(value, bool) and value not in (0, "0", "")
