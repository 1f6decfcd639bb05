"""What the examples of Terraform types and of Kubernetes objects share: how their `expected.json` are made."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, Final

from guardrail.config.settings import Settings
from guardrail.frontends.discover import discover
from guardrail.frontends.known import Known
from guardrail.frontends.readers import read
from guardrail.graph.build import build
from guardrail.model.finding import Diagnostic
from guardrail.model.graph import Graph
from guardrail.model.resource import Resource
from guardrail.policy import document, plain
from guardrail.sources.listed import MemoryTree

EXPECTED: Final = "expected.json"


def graph_of(files: Mapping[str, bytes], settings: Settings) -> tuple[Graph, list[Diagnostic]]:
    """Return the graph of files, and all that is said of them."""
    tree, known = MemoryTree(files), Known()
    found = discover(tree, settings, known=known)
    parsed = [read(tree, unit, settings, known, known.budget) for unit in found.units]
    told = [*found.diagnostics, *(one for part in parsed for one in part.diagnostics)]
    return build(parsed, found.units, settings), told


def facts(resource: Resource, left_out: Collection[str]) -> dict[str, Any]:
    """Return what a policy sees of a resource, without its attributes and without what is left out."""
    seen = document.resource(plain.see(resource))
    kept = {key: value for key, value in seen.items() if key not in left_out}
    hidden = {path: why for path, why in seen["unknown"].items() if not path.startswith("/attributes")}
    return {**kept, "unknown": hidden}


def native(address: str) -> str:
    """Return an address without its unit: an example has one."""
    return address.partition("//")[2]


def text(told: Mapping[str, Any]) -> str:
    """Return the text of an `expected.json`."""
    return json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def write(examples: Path, expected: Callable[[Path], str]) -> None:
    """Write the examples that the command line names, or all of a folder."""
    folders = [examples / name for name in sys.argv[1:]] or sorted(examples.iterdir())
    for folder in folders:
        (folder / "expected.json").write_text(expected(folder), encoding="utf-8")
