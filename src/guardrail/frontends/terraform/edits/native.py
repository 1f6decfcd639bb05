"""Where a new argument or entry goes in native syntax, and what goes with an old one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final, Optional

from guardrail.frontends.terraform.edits import spelled
from guardrail.frontends.terraform.edits.rows import Piece
from guardrail.frontends.terraform.edits.spelled import INDENT, Plain
from guardrail.frontends.terraform.syntax.nodes import Argument, Block, Body, Node, Object

_INDENT: Final = re.compile(r"[ \t]*")
_BEFORE: Final = re.compile(r"[ \t]*(?:/\*[^*\n]*(?:\*(?!/)[^*\n]*)*\*/[ \t]*)*\Z")
_NEVER: Final = -1
_BLANKS: Final = re.compile(r"[ \t]*")
_SPACE: Final = re.compile(r"\s*")


class Layout:
    """What the neighbours of a place look like."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.newline = "\r\n" if text.find("\n") > 0 and text[text.find("\n") - 1] == "\r" else "\n"

    def line_start(self, offset: int) -> int:
        """Return where the line of an offset begins."""
        return max(self.text.rfind("\n", 0, offset) + 1, 1 if self.text.startswith("\ufeff") else 0)

    def indent(self, offset: int) -> str:
        """Return the white space that the line of an offset begins with."""
        match = _INDENT.match(self.text, self.line_start(offset))
        return match[0] if match else ""

    def first_on_line(self, offset: int) -> bool:
        """Whether nothing but blanks and comments stands before it on its line."""
        return _BEFORE.match(self.text[self.line_start(offset) : offset]) is not None

    def line_end(self, offset: int) -> int:
        """Return the end of the line, without its line break, if nothing but a comma and comments follows; else -1."""
        text, at = self.text, self._after(_BLANKS, offset)
        if text.startswith(",", at):
            at = self._after(_BLANKS, at + 1)
        while text.startswith("/*", at):
            at = self._after(_BLANKS, text.find("*/", at + 2) + 2)
        if text.startswith(("#", "//"), at):
            line_break = text.find("\n", at)
            at = len(text) if line_break < 0 else line_break - text.startswith("\r", line_break - 1)
        return at if at == len(text) or text.startswith(("\n", "\r\n"), at) else _NEVER

    def next_line(self, line_end: int) -> int:
        """Return where the line after this end begins."""
        return self.text.find("\n", line_end) + 1 or len(self.text)

    def is_blank(self, offset: int) -> bool:
        """Whether nothing stands on the line that begins there."""
        return not self.text[offset : (self.text.find("\n", offset) + 1) or len(self.text)].strip()

    def comma(self, offset: int) -> int:
        """Return where a comma ends that follows, on the same line or further down; -1 without one."""
        text, at = self.text, self._after(_SPACE, offset)
        while text.startswith(("/*", "#", "//"), at):
            ends = "*/" if text.startswith("/*", at) else "\n"
            at = self._after(_SPACE, text.find(ends, at + 2) + len(ends))
        return at + 1 if text.startswith(",", at) else _NEVER

    def _after(self, blanks: re.Pattern[str], offset: int) -> int:
        """Return where white space ends."""
        match = blanks.match(self.text, offset)
        return match.end() if match else offset


def argument_added(text: str, block: Block, name: str, value: Plain) -> Piece:
    """
    Return the insertion of an argument into a block that has none of that name.

    It goes after the last argument that stands before the nested blocks, else where the block begins.
    """
    layout, body = Layout(text), block.body
    items: list[Node] = sorted((*body.arguments.values(), *body.blocks), key=lambda node: node.start)
    outer = layout.indent(block.start)
    inner = layout.indent(items[0].start) if items and layout.first_on_line(items[0].start) else outer + INDENT
    line = f"{inner}{name} = {spelled.native(value, lines=_in_lines(value), indent=inner, newline=layout.newline)}"
    last: Optional[Node] = None
    for item in items:
        if isinstance(item, Block):
            break
        last = item
    inside = text[block.header_end + 1 : body.end]
    end = layout.line_end(last.end if last is not None else block.header_end + 1)
    if end < 0 or "\n" not in inside:  # on one line, at most one argument
        kept = f"{inner}{inside.strip()}{layout.newline}" if inside.strip() else ""
        return Piece(block.header_end + 1, body.end, f"{layout.newline}{kept}{line}{layout.newline}{outer}")
    crowded = last is None and items and not layout.is_blank(layout.next_line(end))
    return Piece(end, end, f"{layout.newline}{line}{layout.newline if crowded else ''}")


