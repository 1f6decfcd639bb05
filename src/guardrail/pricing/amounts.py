"""
Arithmetic of amounts: exact decimals, "unbounded", and unknowns with a reason.

Everything here runs inside `exact()`, in which sums and products of prices and quantities lose no digit, so that the
order of addends does not matter. Only shares and durations are divided, and those are rounded once, where they arise.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Context, Decimal, localcontext
from typing import Any, Final, Optional

from guardrail.model.cost import Amount, BoundName
from guardrail.model.value import STRICTNESS, UNBOUNDED, Count, NoBound, Reason, Unknown

ZERO: Final = Decimal(0)
BOUNDS: Final[tuple[BoundName, ...]] = ("min", "expected", "max")

_DIGITS: Final = 120
"""Enough for the product of any price, quantity and month that input of bounded size can state."""

_ABSURD: Final = 10**18
"""More than there is of anything; keeps every product within the digits above."""

_CENTS: Final = Decimal("1e-10")
"""How exactly amounts are kept that come from a division, in USD or nodes."""


def exact() -> AbstractContextManager[Context]:
    """Return the arithmetic of money, whatever the arithmetic of the caller is. No input makes it raise."""
    return localcontext(Context(prec=_DIGITS, rounding=ROUND_HALF_EVEN, traps=[]))


def times(left: Amount, right: Amount) -> Amount:
    """Return the product. Nothing times anything is nothing; not known beats not bounded."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return left * right or ZERO  # not the negative zero that a discount of nothing would be
    if ZERO in (left, right):
        return ZERO
    if isinstance(left, Unknown):
        return left
    return right if isinstance(right, Unknown) else UNBOUNDED


def total(addends: Iterable[Amount]) -> Amount:
    """Return the sum. What is not bounded stays so whatever else is not known: no amount is negative."""
    known, hidden, open_ended = ZERO, [], False
    for addend in addends:
        if isinstance(addend, Decimal):
            known += addend
        elif isinstance(addend, Unknown):
            hidden.append(addend)
        else:
            open_ended = True
    if open_ended:
        return UNBOUNDED
    return worst(hidden) if hidden else known


def worst(hidden: Iterable[Unknown]) -> Unknown:
    """Return the unknown whose reason weighs most, without candidates; the same whatever the order."""
    chosen = max(hidden, key=lambda one: (STRICTNESS[one.reason], one.note))
    return Unknown(chosen.reason, note=chosen.note)


def known(amounts: Iterable[Amount]) -> Decimal:
    """Return the last amount that is known of those of ever higher bounds: what is certain of the highest."""
    found = ZERO
    for amount in amounts:
        if isinstance(amount, Decimal):
            found = amount
    return found


def least(count: Count) -> Amount:
    """Return the lowest that a count can be. Not stated is 0."""
    if type(count) is int and 0 <= count < _ABSURD:
        return Decimal(count)
    values = _values(count)
    return min(values) if values else _other(count)


def most(count: Count) -> Amount:
    """Return the highest that a count can be. Not stated is unbounded: nothing says where it ends."""
    if type(count) is int and 0 <= count < _ABSURD:
        return Decimal(count)
    if count is None:
        return UNBOUNDED
    values = _values(count)
    return max(values) if values else _other(count)


def asked(count: Count) -> Amount:
    """Return a count that has to be certain."""
    if type(count) is int and 0 <= count < _ABSURD:
        return Decimal(count)
    values = _values(count)
    return values[0] if len(values) == 1 else _other(count)


def _values(count: Count) -> list[Decimal]:
    """Return the numbers that a count can be, none where it has none to tell, or one that no number of things is."""
    options = count.one_of or () if isinstance(count, Unknown) else (count,)
    numbers = [quantity(option) for option in options]
    return [one for one in numbers if one is not None] if None not in numbers else []


def _other(count: Any) -> Amount:
    if isinstance(count, (Unknown, NoBound)):
        return Unknown(count.reason, note=count.note) if isinstance(count, Unknown) else count
    return ZERO if count is None else Unknown(Reason.ERROR, note="not a number from 0 on")


def number(value: Any) -> Optional[Decimal]:
    """Return a plain number as a decimal, None for anything else, also for one that nobody can mean."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)) or not -_ABSURD < value < _ABSURD:
        return None
    return Decimal(value)


def quantity(value: Any) -> Optional[Decimal]:
    """
    Return how much there is of something, None for what is no number from 0 on.

    What is priced comes through here: less than nothing would pay for something else.
    """
    found = number(value)
    return None if found is None or found < ZERO else found


def divided(amount: Decimal, by: Decimal, *, down: bool = False) -> Decimal:
    """Return a quotient, rounded to ten digits: half to even, or down."""
    return (amount / by).quantize(_CENTS, rounding=ROUND_DOWN if down else ROUND_HALF_EVEN)
