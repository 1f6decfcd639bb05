"""What a book no longer has: rows of the one that it replaces, needs of decisions, prices of machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from book.decided import Decided, LeftOut
from guardrail.catalog.machines import accelerators_of
from guardrail.model.value import Unknown
from guardrail.pricing.book import Book
from guardrail.pricing.checks import Winners
from guardrail.pricing.checks.machines import BY_MACHINE
from guardrail.pricing.offers import rows_of as rows_by_machine
from guardrail.pricing.rows import Key, Row
from guardrail.pricing.unlisted import why_unlisted

_SHOWN = 3
"""Keys that are named of each service."""


def rows_of(book: Book) -> Mapping[Key, Row]:
    """Return what a book has, as rows that say where they stand in it."""
    found = {}
    for provider, service in book.services():
        for sku in book.skus(provider, service):
            for price in book.prices(provider, service, sku):
                key = Key(provider, service, sku, price.region, price.unit, price.option)
                place = book.row(price)
                at = f"book:{place[0]}:{place[1]}" if place else "book"
                found[key] = Row(key=key, usd=price.usd, source=price.source, as_of=price.as_of, at=at)
    return found


def lost(before: Iterable[Key], winners: Winners) -> Iterator[str]:
    """Yield a line per service about prices of the old book that the new one has not."""
    gone = sorted(set(before) - set(winners))
    for (provider, service), number in sorted(Counter((key.provider, key.service) for key in gone).items()):
        names = [str(key) for key in gone if (key.provider, key.service) == (provider, service)]
        yield f"{number} of {provider} {service}: {'; '.join(names[:_SHOWN])}{_more(names)}"


def leave_out(rows: Iterable[Row], decided: Decided) -> tuple[list[Row], list[tuple[Row, LeftOut]]]:
    """Return the rows without those that are left out, and these with the reason."""
    wrong = {(one.key, one.usd, one.as_of): one for one in decided.left_out}
    kept, out = [], []
    for row in rows:
        reason = wrong.get((row.key, row.usd, row.as_of))
        if reason is None:
            kept.append(row)
        else:
            out.append((row, reason))
    return kept, out


def unneeded(decided: Decided, keys: Iterable[Key], out: Iterable[LeftOut]) -> Iterator[str]:
    """Yield decisions that no collected row needs: names that lead nowhere, rows that are gone."""
    there, used = {key[:3] for key in keys}, set(out)
    for (provider, service, name), sku in sorted(decided.skus.items()):
        if (provider, service, sku) not in there:
            yield f"alias: {name} leads to {sku}, of which {service} has no row"
    for one in decided.left_out:
        if one not in used:
            yield f"left out: there is no row {one.key} = {one.usd} ({one.as_of}) any more"


def strangers(winners: Winners) -> Iterator[str]:
    """Yield a line per service about rows of machines that the table of machines does not have."""
    found: dict[tuple[str, str], set[str]] = {}
    for key in winners:
        whole = key.service in BY_MACHINE and key.unit == "hour"
        if whole and isinstance(accelerators_of(key.provider, key.sku), Unknown):
            found.setdefault((key.provider, key.service), set()).add(key.sku)
    for (provider, service), names in sorted(found.items()):
        yield f"{len(names)} of {provider} {service}: {', '.join(sorted(names)[:_SHOWN])}{_more(names)}"


def _more(names: Collection[str]) -> str:
    return " …" if len(names) > _SHOWN else ""


def unpriced(machines: Iterable[tuple[str, str]], winners: Winners) -> Iterator[str]:
    """Yield the machine types without a price on demand anywhere, each with the reason."""
    priced = {(key.provider, key.service, key.sku) for key in winners if key.option == "on-demand"}
    services: dict[str, set[str]] = {}
    for provider, service, _ in priced:
        services.setdefault(provider, set()).add(service)
    for provider, name in machines:
        rows = [row for service in services.get(provider, ()) for row in rows_by_machine(provider, service, name)]
        if not any((provider, service, sku) in priced for service, sku in rows):
            why = why_unlisted(provider, name)
            yield f"{provider} {name}: {f'{why.lack.value}: {why.text}' if why else 'in no table of machines'}"
