"""A tree with other bytes in some files is otherwise the tree that it was."""

from __future__ import annotations

import pytest

from guardrail.errors import SourceError
from guardrail.sources.listed import MemoryTree
from guardrail.sources.replaced import Replaced
from guardrail.sources.tree import Blob, blob_id

OWN = MemoryTree({"a/x": b"x", "a/y": b"y"}, links={"link": "a/x"}, submodules=["sub"])
TREE = Replaced(OWN, {"a/x": b"other"})


def test_what_is_replaced() -> None:
    assert TREE.read("a/x") == Blob(b"other", blob_id(b"other"))
    assert TREE.entries()["a/x"].size == 5
    assert TREE.entries()["a/x"].id == blob_id(b"other")


def test_what_leads_to_it() -> None:
    assert TREE.read("link").data == b"other"
    assert TREE.read("./a/../a/x").data == b"other"
    assert TREE.resolve("link") == "a/x"


def test_everything_else_is_as_it_was() -> None:
    assert TREE.read("a/y") == OWN.read("a/y")
    assert list(TREE.entries()) == list(OWN.entries())
    assert len(TREE.entries()) == len(OWN.entries())
    assert TREE.entries()["link"] == OWN.entries()["link"]
    assert (TREE.listdir("a"), TREE.left_out(), TREE.label) == (("x", "y"), OWN.left_out(), OWN.label)
    found = dict(TREE.read_each(["a/x", "a/y", "gone"]))
    assert [type(each).__name__ for each in found.values()] == ["Blob", "Blob", "SourceError"]


@pytest.mark.parametrize(("path", "code"), [("gone", "missing"), ("a", "not-a-file"), ("sub/z", "submodule")])
def test_what_cannot_be_read_still_cannot(path: str, code: str) -> None:
    with pytest.raises(SourceError) as raised:
        TREE.read(path)
    assert raised.value.code == code


def test_limits_hold() -> None:
    with pytest.raises(SourceError, match="at most 3 are read"):
        TREE.read("a/x", limit=3)


def test_a_hint_is_passed_on() -> None:
    TREE.prefetch(["a/x", "gone"])
