"""From offsets in a text to lines and columns, without a table of all lines: a text may consist of line ends."""

from __future__ import annotations

from typing import Final, Optional

_BLOCK: Final = 4096
"""Characters between the places whose line is noted: looking through so many takes a microsecond."""


class Lines:
    """Where the lines of a text begin; looked for when somebody asks, since most texts are never asked."""

    __slots__ = ("_noted", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._noted: Optional[list[tuple[int, int]]] = None

    def position(self, offset: int) -> tuple[int, int]:
        """Return line and column of an offset, both from 1; columns count code points."""
        if self._noted is None:
            self._noted = _noted(self._text)
        number = min(offset // _BLOCK, len(self._noted) - 1)
        lines, begins = self._noted[number]
        last = self._text.rfind("\n", number * _BLOCK, offset)
        if last >= 0:
            begins = last + 1
            lines += self._text.count("\n", number * _BLOCK, offset)
        return lines + 1, offset - begins + 1


def _noted(text: str) -> list[tuple[int, int]]:
    """Return, for the beginning of each block, how many lines end before it and where the line there begins."""
    noted = [(0, 0)]
    for start in range(0, len(text) - _BLOCK + 1, _BLOCK):
        lines, begins = noted[-1]
        last = text.rfind("\n", start, start + _BLOCK)
        noted.append((lines + text.count("\n", start, start + _BLOCK), begins if last < 0 else last + 1))
    return noted
