"""
Write the page of machines with accelerators: what each costs by the price book, or why it has no price there.

    python tools/build_machines_page.py           compare, exit 1 on a difference
    python tools/build_machines_page.py --write   write docs/machines.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from guardrail.catalog.accelerators import models
from guardrail.data import DIRECTORY
from guardrail.pricing.book import Book
from guardrail.pricing.equivalent import MANAGED
from guardrail.pricing.listings import ADDED_ON, COMPUTE, Listing, find, inside_of, machine_listings
from guardrail.pricing.unlisted import why_unlisted
from guardrail.report.money import plain

PAGE: Final = Path(__file__).parent.parent / "docs" / "machines.md"

HEAD: Final = """\
# Machines with accelerators, and their prices

What the [price book](cost.md) has of every machine type with accelerators that guardrail knows, and of every
accelerator; of what has no price, why. `guardrail prices show MACHINE` shows all regions with sources and dates. USD
per hour, on demand, list price, before tax; *regions* counts those with such a price.

This page is made by `tools/build_machines_page.py` from the book; a test keeps it so.
"""

NOWHERE: Final = "in no machine that a cloud of the book rents"
"""Of models that people have in machines of their own."""

Machines = Mapping[tuple[str, str], Sequence[Listing]]


def page() -> str:
    """Return the text of the page."""
    book = Book()
    machines = dict(_machines(book))
    return "\n".join([HEAD, *_by_model(book, machines), "", *_without(machines), "", *_with(machines)]) + "\n"


def _machines(book: Book) -> Iterator[tuple[tuple[str, str], list[Listing]]]:
    """Yield each machine type of the table that has accelerators, with its prices where such machines are rented."""
    for row in (DIRECTORY / "machines.csv").read_text(encoding="utf-8").splitlines()[1:]:
        provider, name, _ = row.split(",", 2)
        if inside_of(provider, name).number:
            services = MANAGED if name.startswith("ml.") else COMPUTE
            yield (
                (provider, name),
                [one for of in services[provider] for one in machine_listings(book, provider, of, name)],
            )


def _on_demand(found: Sequence[Listing]) -> list[Listing]:
    return [one for one in found if one.option == "on-demand"]


def _by_model(book: Book, machines: Machines) -> Iterator[str]:
    yield "## Accelerators"
    yield ""
    yield "| accelerator | machines with a price | the cheapest of one, an hour | where |"
    yield "|---|---|---|---|"
    for model in models():
        of = {key: found for key, found in machines.items() if inside_of(*key).model == model.model}
        listed = [one for found in of.values() for one in _on_demand(found)]
        added = [one for one in _added(book) if one.inside.model == model.model and one.option == "on-demand"]
        priced = sum(bool(_on_demand(found)) for found in of.values())
        best = min([*listed, *added], key=lambda one: (one.per_accelerator or 0, one.name, one.region), default=None)
        if best is None:
            why = "; ".join(sorted({_why(*key) for key in of})) or NOWHERE
            yield f"| {model.model} | {f'none of {len(of)}' if of else 'none'} | | {why} |"
        else:
            on = " added to an N1" if best.service == ADDED_ON else ""
            each = plain((best.per_accelerator or best.usd).normalize(), places=2)
            yield f"| {model.model} | {priced} of {len(of)} | {each} | `{best.name}`{on}, {best.region} |"


def _added(book: Book) -> Iterator[Listing]:
    for sku in book.skus("gcp", ADDED_ON):
        yield from find(book, sku)


def _why(provider: str, name: str) -> str:
    told = why_unlisted(provider, name)
    return told.text if told else "not in the table of machines"


def _without(machines: Machines) -> Iterator[str]:
    lacking = [key for key, found in machines.items() if not _on_demand(found)]
    yield f"## Without a price on demand: {len(lacking)} of {len(machines)}"
    yield ""
    yield "| cloud | machine | accelerators | lacks | why |"
    yield "|---|---|---|---|---|"
    for provider, name in lacking:
        told = why_unlisted(provider, name)
        lack = told.lack.value if told else "machine"
        yield f"| {provider} | `{name}` | {_inside(provider, name)} | {lack} | {_why(provider, name)} |"


def _with(machines: Machines) -> Iterator[str]:
    yield "## With a price"
    yield ""
    yield "| cloud | machine | accelerators | from | where | regions | as of | spot, 1yr, 3yr in regions |"
    yield "|---|---|---|---|---|---|---|---|"
    for (provider, name), found in machines.items():
        listed = _on_demand(found)
        if listed:
            best = min(listed, key=lambda one: (one.usd, one.region))
            dates = min(item.price.as_of for item in best.items)
            others = ", ".join(str(sum(one.option == option for one in found)) for option in ("spot", "1yr", "3yr"))
            amount = plain(best.usd.normalize(), places=2)
            cells = (provider, f"`{name}`", _inside(provider, name), amount, best.region, len(listed), dates, others)
            yield f"| {' | '.join(map(str, cells))} |"


def _inside(provider: str, name: str) -> str:
    inside = inside_of(provider, name)
    return f"{plain(inside.number)} × {inside.model}"


def main() -> int:
    """Compare or write; return the exit code."""
    text = page()
    if "--write" in sys.argv:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    return 0 if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text else 1


if __name__ == "__main__":
    sys.exit(main())
