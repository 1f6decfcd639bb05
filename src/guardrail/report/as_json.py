"""The report and its cost section for machines, in the shapes of `data/schemas/{report,cost}.schema.json`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, Final, Optional

from guardrail.model.cost import BOUND_NAMES, Bill, Compared, Costs, Priced, Sum, Unpriced
from guardrail.model.finding import Diagnostic, Finding, Measure
from guardrail.model.graph import Change, Graph
from guardrail.model.place import UNSAID, Place, Step
from guardrail.model.report import Report, RunFacts
from guardrail.model.value import Unknown, unknowns
from guardrail.report.counts import Counts, by_shape, counts, not_understood
from guardrail.report.money import exact, plain
from guardrail.report.writing import plain as value_of
from guardrail.report.writing import written

_ROUNDING: Final = Context(prec=200, rounding=ROUND_HALF_UP)

Document = dict[str, Any]


def render(report: Report, color: bool = False, width: int = 0) -> str:
    """Return the report as JSON, which knows neither colour nor width."""
    del color, width
    return written(document(report))


def render_cost(report: Report) -> str:
    """Return the cost section alone, with the diagnostics of the run."""
    return written(
        {
            "schema": "guardrail.cost/v1",
            "cost": _cost(report.costs, report.change),
            "diagnostics": _diagnostics(report.diagnostics),
        }
    )


def document(report: Report) -> Document:
    """Return the report as the values of its schema."""
    return {
        "schema": "guardrail.report/v1",
        "verdict": report.verdict,
        "summary": _summary(counts(report)),
        "findings": [_finding(finding) for finding in report.findings],
        "cost": _cost(report.costs, report.change),
        "diagnostics": _diagnostics(report.diagnostics),
        "not_understood": _not_understood(report.graph),
        "skipped": [{"file": one.file, "reason": one.reason} for one in report.skipped],
        "untouched": list(report.untouched),
        "run": _run(report.run),
    }


def _not_understood(graph: Graph) -> list[Document]:
    """Return the types that no catalogue entry describes, those of which only pods were found too."""
    told = [(not_understood(graph), False), (by_shape(graph), True)]
    return [
        {"type": name, "resources": number, "by_shape": shaped}
        for types, shaped in told
        for name, number in types.items()
    ]


def _summary(number: Counts) -> Document:
    told = asdict(number)
    last = {name: told.pop(name) for name in ("existing", "errors")}
    return {**told, "waived": 0, **last}  # the contract counts waivers, and there are none yet


def _finding(finding: Finding) -> Document:
    told = finding.decision
    return {
        "policy": told.policy,
        "severity": finding.severity,
        "status": finding.status,
        "reason": None if told.reason is None else told.reason.value,
        "blocking": finding.blocking,
        "introduced": finding.introduced,
        "resource": told.resource,
        "subject": told.subject,
        "path": told.path,
        "key": told.key,
        "message": told.message,
        "remediation": finding.remediation,
        "docs": finding.docs,
        "measure": None if told.measure is None else _measure(told.measure),
        "evidence": value_of(told.evidence),
        "location": None if finding.place is None else _location(finding.place),
        "provenance": [_step(step) for step in finding.provenance],
        "waiver": None,
        "fingerprint": told.fingerprint,
        "environment": finding.environment,
        "unit": finding.unit,
    }


def _measure(measure: Measure) -> Document:
    return {
        "name": measure.name,
        "value": exact(measure.value),
        "limit": exact(measure.limit),
        "after": exact(measure.after),
    }


def _location(place: Place) -> Document:
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
    }


def _step(step: Step) -> Document:
    """Return one step; without `value` where it is not known, be it only in part."""
    told: Document = {"file": step.place.file, "line": step.place.line, "text": step.text}
    if step.value is not UNSAID and next(unknowns(step.value), None) is None:
        told["value"] = value_of(step.value)
    return told


def _cost(costs: Costs, change: Optional[Change]) -> Document:
    renamed = {} if change is None else change.renamed
    return {
        "currency": "USD",
        "period": "month",
        **_compared(costs.total),
        "by": {
            dimension: {value: _compared(values[value]) for value in sorted(values)}
            for dimension, values in sorted(costs.by.items())
        },
        "resources": list(_resources(costs, renamed)),
        "per_run": [
            {"address": address, **dict(zip(BOUND_NAMES, map(exact, bill.per_run), strict=True))}
            for address, bill in sorted(costs.bills.items())
            if bill.per_run is not None
        ],
        "unpriced": [
            {"address": address, "line": line.name, "reason": line.why}
            for address, bill in sorted(costs.bills.items())
            for line in bill.lines
            if isinstance(line, Unpriced)
        ],
    }


def _compared(compared: Compared) -> Document:
    growth = compared.delta_percent
    return {
        "head": _sum(compared.head),
        "base": None if compared.base is None else _sum(compared.base),
        "delta": None if compared.delta is None else _sum(compared.delta),
        "delta_percent": None if growth is None else exact(growth.quantize(Decimal("0.01"), context=_ROUNDING)),
    }


def _sum(total: Sum) -> Document:
    return {
        "min": exact(total.min),
        "expected": exact(total.expected),
        "max": exact(total.max),
        "complete": total.complete,
        "unbounded": list(total.unbounded),
        "unpriced": list(total.unpriced),
        "unknown": list(total.unknown),
    }


def _resources(costs: Costs, renamed: Mapping[str, str]) -> Iterable[Document]:
    """Yield every resource that costs something, may, or did at base; what is known to be free is left out."""
    gone = set(costs.base_bills) - set(renamed.values())
    for address in sorted({*costs.bills, *gone}):
        bill = costs.bills.get(address)
        base = costs.base_bills.get(renamed.get(address, address))
        told = bill or base
        if told is None or not any(one is not None and _counts(one) for one in (bill, base)):
            continue
        amounts = {str(name): exact(Decimal(0) if bill is None else getattr(bill, name)) for name in BOUND_NAMES}
        yield {
            "address": address,
            "role": told.role,
            **amounts,
            "complete": bill is None or bill.complete,
            "base": None if base is None else _bounds(base),
            "lines": [] if bill is None else [_line(line) for line in bill.lines if isinstance(line, Priced)],
        }


def _counts(bill: Bill) -> bool:
    free = not bill.lines and bill.complete and bill.per_run is None
    return not free or any(isinstance(one, Unknown) or one for one in (bill.min, bill.expected, bill.max))


def _bounds(bill: Bill) -> Document:
    return {"min": exact(bill.min), "expected": exact(bill.expected), "max": exact(bill.max), "complete": bill.complete}


def _line(line: Priced) -> Document:
    return {
        "name": line.name,
        "quantity": None if line.quantity is None else plain(line.quantity),
        "unit": line.price.unit,
        "unit_price": exact(line.price.usd),
        "monthly": None if line.monthly is None else exact(line.monthly),
        "basis": line.price.basis,
        "source": line.price.source,
        "as_of": line.price.as_of,
    }


def _diagnostics(diagnostics: Sequence[Diagnostic]) -> list[Document]:
    return [
        {
            "level": one.level,
            "code": one.code,
            "file": None if one.place is None else one.place.file,
            "line": one.place.line if one.place is not None and one.place.line else None,
            "column": one.place.column if one.place is not None and one.place.column else None,
            "message": one.message,
            "hint": one.hint or None,
        }
        for one in diagnostics
    ]


def _run(run: RunFacts) -> Document:
    book = run.price_book
    return {
        "version": run.version,
        "engine": run.engine,
        "policy_digest": run.policy_digest,
        "price_book": {"version": book.version, "digest": book.digest, "oldest": book.oldest},
        "trusted": run.trusted,
        "base": run.base,
        "head": run.head,
        "advisory": run.advisory,
        "bootstrap": run.bootstrap,
        "time": run.time,
    }
