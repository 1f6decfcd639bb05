"""
Which line of a template printed which line of the output.

The chart is rendered a second time, with a comment at the end of each line of its templates that says which line it
is. Where what is printed is the same but for the comments, they tell; where it is not, nothing is told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import field
from typing import Final, Optional

from guardrail.frontends.rendering.helm.actions import Action, Path, actions
from guardrail.model.dataclass import dataclass

_SIGN: Final = "\ue000"
_FIRST: Final = 0xE001
_EACH: Final = 0xF8FF - _FIRST
_MARK: Final = re.compile(f" #{_SIGN}([\ue001-\uf8ff])([\ue001-\uf8ff])")
_KEY: Final = re.compile(r"""\s*(?:-\s+)?["']?([\w./-]+)["']?:(?=\s|\Z)""")
_ITEM: Final = re.compile(r"\s*-\s")
_DEFINITIONS: Final = re.compile(r"^kind: *CustomResourceDefinition", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Line:
    """
    A line of a template. `key` is the key that it begins with.

    `printing` are the actions on it that print.
    """

    file: str
    number: int
    key: Optional[str] = None
    printing: tuple[Action, ...] = ()

    @property
    def paths(self) -> tuple[Path, ...]:
        """The values that it names."""
        return tuple(dict.fromkeys(path for one in self.printing for path in one.paths))


@dataclass(slots=True)
class Marks:
    """The lines that have a mark."""

    lines: list[Line] = field(default_factory=list)

    def mark(self, file: str, text: str) -> str:
        """Return the text of a template with a mark at the end of its lines; as it is, if that cannot be."""
        if _SIGN in text or _DEFINITIONS.search(text):
            return text
        made: list[str] = []
        done = 0
        for end, line in _ends(file, text):
            if len(self.lines) >= _EACH * _EACH:
                break
            high, low = divmod(len(self.lines), _EACH)
            made += [text[done:end], " #", _SIGN, chr(_FIRST + high), chr(_FIRST + low)]
            done = end
            self.lines.append(line)
        return "".join((*made, text[done:]))

    def told(self, printed: str) -> tuple[str, Sequence[Optional[Line]]]:
        """Return what was printed without marks, and the line of a template behind each of its lines."""
        lines: list[Optional[Line]] = []
        texts: list[str] = []
        for text in printed.split("\n"):
            found = _MARK.search(text)
            lines.append(self._line(found) if found else None)
            texts.append(_MARK.sub("", text) if found else text)
        return "\n".join(texts), lines

    def _line(self, found: re.Match[str]) -> Optional[Line]:
        index = (ord(found[1]) - _FIRST) * _EACH + ord(found[2]) - _FIRST
        return self.lines[index] if index < len(self.lines) else None


def _ends(file: str, text: str) -> Sequence[tuple[int, Line]]:
    """Return where the lines of a template end that may have a mark, in order."""
    found: list[tuple[int, Line]] = []
    waiting = list(actions(text))[::-1]
    start, number, block = 0, 1, _NO_BLOCK
    while start < len(text):
        begun, several = number, list[Action]()
        end = _end_of_line(text, start)
        while waiting and waiting[-1].start < end:
            several.append(waiting.pop())
            end = max(end, _end_of_line(text, several[-1].end))
        last = end - 1 if text[end - 1 : end] == "\r" else end
        literal, line = _literal(text, start, last, several), text[start:last]
        indent = len(line) - len(line.lstrip()) if line.strip() else _NO_BLOCK
        if indent <= block:
            block = _NO_BLOCK
        script = block < indent < _NO_BLOCK  # there every sign is text, so that a mark is some more
        if _may_have(literal, several, line, "" if script else text[end + 1 : end + 200], script=script):
            key = _KEY.match(text, start, last)
            printing = tuple(one for one in several if one.prints)
            found.append((last, Line(file, begun, key[1] if key else None, printing)))
        if block == _NO_BLOCK and _BLOCK.search(literal):
            block = indent
        number += text.count("\n", start, end) + 1
        start = end + 1
    return found


def _end_of_line(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def _literal(text: str, start: int, end: int, several: Sequence[Action]) -> str:
    """Return what is copied of a stretch: all but the actions."""
    pieces: list[str] = []
    for action in several:
        pieces.append(text[start : action.start])
        start = action.end
    return "".join((*pieces, text[start:end]))


def _may_have(literal: str, several: Sequence[Action], line: str, following: str, *, script: bool) -> bool:
    """Whether a comment at the end of a line changes nothing of what is printed."""
    if several and several[-1].trims and line.rstrip().endswith("}}"):
        return False  # it takes the blanks after it, and a comment is none
    if script and literal.strip():
        return any(one.prints for one in several)
    if not literal.strip():
        return any(one.prints for one in several) and several[0].defined is None
    keyed = _KEY.match(line) is not None or _ITEM.match(line) is not None or literal.lstrip().startswith((": ", ":\n"))
    if not keyed:
        return False
    return _GOES_ON.match(following) is None  # else the value may go on there, which a comment would end


_NO_BLOCK: Final = 1 << 20
_BLOCK: Final = re.compile(r"(?:^|[:-])[ \t]*[|>][-+0-9]*[ \t]*$")
"""How a line ends after which a text of several lines begins."""

_GOES_ON: Final = re.compile(r"""[ \t]*(?!["']?[\w./-]+["']?:(?:\s|\Z)|-\s|\{\{|[#}\]]|\s|\Z)""")
