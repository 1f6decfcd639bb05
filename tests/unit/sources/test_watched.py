"""What was made of one tree holds for another one, if it would have answered alike."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from guardrail.errors import SourceError
from guardrail.sources.listed import MemoryTree
from guardrail.sources.tree import Tree
from guardrail.sources.watched import Watched

FILES = {"infra/main.tf": b"a", "infra/more.tf": b"b", "other/main.tf": b"c"}


def _read(path: str) -> Callable[[Tree], object]:
    def ask(tree: Tree) -> object:
        with suppress(SourceError):
            return tree.read(path)
        return None

    return ask


@pytest.mark.parametrize(
    ("ask", "other", "same"),
    [
        pytest.param(
            _read("infra/main.tf"), {**FILES, "other/main.tf": b"d"}, True, id="what was not asked may differ"
        ),
        pytest.param(
            _read("infra/main.tf"), {**FILES, "infra/main.tf": b"x"}, False, id="a file that was read may not"
        ),
        pytest.param(_read("infra/main.tf"), {"infra/more.tf": b"b"}, False, id="nor be gone"),
        pytest.param(_read("infra/none.tf"), FILES, True, id="a file that was missing is still missing"),
        pytest.param(_read("infra/none.tf"), {**FILES, "infra/none.tf": b""}, False, id="or is not any more"),
        pytest.param(lambda tree: tree.listdir("infra"), {**FILES, "infra/main.tf": b"x"}, True, id="names are names"),
        pytest.param(lambda tree: tree.listdir("infra"), {**FILES, "infra/new.tf": b""}, False, id="a new name"),
        pytest.param(lambda tree: tree.resolve("infra/main.tf"), FILES, True, id="a path that is no link"),
        pytest.param(lambda tree: tree.entries(), FILES, False, id="who looks at everything depends on everything"),
    ],
)
def test_same(ask: Callable[[Tree], object], other: dict[str, bytes], same: bool) -> None:
    watched = Watched(MemoryTree(FILES))
    ask(watched)
    assert watched.same(MemoryTree(other)) is same


def test_it_answers_as_the_tree_does() -> None:
    tree = MemoryTree(FILES)
    watched = Watched(tree)
    assert watched.read("infra/main.tf") == tree.read("infra/main.tf")
    assert watched.listdir("") == tree.listdir("")
    with pytest.raises(SourceError, match=r"none\.tf"):
        watched.read("infra/none.tf")
