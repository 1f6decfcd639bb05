"""
Write `fixtures/kinds/*/expected.json` from the input beside them: `tools/build_kind_examples.py [FOLDER…]`.

What is written is what guardrail says now. Read the difference before you commit it: these files are the reviewed
meaning of every type.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

import examples
from examples import EXPECTED, native, text

from guardrail.config.settings import Settings
from guardrail.model.resource import Resource

EXAMPLES: Final = Path(__file__).parent.parent / "fixtures" / "kinds"

LEFT_OUT: Final = frozenset({"address", "unit", "format", "multiplicity", "annotations", "attributes"})
"""What is the same in every example, or as it is written in the input."""

_ROOT: Final = ".//"


def resources(folder: Path) -> tuple[dict[str, Resource], dict[str, Any]]:
    """Return the resources of an example by address (that of a root without its unit), and its edges, by kind."""
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != EXPECTED}
    graph, diagnostics = examples.graph_of(files, Settings())
    if diagnostics:
        sys.exit(f"{folder.name}: {diagnostics[0].message}")
    edges = {
        _short(start): [[edge.kind, _short(edge.to)] for edge in several] for start, several in graph.edges.items()
    }
    return {_short(address): resource for address, resource in graph.resources.items()}, edges


def _short(address: str) -> str:
    return native(address) if address.startswith(_ROOT) else address


def expected(folder: Path) -> str:
    """Return the text of an example's `expected.json`."""
    found, edges = resources(folder)
    told = {"resources": {address: facts(resource) for address, resource in found.items()}, "edges": edges}
    return text(told)


def facts(resource: Resource) -> dict[str, Any]:
    """Return what a policy sees of a resource, without what is the same in every example."""
    return examples.facts(resource, LEFT_OUT)


if __name__ == "__main__":
    examples.write(EXAMPLES, expected)
