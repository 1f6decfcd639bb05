"""Plain values as they are written in HCL and in its JSON syntax. One value has one spelling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final, Union

from guardrail.frontends.terraform.functions.graphemes import length
from guardrail.frontends.terraform.syntax import spelling
from guardrail.frontends.terraform.values import number_text

Plain = Union[None, bool, int, Decimal, str, Sequence["Plain"], Mapping[str, "Plain"]]
"""A value that can be written: no `Unknown` anywhere in it, and no float, which would not be exact."""

DEPTH: Final = 50
"""How deep a value may nest that is written."""

SIZE: Final = 64 * 1024
"""The most characters that are written for one value."""

INDENT: Final = "  "
_SHORT: Final = {"\n": r"\n", "\r": r"\r", "\t": r"\t", '"': r"\"", "\\": r"\\"}
_WORDS: Final = frozenset({"for", "null", "true", "false"})
_BMP: Final = 0xFFFF


class UnwritableError(Exception):
    """A value that cannot be written, or that would be read back as another one."""


def native(value: Plain, *, lines: bool = False, indent: str = "", newline: str = "\n") -> str:
    """
    Return a value in native syntax, formatted as `terraform fmt` does it.

    With `lines`, what has members has them on lines of their own; `indent` is that of the line where the value begins.
    """
    return _fitting(_native(value, 0, lines, indent, newline))


def json(value: Plain, *, template: bool, lines: bool = False, indent: str = "", newline: str = "\n") -> str:
    """Return a value in JSON syntax; `template` says that strings are templates, as in all but values of variables."""
    return _fitting(_json(value, 0, template, (lines, indent, newline)))


def _fitting(text: str) -> str:
    if len(text) > SIZE:
        raise UnwritableError(f"the value takes more than {SIZE:,} characters")
    return text


def quoted(text: str) -> str:
    """Return a string in native syntax, with all that would mean something else escaped."""
    return f'"{_doubled("".join(map(_native_character, _written(text))))}"'


def key(text: str, *, in_quotes: bool = False) -> str:
    """Return the key of an object in native syntax: a name, else a string."""
    bare = text.isascii() and spelling.is_name(text) and text not in _WORDS
    return text if bare and not in_quotes else quoted(text)


def json_string(text: str, *, template: bool) -> str:
    """Return a string in JSON."""
    if template and (text.startswith("\ufeff") or ("\r" in text and ("${" in text or "%{" in text))):
        raise UnwritableError(
            "Terraform reads such a text in JSON, with a byte order mark or a return in it, as another"
        )
    escaped = "".join(map(_json_character, _written(text)))
    return f'"{_doubled(escaped) if template else escaped}"'


def _native(value: Plain, depth: int, lines: bool, indent: str, newline: str) -> str:
    if depth > DEPTH:
        raise UnwritableError(f"the value is nested deeper than {DEPTH} levels")
    if isinstance(value, Mapping):
        return _native_object(value, depth, lines, indent, newline)
    if isinstance(value, (list, tuple)):
        inner = indent + INDENT
        items = [_native(each, depth + 1, lines, inner, newline) for each in value]
        if not lines or not items:
            return f"[{', '.join(items)}]"
        return f"[{newline}{''.join(f'{inner}{item},{newline}' for item in items)}{indent}]"
    return quoted(value) if isinstance(value, str) else _scalar(value)


def _native_object(value: Mapping[str, Plain], depth: int, lines: bool, indent: str, newline: str) -> str:
    inner = indent + INDENT
    items = [(key(_named(name)), _native(each, depth + 1, lines, inner, newline)) for name, each in value.items()]
    if not items:
        return "{}"
    if not lines:
        return f"{{ {', '.join(f'{name} = {text}' for name, text in items)} }}"
    rows: list[str] = []
    run: list[tuple[str, str]] = []
    for name, text in items:  # what takes several lines is not aligned with its neighbours
        if newline in text:
            rows += [*_aligned(run), f"{name} = {text}"]
            run = []
        else:
            run.append((name, text))
    rows += _aligned(run)
    return f"{{{newline}{''.join(f'{inner}{row}{newline}' for row in rows)}{indent}}}"


def _aligned(run: Sequence[tuple[str, str]]) -> list[str]:
    widest = max((length(name) for name, _ in run), default=0)
    return [f"{name}{' ' * (widest - length(name))} = {text}" for name, text in run]


def _json(value: Plain, depth: int, template: bool, layout: tuple[bool, str, str]) -> str:
    if depth > DEPTH:
        raise UnwritableError(f"the value is nested deeper than {DEPTH} levels")
    lines, indent, newline = layout
    inner = indent + INDENT
    below = (lines, inner, newline)
    if isinstance(value, Mapping):
        opening, closing = "{", "}"
        items = [
            f"{json_string(_named(name), template=template)}: {_json(each, depth + 1, template, below)}"
            for name, each in value.items()
        ]
    elif isinstance(value, (list, tuple)):
        opening, closing = "[", "]"
        items = [_json(each, depth + 1, template, below) for each in value]
    else:
        return json_string(value, template=template) if isinstance(value, str) else _scalar(value)
    if not items or not lines:
        return f"{opening}{', '.join(items)}{closing}"
    return f"{opening}{newline}{inner}{f',{newline}{inner}'.join(items)}{newline}{indent}{closing}"


def _scalar(value: object) -> str:
    """Return null, a truth value or a number. Anything else is no plain value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) < 10**spelling.DIGITS:
        return str(value)
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < spelling.DIGITS:
        text = number_text(value)
        if spelling.number(text.lstrip("-")) is not None:
            return "0" if not value else text
    kind = "number with so many digits" if isinstance(value, (int, Decimal)) else type(value).__name__
    raise UnwritableError(f"a {kind} cannot be written")


def _named(name: object) -> str:
    if not isinstance(name, str):
        raise UnwritableError(f"a key is a text, and no {type(name).__name__}")
    return name


def _written(text: str) -> str:
    """Return a text, if it is read back as it is."""
    _fitting(text)
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise UnwritableError("the text has half a character, which no file in UTF-8 can have")
    if spelling.normal(text) != text:
        raise UnwritableError("the text is not in Unicode's normal form (NFC), which Terraform reads it in")
    return text


def _doubled(text: str) -> str:
    """Return a text in which nothing opens an interpolation or a directive."""
    return text.replace("${", "$${").replace("%{", "%%{")


def _native_character(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code <= _BMP else f"\\U{code:08x}"


def _json_character(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    if character.isprintable():
        return character
    pair = character.encode("utf-16-be")
    return "".join(f"\\u{pair[at : at + 2].hex()}" for at in range(0, len(pair), 2))
