"""Evasions that the YAML of Azure ML allows: what would run is what is counted, or it is said that nobody can tell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, Union

import pytest

from guardrail.config.settings import Settings
from guardrail.frontends.budget import Budget
from guardrail.frontends.discover import discover
from guardrail.frontends.known import Known
from guardrail.frontends.readers import read
from guardrail.graph.build import build
from guardrail.model.resource import Resource
from guardrail.model.value import Unknown
from guardrail.sources.listed import MemoryTree

FOLDER: Final = Path(__file__).parents[4] / "fixtures" / "hostile" / "azureml"
CASES: Final[dict[str, Any]] = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
PART: Final = "part-"
"""How files begin that others name, and that are no case of their own."""


@pytest.mark.parametrize("file", sorted(CASES), ids=lambda file: f"{file}: {CASES[file]['why']}")
def test_devices_are_counted_or_not_known(file: str) -> None:
    tree, settings, known = MemoryTree({path.name: path.read_bytes() for path in FOLDER.iterdir()}), Settings(), Known()
    (unit,) = discover(tree, settings, [file], known=known).units
    assert unit.format == "azureml"
    parsed = read(tree, unit, settings, known, Budget())
    assert _devices(tuple(build([parsed]).resources.values())) == CASES[file]["devices"]
    assert [one.code for one in parsed.diagnostics] == CASES[file]["diagnostics"]
    assert all(one.place is not None and one.place.line for one in parsed.diagnostics)


def test_every_file_is_a_case() -> None:
    assert {path.name for path in FOLDER.iterdir() if not path.name.startswith(PART)} == {*CASES, "expected.json"}


def _devices(resources: tuple[Resource, ...]) -> Union[int, str]:
    """Return devices × largest number of replicas, or that it is not known."""
    total = 0
    for resource in resources:
        if isinstance(resource.groups, Unknown):
            return "unknown"
        for group in resource.groups.values():
            many = group.replicas.max
            if isinstance(group.accelerators, Unknown) or not isinstance(many, int):
                return "unknown"
            total += sum(one.count for one in group.accelerators if isinstance(one.count, int)) * many
    return total


def test_more_objects_than_there_is_room_for_are_not_passed_over() -> None:
    job = "type: command\ncommand: x\nenvironment: e\nname: {}\n"
    tree = MemoryTree({"jobs.yml": "---\n".join(map(job.format, "abc")).encode()})
    settings, known = Settings(), Known()
    (unit,) = discover(tree, settings, [], known=known).units
    budget = Budget(resources=2, spare=0)
    parsed = read(tree, unit, settings, known, budget)
    assert [one.name for one in parsed.resources] == ["a", "b"]
    assert [(one.code, one.level) for one in parsed.diagnostics] == [("limit-resources", "error")]
    assert budget.room() == 0
