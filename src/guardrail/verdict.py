"""
From decisions to findings, and from findings to the verdict.

A decision says what is so; here it gets a level (configuration), a status, and the answer to whether this change
brought it (`introduced`) or found it there (`existing`). Pure: the same decisions give the same verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, Literal, Optional

from guardrail.config.settings import OnUnknown, Settings
from guardrail.errors import Exit
from guardrail.graph.trace import place, trace
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Decision, Diagnostic, Finding, Level, Measure, Severity, Status
from guardrail.model.graph import Change, Graph
from guardrail.model.place import Place
from guardrail.model.report import Verdict
from guardrail.model.value import NoBound, Reason
from guardrail.policy.parameters import layers

EXIT: Final[Mapping[Verdict, Exit]] = {"pass": Exit.PASS, "block": Exit.BLOCK, "error": Exit.ERROR}

_LENIENT: Final = frozenset({Reason.COMPUTED, Reason.DATA, Reason.ENVIRONMENT, Reason.UNPRICED, Reason.USAGE})
"""What nobody can know before apply only warns in the profile `standard`; what the author could have said denies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What the verdict has to know of a policy. `docs` is the page that explains it, None for people's own."""

    severity: Severity
    level: Level
    remediation: str
    docs: Optional[str] = None


@dataclass(frozen=True, slots=True)
class Side:
    """One revision as policies judged it."""

    graph: Graph
    decisions: Sequence[Decision] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What base already said, and what changed since; without a base nothing is `existing`."""

    base: Side
    change: Change


def findings(
    head: Side, comparison: Optional[Comparison], *, rules: Mapping[str, Rule], settings: Settings
) -> tuple[Finding, ...]:
    """Return the findings of a run, in the order of reports. Decisions of policies that are off are left out."""
    before = {} if comparison is None else {told.fingerprint: told for told in comparison.base.decisions}
    new: frozenset[str] = frozenset() if comparison is None else touched(comparison.change)
    environments = _environments(head.graph)
    found = []
    for told in head.decisions:
        unit = _unit(told, head.graph)
        environment = environments.get(unit) if unit is not None else _subject(told, "environment")
        level, on_unknown = effective(settings, told.policy, rules[told.policy].level, unit, environment)
        if level == "off":
            continue
        introduced = comparison is None or not _existed(told, before, new, comparison.change.renamed)
        found.append(
            _finding(
                told,
                rule=rules[told.policy],
                level=level,
                answer=None if told.reason is None else _answer(on_unknown, told.reason, settings),
                introduced=introduced,
                gated=introduced or settings.gate == "all",
                where=(unit, environment),
                graph=head.graph,
            )
        )
    return tuple(sorted(found, key=lambda finding: finding.order))


def verdict(found: Iterable[Finding], diagnostics: Iterable[Diagnostic]) -> Verdict:
    """Return the verdict: a finding that blocks wins, then an error of the run."""
    if any(finding.blocking for finding in found):
        return "block"
    if any(diagnostic.level == "error" and not diagnostic.unread for diagnostic in diagnostics):
        return "error"
    return "pass"


def effective(
    settings: Settings, policy: str, default: Level, unit: Optional[str], environment: Optional[str]
) -> tuple[Level, Mapping[Reason, OnUnknown]]:
    """Return the level and the treatment of unknowns that hold in a unit: default < policy < environment < unit."""
    level = default
    on_unknown: dict[Reason, OnUnknown] = {}
    for layer in layers(settings, policy, unit, environment):
        level = layer.level or level
        on_unknown.update(layer.on_unknown)
    return level, on_unknown


def _answer(on_unknown: Mapping[Reason, OnUnknown], reason: Reason, settings: Settings) -> OnUnknown:
    if reason in on_unknown:
        return on_unknown[reason]
    return "warn" if settings.profile == "standard" and reason in _LENIENT else "deny"


def _finding(  # the one place that knows all of it
    told: Decision,
    *,
    rule: Rule,
    level: Literal["deny", "warn"],
    answer: Optional[OnUnknown],
    introduced: bool,
    gated: bool,
    where: tuple[Optional[str], Optional[str]],
    graph: Graph,
) -> Finding:
    status: Status = level if answer is None else "undetermined"
    known = told.resource is not None and told.resource in graph.resources
    return Finding(
        decision=told,
        severity=rule.severity,
        status=status,
        blocking=gated and level == "deny" and answer in (None, "deny"),
        introduced=introduced,
        remediation=told.remediation or rule.remediation,
        hidden=answer == "ignore",
        docs=rule.docs,
        place=place(graph, told.resource or "", told.path or "") if known else _of_file(told),
        provenance=trace(graph, told.resource or "", told.path) if known and told.path else (),
        unit=where[0],
        environment=where[1],
    )


def touched(change: Change) -> frozenset[str]:
    """Return the addresses of all that a change adds, alters or removes; what rests on one of them is introduced."""
    return frozenset((*change.added, *change.changed, *change.removed))


def _existed(told: Decision, before: Mapping[str, Decision], new: frozenset[str], renamed: Mapping[str, str]) -> bool:
    """Whether base has this finding: same fingerprint, nothing new that it rests on, no higher measure."""
    old = told
    if told.resource is not None and told.resource in renamed:
        old = replace(told, resource=renamed[told.resource])
    earlier = before.get(old.fingerprint)
    if earlier is None or not new.isdisjoint(told.rests_on):
        return False
    if told.evidence.get("content") != earlier.evidence.get("content"):
        return False  # an unreadable file that is unreadable in a new way
    return not _grew(earlier.measure, told.measure)


def _grew(before: Optional[Measure], after: Optional[Measure]) -> bool:
    if after is None:
        return False
    if before is None:
        return True
    if isinstance(before.value, NoBound):
        return False
    return isinstance(after.value, NoBound) or after.value > before.value


def _environments(graph: Graph) -> Mapping[str, Optional[str]]:
    return {resource.unit: resource.environment for resource in graph.resources.values()}


def _unit(told: Decision, graph: Graph) -> Optional[str]:
    if told.resource is not None:
        resource = graph.resources.get(told.resource)
        return resource.unit if resource else told.resource.partition("//")[0]
    return _subject(told, "unit")


def _subject(told: Decision, dimension: str) -> Optional[str]:
    name, _, value = (told.subject or "").partition(":")
    return value if name == dimension else None


def _of_file(told: Decision) -> Optional[Place]:
    """Return where a finding about a file stands; the engine puts line and column into its evidence."""
    file = _subject(told, "file")
    if file is None:
        return None
    line, column = told.evidence.get("line", 0), told.evidence.get("column", 0)
    return Place(file, int(line), int(column), int(line), int(column))
