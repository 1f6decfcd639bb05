"""Both sides of a run, read and priced: what there is to judge."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Optional

from guardrail.graph.change import compare
from guardrail.model.cost import Bill, Costs
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.graph import Change
from guardrail.model.place import Place
from guardrail.pricing.bills import bills
from guardrail.pricing.book import Book
from guardrail.pricing.totals import costs
from guardrail.run.request import Request
from guardrail.run.scan import Scan, scan, scan_change, scan_planned
from guardrail.run.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """Both sides of a run, read and priced. Without a comparison the base parts are None."""

    view: View
    head: Scan
    base: Optional[Scan]
    change: Optional[Change]
    costs: Costs
    base_bills: Mapping[str, Bill]
    book: Book
    diagnostics: tuple[Diagnostic, ...]  # of head


def priced(request: Request, seen: View, *, whole: bool = True) -> Priced:
    """Read both sides, and price them. Not `whole`: of two sides only what differs, and what that is linked with."""
    settings = seen.rules.settings
    told = _progress(request, "reading")
    base = None
    if seen.base is None and seen.beside.plans.given:
        head, base = scan_planned(seen.head, settings, seen.paths, progress=told, beside=seen.beside)
    elif seen.base is None:
        head = scan(seen.head, settings, seen.paths, progress=told, beside=seen.beside)
    else:
        stages = (told, _progress(request, "reading base"))
        head, base = scan_change(
            seen.head, seen.base, settings, seen.paths, whole=whole, progress=stages, beside=seen.beside
        )
    book = Book()
    change = compare(base.graph, head.graph) if base else None
    base_bills = bills(base.graph, book, settings) if base else {}
    totals = costs(
        head.graph, bills(head.graph, book, settings), base.graph if base else None, base_bills, change, settings
    )
    return Priced(
        view=seen,
        head=head,
        base=base,
        change=change,
        costs=totals,
        base_bills=base_bills,
        book=book,
        diagnostics=(
            *seen.rules.notes,
            *head.discovery.diagnostics,
            *head.graph.diagnostics,
            *_unjudged(head, base),
            *_lacking(head, base),
        ),
    )


def _progress(request: Request, stage: str) -> Callable[[int, int], None]:
    return partial(request.progress, stage)


def _lacking(head: Scan, base: Optional[Scan]) -> Iterator[Diagnostic]:
    """Yield an error for each file of base that the clone lacks: what was in it would look new, and its cost too."""
    if base is None:
        return
    ours = {one.content for one in (*head.discovery.diagnostics, *head.graph.diagnostics)}
    told = (*base.discovery.diagnostics, *base.graph.diagnostics)
    for one in dict.fromkeys(told):
        if one.code == "object-missing" and one.content not in ours:
            yield replace(one, message=f"of base, {one.message}")


def _unjudged(head: Scan, base: Optional[Scan]) -> Iterator[Diagnostic]:
    """
    Yield an error for input that the change adds or edits and that this version cannot judge.

    Moving a manifest into a chart must not be a way around the policies. What was there before is only listed.
    """
    if base is None:
        return
    before = {skipped.file: skipped.content for skipped in base.discovery.skipped}
    for skipped in head.discovery.skipped:
        if skipped.content and before.get(skipped.file) != skipped.content:
            yield Diagnostic(
                "error",
                "not-judged",
                f"this change touches it, and it is not judged: {skipped.reason}",
                Place(skipped.file),
                hint="render it and judge the output, or have somebody look at it",
            )
