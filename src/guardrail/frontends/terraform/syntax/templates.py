"""
Strings with interpolations: white space trimmed, indentation removed, directives nested, literals joined.

All of it happens while parsing, so that an evaluator only concatenates.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final, Optional, Union

from guardrail.frontends.terraform.syntax import spelling
from guardrail.frontends.terraform.syntax.nodes import (
    Expression,
    Literal,
    Template,
    TemplateFor,
    TemplateIf,
    Wrapped,
)
from guardrail.frontends.terraform.syntax.problems import HclSyntaxError, SyntaxProblem
from guardrail.model.dataclass import dataclass

_DEPTH: Final = 50
"""How deep directives may nest within one template."""


@dataclass(slots=True)
class Text:
    """Literal text: between two interpolations, in a heredoc no more than one line."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Interpolation:
    """`${ node }`, and on which sides a `~` removes white space."""

    node: Expression
    start: int
    end: int
    trim_before: bool
    trim_after: bool


@dataclass(frozen=True, slots=True)
class Directive:
    """`%{ word … }`: of `if` the test, of `for` the names and the collection."""

    word: str
    key: Optional[str]
    value: Optional[str]
    subject: Optional[Expression]
    start: int
    end: int
    trim_before: bool
    trim_after: bool


Part = Union[Text, Interpolation, Directive]


def assemble(parts: list[Part], start: int, end: int, *, flush: bool = False, bare: bool = False) -> Expression:
    """
    Return the expression for the parts of one template.

    `flush` removes common indentation (`<<-`); `bare` is the inside of a template that nothing encloses: a template
    file, a string of JSON.
    """
    if len(parts) == 1 and isinstance(parts[0], Interpolation):
        return Wrapped(parts[0].node, start, end)
    if any(not isinstance(part, Text) for part in parts):
        _trim(parts, bare=bare)
    if flush:
        _unindent(parts)
    nodes = _Nesting(parts).sequence(())
    if not nodes:
        return Literal("", start, end)
    if len(nodes) == 1 and isinstance(nodes[0], Literal):
        return Literal(nodes[0].value, start, end)
    return Template(nodes, start, end)


def _trim(parts: list[Part], *, bare: bool) -> None:
    """
    Apply `~`: it reaches no farther than the text next to it, where no quotes enclose it no farther than the line.

    A newline belongs to the line that it ends. In a heredoc every line is a text by itself.
    """
    for before, after in pairwise(parts):
        if isinstance(before, Text) and not isinstance(after, Text) and after.trim_before:
            text = before.value
            line = text.rfind("\n", 0, -1) + 1 if bare else 0
            before.value = text[:line] + text[line:].rstrip(spelling.SPACE)
        if isinstance(after, Text) and not isinstance(before, Text) and before.trim_after:
            text = after.value
            line = (text.find("\n") + 1 if bare else 0) or len(text)
            after.value = text[:line].lstrip(spelling.SPACE) + text[line:]


def _unindent(parts: list[Part]) -> None:
    """Remove the indentation that all lines share; blank lines neither count nor lose any."""
    indented: list[tuple[Text, int]] = []
    shared: Optional[int] = None
    at_line_start = True
    for part in parts:
        if at_line_start:
            width = 0
            if isinstance(part, Text):
                rest = part.value.lstrip(spelling.SPACE)
                width = len(part.value) - len(rest)
                if rest or not part.value.endswith("\n"):
                    indented.append((part, width))
                    shared = width if shared is None else min(shared, width)
            else:
                shared = 0
        at_line_start = isinstance(part, Text) and part.value.endswith("\n")
    for text, _ in indented:
        text.value = text.value[shared or 0 :]


class _Nesting:
    """Turns the flat parts into nodes, one level of directives into another."""

    def __init__(self, parts: list[Part]) -> None:
        self._parts = parts
        self._at = 0
        self._depth = 0

    def sequence(self, closing: tuple[str, ...]) -> tuple[Expression, ...]:
        """Return the nodes up to a directive of `closing`, at which it stops; up to the end if there is none."""
        nodes: list[Expression] = []
        texts: list[Text] = []
        while self._at < len(self._parts):
            part = self._parts[self._at]
            if isinstance(part, Text):
                if part.value:
                    texts.append(part)
                self._at += 1
                continue
            _join(texts, nodes)
            if isinstance(part, Interpolation):
                nodes.append(part.node)
                self._at += 1
            elif part.word in closing:
                return tuple(nodes)
            else:
                nodes.append(self._directive(part))
        _join(texts, nodes)
        return tuple(nodes)

    def _directive(self, opening: Directive) -> Expression:
        self._depth += 1
        if self._depth > _DEPTH:
            raise HclSyntaxError(SyntaxProblem(f"directives nested deeper than {_DEPTH}", opening.start, opening.end))
        self._at += 1
        node: Expression
        if opening.word == "if" and opening.subject is not None:
            then = self.sequence(("else", "endif"))
            otherwise: tuple[Expression, ...] = ()
            if self._closing(opening, "endif").word == "else":
                otherwise = self.sequence(("endif",))
                self._closing(opening, "endif")
            node = TemplateIf(opening.subject, then, otherwise, opening.start, self._end())
        elif opening.word == "for" and opening.subject is not None and opening.value is not None:
            body = self.sequence(("endfor",))
            self._closing(opening, "endfor")
            node = TemplateFor(opening.key, opening.value, opening.subject, body, opening.start, self._end())
        else:
            problem = SyntaxProblem(f'no directive is open for "{opening.word}"', opening.start, opening.end)
            raise HclSyntaxError(problem)
        self._depth -= 1
        return node

    def _closing(self, opening: Directive, expected: str) -> Directive:
        """Step over the directive that ended a sequence."""
        if self._at >= len(self._parts):
            message = f'expected "%{{ {expected} }}" for this directive, found the end of the template'
            raise HclSyntaxError(SyntaxProblem(message, opening.start, opening.end))
        part = self._parts[self._at]
        assert isinstance(part, Directive)  # noqa: S101 - `sequence` stops at nothing else
        self._at += 1
        return part

    def _end(self) -> int:
        return self._parts[self._at - 1].end


def _join(texts: list[Text], nodes: list[Expression]) -> None:
    """Append the collected texts as one literal."""
    if texts:
        value = spelling.normal("".join([text.value for text in texts]))
        nodes.append(Literal(value, texts[0].start, texts[-1].end))
        texts.clear()
