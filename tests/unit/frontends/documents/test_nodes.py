from __future__ import annotations

from bisect import bisect_right

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.frontends.documents import nodes
from guardrail.frontends.documents.nodes import kept, line_starts


@pytest.mark.parametrize(
    ("asked", "made"),
    [
        pytest.param(["aa", "bb", "aa", "bb"], ["aa", "bb"], id="what fits into the budget is made once"),
        pytest.param(
            ["aa", "bb", "aa", "cc", "aa", "bb"], ["aa", "bb", "cc", "bb"], id="the longest unused goes first"
        ),
        pytest.param(["a" * 9, "a" * 9, "b", "a" * 9], ["a" * 9, "b", "a" * 9], id="the last is kept, however large"),
    ],
)
def test_kept(monkeypatch: pytest.MonkeyPatch, asked: list[str], made: list[str]) -> None:
    monkeypatch.setattr(nodes, "_BUDGET", 5)
    calls: list[str] = []

    def make(text: str) -> str:
        calls.append(text)
        return text.upper()

    remembered = kept(make)
    assert [remembered(text) for text in asked] == [text.upper() for text in asked]
    assert calls == made


@given(st.text("ab\n\r\u2028", max_size=12), st.integers(0, 12))
def test_lines_end_with_a_line_feed_only(text: str, offset: int) -> None:
    starts = line_starts(text)
    assert bisect_right(starts, offset) == text.count("\n", 0, offset) + 1
    assert starts[bisect_right(starts, offset) - 1] == text.rfind("\n", 0, offset) + 1
