"""
Write `fixtures/spellings/*/expected.json`: `tools/build_spelling_examples.py [FOLDER…]`.

A new folder's `expected.json` states `written`, the address that each file makes, and `region` where no format states
it; this tool adds the facts and the bounds of the first file. Read them before you commit: they are what every other
spelling of the thing must say too.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, Optional

import examples
from examples import EXPECTED, text

from guardrail.config.settings import Settings, UnitSettings
from guardrail.model.finding import Diagnostic
from guardrail.model.graph import Graph
from guardrail.model.resource import Resource
from guardrail.model.value import Unknown
from guardrail.pricing.bills import bills
from guardrail.pricing.book import Book

EXAMPLES: Final = Path(__file__).parent.parent / "fixtures" / "spellings"

_SHARED: Final = ("category", "groups", "labels", "lifetime", "autoscaling", "storage", "exposure", "sweep", "unknown")
"""What must not depend on how a thing is written."""


def graph_of(path: Path, region: Optional[str]) -> tuple[Graph, list[Diagnostic]]:
    """Return the graph of one file, and all that is said of it."""
    units = (UnitSettings(path="**", region=region),) if region else ()
    return examples.graph_of({path.name: path.read_bytes()}, Settings(units=units))


def facts(resource: Resource) -> dict[str, Any]:
    """Return what every spelling of a thing must say."""
    seen = examples.facts(resource, ())
    return {key: seen[key] for key in _SHARED if seen.get(key) not in (None, {}, [])}


def bounds(graph: Graph, address: str) -> dict[str, Any]:
    """Return what a thing costs, in USD a month."""
    bill = bills(graph, Book(), Settings())[address]
    return {"min": str(bill.min), "expected": str(bill.expected), "max": str(bill.max), "complete": bill.complete}


def per_run(graph: Graph, address: str) -> Optional[list[str]]:
    """Return what one run of work that ends costs, in USD: at least, as expected, at most."""
    bill = bills(graph, Book(), Settings())[address]
    if bill.per_run is None:
        return None
    return [one.reason.value if isinstance(one, Unknown) else str(one) for one in bill.per_run]


def expected(folder: Path) -> str:
    """Return the text of a thing's `expected.json`."""
    told = json.loads((folder / EXPECTED).read_text(encoding="utf-8"))
    name, address = min(told["written"].items())
    graph, _ = graph_of(folder / name, told.get("region"))
    found = {"facts": facts(graph.resources[address]), "bounds": bounds(graph, address)}
    once = per_run(graph, address)
    return text({**told, **found} if once is None else {**told, **found, "per_run": once})


if __name__ == "__main__":
    examples.write(EXAMPLES, expected)
