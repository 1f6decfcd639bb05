"""
From what may come to what is paid for at least, as expected, and at most.

At least: the fewest replicas, each the cheapest of what may come, bought as stated. As expected: as many as asked
for, of what comes first. At most: the most replicas of the dearest, on demand, since spot capacity runs out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_CEILING, Decimal
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple, Optional, Union

from guardrail.model.cost import Amount, BoundName, Unpriced
from guardrail.model.resource import ON_DEMAND, ONE, SPOT, Bounds, Multiplicity, Purchase
from guardrail.model.value import UNBOUNDED, NoBound, Reason, Unknown
from guardrail.pricing.amounts import BOUNDS, ZERO, asked, least, most, quantity, times, total
from guardrail.pricing.offers import Choice, Offer, Part, Way

Option = Literal["on_demand", "spot", "reserved"]

_ALL: Final = 100
"""Percent."""


class Counts(NamedTuple):
    """How many, by bound."""

    min: Amount
    expected: Amount
    max: Amount


SINGLE: Final = Counts(Decimal(1), Decimal(1), Decimal(1))


class Buying(NamedTuple):
    """Every way of buying that is possible, and why it is not certain that it is the first."""

    purchases: tuple[Purchase, ...] = (ON_DEMAND,)
    hidden: Optional[Unknown] = None


LISTED: Final = Buying()
"""On demand, as everything is bought that can be bought in one way only."""


class Charge(NamedTuple):
    """Units of one price that are taken per hour, or per month where the price is by the month."""

    part: Part
    units: Counts


class Spread(NamedTuple):
    """
    What is taken of each price, and what has none.

    `chosen` is the label of the offer that each bound is reckoned with, `most` how many replicas the largest is.
    """

    charges: tuple[Charge, ...] = ()
    lacks: tuple[Unpriced, ...] = ()
    chosen: Mapping[BoundName, Union[str, Unknown]] = MappingProxyType({})
    most: Amount = ZERO


def replicas(bounds: Bounds) -> Counts:
    """Return how many replicas there are by bound. Not stated: at least none, as expected the minimum, at most any."""
    if bounds == ONE:
        return SINGLE
    stated = bounds.min if bounds.desired is None else bounds.desired
    expected = asked(stated) if stated is not None else Unknown(Reason.COMPUTED, note="how many is not stated")
    return _ordered(Counts(least(bounds.min), expected, most(bounds.max)))


_CONTRADICTION: Final = Unknown(Reason.ERROR, note="the bounds of replicas contradict each other")


def _ordered(number: Counts) -> Counts:
    """Return how many there are where min ≤ expected ≤ max; else nobody can say, least of all that it is the less."""
    known = [one for one in number if isinstance(one, Decimal)]
    return number if known == sorted(known) else Counts(_CONTRADICTION, _CONTRADICTION, _CONTRADICTION)


def copies(multiplicity: Multiplicity) -> Counts:
    """Return how many copies of a resource there are by bound."""
    if multiplicity.min == 1 and multiplicity.max == 1:
        return SINGLE
    low, high = Decimal(multiplicity.min), most(multiplicity.max)
    if low == high:
        return Counts(low, low, high)
    why = multiplicity.why or Unknown(Reason.COMPUTED, note="how many there are is not known")
    return Counts(low, Unknown(why.reason, note=why.note), high)


def buying(purchase: Any) -> Buying:
    """Return the ways of buying that a group may mean."""
    if purchase is None or purchase == ON_DEMAND:
        return LISTED
    if isinstance(purchase, Purchase) and _is_sound(purchase):
        return Buying((purchase,))
    told = [_purchase(option) for option in purchase.one_of or ()] if isinstance(purchase, Unknown) else []
    known = tuple(one for one in told if one is not None)
    hidden = (
        purchase if isinstance(purchase, Unknown) else Unknown(Reason.ERROR, note="how it is bought is not readable")
    )
    if not known or len(known) < len(told):
        known = (ON_DEMAND, SPOT)
    return Buying(known, Unknown(hidden.reason, note=hidden.note))


def _purchase(option: Any) -> Optional[Purchase]:
    if isinstance(option, Purchase):
        return option if _is_sound(option) else None
    try:
        told = Purchase(option["on_demand_base"], option["on_demand_percent"], option["otherwise"])
    except (KeyError, TypeError):
        return None
    return told if _is_sound(told) else None


def _is_sound(purchase: Purchase) -> bool:
    base, percent = quantity(purchase.on_demand_base), quantity(purchase.on_demand_percent)
    return base is not None and percent is not None and percent <= _ALL


def spread(choice: Choice, how: Buying, number: Counts, several: Counts) -> Spread:
    """Return what is taken of each price, for so many replicas in each of several copies, and what has no price."""
    if not choice.offers:
        return Spread(most=number.max)
    hidden = choice.hidden or how.hidden
    if len(choice.offers) == 1 and how.purchases == (ON_DEMAND,) and hidden is None:
        return _plain(choice.offers[0], _each(number, several))._replace(most=number.max)
    book = _Ledger(choice.offers, number, several)
    chosen: dict[BoundName, Union[str, Unknown]] = {}
    offer, purchase = _cheapest(choice.offers, how.purchases, number.min)
    book.take("min", offer, _split(purchase, number.min))
    chosen["min"] = choice.offers[offer].label
    if hidden is None:
        book.take("expected", 0, _split(how.purchases[0], number.expected))
    chosen["expected"] = hidden or choice.offers[0].label
    dearest, option, largest = _dearest(choice, how.purchases, number.max)
    book.take("max", dearest, [(option, largest)])
    chosen["max"] = choice.offers[dearest].label
    return Spread(book.charges(hidden), book.lacks(how.purchases), chosen, largest)


def _plain(offer: Offer, number: Counts) -> Spread:
    """Return what is taken of the one thing that may come, where it can be bought in one way only: most cases."""
    only = offer.on_demand
    charges = tuple(Charge(part, _units(number, part.each)) for part in only.parts)
    lacks = () if number.max == ZERO else only.lacks
    return Spread(charges, lacks, {"min": offer.label, "expected": offer.label, "max": offer.label})


def _each(number: Counts, several: Counts) -> Counts:
    if several is SINGLE:
        return number
    return Counts(times(number[0], several[0]), times(number[1], several[1]), times(number[2], several[2]))


def _units(number: Counts, each: Decimal) -> Counts:
    if each == 1:
        return number
    return Counts(times(number[0], each), times(number[1], each), times(number[2], each))


class _Ledger:
    """Units by offer, option and part, as bounds are entered one after the other."""

    def __init__(self, offers: Sequence[Offer], number: Counts, several: Counts) -> None:
        self.offers = offers
        self.number = number
        self.several = several
        self._entered: dict[tuple[int, Option], dict[BoundName, Amount]] = {}

    def take(self, bound: BoundName, offer: int, split: Sequence[tuple[Option, Amount]]) -> None:
        for option, units in split:
            taken = times(units, getattr(self.several, bound))
            self._entered.setdefault((offer, option), {})[bound] = taken

    def charges(self, hidden: Optional[Unknown]) -> tuple[Charge, ...]:
        found = []
        for (offer, option), bounds in self._entered.items():
            numbers = [bounds.get(bound, ZERO) for bound in BOUNDS]
            if hidden is not None:
                numbers[1] = times(times(self.number.expected, self.several.expected), hidden)
            found += [
                Charge(part, Counts(*(times(one, part.each) for one in numbers)))
                for part in _way(self.offers[offer], option).parts
            ]
        return tuple(found)

    def lacks(self, purchases: Sequence[Purchase]) -> tuple[Unpriced, ...]:
        """Return what has no price although it may be needed, each once. What surely is not there needs none."""
        if times(self.number.max, self.several.max) == ZERO:
            return ()
        wanted: dict[Option, None] = {}
        for purchase in purchases:
            wanted |= dict.fromkeys(_options(purchase, self.number.max))
        wanted["on_demand"] = None
        return tuple({lack: None for offer in self.offers for option in wanted for lack in _way(offer, option).lacks})


def _way(offer: Offer, option: Option) -> Way:
    return offer.on_demand if option == "on_demand" else offer.spot if option == "spot" else offer.reserved


def _cheapest(offers: Sequence[Offer], purchases: Sequence[Purchase], number: Amount) -> tuple[int, Purchase]:
    """Return the cheapest of what may come for so many. What lacks a price comes last: it is not known to be cheap."""
    some = number if isinstance(number, Decimal) and number else Decimal(1)

    def key(candidate: tuple[int, int]) -> tuple[bool, Decimal, int, int]:
        offer, purchase = offers[candidate[0]], purchases[candidate[1]]
        split = _split(purchase, some)
        lacking = any(_way(offer, option).lacks for option, units in split if units != ZERO)
        cost = total(times(units, _way(offer, option).rate) for option, units in split)
        return lacking, cost if isinstance(cost, Decimal) else ZERO, *candidate

    offer, purchase = min(((at, by) for at in range(len(offers)) for by in range(len(purchases))), key=key)
    return offer, purchases[purchase]


def _dearest(choice: Choice, purchases: Sequence[Purchase], number: Amount) -> tuple[int, Option, Amount]:
    """
    Return the dearest of what may come, how it is bought then, and how many there are of it.

    That is on demand, unless that has no price in the book where another way of buying has one. Of a large machine
    limits may permit fewer than of a small one: the dearest is what costs most together.
    """
    options: dict[Option, None] = {"on_demand": None}
    for purchase in purchases:
        options |= dict.fromkeys(_options(purchase, number))
    units = [_within(number, choice.most.get(offer.label, UNBOUNDED)) for offer in choice.offers]

    def key(way: tuple[int, Option]) -> tuple[int, Decimal, Decimal]:
        rate = _way(choice.offers[way[0]], way[1]).rate
        cost = times(units[way[0]], rate)
        return (0, cost, rate) if isinstance(cost, Decimal) else (1, rate, rate)

    at, option = max(((at, option) for at in range(len(choice.offers)) for option in options), key=key)
    return at, option, units[at]


def _within(number: Amount, limit: Amount) -> Amount:
    """Return so many, but no more than a limit; a number that is not known stays so."""
    if isinstance(number, Unknown) or isinstance(limit, NoBound):
        return number
    if isinstance(limit, Unknown) or isinstance(number, NoBound):
        return limit
    return min(number, limit)


def _split(purchase: Purchase, number: Amount) -> list[tuple[Option, Amount]]:
    """Return how many are bought by which option. The share on demand is rounded up."""
    if purchase.otherwise == "on_demand" or purchase.on_demand_percent >= _ALL:
        return [("on_demand", number)]
    if not isinstance(number, Decimal):  # nobody can say where the base ends
        return [(option, number) for option in list(_options(purchase, number))[-1:]]
    base = min(number, Decimal(purchase.on_demand_base))
    above = ((number - base) * purchase.on_demand_percent / 100).to_integral_value(rounding=ROUND_CEILING)
    listed = base + above
    if not purchase.on_demand_base and not purchase.on_demand_percent:
        return [(purchase.otherwise, number)]
    return [("on_demand", listed), (purchase.otherwise, number - listed)]


def _options(purchase: Purchase, number: Amount) -> Iterator[Option]:
    """Yield the options that so many replicas need."""
    if purchase.on_demand_base or purchase.on_demand_percent:
        yield "on_demand"
    above_base = not isinstance(number, Decimal) or number > purchase.on_demand_base
    if purchase.otherwise != "on_demand" and purchase.on_demand_percent < _ALL and above_base:
        yield purchase.otherwise
