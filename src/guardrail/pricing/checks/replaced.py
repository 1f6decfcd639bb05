"""
Which row of a key counts, and whether it may.

The newest one does. But a file's date is not that of its figures: a later row that differs much from the one that it
replaces is as often a mistake of one of them as a change of price. So it needs somebody else who says the same, or a
person who has looked at it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from types import MappingProxyType
from typing import Final, NamedTuple, Optional

from guardrail.pricing.checks.problem import WINDOWS, Problem, against
from guardrail.pricing.rows import Key, Row

_CHANGE: Final = Decimal("1.1")
_SPOT_CHANGE: Final = Decimal(2)
"""How far a figure may be from the one that it replaces without a word from anybody."""

_JUMP: Final = Decimal("1.4")
"""From here on a review does not do without a second source."""

_SAME: Final = Decimal("1.01")
"""Two sources agree in spite of what one of them rounds."""

_LICENSED: Final = ("ec2", "gce-machine", "azure-vm")


class Review(NamedTuple):
    """
    A change of price that a person has looked at: of this key, to this figure from that one, and why it is right.

    `second` names who else has the newer figure, empty where nobody does.
    """

    key: Key
    usd: Decimal
    replaces: Decimal
    second: str
    reason: str


def newest(
    rows: Iterable[Row], reviewed: Collection[Review] = (), before: Mapping[Key, Row] = MappingProxyType({})
) -> tuple[dict[Key, Row], list[Problem]]:
    """
    Choose the newest row of each key, and say which may not be chosen.

    What is not above 0 is no price. Two rows of one date clash. `before` are the rows of the book that the new one
    will replace: a figure that jumps against them is held to the same rule.
    """
    by_key: dict[Key, list[Row]] = defaultdict(list)
    problems: list[Problem] = []
    for row in rows:
        if isinstance(row.usd, Decimal) and row.usd.is_finite() and row.usd > 0:
            by_key[row.key].append(row)
        else:
            problems.append(against("not-a-price", row, "0", "a price is an exact decimal above nothing"))
    reviews = {(review.key, review.usd, review.replaces): review for review in reviewed}
    winners: dict[Key, Row] = {}
    used: set[Review] = set()
    for key in sorted(by_key):
        candidates = sorted(by_key[key], key=lambda row: (row.age, row.usd, row.source), reverse=True)
        winners[key] = candidates[0]
        problems += _clashes(candidates)
        for replaced in _replaced(candidates, before.get(key)):
            review = reviews.get((key, candidates[0].usd, replaced.usd))
            used |= {review} if review else set()
            problems += _changes(candidates, replaced, review)
    problems += (
        Problem("review", f"{one.key} = {one.usd} instead of {one.replaces} was reviewed, and is not there", False)
        for one in reviewed
        if one not in used
    )
    return winners, sorted(problems)


def _clashes(candidates: Sequence[Row]) -> Iterator[Problem]:
    for first, second in pairwise(candidates):
        if first.age == second.age:
            yield against("equal-date", first, second, "both have one date, so nothing says which one counts")


def _replaced(candidates: Sequence[Row], before: Optional[Row]) -> Iterator[Row]:
    """Yield the rows that the newest takes the place of: the next figure that differs, and that of the old book."""
    first, *others = candidates
    yield from [other for other in others if not _within(first, other, _SAME)][:1]
    if before is not None and before.usd != first.usd:
        yield before


def _changes(candidates: Sequence[Row], replaced: Row, review: Optional[Review]) -> Iterator[Problem]:
    first = candidates[0]
    if _is_licence(first, replaced):
        yield against("windows-meter", first, replaced, "0.046 more per vCPU is a licence, not a change of price")
    allowed = _SPOT_CHANGE if first.key.option == "spot" else _CHANGE
    if _within(first, replaced, allowed):
        return
    if review is not None and (review.second or _within(first, replaced, _JUMP)):
        yield against("jump", first, replaced, review.reason, refuses=False)
        return
    second = next((row for row in candidates[1:] if _within(first, row, _SAME) and row.origin != first.origin), None)
    if second is not None:
        yield against("jump", first, replaced, f"{second.source} says so too", refuses=False)
        return
    percent = (abs(first.usd - replaced.usd) / replaced.usd * 100).quantize(Decimal(1))
    why = f"{percent} % away from what it replaces, and no second source says so"
    yield against("jump", first, replaced, why if review is None else f"{why}, nor does its review name one")


def _within(one: Row, other: Row, factor: Decimal) -> bool:
    return max(one.usd, other.usd) <= factor * min(one.usd, other.usd)


def _is_licence(first: Row, second: Row) -> bool:
    if first.key.service not in _LICENSED or not first.vcpu:
        return False
    return Decimal(WINDOWS[0]) <= (first.usd - second.usd) / first.vcpu <= Decimal(WINDOWS[1])
