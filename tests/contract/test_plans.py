"""Whatever is known of a resource by its files is known by a plan of them, and is the same: of every kind."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import build_kind_examples as builder
import plans
import pytest
from planned import by_files, by_plan

from guardrail.config.settings import Settings
from guardrail.frontends.budget import Budget
from guardrail.frontends.known import Known
from guardrail.frontends.readers import with_objects
from guardrail.frontends.unit import Unit
from guardrail.graph.build import build
from guardrail.graph.facts import fact, facts
from guardrail.model.graph import Graph
from guardrail.model.resource import Resource
from guardrail.model.value import ABSENT, OpenMap, Unknown
from guardrail.sources.listed import MemoryTree

FOLDERS: Final = sorted(path for path in builder.EXAMPLES.iterdir() if (path / "input.tf").is_file())
UNIT: Final = Unit(name=".", format="terraform-plan", directory=".", files=("input.tf",))
FILES: Final = Unit(name=".", format="terraform", directory=".", files=("input.tf",))

OBJECT: Final = "!"
"""In the address of an object that stands in a resource."""

examples = pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)


@cache
def resources(folder: Path) -> dict[str, Resource]:
    """Return what the root of an example makes; beside it there may be files of other formats."""
    return {native: one for native, one in builder.resources(folder)[0].items() if "//" not in native}


@cache
def graph_by_plan(folder: Path, *, alone: bool = False) -> Graph:
    text = (folder / "input.tf").read_text(encoding="utf-8")
    written = by_files({"input.tf": text}, FILES)
    sides = by_plan(plans.planned(written.values()), {} if alone else {"input.tf": text}, UNIT)
    head = with_objects(sides.head, UNIT, Settings(), Budget(), MemoryTree({"input.tf": text.encode()}), Known())
    return build([head])


def known_to(graph: Graph, folder: Path) -> dict[str, Resource]:
    """Return what files tell, but for texts with gaps, and the objects in them: a plan does not know those."""
    found = resources(folder)
    hidden = {
        one
        for one, stated in found.items()
        if OBJECT not in one
        and isinstance(graph.resources[f".//{one}"].groups, Unknown)
        and not isinstance(stated.groups, Unknown)
    }
    return {native: one for native, one in found.items() if native.partition(OBJECT)[0] not in hidden}


@examples
def test_what_files_tell_a_plan_tells(folder: Path) -> None:
    graph = graph_by_plan(folder)
    assert graph.resources.keys() == {f".//{native}" for native in resources(folder)}
    for native, stated in resources(folder).items():
        planned = graph.resources[f".//{native}"]
        for path, value in facts(stated):
            told = fact(planned, path)
            if path == "/format":
                assert told == {"terraform": "terraform-plan"}.get(str(value), value)
            elif isinstance(value, Unknown):
                assert isinstance(told, Unknown), f"{native} {path} is not known by files: {value}"
            else:
                assert told == value, f"{native} {path}"


@examples
def test_a_plan_alone_may_not_know_but_tells_nothing_else(folder: Path) -> None:
    graph = graph_by_plan(folder, alone=True)
    for native, stated in known_to(graph, folder).items():
        planned = graph.resources[f".//{native}"]
        for path, value in facts(stated):
            told = fact(planned, path)
            if told is ABSENT and path.startswith("/labels/") and isinstance(planned.labels, OpenMap):
                told = planned.labels.rest
            assert path == "/format" or isinstance(told, Unknown) or told == value, f"{native} {path}"


@examples
def test_no_more_is_told_than_files_tell(folder: Path) -> None:
    graph = graph_by_plan(folder)
    for native, stated in resources(folder).items():
        for path, _ in facts(graph.resources[f".//{native}"]):
            told = fact(stated, path)
            assert told is not ABSENT, f"{native} {path} is only in the plan"


@examples
def test_it_is_written_where_the_files_have_it(folder: Path) -> None:
    graph = graph_by_plan(folder)
    for native, stated in resources(folder).items():
        planned = graph.resources[f".//{native}"].native
        for name in ("", *(f"/{key}" for key in stated.attributes)):
            assert planned.place(name) == stated.native.place(name)
            assert planned.sensitive(name) == stated.native.sensitive(name) or not stated.native.sensitive(name)
