"""JSON text: values by the standard library's scanner, and where each of them is written, on request."""

from __future__ import annotations

import json
import re
from collections import Counter
from contextlib import suppress
from decimal import Decimal
from typing import Any, Final, Optional, Union

from guardrail.frontends.documents.nodes import Node, Roots, kept, roots_of
from guardrail.frontends.documents.scalars import MARKS, gap, number
from guardrail.frontends.documents.stream import (
    DEPTH,
    DOCUMENT,
    MARKED,
    PROBLEMS,
    TWICE,
    Built,
    Refused,
    Stream,
    too_many,
)
from guardrail.model.pattern import pattern
from guardrail.model.value import OpenMap, Reason, Unknown, Value

_LONGEST: Final = 400
"""Characters of a number, as in YAML."""

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_LEXEME: Final = pattern(r'[ \t\r\n]*("(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+)', re.DOTALL)


def build(text: str, stream: Stream, *, literal: bool = False) -> None:
    """
    Read one JSON value after the other, as kubectl does. Raises `Refused`; what was read before stays in `stream`.

    With `literal`, no text is a placeholder. The keys of an object may stand twice: the last one counts, and a problem
    says so.
    """
    _count(text, stream)  # the scanner cannot be stopped
    index = _skip(text, 0)
    while index < len(text):
        stream.charge(DOCUMENT, index)
        decoder = _decoder(stream, text, index)
        try:
            value, end = decoder.raw_decode(text, index)
        except json.JSONDecodeError as error:
            raise Refused("json-syntax", f"not JSON: {error.msg}", error.pos) from error
        except RecursionError as error:
            raise Refused("limit-depth", f"nests deeper than {DEPTH} levels", index) from error
        frozen = _frozen(value, index, stream, literal=literal)
        if frozen is not None:  # as `nodes` counts them
            stream.built.append(Built(frozen, index, foreign=False))
        index = _skip(text, end)


_STRUCTURE: Final = pattern(r'"(?:[^"\\]|\\.)*"|([,:{\[])', re.DOTALL)


def _count(text: str, stream: Stream) -> None:
    """Charge for the values of a text: of each but the first some sign stands before it."""
    signs = sum(map(text.count, ",:{["))
    if signs > stream.left:  # many may stand in strings
        signs = 0
        for found in _STRUCTURE.finditer(text):
            signs += found.lastindex is not None
            if signs > stream.left:
                raise too_many(found.start(), stream.most)
    stream.left -= signs


def _skip(text: str, index: int) -> int:
    found = _SPACE.match(text, index)
    return found.end() if found else index


def _decoder(stream: Stream, text: str, start: int) -> json.JSONDecoder:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs) and len(stream.problems) < PROBLEMS:
            for key in sorted(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)[:PROBLEMS]:
                found = text.find(json.dumps(key, ensure_ascii=False), start)
                stream.doubled(TWICE, key, max(found, start))
        return members

    def constant(name: str) -> Any:
        raise json.JSONDecodeError(f"{name} is no JSON value", text, max(text.find(name, start), start))

    return json.JSONDecoder(
        object_pairs_hook=unique, parse_float=_number, parse_int=_integer, parse_constant=constant, strict=False
    )


def _integer(text: str) -> Union[int, Decimal, str]:
    return int(text) if len(text) <= _LONGEST else text


def _number(text: str) -> Union[Decimal, str]:
    return number(text) if len(text) <= _LONGEST else text


def _frozen(value: Any, index: int, stream: Stream, depth: int = 0, *, literal: bool = False) -> Value:
    """Return lists as tuples and strings with gaps as what they are."""
    if isinstance(value, str):
        found = None if literal else gap(value)
        if found is None:
            return _whole(value)
        stream.charge(MARKED, index)
        return found
    if not isinstance(value, (dict, list)):
        return value
    if depth >= DEPTH:
        raise Refused("limit-depth", f"nests deeper than {DEPTH} levels", index)
    if isinstance(value, list):
        return tuple(_frozen(element, index, stream, depth + 1, literal=literal) for element in value)
    members = {_whole(key): _frozen(member, index, stream, depth + 1, literal=literal) for key, member in value.items()}
    keys = () if literal else value
    gaps = next((found for key in keys if MARKS.search(key) and (found := gap(key))), None)
    return members if gaps is None else OpenMap(members, Unknown(Reason.TEMPLATE, note=gaps.note))


def _whole(text: str) -> str:
    """Return a string without the halves of surrogate pairs that JSON can escape and no encoding can write."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@kept
def nodes(text: str) -> Roots:
    """Return the root of each value of a text that `build` can read; what it cannot read ends the list."""
    roots: list[Node] = []
    with suppress(ValueError):  # the reader has said so already, with the place
        _scan(text, roots)
    return roots_of(roots, sum(map(text.count, ",:{[")))


def _scan(text: str, roots: list[Node]) -> None:
    stack: list[tuple[Node, Optional[str], int]] = []  # a collection, the key that waits, where that begins
    index = 0
    while (found := _LEXEME.match(text, index)) is not None:
        lexeme, start, index = found.group(1), found.start(1), found.end()
        if lexeme in (",", ":"):
            continue
        if lexeme in ("]", "}"):
            if not stack:
                return
            node, _, _ = stack.pop()
            node.end = index
            continue
        node = Node(start, start, index, {} if lexeme in ("{", "[") else None, listed=lexeme == "[")
        _attach(roots, stack, node, lexeme)
        if lexeme in ("{", "["):
            stack.append((node, None, 0))


def _attach(roots: list[Node], stack: list[tuple[Node, Optional[str], int]], node: Node, lexeme: str) -> None:
    if not stack:
        if lexeme != "null":
            roots.append(node)
        return
    parent, key, key_start = stack[-1]
    members = parent.members if parent.members is not None else {}
    if parent.listed:
        members[str(len(members))] = node
    elif key is None:
        stack[-1] = (parent, json.loads(lexeme, strict=False) if lexeme[0] == '"' else lexeme, node.start)
    else:
        node.start = key_start
        members[key] = node
        stack[-1] = (parent, None, 0)
