"""Judge, price, print: the stages in their order."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Final, Optional

from guardrail import __version__
from guardrail.config.settings import Settings
from guardrail.config.trust import changed_configuration, settings_of
from guardrail.errors import ConfigError, SourceError
from guardrail.model.finding import Decision, Diagnostic
from guardrail.model.report import BookUsed, PolicyState, Report, RunFacts, Skipped
from guardrail.policy import own
from guardrail.policy.document import Facts, Run
from guardrail.policy.document import document as rego_input
from guardrail.policy.engine import Engine
from guardrail.policy.evaluate import Evaluation, evaluate
from guardrail.policy.library import load_library, shared_module
from guardrail.policy.model import Library
from guardrail.policy.parameters import Parameters, level, resolve_parameters
from guardrail.policy.regorus import start_worker
from guardrail.pricing.book import Book
from guardrail.pricing.totals import costs, oldest
from guardrail.run.left_out import brought_in
from guardrail.run.priced import Priced, priced
from guardrail.run.request import Request
from guardrail.run.rules import asks_for_everything, rules_by_id, sources
from guardrail.run.scan import Scan
from guardrail.run.unsaid import printable, unsaid
from guardrail.run.view import View, view
from guardrail.verdict import Comparison, Side, findings, touched, verdict

_SHORT: Final = 12
"""How many digits of a commit id people are shown."""


def check(request: Request) -> Report:
    """Judge what is asked for. Raises `GuardrailError` where nothing can be judged."""
    shared = shared_module()  # the worker starts first, and gets ready while files are read
    with start_worker(shared) as engine, view(request) as seen:
        library = load_library(engine, shared, sources(seen.rules))
        whole = seen.base is None or asks_for_everything(library, seen.rules.settings, request)
        both = priced(request, seen, whole=whole)
        params = _parameters(both.head, seen, library, request.only, request.skip)
        evaluation = evaluate(engine, library, params, _facts(request, both))
        decisions = (*evaluation.decisions, *_own(both))
        before, problems = _base_decisions(request, both, library, decisions, engine)
        name = engine.name
    comparison = None
    if both.base is not None and both.change is not None:
        comparison = Comparison(Side(both.base.graph, before), both.change)
    settings = seen.rules.settings
    found = findings(
        Side(both.head.graph, decisions), comparison, rules=rules_by_id(library, settings), settings=settings
    )
    diagnostics = (*both.diagnostics, *library.diagnostics, *evaluation.diagnostics, *problems)
    return replace(
        _unjudged_report(request, both, name, library.digest),
        verdict=verdict(found, diagnostics),
        findings=unsaid(found, both.head.graph),
        diagnostics=diagnostics,
        policies=_states(library, params, evaluation, settings),
    )


def price(request: Request) -> Report:
    """Read and price what is asked for, and judge nothing: a report without findings."""
    return price_by_book(request)[0]


def price_by_book(request: Request, unit: Optional[str] = None) -> tuple[Report, Book]:
    """
    Price as `price` does; the book comes with it, to look up the rows of the report.

    A `unit` that is left out unless somebody names it is named.
    """
    with view(request) as opened:
        seen = brought_in(opened, unit) if unit else opened
        both = priced(request, seen)
        return _unjudged_report(request, both), both.book


def _unjudged_report(request: Request, both: Priced, engine: str = "", policy_digest: str = "") -> Report:
    return Report(
        verdict="pass",
        findings=(),
        graph=both.head.graph,
        change=both.change,
        costs=both.costs,
        diagnostics=both.diagnostics,
        skipped=_skipped(both.head),
        policies=(),
        run=_run_facts(request, both, engine, policy_digest),
        judged_from=_judged(both.view),
        untouched=both.head.untouched,
    )


def document(request: Request) -> Mapping[str, Any]:
    """
    Return what policies would see as `input`.

    Without a base nothing is compared, what is staged neither: a graph is the same wherever its files are read from.
    """
    shared = shared_module()
    with start_worker(shared) as engine, view(request) as opened:
        seen = opened if request.base is not None else replace(opened, base=None, base_id=None, head_id=None)
        library = load_library(engine, shared, sources(seen.rules))
        both = priced(request, seen)
        params = _parameters(both.head, seen, library, request.only, request.skip)
    made = rego_input(_facts(request, both), params, [name for name in library.loaded if name not in params.off])
    return {**made, "resources": dict(printable(made["resources"], both.head.graph))}


def _parameters(
    read: Scan, seen: View, library: Library, only: Collection[str], skip: Collection[str] = ()
) -> Parameters:
    return resolve_parameters(
        library.policies,
        seen.rules.settings,
        {unit.name: unit.environment for unit in read.discovery.units},
        only=only,
        skip=skip,
        refused=bool(library.diagnostics),
    )


def _facts(request: Request, both: Priced) -> Facts:
    return Facts(
        graph=both.head.graph,
        costs=both.costs,
        change=both.change,
        diagnostics=both.diagnostics,
        run=Run(time_ns=request.time_ns, base=both.view.base_id, head=both.view.head_id),
    )


def _own(both: Priced) -> tuple[Decision, ...]:
    """Return what the engine itself finds: unread input, and changes to what guardrail is told."""
    seen = both.view
    before = seen.base or seen.trusted
    changed: tuple[str, ...] = ()
    if before is not None:
        changed = changed_configuration(before, seen.head, seen.rules.settings, _head_settings(seen))
    return (*own.scan_incomplete(both.diagnostics), *own.config_changed(changed))


def _head_settings(seen: View) -> Settings:
    """Return what the head would configure; where that is broken or cannot be read, the rules in force."""
    if seen.rules.tree is seen.head:
        return seen.rules.settings
    try:
        return settings_of(seen.head)
    except (ConfigError, SourceError):
        return seen.rules.settings


def _base_decisions(
    request: Request, both: Priced, library: Library, decisions: tuple[Decision, ...], engine: Engine
) -> tuple[tuple[Decision, ...], tuple[Diagnostic, ...]]:
    """Ask base the policies that found on head what may be `existing`: nothing that it rests on is touched."""
    if both.base is None or both.change is None:
        return (), ()
    unread = own.scan_incomplete((*both.base.graph.diagnostics, *both.base.discovery.diagnostics))
    new = touched(both.change)
    asked = {told.policy for told in decisions if new.isdisjoint(told.rests_on)} & library.loaded.keys()
    if not asked:
        return unread, ()
    settings = both.view.rules.settings
    params = _parameters(both.base, both.view, library, only=asked)
    facts = Facts(
        graph=both.base.graph,
        costs=costs(both.base.graph, both.base_bills, None, {}, None, settings),
        run=Run(time_ns=request.time_ns, head=both.view.base_id),
        diagnostics=both.base.graph.diagnostics,
    )
    evaluation = evaluate(engine, library, params, facts)
    return (*evaluation.decisions, *unread), evaluation.diagnostics


def _judged(seen: View) -> str:
    """Return what people call the head: `working tree`, `index`, the beginning of a commit id, or the plan."""
    plans = seen.beside.plans.given
    if plans and seen.base is None:
        return f"plan {plans[0].file}" if len(plans) == 1 else f"{len(plans)} plans"
    return seen.head_id[:_SHORT] if seen.head_id else seen.head.label


def _skipped(read: Scan) -> tuple[Skipped, ...]:
    found = (*read.discovery.skipped, *read.discovery.excluded)
    return tuple(sorted(found, key=lambda one: one.file))


def _states(
    library: Library, params: Parameters, evaluation: Evaluation, settings: Settings
) -> tuple[PolicyState, ...]:
    return tuple(
        PolicyState(
            id=name,
            level=level(policy, settings, None, None),
            judged=evaluation.judged.get(name, 0),
            off=evaluation.off.get(name, params.off.get(name, "")),
        )
        for name, policy in library.policies.items()
    )


def _run_facts(request: Request, both: Priced, engine: str, policy_digest: str) -> RunFacts:
    seen, book = both.view, both.book
    return RunFacts(
        version=__version__,
        engine=engine,
        policy_digest=policy_digest,
        price_book=BookUsed(version=book.version, digest=book.digest, oldest=oldest(both.costs.bills.values())),
        base=seen.base_id,
        head=seen.head_id,
        trusted=seen.trusted_id,
        advisory=seen.rules.advisory,
        bootstrap=seen.rules.bootstrap,
        time=request.time,
    )
