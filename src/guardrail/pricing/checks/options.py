"""Ways of paying that cannot be dearer than paying by use, nor next to nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from guardrail.pricing.checks.problem import Problem, Winners, against, more_than_a_year
from guardrail.pricing.rows import Row

_OLD_SPOT: Final = Decimal("0.9")
"""What an old spot price may be of the price on demand: who bids more has not seen the price on demand fall."""

_LEAST: Final = {"spot": Decimal("0.05"), "1yr": Decimal("0.25"), "3yr": Decimal("0.2")}
"""What is never seen of the price on demand; less is the price of something smaller, or of another span of time."""


def options(winners: Winners, rows: Iterable[Row]) -> Iterator[Problem]:
    """Yield prices of spot and committed capacity that the price on demand beside them contradicts."""
    latest = max((row.age for row in winners.values()), default="")
    for row in rows:
        if row.key.option == "on-demand":
            continue
        listed = winners.get(row.key._replace(option="on-demand"))
        if listed is None:
            yield Problem("alone", f"{row} has no price on demand beside it", refuses=False)
            continue
        yield from _spot(row, listed, latest) if row.key.option == "spot" else _commitment(row, listed)
        least = _LEAST.get(row.key.option)
        if least is not None and row.usd < least * listed.usd:
            yield against("fraction", row, listed, f"less than {least} of the price on demand")
    for row in rows:
        shorter = winners.get(row.key._replace(option="1yr")) if row.key.option == "3yr" else None
        if shorter is not None and row.usd > shorter.usd:
            yield against("commitment", row, shorter, "three years never cost more an hour than one")


def _spot(row: Row, listed: Row, latest: str) -> Iterator[Problem]:
    if row.usd > listed.usd:
        yield against("spot", row, listed, "spot is never above the price on demand")
    elif more_than_a_year(row.age, latest) and row.usd > _OLD_SPOT * listed.usd:
        yield against("spot", row, listed, "spot of more than 12 months ago, above 90 % of the price on demand")


def _commitment(row: Row, listed: Row) -> Iterator[Problem]:
    if row.usd > listed.usd:
        yield against("commitment", row, listed, "a commitment is never above the price on demand")
