"""Type constraints of variables: from syntax to a type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from guardrail.frontends.terraform.syntax import HclSyntaxError, parse_expression
from guardrail.frontends.terraform.syntax.nodes import Call, Expression, Literal, Name, Object, Tuple
from guardrail.frontends.terraform.types import (
    ANY,
    BOOL,
    NUMBER,
    STRING,
    ListType,
    MapType,
    ObjectType,
    OptionalAttribute,
    SetType,
    TupleType,
    Type,
)
from guardrail.frontends.terraform.values import EvaluationError, Value

_WORDS: Final[Mapping[str, Type]] = {
    "string": STRING,
    "number": NUMBER,
    "bool": BOOL,
    "any": ANY,
    "list": ListType(ANY),
    "set": SetType(ANY),
    "map": MapType(ANY),
}

_COLLECTIONS: Final[Mapping[str, Callable[[Type], Type]]] = {"list": ListType, "set": SetType, "map": MapType}

Literals = Callable[[Expression], Value]
"""Evaluates the default of an optional attribute, which refers to nothing."""


def type_constraint(node: Expression, literal: Literals) -> Type:
    """Return the type that an expression like `map(list(string))` names. Raises an `EvaluationError`."""
    if isinstance(node, Name) and node.name in _WORDS:
        return _WORDS[node.name]
    if isinstance(node, Literal) and isinstance(node.value, str):
        return _quoted(node, literal)
    if isinstance(node, Call) and len(node.arguments) == 1:
        inner = node.arguments[0]
        if node.name in _COLLECTIONS:
            return _COLLECTIONS[node.name](type_constraint(inner, literal))
        if node.name == "tuple" and isinstance(inner, Tuple):
            return TupleType(tuple(type_constraint(item, literal) for item in inner.items))
        if node.name == "object" and isinstance(inner, Object):
            return _object(inner, literal)
    raise EvaluationError("this is no type", node)


def _quoted(node: Literal, literal: Literals) -> Type:
    """Return the type in quotes: the oldest spelling, and the one of JSON."""
    try:
        inner = parse_expression(str(node.value))
    except HclSyntaxError as error:
        raise EvaluationError("this is no type", node) from error
    if isinstance(inner, Literal):
        raise EvaluationError("this is no type", node)
    try:
        return type_constraint(inner, literal)
    except EvaluationError as error:
        raise EvaluationError(error.message, node) from error  # the node inside has no place in the file


def _object(node: Object, literal: Literals) -> Type:
    attributes: dict[str, Type] = {}
    optional: dict[str, OptionalAttribute] = {}
    for item in node.items:
        if not isinstance(item.key, Literal):
            raise EvaluationError("the name of an attribute is a plain name", item.key)
        name = str(item.key.value)
        declared = item.value
        if isinstance(declared, Call) and declared.name == "optional" and 1 <= len(declared.arguments) <= _OPTIONAL:
            default: Any = literal(declared.arguments[1]) if len(declared.arguments) == _OPTIONAL else None
            optional[name] = OptionalAttribute(default)
            declared = declared.arguments[0]
        attributes[name] = type_constraint(declared, literal)
    return ObjectType(attributes, optional)


_OPTIONAL: Final = 2
