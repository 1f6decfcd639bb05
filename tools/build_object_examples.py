"""
Write `fixtures/objects/*/expected.json` from the `input.yaml` beside them: `tools/build_object_examples.py [FOLDER…]`.

What is written is what guardrail says now. Read the difference before you commit it: these files are the reviewed
meaning of every kind of Kubernetes object.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import examples
from examples import native, text

from guardrail.frontends.kubernetes.read import read
from guardrail.frontends.unit import Unit
from guardrail.graph.build import build
from guardrail.model.resource import Resource
from guardrail.sources.listed import MemoryTree

EXAMPLES: Final = Path(__file__).parent.parent / "fixtures" / "objects"

LEFT_OUT: Final = frozenset({"address", "unit", "format", "provider", "multiplicity", "attributes"})
"""What is the same in every example, or as it is written in the input."""

UNIT: Final = Unit(name=".", format="kubernetes", directory=".", files=("input.yaml",))


def resources(folder: Path) -> tuple[dict[str, Resource], dict[str, Any], list[str]]:
    """Return the resources of an example by native address, its edges, and the codes of its diagnostics."""
    tree = MemoryTree({"input.yaml": (folder / "input.yaml").read_bytes()})
    parsed = read(tree, UNIT)
    graph = build([parsed])
    edges = {
        native(start): [[edge.kind, native(edge.to), *([edge.group] if edge.group else [])] for edge in several]
        for start, several in graph.edges.items()
        if several
    }
    found = {native(address): resource for address, resource in graph.resources.items()}
    return found, edges, [one.code for one in parsed.diagnostics]


def expected(folder: Path) -> str:
    """Return the text of an example's `expected.json`."""
    found, edges, told = resources(folder)
    answer = {
        "resources": {address: facts(resource) for address, resource in found.items()},
        "edges": edges,
        "diagnostics": told,
    }
    return text(answer)


def facts(resource: Resource) -> dict[str, Any]:
    """Return what a policy sees of an object; what is empty is left out."""
    kept = {key: value for key, value in examples.facts(resource, LEFT_OUT).items() if value not in ({}, [])}
    return {"unknown": {}, **kept, **({} if resource.understood else {"understood": False})}


if __name__ == "__main__":
    examples.write(EXAMPLES, expected)
