"""
The document that policies judge: `guardrail.input/v1`, as architecture and schema describe it.

Money is in whole micro-dollars and percentages are in basis points, both rounded up: an amount exceeds a limit in
whole micros exactly if the rounded one does, so that rounding hides no increase.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final, Literal, Optional

from guardrail.model.cost import BOUND_NAMES, AcceleratorSum, Amount, Bill, Compared, Costs, Sum
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.graph import Change, Edge, Graph
from guardrail.model.value import NoBound, Unknown
from guardrail.policy.parameters import Parameters
from guardrail.policy.plain import EVERYTHING, Seen, Wanted, see, told

SCHEMA: Final = "guardrail.input/v1"
MICROS: Final = Decimal(1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What is judged and when. `time_ns` counts from 1970 in UTC and is an input of the run."""

    time_ns: int
    base: Optional[str] = None
    head: Optional[str] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that policies are told, except their parameters."""

    graph: Graph
    costs: Costs
    run: Run
    change: Optional[Change] = None
    diagnostics: Sequence[Diagnostic] = ()


@dataclass(frozen=True, slots=True)
class Sections:
    """
    Which parts of the document are asked for; None is all.

    `names` are its sections, `cost` the members of that one, `dimensions` those of its `by`, `bill` the members of its
    `resources`; `types`, `categories` and `linked` are what is asked for of `index`.
    """

    names: Optional[frozenset[str]] = None
    cost: Optional[frozenset[str]] = None
    dimensions: Optional[frozenset[str]] = None
    bill: Optional[frozenset[str]] = None
    types: Optional[frozenset[str]] = None
    categories: Optional[frozenset[str]] = None
    linked: bool = True
    resource: Wanted = field(default=EVERYTHING)
    unknown: bool = True

    def has(self, name: str) -> bool:
        """Whether a section is asked for."""
        return _asked(name, self.names)


def _asked(name: str, wanted: Optional[frozenset[str]]) -> bool:
    return wanted is None or name in wanted


ALL: Final = Sections()


def document(facts: Facts, params: Parameters, select: Collection[str]) -> dict[str, Any]:
    """Return the whole document: what `guardrail graph --format json` prints."""
    return assemble(facts, params, select, {address: see(one) for address, one in facts.graph.resources.items()})


def assemble(
    facts: Facts, params: Parameters, select: Collection[str], seen: Mapping[str, Seen], sections: Sections = ALL
) -> dict[str, Any]:
    """Return the document, or the sections of it that are asked for, of resources that were seen already."""
    graph, costs, change = facts.graph, facts.costs, facts.change
    made: dict[str, Any] = {
        "schema": SCHEMA,
        "select": sorted(select),
        "params": {
            name: {"default": params.default[name], "units": params.units.get(name, {})} for name in sorted(select)
        },
        "run": {name: value for name in _RUN if (value := getattr(facts.run, name)) is not None},
    }
    if sections.has("resources"):
        made["resources"] = {address: resource(one, sections) for address, one in seen.items()}
    if sections.has("edges"):
        made["edges"] = {address: [_edge(one) for one in edges] for address, edges in graph.edges.items() if edges}
    if sections.has("index"):
        made["index"] = _index(graph, sections)
    if sections.has("cost"):
        made["cost"] = _cost(costs, sections)
    if sections.has("accelerators"):
        made["accelerators"] = {
            dimension: {
                value: {family: _accelerators(total) for family, total in families.items()}
                for value, families in values.items()
            }
            for dimension, values in costs.accelerators.items()
        }
    if sections.has("change"):
        made["change"] = None if change is None else _change(change, sections)
    if sections.has("diagnostics"):
        made["diagnostics"] = [diagnostic(one) for one in facts.diagnostics]
    return made


_RUN: Final = ("base", "head", "time_ns")


def resource(seen: Seen, sections: Sections = ALL) -> dict[str, Any]:
    """Return a resource with its `unknown`, if that is asked for."""
    if not sections.unknown:
        return seen.json
    return {**seen.json, "unknown": {path: told(cause) for path, cause in sorted(seen.causes.items())}}


def _index(graph: Graph, sections: Sections) -> dict[str, Any]:
    """Return the addresses by type and by category, and the edges by where they lead."""
    types: dict[str, list[str]] = defaultdict(list)
    categories: dict[str, list[str]] = defaultdict(list)
    for address, one in graph.resources.items():
        if _asked(one.type, sections.types):
            types[one.type].append(address)
        if _asked(one.category, sections.categories):
            categories[one.category].append(address)
    linked: dict[str, list[dict[str, str]]] = defaultdict(list)
    for address, edges in graph.edges.items() if sections.linked else ():
        for edge in edges:
            entry = {"kind": edge.kind, "from": address}
            linked[edge.to].append({**entry, "group": edge.group} if edge.group is not None else entry)
    return {"type": types, "category": categories, "linked_from": linked}


def _edge(edge: Edge) -> dict[str, str]:
    entry: dict[str, str] = {"kind": edge.kind, "to": edge.to}
    return {**entry, "group": edge.group} if edge.group is not None else entry


def _change(change: Change, sections: Sections) -> dict[str, Any]:
    return {
        "added": list(change.added),
        "removed": {
            address: resource(see(one, sections.resource), sections) for address, one in change.removed.items()
        },
        "changed": {address: list(paths) for address, paths in change.changed.items()},
    }


def _cost(costs: Costs, sections: Sections) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if _asked("total", sections.cost):
        made["total"] = compared(costs.total)
    if _asked("by", sections.cost):
        made["by"] = {
            dimension: {value: compared(total) for value, total in values.items()}
            for dimension, values in costs.by.items()
            if _asked(dimension, sections.dimensions)
        }
    if _asked("resources", sections.cost):
        made["resources"] = {address: _bill(bill, sections.bill) for address, bill in costs.bills.items()}
    return made


def compared(amounts: Compared) -> dict[str, Any]:
    """Return a sum at head, at base and in between."""
    percent = amounts.delta_percent
    return {
        "head": _sum(amounts.head),
        "base": None if amounts.base is None else _sum(amounts.base),
        "delta": None if amounts.delta is None else _sum(amounts.delta),
        "delta_basis_points": None if percent is None else ceiling(percent * 100),
    }


def _sum(amounts: Sum) -> dict[str, Any]:
    return {
        "min_micros": micros(amounts.min),
        "expected_micros": micros(amounts.expected),
        "max_micros": micros(amounts.max),
        "complete": amounts.complete,
        "unbounded": list(amounts.unbounded),
        "unpriced": list(amounts.unpriced),
        "unknown": list(amounts.unknown),
    }


def _bill(bill: Bill, wanted: Optional[frozenset[str]]) -> dict[str, Any]:
    made: dict[str, Any] = {"complete": bill.complete, "role": bill.role}
    for name in BOUND_NAMES:
        if _asked(f"{name}_micros", wanted):
            made[f"{name}_micros"] = micros(getattr(bill, name))
    if bill.per_run is not None:
        low, expected, high = map(micros, bill.per_run)
        made["per_run"] = {"min_micros": low, "expected_micros": expected, "max_micros": high}
    return made


def _accelerators(total: AcceleratorSum) -> dict[str, Any]:
    made: dict[str, Any] = {
        "min": total.min,
        "desired": total.desired,
        "max": total.max,
        "unknown": list(total.unknown),
    }
    if isinstance(total.max, NoBound):  # one that has no bound must not hide how many the others may have
        made |= {"max": total.max.value, "max_known": total.max_known}
    return made


def diagnostic(told_: Diagnostic) -> dict[str, Any]:
    """Return a diagnostic with its place spelt out."""
    place = told_.place
    return {
        "level": told_.level,
        "code": told_.code,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "message": told_.message,
        "hint": told_.hint,
    }


def micros(amount: Amount) -> int | Literal["unbounded", "unknown"]:
    """Return whole micro-dollars, rounded up; what is no amount as the word for it."""
    if isinstance(amount, Unknown):
        return "unknown"
    if isinstance(amount, NoBound):
        return "unbounded"
    return ceiling(amount * MICROS)


def ceiling(value: Decimal) -> int:
    """Return the smallest integer that is not below."""
    return int(value.to_integral_value(ROUND_CEILING))
