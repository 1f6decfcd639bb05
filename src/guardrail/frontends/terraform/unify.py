"""The one type that several types can all be converted to: of the arms of a conditional, the elements of a list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Optional, Union

from guardrail.frontends.terraform.types import (
    ANY,
    BOOL,
    NUMBER,
    STRING,
    ListType,
    MapType,
    ObjectType,
    Primitive,
    SetType,
    TupleType,
    Type,
)


def unify(types: Iterable[Type]) -> Optional[Type]:
    """
    Return the type that all can become, `ANY` where that is not known yet, None where there is none.

    One of any type may be what the others can all become, as text is for a number and a bool.
    Primitives meet in string. Objects with the same attributes unify one by one, others become a map; tuples of one
    length likewise, others become a list. Where sets meet lists or tuples it is one of the types given.
    """
    types = list(types)
    known = [kind for kind in types if kind is not ANY]
    if not known:
        return ANY
    common = _common(known)
    return ANY if common is None and len(known) < len(types) else common


def _common(types: Sequence[Type]) -> Optional[Type]:
    first = types[0]
    if all(kind == first for kind in types):
        return first
    if all(isinstance(kind, type(STRING)) for kind in types):
        return _primitives(types)
    if all(isinstance(kind, (ObjectType, MapType)) for kind in types):
        return _objects(types)
    if all(isinstance(kind, (TupleType, ListType, SetType)) for kind in types):
        return _sequences(types)
    return None


def _primitives(types: Sequence[Type]) -> Optional[Type]:
    return STRING if STRING in types else None if BOOL in types and NUMBER in types else types[0]


def _objects(types: Sequence[Type]) -> Optional[Type]:
    objects = [kind for kind in types if isinstance(kind, ObjectType)]
    if len(objects) == len(types) and all(each.attributes.keys() == objects[0].attributes.keys() for each in objects):
        unified = {name: unify(each.attributes[name] for each in objects) for name in objects[0].attributes}
        if None not in unified.values():
            return ObjectType({name: kind for name, kind in unified.items() if kind is not None})
    inner = [kind.element for kind in types if isinstance(kind, MapType)]
    inner += [kind for each in objects for kind in each.attributes.values()]
    element = unify(inner)
    return None if element is None else MapType(element)


def _sequences(types: Sequence[Type]) -> Optional[Type]:
    tuples = [kind for kind in types if isinstance(kind, TupleType)]
    if 0 < sum(isinstance(kind, SetType) for kind in types) < len(types):
        return _with_sets(types)
    if len(tuples) == len(types) and all(len(each.elements) == len(tuples[0].elements) for each in tuples):
        unified = [unify(column) for column in zip(*(each.elements for each in tuples), strict=True)]
        if None not in unified:
            return TupleType(tuple(kind for kind in unified if kind is not None))
    inner = [kind.element for kind in types if isinstance(kind, (ListType, SetType))]
    inner += [kind for each in tuples for kind in each.elements]
    element = unify(inner)
    if element is None:
        return None
    return SetType(element) if isinstance(types[0], SetType) else ListType(element)


def _with_sets(types: Sequence[Type]) -> Optional[Type]:
    """
    Return the type among these that all others can become: a list, else a set. Elements take its type on.

    Of two, the one with text in it is asked first. This is what sets and lists, or sets and tuples, come to.
    """
    offered = [kind for of in (ListType, SetType) for kind in types if isinstance(kind, of)]
    offered.sort(key=lambda kind: (isinstance(kind, SetType), kind.element != STRING))
    return next((kind for kind in offered if all(_becomes(other, kind) for other in types)), None)


def _becomes(one: Type, other: Type) -> bool:
    """Whether a value of a type may be converted to another one, as far as the types tell."""
    if one is ANY or other is ANY or one == other:
        return True
    if isinstance(one, Primitive) or isinstance(other, Primitive):
        return isinstance(one, Primitive) and isinstance(other, Primitive) and STRING in (one, other)
    if isinstance(other, (ListType, SetType)):
        if isinstance(one, TupleType):
            return all(_becomes(kind, other.element) for kind in one.elements)
        return isinstance(one, (ListType, SetType)) and _becomes(one.element, other.element)
    if isinstance(other, TupleType):
        elements = one.elements if isinstance(one, TupleType) else ()
        return len(elements) == len(other.elements) and all(map(_becomes, elements, other.elements))
    return isinstance(other, (ObjectType, MapType)) and _object_becomes(one, other)


def _object_becomes(one: Type, other: Union[ObjectType, MapType]) -> bool:
    if isinstance(one, MapType):
        return isinstance(other, ObjectType) or _becomes(one.element, other.element)
    if not isinstance(one, ObjectType):
        return False
    if isinstance(other, MapType):
        return all(_becomes(kind, other.element) for kind in one.attributes.values())
    return all(
        name in one.attributes and _becomes(one.attributes[name], kind) for name, kind in other.attributes.items()
    )
