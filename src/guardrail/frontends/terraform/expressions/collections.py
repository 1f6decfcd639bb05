"""What brackets and braces make."""

from __future__ import annotations

from typing import Optional

from guardrail.frontends.terraform.convert import convert
from guardrail.frontends.terraform.expressions.hints import type_of_null
from guardrail.frontends.terraform.kinds import declare
from guardrail.frontends.terraform.scope import Scope
from guardrail.frontends.terraform.syntax.nodes import Attribute, Literal, Object, Tuple
from guardrail.frontends.terraform.types import ANY, STRING, ObjectType, TupleType, Type
from guardrail.frontends.terraform.values import (
    EvaluationError,
    ObjectValue,
    OpenMap,
    TupleValue,
    Unknown,
    Value,
    checked,
    unknown,
)


def tuple_(node: Tuple, scope: Scope) -> Value:
    """Return `[…]`."""
    scope.meter.charge(len(node.items) >> 2)
    made = TupleValue([scope.evaluate(item) for item in node.items])
    if None in made:
        nulls = [
            type_of_null(item, scope) if part is None else ANY for item, part in zip(node.items, made, strict=True)
        ]
        declare(made, TupleType(tuple(nulls)))
    return scope.meter.noticed(node, checked(made))


def object_(node: Object, scope: Scope) -> Value:
    """
    Return `{…}`. With a key that is not known it is open.

    That key may turn out to be one of those written before it, whose values it would replace; those after it hold.
    """
    scope.meter.charge(len(node.items))
    result: dict[str, Value] = ObjectValue()
    rest: Optional[Unknown] = None
    begins: Optional[tuple[str, ...]] = ()
    nulls: dict[str, Type] = {}
    for item in node.items:
        key = item.key.value if type(item.key) is Literal else _key(item.key, scope)
        value = scope.evaluate(item.value)
        if isinstance(key, Unknown):
            rest = unknown(key, *([rest] if rest else []))
            begins = _joined(begins, key.one_of or (key.prefix,))
            result = {earlier: _perhaps(earlier, member, key) for earlier, member in result.items()}
        else:
            name = key if type(key) is str else convert(key, STRING)
            result[name] = value
            if value is None:
                nulls[name] = type_of_null(item.value, scope)
    if nulls and rest is None:
        declare(result, ObjectType(nulls))
    return scope.meter.noticed(node, checked(result if rest is None else OpenMap(result, rest, begins)))


def _key(node: object, scope: Scope) -> Value:
    if isinstance(node, Attribute):
        raise EvaluationError("a dotted name as key is ambiguous: put it in parentheses or quotes", node)
    key = scope.evaluate(node)  # type: ignore[arg-type]
    if key is None:
        raise EvaluationError("a key is null")
    return scope.meter.doubted(convert(key, STRING), key)


def _perhaps(name: str, value: Value, key: Unknown) -> Value:
    """Return a member's value after one with an unknown key was set, which may have been this one."""
    if key.one_of is not None and name not in key.one_of:
        return value
    if key.prefix and not name.startswith(key.prefix):
        return value
    return unknown(key, *([value] if isinstance(value, Unknown) else []))


def _joined(begins: Optional[tuple[str, ...]], further: tuple[Value, ...]) -> Optional[tuple[str, ...]]:
    """Return what keys begin with that begin with this or that, None where one of them may be anything."""
    if begins is None or not all(isinstance(each, str) and each for each in further):
        return None
    return (*begins, *further)
