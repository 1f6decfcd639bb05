"""`test ? then : otherwise`."""

from __future__ import annotations

from typing import Optional

from guardrail.frontends.terraform.candidates import one_of
from guardrail.frontends.terraform.convert import convert, kind_name, type_of
from guardrail.frontends.terraform.meter import FatalError
from guardrail.frontends.terraform.operators import test
from guardrail.frontends.terraform.scope import Scope
from guardrail.frontends.terraform.syntax.nodes import Conditional, Expression
from guardrail.frontends.terraform.types import ANY, Type
from guardrail.frontends.terraform.unify import unify
from guardrail.frontends.terraform.values import EvaluationError, Unknown, Value, unknown
from guardrail.model.value import Reason


def conditional(node: Conditional, scope: Scope) -> Value:
    """
    Return the arm that the test chooses, converted to the type that both arms have in common.

    With an unknown test it is one of the arms.
    """
    verdict = test(scope.evaluate(node.test), "test of a conditional", scope.meter)
    if isinstance(verdict, Unknown):
        return _either(verdict, _confined(node.then, scope), _confined(node.otherwise, scope))
    chosen, other = (node.then, node.otherwise) if verdict else (node.otherwise, node.then)
    value = scope.evaluate(chosen)
    if value is None:
        return value
    try:
        alternative = scope.evaluate(other)
    except FatalError:
        raise
    except EvaluationError:
        return value  # an arm that is not chosen may be in error
    return _unified(value, alternative)


def _unified(value: Value, alternative: Value) -> Value:
    if alternative is None or type(value) is type(alternative) is str:
        return value
    mine, others = type_of(value), type_of(alternative)
    if mine is ANY or others is ANY or mine == others:
        return value
    common = unify((mine, others))
    if common is None:
        kinds = f"{kind_name(value)} and {kind_name(alternative)}"
        raise EvaluationError(f"the values of a conditional must have one type, and these are {kinds}")
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


def _either(verdict: Unknown, then: Value, otherwise: Value) -> Value:
    common = None if _of_any_type(then) or _of_any_type(otherwise) else unify((type_of(then), type_of(otherwise)))
    return one_of(unknown(verdict, type=common or ANY), [_as(then, common), _as(otherwise, common)])


def _of_any_type(arm: Value) -> bool:
    """Whether an arm may be of any type, and change what the other one is converted to. Null changes nothing."""
    return arm is not None and type_of(arm) is ANY


def _as(arm: Value, common: Optional[Type]) -> Value:
    if common is None:
        return arm
    try:
        return convert(arm, common)
    except EvaluationError:
        return arm
