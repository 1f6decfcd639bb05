"""By what a word of a YAML or JSON file may be written so that a search for it finds nothing."""

from __future__ import annotations

import re
from typing import Final

DISGUISES: Final = (b"\\x", b"\\u", b"\\U", b"\\\n", b"\\\r", b"!!", b"!<", b"%TAG", b"\0")
"""
One of these is in whatever hides a word.

That are escapes, a line that goes on, a tag (`!!binary` is base64), in each of the ways in which tags are written, and
characters of two or four bytes.
"""

_ESCAPE: Final = re.compile(rb"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|\r?\n[ \t]*)")


def disguised(data: bytes) -> bool:
    """Whether words may be in a file that a search does not find."""
    return any(one in data for one in DISGUISES)


def undisguised(data: bytes) -> bytes:
    """Return a text with its escapes put as what they stand for, and two bytes for a character as one."""
    return _ESCAPE.sub(_meant, data.replace(b"\0", b""))


def _meant(found: re.Match[bytes]) -> bytes:
    digits = next((one for one in found.groups() if one), None)
    number = int(digits, 16) if digits else 0
    return bytes([number]) if 0 < number < 128 else b""  # noqa: PLR2004 - ASCII, in which all words are
