"""
What reading one tree may take, in all: counted, never timed, so that the same tree is read alike on every machine.

Every file has limits of its own besides. These here keep many files that are each within theirs from adding up. They
are a multiple of what the largest public repositories need that were tried, and a tree within them is read in seconds
and in less than 1 GB, whatever is in it.
"""

from __future__ import annotations

from typing import Final

from guardrail.model.dataclass import dataclass

BYTES: Final = 512 * 1024 * 1024
"""Bytes of YAML and JSON files that are looked into."""

VALUES: Final = 2_000_000
"""Values of documents that are kept (see `documents.VALUES`), and as many of those that turn out to be nothing."""

TOKENS: Final = 2_000_000
"""
Tokens of Terraform files, of which syntax trees are made: some 200 MB, and four seconds.

The largest public repositories that were tried have less than a quarter of it.
"""

STEPS: Final = 3_000_000
"""Steps of evaluating Terraform expressions: each takes a microsecond, and makes some 100 bytes at most."""

RESOURCES: Final = 50_000
"""Resources that are judged one by one."""

DIAGNOSTICS: Final = 20_000
"""Things that are said of Terraform files one by one."""

PARTS: Final = "Judge the repository in parts: name some of its folders as PATHS, or leave files out with `exclude`."
"""What to do about a tree that is too much."""


@dataclass(slots=True)
class Budget:
    """What is left for the rest of a tree."""

    bytes: int = BYTES
    looked: int = VALUES
    values: int = VALUES
    tokens: int = TOKENS
    steps: int = STEPS
    resources: int = RESOURCES
    diagnostics: int = DIAGNOSTICS
