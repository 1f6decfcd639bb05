"""
Write `fixtures/objects/*/expected.json` from the `input.yaml` beside them: `tools/build_object_examples.py [FOLDER…]`.

What is written is what guardrail says now. Read the difference before you commit it: these files are the reviewed
meaning of every kind of Kubernetes object.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

from guardrail.frontends.discover import Unit
from guardrail.frontends.kubernetes.read import read
from guardrail.graph.build import build
from guardrail.model.resource import Resource
from guardrail.policy import document, plain
from guardrail.sources.tree import MemoryTree

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
        _native(start): [[edge.kind, _native(edge.to), *([edge.group] if edge.group else [])] for edge in several]
        for start, several in graph.edges.items()
        if several
    }
    found = {_native(address): resource for address, resource in graph.resources.items()}
    return found, edges, [one.code for one in parsed.diagnostics]


def expected(folder: Path) -> str:
    """Return the text of an example's `expected.json`."""
    found, edges, told = resources(folder)
    answer = {
        "resources": {address: facts(resource) for address, resource in found.items()},
        "edges": edges,
        "diagnostics": told,
    }
    return json.dumps(answer, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def facts(resource: Resource) -> dict[str, Any]:
    """Return what a policy sees of an object, without its attributes."""
    seen = document.resource(plain.see(resource))
    kept = {key: value for key, value in seen.items() if key not in LEFT_OUT and value not in ({}, [])}
    hidden = {path: why for path, why in seen["unknown"].items() if not path.startswith("/attributes")}
    return {**kept, "unknown": hidden, **({} if resource.understood else {"understood": False})}


def _native(address: str) -> str:
    return address.partition("//")[2]


def main() -> None:
    """Write the examples that are named, or all of them."""
    folders = [EXAMPLES / name for name in sys.argv[1:]] or sorted(EXAMPLES.iterdir())
    for folder in folders:
        (folder / "expected.json").write_text(expected(folder), encoding="utf-8")


if __name__ == "__main__":
    main()
