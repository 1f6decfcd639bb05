"""
Rates of later tiers that would be taken for the first.

What is paid by volume has a rate for the first part and lower ones for what comes after. A rate without its tier is
the lowest as often as not: 0.01 is an hour of the sixth rule of a load balancer, and one rule costs 0.025.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from guardrail.pricing.checks.problem import Problem, against
from guardrail.pricing.rows import Key, Row

_TIER: Final = re.compile(r"(.+)-((?:first|next|over)-.+|\d+-\d+tb)")
_FIRST_RULES: Final = "first-5-rules-hour"
_LATER_RULES: Final = "rule-hour"

_Name = tuple[str, str, str]
"""Provider, service, and the name of the SKU without its tier."""


def tiers(rows: Sequence[Row]) -> Iterator[Problem]:
    """Yield later tiers that stand alone, first ones that are no dearer than later ones, and rates without a tier."""
    tiered: dict[_Name, list[tuple[int, Row]]] = defaultdict(list)
    for row in rows:
        name, step = _tier(row.key)
        if step is not None:
            tiered[row.key.provider, row.key.service, name].append((step, row))
    for members in tiered.values():
        firsts = [row for step, row in members if step == 0]
        for step, row in members:
            if step and not firsts:
                yield Problem(
                    "tier", f"{row}: the rate of a later tier, and there is none of the first to go before it"
                )
            yield from _not_falling(row, step, members)
    for row in rows:
        beside = tiered.get((row.key.provider, row.key.service, row.key.sku), [])
        first = next((one for step, one in beside if step == 0 and one.key.unit == row.key.unit), None)
        if first is not None:
            yield against("tier", row, first, "the SKU has tiers, and the row does not say which one it is of")


def _not_falling(row: Row, step: int, members: Sequence[tuple[int, Row]]) -> Iterator[Problem]:
    """Yield a rate of the first tier that is no higher than one of a later tier in its place."""
    if step:
        return
    later = [one for at, one in members if at and _one_place(row, one) and row.usd <= one.usd]
    if later:
        dearest = max(later, key=lambda one: (one.usd, one.key))
        yield against("tier", row, dearest, "the first tier is the dearest; this is the rate of a later one")


def _one_place(one: Row, other: Row) -> bool:
    places = {one.key.region, other.key.region}
    return len(places) == 1 or "unspecified" in places


def _tier(key: Key) -> tuple[str, int | None]:
    """
    Return the name without the tier and the number of it, 0 for the first, None where there are no tiers.

    `standard-next-450tb` is a later one of `standard`; rules of load balancers share one name, told apart by the unit.
    """
    if key.unit in (_FIRST_RULES, _LATER_RULES):
        return "rules", 0 if key.unit == _FIRST_RULES else 1
    found = _TIER.fullmatch(key.sku)
    if not found:
        return key.sku, None
    return found[1], 0 if found[2].startswith("first") else 1
