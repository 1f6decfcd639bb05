"""Values as JSON, in Terraform's spelling: keys sorted, no blanks, what is special in HTML escaped."""

from __future__ import annotations

import re
from typing import Final

from guardrail.frontends.terraform.functions.signature import TooLargeError
from guardrail.frontends.terraform.values import TEXT, Listed, Mapped, Value, extent, members, number_text

_SPECIAL: Final = re.compile('[\x00-\x1f"\\\\<>&\u2028\u2029]')
_SHORT: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


def encoded(value: Value) -> str:
    """Return a known value as JSON."""
    if extent(value).weight > TEXT:
        raise TooLargeError(f"a string of more than {TEXT:,} characters")
    pieces: list[str] = []
    _write(value, pieces)
    return "".join(pieces)


def _write(value: Value, pieces: list[str]) -> None:
    if value is None:
        pieces.append("null")
    elif isinstance(value, bool):
        pieces.append("true" if value else "false")
    elif isinstance(value, str):
        pieces.append(f'"{_SPECIAL.sub(_escaped, value)}"')
    elif isinstance(value, Mapped):
        pieces.append("{")
        for index, (key, member) in enumerate(members(value)):
            pieces.append(f'{"," if index else ""}"{_SPECIAL.sub(_escaped, key)}":')
            _write(member, pieces)
        pieces.append("}")
    elif isinstance(value, Listed):
        pieces.append("[")
        for index, element in enumerate(value):
            if index:
                pieces.append(",")
            _write(element, pieces)
        pieces.append("]")
    else:
        pieces.append(number_text(value))


def _escaped(match: re.Match[str]) -> str:
    return _SHORT.get(match[0]) or f"\\u{ord(match[0]):04x}"
