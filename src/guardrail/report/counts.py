"""What is counted of a report, for machines and people alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic, Finding, Status
from guardrail.model.graph import Graph
from guardrail.model.report import Report
from guardrail.model.resource import Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """
    The summary of a report.

    The statuses count what this change introduces; `existing` is all that was there before. Together they are all
    findings. `errors` is the work that could not be done.
    """

    units: int
    resources: int
    not_understood: int
    deny: int
    warn: int
    undetermined: int
    existing: int
    errors: int


def counts(report: Report) -> Counts:
    """Count a report."""
    introduced = Counter[Status](finding.status for finding in report.findings if finding.introduced)
    return Counts(
        units=len(report.graph.units),
        resources=len(report.graph.resources),
        not_understood=sum(not resource.understood for resource in report.graph.resources.values()),
        deny=introduced["deny"],
        warn=introduced["warn"],
        undetermined=introduced["undetermined"],
        existing=len(report.findings) - sum(introduced.values()),
        errors=len(errors(report.diagnostics)),
    )


def errors(diagnostics: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return what makes an error of the run; unreadable input is a finding instead."""
    return tuple(one for one in diagnostics if one.level == "error" and not one.unread)


def not_understood(graph: Graph) -> Mapping[str, int]:
    """Return how many resources there are of each type that no catalogue entry describes, most frequent first."""
    return _by_type(resource for resource in graph.resources.values() if not resource.understood)


def by_shape(graph: Graph) -> Mapping[str, int]:
    """Return how many resources there are of each type of which only the shape of its pods is understood."""
    return _by_type(resource for resource in graph.resources.values() if resource.by_shape)


def _by_type(resources: Iterable[Resource]) -> Mapping[str, int]:
    found = Counter(resource.type for resource in resources)
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def blocking(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings that block."""
    return tuple(finding for finding in findings if finding.blocking)
