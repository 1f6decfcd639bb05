"""What can go wrong, and with which exit code guardrail ends."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Optional

from guardrail.model.place import Place


class Exit(IntEnum):
    """The documented table of exit codes."""

    PASS = 0
    BLOCK = 1  # an introduced finding blocks
    UNJUDGED = 2  # nothing was judged: usage, configuration, a revision that cannot be resolved
    ERROR = 3  # nothing blocks, but not all of the work could be done
    BUG = 70  # a bug in guardrail (EX_SOFTWARE)


class GuardrailError(Exception):
    """Anything that guardrail says about its input or its surroundings; never a bug. `hint` says what to do next."""

    def __init__(self, message: str, *, place: Optional[Place] = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.hint = hint

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.message}"


class UsageError(GuardrailError):
    """Nothing can be judged with these arguments."""


class ConfigError(GuardrailError):
    """The configuration is wrong; nothing is judged before it is right."""


class SourceError(GuardrailError):
    """
    A tree, a revision or a file of one cannot be read.

    `code` is stable (`sources.tree` lists those of files); `content` is the blob id of a file that is there but
    cannot be used, so that base and head can be compared.
    """

    def __init__(
        self, message: str, *, code: str, content: str = "", place: Optional[Place] = None, hint: str = ""
    ) -> None:
        super().__init__(message, place=place, hint=hint)
        self.code = code
        self.content = content


def closest(word: str, known: Iterable[str], *, most: int = 1, likeness: float = 0.6) -> list[str]:
    """Return what may have been meant by a word that is not known, the likeliest first: so many, at least so alike."""
    from difflib import get_close_matches

    return get_close_matches(word, list(known), most, likeness)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the end of a message about a word that is not known; empty where nothing known is like it."""
    close = closest(word, known)
    return f', did you mean "{close[0]}"?' if close else ""
