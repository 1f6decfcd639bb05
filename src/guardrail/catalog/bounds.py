"""
Replicas between their bounds.

No cloud takes a lower bound above the upper one, or more replicas than the upper bound. Whoever writes that does not
mean what it says, and the smaller number would be what limits compare with: so none of the two is believed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import ROUND_CEILING, Decimal
from typing import Final, Optional, Union

from guardrail.model.resource import Bounds
from guardrail.model.value import Count, NoBound, Reason, Unknown, Value, apply

CROSSED: Final = Unknown(Reason.ERROR, note="the lower bound of replicas is above the upper bound")
ABOVE: Final = Unknown(Reason.ERROR, note="more replicas are asked for than the upper bound permits")
CONTRADICTIONS: Final = (CROSSED, ABOVE)


def ordered(low: Count, desired: Count, high: Count) -> Bounds:
    """
    Return bounds in which min ≤ desired ≤ max holds for all that is known of them.

    Fewer than the lower bound are asked for only until whatever keeps the bounds acts. Numbers that contradict each
    other are in error, both of them.
    """
    if type(low) is int and type(desired) is int and type(high) is int and low <= desired <= high:
        return Bounds(low, desired, high)
    least, most = _outermost(low, min), _outermost(high, max)
    if least is not None and most is not None and least > most:
        return Bounds(CROSSED, CROSSED, CROSSED)
    fewest = _outermost(desired, min)
    if fewest is not None and most is not None and fewest > most:
        return Bounds(low, ABOVE, ABOVE)
    if type(desired) is int and type(low) is int:
        desired = max(desired, low)
    return Bounds(low, desired, high)


_USUAL: Final = 4
"""Of what part one more is started where nothing is stated: a quarter, rounded up."""

Surge = Union[int, Decimal, Unknown, None]
"""How many more there can be while new copies take the place of old ones: a number, or (a decimal) a share of them."""


def peak(bounds: Bounds, surge: Surge) -> Bounds:
    """
    Return bounds with what a rollout adds at most. Of nothing there is no rollout.

    No more than a quarter is what Kubernetes adds where nothing is stated, and counts as little as that does.
    """
    if surge is None or bounds.max is None:
        return bounds

    def most(high: Value, more: Value) -> Value:
        if isinstance(high, NoBound) or high == 0:
            return high
        added = int((high * more).to_integral_value(ROUND_CEILING) if isinstance(more, Decimal) else more)
        return high + added if added > -(-high // _USUAL) else high

    return replace(bounds, max=apply(most, bounds.max, surge))


def _outermost(count: Count, of: Callable[[Iterable[int]], int]) -> Optional[int]:
    """Return the least or the most that a count can be, None where that is not a number."""
    options = count.one_of or () if isinstance(count, Unknown) else (count,)
    numbers = [one for one in options if type(one) is int]
    return of(numbers) if numbers and len(numbers) == len(options) else None
