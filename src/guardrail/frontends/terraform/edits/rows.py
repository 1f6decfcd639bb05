"""
The layout of a file in native syntax, as `terraform fmt` sees it.

Consecutive lines with a whole argument or entry have their `=` in one column, and consecutive lines with a comment at
the end have the comments in one. An edit that changes how long something is moves both: here is what its neighbours
need, so that a file that was formatted stays so. Where they were not formatted in the first place they are left alone.
What is not followed is how a line is indented that closes more brackets than its line opened. It is seen where a value
of several lines stands in a block that is on one line, and nobody was found who writes that.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple, Optional

from guardrail.frontends.terraform.functions.graphemes import length
from guardrail.frontends.terraform.syntax import File
from guardrail.frontends.terraform.syntax.lexer import (
    DIRECTIVE,
    END,
    HEREDOC,
    HEREDOC_END,
    INTERPOLATION,
    NAME,
    NEWLINE,
    NUMBER,
    QUOTE,
    SEQUENCE_END,
    STRING,
    TEXT,
    UNQUOTE,
    Lexer,
)

_COMMENT: Final = re.compile(r"[ \t]*(?:/\*[^*]*(?:\*(?!/)[^*]*)*\*/[ \t]*)*(?=#|//)")
_BALANCE: Final = {
    **dict.fromkeys(("{", "[", "(", INTERPOLATION, DIRECTIVE), 1),
    **dict.fromkeys(("}", "]", ")", SEQUENCE_END), -1),
}
_BLANKS: Final = " \t"


class Row(NamedTuple):
    """
    A line with something on it; a heredoc counts as part of the line where it begins.

    `first` and `last` are numbers of lines, the others offsets: where the line begins, its `=` if a whole value
    follows on the line, and its comment.
    """

    first: int
    last: int
    start: int
    equals: Optional[int]
    comment: Optional[int]


class Piece(NamedTuple):
    """A stretch of text, and what stands there instead."""

    start: int
    end: int
    new: str


class _Token(NamedTuple):
    kind: str
    start: int
    end: int


class Rows:
    """The rows of the arguments and blocks of a file that are near some of its lines."""

    def __init__(self, file: File, low: int, high: int) -> None:
        self._text = file.text
        self._starts = [0, *(match.end() for match in re.finditer("\n", file.text))]
        self.low, self.high = self.line(low) - 1, self.line(high) + 1
        self._rows = list(self._read(*self._stretch(file)))

    def line(self, offset: int) -> int:
        """Return the number of the line that an offset is in, from 0."""
        return bisect_right(self._starts, offset) - 1

    def pieces(self) -> list[Piece]:
        """Return the blanks before `=` and before comments near these lines, as they should be."""
        runs = list(self._runs(_has_equals))
        assigned = {piece.end: piece for run in runs for piece in self._assignments(run)}
        moved = {row.first for run in runs for row in run}
        comments = [piece for run in self._runs(_has_comment, moved) for piece in self._comments(run, assigned)]
        return sorted([*assigned.values(), *comments])

    def formatted(self) -> bool:
        """Whether they are as they should be."""
        return not self.moves()

    def moves(self) -> list[Piece]:
        """Return those of them that are not."""
        return [piece for piece in self.pieces() if self._text[piece.start : piece.end] != piece.new]

    def _assignments(self, run: Sequence[Row]) -> Iterator[Piece]:
        leads = [(row.start, self._stop(row.equals), row.equals) for row in run if row.equals is not None]
        widest = max(length(self._text[start:stop]) for start, stop, _ in leads)
        for start, stop, equals in leads:
            yield Piece(stop, equals, " " * (widest - length(self._text[start:stop]) + 1))

    def _comments(self, run: Sequence[Row], assigned: Mapping[int, Piece]) -> Iterator[Piece]:
        found = []
        for row in run:
            stop = self._stop(row.comment)
            moved = assigned.get(row.equals) if row.equals is not None else None
            more = len(moved.new) - (moved.end - moved.start) if moved else 0
            found.append((stop, row.comment or stop, length(self._text[row.start : stop]) + more))
        widest = max(width for _, _, width in found)
        for stop, comment, width in found:
            yield Piece(stop, comment, " " * (widest - width + 1))

    def _stop(self, offset: Optional[int]) -> int:
        """Return where the text before some blanks ends."""
        stop = offset or 0
        while self._text[stop - 1] in _BLANKS:
            stop -= 1
        return stop

    def _runs(self, belongs: Callable[[Row], bool], lines: Collection[int] = ()) -> Iterator[list[Row]]:
        """Yield the runs of consecutive rows of a sort that touch the lines in question, or further ones."""
        run: list[Row] = []
        for row in [*self._rows, None]:
            if row is not None and belongs(row) and (not run or row.first == run[-1].last + 1):
                run.append(row)
                continue
            if run and any(self._near(each, lines) for each in run):
                yield run
            run = [row] if row is not None and belongs(row) else []

    def _near(self, row: Row, lines: Collection[int]) -> bool:
        return (row.first <= self.high and row.last >= self.low) or row.first in lines

    # From text to rows

    def _stretch(self, file: File) -> tuple[int, int]:
        """Return where the arguments and blocks of the file begin and end that are near, with no line between them."""
        items = sorted((each.start, each.end) for each in (*file.body.arguments.values(), *file.body.blocks))
        near = [at for at, (start, end) in enumerate(items) if self._between(start, end)]
        if not near:
            return 0, 0
        first, last = near[0], near[-1]
        adjacent = [self.line(one[1]) + 1 >= self.line(other[0]) for one, other in pairwise(items)]
        while first > 0 and adjacent[first - 1]:
            first -= 1
        while last < len(adjacent) and adjacent[last]:
            last += 1
        return items[first][0], items[last][1]

    def _between(self, start: int, end: int) -> bool:
        return self.line(start) <= self.high and self.line(end) >= self.low

    def _read(self, begin: int, end: int) -> Iterator[Row]:
        lexer = Lexer(self._text, begin)
        while lexer.position < end:
            lexer.item()
            tokens = [_Token(*each) for each in self._tokens(lexer)]
            if not tokens:
                return
            yield from self._rows_of(tokens)

    def _tokens(self, lexer: Lexer) -> Iterator[tuple[str, int, int]]:
        for kind, value, start in zip(lexer.kinds, lexer.values, lexer.starts, strict=True):
            if kind in (NAME, NUMBER):
                yield kind, start, start + len(value)
            elif kind in _ENDS:
                yield kind, start, _ENDS[kind](value, start)
            elif kind not in (NEWLINE, END):
                yield kind, start, start + len(kind)

    def _rows_of(self, tokens: Sequence[_Token]) -> Iterator[Row]:
        row: list[_Token] = []
        heredocs, last = 0, -1
        for token in tokens:
            line = self.line(token.start)
            if row and not heredocs and line != last:
                yield self._row(row, last)
                row = []
            row.append(token)
            heredocs += (token.kind == HEREDOC) - (token.kind == HEREDOC_END)
            last = self.line(max(token.end - 1, token.start)) if token.kind != HEREDOC else line
        if row:
            yield self._row(row, last)

    def _row(self, tokens: Sequence[_Token], last: int) -> Row:
        first = self.line(tokens[0].start)
        equals: Optional[int] = None
        for at, token in enumerate(tokens):
            if at and token.kind == "=":
                if sum(_BALANCE.get(each.kind, 0) for each in tokens[at:]) == 0:
                    equals = token.start
                break
        comment = _COMMENT.match(self._text, tokens[-1].end)
        return Row(first, last, self._starts[first], equals, comment.end() if comment else None)


_ENDS: Final[dict[str, Callable[[Any, int], int]]] = {
    STRING: lambda value, start: start + len(value) + 2,
    TEXT: lambda value, _: int(value[1]),
    HEREDOC: lambda _, start: start + 2,
    HEREDOC_END: lambda value, _: int(value),
    SEQUENCE_END: lambda value, start: start + 1 + value,
    INTERPOLATION: lambda value, start: start + 2 + value,
    DIRECTIVE: lambda value, start: start + 2 + value,
    QUOTE: lambda _, start: start + 1,
    UNQUOTE: lambda _, start: start + 1,
}
"""Where a token ends, by its kind, of those that are not what the kind says."""


def _has_equals(row: Row) -> bool:
    return row.equals is not None


def _has_comment(row: Row) -> bool:
    return row.comment is not None


def in_layout(before: File, parsed: Callable[[str], File], piece: Piece) -> Piece:
    """Return a change of a text with what its neighbours need; `parsed` reads the text that it makes."""
    near = Rows(before, piece.start, piece.end)
    if not near.formatted():
        return piece
    text = before.text
    after = parsed(text[: piece.start] + piece.new + text[piece.end :])
    moves = Rows(after, piece.start, piece.start + len(piece.new)).moves()
    if not moves:
        return piece
    more = len(piece.new) - (piece.end - piece.start)
    begin = position = min(piece.start, moves[0].start)
    end = max(piece.start + len(piece.new), moves[-1].end)
    made: list[str] = []
    for move in moves:
        made += (after.text[position : move.start], move.new)
        position = move.end
    return Piece(begin, end - more, "".join((*made, after.text[position:end])))
