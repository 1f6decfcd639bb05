"""Examples of public repositories lead to the line to edit: whoever edits it sees the fact change."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import docs
import pytest
from alone import git

PAGE = docs.ROOT / "docs" / "unknowns.md"
EXAMPLES = [found for found in docs.EXAMPLE.finditer(PAGE.read_text(encoding="utf-8")) if found["repository"]]
OTHERWISE = {
    "p4d.24xlarge": "p5.48xlarge",
    "20": "30",
    "ray-on-eks": "other-on-eks",
    "europe-west1": "europe-west4",
    "Standard_D2s_v3": "Standard_D4s_v3",
}
"""What each value of the page is changed to."""

_FACT = re.compile(r"^/\S+  (\S+)$", re.MULTILINE)
_PLACE = re.compile(r"^(?:  because  | {11})(\S+):(\d+)", re.MULTILINE)


def _examples() -> list[Any]:
    return [pytest.param(found, id=found["repository"]) for found in EXAMPLES]


def test_five_repositories_are_shown() -> None:
    assert len({found["repository"] for found in EXAMPLES}) == 5
    assert {fact for found in EXAMPLES for fact in _FACT.findall(found["body"])} == set(OTHERWISE)


@pytest.mark.parametrize("example", _examples())
def test_the_last_line_under_because_is_the_one_to_edit(example: re.Match[str], tmp_path: Path) -> None:
    there = docs.repository(example["repository"], example["commit"])
    if there is None:
        pytest.skip(f"no clone of {example['repository']} in GUARDRAIL_REPOSITORIES: its example is not run")
    fact, values = _FACT.search(example["body"]), example["body"].partition("\n  decided  ")[0]
    assert fact
    *_, last = _PLACE.finditer(values)
    edited = _edited(there, example["commit"], tmp_path / "clone", last, fact[1])
    command = example["body"].splitlines()[0].removeprefix("$ ").replace(example["commit"][:7], edited)
    assert f"{fact[0].partition('  ')[0]}  {OTHERWISE[fact[1]]}\n" in docs.output(command, tmp_path / "clone")


def _edited(there: Path, commit: str, clone: Path, last: re.Match[str], value: str) -> str:
    """Return a commit in a new clone in which the value is another one on that line."""
    git(there, "clone", "--quiet", "--shared", "--no-checkout", str(there.resolve()), str(clone))
    file, number = last[1], int(last[2])
    lines = git(clone, "show", f"{commit}:{file}").splitlines()
    assert value in lines[number - 1]
    lines[number - 1] = lines[number - 1].replace(value, OTHERWISE[value])
    git(clone, "read-tree", commit)
    blob = git(clone, "hash-object", "-w", "--stdin", data="\n".join([*lines, ""]).encode())
    git(clone, "update-index", "--cacheinfo", f"100644,{blob},{file}")
    return git(clone, "commit-tree", git(clone, "write-tree", "--missing-ok"), "-p", commit, "-m", "edited")
