"""
Every way in which a manifest can hide its GPUs, through the front door.

Each file of `fixtures/hostile/kubernetes` is the only one of a cluster of its own in one repository.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any, Final, Union

import pytest

from .repositories import Repository

FOLDER: Final = Path(__file__).parents[2] / "fixtures" / "hostile" / "kubernetes"
CASES: Final[Mapping[str, Any]] = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))


OF_THE_GRAPH: Final = frozenset({"value-refused"})
"""What is said of values once all objects are known."""

STRICT: Final = """\
version: 1
profile: strict
policies:
  gpu-count-limit: {params: {max_per_resource: 0, max_per_unit: 0, max_per_namespace: 0}}
"""


@pytest.fixture(scope="module")
def repository_of_all(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A repository with all of them, where no GPU is permitted."""
    repository = Repository(tmp_path_factory.mktemp("hostile"))
    units = "".join(f"  - {{path: {_unit(file)}, cluster: {_unit(file)}}}\n" for file in CASES)
    repository.write({"guardrail.yaml": f"{STRICT}units:\n{units}"})
    for file in CASES:
        place = repository.path / _unit(file) / file
        place.parent.mkdir()
        place.write_bytes((FOLDER / file).read_bytes())
    return repository


@pytest.fixture(scope="module")
def document(repository_of_all: Repository) -> Mapping[str, Any]:
    """What policies see of them."""
    seen: Mapping[str, Any] = repository_of_all.document()
    return seen


@pytest.fixture(scope="module")
def report(repository_of_all: Repository) -> Mapping[str, Any]:
    """What a check says of them."""
    told: Mapping[str, Any] = repository_of_all.check().report
    return told


@pytest.mark.parametrize("file", sorted(CASES), ids=lambda file: f"{file}: {CASES[file]['why']}")
def test_devices_are_counted_or_not_known(document: Mapping[str, Any], file: str) -> None:
    resources = [one for one in document["resources"].values() if one["unit"] == _unit(file)]
    told = [one for one in document["diagnostics"] if (one["file"] or "").startswith(f"{_unit(file)}/")]
    assert (_devices(resources) if resources else "refused") == CASES[file]["devices"]
    codes = [one["code"] for one in told if one["code"] not in OF_THE_GRAPH]
    assert sorted(codes) == sorted(CASES[file]["diagnostics"])
    assert all(one["line"] for one in told)


@pytest.mark.parametrize("file", [file for file in sorted(CASES) if CASES[file]["devices"] != 0])
def test_none_gets_past_a_rule_that_permits_no_accelerator(report: Mapping[str, Any], file: str) -> None:
    found = [one for one in report["findings"] if one["blocking"] and _is_about(one, file)]
    unread = CASES[file]["devices"] == "refused"
    assert {"scan-incomplete" if unread else "gpu-count-limit"} <= {one["policy"] for one in found}


def _is_about(finding: Mapping[str, Any], file: str) -> bool:
    place = finding["location"] or {}
    return finding["unit"] == _unit(file) or str(place.get("file")).startswith(f"{_unit(file)}/")


def _unit(file: str) -> str:
    return file.replace(".", "-")


def _devices(resources: list[Mapping[str, Any]]) -> Union[int, str]:
    """Return devices × largest number of replicas, or why that is no number."""
    total = 0
    for resource in resources:
        for group in resource["groups"].values():
            most = group["replicas"].get("max")
            for one in group.get("accelerators", [{}]):
                if "count" not in one or most is None:
                    return "unknown"
                if most == "unbounded":
                    return "unbounded"
                total += ceil(one["count"] * Fraction(one.get("fraction", "1"))) * most
    return total
