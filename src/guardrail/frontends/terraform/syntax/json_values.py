"""JSON to expressions, with the offsets that the standard module does not tell."""

from __future__ import annotations

import re
from typing import Final, NoReturn, Optional, Union

from guardrail.frontends.terraform.syntax import spelling
from guardrail.frontends.terraform.syntax.lexer import DEPTH, TOKENS, too_many
from guardrail.frontends.terraform.syntax.nodes import (
    Expression,
    Literal,
    Malformed,
    Node,
    Object,
    ObjectItem,
    Tuple,
)
from guardrail.frontends.terraform.syntax.parser import template_within
from guardrail.frontends.terraform.syntax.problems import HclSyntaxError, SyntaxProblem
from guardrail.model.pattern import pattern

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_TEXT: Final = pattern(r'[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*){0,1000}')
"""What stands between quotes, a part of it where there are very many escapes."""

_NUMBER: Final = pattern(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORD: Final = re.compile(r"[A-Za-z_]+")
_WORDS: Final = {"true": True, "false": False, "null": None}
_ESCAPE: Final = pattern(r"\\(?:u([0-9a-fA-F]{4})|(.))")
_SHORT: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_HIGH: Final = range(0xD800, 0xDC00)
_LOW: Final = range(0xDC00, 0xE000)


class Reader:
    """Reads one document. With `literal`, strings are no templates, and a property that is repeated is an error."""

    def __init__(self, text: str, *, literal: bool) -> None:
        self._text = text
        self._literal = literal
        self._at = 0
        self._depth = 0
        self.repeated = False
        """Whether an object has two properties of one name."""
        self._left = TOKENS

    def document(self) -> Expression:
        """Read the only value; raises `HclSyntaxError`."""
        if self._text.startswith("\ufeff"):
            hint = "Save it as UTF-8 without one: Terraform refuses the file."
            raise HclSyntaxError(SyntaxProblem("JSON has no byte order mark", 0, 1, hint))
        value = self._value()
        if self._peek():
            self._fail("the end of the file")
        return value

    @property
    def tokens(self) -> int:
        """How many values, names and parts of templates were read."""
        return TOKENS - self._left

    def _charge(self, tokens: int) -> None:
        self._left -= tokens
        if self._left < 0:
            raise HclSyntaxError(too_many(TOKENS, self._at))

    def _peek(self) -> str:
        """Return the next character that is no white space, empty at the end."""
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._text[self._at : self._at + 1]

    def _value(self) -> Expression:
        following = self._peek()
        start = self._at
        self._charge(1)
        if following == '"':
            return self._string()
        if following in ("{", "["):
            self._depth += 1
            if self._depth > DEPTH:
                raise HclSyntaxError(SyntaxProblem(f"nested deeper than {DEPTH} levels", start, start + 1))
            node = self._object() if following == "{" else self._array()
            self._depth -= 1
            return node
        if match := _NUMBER.match(self._text, start):
            self._at = match.end()
            number = spelling.number(match[0].lstrip("-"))
            if number is None:
                return Malformed(f"a number of more than {spelling.DIGITS} digits", match[0], start, self._at)
            return Literal(-number if match[0][0] == "-" else number, start, self._at)
        match = _WORD.match(self._text, start)
        if match is None or match[0] not in _WORDS:
            self._fail("a value")
        self._at = match.end()
        return Literal(_WORDS[match[0]], start, self._at)

    def _object(self) -> Object:
        start = self._at
        names: set[str] = set()
        items: list[ObjectItem] = []
        self._at += 1
        while (following := self._peek()) != "}":
            if following != '"':
                self._fail(
                    'a property name in double quotes or "}"' if not items else "a property name in double quotes"
                )
            name, key = self._key()
            self._charge(2)
            if name in names:
                self.repeated = True
                if self._literal and name != "//":
                    raise HclSyntaxError(twice(name, key))
            names.add(name)
            if self._peek() != ":":
                self._fail('":"')
            self._at += 1
            value = self._value()
            items.append(ObjectItem(key, value, key.start, value.end))
            if not self._comma("}"):
                break
        self._at += 1
        return Object(tuple(items), start, self._at)

    def _array(self) -> Tuple:
        start = self._at
        items: list[Expression] = []
        self._at += 1
        while self._peek() != "]":
            items.append(self._value())
            if not self._comma("]"):
                break
        self._at += 1
        return Tuple(tuple(items), start, self._at)

    def _comma(self, closing: str) -> bool:
        """Step over a comma and say that something must follow it; at the closing bracket there is none."""
        following = self._peek()
        if following == closing:
            return False
        if following != ",":
            self._fail(f'"," or "{closing}"')
        self._at += 1
        if self._peek() == closing:
            self._fail("a further member after the comma", hint="JSON allows no comma at the end.")
        return True

    def _key(self) -> tuple[str, Expression]:
        key = self._string()
        return spelt(key, self._text), key

    def _string(self) -> Expression:
        start = self._at
        end = self._end() + 1
        self._at = end
        raw = self._text[start + 1 : end - 1]
        if "\\" in raw:
            return self._escaped(raw, start, end)
        if self._literal or not ("${" in raw or "%{" in raw):
            return Literal(spelling.normal(raw), start, end)
        node = self._template(self._text, start + 1, end - 1)
        if isinstance(node, HclSyntaxError):
            return Malformed(node.message, raw, start, end)
        node.start, node.end = start, end
        return node

    def _escaped(self, raw: str, start: int, end: int) -> Expression:
        """Read a string with escapes: its template is another text, whose offsets have to be led back."""
        text, offsets = _decoded(raw)
        if self._literal or not ("${" in text or "%{" in text):
            return Literal(spelling.normal(text), start, end)
        node = self._template(text, 0, len(text))
        if isinstance(node, HclSyntaxError):
            return Malformed(node.message, text, start, end)
        _move(node, [start + 1 + offset for offset in offsets])
        node.start, node.end = start, end
        return node

    def _template(self, text: str, start: int, end: int) -> Union[Expression, HclSyntaxError]:
        try:
            node, tokens = template_within(text, start, end, max(self._left, 0))
        except HclSyntaxError as error:
            self._charge(end - start)  # it was read at most once, token by token
            return error
        self._charge(tokens)
        return node

    def _end(self) -> int:
        """Return where the quote stands that ends the string which begins here."""
        start, stop, before = self._at, self._at + 1, -1
        while stop != before and (match := _TEXT.match(self._text, stop)):
            before, stop = stop, match.end()
        found = self._text[stop : stop + 1]
        if found == '"':
            return stop
        if found == "\\":
            raise HclSyntaxError(SyntaxProblem(f"unknown escape {self._text[stop : stop + 2]!r}", stop, stop + 2))
        raise HclSyntaxError(SyntaxProblem("the string has no end on its line: expected '\"'", start, stop))

    def _fail(self, expected: str, hint: str = "") -> NoReturn:
        at = self._at
        match = _WORD.match(self._text, at)
        found = match[0] if match else self._text[at : at + 1]
        end = at + max(1, len(found))
        found = f'"{found}"' if found else "the end of the file"
        raise HclSyntaxError(SyntaxProblem(f"expected {expected}, found {found}", at, end, hint))


def twice(name: str, key: Expression) -> SyntaxProblem:
    """Return the problem of a property that has a value already."""
    hint = "Remove one of the two: Terraform refuses the file."
    return SyntaxProblem(f'"{name}" has a value already', key.start, key.end, hint)


def as_written(node: Expression, text: str) -> Expression:
    """Return a value of a document with its strings as they stand, where they were read as templates."""
    if isinstance(node, Tuple):
        return Tuple(tuple([as_written(item, text) for item in node.items]), node.start, node.end)
    if isinstance(node, Object):
        items = [
            ObjectItem(as_written(each.key, text), as_written(each.value, text), each.start, each.end)
            for each in node.items
        ]
        return Object(tuple(items), node.start, node.end)
    if not text.startswith('"', node.start):
        return node
    return Literal(spelling.normal(spelt(node, text)), node.start, node.end)


def spelt(node: Expression, text: str) -> str:
    """Return what stands between the quotes of a string, its escapes resolved."""
    raw = text[node.start + 1 : node.end - 1]
    return _decoded(raw)[0] if "\\" in raw else raw


def _decoded(raw: str) -> tuple[str, list[int]]:
    """Return the text that is spelt with escapes, and for each of its characters (and its end) where that stands."""
    pieces: list[str] = []
    offsets: list[int] = []
    position = 0
    high: Optional[int] = None  # the first half of a pair of surrogates, which is written as a replacement so far
    for match in _ESCAPE.finditer(raw):
        start, end = match.span()
        if start > position:
            pieces.append(raw[position:start])
            offsets.extend(range(position, start))
            high = None
        code = int(match[1], 16) if match[1] else ord(_SHORT.get(match[2], match[2]))
        if high is not None and code in _LOW:
            pieces[-1] = chr(0x10000 + (high - 0xD800) * 0x400 + code - 0xDC00)
            high = None
        else:
            high = code if code in _HIGH else None
            pieces.append("\ufffd" if code in _HIGH or code in _LOW else chr(code))
            offsets.append(start)
        position = end
    pieces.append(raw[position:])
    offsets.extend(range(position, len(raw) + 1))
    return "".join(pieces), offsets


def _move(node: Node, offsets: list[int]) -> None:
    """Set the positions in a tree to where its text really stands. The tree is ours alone still."""
    waiting: list[Union[Node, tuple[object, ...]]] = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Node):
            each.start, each.end = offsets[each.start], offsets[each.end]
            parts = [getattr(each, slot) for slot in type(each).__slots__]
        else:
            parts = list(each)
        waiting.extend(part for part in parts if isinstance(part, (Node, tuple)))
