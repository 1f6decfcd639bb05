"""The one type that several types can all be converted to: of the arms of a conditional, the elements of a list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Optional

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


def unify(types: Iterable[Type]) -> Optional[Type]:
    """
    Return the type that all can become, `ANY` where that is not known yet, None where there is none.

    One of any type may be what the others can all become, as text is for a number and a bool.
    Primitives meet in string. Objects with the same attributes unify one by one, others become a map; tuples of one
    length likewise, others become a list. A set among lists or tuples makes a set of them... unless a list is there.
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
    if len(tuples) == len(types) and all(len(each.elements) == len(tuples[0].elements) for each in tuples):
        unified = [unify(column) for column in zip(*(each.elements for each in tuples), strict=True)]
        if None not in unified:
            return TupleType(tuple(kind for kind in unified if kind is not None))
    inner = [kind.element for kind in types if isinstance(kind, (ListType, SetType))]
    inner += [kind for each in tuples for kind in each.elements]
    element = unify(inner)
    if element is None:
        return None
    lists = any(isinstance(kind, ListType) for kind in types) or len(tuples) == len(types)
    return ListType(element) if lists else SetType(element)
