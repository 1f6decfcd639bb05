"""
Every way in which a request to SageMaker can hide its machines, through the front door.

Each file of `fixtures/hostile/sagemaker` is alone in a folder of one repository.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Union

import pytest

from .repositories import Repository

FOLDER: Final = Path(__file__).parents[2] / "fixtures" / "hostile" / "sagemaker"
CASES: Final[Mapping[str, Any]] = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))

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
    repository.write({"guardrail.yaml": STRICT})
    for file in CASES:
        place = repository.path / _folder(file) / file
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
    resources = [one for one in document["resources"].values() if _is_in(one["unit"], file)]
    told = [one for one in document["diagnostics"] if _is_in(one["file"] or "", file)]
    assert (_devices(resources) if resources else "refused") == CASES[file]["devices"]
    assert sorted(one["code"] for one in told) == sorted(CASES[file]["diagnostics"])
    assert all(one["line"] for one in told)


@pytest.mark.parametrize("file", sorted(CASES))
def test_none_gets_past_a_rule_that_permits_no_accelerator(report: Mapping[str, Any], file: str) -> None:
    found = [one for one in report["findings"] if one["blocking"] and _is_about(one, file)]
    unread = CASES[file]["devices"] == "refused"
    assert {"scan-incomplete" if unread else "gpu-count-limit"} <= {one["policy"] for one in found}


def test_every_file_is_a_case() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {*CASES, "expected.json"}


def _is_about(finding: Mapping[str, Any], file: str) -> bool:
    place = finding["location"] or {}
    return _is_in(finding["unit"] or "", file) or _is_in(str(place.get("file")), file)


def _is_in(path: str, file: str) -> bool:
    return path == _folder(file) or path.startswith(f"{_folder(file)}/")


def _folder(file: str) -> str:
    return file.partition(".")[0]


def _devices(resources: list[Any]) -> Union[int, str]:
    """Return devices × the largest number of machines, or that it is not known."""
    total = 0
    for resource in resources:
        if any(
            path.startswith(("/groups", "/multiplicity")) and _hides(resource, path) for path in resource["unknown"]
        ):
            return "unknown"
        for group in resource["groups"].values():
            if group["replicas"].get("max") == "unbounded":
                return "unknown"
            devices = [one["count"] for one in group["accelerators"]]
            total += max(devices, default=0) * group["replicas"]["max"] * resource["multiplicity"]["max"]
    return total


def _hides(resource: Mapping[str, Any], path: str) -> bool:
    """Whether what is not known may be devices: of a map with a limit it is not known how many of them there are."""
    if path == "/multiplicity":
        return bool(resource["multiplicity"]["max"] == "unbounded")
    return path == "/groups" or path.endswith(("/accelerators", "/max", "/count"))
