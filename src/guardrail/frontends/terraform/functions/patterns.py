"""
Regular expressions, in RE2: the dialect of Terraform, and one whose matching time is linear whatever the input.

Compiling them is in `guardrail.patterns`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from guardrail import patterns
from guardrail.frontends.terraform.functions.signature import sized
from guardrail.frontends.terraform.values import (
    EvaluationError,
    ListValue,
    ObjectValue,
    TupleValue,
    Value,
)
from guardrail.model.pattern import pattern

if TYPE_CHECKING:
    import re2

_REFERENCE: Final = pattern(r"\$(?:\$|(\w+)|\{(\w+)\})", re.ASCII)


def compiled(pattern: str) -> re2._Regexp[str]:
    """Return a pattern ready to match. Raises an `EvaluationError` that says what is wrong with it."""
    try:
        return patterns.compiled(pattern)
    except patterns.PatternError as error:
        raise EvaluationError(f"this is no regular expression: {error}") from error


def matches(pattern: str, text: str) -> Iterator[Any]:
    """Yield the matches from left to right; an empty one that touches the one before is none."""
    end = -1
    for match in compiled(pattern).finditer(text):
        if match.end() > match.start() or match.start() != end:
            yield match
        end = match.end()


def regex(pattern: str, text: str) -> Value:
    """Return what the first match captured."""
    match = compiled(pattern).search(text)
    if match is None:
        raise EvaluationError("the pattern did not match any part of the given string")
    return _captured(match)


def regexall(pattern: str, text: str) -> Value:
    """Return what every match captured."""
    found: list[Value] = []
    for match in matches(pattern, text):
        sized(len(found) + 1)
        found.append(_captured(match))
    return ListValue(found)


def _captured(match: Any) -> Value:
    """Return the groups of a match: named ones as object, others as tuple, without any the whole of it."""
    names = match.re.groupindex
    if not match.re.groups:
        return match.group()
    if not names:
        return TupleValue(match.groups())
    if len(names) != match.re.groups:
        raise EvaluationError("named and unnamed groups cannot be mixed")
    return ObjectValue(match.groupdict())


def replace_all(pattern: str, text: str, replacement: str) -> str:
    """Return the text with each match replaced; `$1` and `${name}` stand for groups, `$$` for a dollar."""
    pieces: list[str] = []
    position = 0
    for match in matches(pattern, text):
        pieces += (text[position : match.start()], _REFERENCE.sub(lambda each, m=match: _group(each, m), replacement))  # type: ignore[misc]
        position = match.end()
    return "".join((*pieces, text[position:]))


def _group(reference: re.Match[str], match: Any) -> str:
    """Return what a reference of a replacement stands for; a group that does not exist is empty."""
    name = reference[1] or reference[2]
    if name is None:
        return "$"
    if name.isdigit():
        return match.group(int(name)) or "" if int(name) <= match.re.groups else ""
    return match.group(name) or "" if name in match.re.groupindex else ""
