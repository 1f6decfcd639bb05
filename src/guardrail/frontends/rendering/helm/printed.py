"""What Helm printed, piece by piece: each object with the template that it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Final, Optional

from guardrail.frontends import documents
from guardrail.frontends.rendering.helm.marks import Line, Marks
from guardrail.model.dataclass import dataclass
from guardrail.model.value import Unknown, lookup

_HEAD: Final = re.compile(r"^---\n# Source: (.+)\n", re.MULTILINE)
_KIND: Final = re.compile(r"^[\"']?kind[\"']?: *[\"']?(\w+)", re.MULTILINE)
_CONTENT: Final = re.compile(r"^[ \t]*[^\s#]", re.MULTILINE)

_HOOK: Final = re.compile(r"helm\.sh/hook\b")
_TESTS: Final = frozenset({"test", "test-success", "test-failure"})
_MOST: Final = 20_000


@dataclass(slots=True)
class Piece:
    """
    One object as it was printed.

    `lines` are those of the templates behind the lines of the text, where they are told. `again` is what was printed
    another time, and differs; `elsewhere` what would be in other surroundings. `perhaps` says in which surroundings
    it is not there. What is `settled` is not printed again.
    `unlike` is what was printed with other stand-ins for what is not known, and those; `why` it is perhaps not there.
    """

    source: str
    text: str
    lines: Sequence[Optional[Line]] = ()
    again: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    perhaps: str = ""
    settled: bool = False
    unlike: list[tuple[str, Sequence[Unknown]]] = field(default_factory=list)
    why: Optional[Unknown] = None

    @property
    def kind(self) -> str:
        """What kind of object it is, "" where that is not plain."""
        found = _KIND.search(self.text)
        return found[1] if found else ""


def pieces(printed: str) -> Iterator[Piece]:
    """Yield the objects of what Helm printed, in order, without those that are tests of a release."""
    heads = list(_HEAD.finditer(printed))
    for head, following in zip(heads, [*heads[1:], None], strict=False):
        text = printed[head.end() : following.start() if following else len(printed)]
        if _CONTENT.search(text) and not (_HOOK.search(text) and _is_test(text)):
            yield Piece(head[1], text if text.endswith("\n") else f"{text}\n")


def _is_test(text: str) -> bool:
    """Whether an object runs only if somebody asks for the tests of a release."""
    held = documents.read(text.encode("utf-8"), "", most=_MOST).documents
    hook = lookup(held[0].value, ("metadata", "annotations", "helm.sh/hook")) if len(held) == 1 else None
    return isinstance(hook, str) and {one.strip().lower() for one in hook.split(",")} <= _TESTS


def numbered(several: Sequence[Piece]) -> Mapping[tuple[str, str, int], Piece]:
    """Return those not settled by what tells them apart in any surroundings: template, kind, which one of those."""
    found: dict[tuple[str, str, int], Piece] = {}
    counts: dict[tuple[str, str], int] = {}
    for one in several:
        if one.settled:
            continue
        number = counts[one.source, one.kind] = counts.get((one.source, one.kind), -1) + 1
        found[one.source, one.kind, number] = one
    return found


def unmarked(several: Sequence[Piece], marks: Marks) -> None:
    """Take the marks out of pieces, and have their lines told."""
    for one in several:
        one.text, one.lines = marks.told(one.text)


def same(one: str, other: str) -> bool:
    """Whether two texts are the same but for blanks at the ends of their lines."""
    return one == other or _lines(one) == _lines(other)


def tell(plain: Sequence[Piece], marked: Sequence[Piece]) -> bool:
    """Give pieces the lines of those that were printed with marks; return whether all are the same."""
    ours, theirs = numbered(plain), numbered(marked)
    alike = ours.keys() == theirs.keys()
    for key, one in ours.items():
        other = theirs.get(key)
        if other is None:
            continue
        lines = other.lines
        if not same(one.text, other.text):
            alike = False
            if len(_lines(one.text)) != len(_lines(other.text)):
                continue
        one.lines = _without_blanks(one.text, other.text, lines)
    return alike


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.split("\n") if line.strip()]


def _without_blanks(text: str, other: str, lines: Sequence[Optional[Line]]) -> Sequence[Optional[Line]]:
    """Return the lines for a text, of those for another one that differs from it in empty lines."""
    if text.count("\n") == other.count("\n"):
        return lines
    told = iter([line for line, of in zip(lines, other.split("\n"), strict=True) if of.strip()])
    return [next(told, None) if of.strip() else None for of in text.split("\n")]
