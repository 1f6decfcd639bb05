"""Kinds that need no more than a row: what costs nothing, and what is known to cost but is not looked into."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from guardrail.catalog.kind import ByUsage, Kind, Line, NoRows
from guardrail.model.resource import Category


def free(like: Kind, source: str, types: str) -> Iterable[Kind]:
    """
    Yield a kind for each of the types (words of a text) that cost nothing by themselves, as `source` says.

    What they lead to may cost: traffic through a route, what a role starts. That is no bill of theirs.
    """
    yield from _rows(like, source, types, like.category)


def metered(like: Kind, source: str, types: str, used: str, category: Category = "other") -> Iterable[Kind]:
    """Yield a kind for each of the types that are paid for by use: `used` says what is counted."""
    yield from _rows(like, source, types, category, ByUsage(name=used))


def priceless(like: Kind, source: str, types: str, what: str, category: Category = "other") -> Iterable[Kind]:
    """Yield a kind for each of the types that cost something which the price book does not hold."""
    yield from _rows(like, source, types, category, NoRows(name=what))


def _rows(like: Kind, source: str, types: str, category: Category, *lines: Line) -> Iterable[Kind]:
    for native in types.split():
        yield replace(like, type=native, source=source, category=category, lines=lines)
