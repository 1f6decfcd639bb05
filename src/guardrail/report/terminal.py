"""
The report for people at a terminal.

What blocks comes first, with the reason and the way out; then what else was found, what it costs, and what this
answer leaves open. The last line says what to do next.
"""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote
from typing import Final

from guardrail.model.finding import Diagnostic
from guardrail.model.report import Report
from guardrail.policy.own import SCAN
from guardrail.report import notes
from guardrail.report.counts import Counts, blocking, counts
from guardrail.report.findings import findings
from guardrail.report.moves import moves
from guardrail.report.page import BLANK, WIDTH, Line, Span, hanging, line, printed, shortened
from guardrail.report.tables import cost_table, resource_table

_REVISION: Final = 12
_JUDGED: Final = 60


def render(report: Report, color: bool = False, width: int = WIDTH) -> str:
    """Return the report as text, in colour if asked for; the words and the layout are the same without."""
    return printed(_report(report, width), color=color)


def render_cost(report: Report, color: bool = False, width: int = WIDTH) -> str:
    """Return what the infrastructure costs, resource by resource, without judging it."""
    return printed(_cost(report, width), color=color)


def _report(report: Report, width: int) -> Iterator[Line]:
    number = counts(report)
    yield from _header(report, number, width)
    yield from findings(report.findings, width)
    if report.costs.bills or report.costs.base_bills:
        yield from cost_table(report.costs, width)
        yield from moves(report.costs, report.change, width)
    yield from _limits(report, width)
    yield from notes.diagnostics(_untold(report), width)
    yield from _verdict(report, number, width)


def _cost(report: Report, width: int) -> Iterator[Line]:
    yield from _header(report, counts(report), width)
    yield from cost_table(report.costs, width)
    yield from moves(report.costs, report.change, width)
    yield from resource_table(report.costs, width)
    yield from _limits(report, width)
    yield from notes.diagnostics(report.diagnostics, width)


def _untold(report: Report) -> list[Diagnostic]:
    """Return the diagnostics that no finding tells: the first of each file that cannot be read is one."""
    told = {
        (place.file, place.line, place.column)
        for place in (finding.place for finding in report.findings if finding.decision.policy == SCAN)
        if place is not None
    }
    return [
        one
        for one in report.diagnostics
        if not (one.unread and one.place and (one.place.file, one.place.line, one.place.column) in told)
    ]


def _limits(report: Report, width: int) -> Iterator[Line]:
    yield from notes.unpriced(report.costs, report.graph, width)
    yield from notes.not_known(report.graph, width)
    yield from notes.misunderstood(report.graph, width)
    yield from notes.off(report.policies, width)
    yield from notes.skipped(report.skipped, width)


def _header(report: Report, number: Counts, width: int) -> Iterator[Line]:
    run = report.run
    judged = shortened(report.judged_from, _JUDGED) or (run.head or "")[:_REVISION] or "files"
    against = f" against {run.base[:_REVISION]}" if run.base else ""
    size = f"{_several(number.resources, 'resource')} in {_several(number.units, 'unit')}"
    same = len(report.untouched)
    besides = f"; {_several(same, 'more unit')} not touched (--all judges them too)" if same else ""
    yield line(("guardrail", "title"), (f"  {judged}{against}, {size}{besides}", "quiet"))
    if run.bootstrap:
        text = (
            "The trusted revision has no guardrail file yet: the rules come from the files that are judged. Before "
            "this is merged, have code owners own guardrail.yaml, .guardrail/ and the folders of your policies."
        )
        yield from hanging((("  ", "plain"),), text, width, "warn")
    elif run.advisory:
        text = "Advisory: the rules come from the files that are judged. In CI name a trusted revision (--trusted)."
        yield from hanging((("  ", "plain"),), text, width, "quiet")
    yield BLANK


def _verdict(report: Report, number: Counts, width: int) -> Iterator[Line]:
    told: dict[str, tuple[Span, str]] = {
        "block": (("BLOCKED  ", "bad"), _blocked(report)),
        "error": (("ERROR  ", "bad"), _failed(number)),
        "pass": (("PASS  ", "good"), _passed(report, number)),
    }
    head, text = told[report.verdict]
    yield from hanging((head,), text, width)
    asked = next((one.decision for one in blocking(report.findings) if one.provenance), None)
    if asked is not None:
        command = f"guardrail explain {quote(asked.resource or '')} {quote(asked.path or '')}"
        yield line(("         To see where a value comes from: ", "quiet"), command)


def _blocked(report: Report) -> str:
    several = blocking(report.findings)
    unknown = sum(finding.status == "undetermined" for finding in several)
    what = f"{_several(len(several), 'finding')} {'blocks' if len(several) == 1 else 'block'} this change"
    doubt = f", {unknown} of them because a value is not known" if unknown else ""
    return f"{what}{doubt}. Do what “to pass” says, then check again."


def _failed(number: Counts) -> str:
    parts = _several(number.errors, "part")
    return (
        f"Nothing blocks, but {parts} of the work could not be done, so this is no pass. "
        "Do what DIAGNOSTICS say, then check again."
    )


def _passed(report: Report, number: Counts) -> str:
    if not number.resources and not report.findings:
        return "Nothing to judge: there is no infrastructure here that guardrail reads."
    judged = sum(not policy.off for policy in report.policies)
    text = f"Nothing blocks: {_several(number.resources, 'resource')}, {_several(judged, 'policy', 'policies')}."
    open_ends = [
        _several(count, *words)
        for count, words in (
            (number.deny, ("denied finding that does not block", "denied findings that do not block")),
            (number.warn, ("warning", "warnings")),
            (number.undetermined, ("open question", "open questions")),
        )
        if count
    ]
    return f"{text} Worth a look: {', '.join(open_ends)}." if open_ends else text


def _several(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
