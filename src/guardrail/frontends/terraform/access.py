"""Steps into values: `value.name` and `value[key]`, of unknown values too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from guardrail.frontends.terraform.candidates import lift, one_of
from guardrail.frontends.terraform.convert import convert, kind_name
from guardrail.frontends.terraform.types import ANY, NUMBER, STRING, ListType, MapType, ObjectType, TupleType, Type
from guardrail.frontends.terraform.values import (
    EvaluationError,
    Listed,
    Mapped,
    OpenMap,
    SetValue,
    Unknown,
    Value,
    unknown,
)
from guardrail.model.value import CANDIDATES


def attribute(value: Value, name: str) -> Value:
    """Return `value.name`."""
    if isinstance(value, Unknown):
        if value.one_of is not None:
            return lift(lambda candidate: attribute(candidate, name), value)
        return unknown(value, type=_member_type(value.type, name))
    if isinstance(value, Mapped):
        return _member(value, name)
    if value is None:
        raise EvaluationError(f'null has no attribute "{name}"')
    if isinstance(value, Listed):
        raise EvaluationError(f'"{name}" is asked of a {kind_name(value).partition("(")[0]}, whose elements have it')
    raise EvaluationError(f'a {kind_name(value)} has no attribute "{name}"')


def index(value: Value, key: Value) -> Value:
    """
    Return `value[key]`.

    With an unknown key it is one of the elements, since there would be an error otherwise.
    """
    if key is None:
        raise EvaluationError("the key is null")
    if isinstance(value, Unknown) or (isinstance(key, Unknown) and key.one_of is not None):
        return _lifted(value, key)
    if isinstance(key, Unknown):
        return _any_element(value, key)
    if isinstance(value, Mapped):
        return _member(value, convert(key, STRING))
    if isinstance(value, SetValue):
        raise EvaluationError("the elements of a set have no index")
    if isinstance(value, Listed):
        return _element(value, key)
    if value is None:
        raise EvaluationError("null has no elements")
    raise EvaluationError(f"a {kind_name(value)} has no elements")


def _lifted(value: Value, key: Value) -> Value:
    known = [not isinstance(each, Unknown) or each.one_of is not None for each in (value, key)]
    if all(known):
        return lift(index, value, key)
    if isinstance(value, Unknown):
        return unknown(value, key, type=_element_type(value.type, key))
    return _any_element(value, key)


def _any_element(value: Value, key: Unknown) -> Value:
    arms = list(value.values()) if isinstance(value, Mapped) else list(value) if isinstance(value, Listed) else []
    if isinstance(value, (OpenMap, SetValue)) or not 0 < len(arms) <= CANDIDATES:
        return unknown(key)
    return one_of(unknown(key), arms)


def _member(value: Mapping[str, Value], name: str) -> Value:
    if name in value:
        return value[name]
    if isinstance(value, OpenMap):
        return value.rest
    raise EvaluationError(f'there is no "{name}" in it{_listing(value)}')


def _listing(value: Mapping[str, Value]) -> str:
    names = ", ".join(list(value)[:_LISTED])
    return f": it has {names}{', …' if len(value) > _LISTED else ''}" if names else ", it is empty"


_LISTED = 5


def _element(value: tuple[Value, ...], key: Value) -> Value:
    position = convert(key, NUMBER)
    if not isinstance(position, int):
        raise EvaluationError("an index must be a whole number")
    if not 0 <= position < len(value):
        raise EvaluationError(f"index {position} is outside of {len(value)} elements")
    return value[position]


def _member_type(base: Type, name: str) -> Type:
    """Return the type of a member of an unknown value; an error where it cannot have one."""
    if isinstance(base, ObjectType):
        if name not in base.attributes:
            raise EvaluationError(f'there is no "{name}" in it{_listing(base.attributes)}')
        return base.attributes[name]
    if isinstance(base, MapType):
        return base.element
    if base is not ANY:
        raise EvaluationError(f'a {base} has no attribute "{name}"')
    return ANY


def _element_type(base: Type, key: Value) -> Type:
    if isinstance(base, (ListType, MapType)):
        return base.element
    if isinstance(base, ObjectType) and isinstance(key, str):
        return _member_type(base, key)
    if isinstance(base, TupleType) and isinstance(key, int) and 0 <= key < len(base.elements):
        return base.elements[key]
    return ANY


def opened(value: Value, rest: Unknown) -> Value:
    """
    Return an object, and the objects in lists below it, as one that the provider adds further attributes to.

    Those that are set to null count as not set.
    """
    if isinstance(value, Mapped) and not isinstance(value, OpenMap):
        return OpenMap({key: rest if member is None else opened(member, rest) for key, member in value.items()}, rest)
    if isinstance(value, Listed):
        return type(value)(opened(element, rest) for element in value)
    if isinstance(value, Unknown) and any(
        isinstance(candidate, (*Mapped, *Listed)) for candidate in value.one_of or ()
    ):
        return replace(value, one_of=None)
    return value
