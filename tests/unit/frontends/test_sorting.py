"""What files are by their paths, and when two trees have that in common."""

from __future__ import annotations

import pytest

from guardrail.config.settings import Settings
from guardrail.frontends.sorting import Sorted, Sorting
from guardrail.sources.listed import MemoryTree

FILES = {
    "guardrail.yaml": b"",
    "README.md": b"",
    "b/main.tf": b"",
    "a/main.tf.json": b"",
    "a/x.auto.tfvars.json": b"",
    "k/pod.yaml": b"",
    "k/kustomization.yaml": b"",
    "c/Kustomization": b"",
    "c/notKustomization": b"",
    "t/terragrunt.hcl": b"",
    "t/no_terragrunt.hcl": b"",
    "s/a.tfcomponent.hcl": b"",
    "s/a.hcl": b"",
    "vendor/main.tf": b"",
}
LINKS = {"link": "a"}


def sort(
    sorting: Sorting, tree: MemoryTree, asked: tuple[str, ...] = ("",), apart: frozenset[str] = frozenset()
) -> Sorted:
    return sorting.sort(tree, SETTINGS, asked, apart)


SETTINGS = Settings()


def test_files_are_sorted_by_their_names() -> None:
    found = sort(Sorting(), MemoryTree(FILES, links=LINKS, submodules=["sub"]))
    assert found.folders == ("a", "b")
    assert found.documents == ("k/kustomization.yaml", "k/pod.yaml")
    assert found.controls == ("c/Kustomization", "k/kustomization.yaml")
    assert found.values == ("a/x.auto.tfvars.json",)
    assert found.others == ("s/a.tfcomponent.hcl", "t/terragrunt.hcl")
    assert found.special == ("link", "sub")
    assert [skipped.file for skipped in found.excluded] == ["vendor/"]
    assert "vendor/main.tf" not in found.files
    assert "README.md" in found.files


@pytest.mark.parametrize("ending", ["yaml", "YAML", "Yml", "JSON"])
def test_a_document_is_one_whatever_case_its_ending_is_in(ending: str) -> None:
    assert sort(Sorting(), MemoryTree({f"k/pod.{ending}": b""})).documents == (f"k/pod.{ending}",)


def test_what_is_kept_apart_is_nothing_else() -> None:
    found = sort(Sorting(), MemoryTree(FILES), apart=frozenset({"k/pod.yaml"}))
    assert found.documents == ("k/kustomization.yaml",)


@pytest.mark.parametrize(
    ("other", "asked", "same"),
    [
        pytest.param(MemoryTree({**FILES, "b/main.tf": b"x"}, links=LINKS), ("",), True, id="other bytes"),
        pytest.param(MemoryTree(FILES, links={"link": "b"}), ("",), True, id="a link that leads elsewhere"),
        pytest.param(MemoryTree({**FILES, "b/more.tf": b""}, links=LINKS), ("",), False, id="a file more"),
        pytest.param(MemoryTree({**FILES, "link": b""}), ("",), False, id="a file in place of a link"),
        pytest.param(MemoryTree(FILES, links=LINKS), ("a",), False, id="other paths are asked for"),
    ],
)
def test_two_trees_of_the_same_paths_are_sorted_once(other: MemoryTree, asked: tuple[str, ...], *, same: bool) -> None:
    sorting = Sorting()
    first = sort(sorting, MemoryTree(FILES, links=LINKS))
    second = sort(sorting, other, asked)
    assert (second is first) == same
    assert second == sort(Sorting(), other, asked)
