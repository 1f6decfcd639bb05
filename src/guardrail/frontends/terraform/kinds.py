"""What type a value is of."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Optional, Union

from guardrail.frontends.terraform.types import (
    ANY,
    BOOL,
    NUMBER,
    STRING,
    ListType,
    MapType,
    ObjectType,
    SetType,
    TupleType,
    Type,
)
from guardrail.frontends.terraform.values import (
    ListValue,
    MapValue,
    ObjectValue,
    OpenMap,
    SetValue,
    TupleValue,
    Unknown,
    Value,
)


def type_of(value: Value) -> Type:
    """
    Return what can be said of a value's type: `ANY` for null, for open maps, and inside empty collections.

    A collection is looked at once and remembers it.
    """
    if isinstance(value, bool):
        return BOOL
    if isinstance(value, str):
        return STRING
    if isinstance(value, (int, Decimal)):
        return NUMBER
    if isinstance(value, Unknown):
        return value.type
    if isinstance(value, (tuple, dict)):
        known: Optional[Type] = getattr(value, "_kind", None)
        if known is None:
            known = _collection(value)
            value._kind = known  # type: ignore[union-attr]  # noqa: SLF001 - every collection here has room for it
        return known
    return ANY


def _collection(value: Union[tuple[Value, ...], dict[str, Value]]) -> Type:
    if isinstance(value, ObjectValue):
        return ObjectType({key: type_of(member) for key, member in value.items()})
    if isinstance(value, TupleValue):
        return TupleType(tuple(type_of(element) for element in value))
    if isinstance(value, MapValue):
        return MapType(_common(value.values()))
    if isinstance(value, ListValue):
        return ListType(_common(value))
    if isinstance(value, SetValue):
        return SetType(_common(value))
    return ANY


def _common(elements: Iterable[Value]) -> Type:
    """Return the type of a collection's elements: that of the first one whose type is known."""
    return next((kind for element in elements if (kind := type_of(element)) is not ANY), ANY)


def kind_name(value: Value) -> str:
    """Return the word for a value's type in messages."""
    kind = type_of(value)
    if isinstance(kind, ObjectType):
        return "object"
    if isinstance(kind, TupleType):
        return "tuple"
    return "map" if isinstance(value, OpenMap) else "null" if value is None else str(kind)
