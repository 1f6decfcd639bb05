"""Prices of the book as people read them; `price_rows` has the rows for spreadsheets and programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from typing import Final, Optional

from guardrail.pricing.equivalent import Equivalents
from guardrail.pricing.listed import Listed
from guardrail.pricing.listings import Inside, Listing
from guardrail.pricing.places import regions
from guardrail.pricing.rows import OPTIONS
from guardrail.report.money import percent, plain
from guardrail.report.page import BLANK, Line, Style, hanging, line, printed, shortened
from guardrail.report.price_rows import document, table
from guardrail.report.tables import Cell, Row, columns
from guardrail.report.writing import written

_PLACES: Final = Decimal("0.000001")
_LETTERS: Final = 26
_NAME: Final = 30
"""Columns of a machine's name: the longest of Azure have more."""


def render(listed: Listed, style: str, color: bool, width: int) -> str:
    """Return an answer of the book as `terminal`, `csv` or `json`; every figure with its source and date."""
    if style == "json":
        return written(document(listed))
    if style == "csv":
        return table(listed)
    return printed(_page(listed, width), color=color)


class _Sources:
    """Letters for sources, in the order in which they are first needed."""

    def __init__(self) -> None:
        self._letters: dict[tuple[str, str], str] = {}

    def mark(self, listing: Listing) -> str:
        """Return the letters of what a price is made of."""
        asked = [(item.price.source, item.price.as_of) for item in listing.items]
        return " ".join(dict.fromkeys(self._letter(one) for one in asked))

    def _letter(self, source: tuple[str, str]) -> str:
        number = len(self._letters)
        name = (chr(ord("a") + number // _LETTERS - 1) if number >= _LETTERS else "") + chr(
            ord("a") + number % _LETTERS
        )
        return self._letters.setdefault(source, name)

    def told(self, width: int) -> Iterator[Line]:
        """Yield what the letters stand for."""
        for (source, as_of), letter in self._letters.items():
            yield from hanging(((f"  {letter:2} ", "quiet"),), f"{source}, {as_of}", width, "quiet")


def _page(listed: Listed, width: int) -> Iterator[Line]:
    sources = _Sources()
    if listed.like is not None:
        yield from _equivalents(listed.like, sources)
    elif listed.machine is not None:
        yield from _machine(listed.prices, sources)
    else:
        yield from _regions(listed.prices, sources)
    yield BLANK
    yield from sources.told(width)
    yield BLANK
    yield line(
        (
            f"  List prices, before tax and before discounts that depend on use; price book {listed.book.version}",
            "quiet",
        )
    )


def _machine(prices: Sequence[Listing], sources: _Sources) -> Iterator[Line]:
    """Yield a table of regions for each service and unit."""
    for index, (kind, group) in enumerate(groupby(prices, key=lambda one: (one.provider, one.service, one.unit))):
        members = list(group)
        provider, service, unit = kind
        if index:
            yield BLANK
        what = _inside(members[0].inside)
        told = f"  {provider}, {service}{f': {what}' if what else ''}, USD per {unit}"
        yield line((members[0].name, "title"), (told, "quiet"))
        shown = _options(members)
        rows: list[Row] = [[("", "plain"), *_head(shown)]]
        by_region = groupby(sorted(members, key=lambda one: one.region), key=lambda one: one.region)
        for region, there in by_region:
            rows.append([(region, "plain"), *_figures(there, shown, sources)])
        yield from columns(rows, left=1)


def _regions(prices: Sequence[Listing], sources: _Sources) -> Iterator[Line]:
    """Yield a table of machines for each region, the cheapest accelerator first."""
    ordered = sorted(prices, key=lambda one: (one.provider, one.region))
    for index, ((provider, region), group) in enumerate(groupby(ordered, key=lambda one: (one.provider, one.region))):
        machines: dict[tuple[str, str], list[Listing]] = {}
        members = list(group)
        for one in members:
            machines.setdefault((one.service, one.name), []).append(one)
        if index:
            yield BLANK
        title = regions(provider).get(region, "")
        told = f"  {provider}{f', {title}' if title else ''}; USD per hour, the cheapest accelerator first"
        yield line((region, "title"), (told, "quiet"))
        shown = _options(members)
        head: list[Cell] = [("", "plain"), ("accelerators", "quiet"), ("vCPU", "quiet"), ("GiB", "quiet")]
        rows: list[Row] = [[*head, ("each", "quiet"), *_head(shown)]]
        for there in sorted(machines.values(), key=_each):
            first = there[0]
            each = next((one.per_accelerator for one in there if one.option == "on-demand"), None)
            cells = [(_money(each) if each is not None else "", "quiet"), *_figures(there, shown, sources)]
            rows.append([*_described(first), *cells])
        yield from columns(rows, left=2)


def _each(there: Sequence[Listing]) -> tuple[bool, Decimal, Decimal, str]:
    listed = next((one for one in there if one.option == "on-demand"), None)
    each = (listed.per_accelerator if listed else None) or Decimal(0)
    return listed is None, each, there[0].inside.number, there[0].name


def _equivalents(like: Equivalents, sources: _Sources) -> Iterator[Line]:
    """Yield a table of clouds for each way of paying."""
    told = _inside(like.inside)
    yield line((f"like {like.name}", "title"), (f"  {like.provider}: {told}; the cheapest of each cloud", "quiet"))
    head = ("", "", "accelerators", "vCPU", "GiB", "USD/hour", "", "against it")
    rows: list[Row] = [[(text, "quiet") for text in head]]
    for option in OPTIONS:
        found = [best.listing for best in like.best if best.option == option and best.listing is not None]
        if found:
            rows.append([(option, "strong")])
        found.sort(key=lambda one: one.usd)
        rows += (_equivalent(listing, like.asked.get(option), sources) for listing in found)
    if len(rows) > 1:
        yield from columns(rows, left=3)
    for option in OPTIONS:
        clouds = [best.provider for best in like.best if best.option == option and best.listing is None]
        if clouds:
            yield line((f"  {option}: nothing like it has a price in {_listing(clouds)}", "doubt"))


def _listing(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if words[:-1] else words)


def _equivalent(listing: Listing, asked: Optional[Listing], sources: _Sources) -> Row:
    growth = percent((listing.usd - asked.usd) / asked.usd * 100) if asked else ""
    amount: Cell = (_money(listing.usd), "strong")
    place: Cell = (f"{listing.provider} {listing.region}", "quiet")
    return [place, *_described(listing), amount, (sources.mark(listing), "quiet"), (growth, "quiet")]


def _described(listing: Listing) -> tuple[Cell, Cell, Cell, Cell]:
    inside = listing.inside
    vcpu = str(inside.vcpu) if inside.vcpu else ""
    gib = plain(inside.gib) if inside.gib else ""
    name = listing.name if listing.unit == "hour" else f"{listing.name} (added on)"
    return (shortened(name, _NAME), "plain"), (_accelerators(inside), "quiet"), (vcpu, "quiet"), (gib, "quiet")


def _accelerators(inside: Inside) -> str:
    return f"{plain(inside.number)} × {inside.model}" if inside.number else ""


def _inside(inside: Inside) -> str:
    parts = [_accelerators(inside)] if inside.number else []
    parts += [f"{inside.vcpu} vCPU"] if inside.vcpu else []
    parts += [f"{plain(inside.gib)} GiB"] if inside.gib else []
    return ", ".join(parts)


def _options(prices: Sequence[Listing]) -> Sequence[str]:
    there = {one.option for one in prices}
    return [option for option in OPTIONS if option in there]


def _head(shown: Sequence[str]) -> Iterator[Cell]:
    for option in shown:
        yield option, "quiet"
        yield "", "plain"


def _figures(there: Iterator[Listing] | Sequence[Listing], shown: Sequence[str], sources: _Sources) -> Iterator[Cell]:
    """Yield the price in each way of paying, with the letter of its source."""
    by_option = {one.option: one for one in there}
    for option in shown:
        one = by_option.get(option)
        style: Style = "strong" if option == "on-demand" else "plain"
        yield (_money(one.usd), style) if one else ("", "plain")
        yield (sources.mark(one), "quiet") if one else ("", "plain")


def _money(usd: Decimal) -> str:
    """Return a price as people read it: to a millionth, which lists are finer than only where they count seconds."""
    if usd < _PLACES * 100:
        return plain(usd, places=2)
    return plain(usd.quantize(_PLACES, rounding=ROUND_HALF_UP), places=2)
