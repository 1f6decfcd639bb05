"""The patterns of `fileset`, as regular expressions."""

from __future__ import annotations

import re

from guardrail.frontends.terraform.values import EvaluationError


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


_TOKEN = re.compile(r"\[[!^]?(?:\\.|[^\]\\])+\]|\\.|.", re.DOTALL)
_SPECIAL = {"*": "[^/]*", "?": "[^/]"}


def _segment(segment: str) -> str:
    pieces: list[str] = []
    depth = 0
    for token in _TOKEN.findall(segment):
        if token == "{":
            depth += 1
            pieces.append("(?:")
        elif depth and token in ",}":
            depth -= token == "}"
            pieces.append("|" if token == "," else ")")
        elif token == "[":
            raise EvaluationError("a bracket of the pattern is not closed")
        elif len(token) > 1 and token[0] == "[":
            pieces.append(_class(token))
        else:
            pieces.append(_SPECIAL.get(token) or _literal(token[-1]))
    if depth:
        raise EvaluationError("a brace of the pattern is not closed")
    return "".join(pieces)


def _class(token: str) -> str:
    negated = token[1] in "!^"
    inside = re.sub(r"[\[\]^]", lambda match: f"\\{match[0]}", token[2 if negated else 1 : -1])
    return f"[{'^' if negated else ''}{inside}]"


def _literal(char: str) -> str:
    return f"\\{char}" if char in r"\.+*?()|[]{}^$" else char
