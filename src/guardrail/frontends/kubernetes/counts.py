"""How many: numbers of rows found in a manifest, and the bounds of a group's replicas."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, Optional

from guardrail.catalog.bounds import ordered
from guardrail.catalog.kubernetes.workload import Count, Pods
from guardrail.frontends.kubernetes.quantity import wrong
from guardrail.frontends.kubernetes.reading import Reading, Scope
from guardrail.model import value as values
from guardrail.model.resource import Bounds
from guardrail.model.value import ABSENT, UNBOUNDED, NoBound, Unknown, Value, apply

_INT32: Final = 2**31 - 1
"""The largest number of replicas: what is written for "no limit"."""


def number(reading: Reading, scope: Scope, count: Count) -> tuple[values.Count, Optional[str]]:
    """Return what a count of a row comes to here, and the pointer of what states it (None for a default)."""
    for pointer in count.at:
        value, at = scope.find(pointer)
        if value is not ABSENT and value is not None:
            return _less(_number(reading, value, at, count), count.less), at
    return _less(count.default, count.less), None


def _number(reading: Reading, value: Value, at: str, count: Count) -> values.Count:
    if isinstance(value, Unknown):
        return value
    if isinstance(value, str) and value in count.words:
        return count.words[value]
    whole = _whole(value)
    if whole is None:
        return reading.problem(at, "not a whole number")
    if whole < 0:
        return reading.problem(at, "negative")
    if whole == 0 and count.zero is not None:
        return count.zero
    if whole > _INT32:
        return reading.problem(at, "larger than 32 bits hold")
    return UNBOUNDED if whole == _INT32 else whole


def _whole(value: Value) -> Optional[int]:
    """Return a whole number, also of one that is written as text or with an empty fraction."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, Decimal):
        small = value.adjusted() < len(str(_INT32)) + 2
        return int(value) if small and value == value.to_integral_value() else None
    if (
        isinstance(value, str)
        and value.isascii()
        and value.lstrip("-").isdigit()
        and len(value) <= len(str(_INT32)) + 2
    ):
        return int(value) if value.lstrip("-") == value.removeprefix("-") else None
    return None


def _less(value: values.Count, less: int) -> values.Count:
    if not less or value is None or isinstance(value, NoBound):
        return value
    return apply(lambda known: known if isinstance(known, NoBound) else max(known - less, 0), value)  # type: ignore[no-any-return]


def times(one: values.Count, other: values.Count) -> values.Count:
    """Return a product. Nothing, times whatever, is nothing; no bound stays none."""
    if other == 1 or one is None:
        return one
    if 0 in (one, other):
        return 0
    product: values.Count = apply(
        lambda a, b: UNBOUNDED if isinstance(a, NoBound) or isinstance(b, NoBound) else a * b, one, other
    )
    return product


def least(one: values.Count, other: values.Count) -> values.Count:
    """Return the smaller of two numbers. None and no bound limit nothing."""
    if other is None or isinstance(other, NoBound):
        return one
    if one is None or isinstance(one, NoBound):
        return other
    return apply(min, one, other)  # type: ignore[no-any-return]


def bounds(reading: Reading, scope: Scope, pods: Pods, fact: str) -> Bounds:
    """Return the replicas of a group, whose pointer is `fact`, and note where each bound is written."""
    desired, desired_at = number(reading, scope, pods.desired)
    low, low_at = (desired, desired_at) if pods.min is None else number(reading, scope, pods.min)
    high, high_at = (desired, desired_at) if pods.max is None else number(reading, scope, pods.max)
    desired = _within(desired, low, high)
    if pods.scaled and (pods.min is not None or pods.max is not None):
        value, at = scope.find(pods.scaled)
        scaled = reading.flag(value, at)
        if scaled is False:
            low, high, low_at, high_at = desired, desired, desired_at, desired_at
    for limit in pods.at_most:
        most, most_at = number(reading, scope, limit)
        if most_at is not None:
            low, desired, high = (least(bound, most) for bound in (low, desired, high))
            high_at = most_at if high == most else high_at
    factors: list[Optional[str]] = []
    for factor in pods.times:
        value, at_ = number(reading, scope, factor)
        low, desired, high = (times(bound, value) for bound in (low, desired, high))
        factors.append(at_)
    if pods.overlap is not None:
        at_once, at_ = number(reading, scope, pods.overlap)
        high = times(high, at_once)
        high_at = at_ if at_once != 1 and at_ is not None else high_at
    counts = (("min", pods.min, low_at), ("desired", None, desired_at), ("max", pods.max, high_at))
    for bound, count, at_ in counts:
        told = tuple(one for one in (at_ or _would_be(scope, count or pods.desired), *factors) if one)
        reading.came(f"{fact}/replicas/{bound}", *(told or (scope.at,)))
    return ordered(_wished(low), _wished(desired), high)


def _would_be(scope: Scope, count: Count) -> Optional[str]:
    """Return the pointer at which a number that is not stated would stand."""
    return scope.find(count.at[0])[1] if count.at else None


def _wished(bound: values.Count) -> values.Count:
    """Return a bound other than the largest: that nothing limits it can only be a mistake."""
    return wrong("larger than 32 bits hold") if isinstance(bound, NoBound) else bound


def _within(desired: values.Count, low: values.Count, high: values.Count) -> values.Count:
    if not isinstance(desired, int) or not isinstance(low, int):
        return desired
    return max(desired, low) if not isinstance(high, int) else max(min(desired, high), low)
