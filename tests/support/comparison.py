"""What a check says of a change, to compare a reading of everything with one of what the change touches."""

from __future__ import annotations

from guardrail.config.settings import Settings
from guardrail.graph.change import compare
from guardrail.pricing.bills import bills
from guardrail.pricing.book import Book
from guardrail.pricing.totals import costs
from guardrail.run.scan import Scan, scan_change
from guardrail.sources.tree import Tree

BOOK = Book()


def answer(base: Tree, head: Tree, settings: Settings, *, whole: bool) -> tuple[object, tuple[Scan, Scan]]:
    """Return what is new, gone, different and wrong, what it costs, whose accelerators change; and both sides."""
    after, before = scan_change(head, base, settings, (), whole=whole, progress=(_silent, _silent))
    change = compare(before.graph, after.graph)
    ours, theirs = bills(after.graph, BOOK, settings), bills(before.graph, BOOK, settings)
    told = costs(after.graph, ours, before.graph, theirs, change, settings)
    deltas = {
        (dimension, value): sums.delta
        for dimension, values in told.by.items()
        for value, sums in values.items()
        if sums.delta is not None and (any((sums.delta.min, sums.delta.expected)) or sums.delta.unpriced)
    }
    earlier = costs(before.graph, theirs, None, {}, None, settings).accelerators
    devices = {
        (dimension, value): told.accelerators[dimension].get(value)
        for dimension in ("unit", "namespace")
        for value in {*told.accelerators[dimension], *earlier[dimension]}
        if told.accelerators[dimension].get(value) != earlier[dimension].get(value)
    }
    wrong = set(after.graph.diagnostics) - set(before.graph.diagnostics)
    return (change, told.total.delta, deltas, devices, wrong), (after, before)


def _silent(done: int, total: int) -> None:
    del done, total
