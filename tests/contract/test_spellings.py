"""
The same thing says the same in every spelling that it has.

Each folder of `fixtures/spellings` is one thing, with a file for each way to write it and `expected.json`: the fact
that all of them share, and the address that each file makes. `guardrail.yaml` may state what formats cannot.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import build_spelling_examples as builder
import pytest
from examples import EXPECTED

from guardrail.catalog.registry import declared, kinds, types_of
from guardrail.model.graph import Graph

ROOT: Final = Path(__file__).parents[2]
THINGS: Final = sorted(path for path in (ROOT / "fixtures" / "spellings").iterdir() if path.is_dir())


@cache
def told(thing: Path) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((thing / EXPECTED).read_text(encoding="utf-8"))
    return found


@cache
def graph(path: Path) -> Graph:
    found, diagnostics = builder.graph_of(path, told(path.parent).get("region"))
    assert [one.message for one in diagnostics if one.level != "info"] == []
    return found


def written() -> list[Any]:
    return [
        pytest.param(thing, thing / name, address, id=f"{thing.name}/{name}")
        for thing in THINGS
        for name, address in sorted(told(thing)["written"].items())
    ]


@pytest.mark.parametrize(("thing", "path", "address"), written())
def test_facts_are_the_same(thing: Path, path: Path, address: str) -> None:
    assert builder.facts(graph(path).resources[address]) == told(thing)["facts"]


@pytest.mark.parametrize(("thing", "path", "address"), written())
def test_bounds_are_the_same(thing: Path, path: Path, address: str) -> None:
    assert builder.bounds(graph(path), address) == told(thing)["bounds"]


@pytest.mark.parametrize(("thing", "path", "address"), [one for one in written() if "per_run" in told(one.values[0])])
def test_one_run_costs_the_same(thing: Path, path: Path, address: str) -> None:
    assert builder.per_run(graph(path), address) == told(thing)["per_run"]


@pytest.mark.parametrize("thing", THINGS, ids=lambda path: path.name)
def test_every_file_is_a_spelling(thing: Path) -> None:
    files = {path.name for path in thing.iterdir()} - {EXPECTED}
    assert files == set(told(thing)["written"])
    assert len(files) > 1


def test_every_spelling_is_tried() -> None:
    tried = {graph(path).resources[address].type for _, path, address in (one.values for one in written())}
    same = {found.kind.type for native in tried if (found := declared(native)) is not None}
    several = [one for one in kinds() if one.groups and len(types_of(one.type)) > 1]
    assert [one.type for one in several if one.type not in same] == []
