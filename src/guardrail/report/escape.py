"""
Text from input, made harmless for where it is printed.

Names, tags and lines of files are written by whoever opens the pull request. In a terminal, control characters move
the cursor and right-to-left marks swap words; in the log of a CI runner a line that begins with `::` and any
`##[` is a command. What is taken away stays visible.
"""

from __future__ import annotations

import re
from typing import Final

from guardrail.model.pattern import pattern

_COMMAND_INSIDE: Final = pattern(r"##(?=\[|vso\[)", re.IGNORECASE)
_COMMAND_AHEAD: Final = re.compile(r"\A(\s*):(?=:)")


def escape(text: str) -> str:
    r"""
    Return text that holds one line of printable characters and no command of a runner.

    Control, format (bidirectional, zero width) and separator characters, lone surrogates, and what is no character
    are written as their escapes (`\n`, `\x1b`, `\u202e`). Doing it twice changes nothing.
    """
    if not text.isprintable():
        text = "".join(one if one.isprintable() else _visible(one) for one in text)
    if "##" in text:
        text = _COMMAND_INSIDE.sub("# #", text)
    return _COMMAND_AHEAD.sub(r"\1: ", text) if "::" in text else text


def escape_json(text: str) -> str:
    """Return JSON text that means the same and holds no command of a runner; `##` can only stand inside strings."""
    return text.replace("##", "#\\u0023")


def _visible(one: str) -> str:
    if one == "\t":
        return " "
    return one.encode("unicode_escape").decode("ascii")
