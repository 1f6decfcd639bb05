"""`test ? then : otherwise`."""

from __future__ import annotations

from typing import Optional

from guardrail.frontends.terraform.candidates import any_of, one_of
from guardrail.frontends.terraform.convert import convert, type_of
from guardrail.frontends.terraform.expressions.hints import type_of_null
from guardrail.frontends.terraform.meter import FatalError
from guardrail.frontends.terraform.operators import test
from guardrail.frontends.terraform.scope import Scope
from guardrail.frontends.terraform.syntax.nodes import Conditional, Expression
from guardrail.frontends.terraform.types import ANY, Primitive, Type, definite
from guardrail.frontends.terraform.unify import unify
from guardrail.frontends.terraform.values import EvaluationError, Unknown, Value, unknown, wholly_known


def conditional(node: Conditional, scope: Scope) -> Value:
    """
    Return the arm that the test chooses, converted to the type that both arms have in common.

    With an unknown test it is one of the arms.
    """
    verdict = test(scope.evaluate(node.test), "test of a conditional", scope.meter)
    if isinstance(verdict, Unknown):
        return _either(verdict, node, scope)
    chosen, other = (node.then, node.otherwise) if verdict else (node.otherwise, node.then)
    value = scope.evaluate(chosen)
    return value if value is None else _fitting(value, other, scope)


def _fitting(value: Value, other: Expression, scope: Scope) -> Value:
    """
    Return the chosen arm as one of the type that it has in common with the other one.

    That one may be in error, and then has no type. So where it may turn out to be, what is known stays as it is
    (whoever takes the value converts it), nothing is said of the type of what is not, and the whole may be in error
    if they have no type in common.
    """
    meter = scope.meter
    before, meter.doubt = meter.doubt, None
    try:
        alternative = scope.evaluate(other)
        doubt = meter.doubt
    except FatalError:
        raise
    except EvaluationError:
        return value
    finally:
        meter.doubt = before
    if type(value) is type(alternative) is str:
        return value
    meter.weigh(value, alternative)
    wanted = _type(alternative, other, scope)
    if doubt is None:
        return value if wanted is ANY else _unified(value, wanted)
    try:
        converted = value if wanted is ANY else _unified(value, wanted)
    except EvaluationError:
        meter.doubt = doubt
        return value
    return (
        any_of(unknown(value), [value, converted]) if isinstance(value, Unknown) and converted is not value else value
    )


def _type(value: Value, node: Expression, scope: Scope) -> Type:
    return type_of_null(node, scope) if value is None else type_of(value)


def _unified(value: Value, other: Type) -> Value:
    """Return a value as one of the type that it has in common with another one's type."""
    mine = type_of(value)
    # A map of which not all is known has no type yet, but it will never be a text or a number.
    apart = mine is ANY and isinstance(value, (dict, tuple)) and isinstance(other, Primitive)
    if not apart and (mine is ANY or other is ANY or mine == other):
        return value
    common = None if apart else unify((mine, other))
    if common is None:
        shown = "collection" if apart else str(mine)
        raise EvaluationError(f"the values of a conditional must have one type: one is a {shown}, one a {other}")
    return convert(value, common)


def _either(verdict: Unknown, node: Conditional, scope: Scope) -> Value:
    then = scope.meter.confined(lambda: scope.evaluate(node.then))
    otherwise = scope.meter.confined(lambda: scope.evaluate(node.otherwise))
    scope.meter.weigh(then, otherwise)
    common: Optional[Type] = None
    if not _of_any_type(then) and not _of_any_type(otherwise):
        common = unify((_type(then, node.then, scope), _type(otherwise, node.otherwise, scope)))
    if common is None:  # they may turn out to have no type in common, and that is an error
        scope.meter.doubt = verdict
    return one_of(unknown(verdict, type=common or ANY), [_as(then, common), _as(otherwise, common)])


def _of_any_type(arm: Value) -> bool:
    """
    Whether an arm may be of any type, or something in it, and change what the other one is converted to.

    Null changes nothing, and neither does a collection without elements.
    """
    return not wholly_known(arm) and not definite(type_of(arm))


def _as(arm: Value, common: Optional[Type]) -> Value:
    if common is None:
        return arm
    try:
        return convert(arm, common)
    except EvaluationError:
        return arm
