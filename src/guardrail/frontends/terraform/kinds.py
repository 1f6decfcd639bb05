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


def declare(value: Value, to: Type) -> Value:
    """
    Return a collection that was made for a type, and have it remember that type.

    So it is known of what type null in it is, and what an empty one has none of.
    """
    if isinstance(value, (tuple, dict)):
        value._declared = to  # type: ignore[union-attr]  # noqa: SLF001 - every collection here has room for it
    return value


def _collection(value: Union[tuple[Value, ...], dict[str, Value]]) -> Type:
    declared = getattr(value, "_declared", None)
    if isinstance(value, ObjectValue):
        of = declared.attributes if isinstance(declared, ObjectType) else {}
        return ObjectType({key: _part(member, of.get(key, ANY)) for key, member in value.items()})
    if isinstance(value, TupleValue):
        kinds = declared.elements if isinstance(declared, TupleType) else (ANY,) * len(value)
        return TupleType(tuple(map(_part, value, kinds)))
    if isinstance(value, MapValue):
        return MapType(_common(value.values(), declared.element if isinstance(declared, MapType) else ANY))
    if isinstance(value, ListValue):
        return ListType(_common(value, declared.element if isinstance(declared, ListType) else ANY))
    if isinstance(value, SetValue):
        return SetType(_common(value, declared.element if isinstance(declared, SetType) else ANY))
    return ANY


def _part(value: Value, declared: Type) -> Type:
    return plain(declared) if value is None else type_of(value)


def _common(elements: Iterable[Value], declared: Type) -> Type:
    """Return the type of a collection's elements: that of the first one whose type is known, else the declared one."""
    return next((kind for element in elements if (kind := type_of(element)) is not ANY), plain(declared))


def plain(kind: Type) -> Type:
    """Return a declared type as that of a value: no attribute of a value is optional."""
    if isinstance(kind, ObjectType):
        return ObjectType({name: plain(inner) for name, inner in kind.attributes.items()})
    if isinstance(kind, TupleType):
        return TupleType(tuple(map(plain, kind.elements)))
    if isinstance(kind, (ListType, SetType, MapType)):
        return type(kind)(plain(kind.element))
    return kind


def kind_name(value: Value) -> str:
    """Return the word for a value's type in messages."""
    kind = type_of(value)
    if isinstance(kind, ObjectType):
        return "object"
    if isinstance(kind, TupleType):
        return "tuple"
    return "map" if isinstance(value, OpenMap) else "null" if value is None else str(kind)
