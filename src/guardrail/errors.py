"""What can go wrong, and with which exit code guardrail ends."""

from __future__ import annotations

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
