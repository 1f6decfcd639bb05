"""An answer out of the price book, whatever was asked."""

from __future__ import annotations

from typing import Optional

from guardrail.model.dataclass import dataclass
from guardrail.pricing.book import Book
from guardrail.pricing.equivalent import Equivalents
from guardrail.pricing.listings import Listing


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Prices of one `machine`, or of all that have an accelerator in a region (None), or what is `like` a machine."""

    book: Book
    machine: Optional[str] = None
    prices: tuple[Listing, ...] = ()
    like: Optional[Equivalents] = None
