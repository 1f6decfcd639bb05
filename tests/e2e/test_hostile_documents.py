"""
Every way in which documents can hide their accelerators, through the front door.

Each file in a folder of `fixtures/hostile` is alone in a folder of one repository, and, if that is one, in a cluster.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cache
from math import ceil
from pathlib import Path
from typing import Any, Final, Union

import pytest

from .repositories import Repository

HOSTILE: Final = Path(__file__).parents[2] / "fixtures" / "hostile"
FORMATS: Final = ("kubernetes", "sagemaker", "vertex")
CASES: Final[Mapping[str, Mapping[str, Any]]] = {
    form: json.loads((HOSTILE / form / "expected.json").read_text(encoding="utf-8")) for form in FORMATS
}

OF_THE_GRAPH: Final = {"kubernetes": frozenset({"value-refused"})}
"""What the graph says of values that the format's own reader does not refuse: no case is about it."""

STRICT: Final = """\
version: 1
profile: strict
policies:
  gpu-count-limit: {params: {max_per_resource: 0, max_per_unit: 0, max_per_namespace: 0}}
"""


class Seen:
    """What is seen of all files of a format in a repository where no accelerator is permitted."""

    def __init__(self, form: str, folder: Path) -> None:
        repository = Repository(folder)
        alone = "".join(f"  - {{path: {_folder(file)}, cluster: {_folder(file)}}}\n" for file in CASES[form])
        repository.write({"guardrail.yaml": f"{STRICT}units:\n{alone}" if form == "kubernetes" else STRICT})
        for file in CASES[form]:
            place = repository.path / _folder(file) / file
            place.parent.mkdir()
            place.write_bytes((HOSTILE / form / file).read_bytes())
        self.document: Mapping[str, Any] = repository.document()
        self.report: Mapping[str, Any] = repository.check().report


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return what is seen of a format, found once."""
    return cache(lambda form: Seen(form, tmp_path_factory.mktemp(form)))


def cases(*, hiding: bool = False) -> list[Any]:
    """Return all cases, or those that have devices: of a few it is the point that they have none."""
    return [
        pytest.param(form, file, id=f"{form}/{file}: {told['why']}")
        for form, several in CASES.items()
        for file, told in sorted(several.items())
        if not hiding or told["devices"] != 0
    ]


@pytest.mark.parametrize(("form", "file"), cases())
def test_devices_are_counted_or_not_known(seen: Any, form: str, file: str) -> None:
    document = seen(form).document
    resources = [one for one in document["resources"].values() if _is_in(one["unit"], file)]
    told = [one for one in document["diagnostics"] if _is_in(one["file"] or "", file)]
    assert (_devices(resources) if resources else "refused") == CASES[form][file]["devices"]
    codes = [one["code"] for one in told if one["code"] not in OF_THE_GRAPH.get(form, ())]
    assert sorted(codes) == sorted(CASES[form][file]["diagnostics"])
    assert all(one["line"] for one in told)


@pytest.mark.parametrize(("form", "file"), cases(hiding=True))
def test_none_gets_past_a_rule_that_permits_no_accelerator(seen: Any, form: str, file: str) -> None:
    unread = CASES[form][file]["devices"] == "refused"
    found = {one["policy"] for one in seen(form).report["findings"] if one["blocking"] and _is_about(one, file)}
    assert ("scan-incomplete" if unread else "gpu-count-limit") in found


@pytest.mark.parametrize("form", FORMATS)
def test_every_file_is_a_case(form: str) -> None:
    assert {path.name for path in (HOSTILE / form).iterdir()} == {*CASES[form], "expected.json"}


def _folder(file: str) -> str:
    """Return the folder of a case: the name of the file without its dots, so that no folder begins as another does."""
    return f"{file.replace('.', '-')}-case"


def _is_in(path: str, file: str) -> bool:
    return path == _folder(file) or path.startswith(f"{_folder(file)}/")


def _is_about(finding: Mapping[str, Any], file: str) -> bool:
    place = finding["location"] or {}
    return _is_in(finding["unit"] or "", file) or _is_in(str(place.get("file")), file)


def _devices(resources: Iterable[Mapping[str, Any]]) -> Union[int, str]:
    """Return devices × the largest number of machines or pods, or why that is no number."""
    total = 0
    for resource in resources:
        if "/groups" in resource["unknown"]:
            return "unknown"
        copies = resource["multiplicity"]["max"]
        for group in resource["groups"].values():
            most = group["replicas"].get("max")
            each = [_of_one(one) for one in group.get("accelerators", [{}])]
            if None in each or most is None:
                return "unknown"
            if each and "unbounded" in (copies, most):
                return "unbounded"
            several = len(group.get("machine_types", ())) > 1  # any of them may come
            if each:
                total += (max(each) if several else sum(each)) * most * copies
    return total


def _of_one(device: Mapping[str, Any]) -> Any:
    return ceil(device["count"] * Fraction(device.get("fraction", "1"))) if "count" in device else None
