"""From a tree to its graph: units, frontends, edges."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Optional

from guardrail.config.settings import Settings
from guardrail.frontends.discover import Discovery, Known, Unit, discover
from guardrail.frontends.parsed import Parsed
from guardrail.graph.build import build
from guardrail.model.dataclass import dataclass
from guardrail.model.graph import Graph
from guardrail.sources.tree import Tree
from guardrail.sources.watched import Watched


@dataclass(frozen=True, slots=True)
class Reading:
    """One unit as it was read, and what of the tree that rests on."""

    unit: Unit
    tree: Watched
    parsed: Parsed


@dataclass(frozen=True, slots=True)
class Scan:
    """
    A tree, read: its units, and the graph of all that they create.

    `known` is what its files turned out to be, for the scan of another tree.
    """

    discovery: Discovery
    graph: Graph
    readings: Mapping[str, Reading] = field(repr=False)
    known: Known = field(repr=False)


def scan(
    tree: Tree,
    settings: Settings,
    paths: Sequence[str],
    *,
    after: Optional[Scan] = None,
    progress: Callable[[int, int], None],
) -> Scan:
    """
    Read a tree; `after` is the scan of head when base is read: a unit that rests on the same bytes is not read again.

    So base costs what the change touched, and what it did not touch is the very same object on both sides.
    """
    known = after.known if after else Known()
    found = discover(tree, settings, paths, demand=after is None, known=known)
    readings: dict[str, Reading] = {}
    for index, unit in enumerate(found.units):
        progress(index, len(found.units))
        before = after.readings.get(unit.name) if after else None
        if before is not None and before.unit == unit and before.tree.same(tree):
            readings[unit.name] = before
        else:
            watched = Watched(tree)
            readings[unit.name] = Reading(unit, watched, _read(watched, unit, settings, known))
    graph = build([reading.parsed for reading in readings.values()], found.units, settings)
    return Scan(found, graph, readings, known)


def _read(tree: Tree, unit: Unit, settings: Settings, known: Known) -> Parsed:
    if unit.format == "terraform":
        from guardrail.frontends.terraform.read import read as read_terraform

        return read_terraform(tree, unit, known.calls.syntax, settings.modules)
    from guardrail.frontends.kubernetes.read import read as read_kubernetes

    return read_kubernetes(tree, unit, settings.kinds)
