"""Stepping through tokens: what the parsers of expressions and of bodies share."""

from __future__ import annotations

from typing import Any, NoReturn

from guardrail.frontends.terraform.syntax import mistakes
from guardrail.frontends.terraform.syntax.lexer import (
    BAD,
    DEPTH,
    END,
    HEREDOC,
    NAME,
    NEWLINE,
    NUMBER,
    QUOTE,
    SEQUENCE_END,
    STRING,
    TEXT,
    Lexer,
)
from guardrail.frontends.terraform.syntax.problems import HclSyntaxError, SyntaxProblem


class Cursor:
    """A place among the tokens of one stretch of text."""

    def __init__(self, lexer: Lexer, text: str) -> None:
        self.lexer = lexer
        self.text = text
        self.load()

    def load(self) -> None:
        """Begin with the tokens that the lexer has read."""
        self.kinds: list[str] = self.lexer.kinds
        self.values: list[Any] = self.lexer.values
        self.starts: list[int] = self.lexer.starts
        self.at = 0
        self.depth = 0

    def open(self) -> int:
        """Step over an opening bracket, and return where it begins."""
        self.enter()
        self.at += 1
        return self.starts[self.at - 1]

    def close(self, bracket: str, before: str = "") -> int:
        """Read a closing bracket and return where it ends."""
        if self.kinds[self.at] != bracket:
            self.fail(f'{before}"{bracket}"')
        self.depth -= 1
        self.at += 1
        return self.starts[self.at - 1] + 1

    def enter(self) -> None:
        """Count one more level of nesting."""
        self.depth += 1
        if self.depth > DEPTH:
            self.too_deep()

    def expect(self, kind: str, expected: str) -> None:
        """Step over a token of this kind."""
        if self.kinds[self.at] != kind:
            self.fail(expected)
        self.at += 1

    def word(self, expected: str) -> str:
        """Step over a name, and return it."""
        if self.kinds[self.at] != NAME:
            self.fail(expected)
        self.at += 1
        return str(self.values[self.at - 1])

    def comma(self) -> bool:
        """Step over a comma; whether there was one."""
        if self.kinds[self.at] != ",":
            return False
        self.at += 1
        return True

    def newline(self) -> bool:
        """Step over a newline; whether there was one."""
        if self.kinds[self.at] != NEWLINE:
            return False
        self.at += 1
        return True

    # What is wrong

    def fail(self, expected: str, *, hint: str = "") -> NoReturn:
        """Raise for the current token: what was expected, and what stands there."""
        kind, value, start = self.kinds[self.at], self.values[self.at], self.starts[self.at]
        if kind == BAD:
            raise HclSyntaxError(value)
        found, end = _describe(kind, value, start)
        hint = hint or mistakes.hint(self.text, self.kinds, self.values, self.starts, self.at, expected)
        raise HclSyntaxError(SyntaxProblem(f"expected {expected}, found {found}", start, end, hint))

    def too_deep(self) -> NoReturn:
        """Raise: the text nests deeper than is read."""
        start = self.starts[self.at]
        raise HclSyntaxError(SyntaxProblem(f"nested deeper than {DEPTH} levels", start, start + 1))


def _describe(kind: str, value: Any, start: int) -> tuple[str, int]:
    """Return what a token is called, and where it ends."""
    if kind in (NAME, NUMBER):
        return f'"{value}"', start + len(value)
    if kind == STRING:
        return "a string", start + len(value) + 2
    return {
        NEWLINE: "the end of the line",
        END: "the end of the file",
        QUOTE: "a string",
        HEREDOC: "a heredoc",
        SEQUENCE_END: '"}"',
        TEXT: "text",
    }.get(kind, f'"{kind}"'), start + 1
