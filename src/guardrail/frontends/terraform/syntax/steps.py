"""What follows a value: attribute names, indexes and splats."""

from __future__ import annotations

from typing import Final, Union

from guardrail.frontends.terraform.syntax import spelling
from guardrail.frontends.terraform.syntax.cursor import Cursor
from guardrail.frontends.terraform.syntax.lexer import DEPTH, NAME, NUMBER
from guardrail.frontends.terraform.syntax.nodes import Attribute, Element, Expression, Index, Literal, Malformed, Splat

POSTFIX: Final = frozenset(".[")
"""The tokens that such a step begins with."""


def numeral(spelt: str, start: int) -> Union[Literal, Malformed]:
    """Return the number that is spelt here; one with too many digits has no value."""
    value, end = spelling.number(spelt), start + len(spelt)
    if value is None:
        return Malformed(f"a number of more than {spelling.DIGITS} digits", spelt, start, end)
    return Literal(value, start, end)


class Steps(Cursor):
    """Reads steps; the keys of indexes are expressions, which a subclass reads."""

    def expression(self) -> Expression:
        """Read an expression."""
        raise NotImplementedError

    def postfix(self, base: Expression) -> Expression:
        """Read attribute names, indexes and splats, as long as they come."""
        for _ in range(DEPTH):
            kind = self.kinds[self.at]
            if kind == ".":
                base = self._dot(base)
            elif kind != "[":
                return base
            elif self.kinds[self.at + 1 : self.at + 3] == ["*", "]"]:
                base = self._full_splat(base)
            else:
                self.open()
                key = self.expression()
                base = Index(base, key, base.start, self.close("]"))
        return self.too_deep()

    def _dot(self, base: Expression) -> Expression:
        """Read `.name`, the old index `.0`, or the old splat `.*`."""
        at = self.at + 1
        kind, value, start = self.kinds[at], self.values[at], self.starts[at]
        self.at = at + 1
        if kind == NAME:
            return Attribute(base, value, base.start, start + len(value))
        if kind == NUMBER:
            key = self._legacy_index(at)
            return Index(base, key, base.start, key.end)
        if kind != "*":
            self.at = at
            self.fail("the name of an attribute")
        each: Expression = Element(start + 1, start + 1)
        for _ in range(DEPTH):
            if self.kinds[self.at] != ".":
                return Splat(base, each, base.start, each.end)
            if self.kinds[self.at + 1] == "*":
                self.at += 1
                self.fail("the name of an attribute", hint='A ".*" cannot follow another; use [*] for both.')
            each = self._dot(each)
        return self.too_deep()

    def _legacy_index(self, at: int) -> Union[Literal, Malformed]:
        spelt, start = self.values[at], self.starts[at]
        if "." in spelt:
            self.at = at
            self.fail("one index", hint=f"Write [{spelt.replace('.', '][')}] instead.")
        return numeral(spelt, start)

    def _full_splat(self, base: Expression) -> Expression:
        """Read `[*]` with all that follows, which is applied to every element."""
        open_at, close = self.starts[self.at], self.starts[self.at + 2]
        if self.values[self.at] and "\n" in self.text[open_at:close]:
            self.at += 1
            self.fail('"[*]" on one line')
        self.at += 3
        self.enter()
        each: Expression = Element(close + 1, close + 1)
        if self.kinds[self.at] in POSTFIX:
            each = self.postfix(each)
        self.depth -= 1
        return Splat(base, each, base.start, each.end)
