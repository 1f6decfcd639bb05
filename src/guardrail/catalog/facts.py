"""
Values of facts: what cannot be, or is made of what is not known, is an `Unknown`.

What declarations do with values is called through `guarded` and `spread`, so that nothing of it raises.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, Optional

from guardrail.catalog.convert import LARGEST, ConversionError, located, text, whole
from guardrail.model.value import STRICTNESS, NoBound, OpenMap, Reason, Unknown, Value, apply


def spread(function: Callable[..., Value], values: Sequence[Value]) -> Value:
    """Return what `model.value.apply` does, without trying candidates where one of the values has none."""
    hidden = [value for value in values if isinstance(value, Unknown)]
    if any(one.one_of is None for one in hidden):
        worst = max(hidden, key=lambda one: STRICTNESS[one.reason]) if len(hidden) > 1 else hidden[0]
        return bare(worst)
    return apply(function, *values)


def bare(unknown: Unknown, *, prefix: Optional[str] = None) -> Unknown:
    """
    Return why something is unknown, without candidates: they are those of another value.

    What a frontend keeps beside (a type) goes too: facts hold nothing but what the model knows.
    """
    if type(unknown) is Unknown and unknown.one_of is None and unknown.prefix == prefix:
        return unknown
    return Unknown(unknown.reason, None, prefix, unknown.note)


def guarded(function: Callable[..., Value], *values: Any) -> Value:
    """Return `function` of the values; unknown where it refuses them. Its message must not repeat them."""
    try:
        return function(*values)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError) as error:
        return Unknown(
            Reason.ERROR, note=str(error) if isinstance(error, ConversionError) else "not of the type that belongs here"
        )


def as_number(value: Value) -> Value:
    """
    Return a fact as a whole number from 0 on; anything else is in error, of whatever kind it is a fact.

    Absent, unbounded and unknown stay what they are; candidates are converted.
    """
    if value is None or (type(value) is int and 0 <= value < LARGEST) or isinstance(value, NoBound):
        return value
    return _converted(whole, value)


def sound(value: Value) -> Value:
    """Return any fact: a number in it that is less than nothing is in error, as are candidates with one."""
    if type(value) is int or isinstance(value, Decimal):
        odd = isinstance(value, Decimal) and not value.is_finite()
        return Unknown(Reason.ERROR, note="less than nothing") if odd or value < 0 else value
    if isinstance(value, Unknown):
        return value if value.one_of is None else apply(sound, value)
    if isinstance(value, OpenMap):
        return OpenMap({key: sound(member) for key, member in value.items()}, value.rest)
    if isinstance(value, Mapping):
        return {key: sound(member) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return tuple(sound(member) for member in value)
    return value


def as_text(value: Value) -> Value:
    """Return a fact as text. Absent and unknown stay what they are; candidates are converted."""
    return value if value is None or type(value) is str else _converted(text, value)


def as_place(provider: Optional[str], value: Value) -> Value:
    """Return a region or a zone as its provider spells it. Absent and unknown stay; candidates are converted."""
    return None if value is None else _converted(partial(located, provider), value)


def _converted(convert: Callable[[Any], Value], value: Value) -> Value:
    if not isinstance(value, Unknown):
        return guarded(convert, value)
    if value.one_of is None:
        return value
    return apply(lambda one: None if one is None else guarded(convert, one), value)
