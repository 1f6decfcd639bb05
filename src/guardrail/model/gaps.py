"""
Text with gaps: known stretches, and an unknown in the place of each part that is not known.

A manifest or a JSON text may be known but for a name or a number in it. With a stand-in in each gap it can be read by
any reader of such texts; in what was read, the unknowns are put back where they belong. Stand-ins are characters of
the private use area, which no text of ours holds otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, Optional

from guardrail.model.dataclass import dataclass
from guardrail.model.pattern import pattern
from guardrail.model.value import OpenMap, Unknown, Value, strictest

MANY: Final = 2000
"""The most gaps of one text: with more it is not known as a whole."""

_EDGE: Final = "\uf8ff"
_FIRST: Final = 0xE001
_STAND_IN: Final = pattern("\uf8ff([\ue001-\uf8fe])\uf8ff")
_PRIVATE: Final = pattern("[\ue000-\uf8ff]")


@dataclass(frozen=True, slots=True)
class Gapped:
    """A text with stand-ins in it, and what they stand for."""

    text: str
    gaps: tuple[Unknown, ...]

    def scalar(self, text: str) -> Value:
        """Return what a string that was read from the text is: itself, or an unknown where it has a gap."""
        if _EDGE not in text:
            return text
        parts = tuple(
            self.gaps[ord(piece) - _FIRST] if index % 2 else piece
            for index, piece in enumerate(_STAND_IN.split(text))
            if piece
        )
        return parts[0] if len(parts) == 1 else _together(parts)

    def value(self, value: Value) -> Value:
        """Return a value that was read from the text, with the unknowns in their places."""
        if isinstance(value, str):
            return self.scalar(value)
        if isinstance(value, (list, tuple)):
            return tuple(map(self.value, value))
        if not isinstance(value, Mapping):
            return value
        members = {self.scalar(key): self.value(member) for key, member in value.items() if _EDGE not in key}
        rest = next((self.scalar(key) for key in value if _EDGE in key), getattr(value, "rest", None))
        return members if rest is None else OpenMap(members, rest)


def gapped(unknown: Unknown, *, quoted: bool = False) -> Optional[Gapped]:
    """
    Return the text that an unknown is but for its gaps, None where that is not told.

    In a text that is JSON, or `quoted`, a gap that stands outside of quotes is put into some.
    """
    parts = unknown.parts
    if parts is None or len(parts) > MANY:
        return None
    known = [part for part in parts if isinstance(part, str)]
    if any(_PRIVATE.search(part) for part in known):
        return None
    json = quoted or next((part for part in known if part.strip()), "").lstrip().startswith(("{", "["))
    made: list[str] = []
    gaps: list[Unknown] = []
    inside = False
    for part in parts:
        if isinstance(part, str):
            made.append(part)
            inside = _ends_inside(part, inside) if json else False
            continue
        stand_in = f"{_EDGE}{chr(_FIRST + len(gaps))}{_EDGE}"
        made.append(f'"{stand_in}"' if json and not inside else stand_in)
        gaps.append(part)
    return Gapped("".join(made), tuple(gaps))


def stood_in(parts: Sequence[Unknown]) -> Optional[tuple[str, ...]]:
    """Return a stand-in for each of several unknowns, None where they are too many."""
    if len(parts) > MANY:
        return None
    return tuple(f"{_EDGE}{chr(_FIRST + index)}{_EDGE}" for index in range(len(parts)))


def parted(text: str, gaps: Sequence[Unknown]) -> tuple[Value, ...]:
    """Return the parts of a text that was written with stand-ins (`stood_in`) in it."""
    pieces = enumerate(_STAND_IN.split(text))
    return tuple(gaps[ord(piece) - _FIRST] if index % 2 else piece for index, piece in pieces if piece)


def flattened(parts: Sequence[Value]) -> Optional[tuple[Value, ...]]:
    """Return strings and unknowns as the parts of one text, those that have parts themselves taken apart."""
    found: list[Value] = []
    for part in parts:
        for one in (part,) if isinstance(part, str) or part.parts is None else part.parts:
            if isinstance(one, str) and found and isinstance(found[-1], str):
                found[-1] += one
            elif one != "":
                found.append(one)
    return tuple(found) if len(found) <= MANY else None


_QUOTE: Final = pattern(r'\\.|"', re.DOTALL)


def _ends_inside(text: str, inside: bool) -> bool:
    """Return whether a JSON text that began inside or outside of a string ends inside of one."""
    return inside ^ (sum(found.group() == '"' for found in _QUOTE.finditer(text)) % 2 == 1)


def _together(parts: Sequence[Value]) -> Unknown:
    unknowns = [part for part in parts if isinstance(part, Unknown)]
    reason = strictest(one.reason for one in unknowns)
    worst = next(one for one in unknowns if one.reason is reason)
    first = parts[0]
    begins = first if isinstance(first, str) else first.prefix
    return Unknown(reason, prefix=begins or None, note=worst.note, parts=tuple(parts))
