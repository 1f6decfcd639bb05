"""
JSON as text: the same bytes for the same content, readable where it is short.

A long list or map has one line per member; what is short is spread out. The compact writer of the standard library
is written in C and the indenting one is not, so this is also what makes large reports fast.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from guardrail.model.value import NoBound, Unknown
from guardrail.report.escape import escape_json

LONG: Final = 50
"""A list or map with more members than this has one line for each."""


def written(document: Mapping[str, Any], *, sort: bool = False) -> str:
    """Return a document of plain values as JSON in ASCII, with a line feed at its end."""
    encoder = json.JSONEncoder(ensure_ascii=True, allow_nan=False, sort_keys=sort, default=plain)
    return escape_json("".join(_spread(document, encoder, "\n", sort=sort))) + "\n"


def plain(value: Any) -> Any:
    """
    Return a value as JSON can say it; what is not known inside of it is null.

    A number with a fraction stays a number where binary arithmetic has exactly it, else it is its text.
    """
    if isinstance(value, Unknown):
        return None
    if isinstance(value, Mapping):
        return {str(key): plain(member) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(element) for element in value]
    if isinstance(value, (set, frozenset)):
        return sorted(map(plain, value), key=json.dumps)  # their own order is another one in each run
    if isinstance(value, NoBound):
        return value.value
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def _number(value: Decimal) -> Any:
    if not value.is_finite():
        return str(value)
    if value == value.to_integral_value():
        return int(value)
    return float(value) if Decimal(repr(float(value))) == value else format(value, "f")


def _spread(value: Any, encoder: json.JSONEncoder, feed: str, *, sort: bool) -> Iterator[str]:
    """Yield the pieces of a value; `feed` begins a new line at its depth."""
    within = f"{feed} "
    if isinstance(value, Mapping) and value:
        members = sorted(value.items()) if sort else value.items()
        long = len(value) > LONG
        for at, (key, member) in enumerate(members):
            yield f"{',' if at else '{'}{within}{encoder.encode(key)}: "
            yield from (encoder.encode(member),) if long else _spread(member, encoder, within, sort=sort)
        yield f"{feed}}}"
    elif isinstance(value, (list, tuple)) and value:
        long = len(value) > LONG
        for at, member in enumerate(value):
            yield f"{',' if at else '['}{within}"
            yield from (encoder.encode(member),) if long else _spread(member, encoder, within, sort=sort)
        yield f"{feed}]"
    else:
        yield encoder.encode(value)