def _in_lines(value: Plain) -> bool:
    """Whether the value of an argument takes several lines: maps do, and lists that would not fit in one."""
    if isinstance(value, (list, tuple)):
        return any(isinstance(each, Mapping) for each in value) or len(spelled.native(value)) > _WIDTH
    return isinstance(value, Mapping) and bool(value)


_WIDTH: Final = 80


def entry_added(text: str, node: Object, name: str, value: Plain) -> Piece:
    """Return the insertion of an entry into an object, after its last one and written as that is."""
    layout = Layout(text)
    inside = text[node.start + 1 : node.end - 1]
    if not node.items:
        if "\n" not in inside and not inside.strip():
            return Piece(node.start + 1, node.end - 1, f" {spelled.key(name)} = {spelled.native(value)} ")
        return _first_entry(layout, node, name, value)
    last = max(node.items, key=lambda item: item.end)
    in_quotes = all(text[item.key.start] == '"' for item in node.items)
    label = spelled.key(name, in_quotes=in_quotes)
    sign = text[last.key.end : last.value.start]
    sign = sign if ":" in sign and "\n" not in sign else " = "
    comma = layout.comma(last.end)
    end = layout.line_end(comma if comma >= 0 else last.end)
    if end < 0 or end >= node.end or not layout.first_on_line(last.start):
        at, before, after = (comma, " ", ",") if comma >= 0 else (last.end, ", ", "")
        return Piece(at, at, f"{before}{label}{sign}{spelled.native(value)}{after}")
    indent = layout.indent(last.start)
    written = spelled.native(value, lines=isinstance(value, Mapping), indent=indent, newline=layout.newline)
    line = f"{layout.newline}{indent}{label}{sign}{written}"
    if comma >= 0:
        return Piece(end, end, f"{line},")
    if any(layout.comma(one.end) >= 0 for one, _ in pairwise(node.items)):
        return Piece(last.end, end, f",{text[last.end : end]}{line}")
    return Piece(end, end, line)


def _first_entry(layout: Layout, node: Object, name: str, value: Plain) -> Piece:
    """Return the first entry of an object that has comments or blank lines in it: on a line before its end."""
    outer = layout.indent(node.start)
    indent = outer + INDENT
    written = spelled.native(value, lines=isinstance(value, Mapping), indent=indent, newline=layout.newline)
    line = f"{indent}{spelled.key(name)} = {written}{layout.newline}"
    at = node.end - 1
    if layout.first_on_line(at) and layout.text[layout.line_start(at) : at].strip() == "":
        at = layout.line_start(at)
        return Piece(at, at, line)
    return Piece(at, at, f"{layout.newline}{line}{outer}")


def argument_removed(text: str, argument: Argument) -> Piece:
    """Return the removal of an argument with its line, a comment at the end of it included."""
    return _line_removed(Layout(text), argument) or _with_blanks(text, argument.start, argument.end)


def entry_removed(text: str, node: Node, items: Sequence[Node], item: Node) -> Piece:
    """Return the removal of an entry of an object or a list: its line if it has one of its own."""
    whole = _line_removed(Layout(text), item)
    if whole is not None and whole.start > node.start and whole.end < node.end:
        return whole
    return _in_a_row(text, items, item)


def _in_a_row(text: str, items: Sequence[Node], item: Node) -> Piece:
    """Return the removal of one of several items that follow each other on a line, with one comma."""
    at = items.index(item)
    if len(items) == 1:
        comma = Layout(text).comma(item.end)
        return _with_blanks(text, item.start, comma if comma >= 0 else item.end)
    if at + 1 < len(items):
        return Piece(item.start, items[at + 1].start, "")
    return Piece(items[at - 1].end, item.end, "")


def _line_removed(layout: Layout, node: Node) -> Optional[Piece]:
    """Return the removal of whole lines, None where something else stands on them."""
    end = layout.line_end(node.end)
    start = layout.line_start(node.start)
    if end < 0 or layout.text[start : node.start].strip(" \t"):
        return None
    return Piece(start, layout.next_line(end), "")


def _with_blanks(text: str, start: int, end: int) -> Piece:
    """Return the removal of what is alone between braces, with the blanks around it."""
    before, after = len(text[:start].rstrip(" \t")), end + len(text[end:]) - len(text[end:].lstrip(" \t"))
    alone = text[before - 1 : before] == "{" and text[after : after + 1] == "}"
    return Piece(before, after, "") if alone or text[after : after + 1] in "\r\n" else Piece(start, end, "")


def block_at(body: Body, header_end: int) -> Optional[Block]:
    """Return the block in a body, at any depth, whose brace stands at an offset."""
    for block in body.blocks:
        if block.header_end == header_end:
            return block
        if block.start <= header_end < block.end:
            found = block_at(block.body, header_end)
            if found is not None:
                return found
    return None
