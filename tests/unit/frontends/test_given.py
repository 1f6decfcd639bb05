"""Variable files that a run is given, and the root that they are for."""

from __future__ import annotations

import pytest

from guardrail.config.settings import Settings, Stack, UnitSettings
from guardrail.errors import UsageError
from guardrail.frontends.discover import discover
from guardrail.frontends.given import Given
from guardrail.frontends.known import Known
from guardrail.sources.listed import MemoryTree

FILES = {"a/main.tf": b'variable "x" {}', "b/c/main.tf": b'variable "x" {}', "values.tfvars": b"x = 1", "k/p.yaml": b""}


def var_files(
    given: Given, *paths: str, settings: Settings | None = None, demand: bool = True
) -> dict[str, tuple[str, ...]]:
    found = discover(MemoryTree(FILES), settings or Settings(), paths, demand=demand, known=Known(given=given))
    assert not any(skipped.file == "values.tfvars" for skipped in found.skipped if given.files)
    return {unit.name: unit.var_files for unit in found.units}


def test_they_are_for_the_root_of_the_paths() -> None:
    assert var_files(Given(("values.tfvars",)), "a") == {"a": ("../values.tfvars",)}
    assert var_files(Given(("values.tfvars",)), "b") == {"b/c": ("../../values.tfvars",)}


def test_they_count_more_than_those_of_a_stack() -> None:
    stacks = (Stack(name="s", var_files=("s.tfvars",)), Stack(name="t"))
    settings = Settings(units=(UnitSettings(path="a", stacks=stacks),))
    found = var_files(Given(("values.tfvars",)), "a", settings=settings)
    assert found == {"a@s": ("s.tfvars", "../values.tfvars"), "a@t": ("../values.tfvars",)}
    one = var_files(Given(("values.tfvars",), root="a@t"), settings=settings)
    assert one["b/c"] == ()


@pytest.mark.parametrize(
    ("paths", "files", "why"),
    [
        pytest.param((), ("values.tfvars",), "here are several: a, b/c", id="several roots"),
        pytest.param(("k",), ("values.tfvars",), "there is none here", id="no root"),
        pytest.param(("a",), ("gone.tfvars",), "gone.tfvars is not there", id="a file that is not there"),
        pytest.param(("a",), ("b",), "b is a folder", id="a folder"),
    ],
)
def test_what_is_refused(paths: tuple[str, ...], files: tuple[str, ...], why: str) -> None:
    tree = MemoryTree({**FILES, "k/p.yaml": b"apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n"})
    with pytest.raises(UsageError, match=why):
        discover(tree, Settings(), paths, known=Known(given=Given(files)))


def test_the_other_side_of_a_comparison_has_them_for_the_same_root() -> None:
    given = Given(("values.tfvars",))
    head = discover(MemoryTree(FILES), Settings(), ("a",), known=Known(given=given))
    assert var_files(given.settled(head.units), demand=False) == {"a": ("../values.tfvars",), "b/c": ()}
