"""From units of prices to money: lines with their bounds, and what they add up to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Final, NamedTuple, Optional

from guardrail.model.cost import Amount, Bill, Line, Priced, Role, Unpriced
from guardrail.model.value import Reason, Unknown
from guardrail.pricing.amounts import ZERO, times, total
from guardrail.pricing.lines import Entry, Nodes, Reckoning
from guardrail.pricing.offers import Part
from guardrail.pricing.runs import Span
from guardrail.pricing.spread import Charge, Counts

_NONE: Final = Counts(ZERO, ZERO, ZERO)


class Quote(NamedTuple):
    """A bill before it has an address. `groups` names, line by line, the group whose replicas pay it."""

    bounds: Counts = _NONE
    complete: bool = True
    lines: tuple[Line, ...] = ()
    per_run: Optional[tuple[Amount, Amount, Amount]] = None
    nodes: Mapping[str, Nodes] = MappingProxyType({})
    groups: tuple[Optional[str], ...] = ()

    def of_group(self, group: str) -> Optional[Counts]:
        """Return what all replicas of a group cost together, None where nothing of it has a price."""
        own = [line for line, name in zip(self.lines, self.groups, strict=True) if name == group]
        return add_up(own) if any(isinstance(line, Priced) for line in own) else None

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
    lines = [_line(entry, span, entry.group if named else None) for entry in reckoning.entries]
    bounds = add_up(lines, reckoning.hidden if span.hours.max != ZERO else ())
    return Quote(
        bounds=bounds,
        complete=complete(lines, bounds),
        lines=tuple(lines),
        nodes=reckoning.nodes,
        groups=tuple(entry.group for entry in reckoning.entries),
    )


def add_up(lines: Iterable[Line], hidden: Sequence[Unknown] = ()) -> Counts:
    """Return the bounds of a bill: of each bound the sum of its lines, which hold them in order."""
    rows: list[Collection[Amount]] = [line.bounds.values() for line in lines if isinstance(line, Priced)]
    if hidden:
        rows += [(unknown, unknown, unknown) for unknown in hidden]
    return Counts(*map(total, zip(*rows, strict=True))) if rows else _NONE


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
