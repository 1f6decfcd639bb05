"""How many: numbers of rows found in a manifest, and the bounds of a group's replicas."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, Optional

from guardrail.catalog.bounds import ordered
from guardrail.catalog.kubernetes.workload import Case, Count, Pods, Scaler
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
            return _reckoned(reading, scope, count, _number(reading, value, at, count)), at
    return _reckoned(reading, scope, count, count.default), None


def _reckoned(reading: Reading, scope: Scope, count: Count, value: values.Count) -> values.Count:
    """Return a number that is stated, divided and lessened as its row says."""
    if count.by:
        parts, _ = number(reading, scope, Count(count.by, 1))
        value = apply(_divided, 1 if value is None else value, parts)
    if count.most:
        most, _ = number(reading, scope, Count(count.most))
        value = least(value, most)
    return _less(value, count.less)


def _divided(one: object, other: object) -> object:
    if not isinstance(one, int) or not isinstance(other, int):
        return one  # what has no bound has none in parts
    return max(one // max(other, 1), 1)


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
    least_count, most_count = limits(reading, scope, pods)
    desired, desired_at = number(reading, scope, pods.desired)
    low, low_at = (desired, desired_at) if least_count is None else number(reading, scope, least_count)
    high, high_at = (desired, desired_at) if most_count is None else number(reading, scope, most_count)
    desired = _within(desired, low, high)
    if pods.scaled and (least_count is not None or most_count is not None):
        value, at = scope.find(pods.scaled)
        scaled = reading.flag(value, at)
        if scaled is False:
            low, high, low_at, high_at = desired, desired, desired_at, desired_at
    for limit in pods.at_most:
        most, most_at = number(reading, scope, limit)
        if most_at is not None:
            low, desired, high = (least(bound, most) for bound in (low, desired, high))
            high_at = most_at if high == most else high_at
            desired = _within(desired, low, high)
    factors: list[Optional[str]] = []
    for factor in pods.times:
        value, at_ = number(reading, scope, factor)
        low, desired, high = (times(bound, value) for bound in (low, desired, high))
        factors.append(at_)
    versions = _versions(reading, scope, pods)
    if versions != 1:
        high, high_at = times(high, 2), scope.find(pods.second)[1]
        desired = times(desired, versions)
    if pods.overlap is not None:
        at_once, at_ = number(reading, scope, pods.overlap)
        high = times(high, at_once)
        high_at = at_ if at_once != 1 and at_ is not None else high_at
    counts = (("min", least_count, low_at), ("desired", None, desired_at), ("max", most_count, high_at))
    for bound, count, at_ in counts:
        told = tuple(one for one in (at_ or _would_be(scope, count or pods.desired), *factors) if one)
        reading.came(f"{fact}/replicas/{bound}", *(told or (scope.at,)))
    return ordered(_wished(low), _wished(desired), high)


def _versions(reading: Reading, scope: Scope, pods: Pods) -> values.Count:
    """Return how many versions serve, where a part of the traffic goes to a new one, and it is not known if 2 do."""
    if not pods.second or _case(reading, scope, pods) is not None:
        return 1
    share, at = number(reading, scope, Count((pods.second,)))
    if at is None:
        return 1
    return apply(lambda percent: 2 if percent < _ALL else 1, share)  # type: ignore[no-any-return]


_ALL: Final = 100  # percent


def limits(reading: Reading, scope: Scope, pods: Pods) -> tuple[Optional[Count], Optional[Count]]:
    """Return what bounds a group: what its row says, or the first of its cases that applies."""
    case = _case(reading, scope, pods)
    return (pods.min, pods.max) if case is None else (case.min, case.max)


def _case(reading: Reading, scope: Scope, pods: Pods) -> Optional[Case]:
    for case in pods.cases:
        value, at = scope.find(case.at)
        if isinstance(value, (str, bool)) and reading.text(value, at) in case.words:
            return case
    return None


Told = tuple[values.Count, Optional[str]]
"""A number, and the pointer of what states it."""


def scaling(reading: Reading, scope: Scope, scaler: Scaler) -> tuple[Told, Told]:
    """Return the least and the largest number that an autoscaler sets, each with where it is written."""
    if scaler.fixed is not None:
        fixed = number(reading, scope, scaler.fixed)
        if fixed[1] is not None:
            return fixed, fixed
    low, high = number(reading, scope, scaler.min), number(reading, scope, scaler.max)
    if scaler.idle is not None:
        idle = number(reading, scope, scaler.idle)
        low = idle if idle[1] is not None and least(low[0], idle[0]) == idle[0] else low
    for one in scaler.raised:
        for value, at in numbers(reading, one):
            high = (value, at) if _more(value, high[0]) else high
    return low, high


def numbers(reading: Reading, count: Count) -> Iterator[Told]:
    """Yield what is stated at a pointer; with `*` of every element that states it."""
    above, _, below = count.at[0].partition("/*/")
    listed = reading.find(above)
    for index, element in enumerate(listed if isinstance(listed, tuple) else ()):
        at = f"{above}/{index}"
        value, pointer = number(reading, Scope(element, at, element, at), Count((f"/{below}",)))
        if pointer is not None:
            yield value, pointer


def _more(one: values.Count, other: values.Count) -> bool:
    """Whether a number is larger than another, or may be."""
    if isinstance(other, (NoBound, Unknown)) or one is None:
        return False
    return isinstance(one, (NoBound, Unknown)) or other is None or one > other


def _would_be(scope: Scope, count: Count) -> Optional[str]:
    """Return the pointer at which a number that is not stated would stand."""
    return scope.find(count.at[0])[1] if count.at else None


def _wished(bound: values.Count) -> values.Count:
    """Return a bound other than the largest: that nothing limits it can only be a mistake."""
    return wrong("larger than 32 bits hold") if isinstance(bound, NoBound) else bound


def _within(desired: values.Count, low: values.Count, high: values.Count) -> values.Count:
    if isinstance(desired, Unknown) and isinstance(low, int) and low == high:
        return low
    if not isinstance(desired, int) or not isinstance(low, int):
        return desired
    return max(desired, low) if not isinstance(high, int) else max(min(desired, high), low)
