"""
What reading one tree may take, in all: counted, never timed, so that the same tree is read alike on every machine.

Every file has limits of its own besides. These here keep many files that are each within theirs from adding up. They
are a multiple of what the largest public repositories need that were tried, and a tree within them is read in seconds
and in less than 1 GB, whatever is in it.
"""

from __future__ import annotations

from dataclasses import field
from typing import Any, Final

from guardrail.model.dataclass import dataclass

BYTES: Final = 256 * 1024 * 1024
"""Bytes of YAML and JSON files that are looked into."""

VALUES: Final = 1_500_000
"""
Values of documents that are kept (see `documents.VALUES`), and as many of those that turn out to be nothing.

The largest public repository that was tried has 250,000.
"""

TOKENS: Final = 2_000_000
"""
Tokens of Terraform files, of which syntax trees are made: some 200 MB, and four seconds.

The largest public repositories that were tried have less than a quarter of it.
"""

TEXTS: Final = 64 * 1024 * 1024
"""
Bytes of Terraform files that are opened: comments and blanks are no tokens, and take their time all the same.

16,773 files of public repositories have 30 MB.
"""

STEPS: Final = 4_000_000
"""Steps of evaluating Terraform expressions: each takes a microsecond, and makes some 100 bytes at most."""

RESOURCES: Final = 45_000
"""Resources that are judged one by one: base and head together, all of them changed, take 900 MB."""

ROOM: Final = 200
"""Resources that a unit may have of a reserve where the others took all."""

DIAGNOSTICS: Final = 20_000
"""Things that are said of Terraform files one by one."""

SMALL: Final = 16 * 1024
"""Bytes of a small file: it has a reserve that large ones cannot use up, half as much again as all have."""

SHARE: Final = 2_000
"""Steps that a root may take of a reserve where the others took all: more than most roots need."""

PARTS: Final = "Judge the repository in parts: name some of its folders as PATHS, or leave files out with `exclude`."
"""What to do about a tree that is too much."""


def weight(text: str) -> int:
    """Return as how many values or tokens a text counts that is kept: 1 for each 64 bytes of it, about."""
    return len(text) >> (6 if text.isascii() else 4)


@dataclass(slots=True)
class Pool:
    """What files may take in all, and a reserve for small ones."""

    left: int
    reserve: int

    @classmethod
    def of(cls, amount: int) -> Pool:
        """Return a pool with its reserve."""
        return cls(amount, amount // 2)

    def most(self, size: int) -> int:
        """Return how much a file of so many bytes may take, 0 if nothing."""
        return max(self.left, self.reserve if size <= SMALL else 0, 0)

    def take(self, amount: int, size: int) -> bool:
        """Take it for a file of so many bytes. False where there is less; then nothing of that part is left."""
        if amount <= self.left:
            self.left -= amount
        elif size > SMALL:
            self.left = 0
            return False
        elif amount <= self.reserve:
            self.reserve -= amount
        else:
            self.reserve = 0
            return False
        return True


@dataclass(slots=True)
class Budget:
    """What is left for the rest of a tree. `kept` are documents, by content, that several units rest on."""

    bytes: int = BYTES
    looked: Pool = field(default_factory=lambda: Pool.of(VALUES))
    values: Pool = field(default_factory=lambda: Pool.of(VALUES))
    tokens: Pool = field(default_factory=lambda: Pool.of(TOKENS))
    texts: Pool = field(default_factory=lambda: Pool.of(TEXTS))
    steps: int = STEPS
    reserve: int = STEPS // 3
    resources: int = RESOURCES
    spare: int = RESOURCES // 5
    diagnostics: int = DIAGNOSTICS
    kept: dict[str, Any] = field(default_factory=dict)

    def share(self, most: int) -> int:
        """
        Return how many steps a root may take, 0 if none.

        That is no more than half of what is left, so that no root uses up those of all others, or a few of the
        reserve.
        """
        return max(min(most, self.steps // 2), min(SHARE, self.reserve))

    def spend(self, steps: int) -> None:
        """Take the steps that a root took."""
        if steps <= self.steps:
            self.steps -= steps
        else:
            self.reserve = max(self.reserve - steps, 0)

    def room(self) -> int:
        """Return how many resources a unit may have, 0 if none."""
        return max(self.resources, min(ROOM, self.spare))

    def fill(self, number: int) -> None:
        """Take room for the resources of a unit."""
        if number <= self.resources:
            self.resources -= number
        else:
            self.spare = max(self.spare - number, 0)
