"""
Lines of styled text: what every report for people is made of.

A line is a tuple of spans; layout counts columns of a terminal, styles say what a span means, and only `printed`
knows colours. So a report looks the same in a file, with fewer colours.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal

from guardrail.report.escape import escape

Style = Literal["plain", "title", "bad", "warn", "doubt", "good", "quiet", "place", "strong"]
Span = tuple[str, Style]
Line = tuple[Span, ...]

WIDTH: Final = 100
"""Columns of a report that is not told its width: what a review tool and half a screen can show."""

BLANK: Final[Line] = ()

_COLOURS: Final[dict[Style, str]] = {
    "plain": "",
    "title": "bold",
    "bad": "bold red",
    "warn": "yellow",
    "doubt": "magenta",
    "good": "bold green",
    "quiet": "dim",
    "place": "cyan",
    "strong": "bold",
}


def line(*parts: object) -> Line:
    """Return a line of spans `(text, style)` and plain text. All of it is escaped here."""
    return tuple(_span(part) for part in parts)


def _span(part: object) -> Span:
    if isinstance(part, tuple):
        text, style = part
        return escape(str(text)), style
    return escape(str(part)), "plain"


def cells(text: str) -> int:
    """Return how many columns a text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text
    )


def padded(text: str, width: int, *, right: bool = False) -> str:
    """Return text filled up with blanks to a width; `right` puts them before it."""
    blanks = " " * (width - cells(text))
    return blanks + text if right else text + blanks


def shortened(text: str, width: int, *, middle: bool = False) -> str:
    """Return text cut to a width, with an ellipsis where something is missing: at the end, or in the middle."""
    text = escape(text)
    if cells(text) <= width:
        return text
    tail = _fitting(text[::-1], (width - 1) // 2)[::-1] if middle else ""
    return f"{_fitting(text, width - 1 - cells(tail))}…{tail}" if width > 0 else ""


def _fitting(text: str, width: int) -> str:
    """Return as much of a text as fits into a width."""
    kept = 0
    for at, one in enumerate(text):
        kept += cells(one)
        if kept > width:
            return text[:at]
    return text


def wrapped(text: str, width: int) -> Iterator[str]:
    """Yield the lines of a text that is broken at blanks. What has none, such as an address, stays whole."""
    current = ""
    for word in escape(text).split(" "):
        if current and cells(current) + 1 + cells(word) > width:
            yield current
            current = word
        else:
            current = f"{current} {word}" if current else word
    yield current


def hanging(head: Sequence[Span], text: str, width: int, style: Style = "plain") -> Iterator[Line]:
    """Yield text beside a head; what does not fit into the first line goes on below its own beginning."""
    indent = sum(cells(one) for one, _ in head)
    for at, part in enumerate(wrapped(text, max(width - indent, 20))):
        yield (*head, (part, style)) if at == 0 else ((" " * indent, "plain"), (part, style))


def printed(lines: Iterable[Line], *, color: bool) -> str:
    """Return the lines as text; in colour, with the escape sequences of a terminal."""
    safe = (_safe(one) for one in lines)
    if not color:
        return "".join("".join(text for text, _ in spans).rstrip() + "\n" for spans in safe)
    from io import StringIO

    from rich.console import Console
    from rich.text import Text

    out = StringIO()
    console = Console(
        file=out, force_terminal=True, color_system="standard", width=10_000, highlight=False, legacy_windows=False
    )
    for spans in safe:
        console.print(Text.assemble(*((text, _COLOURS[style]) for text, style in spans)), soft_wrap=True)
    return out.getvalue()


def _safe(spans: Line) -> Line:
    """Return a line that is harmless as a whole too: spans that are so one by one may join into a command."""
    whole = "".join(text for text, _ in spans)
    return spans if escape(whole) == whole else ((escape(whole), "plain"),)
