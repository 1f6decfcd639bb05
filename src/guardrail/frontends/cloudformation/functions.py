"""Functions that depend on nothing but their arguments. What is wrong with those makes the value one in error."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final, Optional

from guardrail.model.value import Reason, Unknown, Value, apply

LONGEST: Final = 1024 * 1024
"""Characters of a text that functions make: a template has no more."""

_TOO_LONG: Final = Unknown(Reason.REFUSED, note="a text of more than 1 MiB")

REFUSED: Final[Mapping[str, Reason]] = {
    "Fn::ImportValue": Reason.DATA,
    "Fn::GetAZs": Reason.ENVIRONMENT,
    "Fn::ValueOf": Reason.VARIABLE,
}
"""Why the value of a function is not known that nobody works out here; `refused` of all others."""

_STORED: Final = "{{resolve:"
_GAP: Final = re.compile(r"\{\{|\{%|<[A-Z_]+>|<<")
_NAMED: Final = re.compile(r"\$\{([^}]*)\}")


def text(written: str) -> Value:
    """Return a text; one that is looked up when the stack is made, or that another tool fills in, is not known."""
    if _STORED in written:
        return Unknown(Reason.DATA, note="looked up when the stack is made", written=written)
    if _GAP.search(written) is not None and "\n" not in written:
        return Unknown(Reason.TEMPLATE, note="filled in by another tool", written=written)
    return written


def substituted(written: str, named: Callable[[str], Value]) -> Value:
    """Return a text with what `${…}` in it stand for; `${!x}` is `${x}`."""
    parts: list[Value] = []
    at = 0
    for found in _NAMED.finditer(written):
        parts.append(written[at : found.start()])
        name = found[1].strip()
        parts.append("${" + name[1:] + "}" if name.startswith("!") else named(name))
        at = found.end()
    parts.append(written[at:])
    joined = _joined("", parts)
    if isinstance(joined, Unknown) and joined.one_of is None and isinstance(parts[0], str) and parts[0]:
        return Unknown(joined.reason, None, parts[0], joined.note)
    return text(joined) if isinstance(joined, str) else joined


def _joined(by: str, parts: Any) -> Value:
    return apply(lambda *known: _text_of(by, known), *parts) if parts else ""


def _text_of(by: str, parts: tuple[Any, ...]) -> Value:
    texts = [_plain(part) for part in parts]
    if any(one is None for one in texts):
        return Unknown(Reason.ERROR, note="a part of the text is no text")
    found = by.join(one for one in texts if one is not None)
    return found if len(found) <= LONGEST else _TOO_LONG


def _plain(value: Any) -> Optional[str]:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return str(value)
    return value if isinstance(value, str) else None


def _join(argument: Value) -> Value:
    if not _has(argument, 2) or not isinstance(argument[0], str):
        return _wrong("Fn::Join", argument)
    parts = argument[1]
    if isinstance(parts, Unknown):
        return apply(lambda known: _joined(argument[0], known) if isinstance(known, tuple) else None, parts)
    return _joined(argument[0], parts) if isinstance(parts, tuple) else _wrong("Fn::Join", parts)


def _split(argument: Value) -> Value:
    if not _has(argument, 2) or not isinstance(argument[0], str) or not argument[0]:
        return _wrong("Fn::Split", argument)
    by = argument[0]
    return apply(
        lambda known: tuple(known.split(by)) if isinstance(known, str) else _wrong("Fn::Split", 0), argument[1]
    )


def _select(argument: Value) -> Value:
    if not _has(argument, 2):
        return _wrong("Fn::Select", argument)
    index, values = argument
    if isinstance(values, Unknown) and values.one_of is None:
        return Unknown(values.reason, note=values.note)
    return (
        apply(_element, index, values)
        if isinstance(index, Unknown) or isinstance(values, Unknown)
        else _element(index, values)
    )


def _element(index: Any, values: Any) -> Value:
    number = _plain(index)
    if not isinstance(values, tuple) or number is None or not number.isdecimal() or len(number) > 6:  # noqa: PLR2004
        return _wrong("Fn::Select", index)
    return values[int(number)] if int(number) < len(values) else _wrong("Fn::Select", index)


def _equals(argument: Value) -> Value:
    if not _has(argument, 2):
        return _wrong("Fn::Equals", argument)
    return apply(
        lambda one, other: _plain(one) == _plain(other) if _plain(one) is not None else one == other, *argument
    )


def _not(argument: Value) -> Value:
    if not _has(argument, 1):
        return _wrong("Fn::Not", argument)
    return apply(lambda one: not one if isinstance(one, bool) else _wrong("Fn::Not", one), argument[0])


def _and(argument: Value) -> Value:
    return _of_several("Fn::And", argument, decides=False)


def _or(argument: Value) -> Value:
    return _of_several("Fn::Or", argument, decides=True)


def _of_several(name: str, argument: Value, *, decides: bool) -> Value:
    """Return what several conditions come to: one that decides does, whatever is not known of the others."""
    if not isinstance(argument, tuple) or not argument:
        return _wrong(name, argument)
    if any(one is decides for one in argument):
        return decides
    unknown = next((one for one in argument if isinstance(one, Unknown)), None)
    if unknown is not None:
        return Unknown(unknown.reason, note=unknown.note)
    return not decides if all(isinstance(one, bool) for one in argument) else _wrong(name, argument)


def _base64(argument: Value) -> Value:
    def encoded(known: Value) -> Value:
        return base64.b64encode(known.encode("utf-8", "surrogatepass")).decode() if isinstance(known, str) else None

    return apply(encoded, argument)


def _length(argument: Value) -> Value:
    return apply(
        lambda known: len(known) if isinstance(known, (tuple, Mapping)) else _wrong("Fn::Length", known), argument
    )


def _has(argument: Value, number: int) -> bool:
    return isinstance(argument, tuple) and len(argument) == number


def _wrong(name: str, argument: Value) -> Unknown:
    if isinstance(argument, Unknown):
        return Unknown(argument.reason, note=argument.note)
    return Unknown(Reason.ERROR, note=f"{name} does not take this")


FUNCTIONS: Final[Mapping[str, Callable[[Value], Value]]] = {
    "Fn::Join": _join,
    "Fn::Split": _split,
    "Fn::Select": _select,
    "Fn::Equals": _equals,
    "Fn::Not": _not,
    "Fn::And": _and,
    "Fn::Or": _or,
    "Fn::Base64": _base64,
    "Fn::Length": _length,
}
