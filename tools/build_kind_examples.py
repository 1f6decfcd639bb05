"""
Write `fixtures/kinds/*/expected.json` from the `input.tf` beside them: `tools/build_kind_examples.py [FOLDER…]`.

What is written is what guardrail says now. Read the difference before you commit it: these files are the reviewed
meaning of every type.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

import examples
from examples import native, text

from guardrail.frontends.terraform.cache import SyntaxCache
from guardrail.frontends.terraform.read import read
from guardrail.frontends.unit import Unit
from guardrail.graph.build import build
from guardrail.model.resource import Resource
from guardrail.sources.listed import MemoryTree

EXAMPLES: Final = Path(__file__).parent.parent / "fixtures" / "kinds"

LEFT_OUT: Final = frozenset({"address", "unit", "format", "multiplicity", "annotations", "attributes"})
"""What is the same in every example, or as it is written in the input."""


ROOT = Unit(name=".", format="terraform", directory=".", files=("input.tf",))
"""The example's folder, read as a Terraform root."""


def resources(folder: Path) -> tuple[dict[str, Resource], dict[str, Any]]:
    """Return the resources of an example by native address, and its edges: what one leads to, by kind."""
    tree = MemoryTree({"input.tf": (folder / "input.tf").read_bytes()})
    parsed = read(tree, ROOT, SyntaxCache(), {})
    if parsed.diagnostics:
        sys.exit(f"{folder.name}: {parsed.diagnostics[0].message}")
    graph = build([parsed])
    edges = {
        native(start): [[edge.kind, native(edge.to)] for edge in several] for start, several in graph.edges.items()
    }
    return {native(address): resource for address, resource in graph.resources.items()}, edges


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
