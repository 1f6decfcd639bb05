from __future__ import annotations

import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.report.escape import escape, escape_json
from guardrail.report.page import cells, hanging, line, printed, shortened, wrapped

NASTY = st.text(st.sampled_from("a:#[ v s o\t\n\r\x1b\x07\x9b\u202e\u2066\u200b\u2028\ufeff\ud800\u00e9漢\U000e0041"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("plain – text, é 漢", "plain – text, é 漢", id="what is printable stays"),
        pytest.param("a\nb", "a\\nb", id="a line feed is shown"),
        pytest.param("\x1b[31mred", "\\x1b[31mred", id="a sequence of a terminal"),
        pytest.param("abc\u202edef", "abc\\u202edef", id="a mark that turns the direction"),
        pytest.param("\U000e0041", "\\U000e0041", id="an invisible tag"),
        pytest.param("a\tb", "a b", id="a tabulator is a blank"),
        pytest.param("x ##[group]", "x # #[group]", id="a command inside"),
        pytest.param("##VSO[task]", "# #VSO[task]", id="one of another runner"),
        pytest.param("a ## b", "a ## b", id="no command"),
        pytest.param("::error::x", ": :error::x", id="a command ahead"),
        pytest.param("  ::error::x", "  : :error::x", id="and after blanks"),
        pytest.param("AWS::EC2::Instance", "AWS::EC2::Instance", id="two colons inside a name"),
    ],
)
def test_escape(text: str, shown: str) -> None:
    assert escape(text) == shown


def harmless(text: str) -> bool:
    unprintable = any(unicodedata.category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp") for one in text)
    return not (unprintable or re.match(r"\s*::", text) or re.search(r"##(\[|vso\[)", text, re.IGNORECASE))


@given(NASTY | st.text())
def test_nothing_gets_through(text: str) -> None:
    assert harmless(escape(text))
    assert escape(escape(text)) == escape(text)


@given(st.lists(NASTY, max_size=4), st.booleans())
def test_nothing_gets_through_a_line(texts: list[str], color: bool) -> None:
    shown = printed([line(*texts)], color=color)
    assert shown.endswith("\n")
    assert harmless(re.sub(r"\x1b\[[0-9;]*m", "", shown[:-1]))


@given(NASTY | st.text(), st.integers(5, 40))
def test_a_text_in_lines_is_the_same_text(text: str, width: int) -> None:
    lines = list(wrapped(text, width))
    assert " ".join(lines).split() == escape(text).split()
    assert all(cells(one) <= width or " " not in one.strip() for one in lines)


@given(NASTY | st.text(), st.integers(0, 40), st.booleans())
def test_a_shortened_text_fits(text: str, width: int, middle: bool) -> None:
    assert cells(shortened(text, width, middle=middle)) <= width


def test_what_is_cut_in_the_middle_keeps_both_ends() -> None:
    assert shortened("infra/prod//module.a.aws_instance.gpu[0]", 20, middle=True) == "infra/prod…ce.gpu[0]"


def test_what_does_not_fit_goes_on_below_its_beginning() -> None:
    lines = hanging((("head  ", "quiet"),), "one two three four five six", 30)
    assert printed(lines, color=False) == "head  one two three four five\n      six\n"


@given(st.dictionaries(NASTY, NASTY, max_size=3))
def test_json_means_the_same(value: dict[str, str]) -> None:
    text = escape_json(json.dumps(value))
    assert json.loads(text) == value
    assert "##" not in text
