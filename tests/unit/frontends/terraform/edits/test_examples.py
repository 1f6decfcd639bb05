"""Edits of the examples of all kinds, of which nothing but what was asked for becomes another text."""

from __future__ import annotations

from pathlib import Path

import fuzz_edits
import pytest

EXAMPLES = Path(__file__).parents[5] / "fixtures" / "kinds"


def test_each_example(capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz_edits.main([str(EXAMPLES), "--each", "1", "--most", "1"]) == 0, capsys.readouterr().out
    made = capsys.readouterr().out
    assert int(made.split(" edits ")[0].replace(",", "")) > 200
    assert " 0 of them wrong" in made
