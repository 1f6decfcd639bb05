"""Names and what follows them: `var.x`, `aws_instance.a[0].id`, `module.b[*].c`."""

from __future__ import annotations

from dataclasses import replace
from typing import Union

from guardrail.frontends.terraform import access
from guardrail.frontends.terraform.candidates import lift
from guardrail.frontends.terraform.expressions.hints import type_of_null
from guardrail.frontends.terraform.kinds import declare
from guardrail.frontends.terraform.lazy import Lazy, Reached
from guardrail.frontends.terraform.scope import Scope
from guardrail.frontends.terraform.syntax.nodes import (
    Attribute,
    Element,
    Index,
    Name,
    Parenthesized,
    Splat,
    Wrapped,
)
from guardrail.frontends.terraform.types import ANY, ListType, Primitive, SetType, TupleType
from guardrail.frontends.terraform.values import (
    EvaluationError,
    Listed,
    ListValue,
    SetValue,
    TupleValue,
    Unknown,
    Value,
    checked,
    unknown,
)

ELEMENT = ""
"""The name under which a splat keeps the element at hand: no identifier is empty."""


def name(node: Name, scope: Scope) -> Reached:
    """Return what a bare name stands for."""
    return scope.resolve(node.name)


def inner(node: Union[Parenthesized, Wrapped], scope: Scope) -> Reached:
    """Return what parentheses, or quotes around a lone interpolation, enclose."""
    return scope.reach(node.inner)


def element(_node: Element, scope: Scope) -> Reached:
    """Return the element that the innermost splat is at."""
    return scope.resolve(ELEMENT)


def attribute(node: Attribute, scope: Scope) -> Reached:
    """Return `base.name`."""
    base = scope.named(node.base) if type(node.base) is Name else scope.reach(node.base)
    if isinstance(base, Lazy):
        return base.attribute(node.name)
    return scope.meter.doubted(access.attribute(base, node.name), base)


def index(node: Index, scope: Scope) -> Reached:
    """Return `base[key]`."""
    base = scope.reach(node.base)
    key = scope.evaluate(node.key)
    if not isinstance(base, Lazy) or key is None:
        return scope.meter.doubted(access.index(base, key), base, key)
    return scope.meter.doubted(base.index(key), key)


def splat(node: Splat, scope: Scope) -> Value:
    """Return `base[*]…`: what follows, of every element. Null has none, and what is no collection is one."""
    base = scope.reach(node.base)
    if base is None and isinstance(type_of_null(node.base, scope), (ListType, SetType)):
        raise EvaluationError("a list that is null has no elements")
    if isinstance(base, Unknown) and base.not_null and isinstance(base.type, Primitive):
        return _each(node, TupleValue((base,)), scope)
    if not isinstance(base, Lazy):
        return scope.meter.doubted(lift(lambda known: _spread(node, known, scope), base, type=_splat_type(base)), base)
    elements = base.splat()
    return elements if isinstance(elements, Unknown) else _each(node, TupleValue(elements), scope)


def _splat_type(base: Value) -> Union[ListType, type(ANY)]:  # type: ignore[valid-type]
    return ListType(ANY) if isinstance(base, Unknown) and isinstance(base.type, (ListType, SetType)) else ANY


def _spread(node: Splat, base: Value, scope: Scope) -> Value:
    if base is None:
        return TupleValue()
    if not isinstance(base, Listed):
        return _each(node, TupleValue((base,)), scope)
    if isinstance(base, SetValue) and any(isinstance(each, Unknown) for each in base):
        return replace(unknown(base, type=ListType(ANY)), not_null=True)
    return _each(node, base, scope)


def _each(node: Splat, elements: tuple[Reached, ...], scope: Scope) -> Value:
    scope.meter.charge(len(elements))
    scopes = [scope.inner({ELEMENT: each}) for each in elements]
    results = [inner.evaluate(node.each) for inner in scopes]
    if not isinstance(elements, TupleValue):
        return checked(ListValue(results))
    made = TupleValue(results)
    if None in results:
        pairs = zip(results, scopes, strict=True)
        nulls = [type_of_null(node.each, inner) if each is None else ANY for each, inner in pairs]
        declare(made, TupleType(tuple(nulls)))
    return checked(made)
