"""`test ? then : otherwise`."""

from __future__ import annotations

from typing import Optional

from guardrail.frontends.terraform.candidates import one_of
from guardrail.frontends.terraform.convert import convert, type_of
from guardrail.frontends.terraform.expressions.hints import type_of_null
from guardrail.frontends.terraform.meter import FatalError
from guardrail.frontends.terraform.operators import test
from guardrail.frontends.terraform.scope import Scope
from guardrail.frontends.terraform.syntax.nodes import Conditional, Expression
from guardrail.frontends.terraform.types import ANY, Primitive, Type, definite
from guardrail.frontends.terraform.unify import unify
from guardrail.frontends.terraform.values import EvaluationError, Unknown, Value, unknown, wholly_known
from guardrail.model.value import Reason


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
    if value is None:
        return value
    wanted = _wanted(other, value, scope)
    return value if wanted is ANY else _unified(value, wanted)


def _wanted(node: Expression, value: Value, scope: Scope) -> Type:
    """
    Return the type of the arm that is not chosen, which the chosen one has to fit.

    That arm may be in error, and then has no type; so where it may turn out to be in error, nothing is said.
    """
    meter = scope.meter
    before, meter.doubt = meter.doubt, None
    try:
        alternative = scope.evaluate(node)
        if meter.doubt is not None or type(value) is type(alternative) is str:
            return ANY
    except FatalError:
        raise
    except EvaluationError:
        return ANY
    finally:
        meter.doubt = before
    meter.weigh(value, alternative)
    return _type(alternative, node, scope)


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


def _confined(node: Expression, scope: Scope) -> Value:
    """Return the value of an arm that may not be chosen: its errors matter only if it is."""
    try:
        return scope.evaluate(node)
    except FatalError:
        raise
    except EvaluationError as error:
        scope.meter.doubt = failed = Unknown(Reason.ERROR, note=error.message)
        return failed


def _either(verdict: Unknown, node: Conditional, scope: Scope) -> Value:
    then, otherwise = _confined(node.then, scope), _confined(node.otherwise, scope)
    scope.meter.weigh(then, otherwise)
    common: Optional[Type] = None
    if not _of_any_type(then) and not _of_any_type(otherwise):
        common = unify((_type(then, node.then, scope), _type(otherwise, node.otherwise, scope)))
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
