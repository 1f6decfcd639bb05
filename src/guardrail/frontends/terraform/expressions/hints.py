"""
The type of null, as far as syntax tells it.

Values carry no type for null, but `cond ? toset(var.names) : []` is a set even where `var.names` is null: what null is
of decides what the other arm becomes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from guardrail.frontends.terraform.kinds import type_of
from guardrail.frontends.terraform.scope import Declares, Scope
from guardrail.frontends.terraform.syntax.nodes import (
    Attribute,
    Call,
    Conditional,
    Expression,
    Index,
    Literal,
    Name,
    Node,
    Parenthesized,
    Template,
    Wrapped,
)
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
from guardrail.frontends.terraform.unify import unify
from guardrail.frontends.terraform.values import EvaluationError

_CONVERSIONS: Final[Mapping[str, Type]] = {
    "tostring": STRING,
    "tonumber": NUMBER,
    "tobool": BOOL,
    "tolist": ListType(ANY),
    "toset": SetType(ANY),
    "tomap": MapType(ANY),
}

LOCALS: Final = 20
"""How many locals are followed from one to the next."""


def type_of_null(node: Expression, scope: Scope, hops: int = LOCALS) -> Type:
    """
    Return the type of an expression that comes to null, `ANY` where it does not show.

    The arm of a conditional that is not null is what null in the other one is of.
    """
    if isinstance(node, (Parenthesized, Wrapped)):
        return type_of_null(node.inner, scope, hops)
    if isinstance(node, Call):
        if node.function in ("try", "coalesce") and node.arguments:
            return type_of_null(node.arguments[0], scope, hops)
        if node.function in ("element", "lookup", "one") and node.arguments:
            return _taken(node, scope)
        return _CONVERSIONS.get(node.function, ANY)
    if isinstance(node, Conditional):
        arms = (type_of_null(node.then, scope, hops), type_of_null(node.otherwise, scope, hops))
        return unify(arms) or ANY
    if isinstance(node, Literal):
        return ANY if node.value is None else type_of(node.value)
    if isinstance(node, Template):
        return STRING
    if isinstance(node, (Attribute, Index)):
        step = node if isinstance(node, Attribute) else node.key
        static = (
            _attribute(node, scope, hops) if isinstance(node, Attribute) else _part_of(node.base, step, scope, hops)
        )
        return static if static is not ANY else _part(_type_of_value(node.base, scope), step)
    return ANY


def _taken(node: Call, scope: Scope) -> Type:
    """Return the type of what a function takes out of a collection."""
    whole = _type_of_value(node.arguments[0], scope)
    if isinstance(whole, SetType):
        return whole.element
    if node.function == "one":
        return _part(whole, Literal(0, node.start, node.end))
    return _part(whole, node.arguments[1]) if len(node.arguments) > 1 else ANY


def _attribute(node: Attribute, scope: Scope, hops: int) -> Type:
    if isinstance(node.base, Name) and node.base.name in ("var", "local") and isinstance(scope.home, Declares):
        found = scope.home.declared(node.base.name, node.name)
        if not isinstance(found, Node):
            return found
        return type_of_null(found, scope, hops - 1) if hops else ANY
    return _part_of(node.base, node, scope, hops)


def _part_of(base: Expression, step: Expression, scope: Scope, hops: int) -> Type:
    return _part(type_of_null(base, scope, hops), step)


def _type_of_value(node: Expression, scope: Scope) -> Type:
    """Return the type of a value: a collection knows of what type null in it is, if it was made for a type."""
    try:
        return type_of(scope.evaluate(node))
    except EvaluationError:
        return ANY


def _part(whole: Type, step: Expression) -> Type:
    """Return the type of an attribute or element."""
    if isinstance(whole, (ListType, MapType)):
        return whole.element
    key = step.name if isinstance(step, Attribute) else step.value if isinstance(step, Literal) else None
    if isinstance(whole, ObjectType):
        return whole.attributes.get(str(key), ANY)
    if isinstance(whole, TupleType) and isinstance(key, int) and 0 <= key < len(whole.elements):
        return whole.elements[key]
    return ANY


def untyped(node: Expression, scope: Scope, hops: int = LOCALS) -> bool:
    """Whether an expression is nothing but the word `null`, which is of no type."""
    if isinstance(node, (Parenthesized, Wrapped)):
        return untyped(node.inner, scope, hops)
    if isinstance(node, Conditional):
        return untyped(node.then, scope, hops) and untyped(node.otherwise, scope, hops)
    if isinstance(node, Attribute) and isinstance(node.base, Name) and node.base.name == "local":
        found = scope.home.declared("local", node.name) if isinstance(scope.home, Declares) else None
        return hops > 0 and isinstance(found, Node) and untyped(found, scope, hops - 1)
    return isinstance(node, Literal) and node.value is None
