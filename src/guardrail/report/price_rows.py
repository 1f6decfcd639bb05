"""Prices of the book with every digit: rows for spreadsheets, a document for programs."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any, Final, Optional

from guardrail.pricing.book import Book
from guardrail.pricing.listed import Listed
from guardrail.pricing.listings import Inside, Item, Listing
from guardrail.report.money import plain

SCHEMA: Final = "guardrail.price-list/v1"

CSV_COLUMNS: Final = (
    "provider", "service", "name", "region", "option", "unit", "usd", "accelerator", "accelerator_count",
    "usd_per_accelerator", "vcpu", "memory_gib", "source", "as_of", "file",
)  # fmt: skip


def _all(listed: Listed) -> Sequence[Listing]:
    if listed.like is None:
        return listed.prices
    return [best.listing for best in listed.like.best if best.listing is not None]


def table(listed: Listed) -> str:
    """Return one line per price, as comma-separated values."""
    out = StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(CSV_COLUMNS)
    for one in _all(listed):
        inside, each = one.inside, one.per_accelerator
        rows.writerow(
            (
                one.provider,
                one.service,
                one.name,
                one.region,
                one.option,
                one.unit,
                plain(one.usd),
                inside.model or "",
                plain(inside.number) if inside.number else "",
                plain(each) if each is not None else "",
                inside.vcpu or "",
                plain(inside.gib) if inside.gib else "",
                *(" + ".join(parts) for parts in zip(*(_origin(listed.book, item) for item in one.items), strict=True)),
            )
        )
    return out.getvalue()


def _origin(book: Book, item: Item) -> tuple[str, str, str]:
    """Return source, date, and where in the book a row is."""
    row = book.row(item.price)
    return item.price.source, item.price.as_of, f"{row[0]}:{row[1]}" if row else ""


def document(listed: Listed) -> Mapping[str, Any]:
    """Return the published document."""
    book = {"version": listed.book.version, "digest": listed.book.digest}
    made: dict[str, Any] = {"schema": SCHEMA, "currency": "USD", "book": book}
    if listed.like is None:
        return {**made, "prices": [_price(listed.book, one) for one in listed.prices]}
    like = listed.like
    return {
        **made,
        "like": {"provider": like.provider, "name": like.name, **_facts(like.inside)},
        "equivalents": [
            {
                "provider": best.provider,
                "option": best.option,
                "price": _price(listed.book, best.listing) if best.listing else None,
            }
            for best in like.best
        ],
    }


def _price(book: Book, one: Listing) -> Mapping[str, Any]:
    each = one.per_accelerator
    return {
        "provider": one.provider,
        "service": one.service,
        "name": one.name,
        "region": one.region,
        "option": one.option,
        "unit": one.unit,
        "usd": plain(one.usd),
        "usd_per_accelerator": plain(each) if each is not None else None,
        **_facts(one.inside),
        "parts": [_part(book, item) for item in one.items],
    }


def _facts(inside: Inside) -> Mapping[str, Any]:
    accelerators: Optional[Mapping[str, Any]] = None
    if inside.number:
        accelerators = {"model": inside.model, "family": inside.family, "count": plain(inside.number)}
    return {
        "accelerators": accelerators,
        "vcpu": inside.vcpu,
        "memory_gib": plain(inside.gib) if inside.gib else None,
    }


def _part(book: Book, item: Item) -> Mapping[str, Any]:
    source, as_of, file = _origin(book, item)
    price = item.price
    return {
        "service": price.service,
        "sku": price.sku,
        "unit": price.unit,
        "usd": plain(price.usd),
        "quantity": plain(item.each),
        "basis": price.basis,
        "source": source,
        "as_of": as_of,
        "row": file,
    }
