"""
Regular expressions, in RE2: the dialect of Terraform, and one whose matching time is linear whatever the input.

The library is imported on first use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from guardrail.frontends.terraform.functions.signature import sized
from guardrail.frontends.terraform.values import (
    EvaluationError,
    ListValue,
    ObjectValue,
    TupleValue,
    Value,
)

if TYPE_CHECKING:
    import re2

_LONGEST: Final = 10_000
"""The most characters of a pattern."""

_REFERENCE: Final = re.compile(r"\$(?:\$|(\w+)|\{(\w+)\})", re.ASCII)


@lru_cache(maxsize=128)
def compiled(pattern: str) -> re2._Regexp[str]:
    """Return a pattern ready to match. Raises an `EvaluationError` that says what is wrong with it."""
    import re2

    if len(pattern) > _LONGEST:
        raise EvaluationError(f"a pattern of more than {_LONGEST:,} characters")
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        reason = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise EvaluationError(f"this is no regular expression: {reason}") from error


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
