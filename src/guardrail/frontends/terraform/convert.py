"""
Conversion of values to types: what a constraint, a function's parameter or the other arm of a conditional asks for.

Null converts to anything. An unknown takes the type on, and its candidates are converted one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from guardrail.frontends.terraform.candidates import results
from guardrail.frontends.terraform.kinds import declare, kind_name, type_of
from guardrail.frontends.terraform.types import (
    ANY,
    NUMBER,
    STRING,
    ListType,
    MapType,
    ObjectType,
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
    MapValue,
    ObjectValue,
    OpenMap,
    SetValue,
    TupleValue,
    Unknown,
    Value,
    is_number,
    members,
    number,
    number_text,
    same,
    unknown,
    wholly_known,
    with_candidates,
)
from guardrail.model.pattern import pattern

__all__ = ["convert", "kind_name", "order", "parse_number", "set_of", "to_text", "type_of"]

_NUMBER: Final = pattern(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?\Z")
_BOOLS: Final[Mapping[str, bool]] = {"true": True, "false": False, "1": True, "0": False}


def convert(value: Value, to: Type) -> Value:
    """Return the value as one of this type. Raises an `EvaluationError` where Terraform would not convert it."""
    if value is None or to is ANY:
        return value
    if isinstance(value, Unknown):
        return _unknown(value, to)
    return _CONVERSIONS[type(to)](value, to)


def set_of(elements: Iterable[Value]) -> SetValue:
    """Return the set of these elements: known ones once each in canonical order, then null, then unknown ones."""
    known: list[Value] = []
    unknowns: list[Value] = []
    for element in elements:
        (unknowns if isinstance(element, Unknown) else known).append(element)
    known.sort(key=order)
    distinct = [each for index, each in enumerate(known) if not index or not same(each, known[index - 1])]
    return SetValue((*distinct, *unknowns))


def order(value: Value) -> tuple[int, Any]:
    """
    Return a key that sorts the elements of a set: numbers by size, strings by code point, null at the end.

    Terraform sorts collections by a text that stands for them, which is visible where a set becomes a list.
    """
    if value is None:
        return (9, 0)
    if isinstance(value, bool):
        return (0, value)
    if isinstance(value, str):
        return (2, value)
    if isinstance(value, (int, Decimal)):
        return (1, value)
    return (10, 0) if isinstance(value, Unknown) else (3, _sorting_text(value))


def _sorting_text(value: Value) -> str:
    if value is None:
        return "~"
    if isinstance(value, bool):
        return "T" if value else "F"
    if isinstance(value, str):
        return '"' + value.translate(_ESCAPES) + '"'
    if isinstance(value, (int, Decimal)):
        return f"{float(value):.10g}"
    if isinstance(value, MapValue):
        return "{" + "".join(f"{_sorting_text(key)}:{_sorting_text(each)};" for key, each in members(value)) + "}"
    if isinstance(value, Mapped):
        return "<" + "".join(f"{_sorting_text(each)};" for _, each in members(value)) + ">"
    if isinstance(value, Listed):
        inner = "".join(f"{_sorting_text(each)};" for each in value)
        return f"<{inner}>" if isinstance(value, TupleValue) else f"[{inner}]"
    return "?"


_ESCAPES: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def to_text(value: Value) -> Value:
    """Return a string for a primitive value; unknown and null stay what they are."""
    return value if isinstance(value, str) else convert(value, STRING)


def parse_number(text: str) -> Value:
    """Return the number that a decimal representation stands for."""
    if len(text) > _LONGEST or not _NUMBER.match(text):
        raise EvaluationError("a number is required, and this text is none")  # which may be a secret
    return number(Decimal(text))


_LONGEST: Final = 1000


def _string(value: Value, _to: Type) -> Value:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if is_number(value):
        return number_text(value)
    raise EvaluationError(f"a string is required, not {_article(value)}")


def _number(value: Value, _to: Type) -> Value:
    if is_number(value):
        return value
    if isinstance(value, str):
        return parse_number(value)
    raise EvaluationError(f"a number is required, not {_article(value)}")


def _bool(value: Value, _to: Type) -> Value:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in _BOOLS:
        return _BOOLS[value]
    raise EvaluationError(f"a bool is required, not {_article(value)}")


def _primitive(value: Value, to: Type) -> Value:
    return (_string if to is STRING or to == STRING else _number if to == NUMBER else _bool)(value, to)


def _article(value: Value) -> str:
    name = kind_name(value)
    return f"an {name}" if name[0] in "aou" else f"a {name}"


def _elements(value: Value, wanted: str) -> tuple[Value, ...]:
    if not isinstance(value, Listed):
        raise EvaluationError(f"a {wanted} is required, not {_article(value)}")
    return value


def _element_type(declared: Type, whole: Value, wanted: str) -> Type:
    """Return the type that all elements of a collection take on: the declared one, else the one that fits them all."""
    if declared is not ANY:
        return declared
    common = unify(_parts(type_of(whole), whole))
    if common is None:
        raise EvaluationError(f"all elements of a {wanted} must have the same type")
    return common


def _parts(kind: Type, whole: Value) -> Iterable[Type]:
    if isinstance(kind, ObjectType):
        return kind.attributes.values()
    if isinstance(kind, TupleType):
        return kind.elements
    if isinstance(kind, (ListType, SetType, MapType)):
        return (kind.element,)
    return map(type_of, whole.values() if isinstance(whole, dict) else whole)


def _each(elements: Iterable[Value], to: Type) -> list[Value]:
    if to is ANY:
        return list(elements)
    return [_inside(f"element {index}", element, to) for index, element in enumerate(elements)]


def _list(value: Value, to: ListType) -> Value:
    elements = _elements(value, "list")
    if isinstance(value, ListValue) and (to.element is ANY or (value and _all_strings(to.element, elements))):
        return value
    if isinstance(value, SetValue) and not wholly_known(value) and (len(value) > 1 or isinstance(value[0], Unknown)):
        return unknown(value, type=to, not_null=True)  # neither its length nor its order is known
    kind = _element_type(to.element, value, "list")
    return declare(ListValue(_each(elements, kind)), ListType(kind))


def _all_strings(wanted: Type, elements: Iterable[Value]) -> bool:
    return wanted == STRING and all(isinstance(element, str) for element in elements)


def _set(value: Value, to: SetType) -> Value:
    elements = _elements(value, "set")
    kind = _element_type(to.element, value, "set")
    return declare(set_of(_each(elements, kind)), SetType(kind))


def _tuple(value: Value, to: TupleType) -> Value:
    elements = _elements(value, "tuple")
    if isinstance(value, SetValue) or len(elements) != len(to.elements):
        raise EvaluationError(f"a tuple of {len(to.elements)} elements is required")
    return declare(TupleValue(map(convert, elements, to.elements)), to)


def _map(value: Value, to: MapType) -> Value:
    if not isinstance(value, Mapped):
        raise EvaluationError(f"a map is required, not {_article(value)}")
    kind = _element_type(to.element, value, "map")
    converted = {key: _inside(key, member, kind) for key, member in value.items()}
    if isinstance(value, OpenMap):
        return OpenMap(converted, replace(value.rest, type=kind), value.begins)
    return declare(MapValue(converted), MapType(kind))


def _inside(name: str, value: Value, to: Type) -> Value:
    """Convert a part of a collection, and name it in the message of an error."""
    try:
        return convert(value, to)
    except EvaluationError as error:
        raise EvaluationError(f"{name}: {error.message}", error.node) from error


def _object(value: Value, to: ObjectType) -> Value:
    """Take the declared attributes; others are dropped, `optional` ones filled in where they are missing or null."""
    if not isinstance(value, Mapped):
        raise EvaluationError(f"an object is required, not {_article(value)}")
    optional = to.optional or {}
    converted = ObjectValue()
    for name, wanted in to.attributes.items():
        if name in value:
            given = value[name]
        elif isinstance(value, OpenMap):
            given = value.rest
        elif name in optional:
            given = None
        else:
            raise EvaluationError(f'attribute "{name}" is required')
        if name in optional and optional[name].default is not None:
            converted[name] = _with_default(name, given, wanted, optional[name].default)
        else:
            converted[name] = _inside(name, given, wanted)
    return declare(converted, to)


def _with_default(name: str, given: Value, wanted: Type, default: Value) -> Value:
    if given is None:
        return _inside(name, default, wanted)
    if isinstance(given, Unknown) and given.one_of is not None:
        candidates = [default if candidate is None else candidate for candidate in given.one_of]
        given = with_candidates(replace(given, one_of=None), candidates)
    converted = _inside(name, given, wanted)
    return replace(converted, not_null=True) if isinstance(converted, Unknown) else converted


def _unknown(value: Unknown, to: Type) -> Value:
    """Return the unknown with the type taken on. One that cannot be of the type raises an error here already."""
    if value.one_of is not None:
        converted = results(lambda candidate: convert(candidate, to), (value,))
        return with_candidates(replace(value, one_of=None, type=to, prefix=None), converted)
    if value.type == to:
        return value
    kept = value.prefix if to == STRING and value.type in (STRING, ANY) else None
    return replace(value, type=to, prefix=kept)


_CONVERSIONS: Final[Mapping[type, Callable[[Any, Any], Value]]] = {
    type(STRING): _primitive,
    ListType: _list,
    SetType: _set,
    TupleType: _tuple,
    MapType: _map,
    ObjectType: _object,
}
