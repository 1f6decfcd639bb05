"""
What people take for one character: a letter with its marks, an emoji of several code points, a line ending.

Terraform counts text in these (Unicode's extended grapheme clusters). The few properties that the standard module
does not know, of emoji and of Korean, are here as ranges.
"""

from __future__ import annotations

from typing import Final
from unicodedata import category

from guardrail.model.pattern import pattern

_SIMPLE: Final = pattern(r"[\x00-\f\x0e-\u02ff]*\Z")
"""Text in which every code point is a character: nothing combines below U+0300, but CR with LF."""

_JOINER: Final = "\u200d"
_MARKS: Final = ("Mn", "Me", "Mc")
_EMOJI: Final = pattern(
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d"
    "\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff]"
)
_HANGUL: Final = {
    "L": pattern("[\u1100-\u115f\ua960-\ua97c]"),
    "V": pattern("[\u1160-\u11a7\ud7b0-\ud7c6]"),
    "T": pattern("[\u11a8-\u11ff\ud7cb-\ud7fb]"),
    "S": pattern("[\uac00-\ud7a3]"),
}
_HANGUL_NEXT: Final = {"L": "LVS", "V": "VT", "S": "VT", "T": "T", "": ""}


def length(text: str) -> int:
    """Return the number of characters."""
    return len(text) if _is_simple(text) else len(clusters(text))


def clusters(text: str) -> list[str]:
    """Return the characters."""
    if _is_simple(text):
        return list(text)
    found: list[str] = []
    begin = 0
    flags = 0  # regional indicators in a row
    for at in range(1, len(text)):
        flags = flags + 1 if _is_flag(text[at - 1]) else 0
        if _boundary(text, begin, at, flags):
            found.append(text[begin:at])
            begin = at
    found.append(text[begin:])
    return found


def _is_simple(text: str) -> bool:
    return "\r" not in text if text.isascii() else _SIMPLE.match(text) is not None


def _boundary(text: str, begin: int, at: int, flags: int) -> bool:
    """Whether a character ends before the code point at `at`; the one that it may belong to begins at `begin`."""
    before, after = text[at - 1], text[at]
    if before == "\r" and after == "\n":
        return False
    if _is_control(before) or _is_control(after):
        return True
    if _extends(after):
        return False
    if after <= "\u02ff":
        return True
    if before == _JOINER and _EMOJI.match(after) and _EMOJI.match(text[begin]):
        return False
    if _is_flag(after):
        return flags % 2 == 0
    return _syllable(after) not in _HANGUL_NEXT[_syllable(before)] if _syllable(after) else True


def _is_control(char: str) -> bool:
    return char not in ("\u200c", _JOINER) and category(char) in ("Cc", "Cf", "Zl", "Zp") and not _is_tag(char)


def _is_tag(char: str) -> bool:
    return "\U000e0020" <= char <= "\U000e007f"


def _extends(char: str) -> bool:
    if char < "\u0300":
        return False
    return (
        category(char) in _MARKS
        or char in (_JOINER, "\u200c", "\uff9e", "\uff9f")
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or _is_tag(char)
    )


def _is_flag(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _syllable(char: str) -> str:
    if char < "\u1100":
        return ""
    return next((kind for kind, letters in _HANGUL.items() if letters.match(char)), "")
