"""
Every way in which an overlay can hide accelerators, through the front door.

Each folder of `fixtures/hostile/kustomize` is one of one repository, in a cluster of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from shutil import copytree
from typing import Any, Final, Union

import pytest
from overlaid import with_kustomize

from .repositories import Repository

FOLDER: Final = Path(__file__).parents[2] / "fixtures" / "hostile" / "kustomize"
CASES: Final[Mapping[str, Any]] = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))

pytestmark = with_kustomize

STRICT: Final = """\
version: 1
profile: strict
policies:
  gpu-count-limit: {params: {max_per_resource: 0, max_per_unit: 0, max_per_namespace: 0}}
"""


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A repository with all of them, where no accelerator is permitted."""
    made = Repository(tmp_path_factory.mktemp("overlays"))
    alone = "".join(f"  - {{path: '{name}-case/**', cluster: {name}}}\n" for name in CASES)
    made.write({"guardrail.yaml": f"{STRICT}units:\n{alone}"})
    for name in CASES:
        copytree(FOLDER / name, made.path / f"{name}-case")
    return made


@pytest.fixture(scope="module")
def document(repository: Repository) -> Mapping[str, Any]:
    found: Mapping[str, Any] = repository.document()
    return found


@pytest.fixture(scope="module")
def report(repository: Repository) -> Mapping[str, Any]:
    found: Mapping[str, Any] = repository.check().report
    return found


def cases(*, hiding: bool = False) -> list[Any]:
    """Return all cases, or those that have devices: of one it is the point that it has none."""
    rows = sorted(CASES.items())
    return [
        pytest.param(name, id=f"{name}: {told['why']}") for name, told in rows if not hiding or told["devices"] != 0
    ]


@pytest.mark.parametrize("name", cases())
def test_devices_are_counted_or_not_known(document: Mapping[str, Any], name: str) -> None:
    resources = [one for one in document["resources"].values() if _is_in(one["unit"], name)]
    told = [one["code"] for one in document["diagnostics"] if _is_in(one["file"] or "", name)]
    assert sorted(told) == CASES[name]["diagnostics"]
    if CASES[name]["devices"] != "refused":
        assert _devices(resources) == CASES[name]["devices"]


@pytest.mark.parametrize("name", cases(hiding=True))
def test_none_gets_past_a_rule_that_permits_no_accelerator(report: Mapping[str, Any], name: str) -> None:
    unread = CASES[name]["devices"] == "refused"
    found = {one["policy"] for one in report["findings"] if one["blocking"] and _is_about(one, name)}
    assert ("scan-incomplete" if unread else "gpu-count-limit") in found


def test_every_folder_is_a_case() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {*CASES, "expected.json"}


def _is_in(path: str, name: str) -> bool:
    return path == f"{name}-case" or path.startswith(f"{name}-case/")


def _is_about(finding: Mapping[str, Any], name: str) -> bool:
    place = finding["location"] or {}
    return _is_in(finding["unit"] or "", name) or _is_in(str(place.get("file")), name)


def _devices(resources: Iterable[Mapping[str, Any]]) -> Union[int, str]:
    """Return devices × the largest number of pods, or that one of them is not known."""
    total = 0
    for resource in resources:
        for group in resource["groups"].values():
            most = group["replicas"].get("max")
            if most is None:
                return "unknown"
            total += sum(one["count"] for one in group.get("accelerators", ())) * most
    return total
