"""The letters of names: those of Unicode 9, whatever Python's own table says."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from guardrail.frontends.terraform.syntax.letters import is_letter, is_mark
from guardrail.frontends.terraform.syntax.spelling import is_name, stray

BEYOND = [chr(code) for code in range(0x80, sys.maxunicode + 1)]


def test_the_tables_are_whole() -> None:
    assert (sum(map(is_letter, BEYOND)), sum(map(is_mark, BEYOND))) == (116_955, 2_673)
    assert not any(is_letter(each) and is_mark(each) for each in BEYOND)


def test_python_knows_them_all() -> None:
    letters = {each for each in BEYOND if is_letter(each) and not each.isidentifier()}
    assert all(unicodedata.normalize("NFKC", each) != each or each in "\u0e33\u0eb3" for each in letters)
    assert len(letters) == 23
    assert [each for each in BEYOND if is_mark(each) and not f"a{each}".isidentifier()] == []


@pytest.mark.parametrize(
    ("text", "at"),
    [
        pytest.param("größe", None, id="letters"),
        pytest.param("a-b_1", None, id="ASCII"),
        pytest.param("日本", None, id="ideographs"),
        pytest.param("कि·", None, id="marks"),
        pytest.param("", 0, id="nothing"),
        pytest.param("-ä", 0, id="a dash at the beginning"),
        pytest.param("1ä", 0, id="a digit at the beginning"),
        pytest.param("\u0301a", 0, id="a mark at the beginning"),
        pytest.param("ä b", 1, id="a blank"),
        pytest.param("aⱟ²", 1, id="a letter that came after Unicode 9, before a sign"),
        pytest.param("\ufeffa", 0, id="a byte order mark"),
    ],
)
def test_names(text: str, at: int | None) -> None:
    assert is_name(text) == (at is None)
    assert stray(text) == at
