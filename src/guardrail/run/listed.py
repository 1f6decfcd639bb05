"""What the price book has: of a machine, of a region, and what is like a machine. Nothing is read but the book."""

from __future__ import annotations

from typing import Optional

from guardrail.pricing.book import Book
from guardrail.pricing.equivalent import like
from guardrail.pricing.listed import Listed
from guardrail.pricing.listings import find, in_region


def machine_prices(machine: str, regions: tuple[str, ...] = ()) -> Listed:
    """Return every price of a machine, or of anything else in the book, in some regions or in all."""
    book = Book()
    return Listed(book=book, machine=machine, prices=tuple(find(book, machine, regions)))


def region_prices(regions: tuple[str, ...], accelerator: Optional[str] = None) -> Listed:
    """Return the prices of all machines with an accelerator (a model or a family, any if None) in some regions."""
    book = Book()
    return Listed(book=book, prices=tuple(in_region(book, regions, accelerator)))


def equivalents(machine: str, regions: tuple[str, ...] = ()) -> Listed:
    """Return the cheapest machine of each cloud that does what a machine does."""
    book = Book()
    return Listed(book=book, machine=machine, like=like(book, machine, regions))
