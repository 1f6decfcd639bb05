"""A thing that is wrong with a price."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from guardrail.model.dataclass import dataclass
from guardrail.pricing.rows import Key, Row

Winners = Mapping[Key, Row]
"""The row of each key that counts."""

WINDOWS: Final = ("0.0454", "0.0466")
"""What a Windows licence adds to the hour of a vCPU, as a range around 0.046: EC2, Compute Engine and Azure alike."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """`check` is the name of the trap."""

    check: str
    message: str
    refuses: bool = True


def against(check: str, row: Row, other: object, why: str, *, refuses: bool = True) -> Problem:
    """Return the problem that a row has with another one, or with a figure that it cannot be beside."""
    return Problem(check, f"{row}, against {other}: {why}", refuses)


def more_than_a_year(older: str, newer: str) -> bool:
    """Whether a year lies between two dates. Where only the year is known, the earliest day counts."""
    year, rest = older[:4] or "0", older[4:] or "-01-01"
    return f"{int(year) + 1:04}{rest}" < newer
