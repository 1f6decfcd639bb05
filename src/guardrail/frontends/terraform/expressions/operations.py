"""Operators, and what is only ever an error."""

from __future__ import annotations

from typing import NoReturn

from guardrail.frontends.terraform import operators
from guardrail.frontends.terraform.meter import FatalError
from guardrail.frontends.terraform.scope import Scope
from guardrail.frontends.terraform.syntax.nodes import Binary, Expression, Literal, Malformed, Unary
from guardrail.frontends.terraform.types import BOOL
from guardrail.frontends.terraform.values import EvaluationError, Unknown, Value, unknown


def literal(node: Literal, _scope: Scope) -> Value:
    """Return what is written."""
    return node.value


def malformed(node: Malformed, _scope: Scope) -> NoReturn:
    """Raise for what parses and has no value."""
    raise EvaluationError(node.message)


def unary(node: Unary, scope: Scope) -> Value:
    """Return `!operand` or `-operand`."""
    operand = scope.evaluate(node.operand)
    result = operators.negation(operand) if node.operator == "!" else operators.minus(operand)
    return scope.meter.doubted(result, operand)


def binary(node: Binary, scope: Scope) -> Value:
    """Return `left operator right`. Chains grow to the left, thousands long: they are gone through, not into."""
    pending: list[Binary] = []
    leftmost: Expression = node
    while isinstance(leftmost, Binary):
        pending.append(leftmost)
        leftmost = leftmost.left
    value = scope.evaluate(leftmost)
    for step in reversed(pending):
        scope.meter.charge(1)
        try:
            value = _operation(step, value, scope)
        except EvaluationError as error:
            error.node = error.node or step
            raise
    return value


def _operation(node: Binary, left: Value, scope: Scope) -> Value:
    """
    Return the result of one operator for its left side.

    A left side that decides leaves the right side unevaluated, as newer versions of Terraform do; one that is not
    known leaves an error of the right side without effect, which its final value may prevent.
    """
    operator = node.operator
    if operator not in ("&&", "||"):
        right = scope.evaluate(node.right)
        scope.meter.weigh(left, right)
        result = scope.meter.noticed(node, operators.binary(operator, left, right), (left, right))
        return result if operator in ("==", "!=") else scope.meter.doubted(result, left, right)
    combine = operators.both if operator == "&&" else operators.either
    decisive = operator == "||"
    verdict = operators.test(left, "left side", scope.meter)
    if verdict is decisive:
        return verdict
    if not isinstance(verdict, Unknown):
        return combine(verdict, operators.test(scope.evaluate(node.right), "right side", scope.meter))
    try:
        return combine(verdict, operators.test(scope.evaluate(node.right), "right side", scope.meter))
    except FatalError:
        raise
    except EvaluationError:
        scope.meter.doubt = verdict
        return unknown(verdict, type=BOOL, not_null=True)
