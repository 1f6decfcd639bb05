"""JSON Pointers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.model.path import ancestors, covers, matches, pointer, segments


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        pytest.param((), "", id="the whole"),
        pytest.param(("disk", 0, "size"), "/disk/0/size", id="keys and indexes"),
        pytest.param(("labels", "a/b~c"), "/labels/a~1b~0c", id="slash and tilde are escaped"),
        pytest.param(("",), "/", id="an empty key"),
    ],
)
def test_pointer(keys: tuple[str | int, ...], text: str) -> None:
    assert pointer(keys) == text
    assert segments(text) == tuple(str(key) for key in keys)


@given(st.lists(st.text()))
def test_segments_undo_pointer(keys: list[str]) -> None:
    assert segments(pointer(keys)) == tuple(keys)


def test_a_path_without_a_slash_is_refused() -> None:
    with pytest.raises(ValueError, match="does not begin with a slash"):
        segments("labels/team")


def test_covers_is_about_keys_and_not_about_letters() -> None:
    assert covers("/labels", "/labels/team")
    assert covers("/labels", "/labels")
    assert not covers("/label", "/labels")


def test_a_star_stands_for_one_key() -> None:
    assert matches("/groups/*/replicas/max", "/groups/gpu/replicas/max")
    assert not matches("/groups/*", "/groups/gpu/replicas")


def test_ancestors_end_with_the_whole() -> None:
    assert list(ancestors("/a/b")) == ["/a/b", "/a", ""]
