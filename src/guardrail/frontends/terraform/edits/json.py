"""The same for JSON syntax, in which nothing is a comment and a comma stands between all."""

from __future__ import annotations

import re
from typing import Final

from guardrail.frontends.terraform.edits import spelled
from guardrail.frontends.terraform.edits.native import Layout
from guardrail.frontends.terraform.edits.rows import Piece
from guardrail.frontends.terraform.edits.spelled import INDENT, Plain
from guardrail.frontends.terraform.syntax.nodes import Node

_SPACE: Final = " \t\r\n"
_SIGN: Final = re.compile(r'[ \t\r\n]*"(?:[^"\\]|\\.)*"([ \t]*:[ \t]*)')
_COMMA: Final = re.compile(r"[ \t\r\n]*,[ \t\r\n]*")


def added(text: str, start: int, end: int, name: str, value: Plain, *, template: bool) -> Piece:
    """Return the insertion of a property into the object whose braces are at `start` and before `end`."""
    layout = Layout(text)
    inside = text[start + 1 : end - 1]
    label = spelled.json_string(name, template=template)
    sign = _SIGN.match(inside)
    last = start + 1 + len(inside.rstrip(_SPACE))
    first = start + 1 + len(inside) - len(inside.lstrip(_SPACE))
    if not inside.strip(_SPACE):
        indent = layout.indent(start) + INDENT
        if "\n" not in inside:
            return Piece(start + 1, end - 1, f"{label}: {spelled.json(value, template=template)}")
        written = spelled.json(value, template=template, lines=True, indent=indent, newline=layout.newline)
        whole = f"{layout.newline}{indent}{label}: {written}{layout.newline}{layout.indent(start)}"
        return Piece(start + 1, end - 1, whole)
    separator = sign[1] if sign else ": "
    if "\n" not in text[last : end - 1]:
        return Piece(last, last, f", {label}{separator}{spelled.json(value, template=template)}")
    indent = layout.indent(first)
    written = spelled.json(value, template=template, lines=True, indent=indent, newline=layout.newline)
    return Piece(last, last, f",{layout.newline}{indent}{label}{separator}{written}")


def removed(text: str, item: Node) -> Piece:
    """Return the removal of a property, with the comma and the blanks that belong to it."""
    comma = _COMMA.match(text, item.end)
    if comma is not None:
        return Piece(item.start, comma.end(), "")
    before = text[: item.start].rstrip(_SPACE)
    after = len(text) - len(text[item.end :].lstrip(_SPACE))
    return Piece(len(before) - 1, item.end, "") if before.endswith(",") else Piece(len(before), after, "")
