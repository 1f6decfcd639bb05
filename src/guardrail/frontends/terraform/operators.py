"""What operators do to values. Operands are converted as Terraform converts them; unknown ones give unknowns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from operator import add, ge, gt, le, lt, mul, sub
from typing import Any, Final

from guardrail.frontends.terraform import precision
from guardrail.frontends.terraform.candidates import lift
from guardrail.frontends.terraform.convert import convert, type_of
from guardrail.frontends.terraform.meter import Meter
from guardrail.frontends.terraform.precision import Number
from guardrail.frontends.terraform.types import (
    ANY,
    BOOL,
    NUMBER,
    ListType,
    MapType,
    ObjectType,
    Primitive,
    TupleType,
    Type,
)
from guardrail.frontends.terraform.values import (
    EvaluationError,
    Listed,
    ListValue,
    Mapped,
    MapValue,
    OpenMap,
    SetValue,
    Unknown,
    Value,
    is_number,
    number,
    refused,
    same,
    unknown,
)


def binary(operator: str, left: Value, right: Value) -> Value:
    """Return `left operator right`, for every operator but `&&` and `||` (see `both` and `either`)."""
    if operator == "==":
        return equal(left, right)
    if operator == "!=":
        return negation(equal(left, right))
    function = _NUMERIC[operator]
    return lift(function, _operand(left, NUMBER), _operand(right, NUMBER), type=_RESULT[operator], not_null=True)


def negation(value: Value) -> Value:
    """Return `!value`."""
    return lift(_not, _operand(value, BOOL), type=BOOL, not_null=True)


def minus(value: Value) -> Value:
    """Return `-value`."""
    return lift(_minus, _operand(value, NUMBER), type=NUMBER, not_null=True)


def both(left: Value, right: Value) -> Value:
    """Return `left && right`: false as soon as one of them is, whatever the other turns out to be."""
    return _logic(left, right, decisive=False)


def either(left: Value, right: Value) -> Value:
    """Return `left || right`."""
    return _logic(left, right, decisive=True)


def test(value: Value, what: str, meter: Meter) -> Value:
    """Return a condition as bool or unknown. Null is an error, and what may turn out to be none leaves a doubt."""
    if value is True or value is False:
        return value
    if value is None:
        raise EvaluationError(f"the {what} is null")
    if isinstance(value, Unknown) and not (value.not_null and value.type == BOOL):
        meter.doubt = value
    return convert(value, BOOL)


def equal(left: Value, right: Value) -> Value:
    """
    Return whether two values are equal: a bool, or unknown.

    Nothing is converted: values of different types are different, a list and a tuple too. A pair that differs for
    certain decides, whatever is unknown beside it.
    """
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return _equal_unknown(left, right)
    if left is None or right is None:
        return left is right
    if isinstance(left, Mapped) and isinstance(right, Mapped):
        return _equal_mappings(left, right)
    if type(left) is not type(right):
        return bool(is_number(left) and is_number(right) and left == right)
    if isinstance(left, SetValue):
        return _equal_sets(left, right)
    if isinstance(left, Listed):
        return _equal_elements(left, right)
    return bool(left == right)


def _equal_unknown(left: Value, right: Value) -> Value:
    undecided = unknown(*(each for each in (left, right) if isinstance(each, Unknown)), type=BOOL, not_null=True)
    if _never_equal(left, right) or _never_equal(right, left):
        return False
    has_candidates = all(not isinstance(each, Unknown) or each.one_of is not None for each in (left, right))
    return lift(equal, left, right, type=BOOL, not_null=True) if has_candidates else undecided


def _never_equal(one: Value, other: Value) -> bool:
    """Whether the unknown `one` cannot turn out equal to `other`."""
    if not isinstance(one, Unknown):
        return False
    if other is None:
        return one.not_null
    if _disjoint(one.type, type_of(other)) and (one.not_null or not isinstance(other, Unknown)):
        return True
    if one.prefix is None:
        return False
    text = other.prefix if isinstance(other, Unknown) else other
    if not isinstance(text, str):
        return False
    if isinstance(other, Unknown):
        return not one.prefix.startswith(text) and not text.startswith(one.prefix)
    return not text.startswith(one.prefix)


def _disjoint(one: Type, other: Type) -> bool:
    """
    Whether no value is of both types.

    Inside collections nothing is claimed, and neither is that a list is no tuple: which of them keys() gives depends
    on what is unknown.
    """
    if one is ANY or other is ANY:
        return False
    if isinstance(one, Primitive) or isinstance(other, Primitive):
        return one != other
    if isinstance(one, TupleType) and isinstance(other, TupleType):
        return len(one.elements) != len(other.elements)
    if isinstance(one, ObjectType) and isinstance(other, ObjectType):
        return one.attributes.keys() != other.attributes.keys()
    return isinstance(one, (ObjectType, MapType)) is not isinstance(other, (ObjectType, MapType))


def _equal_mappings(left: Mapping[str, Value], right: Mapping[str, Value]) -> Value:
    opens = [each.rest for each in (left, right) if isinstance(each, OpenMap)]
    if not opens and type(left) is not type(right):
        return False
    if _has_more(left, right) or _has_more(right, left):
        return False
    if not left and isinstance(left, MapValue):
        return _equal_empty(left, right)
    return _all_equal([(left[key], right[key]) for key in left if key in right], opens)


def _has_more(one: Mapping[str, Value], other: Mapping[str, Value]) -> bool:
    """Whether `one` has a key that `other` certainly has not."""
    return not isinstance(other, OpenMap) and any(key not in other for key in one)


def _equal_elements(left: tuple[Value, ...], right: tuple[Value, ...]) -> Value:
    if len(left) != len(right):
        return False
    if not left and isinstance(left, ListValue):
        return _equal_empty(left, right)
    return _all_equal(list(zip(left, right, strict=True)), [])


def _equal_empty(left: Value, right: Value) -> Value:
    """Return whether two lists or maps without elements are of one type."""
    one, other = type_of(left), type_of(right)
    if ANY in (_element(one), _element(other)):
        return refused("the element types of two empty collections are not compared", BOOL)
    return one == other


def _element(kind: Type) -> Type:
    return kind.element if isinstance(kind, (ListType, MapType)) else ANY


def _equal_sets(left: SetValue, right: SetValue) -> Value:
    unknowns = [element for element in (*left, *right) if isinstance(element, Unknown)]
    if unknowns:
        return unknown(*unknowns, type=BOOL, not_null=True)
    return same(left, right)


def _all_equal(pairs: list[tuple[Value, Value]], opens: list[Unknown]) -> Value:
    undecided: list[Unknown] = list(opens)
    for one, other in pairs:
        verdict = equal(one, other)
        if verdict is False:
            return False
        if isinstance(verdict, Unknown):
            undecided.append(verdict)
    return unknown(*undecided, type=BOOL, not_null=True) if undecided else True


def _logic(left: Value, right: Value, *, decisive: bool) -> Value:
    left, right = _operand(left, BOOL), _operand(right, BOOL)
    if left is decisive or right is decisive:
        return decisive
    undecided = [each for each in (left, right) if isinstance(each, Unknown)]
    return unknown(*undecided, type=BOOL, not_null=True) if undecided else not decisive


def _operand(value: Value, kind: Type) -> Value:
    if value is None:
        raise EvaluationError("an operand is null")
    return convert(value, kind)


def _not(value: Any) -> Value:
    return _some(value) is False


def _minus(value: Any) -> Value:
    operand = _some(value)
    return -operand if isinstance(operand, int) else operand.copy_negate()  # `-` would round it


def _some(value: Any) -> Any:
    """Refuse null among the candidates of an operand."""
    if value is None:
        raise EvaluationError("an operand is null")
    return value


def _arithmetic(function: Callable[[Number, Number], Number]) -> Callable[[Any, Any], Value]:
    def checked(left: Any, right: Any) -> Value:
        return number(function(_some(left), _some(right)))

    return checked


def _comparison(function: Callable[[Number, Number], bool]) -> Callable[[Any, Any], Value]:
    def checked(left: Any, right: Any) -> Value:
        return function(_some(left), _some(right))

    return checked


def _exactly(
    whole: Callable[[int, int], int], fraction: Callable[[Number, Number], Number]
) -> Callable[[Number, Number], Number]:
    """Integers are computed as such; anything else as `precision` has it."""

    def computed(left: Number, right: Number) -> Number:
        return whole(left, right) if isinstance(left, int) and isinstance(right, int) else fraction(left, right)

    return computed


def _over(left: Number, right: Number) -> Number:
    if not right and not left:
        raise EvaluationError("zero is divided by zero")
    if not right:
        return Decimal("Infinity")  # no error to Terraform: `try` does not fall through
    if isinstance(left, int) and isinstance(right, int) and not left % right:
        return left // right
    return precision.divide(left, right)


def _modulo(left: Number, right: Number) -> Number:
    """Return the remainder, which has the sign of the left side. By zero it is the left side itself."""
    if not right:
        return left
    if isinstance(left, int) and isinstance(right, int):
        rest = abs(left) % abs(right)
        return rest if left >= 0 else -rest
    return precision.remainder(left, right)


_NUMERIC: Final[Mapping[str, Callable[[Any, Any], Value]]] = {
    "+": _arithmetic(_exactly(add, precision.add)),
    "-": _arithmetic(_exactly(sub, precision.subtract)),
    "*": _arithmetic(_exactly(mul, precision.multiply)),
    "/": _arithmetic(_over),
    "%": _arithmetic(_modulo),
    "<": _comparison(lt),
    "<=": _comparison(le),
    ">": _comparison(gt),
    ">=": _comparison(ge),
}

_RESULT: Final[Mapping[str, Type]] = {
    operator: BOOL if operator in ("<", "<=", ">", ">=") else NUMBER for operator in _NUMERIC
}
