"""Values of which some are not known: what differs between renderings, and what stands for a namespace."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, Optional

from guardrail.frontends.documents.nodes import Node, yaml_nodes
from guardrail.frontends.rendering.helm.command import NAMESPACE
from guardrail.model.path import escaped
from guardrail.model.value import Reason, Unknown, Value

_KEPT: Final = frozenset({"/apiVersion", "/kind", "/metadata/name", "/metadata/namespace"})
"""What an object is called: by which it is still the same one elsewhere."""

_GAP: Final = "guardrail-unknown-"
_IN_A_GAP: Final = re.compile(rf"{_GAP}(\d+)-")

_NAMESPACE: Final = Unknown(Reason.ENVIRONMENT, note="whoever installs the chart names the namespace")


def merged(value: Value, other: Value, why: Unknown, at: str = "") -> Value:
    """Return a value as far as it is the same in another rendering."""
    if value == other or at in _KEPT:
        return value
    if isinstance(value, Mapping) and isinstance(other, Mapping):
        keys = dict.fromkeys((*value, *other))
        return {
            key: merged(value[key], other[key], why, f"{at}/{escaped(key)}") if key in value and key in other else why
            for key in keys
        }
    if isinstance(value, tuple) and isinstance(other, tuple) and len(value) == len(other):
        return tuple(
            merged(one, two, why, f"{at}/{index}") for index, (one, two) in enumerate(zip(value, other, strict=True))
        )
    plain = not any(isinstance(one, (Mapping, tuple, Unknown)) for one in (value, other))
    return Unknown(why.reason, one_of=(value, other) if plain else None, note=why.note)


def without_namespace(value: Value, at: str = "") -> Value:
    """Return a value without what stood for the namespace: not stated, or not known."""
    if isinstance(value, str):
        if NAMESPACE not in value:
            return value
        return Unknown(_NAMESPACE.reason, prefix=value.partition(NAMESPACE)[0] or None, note=_NAMESPACE.note)
    if isinstance(value, Mapping):
        return {
            key: without_namespace(member, f"{at}/{escaped(key)}")
            for key, member in value.items()
            if not (member == NAMESPACE and at.endswith("/metadata") and key == "namespace")
        }
    if isinstance(value, tuple):
        return tuple(without_namespace(one, f"{at}/{index}") for index, one in enumerate(value))
    return value


def gap(number: int) -> str:
    """Return the text that stands for a value that is not known."""
    return f"{_GAP}{number}-"


def without_gaps(value: Value, gaps: Sequence[Unknown]) -> Value:
    """Return a value with what is not known in the places of what stands for it."""
    if isinstance(value, str):
        found = _IN_A_GAP.search(value)
        if found is None or int(found[1]) >= len(gaps):
            return value
        return replace(gaps[int(found[1])], one_of=None, parts=None, prefix=value[: found.start()] or None)
    if isinstance(value, Unknown):
        one_of = (
            None if value in gaps or any(_IN_A_GAP.search(str(one)) for one in value.one_of or ()) else value.one_of
        )
        return replace(value, one_of=one_of)
    if isinstance(value, Mapping):
        return {key: without_gaps(member, gaps) for key, member in value.items()}
    if isinstance(value, tuple):
        return tuple(without_gaps(one, gaps) for one in value)
    return value


def replaced(value: Value, at: Mapping[str, Unknown], here: str = "") -> Value:
    """Return a value with unknowns at some pointers."""
    if here in at and here not in _KEPT:
        return at[here]
    if isinstance(value, Mapping):
        return {key: replaced(member, at, f"{here}/{escaped(key)}") for key, member in value.items()}
    if isinstance(value, tuple):
        return tuple(replaced(one, at, f"{here}/{index}") for index, one in enumerate(value))
    return value


def on_lines(text: str, part: int, unknown: Callable[[int], Optional[Unknown]]) -> Mapping[str, Unknown]:
    """Return the pointers of the plain values of a document whose lines (from 0) are not known, with why."""
    roots = yaml_nodes(text)
    if part >= len(roots):
        return {}
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    found: dict[str, Unknown] = {}
    for pointer, node in _scalars(roots[part], ""):
        told = unknown(_line(starts, node.value))
        if told is not None:
            found[pointer] = told
    return found


def _line(starts: list[int], index: int) -> int:
    from bisect import bisect_right

    return bisect_right(starts, index) - 1


def _scalars(node: Node, pointer: str) -> Iterator[tuple[str, Node]]:
    if node.members is None:
        yield pointer, node
        return
    for key, member in node.members.items():
        yield from _scalars(member, f"{pointer}/{escaped(key)}")
