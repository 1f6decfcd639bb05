"""A file that was read, and the way from offsets to lines and columns."""

from __future__ import annotations

from dataclasses import field
from typing import Optional

from guardrail.frontends.lines import Lines
from guardrail.frontends.terraform.syntax.nodes import Body
from guardrail.frontends.terraform.syntax.problems import SyntaxProblem
from guardrail.model.dataclass import dataclass
from guardrail.model.place import Place


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
