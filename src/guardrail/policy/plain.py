"""
A resource as Rego sees it: plain JSON, with what is not known left out and listed beside.

What is not stated is absent. An unknown member of a list leaves null behind, so that the others keep their index.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Final, Optional

from guardrail.model.dataclass import dataclass
from guardrail.model.path import pointer
from guardrail.model.resource import Group, Resource
from guardrail.model.value import OpenMap, Reason, Unknown

ALWAYS: Final = ("address", "unit", "format", "type", "name", "category", "taggable")
FILLED: Final = frozenset({"lifetime", "autoscaling", "storage"})
"""Absent rather than empty."""
STATED: Final = (
    "environment",
    "api_version",
    "provider",
    "region",
    "account",
    "cluster",
    "namespace",
    "labels",
    "annotations",
    *sorted(FILLED),
)

_GROUP_ALWAYS: Final = frozenset({"replicas", "accelerators"})
_GROUP_FIELDS: Final = tuple(field.name for field in fields(Group) if field.name != "surge")
"""What policies see of a group: what a rollout adds is in the largest number of replicas already."""
_WORDS: Final = {"kind": "class"}  # a word that Python keeps; only disks have it
_SCALARS: Final = frozenset({str, int, bool})
_DROPPED: Final = object()


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a path is not known. `open`: the map there is definite in what it lists; only other keys are not known."""

    unknown: Unknown
    open: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """A resource in JSON, without `unknown`, and what is not known of it, by pointer."""

    json: dict[str, Any]
    causes: Mapping[str, Cause]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which fields of resources, and of groups, are asked for; None is all."""

    fields: Optional[frozenset[str]] = None
    groups: Optional[frozenset[str]] = None


EVERYTHING: Final = Wanted()

DEPTH: Final = 64
"""Levels of nesting that Rego sees; the engine reads no more than twice as many."""

_Trail = tuple[Any, str, int]
"""Where a value is: the trail of what it is in, its key, and how deep that is. Spelt out only for what is unknown."""

_TOO_DEEP: Final = Cause(Unknown(Reason.REFUSED, note=f"it is nested more than {DEPTH} deep"))


def see(resource: Resource, wanted: Wanted = EVERYTHING) -> Seen:
    """Return a resource as Rego sees it."""
    causes: dict[str, Cause] = {}
    names = wanted.fields
    json: dict[str, Any] = {name: getattr(resource, name) for name in ALWAYS if names is None or name in names}
    for name in STATED:
        if names is None or name in names:
            value = getattr(resource, name)
            if value is not None and (value or name not in FILLED or type(value) is OpenMap):
                _put(json, name, value, causes)
    for name, value in resource.facts.items():
        if (names is None or name in names) and name not in json:
            _put(json, name, value, causes)
    if names is None or "groups" in names:
        _groups(json, resource, wanted, causes)
    if names is None or "multiplicity" in names:
        _put(json, "multiplicity", {"min": resource.multiplicity.min, "max": resource.multiplicity.max}, causes)
    if resource.multiplicity.why is not None:
        causes["/multiplicity"] = Cause(resource.multiplicity.why)
    if names is None or "attributes" in names:
        json["attributes"] = _value(resource.attributes, (None, "attributes", 1), causes, nulls=True)
    return Seen(json, causes)


def _groups(json: dict[str, Any], resource: Resource, wanted: Wanted, causes: dict[str, Cause]) -> None:
    trail: _Trail = (None, "groups", 1)
    if isinstance(resource.groups, Unknown):
        _value(resource.groups, trail, causes)
        return
    names = _GROUP_FIELDS if wanted.groups is None else [name for name in _GROUP_FIELDS if name in wanted.groups]
    groups: dict[str, Any] = {}
    for key, group in resource.groups.items():
        seen: dict[str, Any] = {}
        for name in names:
            value = getattr(group, name)
            if value is None or (value == () and name not in _GROUP_ALWAYS):
                continue
            converted = _value(value, ((trail, key, 2), name, 3), causes)
            if converted is not _DROPPED:
                seen[name] = converted
        groups[key] = seen
    json["groups"] = groups
    if isinstance(resource.groups, OpenMap):
        causes["/groups"] = Cause(resource.groups.rest, open=True)


def _put(json: dict[str, Any], name: str, value: Any, causes: dict[str, Cause]) -> None:
    if type(value) not in _SCALARS:
        value = _value(value, (None, name, 1), causes)
        if value is _DROPPED:
            return
    json[name] = value


def _value(value: Any, trail: _Trail, causes: dict[str, Cause], *, nulls: bool = False) -> Any:
    """Return a value in JSON, or `_DROPPED`. What is not known is noted; null stays in attributes only."""
    kind = type(value)
    if kind in _SCALARS:
        return value
    if value is None:
        return None if nulls else _DROPPED
    if isinstance(value, Unknown):  # a frontend's own kinds of values are kinds of these
        causes[_pointer(trail)] = Cause(value)
        return _DROPPED
    if trail[2] > DEPTH and isinstance(value, (Mapping, list, tuple)):
        causes[_pointer(trail)] = _TOO_DEEP
        return _DROPPED
    if isinstance(value, OpenMap):
        causes[_pointer(trail)] = Cause(value.rest, open=True)
        return _mapping(value, trail, causes, nulls=nulls)
    if isinstance(value, (tuple, list)):
        return _list(value, trail, causes, nulls=nulls)
    if isinstance(value, Mapping):
        return _mapping(value, trail, causes, nulls=nulls)
    return _special(value, trail, causes)


def _list(value: Sequence[Any], trail: _Trail, causes: dict[str, Cause], *, nulls: bool) -> list[Any]:
    if _SCALARS.issuperset(map(type, value)):
        return list(value)
    members = (_value(one, (trail, str(index), trail[2] + 1), causes, nulls=nulls) for index, one in enumerate(value))
    return [None if member is _DROPPED else member for member in members]


def _mapping(value: Mapping[Any, Any], trail: _Trail, causes: dict[str, Cause], *, nulls: bool) -> dict[str, Any]:
    if type(value) is dict and _SCALARS.issuperset(map(type, value.values())):
        return value
    result: dict[str, Any] = {}
    for key, member in value.items():
        converted = (
            member if type(member) in _SCALARS else _value(member, (trail, key, trail[2] + 1), causes, nulls=nulls)
        )
        if converted is not _DROPPED:
            result[key if type(key) is str else str(key)] = converted
    return result


def _special(value: Any, trail: _Trail, causes: dict[str, Cause]) -> Any:
    kind = type(value)
    if kind is Decimal:
        return number(value)
    if isinstance(value, Enum):
        return value.value
    if kind is float:
        return number(Decimal(repr(value)))
    if is_dataclass(kind):
        result: dict[str, Any] = {}
        for name, word in _named(kind):
            member = getattr(value, name)
            if member is None:
                continue
            if type(member) in _SCALARS:
                result[word] = member
            elif name == "fraction" and isinstance(member, Decimal):
                result[word] = f"{member:f}"
            else:
                converted = _value(member, (trail, word, trail[2] + 1), causes)
                if converted is not _DROPPED:
                    result[word] = converted
        return result
    return str(value)


@cache
def _named(kind: Any) -> tuple[tuple[str, str], ...]:
    return tuple((field.name, _WORDS.get(field.name, field.name)) for field in fields(kind))


def _pointer(trail: Optional[_Trail]) -> str:
    keys: list[str] = []
    while trail is not None:
        trail, key, _ = trail
        keys.append(str(key))
    return pointer(reversed(keys))


def number(value: Decimal) -> Any:
    """Return an exact number as JSON has it: an integer, else a fraction if that loses nothing, else text."""
    if not value.is_finite():
        return str(value)
    if value == value.to_integral_value():
        return int(value) if value.adjusted() < _DIGITS else str(value)
    near = float(value)
    return near if Decimal(repr(near)) == value else str(value)


_DIGITS: Final = 300
"""Larger numbers would take as much memory as their exponent says."""


def told(cause: Cause) -> dict[str, Any]:
    """Return an entry of `unknown`."""
    unknown = cause.unknown
    entry: dict[str, Any] = {"reason": unknown.reason.value if isinstance(unknown.reason, Reason) else unknown.reason}
    if unknown.one_of is not None:
        entry["one_of"] = [candidate(one) for one in unknown.one_of]
    if unknown.prefix is not None:
        entry["prefix"] = unknown.prefix
    if cause.open:
        entry["open"] = True
    return entry


def candidate(value: Any) -> Any:
    """Return a candidate of an unknown in JSON."""
    converted = _value(value, (None, "", 1), {}, nulls=True)
    return None if converted is _DROPPED else converted
