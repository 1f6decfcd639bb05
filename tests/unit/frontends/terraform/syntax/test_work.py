"""
Four times the text takes four times the work, whatever it is made of.

Work is counted, not timed: the calls that are made, and the characters that are searched or copied. What happens within
one match of a pattern is not seen; each pattern repeats a bounded number of times, or what cannot fail.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, Final, SupportsIndex, Union

import pytest

from guardrail.frontends.terraform.syntax import File, parse, parse_json, parse_json_values
from guardrail.frontends.terraform.syntax.body import PROBLEMS

UNITS: Final = 250
GROWTH: Final = 4.6
"""Four, and something for what grows in steps."""


class Counted(str):
    """A text that counts what is searched and copied of it."""

    __slots__ = ("characters",)
    characters: int

    def find(self, sub: str, start: Any = 0, end: Any = None) -> int:
        stop = len(self) if end is None else end
        found = super().find(sub, start, stop)
        self.characters += (stop if found < 0 else found) - start
        return found

    def rfind(self, sub: str, start: Any = 0, end: Any = None) -> int:
        stop = len(self) if end is None else end
        found = super().rfind(sub, start, stop)
        self.characters += stop - max(found, start)
        return found

    def __getitem__(self, key: Union[SupportsIndex, slice]) -> str:
        found = super().__getitem__(key)
        self.characters += len(found)
        return found


def work(read: Callable[[str, str], File], text: str) -> tuple[int, File]:
    """Return how many calls were made and characters looked at, and what was read."""
    counted = Counted(text)
    counted.characters = calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        file = read(counted, "a.tf")
    finally:
        sys.setprofile(before)
    return calls + counted.characters, file


def check(read: Callable[[str, str], File], before: str, unit: str, after: str) -> None:
    little, _ = work(read, before + unit * UNITS + after)
    much, file = work(read, before + unit * UNITS * 4 + after)
    assert much <= GROWTH * little + 2_000
    assert len(file.errors) <= PROBLEMS + 1  # the last may be of another kind


@pytest.mark.parametrize(
    ("before", "unit", "after"),
    [
        pytest.param("a = <<E\n", "${b}text", "\nE\n", id="interpolations on one line of a heredoc"),
        pytest.param("a = <<E\n", "${b}\n", "E\n", id="interpolations on lines of their own"),
        pytest.param("a = <<-E\n", "  text\n", "E\n", id="lines of an indented heredoc"),
        pytest.param("a = <<E\n", " E E\n", "E\n", id="lines that nearly end a heredoc"),
        pytest.param("a = <<E\n", " ", "\nE\n", id="a long blank line in a heredoc"),
        pytest.param("a = <<E\n", "text\n", "", id="a heredoc without end"),
        pytest.param("", "a = <<E\n", "", id="heredocs without end"),
        pytest.param("", "a = <<E1\nb = <<E2\n", "", id="heredocs without end, in turns"),
        pytest.param("a = <<F\n", "${<<E\nE\n}", "\nF\n", id="heredocs within one"),
        pytest.param("a = <<E\n", "\r", "\nE\n", id="carriage returns"),
        pytest.param("a = <<", "E", "\nx\nE\n", id="a long marker"),
        pytest.param("a = <<E\n", "%{if a}", "\nE\n", id="directives that are not closed"),
        pytest.param('a = "', "%{for a in b}x%{endfor}", '"\n', id="loops"),
        pytest.param('a = "', "${b} ", '"\n', id="interpolations in quotes"),
        pytest.param('a = "', "${~ b ~} ", '"\n', id="interpolations that trim"),
        pytest.param('a = "', "$", '"\n', id="dollars"),
        pytest.param('a = "', "$${", '"\n', id="escaped interpolations"),
        pytest.param('a = "', "\\u00e9", '"\n', id="escapes"),
        pytest.param("", 'a = "\\q"\n', "", id="unknown escapes"),
        pytest.param("", 'a = "x\n', "", id="strings that are not closed"),
        pytest.param("a = ", '"${', "", id="templates within templates"),
        pytest.param("", 'a = "${\n', "", id="interpolations that are not closed"),
        pytest.param("a = 1", "+a", "\n", id="a chain of operators"),
        pytest.param("a = ", "b ? c : ", "d\n", id="a chain of conditionals"),
        pytest.param("a = b", ".c", "\n", id="a chain of names"),
        pytest.param("a = b", "[0]", "\n", id="a chain of indexes"),
        pytest.param("a = b", "[*]", "\n", id="a chain of splats"),
        pytest.param("a = ", "-", "1\n", id="signs"),
        pytest.param("a = ", "(", "", id="parentheses"),
        pytest.param("", "a = (\n", "", id="parentheses that are not closed"),
        pytest.param("a = ", "[for x in ", "", id="loops within loops"),
        pytest.param("a = ", "{\nfor x in ", "", id="loops in braces"),
        pytest.param("a = [", "1,", "]\n", id="a list"),
        pytest.param("a = {\n", "b = 1\n", "}\n", id="an object"),
        pytest.param("a = ", "f(", "", id="calls within calls"),
        pytest.param("a = b", "::c", "(1)\n", id="namespaces"),
        pytest.param("a = ", "1", "\n", id="a long number"),
        pytest.param("a = ", "1.", "\n", id="points"),
        pytest.param("a = b", ".0", "\n", id="old indexes"),
        pytest.param("", "é", "² = 1\n", id="a long name that ends in a sign"),
        pytest.param("", "é² = 1\n", "", id="names with signs"),
        pytest.param("", "a {} ", "\n", id="blocks on one line"),
        pytest.param("", "a {\n}\n", "", id="blocks"),
        pytest.param("", "a {\n", "", id="blocks that are not closed"),
        pytest.param("", "a {\n  b {\n}\n", "", id="blocks that a brace too few leaves open"),
        pytest.param("a", ' "b"', " {\n}\n", id="labels"),
        pytest.param("a", ' "${b}"', "\n", id="labels with interpolations"),
        pytest.param("a {\n", "b = 1\n", "}\n", id="an argument set again and again"),
        pytest.param("a {\n", "b = f(1)\n", "c = ]\n}\n", id="a block that fails at its end"),
        pytest.param("", "a {\n  b = ]\n}\n", "", id="blocks with errors"),
        pytest.param("", 'a {\n  b = "x\n}\n', "", id="blocks with strings that are not closed"),
        pytest.param("", "a = ]\n", "", id="errors"),
        pytest.param("", "/* c */", "\n", id="comments"),
        pytest.param("", "/*", "", id="a comment without end"),
        pytest.param("a = 1", "\n# c", "\n", id="comment lines"),
        pytest.param("a = ", "/*\n*/", "1\n", id="comments before a value"),
        pytest.param("", "}\n", "", id="braces too many"),
        pytest.param("", "\n", "", id="empty lines"),
        pytest.param("a =", " ", "1\n", id="blanks"),
        pytest.param("", "@\n", "", id="signs that mean nothing"),
    ],
)
def test_native_syntax(before: str, unit: str, after: str) -> None:
    check(parse, before, unit, after)


@pytest.mark.parametrize(
    ("before", "unit", "after"),
    [
        pytest.param("[", '{"locals":{}},', "{}]", id="objects"),
        pytest.param("", "[", "", id="brackets"),
        pytest.param('{"locals":{', '"a":{},', '"b":1}}', id="a property that is repeated"),
        pytest.param('{"resource":{"a":{"b":{', '"c":{},', '"d":1}}}}', id="a block that is repeated"),
        pytest.param('{"locals":{"a":[', '{"a":1,"a":2},', "1]}}", id="keys that are repeated"),
        pytest.param('{"variable":{"a":{"default":[', '"${a}",', "1]}}}", id="values that are no templates"),
        pytest.param('{"locals":{"a":"', "${a}", '"}}', id="interpolations"),
        pytest.param('{"locals":{"a":"', "${a}\\n", '"}}', id="interpolations and escapes"),
        pytest.param('{"locals":{"a":[', '"${",', "1]}}", id="templates that break"),
        pytest.param('{"locals":{"a":"', "\\u00e9", '"}}', id="escapes"),
        pytest.param('{"locals":{"a":"', "\\n", "", id="a string without end"),
        pytest.param('{"output":[', "1,", "{}]}", id="what is no block"),
        pytest.param('{"resource":{', '"a":{"b":{}},', '"c":{"d":{}}}}', id="labels"),
        pytest.param("", "1", "", id="a long number"),
        pytest.param("", " ", "", id="blanks"),
    ],
)
@pytest.mark.parametrize("read", [parse_json, parse_json_values], ids=["blocks", "values"])
def test_json_syntax(read: Callable[[str, str], File], before: str, unit: str, after: str) -> None:
    check(read, before, unit, after)
