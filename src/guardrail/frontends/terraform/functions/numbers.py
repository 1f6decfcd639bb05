"""Functions of numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR
from typing import Final

from guardrail.frontends.terraform.convert import convert
from guardrail.frontends.terraform.functions import machine
from guardrail.frontends.terraform.functions.signature import Function, whole_number
from guardrail.frontends.terraform.operators import binary
from guardrail.frontends.terraform.precision import Number, add, of_machine
from guardrail.frontends.terraform.types import ANY, NUMBER, ListType
from guardrail.frontends.terraform.values import (
    DIGITS,
    EvaluationError,
    Listed,
    ListValue,
    Value,
    number,
    refused,
)

RANGE: Final = 1024
"""The most values that `range` gives."""


def _abs(value: Number) -> Value:
    return abs(value) if isinstance(value, int) else value.copy_abs()  # `abs` would round it


def _signum(value: Number) -> int:
    whole = whole_number(value, "argument")
    return (whole > 0) - (whole < 0)


def _rounded(value: Number, rounding: str) -> Value:
    return value if isinstance(value, int) else number(value.to_integral_value(rounding))


def _pow(base: Number, power: Number) -> Value:
    """Terraform computes this with the numbers of the machine, so beyond 2⁵³ it is not exact."""
    return _machine(lambda: machine.power(float(base), float(power)))


def _log(value: Number, base: Number) -> Value:
    if not value or not base:
        return _infinite()
    return _machine(lambda: machine.logarithm(float(value)) / machine.logarithm(float(base)))


def _machine(compute: Callable[[], float]) -> Value:
    try:
        result = compute()
    except (OverflowError, ZeroDivisionError):
        return _infinite()
    except ValueError as error:
        raise EvaluationError("there is no such number") from error
    return number(of_machine(result)) if math.isfinite(result) else _infinite()


def _infinite() -> Value:
    """Return what stands for infinity, which is no error, and no number of a plan either."""
    return refused("an infinite number", NUMBER)


def _parseint(text: Value, base: Number) -> Value:
    if not isinstance(text, str):
        raise EvaluationError("the first argument must be a string")
    radix = whole_number(base, "base")
    if not 2 <= radix <= len(_LETTERS):  # noqa: PLR2004 - nothing is counted with one digit
        raise EvaluationError(f"the base must be between 2 and {len(_LETTERS)}")
    digits = text[1:] if text.startswith(("-", "+")) else text
    if radix <= 36:  # noqa: PLR2004 - ten digits and one case of letters
        digits = digits.lower()
    values = [_LETTERS.find(digit) for digit in digits]
    if not values or not all(0 <= value < radix for value in values):
        raise EvaluationError(f"this is no number in base {radix}")
    if len(values) > 4 * DIGITS:
        return refused(f"a number of more than {DIGITS} digits", NUMBER)
    result = 0
    for value in values:
        result = result * radix + value
    return number(-result if text.startswith("-") else result)


_LETTERS: Final = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _range(*given: Number) -> Value:
    """Return `limit`, `start, limit` or `start, limit, step` counted out. The direction is that of the operands."""
    start, limit = (0, given[0]) if len(given) == 1 else given[:2]
    step: Number = given[2] if len(given) > 2 else 1 if limit >= start else -1  # noqa: PLR2004 - the third
    if start == limit:
        return ListValue(())
    if not step or (limit > start and step < 0) or (limit < start and step > 0):
        raise EvaluationError("the step must lead from the start to the limit")
    values: list[Value] = []
    current: Number = start
    while (current < limit) if step > 0 else (current > limit):
        if len(values) >= RANGE:
            raise EvaluationError(f"more than {RANGE:,} values")
        values.append(number(current))
        current = current + step if isinstance(current, int) and isinstance(step, int) else add(current, step)
    return ListValue(values)


def _sum(values: Value) -> Value:
    if not isinstance(values, Listed):
        raise EvaluationError("a list of numbers is required")
    if not values:
        raise EvaluationError("the list is empty")
    total: Value = 0
    for value in values:
        if value is None:
            raise EvaluationError("an element is null")
        total = binary("+", total, convert(value, NUMBER))
    return total


FUNCTIONS: Final[Mapping[str, Function]] = {
    "abs": Function(_abs, (NUMBER,), NUMBER),
    "ceil": Function(lambda value: _rounded(value, ROUND_CEILING), (NUMBER,), NUMBER),
    "floor": Function(lambda value: _rounded(value, ROUND_FLOOR), (NUMBER,), NUMBER),
    "log": Function(_log, (NUMBER, NUMBER), NUMBER),
    "max": Function(lambda *values: max(values), rest=NUMBER, least=1, result=NUMBER),
    "min": Function(lambda *values: min(values), rest=NUMBER, least=1, result=NUMBER),
    "parseint": Function(_parseint, (ANY, NUMBER), NUMBER),
    "pow": Function(_pow, (NUMBER, NUMBER), NUMBER),
    "range": Function(_range, rest=NUMBER, least=1, most=3, result=ListType(NUMBER)),
    "signum": Function(_signum, (NUMBER,), NUMBER),
    "sum": Function(_sum, (ANY,), NUMBER),
}
