"""From units of prices to money: lines with their bounds, and what they add up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final, NamedTuple, Optional

from guardrail.model.cost import Amount, Bill, Line, Priced, Role, Unpriced
from guardrail.model.value import Reason, Unknown
from guardrail.pricing.amounts import BOUNDS, ZERO, times, total
from guardrail.pricing.lines import Entry, Nodes, Reckoning
from guardrail.pricing.offers import Part
from guardrail.pricing.runs import Span
from guardrail.pricing.spread import Charge, Counts

_NONE: Final = Counts(ZERO, ZERO, ZERO)


class Quote(NamedTuple):
    """A bill before it has an address. `per_group` is what all replicas of each group cost, for who shares them."""

    bounds: Counts = _NONE
    complete: bool = True
    lines: tuple[Line, ...] = ()
    per_run: Optional[tuple[Amount, Amount, Amount]] = None
    nodes: Mapping[str, Nodes] = MappingProxyType({})
    per_group: Mapping[str, Counts] = MappingProxyType({})

    def bill(self, address: str, role: Role = "billed", allocated_to: tuple[str, ...] = ()) -> Bill:
        """Return the bill of a resource that costs this."""
        low, expected, high = self.bounds
        return Bill(
            address=address,
            role=role,
            min=low,
            expected=expected,
            max=high,
            complete=self.complete,
            lines=self.lines,
            per_run=self.per_run,
            allocated_to=allocated_to,
        )


FREE: Final = Quote()
"""Of what is known to cost nothing."""


def unpriced(name: str, why: str, reason: Reason = Reason.UNPRICED) -> Quote:
    """Return the quote of something that costs nobody knows what."""
    return Quote(complete=False, lines=(Unpriced(name=name, why=why, reason=reason),))


def quote(reckoning: Reckoning, span: Span, *, named: bool) -> Quote:
    """Return what a reckoning comes to in a span. `named` says that lines begin with the name of their group."""
    lines: list[Line] = []
    groups: dict[str, list[Counts]] = {}
    for entry in reckoning.entries:
        line = _line(entry, span, entry.group if named else None)
        lines.append(line)
        if entry.group is not None and isinstance(line, Priced):
            groups.setdefault(entry.group, []).append(Counts(*line.bounds.values()))
    bounds = add_up(lines, reckoning.hidden if span.hours.max != ZERO else ())
    return Quote(
        bounds=bounds,
        complete=complete(lines, bounds),
        lines=tuple(lines),
        nodes=reckoning.nodes,
        per_group={name: Counts(*map(total, zip(*several, strict=True))) for name, several in groups.items()},
    )


def add_up(lines: Iterable[Line], hidden: Iterable[Unknown] = ()) -> Counts:
    """Return the bounds of a bill: of each bound the sum of its lines."""
    columns = [line.bounds for line in lines if isinstance(line, Priced)]
    return Counts(*(total([*(column[bound] for column in columns), *hidden]) for bound in BOUNDS))


def complete(lines: Iterable[Line], bounds: Counts) -> bool:
    """Return whether a bill leaves nothing out: every line priced, every bound known or known to be none."""
    hidden = any(isinstance(bound, Unknown) for bound in bounds)
    return not hidden and not any(isinstance(line, Unpriced) for line in lines)


def _line(entry: Entry, span: Span, group: Optional[str]) -> Line:
    item, prefix = entry.item, f"{group}: " if group else ""
    if isinstance(item, Unpriced):
        return Unpriced(name=prefix + item.name, why=item.why, reason=item.reason) if prefix else item
    return _priced(prefix + item.part.name, item.part, item, span)


def _priced(name: str, part: Part, charge: Charge, span: Span) -> Priced:
    price = part.price
    time = span.hours if price.unit.endswith("hour") else span.months
    fewest, units, most = charge.units
    quantity = times(units, time.expected)
    monthly = times(quantity, price.usd)
    known = isinstance(quantity, Decimal) and isinstance(monthly, Decimal)
    return Priced(
        name=name,
        price=price,
        quantity=quantity if known and isinstance(quantity, Decimal) else None,
        monthly=monthly if known and isinstance(monthly, Decimal) else None,
        bounds={
            "min": times(times(fewest, time.min), price.usd),
            "expected": monthly,
            "max": times(times(most, time.max), price.usd),
        },
    )


def oldest(lines: Iterable[Line]) -> Optional[str]:
    """Return the oldest date of the prices of some lines: none stated is older than any. None without priced lines."""
    dates = [line.price.as_of for line in lines if isinstance(line, Priced)]
    return min(dates, key=lambda date: "" if date == "undated" else date, default=None)
