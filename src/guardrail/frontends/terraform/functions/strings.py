"""Functions of strings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from guardrail.frontends.terraform.functions import graphemes, patterns
from guardrail.frontends.terraform.functions.formatting import format_, formatlist
from guardrail.frontends.terraform.functions.signature import Function, Nullable, TooLargeError, sized, whole_number
from guardrail.frontends.terraform.syntax.spelling import SPACE
from guardrail.frontends.terraform.types import BOOL, NUMBER, STRING, ListType
from guardrail.frontends.terraform.values import (
    TEXT,
    EvaluationError,
    ListValue,
    Unknown,
    Value,
    text_unknown,
    unknown,
)

_STRINGS: Final = ListType(STRING)


def _lower(char: str) -> str:
    """Return the one lower-case code point of another. Python may give several, Terraform does not."""
    lowered = char.lower()
    return lowered[0] if len(lowered) > 1 else lowered


def _upper(char: str) -> str:
    raised = char.upper()
    return raised if len(raised) == 1 else char


def _cased(text: Value, change: Callable[[str], str], whole: Callable[[str], str]) -> Value:
    if isinstance(text, Unknown):
        return replace(text_unknown(text), prefix=None if text.prefix is None else _cased(text.prefix, change, whole))
    return whole(text) if text.isascii() else "".join(map(change, text))


def _title(text: str) -> str:
    """Return the text with the first letter of each word in upper case; other letters stay."""
    changed: list[str] = []
    inside = False
    for char in text:
        titled = char if inside else char.title()
        changed.append(titled if len(titled) == 1 else char)
        inside = char.isalnum() or char == "_" or (not char.isascii() and char not in SPACE)
    return "".join(changed)


def _chomp(text: str) -> str:
    return text.rstrip("\r\n")


def _substr(text: str, offset: Value, length: Value) -> str:
    begin, count = whole_number(offset, "offset"), whole_number(length, "length")
    characters = graphemes.clusters(text)
    if begin < 0:
        begin = max(0, begin + len(characters))
        count = count or -1  # from the end, a length of zero is all that is left: Terraform stops at none
    return "".join(characters[begin:] if count < 0 else characters[begin : begin + count])


def _replace(text: str, substring: str, replacement: str) -> str:
    if len(substring) > 1 and substring.startswith("/") and substring.endswith("/"):
        return patterns.replace_all(substring[1:-1], text, replacement)
    if len(text) + text.count(substring) * len(replacement) > 2 * TEXT:
        raise TooLargeError(f"a string of more than {TEXT:,} characters")
    return text.replace(substring, replacement)


def _split(separator: str, text: str) -> Value:
    sized(len(text) if not separator else text.count(separator))
    return ListValue(text.split(separator) if separator else text)


def _join(separator: Value, *lists: Value) -> Value:
    """Return the elements of the lists as one string; what stands before the first unknown one is its prefix."""
    known: list[str] = []
    for elements in lists:
        if isinstance(elements, Unknown):  # it may have no elements
            return _joined_so_far(separator, lists, known)
        for element in elements:
            if element is None:
                raise EvaluationError("an element is null")
            if isinstance(element, Unknown):
                return _joined_so_far(separator, lists, [*known, ""])
            known.append(element)
    if isinstance(separator, Unknown):
        return text_unknown(separator) if len(known) > 1 else "".join(known)
    if sum(map(len, known)) + len(separator) * len(known) > TEXT:
        raise TooLargeError(f"a string of more than {TEXT:,} characters")
    return separator.join(known)


def _joined_so_far(separator: Value, lists: tuple[Value, ...], known: list[str]) -> Value:
    """Return an unknown string that begins with the elements that are known; the last one is empty before another."""
    if isinstance(separator, Unknown):
        return text_unknown(separator, *lists, prefix="".join(known[:1]))
    return text_unknown(*lists, prefix=separator.join(known))


def _indent(spaces: Value, text: str) -> str:
    width = whole_number(spaces, "number of spaces")
    if width < 0:
        raise EvaluationError("the number of spaces must not be negative")
    if len(text) + text.count("\n") * width > TEXT:
        raise TooLargeError(f"a string of more than {TEXT:,} characters")
    return text.replace("\n", "\n" + " " * width)


def _startswith(text: Value, prefix: Value) -> Value:
    """Decide from what the text is known to begin with, where that is enough."""
    if isinstance(text, Unknown) and text.prefix is not None and isinstance(prefix, str):
        if text.prefix.startswith(prefix):
            return True
        if not prefix.startswith(text.prefix):
            return False
    if isinstance(text, Unknown) or isinstance(prefix, Unknown):
        return True if prefix == "" else unknown(text, prefix, type=BOOL, not_null=True)
    return text.startswith(prefix)


def _strcontains(text: Value, part: Value) -> Value:
    if isinstance(text, Unknown) or isinstance(part, Unknown):
        begin = text.prefix if isinstance(text, Unknown) else None
        if isinstance(part, str) and begin is not None and part in begin:
            return True
        return unknown(text, part, type=BOOL, not_null=True)
    return part in text


FUNCTIONS: Final[Mapping[str, Function]] = {
    "chomp": Function(_chomp, (STRING,), STRING),
    "endswith": Function(str.endswith, (STRING, STRING), BOOL),
    "format": Function(format_, (STRING,), STRING, rest=Nullable(), partial=True),
    "formatlist": Function(formatlist, (STRING,), _STRINGS, rest=Nullable(), partial=True),
    "indent": Function(_indent, (NUMBER, STRING), STRING),
    "join": Function(_join, (STRING,), STRING, rest=_STRINGS, least=1, partial=True),
    "lower": Function(lambda text: _cased(text, _lower, str.lower), (STRING,), STRING, partial=True),
    "regex": Function(patterns.regex, (STRING, STRING)),
    "regexall": Function(patterns.regexall, (STRING, STRING)),
    "replace": Function(_replace, (STRING, STRING, STRING), STRING),
    "split": Function(_split, (STRING, STRING), _STRINGS),
    "startswith": Function(_startswith, (STRING, STRING), BOOL, partial=True),
    "strcontains": Function(_strcontains, (STRING, STRING), BOOL, partial=True),
    "strrev": Function(lambda text: "".join(reversed(graphemes.clusters(text))), (STRING,), STRING),
    "substr": Function(_substr, (STRING, NUMBER, NUMBER), STRING),
    "title": Function(_title, (STRING,), STRING),
    "trim": Function(str.strip, (STRING, STRING), STRING),
    "trimprefix": Function(str.removeprefix, (STRING, STRING), STRING),
    "trimspace": Function(lambda text: text.strip(SPACE), (STRING,), STRING),
    "trimsuffix": Function(str.removesuffix, (STRING, STRING), STRING),
    "upper": Function(lambda text: _cased(text, _upper, str.upper), (STRING,), STRING, partial=True),
}
