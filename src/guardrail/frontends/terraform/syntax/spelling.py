"""How names, escapes and numbers are spelt."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Final, Optional, Union

from guardrail.model.pattern import pattern

DIGITS: Final = 200
"""The most digits of a number, before and after the point together."""

SPACE: Final = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
"""White space as Unicode defines it; Python's `strip` also takes four control characters for blank."""

QUOTED_TEXT: Final = re.compile(
    r"""(?:[^"\\$%\r\n]+|\\(?:[nrt"\\]|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})|\$\$\{|%%\{|[$%](?!\{)){1,1000}"""
)
"""Literal text between quotes, as far as one match goes."""

HEREDOC_TEXT: Final = re.compile(r"(?:[^$%\n]+|\$\$\{|%%\{|[$%](?!\{)){1,1000}")
"""Literal text within one line of a heredoc."""

BARE_TEXT: Final = re.compile(r"(?:[^$%]+|\$\$\{|%%\{|[$%](?!\{)){1,1000}")
"""Literal text of a template file."""

_NUMBER: Final = pattern(r"[0-9]+(?:\.[0-9]*)?(?:[eE]([+-]?[0-9]+))?")
_ESCAPE: Final = re.compile(r'\\(?:([nrt"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))|(\$\$\{|%%\{)')
_DOUBLED: Final = re.compile(r"\$\$\{|%%\{")
_PAIR: Final = re.compile(r"\$\$\{?|%%\{?")
_SHORT: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_EXPONENTS: Final = range(-(2**31), 2**31 - 1)
"""With any other exponent Terraform takes it for no number."""

_SURROGATES: Final = range(0xD800, 0xE000)
_LAST_CODE_POINT: Final = 0x10FFFF


def is_name(text: str) -> bool:
    """Whether it is an identifier: a letter or underscore, then letters, digits, marks, underscores and dashes."""
    if text.isascii():
        return text.isidentifier() or (text.replace("-", "_").isidentifier() and not text.startswith("-"))
    return stray(text) is None


def stray(text: str) -> Optional[int]:
    """Return where the first character stands that an identifier does not have there, None if there is none."""
    from guardrail.frontends.terraform.syntax import letters  # few texts have such names

    if not text:
        return 0
    first = text[0]
    if not ((first.isascii() and (first.isalpha() or first == "_")) or letters.is_letter(first)):
        return 0
    strangers = [
        each
        for each in set(text)
        if not (each.isalnum() or each in "_-" if each.isascii() else letters.is_letter(each) or letters.is_mark(each))
    ]
    return min(map(text.index, strangers), default=None)


def normal(text: str) -> str:
    """Return a string in the one spelling that all values have (Unicode NFC)."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def unescape_quoted(text: str) -> Optional[str]:
    """Return what the text between quotes stands for; None if it names a character that does not exist."""
    try:
        return _ESCAPE.sub(_escaped, text) if "\\" in text or "{" in text else text
    except ValueError:
        return None


def unescape_heredoc(text: str) -> str:
    """Return what a heredoc's text stands for: only the doubled introducers are escapes there."""
    return _DOUBLED.sub(_halved, text) if "{" in text else text


def unescape_pairs(text: str) -> str:
    """Return what text stands for in which introducers begin nothing, doubled or not: they are told pair by pair."""
    return _PAIR.sub(lambda match: match[0][1:] if match[0].endswith("{") else match[0], text)


def _escaped(match: re.Match[str]) -> str:
    short, four, eight, doubled = match.groups()
    if short:
        return _SHORT[short]
    if doubled:
        return str(doubled[1:])
    code = int(four or eight, 16)
    if code in _SURROGATES or code > _LAST_CODE_POINT:
        raise ValueError(code)
    return chr(code)


def _halved(match: re.Match[str]) -> str:
    return match[0][1:]


def is_number(text: str) -> bool:
    """Whether digits, points and exponents, as they follow each other, make one number."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        return False
    exponent = match[1] or "0"
    return len(exponent) < DIGITS and int(exponent) in _EXPONENTS


def number(text: str) -> Union[int, Decimal, None]:
    """Return the number that is spelt, None if it has too many digits to be worked with."""
    if len(text) <= DIGITS and text.isdigit():
        return int(text)
    if len(text) > 2 * DIGITS:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:  # an exponent beyond all measure
        return None
    if not value:
        return 0
    if abs(value.adjusted()) > DIGITS or len(value.as_tuple().digits) > DIGITS:
        return None
    return int(value) if value == value.to_integral_value() else value
