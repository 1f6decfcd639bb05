"""A file that was read, and the way from offsets to lines and columns."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import field
from itertools import accumulate
from typing import Optional

from guardrail.frontends.terraform.syntax.nodes import Body
from guardrail.frontends.terraform.syntax.problems import SyntaxProblem
from guardrail.model.dataclass import dataclass
from guardrail.model.place import Place


class Lines:
    """Where the lines of a text begin; looked for when somebody asks, since most files are never asked."""

    __slots__ = ("_starts", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts: Optional[list[int]] = None

    def position(self, offset: int) -> tuple[int, int]:
        """Return line and column of an offset, both from 1; columns count code points."""
        starts = self._starts
        if starts is None:
            starts = self._starts = _line_starts(self._text)
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1


def _line_starts(text: str) -> list[int]:
    return [0, *accumulate(len(line) + 1 for line in text.split("\n")[:-1])]


@dataclass(frozen=True, slots=True, eq=False)
class File:
    """
    One file of configuration, as far as it could be read.

    `path` is relative to the root of the tree. `complete` is false where something was lost: what is not declared
    in such a file may have been in the lost part. `tokens` is about how many were read.
    """

    path: str
    text: str
    body: Body
    errors: tuple[SyntaxProblem, ...] = ()
    complete: bool = True
    tokens: int = 0
    lines: Lines = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Make the line table, still empty."""
        object.__setattr__(self, "lines", Lines(self.text))

    def place(self, start: int, end: Optional[int] = None) -> Place:
        """Return the place of the text from `start` up to `end` (exclusive)."""
        line, column = self.lines.position(start)
        end_line, end_column = self.lines.position(start if end is None else max(start, end))
        return Place(self.path, line, column, end_line, end_column)
