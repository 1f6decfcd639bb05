"""Everything that a report can say, put together by `run`."""

from __future__ import annotations

from dataclasses import field
from typing import Literal, Optional

from guardrail.model.cost import Costs
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic, Finding
from guardrail.model.graph import Change, Graph

Verdict = Literal["pass", "block", "error"]


@dataclass(frozen=True, slots=True)
class Skipped:
    """
    A file or folder (ending in `/`) that was left out, and why.

    `content` is set where it is input that this version cannot judge, and changes when the input does: what a change
    adds here passes without having been looked at, unless it is told.
    """

    file: str
    reason: str
    content: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookUsed:
    """The price book of the run. `oldest` is the oldest date among the rows that were used, None if none was."""

    version: str
    digest: str
    oldest: Optional[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """What was judged, by what, and how far it may be trusted. `time` is RFC 3339 in UTC, an input of the run."""

    version: str
    engine: str
    policy_digest: str
    price_book: BookUsed
    base: Optional[str]
    head: Optional[str]
    trusted: Optional[str]
    advisory: bool
    bootstrap: bool
    time: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyState:
    """A policy that was asked, and how; `off` says why one was not (`parameter keys is not given`)."""

    id: str
    level: str
    judged: int = 0
    off: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """
    The answer to one question: may this merge, and if not, why, where, and at what price.

    `untouched` are the names of the units that the change does not touch, if they were not read: they add nothing to
    the delta, and are in no other sum.
    """

    verdict: Verdict
    findings: tuple[Finding, ...]
    graph: Graph
    change: Optional[Change]
    costs: Costs
    diagnostics: tuple[Diagnostic, ...]
    skipped: tuple[Skipped, ...]
    policies: tuple[PolicyState, ...]
    run: RunFacts
    untouched: tuple[str, ...] = ()
    judged_from: str = field(default="")  # "working tree", "index", or the revision, for people
