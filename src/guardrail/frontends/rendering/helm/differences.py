"""Values of which some are not known: what differs between renderings, and what stands for a namespace."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, Optional

from guardrail.frontends.documents.nodes import Node, yaml_nodes
from guardrail.frontends.rendering.helm.command import NAMESPACE
from guardrail.model.path import escaped
from guardrail.model.value import OpenMap, Reason, Unknown, Value

_KEPT: Final = frozenset({"/apiVersion", "/kind", "/metadata/name", "/metadata/namespace"})
"""What an object is called: by which it is still the same one elsewhere."""

_PART: Final = re.compile(r"([-._/:])")
_GAP: Final = "guardrail-unknown-"
_IN_A_GAP: Final = re.compile(rf"{_GAP}(\d+)-")

_NAMESPACE: Final = Unknown(Reason.ENVIRONMENT, note="whoever installs the chart names the namespace")


def merged(value: Value, other: Value, why: Unknown, names: Container[str] = (), at: str = "") -> Value:
    """
    Return a value as far as it is the same in another rendering.

    What is not known stays so for the reason that it has. `names` are what objects with names by chance are called.
    """
    if value == other or at in _KEPT or isinstance(value, Unknown) or (isinstance(value, str) and value in names):
        return value
    if isinstance(value, Mapping) and isinstance(other, Mapping):
        every = value if isinstance(value, OpenMap) else dict.fromkeys((*value, *other))
        kept = {
            key: merged(value[key], other[key], why, names, f"{at}/{escaped(key)}")
            if key in value and key in other
            else why
            for key in every
        }
        return _as_open(value, kept)
    if isinstance(value, tuple) and isinstance(other, tuple) and len(value) == len(other):
        pairs = enumerate(zip(value, other, strict=True))
        return tuple(merged(one, two, why, names, f"{at}/{index}") for index, (one, two) in pairs)
    plain = not any(isinstance(one, (Mapping, tuple, Unknown)) for one in (value, other))
    return Unknown(why.reason, one_of=(value, other) if plain else None, note=why.note)


def _as_open(value: Mapping[str, Value], members: Mapping[str, Value]) -> Value:
    """Return these members of a mapping; if it may hold more, they are not all."""
    return OpenMap(members, value.rest) if isinstance(value, OpenMap) else members


def settled(value: Value, other: Value, why: Unknown, names: Mapping[str, str], at: str = "") -> Value:
    """
    Return what is the same each time that a chart is rendered, so that who renders it again has the same.

    `names` are those that objects have by chance, with what they are called instead: the name is the same wherever it
    is meant.
    """
    if value == other:
        return value
    if isinstance(value, Mapping) and isinstance(other, Mapping):
        kept = {
            key: settled(member, other[key], why, names, f"{at}/{escaped(key)}")
            for key, member in value.items()
            if key in other
        }
        return kept if value.keys() == other.keys() else OpenMap(kept, why)
    if isinstance(value, tuple) and isinstance(other, tuple) and len(value) == len(other):
        pairs = enumerate(zip(value, other, strict=True))
        return tuple(settled(one, two, why, names, f"{at}/{index}") for index, (one, two) in pairs)
    if isinstance(value, str) and isinstance(other, str) and (value in names or at == "/metadata/name"):
        return names.get(value) or settled_name(value, other)
    return why


def settled_name(name: str, other: str) -> str:
    """Return a name with `*` for the parts that are others each time."""
    ours, theirs = _PART.split(name), _PART.split(other)
    if len(ours) != len(theirs):
        return "*"
    return "".join(one if one == two else "*" for one, two in zip(ours, theirs, strict=True))


def without_namespace(value: Value, at: str = "") -> Value:
    """Return a value without what stood for the namespace: not stated, or not known."""
    if isinstance(value, str):
        if NAMESPACE not in value:
            return value
        return Unknown(_NAMESPACE.reason, prefix=value.partition(NAMESPACE)[0] or None, note=_NAMESPACE.note)
    if isinstance(value, Mapping):
        kept = {
            key: without_namespace(member, f"{at}/{escaped(key)}")
            for key, member in value.items()
            if not (member == NAMESPACE and at.endswith("/metadata") and key == "namespace")
        }
        return _as_open(value, kept)
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
        return _as_open(value, {key: without_gaps(member, gaps) for key, member in value.items()})
    if isinstance(value, tuple):
        return tuple(without_gaps(one, gaps) for one in value)
    return value


def replaced(value: Value, at: Mapping[str, Unknown], names: Container[str], here: str = "") -> Value:
    """Return a value with unknowns at some pointers, unless one of `names` is there."""
    if here in at and here not in _KEPT and not (isinstance(value, str) and value in names):
        return at[here]
    if isinstance(value, Mapping):
        return _as_open(
            value, {key: replaced(member, at, names, f"{here}/{escaped(key)}") for key, member in value.items()}
        )
    if isinstance(value, tuple):
        return tuple(replaced(one, at, names, f"{here}/{index}") for index, one in enumerate(value))
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
        lines = range(_line(starts, node.value), _line(starts, max(node.end - 1, node.value)) + 1)
        told = next((why for line in lines if (why := unknown(line)) is not None), None)
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
