"""
Blocks by their lines: most are an argument with a plain value, the head of a block or its closing brace.

One pattern takes such a line at once, where the lexer makes four to seven tokens of it and the parser steps over each.
It takes nothing that the parser would not take in the same way; whatever else stands in a block is left to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, Optional

from guardrail.frontends.terraform.syntax import spelling
from guardrail.frontends.terraform.syntax.lexer import DEPTH, LINE_END, PLAIN_STRING
from guardrail.frontends.terraform.syntax.nodes import (
    Argument,
    Attribute,
    Block,
    Body,
    Expression,
    Literal,
    Name,
    Tuple,
)
from guardrail.frontends.terraform.syntax.parser import WORDS

_NAME: Final = r"[A-Za-z_][\w-]*"
_END: Final = rf"[ \t]*{LINE_END}"
_EMPTY: Final = re.compile(rf"(?:{_END}){{0,100}}")
_STRING: Final = rf'"{PLAIN_STRING}"[ \t]*'
_LINE: Final = re.compile(
    rf"""[ \t]*(?:
      ({_NAME})[ \t]*(?:                                                      # 1 name
          =[ \t]*(?:
              "({PLAIN_STRING})"                                              # 2 string
            | ([0-9]+(?:\.[0-9]+)?)                                           # 3 number
            | ({_NAME}(?:\.{_NAME}){{0,20}})                                  # 4 reference
            | (\[[ \t]*(?:{_STRING},[ \t]*){{0,50}}(?:{_STRING})?\])          # 5 list of strings
          )
        | ((?:{_STRING}){{0,9}})\{{                                           # 6 labels
      )
    | (\}})                                                                   # 7 closing brace
    )(?:{_END}(?:{_END}){{0,100}}|[ \t]*\Z)""",
    re.VERBOSE | re.ASCII,
)
_QUOTED: Final = re.compile(rf'"({PLAIN_STRING})"')
_TEXT, _NUMBER, _REFERENCE, _LIST, _HEAD, _CLOSE = range(2, 8)

Item = Callable[[int, int, dict[str, Argument], list[Block]], int]
"""Reads one argument or block at a position, within so many blocks, into these two, and returns where it ends."""


class _Open:
    """A block whose end was not reached yet."""

    __slots__ = ("arguments", "blocks", "head", "kind", "labels", "start")

    def __init__(self, kind: str, labels: tuple[str, ...], start: int, head: int) -> None:
        self.kind = kind
        self.labels = labels
        self.start = start
        self.head = head
        self.arguments: dict[str, Argument] = {}
        self.blocks: list[Block] = []

    def closed(self, at: int) -> Block:
        body = Body(self.arguments, tuple(self.blocks), self.head + 1, at)
        return Block(self.kind, self.labels, body, self.head, self.start, at + 1)


class Lines:
    """Reads a text block by block; `position` is where the last one ended, `tokens` what its lines are made of."""

    def __init__(self, text: str, item: Item) -> None:
        self._text = text
        self._item = item
        self.position = 0
        self.tokens = 0

    def block(self, position: int, most: int) -> Optional[Block]:
        """
        Return the block that begins next, of at most so many tokens.

        None where something else begins, or stands in the wrong place in it. What `item` raises is not caught.
        """
        self.tokens = 0
        empty = _EMPTY.match(self._text, position)
        position = empty.end() if empty else position
        enclosing: list[_Open] = []
        current: Optional[_Open] = None
        scan = _LINE.scanner(self._text, position).match  # type: ignore[attr-defined]
        while self.tokens <= most:
            match = scan()
            kind = match.lastindex if match else 0
            if kind == _HEAD:
                if current is not None:
                    enclosing.append(current)
                    if len(enclosing) >= DEPTH:
                        return None
                current = self._opened(match)
            elif current is None:
                return None
            elif kind == _CLOSE:
                block = current.closed(match.start(_CLOSE))
                self.tokens += 2
                position = match.end()
                if not enclosing:
                    self.position = position
                    return block
                current = enclosing.pop()
                current.blocks.append(block)
            elif kind:
                if not self._argument(match, kind, current.arguments):
                    return None
            else:
                position = self._item(position, len(enclosing) + 1, current.arguments, current.blocks)
                scan = _LINE.scanner(self._text, position).match  # type: ignore[attr-defined]
                continue
            position = match.end()
        return None

    def _opened(self, match: re.Match[str]) -> _Open:
        labels = tuple(match[_HEAD].split('"')[1::2])
        self.tokens += 3 + len(labels)
        return _Open(match[1], labels, match.start(1), match.end(_HEAD))

    def _argument(self, match: re.Match[str], kind: int, arguments: dict[str, Argument]) -> bool:
        """Add an argument; whether it could be, since none is set twice and numbers have their limits."""
        name, spelt = match[1], match[kind]
        start, end = match.span(kind)
        value: Expression
        self.tokens += 4
        if kind == _TEXT:
            value = Literal(spelt, start - 1, end + 1)
        elif kind == _REFERENCE:
            value = self._reference(spelt, start)
        elif kind == _LIST:
            value = self._list(start, end)
        else:
            number = spelling.number(spelt)
            if number is None:
                return False
            value = Literal(number, start, end)
        if name in arguments:
            return False
        begin, name_end = match.span(1)
        arguments[name] = Argument(name, name_end, value, begin, value.end)
        return True

    def _reference(self, spelt: str, start: int) -> Expression:
        first, *steps = spelt.split(".")
        end = start + len(first)
        value: Expression = Literal(WORDS[first], start, end) if first in WORDS else Name(first, start, end)
        for step in steps:
            end += 1 + len(step)
            value = Attribute(value, step, start, end)
        self.tokens += 2 * len(steps)
        return value

    def _list(self, start: int, end: int) -> Expression:
        items = [Literal(one[1], *one.span()) for one in _QUOTED.finditer(self._text, start, end)]
        self.tokens += 2 * len(items)
        return Tuple(tuple(items), start, end)
