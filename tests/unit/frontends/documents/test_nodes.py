from __future__ import annotations

import pytest

from guardrail.frontends.documents import nodes
from guardrail.frontends.documents.nodes import Roots, kept, roots_of


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

    def make(text: str) -> Roots:
        calls.append(text)
        return roots_of((), len(text))

    remembered = kept(make)
    assert [remembered(text).number for text in asked] == [len(text) for text in asked]
    assert calls == made
