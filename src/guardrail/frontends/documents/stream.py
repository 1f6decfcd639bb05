"""What a text gives, be it YAML or JSON: documents, and what is wrong with them, within limits."""

from __future__ import annotations

from dataclasses import field
from typing import Final

from guardrail.model.dataclass import dataclass
from guardrail.model.value import Value

DEPTH: Final = 128
"""Nested collections. Kubernetes' deepest schemas have some 40 levels."""

VALUES: Final = 500_000
"""
How many values one file may have, keys and collections counted too: some 50 MB, and a second.

The largest manifest of the public repositories that were tried has 17,000. What takes as much memory as several plain
values counts as so many: `DOCUMENT`, `MARKED`, and text by its length (`weight`).
"""

DOCUMENT: Final = 10
"""What a document, or a stretch without one, counts as."""

MARKED: Final = 4
"""What an anchor, or a string that a template fills in, counts as besides."""


class Refused(Exception):  # noqa: N818 - not an error of ours: a verdict on one document
    """A document that is well formed and is not read, and why. `index` is the offset in code points."""

    def __init__(self, code: str, message: str, index: int) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.index = index


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to say of a document that is read all the same. `index` is an offset in code points."""

    code: str
    message: str
    index: int


@dataclass(frozen=True, slots=True)
class Built:
    """One document: its value, where it begins, and whether a tag of another tool (`!Ref`) occurs in it."""

    value: Value
    index: int
    foreign: bool


def too_many(index: int, most: int = VALUES) -> Refused:
    """Return why a file is not read on: it has more values than it may, or than are left."""
    if most >= VALUES:
        return Refused("limit-values", f"a file of more than {VALUES:,} values; split it", index)
    message = "the files that were read before hold as many values as one run may, and no more are read"
    return Refused("limit-run", message, index)


def too_deep(index: int) -> Refused:
    """Return why a document is not read on."""
    return Refused("limit-depth", f"nests deeper than {DEPTH} levels", index)


_SHOWN: Final = 80
"""Characters of a key that are repeated."""

TWICE: Final = "the key {} stands here twice; the last one counts"

PROBLEMS: Final = 50
"""Problems of one text that are told; of more, the first."""


@dataclass(slots=True)
class Stream:
    """
    What a text gives: filled as it is read, so that a break leaves what came before it.

    `left` is how many values it may still have, counted down from `most`.
    """

    most: int = VALUES
    left: int = VALUES
    built: list[Built] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def charge(self, values: int, index: int) -> None:
        """Count values of the text up to here, or refuse to read on."""
        self.left -= values
        if self.left < 0:
            raise too_many(index, self.most)

    def doubled(self, form: str, name: str, index: int) -> None:
        """Say that a key stands twice. The name takes the place of `{}` in the message."""
        if len(self.problems) < PROBLEMS:
            self.problems.append(Problem("duplicate-key", form.format(repr(name[:_SHOWN])), index))
