"""
What is wrong with collected prices, as far as the prices themselves can tell.

Each check is named after the trap that it closes: somebody fell into every one of them. A problem that `refuses`
keeps the book from being written; the others are for whoever collects prices to look at. A problem names the file and
the row, the figure that cannot be, the one that it contradicts, and why.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Optional

from guardrail.pricing.checks.devices import per_accelerator
from guardrail.pricing.checks.figures import figures
from guardrail.pricing.checks.managed import managed
from guardrail.pricing.checks.options import options
from guardrail.pricing.checks.places import Recorded, places
from guardrail.pricing.checks.problem import Problem, Winners
from guardrail.pricing.checks.replaced import Review, newest
from guardrail.pricing.checks.tiers import tiers
from guardrail.pricing.checks.windows import windows_meters

__all__ = ["Problem", "Recorded", "Review", "Winners", "check", "newest"]


def check(winners: Winners, *, today: Optional[str] = None, recorded: Collection[Recorded] = ()) -> list[Problem]:
    """
    Return everything that is wrong with the rows that would count, sorted.

    `today` is the ISO date after which no figure can have been read; `recorded` says which regions the records of a
    source are about.
    """
    rows = [winners[key] for key in sorted(winners)]
    found: list[Problem] = []
    found += figures(rows, today)
    found += places(rows, recorded)
    found += options(winners, rows)
    found += managed(winners, rows)
    found += windows_meters(rows)
    found += per_accelerator(rows)
    found += tiers(rows)
    return sorted(found)
