"""Hostile input is told with file and what to do, everything else is judged, and nothing is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .hostile import CASES, Case
from .repositories import Repository, Told

QUICK = [case for case in CASES if case.quick]


@pytest.mark.parametrize("case", QUICK, ids=[case.name for case in QUICK])
def test_hostile_input_spares_the_rest(repository: Repository, tmp_path: Path, case: Case) -> None:
    case.make(repository.path)
    before = _listing(repository.path)
    file = tmp_path / "report.json"
    told = repository.run("check", *case.arguments, "--format", "json", f"--output={file}", "--format", "terminal")
    assert _listing(repository.path) == before
    if told.code == 2:
        assert case.code == "too-many-files"
        assert "  hint: " in told.err
        return
    assert told.code in (0, 1, 3)
    report = json.loads(file.read_bytes())
    assert "good//aws_ebs_volume.good" in {one["address"] for one in report["cost"]["resources"]}
    said = [one for one in report["diagnostics"] if one["code"] == case.code]
    assert bool(said) == bool(case.code), report["diagnostics"]
    assert all(one["file"] for one in said)
    assert told.code != 0 or all(one["level"] != "error" for one in said)
    _looks_harmless(told)


def _looks_harmless(told: Told) -> None:
    """Nothing that a terminal or the log of a runner would obey: no control or format characters, no commands."""
    assert all(one.isprintable() or one == "\n" for one in told.out)
    assert not any(line.lstrip().startswith("::") for line in told.out.splitlines())


def _listing(folder: Path) -> dict[str, int]:
    return {str(file): file.lstat().st_size for file in folder.rglob("*")}
