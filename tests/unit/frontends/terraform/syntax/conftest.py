"""Files that may have few tokens: what counts them counts alike, however many there may be."""

from __future__ import annotations

from typing import Final

import pytest

from guardrail.frontends.terraform.syntax import body, json_values, lexer

FEW: Final = 9_000


@pytest.fixture
def few_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a file have few tokens."""
    monkeypatch.setattr(lexer.Lexer.__init__, "__defaults__", (0, None, FEW))
    for module in (body, json_values):
        monkeypatch.setattr(module, "TOKENS", FEW)
