"""Where something stands in a file."""

from __future__ import annotations

from typing import Final

from guardrail.model.dataclass import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """
    A stretch of text.

    `file` is relative to the repository root, with `/`. Lines and columns count from 1, columns in
    code points; `end_column` is exclusive. Line 0 says that only the file is known.
    """

    file: str
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0

    def __str__(self) -> str:
        """Return `file:line:column`, as far as it is known."""
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}" if self.column else f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Step:
    """
    One line of a provenance: where a value was written, or handed on.

    `value` is what it was there, `UNSAID` where that is not known or must not be shown. `decides` says that it is no
    origin of the value, but has a say in which one it is: the test of a conditional, the key of a map.
    """

    place: Place
    text: str
    value: object
    decides: bool = False


class _Unsaid:
    """The type of `UNSAID`: None is a value that configuration can hold."""

    def __repr__(self) -> str:
        return "UNSAID"


UNSAID = _Unsaid()

SENSITIVE: Final = "(sensitive)"
"""What stands where a value must not be shown."""
