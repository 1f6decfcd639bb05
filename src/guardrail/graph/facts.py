"""The facts of a resource one by one, at the pointers that the document gives them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any, Final

from guardrail.model.path import pointer, segments
from guardrail.model.resource import Accelerator, Bounds, Container, Disk, Group, Multiplicity, Purchase, Resource
from guardrail.model.value import ABSENT, OpenMap, Unknown, Value

_SPELLED: Final = {(Disk, "kind"): "/class", (Multiplicity, "why"): ""}

RECORDS: Final[Mapping[type, tuple[tuple[str, str], ...]]] = {
    record: tuple((one.name, _SPELLED.get((record, one.name), f"/{one.name}")) for one in fields(record))
    for record in (Accelerator, Bounds, Container, Disk, Group, Multiplicity, Purchase)
}
"""By class: (field, pointer of it below the record in the document)."""

_PLAIN: Final = frozenset({str, int, bool, Decimal, type(None)})
"""Types of values with nothing inside."""

FIELDS: Final = (
    "environment", "format", "type", "api_version", "provider", "region", "account", "cluster", "namespace", "name",
    "category", "taggable", "multiplicity", "labels", "annotations", "groups", "lifetime", "autoscaling", "storage",
)  # fmt: skip
"""The fields of a resource that are facts. Those in `Resource.facts` stand beside them, at the root."""


_OWN: Final = frozenset({*FIELDS, "attributes"})


def members(value: Value) -> Iterator[tuple[str, Any]]:
    """Yield (pointer below, value) for what a value holds directly; nothing for a plain or unknown one."""
    if type(value) in RECORDS:
        for name, below in RECORDS[type(value)]:
            yield below, getattr(value, name)
    elif isinstance(value, Mapping):
        for key, member in value.items():
            yield pointer((key,)), member
    elif isinstance(value, (list, tuple)):
        for index, element in enumerate(value):
            yield f"/{index}", element


def facts(resource: Resource) -> Iterator[tuple[str, Value]]:
    """Yield (pointer, plain or unknown value) for every fact that is stated, in the order of the contract."""
    for name in FIELDS:
        yield from _leaves(f"/{name}", getattr(resource, name))
    yield from _leaves("", resource.facts)


def unknown_facts(resource: Resource) -> Sequence[tuple[str, Unknown]]:
    """Return (pointer, unknown) for every fact that is not known."""
    found: list[tuple[str, Unknown]] = []
    _gather("", resource, found)
    return found


def attributes(resource: Resource) -> Iterator[tuple[str, Value]]:
    """Yield (pointer, plain or unknown value) for every native attribute."""
    yield from _leaves("/attributes", resource.attributes)


def fact(resource: Resource, path: str) -> Value:
    """Return what a resource states at a pointer into the document: a value, an `Unknown`, or `ABSENT`."""
    first, *rest = segments(path) or ("",)
    value = getattr(resource, first) if first in _OWN else resource.facts.get(first, ABSENT)
    for key in rest:
        if isinstance(value, Unknown):
            return value
        value = dict(members(value)).get(pointer((key,)), ABSENT)
    return ABSENT if value is None else value


def _leaves(path: str, value: Value) -> Iterator[tuple[str, Value]]:
    if value is None:
        return
    if isinstance(value, Unknown) or not (type(value) in RECORDS or isinstance(value, (Mapping, list, tuple))):
        yield path, value
        return
    for below, member in members(value):
        yield from _leaves(path + below, member)


def _gather(path: str, value: Value, found: list[tuple[str, Unknown]]) -> None:
    """Add what is not known inside a value. Most facts are plain or empty, and are passed over at a glance."""
    if isinstance(value, Unknown):
        found.append((path, value))
    elif type(value) in _NAMED:
        for name, below in _NAMED[type(value)]:
            member = getattr(value, name)
            if type(member) not in _PLAIN and (member or type(member) is OpenMap):
                _gather(path + below, member, found)
    elif isinstance(value, (dict, list, tuple, Mapping)):
        if isinstance(value, OpenMap):
            found.append((path, value.rest))
        inside = value.values() if isinstance(value, (dict, Mapping)) else value
        if not _PLAIN.issuperset(map(type, inside)):
            for below, member in members(value):
                _gather(path + below, member, found)


_NAMED: Final = {**RECORDS, Resource: (*((name, f"/{name}") for name in FIELDS), ("facts", ""))}
