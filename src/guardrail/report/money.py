"""
Amounts as text: exact for machines, to the cent for people.

Nothing is rounded before it is printed, and nothing printed is computed with.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final, Optional

from guardrail.model.cost import Amount
from guardrail.model.value import NoBound, Unknown

_CENT: Final = Decimal("0.01")
_EXACT: Final = Context(prec=200, rounding=ROUND_HALF_UP)


def exact(amount: Amount) -> str:
    """Return an amount as reports for machines have it: all digits, two places at least, `unbounded` or `unknown`."""
    if isinstance(amount, Unknown):
        return "unknown"
    return amount.value if isinstance(amount, NoBound) else plain(amount, places=2)


def plain(number: Decimal, places: int = 0) -> str:
    """Return all digits of a number, without exponent, with at least so many places; zero has no sign."""
    whole, _, part = format(number, "f").partition(".")
    part = part.rstrip("0").ljust(places, "0")
    text = f"{whole}.{part}" if part else whole
    return text.removeprefix("-") if not number else text


def rounded(amount: Amount, *, signed: bool = False) -> str:
    """Return an amount as people read it: to the cent, in groups of thousands; `signed` for differences."""
    if isinstance(amount, Unknown):
        return "not known"
    if isinstance(amount, NoBound):
        return "no limit"
    cents = amount.quantize(_CENT, context=_EXACT)
    if amount and not cents:
        return f"{'-' if amount < 0 else '+' if signed else ''}<0.01"
    return format(cents or abs(cents), "+,.2f" if signed and cents else ",.2f")


def percent(growth: Optional[Decimal]) -> str:
    """Return a growth in percent as people read it, empty where there is nothing to compare with."""
    if growth is None:
        return ""
    whole = growth.quantize(Decimal(1), context=_EXACT)
    return format(whole, "+,f") + " %" if whole else "±0 %"
