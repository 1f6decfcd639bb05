"""The patterns of `fileset`, as regular expressions."""

from __future__ import annotations

import re

from guardrail.frontends.terraform.values import EvaluationError
from guardrail.model.pattern import pattern


def translated(pattern: str) -> str:
    """Return the regular expression (RE2) for a whole path; `**` as a segment stands for any number of folders."""
    segments = [segment for segment in pattern.split("/") if segment not in ("", ".")]
    pieces: list[str] = []
    for index, segment in enumerate(segments):
        last = index == len(segments) - 1
        if segment == "**":
            pieces.append(".*" if last else "(?:[^/]+/)*")
        else:
            pieces.append(_segment(segment) + ("" if last else "/"))
    return "".join(pieces)


_PIECE = pattern(r"\[\^?(?:\\.|[^\]\\])+\]|\\.|.", re.DOTALL)
_SPECIAL = {"*": "[^/]*", "?": "[^/]"}


def _segment(segment: str) -> str:
    pieces: list[str] = []
    depth = 0
    for piece in _PIECE.findall(segment):
        if piece == "{":
            depth += 1
            pieces.append("(?:")
        elif depth and piece in ",}":
            depth -= piece == "}"
            pieces.append("|" if piece == "," else ")")
        elif piece == "[":
            raise EvaluationError("a bracket of the pattern is not closed")
        elif len(piece) > 1 and piece[0] == "[":
            pieces.append(_class(piece))
        else:
            pieces.append(_SPECIAL.get(piece) or _literal(piece[-1]))
    if depth:
        raise EvaluationError("a brace of the pattern is not closed")
    return "".join(pieces)


def _class(piece: str) -> str:
    negated = piece[1] == "^"
    inside = re.sub(r"[\[\]^]", lambda match: f"\\{match[0]}", piece[2 if negated else 1 : -1])
    return f"[{'^' if negated else ''}{inside}]"


def _literal(char: str) -> str:
    return f"\\{char}" if char in r"\.+*?()|[]{}^$" else char
