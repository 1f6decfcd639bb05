"""
What a person who made a common mistake is told beside what was expected: one sentence that says what to write.

It is asked only when a text is wrong, and looks at the tokens around the place.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, Final, Optional

from guardrail.frontends.terraform.syntax.lexer import (
    DIRECTIVE,
    END,
    HEREDOC_END,
    INTERPOLATION,
    NAME,
    NEWLINE,
    NUMBER,
    QUOTE,
    SEQUENCE_END,
    STRING,
    UNQUOTE,
)

_TEXT: Final = frozenset({STRING, QUOTE})
_TEXT_END: Final = frozenset({STRING, UNQUOTE})
_OPERATORS: Final = frozenset({"+", "-", "*", "/", "%", "&&", "||", "==", "!=", "<", "<=", ">", ">=", "?", ":"})
_CONFLICT: Final = ("<<<<<<<", "=======", ">>>>>>>")
_BLOCKS: Final = frozenset({"resource", "data", "module", "variable", "output", "provider", "locals", "terraform"})

_ON: Final = "A value goes on in the next line only within parentheses or other brackets."
_OWN_LINE: Final = "Every argument stands on a line of its own; text stands in double quotes."

_WORDS: Final = {
    "if": "A choice is written condition ? one : other.",
    "for": "A for expression stands in brackets: [for x in y : x], or in braces.",
    "not": "Negation is written !value.",
    "and": "The logical operators are && and ||.",
    "or": "The logical operators are && and ||.",
}

_AFTER_ARGUMENT: Final = {
    ",": "Arguments of a block are not separated by commas.",
    "}": "The brace that closes a block of several lines stands on a line of its own.",
    "]": "No bracket before it is open: there is one too many.",
    ")": "No parenthesis before it is open: there is one too many.",
    STRING: 'Text with values in it is one string: "a ${b} c".',
    QUOTE: 'Text with values in it is one string: "a ${b} c".',
    NAME: _OWN_LINE,
    NUMBER: _OWN_LINE,
}

_NO_ITEM: Final = {
    STRING: "The name of an argument or block stands without quotes.",
    QUOTE: "The name of an argument or block stands without quotes.",
    "}": "No brace before it is open: it, or one above, is too many.",
    "{": "A block begins with its type. A file in JSON syntax has a name that ends in .tf.json.",
    NUMBER: "A name begins with a letter or an underscore.",
    "-": "A comment begins with #.",
    "<": "A comment begins with #.",
}

_NO_BLOCK: Final = {
    ":": "An argument is written name = value, with an equals sign.",
    "==": "An argument is written name = value, with one equals sign.",
    "=>": "An argument is written name = value, with an equals sign.",
    ".": "A name has no dots: what belongs together stands in a block or in a map.",
    "=": 'A block has no equals sign before its "{".',
}
_ITEM: Final = 'An argument is written name = value, a block name "label" { on one line.'

_NO_VALUE: Final = {
    "=": "Values are compared with ==, and an argument is set with one =.",
    ".": "A number begins with a digit: 0.5.",
    ">": "A key and its value are written key = value.",
    "*": "Powers are written pow(base, exponent).",
}


def hint(text: str, kinds: Sequence[str], values: Sequence[Any], starts: Sequence[int], at: int, expected: str) -> str:
    """Return what to do about the token at `at`, in whose place something else was expected; empty if that says it."""
    kind, before = kinds[at], kinds[at - 1] if at else NEWLINE
    if text.startswith(_CONFLICT, starts[at]):
        return "These are the marks of a merge conflict: choose one of its sides."
    if expected.startswith("a new line after the argument"):
        return _after_argument(text, kinds, values, starts, at)
    if expected == "an argument or a block":
        return _NO_ITEM.get(kind, _ON if kind in _OPERATORS else "")
    if expected.endswith('a label or "{"'):
        return _no_block(text, kind, starts[at])
    if kind in _CLOSING and (opened := _unmatched(kinds, at)) is not None and _CLOSED[kinds[opened]] != kind:
        return f'The "{kinds[opened]}" in line {text.count(_NEWLINE, 0, starts[opened]) + 1} is not closed.'
    if expected == "a value":
        if kind == NEWLINE and before in _OPERATORS:
            return _ON
        if kind == NEWLINE:
            return "Write the value on the same line, or null for none."
        return _NO_VALUE.get(kind, "")
    return _between(kind, values[at], before, expected)


_CLOSED: Final = {"(": ")", "[": "]", "{": "}", INTERPOLATION: SEQUENCE_END, DIRECTIVE: SEQUENCE_END}
_CLOSING: Final = frozenset({*_CLOSED.values(), END})
_NEWLINE: Final = "\n"


def _unmatched(kinds: Sequence[str], until: int) -> Optional[int]:
    """Return which bracket before a token was opened last and not closed."""
    depth = 0
    for at in range(until - 1, -1, -1):
        if kinds[at] in _CLOSED:
            if not depth:
                return at
            depth -= 1
        elif kinds[at] in _CLOSING:
            depth += 1
    return None


def _after_argument(text: str, kinds: Sequence[str], values: Sequence[Any], starts: Sequence[int], at: int) -> str:
    kind, before, value = kinds[at], kinds[at - 1], values[at]
    if kind == NAME:
        if before == NAME and values[at - 1] in _WORDS:
            return _WORDS[values[at - 1]]
        if value in ("and", "or"):
            return _WORDS[value]
        if before == NUMBER and starts[at] == starts[at - 1] + len(values[at - 1]):
            return "A number has decimal digits only; with a unit it is text, in double quotes."
        if before in _TEXT_END and text.startswith('"', starts[at] - 1):
            return 'A quote within a string is written \\".'
    if kind in _TEXT and before == NAME and text[starts[at] - 1 : starts[at]] not in (" ", "\t"):
        return "A string begins with a double quote, too."
    if kind in _TEXT and kinds[0] == NAME and values[0] in _BLOCKS and kinds[1] == "=":
        return f'A block is written {values[0]} "label" {{, without an equals sign.'
    return _AFTER_ARGUMENT.get(kind, "")


def _no_block(text: str, kind: str, start: int) -> str:
    if kind == NEWLINE and text[start:].lstrip()[:1] == "{":
        return 'The "{" of a block stands on the same line as its name.'
    return _NO_BLOCK.get(kind, _ITEM)


def _between(kind: str, value: object, before: str, expected: str) -> str:
    """Return what to do within brackets and strings."""
    if expected in ('"," or "]"', '"," or ")"') and kind in (NAME, NUMBER, "{", "[", "(", *_TEXT):
        return "A comma is missing before it, or the bracket above is not closed."
    if expected == '"]"' and kind in (",", ":"):
        return "An index is one value; slice(list, from, to) takes several."
    ends = expected.startswith('a "}" that ends the interpolation')
    if expected.startswith("one of if, else") or (ends and value == "if"):
        return "A directive holds one expression; there is no else-if, but an if within the else."
    if ends:
        return "The brace is missing before this quote." if kind in _TEXT else "An interpolation holds one expression."
    if expected == "a label without interpolation":
        return "Labels are fixed: nothing in them is evaluated."
    if expected.startswith(('"," or', 'a new line, "," or')) and before == HEREDOC_END:
        return "What follows a heredoc stands on the next line."
    return ""


def unclosed(text: str, kinds: Sequence[str], starts: Sequence[int], until: int) -> str:
    """
    Return where a brace is probably missing, in a block that goes on to the end of the file.

    Told by indentation: a brace stands left of the line that it closes, or the next block begins in the first column.
    """
    ends = [match.start() for match in re.finditer("\n", text)]
    opened: list[tuple[int, int]] = []  # the line, and how far it is indented

    def line(position: int) -> tuple[int, int]:
        number = bisect_left(ends, position)
        blanks = _INDENTATION.match(text, ends[number - 1] + 1 if number else 0)
        return number + 1, len(blanks[0]) if blanks else 0

    for at in range(until):
        kind = kinds[at]
        if kind in (NAME, "}") and opened and at and kinds[at - 1] == NEWLINE:
            number, column = line(starts[at])
            if kind == "}" and column < opened[-1][1]:
                return f"The brace in line {number} stands left of line {opened[-1][0]}, which it closes: one is lost."
            if kind == NAME and not column:
                return f"It should end before line {number}."
        if kind in ("{", INTERPOLATION, DIRECTIVE):
            opened.append(line(starts[at]))
        elif kind in ("}", SEQUENCE_END) and opened:
            opened.pop()
    return ""


_INDENTATION: Final = re.compile(r"[ \t]{0,200}")
