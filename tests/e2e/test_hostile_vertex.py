"""
Every way in which requests and pipelines of Vertex AI can hide their accelerators, through the front door.

Each file of `fixtures/hostile/vertex` is alone in a folder of one repository.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Union

import pytest

from .repositories import Repository

FOLDER: Final = Path(__file__).parents[2] / "fixtures" / "hostile" / "vertex"
CASES: Final[Mapping[str, Any]] = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))

NONE_PERMITTED: Final = """\
version: 1
profile: strict
policies:
  gpu-count-limit: {params: {max_per_resource: 0, max_per_unit: 0, max_per_namespace: 0}}
"""


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A repository with all of them, where no accelerator is permitted."""
    made = Repository(tmp_path_factory.mktemp("vertex"))
    made.write({"guardrail.yaml": NONE_PERMITTED})
    for file in CASES:
        (made.path / _folder(file)).mkdir()
        (made.path / _folder(file) / file).write_bytes((FOLDER / file).read_bytes())
    return made


@pytest.fixture(scope="module")
def seen(every: Repository) -> Mapping[str, Any]:
    """What policies see of them."""
    document: Mapping[str, Any] = every.document()
    return document


@pytest.fixture(scope="module")
def told(every: Repository) -> Mapping[str, Any]:
    """What a check says of them."""
    report: Mapping[str, Any] = every.check().report
    return report


@pytest.mark.parametrize("file", sorted(CASES), ids=lambda file: f"{file}: {CASES[file]['why']}")
def test_devices_are_counted_or_not_known(seen: Mapping[str, Any], file: str) -> None:
    mine = [one for one in seen["resources"].values() if one["unit"].startswith(_folder(file))]
    said = [one for one in seen["diagnostics"] if (one["file"] or "").startswith(_folder(file))]
    assert (_devices(mine) if mine else "refused") == CASES[file]["devices"]
    assert sorted(one["code"] for one in said) == CASES[file]["diagnostics"]
    assert all(one["line"] for one in said)


@pytest.mark.parametrize("file", sorted(CASES))
def test_none_gets_past_a_rule_that_permits_no_accelerator(told: Mapping[str, Any], file: str) -> None:
    folder = _folder(file)
    blocking = {
        one["policy"]
        for one in told["findings"]
        if one["blocking"] and folder in f"{one['resource']} {one['subject']} {one['location'] or {}}"
    }
    wanted = "scan-incomplete" if CASES[file]["devices"] == "refused" else "gpu-count-limit"
    assert wanted in blocking


def test_every_file_is_a_case() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {*CASES, "expected.json"}


def _folder(file: str) -> str:
    """Return the folder of a case: the name of the file without its dots, so that no folder begins as another does."""
    return f"{file.replace('.', '-')}-case"


def _devices(resources: Iterable[Mapping[str, Any]]) -> Union[int, str]:
    """Return how many devices there are at most, or why that is no number."""
    total = 0
    for resource in resources:
        if "/groups" in resource["unknown"]:
            return "unknown"
        copies = resource["multiplicity"]["max"]
        for group in resource["groups"].values():
            if "accelerators" not in group:
                return "unknown"
            most = group["replicas"].get("max")
            for device in group["accelerators"]:
                if "unbounded" in (copies, most):
                    return "unbounded"
                if most is None or "count" not in device:
                    return "unknown"
                total += device["count"] * most * copies
    return total
