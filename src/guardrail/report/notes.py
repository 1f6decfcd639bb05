"""What a report says about its own limits: what has no price, is not known, not understood, off, skipped or failed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from guardrail.graph.facts import unknown_facts
from guardrail.graph.trace import sensitive
from guardrail.model.cost import Costs, Unpriced
from guardrail.model.finding import Diagnostic
from guardrail.model.graph import Graph
from guardrail.model.place import SENSITIVE
from guardrail.model.report import PolicyState, Skipped
from guardrail.model.value import STRICTNESS, Reason
from guardrail.report.counts import by_shape, not_understood
from guardrail.report.page import BLANK, Line, Span, Style, cells, hanging, line, padded, shortened

ROWS: Final = 6
"""Rows of one note; what goes beyond is counted."""

NAMES: Final = 3

_NAME: Final = 70

_ELSEWHERE: Final = frozenset({"/namespace", "/account"})
"""Facts that manifests and providers leave to whoever applies them, as a rule."""

_SETTLED: Final = {
    Reason.COMPUTED: "only the provider knows, after apply",
    Reason.DATA: "read from a data source",
    Reason.ENVIRONMENT: "depends on who applies it",
    Reason.VARIABLE: "give the variable a value",
    Reason.MODULE: "the module is not at hand: guardrail modules fetch gets it, --modules reads it",
    Reason.TEMPLATE: "a placeholder that another tool fills in",
    Reason.REFUSED: "not computed by guardrail",
    Reason.ERROR: "its expression is in error",
}
"""What can be said about an unknown of each reason, or be done about it."""

_LEVELS: Final[Mapping[str, Style]] = {"error": "bad", "warning": "warn", "info": "quiet"}
_ORDER: Final = {"error": 0, "warning": 1, "info": 2}


def unpriced(costs: Costs, graph: Graph, width: int) -> Iterator[Line]:
    """Yield what has no price, by cause. Types that nobody described are left to `misunderstood`."""
    causes: defaultdict[str, list[str]] = defaultdict(list)
    for address, bill in costs.bills.items():
        resource = graph.resources.get(address)
        if resource is not None and not resource.understood and resource.category != "module.call":
            continue
        for why in dict.fromkeys(one.why for one in bill.lines if isinstance(one, Unpriced)):
            causes[why].append(address)
    number = len({address for several in causes.values() for address in several})
    if number:
        yield line((f"NOT PRICED  {number}", "title"), ("  sums say “at least”", "quiet"))
        yield from _named(causes, width)
        if any("can hold" not in why for why in graph.unplaced.values()):
            text = "Say in guardrail.yaml in which cluster manifests run: units: [{path: k8s/**, cluster: NAME}]"
            yield from hanging((("    ", "plain"),), text, width, "quiet")
        yield BLANK


def not_known(graph: Graph, width: int) -> Iterator[Line]:
    """Yield which facts are not known, by reason, with what they hang on. Attributes that are no fact do not count."""
    found: defaultdict[Reason, dict[str, int]] = defaultdict(dict)
    for address, resource in graph.resources.items():
        for path, unknown in unknown_facts(resource):
            if path not in _ELSEWHERE:
                notes = found[unknown.reason]
                note = unknown.note
                if note not in notes and unknown.reason is Reason.REFUSED and sensitive(graph, address, path):
                    note = SENSITIVE  # what is refused is named, such as a machine type that no table has
                notes[note] = notes.get(note, 0) + 1
    if not found:
        return
    number = sum(sum(notes.values()) for notes in found.values())
    yield line((f"NOT KNOWN  {number}", "title"), ("  facts that the files do not settle", "quiet"))
    for reason in sorted(found, key=lambda one: -STRICTNESS[one]):
        notes = found[reason]
        frequent = sorted((one for one in notes if one), key=lambda one: (-notes[one], one))
        text = f"{sum(notes.values())} × {_SETTLED.get(reason, 'not known')}"
        named = "; ".join(frequent[:NAMES]) + ("; …" if len(frequent) > NAMES else "")
        yield from hanging(
            ((f"    {padded(reason.value, 11)}  ", "quiet"),), f"{text}: {named}" if named else text, width
        )
    yield BLANK


def misunderstood(graph: Graph, width: int) -> Iterator[Line]:
    """Yield the types that no catalogue entry describes, and those of which only pods were found."""
    yield from _types("NOT UNDERSTOOD", not_understood(graph), "judged by their tags only, and not priced", width)
    yield from _types("BY SHAPE", by_shape(graph), "pods were found in them; how many there are is not known", width)


def _types(title: str, types: Mapping[str, int], meaning: str, width: int) -> Iterator[Line]:
    if not types:
        return
    yield line((f"{title}  {sum(types.values())}", "title"), (f"  {meaning}", "quiet"))
    names = [f"{name} ({number})" if number > 1 else name for name, number in list(types.items())[: ROWS * NAMES]]
    more = len(types) - len(names)
    text = ", ".join(names) + (f" and {more} more types" if more else "")
    yield from hanging((("    ", "plain"),), text, width)
    yield BLANK


def off(policies: Sequence[PolicyState], width: int) -> Iterator[Line]:
    """Yield the policies that were not asked, and why."""
    waiting = [policy for policy in policies if policy.off]
    if not waiting:
        return
    yield line(
        (f"OFF  {len(waiting)}", "title"),
        ("  policies that were not asked; guardrail policy show ID tells what each needs", "quiet"),
    )
    column = max(cells(policy.id) for policy in waiting)
    for policy in waiting:
        yield from hanging((("    ", "plain"), (f"{padded(policy.id, column)}  ", "plain")), policy.off, width, "quiet")
    yield BLANK


def skipped(files: Sequence[Skipped], width: int) -> Iterator[Line]:
    """Yield what was left out, by reason."""
    if not files:
        return
    reasons: defaultdict[str, list[str]] = defaultdict(list)
    for one in files:
        reasons[one.reason].append(one.file)
    yield line((f"LEFT OUT  {len(files)}", "title"), ("  files and folders", "quiet"))
    yield from _named(reasons, width)
    yield BLANK


def diagnostics(told: Iterable[Diagnostic], width: int) -> Iterator[Line]:
    """Yield what went wrong with the run itself, the worst first; of one kind only what is most frequent."""
    kinds: defaultdict[tuple[int, str], dict[str, list[Diagnostic]]] = defaultdict(dict)
    for one in told:
        kinds[(_ORDER[one.level], one.code)].setdefault(one.message, []).append(one)
    if not kinds:
        return
    number = sum(len(several) for messages in kinds.values() for several in messages.values())
    yield line((f"DIAGNOSTICS  {number}", "title"))
    for _, messages in sorted(kinds.items()):
        ordered = sorted(messages.values(), key=lambda several: -len(several))
        for at, several in enumerate(ordered[:NAMES]):
            hint = at == 0 or several[0].hint != ordered[at - 1][0].hint
            yield from _diagnostic(several, width, hint=hint)
        rest = sum(map(len, ordered[NAMES:]))
        if rest:
            yield line((f"             and {rest} more of this kind; --format json lists them all", "quiet"))
    yield BLANK


def _diagnostic(several: Sequence[Diagnostic], width: int, *, hint: bool) -> Iterator[Line]:
    """Yield one message with the place, or with the first of some places that it is about."""
    one = several[0]
    head: tuple[Span, ...] = (("    ", "plain"), (padded(one.level, 9), _LEVELS[one.level]))
    where = "" if one.place is None else f"{one.place}: "
    rest = len(several) - 1
    more = f" (and at {rest} more {'place' if rest == 1 else 'places'})" if rest else ""
    yield from hanging(head, where + one.message + more, width)
    if hint and one.hint:
        yield from hanging(((" " * 13, "plain"),), one.hint, width, "quiet")


def _named(causes: Mapping[str, Sequence[str]], width: int) -> Iterator[Line]:
    """Yield causes, the most frequent first, each with some of what it concerns."""
    ordered = sorted(causes.items(), key=lambda item: (-len(item[1]), item[0]))
    column = max(len(str(len(names))) for names in causes.values())
    for cause, names in ordered[:ROWS]:
        few = ", ".join(shortened(name, _NAME, middle=True) for name in names[:NAMES])
        few += ", …" if len(names) > NAMES else ""
        yield from hanging(((f"    {len(names):>{column}} × ", "quiet"),), f"{cause}: {few}", width)
    rest = sum(len(names) for _, names in ordered[ROWS:])
    if rest:
        yield line(
            (f"    and {rest} more, for {len(ordered) - ROWS} other reasons; --format json lists them all", "quiet")
        )
