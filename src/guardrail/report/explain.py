"""Where the facts of a resource come from, line by line, and what its price is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Optional

from guardrail.errors import UsageError, closest
from guardrail.graph.facts import FIELDS, attributes, fact, facts, unknown_facts
from guardrail.graph.trace import place, sensitive, trace, written
from guardrail.model.graph import Edge, Graph
from guardrail.model.path import covers
from guardrail.model.place import SENSITIVE
from guardrail.model.report import Report
from guardrail.model.resource import Resource
from guardrail.model.value import Unknown, Value
from guardrail.pricing.book import Book
from guardrail.report.bill import price
from guardrail.report.findings import because, plain_text, where_of
from guardrail.report.page import BLANK, WIDTH, Line, Style, cells, hanging, line, padded, printed, shortened

_VALUE: Final = 44
_SEARCHED: Final = 2_000  # names that are compared with a misspelt one; each takes a tenth of a millisecond
_TELLING: Final = frozenset({"/format", "/name", "/type", "/category", "/multiplicity/min", "/multiplicity/max"})
"""Facts that the head of the page tells, or that are as usual."""

KNOWN: Final = frozenset(f"/{name}" for name in FIELDS)


def explanation(
    report: Report,
    address: str,
    path: Optional[str] = None,
    color: bool = False,
    width: int = WIDTH,
    *,
    book: Optional[Book] = None,
) -> str:
    """
    Return what is known of one resource, or of one fact of it. With the `book` prices name their row in it.

    Raise `UsageError` for an address or a path that does not exist. A native address is enough where it is unique.
    """
    resource = _resource(report.graph, address)
    lines = _fact(report.graph, resource, path, width) if path else _whole(report, resource, width, book)
    return printed(lines, color=color)


def _resource(graph: Graph, address: str) -> Resource:
    if address in graph.resources:
        return graph.resources[address]
    same = [full for full in graph.resources if full.endswith(f"//{address}")]
    if len(same) == 1:
        return graph.resources[same[0]]
    close = same or _close(address, graph.resources, cutoff=0.6)
    hint = f"did you mean {' or '.join(close)}?" if close else "guardrail graph lists the addresses."
    raise UsageError(f"no resource has the address {address}", hint=hint)


def _fact(graph: Graph, resource: Resource, path: str, width: int) -> Iterator[Line]:
    yield from _head(resource)
    known = attributes(resource) if covers("/attributes", path) else facts(resource)
    told = [(at, value) for at, value in known if covers(path, at) or covers(at, path)]
    for at, value in told:
        text, style = _shown(graph, resource, at, value)
        yield from hanging(((at, "strong"), ("  ", "plain")), text, width, style)
        yield from _origin(graph, resource, at, width)
    opened = list(_open(resource, path, told))
    for at, value in opened:
        yield from hanging(((f"{at}/*", "strong"), ("  others: ", "quiet")), _told(value)[0], width, "doubt")
        yield from _origin(graph, resource, at, width)
    if not told:
        _check(resource, path)
        yield line((path, "strong"), "  is not stated", " here, and may be one of the others" if opened else "")
        yield from _origin(graph, resource, path, width)


def _open(resource: Resource, path: str, told: Sequence[tuple[str, Value]]) -> Iterator[tuple[str, Unknown]]:
    """Yield the maps that may hold other keys than those that are told, at or below a path or right above it."""
    known = {at for at, _ in told}
    for at, value in unknown_facts(resource):
        if at not in known and (covers(path, at) or (not told and path.rpartition("/")[0] == at)):
            yield at, value


def _check(resource: Resource, path: str) -> None:
    """Raise for a path that no resource has: nothing stands beside it or above it."""
    above = path.rpartition("/")[0]
    every = [at for at, _ in facts(resource)]
    if path.startswith("/") and any(covers(above, at) for at in every if above):
        return
    if path in KNOWN:
        return
    close = _close(path, every, cutoff=0.5)
    hint = f"did you mean {' or '.join(close)}?" if close else "without PATH all facts are listed."
    raise UsageError(f"{resource.address} has no fact {path}", hint=hint)


def _close(word: str, known: Iterable[str], *, cutoff: float) -> list[str]:
    """Return what may have been meant."""
    return closest(word, list(known)[:_SEARCHED], most=3, likeness=cutoff)


def _shown(graph: Graph, resource: Resource, at: str, value: Value) -> tuple[str, Style]:
    return (SENSITIVE, "quiet") if sensitive(graph, resource.address, at) else _told(value)


def _told(value: Value) -> tuple[str, Style]:
    """Return what is known of a value: itself, or why it is not and what it can be."""
    if not isinstance(value, Unknown):
        return plain_text(value), "plain"
    parts = [f"not known ({value.reason})"]
    if value.note:
        parts.append(f": {value.note}")
    if value.one_of is not None:
        parts.append(f"; one of {', '.join(plain_text(one) for one in value.one_of)}")
    if value.prefix:
        parts.append(f"; begins with {value.prefix}")
    return "".join(parts), "doubt"


def _origin(graph: Graph, resource: Resource, at: str, width: int) -> Iterator[Line]:
    steps = trace(graph, resource.address, at)
    values = [step for step in steps if not step.decides]
    if values:
        yield from because(values, "  because  ", width, most=len(values))
        tests = [step for step in steps if step.decides]
        if values[0].value is None and not isinstance(fact(resource, at), Unknown):
            yield line(("           null states nothing, and this is what the type then takes", "quiet"))
        yield from because(tests, "  decided  ", width)
        return
    where = place(graph, resource.address, at)
    told = "" if written(graph, resource.address, at) else "  which does not state it"
    yield line(("  in       ", "quiet"), (where, "place"), (told, "quiet"))


def _head(resource: Resource) -> Iterator[Line]:
    told = [resource.type, resource.category]
    told += [one for one in (resource.provider, resource.region, resource.environment) if isinstance(one, str)]
    if not resource.understood:
        told.append("not understood")
    elif resource.by_shape:
        told.append("by shape")
    yield line((resource.address, "title"))
    yield line(("  " + ", ".join(told), "quiet"), "  ", (resource.native.place(""), "place"))
    yield BLANK


def _whole(report: Report, resource: Resource, width: int, book: Optional[Book]) -> Iterator[Line]:
    graph = report.graph
    yield from _head(resource)
    yield line(("FACTS", "title"), ("  guardrail explain ADDRESS PATH tells one of them line by line", "quiet"))
    stated = list(facts(resource))
    rows = [
        (at, *_shown(graph, resource, at, value), _written(graph, resource, at))
        for at, value in stated
        if at not in _TELLING
    ]
    rows += [
        (f"{at}/*", f"others: {_told(value)[0]}", "doubt", _written(graph, resource, at))
        for at, value in _open(resource, "", stated)
    ]
    path_width = max((cells(at) for at, *_ in rows), default=0)
    value_width = min(max((cells(text) for _, text, *_ in rows), default=0), _VALUE)
    for at, text, style, where in rows:
        value = padded(shortened(text, _VALUE), value_width)
        yield line("  ", padded(at, path_width), "  ", (value, style), "  ", (where, "place"))
    yield BLANK
    yield from _edges(graph, resource)
    bill = report.costs.bills.get(resource.address)
    if bill is not None:
        before = report.change.renamed.get(resource.address, resource.address) if report.change else resource.address
        yield from price(bill, report.costs.base_bills.get(before), width, book, understood=resource.understood)


def _written(graph: Graph, resource: Resource, at: str) -> str:
    """Return where a fact is written and where its value begins, if that is elsewhere."""
    steps = trace(graph, resource.address, at)
    if not steps:
        where = place(graph, resource.address, at)
        return "" if where == resource.native.place("") else where_of(where)
    values = [step for step in steps if not step.decides] or steps
    first, last = (where_of(step.place) for step in (values[0], values[-1]))
    return first if first == last else f"{first} ← {last}"


def _edges(graph: Graph, resource: Resource) -> Iterator[Line]:
    out = [f"{edge.kind} → {edge.to}{_group(edge)}" for edge in graph.edges.get(resource.address, ())]
    into = [
        f"{edge.kind} ← {start}{_group(edge)}"
        for start, edges in graph.edges.items()
        for edge in edges
        if edge.to == resource.address
    ]
    why, lost = graph.unplaced.get(resource.address), graph.lost.get(resource.address)
    if out or into or why or lost:
        yield line(("EDGES", "title"))
        for text in (*out, *into):
            yield line(f"  {text}")
        if why:
            yield line((f"  runs on no pool of this graph: {why}", "doubt"))
        if lost:
            yield line((f"  {lost}", "doubt"))
        yield BLANK


def _group(edge: Edge) -> str:
    return f"  (group {edge.group})" if edge.group else ""
