"""Functions of lists, tuples and sets: what holds unknown elements is still known in its other parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from guardrail.frontends.terraform.candidates import one_of
from guardrail.frontends.terraform.convert import convert, kind_name, type_of
from guardrail.frontends.terraform.functions import graphemes
from guardrail.frontends.terraform.functions.signature import Function, Nullable, sized, whole_number
from guardrail.frontends.terraform.functions.to_json import encoded
from guardrail.frontends.terraform.operators import equal
from guardrail.frontends.terraform.types import (
    ANY,
    BOOL,
    NUMBER,
    STRING,
    AnyType,
    ListType,
    MapType,
    ObjectType,
    Primitive,
    SetType,
    TupleType,
    Type,
)
from guardrail.frontends.terraform.unify import unify
from guardrail.frontends.terraform.values import (
    EvaluationError,
    Listed,
    ListValue,
    Mapped,
    OpenMap,
    SetValue,
    TupleValue,
    Unknown,
    Value,
    same,
    unknown,
    wholly_known,
)
from guardrail.model.value import CANDIDATES

_LIST: Final = ListType(ANY)
_BOOLS: Final = ListType(BOOL)
_SINGLE: Final = (Primitive, MapType, ObjectType)
"""Types of what has no elements that `flatten` would take out."""


def listed(value: Value, *, sets: bool = True) -> tuple[Value, ...]:
    """Return the elements of a list, tuple or set; anything else is an error."""
    if not isinstance(value, Listed) or (isinstance(value, SetValue) and not sets):
        raise EvaluationError(f"a list{', tuple or set' if sets else ' or tuple'} is required, not {kind_name(value)}")
    return value


def _unlisted(value: Value) -> bool:
    """Whether a value is unknown; an error if it cannot be a list."""
    if isinstance(value, Unknown) and isinstance(value.type, _SINGLE):
        raise EvaluationError(f"a list, tuple or set is required, not a {value.type}")
    return isinstance(value, Unknown)


def _vague(value: Value) -> bool:
    """Whether it is not known how many elements there are, or which one stands where."""
    return _unlisted(value) or (isinstance(value, SetValue) and not wholly_known(value))


def _length(value: Value) -> Value:
    if isinstance(value, Unknown):
        if isinstance(value.type, TupleType):
            return len(value.type.elements)
        if isinstance(value.type, ObjectType):
            return len(value.type.attributes)
        return unknown(value, type=NUMBER, not_null=True)
    if isinstance(value, str):
        return graphemes.length(value)
    if isinstance(value, OpenMap):
        return unknown(value.rest, type=NUMBER, not_null=True)
    if not isinstance(value, (*Listed, *Mapped)):
        raise EvaluationError(f"a string, list, set, map or the like is required, not {kind_name(value)}")
    if _vague(value) and len(value) > 1:
        return unknown(value, type=NUMBER, not_null=True)
    return len(value)


def _element(value: Value, index: Value) -> Value:
    if _unlisted(value):
        return unknown(value, index, type=_element_type(value.type))
    elements = listed(value, sets=False)
    if not elements:
        raise EvaluationError("the list is empty")
    if isinstance(index, Unknown):
        return one_of(unknown(index), elements) if len(elements) <= CANDIDATES else unknown(index)
    return elements[whole_number(index, "index") % len(elements)]


def _element_type(kind: Type) -> Type:
    return kind.element if isinstance(kind, (ListType, SetType)) else ANY


def _index(value: Value, wanted: Value) -> Value:
    if _unlisted(value):
        return unknown(value, wanted, type=NUMBER, not_null=True)
    elements = listed(value, sets=False)
    for position, element in enumerate(elements):
        verdict = equal(element, wanted)
        if isinstance(verdict, Unknown):
            return unknown(value, wanted, type=NUMBER, not_null=True)
        if verdict:
            return position
    raise EvaluationError("the value is not in the list")


def _contains(value: Value, wanted: Value) -> Value:
    if _unlisted(value):
        return unknown(value, wanted, type=BOOL, not_null=True)
    verdicts = [equal(element, wanted) for element in listed(value)]
    if any(verdict is True for verdict in verdicts):
        return True
    undecided = [verdict for verdict in verdicts if isinstance(verdict, Unknown)]
    return unknown(*undecided, type=BOOL, not_null=True) if undecided else False


def _concat(*given: Value) -> Value:
    if any(list(map(_unlisted, given))):
        return unknown(*given, not_null=True)
    parts = [listed(each, sets=False) for each in given]
    sized(sum(map(len, parts)))
    elements = [element for part in parts for element in part]
    if all(isinstance(part, ListValue) for part in parts):
        common = unify(_element_type(type_of(part)) for part in parts)
        if common is not None:
            return convert(ListValue(elements), ListType(common))
    return TupleValue(elements)


def _flatten(value: Value) -> Value:
    flat: list[Value] = []
    vague = _flatten_into(flat, value)
    return TupleValue(flat) if vague is None else unknown(value, not_null=True)


def _flatten_into(flat: list[Value], value: Value) -> Value:
    """Append the elements at any depth; return one of which it is not known whether it is a list itself."""
    if _vague(value):
        return value
    for element in listed(value):
        if isinstance(element, Listed) or (isinstance(element, Unknown) and not isinstance(element.type, _SINGLE)):
            vague = _flatten_into(flat, element)
            if vague is not None:
                return vague
        else:
            flat.append(element)
            sized(len(flat))
    return None


def _distinct(elements: Sequence[Value]) -> Value:
    """Return each element once. They are of one type, so that those that are the same as JSON are the same."""
    first: dict[str, Value] = {}
    for element in elements:
        first.setdefault(encoded(element), element)
    return ListValue(first.values())


def _reverse(value: Value) -> Value:
    if _vague(value):
        return unknown(value, type=value.type if isinstance(value, Unknown) else _LIST, not_null=True)
    elements = listed(value)
    return (TupleValue if isinstance(elements, TupleValue) else ListValue)(reversed(elements))


def _sort(elements: Value) -> Value:
    if isinstance(elements, Unknown):
        return unknown(elements, type=ListType(STRING), not_null=True)
    if None in elements:
        raise EvaluationError("an element is null")
    if wholly_known(elements):
        return ListValue(sorted(elements))
    return ListValue(unknown(elements, type=STRING, not_null=True) for _ in elements)


def _compact(elements: Sequence[Value]) -> Value:
    return ListValue(element for element in elements if element not in (None, ""))


def _slice(value: Value, start: Value, end: Value) -> Value:
    if _unlisted(value) or isinstance(start, Unknown) or isinstance(end, Unknown):
        return unknown(value, start, end, not_null=True)
    elements = listed(value, sets=False)
    first, last = whole_number(start, "start"), whole_number(end, "end")
    if not 0 <= first <= last <= len(elements):
        raise EvaluationError(f"from {first} to {last} is not within {len(elements)} elements")
    return type(elements)(elements[first:last])


def _chunklist(elements: Value, size: Value) -> Value:
    if isinstance(elements, Unknown) or isinstance(size, Unknown):
        return unknown(elements, size, type=ListType(_LIST), not_null=True)
    width = whole_number(size, "size")
    if width < 0:
        raise EvaluationError("the size must not be negative")
    width = width or max(1, len(elements))
    return ListValue(ListValue(elements[at : at + width]) for at in range(0, len(elements), width))


def _coalesce(*given: Value) -> Value:
    """Return the first that is neither null nor empty text, converted to the type that all can become."""
    common = unify(type_of(each) for each in given)
    if common is None:
        raise EvaluationError("all arguments must have the same type")
    for each in given:
        if isinstance(each, Unknown) and not (each.not_null and (each.prefix or _never_text(each))):
            untyped = any(isinstance(other, Unknown) and other.type is ANY for other in given)
            return unknown(*given, type=ANY if untyped else common)
        if each is not None and not (isinstance(each, str) and not each):
            return convert(each, common)
    raise EvaluationError("no argument is neither null nor an empty string")


def _never_text(value: Unknown) -> bool:
    return value.type not in (ANY, STRING)


def _coalescelist(*given: Value) -> Value:
    for each in given:
        if each is not None and not isinstance(each, Unknown):
            listed(each, sets=False)
    for each in given:
        if _unlisted(each):
            return unknown(*given)
        if each is not None and listed(each, sets=False):
            return each
    raise EvaluationError("no argument is a list with elements")


def _alltrue(elements: Value) -> Value:
    if isinstance(elements, Unknown):
        return unknown(elements, type=BOOL, not_null=True)
    if any(element is None or element is False for element in elements):
        return False
    return True if wholly_known(elements) else unknown(elements, type=BOOL, not_null=True)


def _anytrue(elements: Value) -> Value:
    if isinstance(elements, Unknown):
        return unknown(elements, type=BOOL, not_null=True)
    if any(element is True for element in elements):
        return True
    return False if wholly_known(elements) else unknown(elements, type=BOOL, not_null=True)


def _one(value: Value) -> Value:
    if _unlisted(value):
        return unknown(value, type=_element_type(value.type))
    elements = listed(value)
    if len(elements) > 1:
        if _vague(value):
            return unknown(value)
        raise EvaluationError(f"at most one element is allowed, not {len(elements)}")
    return elements[0] if elements else None


def _matchkeys(values: Value, keys: Value, wanted: Value) -> Value:
    """Return the values whose keys, at the same place, are among the wanted ones."""
    if isinstance(values, Unknown) or not wholly_known(keys) or not wholly_known(wanted):
        return unknown(values, keys, wanted, type=_LIST, not_null=True)
    if len(values) != len(keys):
        raise EvaluationError("there must be as many keys as values")
    common = unify((type_of(keys), type_of(wanted)))
    if common is None or isinstance(common, AnyType):
        return ListValue(()) if common is not None else _mismatched()
    sought = convert(wanted, common)
    pairs = zip(values, convert(keys, common), strict=True)
    return ListValue(value for value, key in pairs if any(same(key, other) for other in sought))


def _mismatched() -> Value:
    raise EvaluationError("the keys and the search set must have the same type")


FUNCTIONS: Final[Mapping[str, Function]] = {
    "alltrue": Function(_alltrue, (_BOOLS,), BOOL, partial=True),
    "anytrue": Function(_anytrue, (_BOOLS,), BOOL, partial=True),
    "chunklist": Function(_chunklist, (_LIST, NUMBER), ListType(_LIST), partial=True),
    "coalesce": Function(_coalesce, rest=Nullable(), least=1, partial=True),
    "coalescelist": Function(_coalescelist, rest=Nullable(), least=1, partial=True),
    "compact": Function(_compact, (ListType(STRING),), ListType(STRING)),
    "concat": Function(_concat, rest=ANY, least=1, partial=True),
    "contains": Function(_contains, (ANY, ANY), BOOL, partial=True),
    "distinct": Function(_distinct, (_LIST,), _LIST),
    "element": Function(_element, (ANY, NUMBER), partial=True),
    "flatten": Function(_flatten, (ANY,), partial=True),
    "index": Function(_index, (ANY, ANY), NUMBER, partial=True),
    "length": Function(_length, (ANY,), NUMBER, partial=True),
    "matchkeys": Function(_matchkeys, (_LIST, _LIST, _LIST), _LIST, partial=True),
    "one": Function(_one, (ANY,), partial=True),
    "reverse": Function(_reverse, (ANY,), partial=True),
    "slice": Function(_slice, (ANY, NUMBER, NUMBER), partial=True),
    "sort": Function(_sort, (ListType(STRING),), ListType(STRING), partial=True),
}
