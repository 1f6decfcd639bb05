"""Versions of modules, and the constraints that a call states: `~> 5.0, != 5.3.1`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, Optional, Union

from guardrail.model.dataclass import dataclass
from guardrail.model.pattern import pattern

_VERSION: Final = pattern(
    r"v?(?P<numbers>\d{1,9}(?:\.\d{1,9}){0,3})(?:-(?P<pre>[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?"
)
_TERM: Final = pattern(r"(?P<operator>=|!=|>=|<=|>|<|~>|)\s*(?P<version>\S+)")

_LONGEST: Final = 256
"""How long a constraint or a version may be, in characters."""

Part = tuple[int, Union[int, str]]
"""A part of what follows the dash: numbers come before words."""


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """A version in order: a release comes after its own prereleases."""

    numbers: tuple[int, ...]
    release: bool
    before: tuple[Part, ...]


def version(text: str) -> Optional[Version]:
    """Return the version that a text states, None for anything else."""
    found = _VERSION.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if found is None:
        return None
    numbers = tuple(int(part) for part in found["numbers"].split("."))
    before = tuple(_part(part) for part in found["pre"].split(".")) if found["pre"] else ()
    return Version(numbers + (0,) * (3 - len(numbers)), not before, before)


def _part(text: str) -> Part:
    return (0, int(text)) if text.isdigit() and len(text) < 10 else (1, text)  # noqa: PLR2004 - as for numbers


@dataclass(frozen=True, slots=True)
class Term:
    """One condition. `stated` is how many numbers its version was written with."""

    operator: str
    version: Version
    stated: int

    def allows(self, one: Version) -> bool:
        """Whether a version meets the condition. With `~>` the last number that is stated may rise."""
        if self.operator == "~>":
            fixed = self.stated - 1
            return one >= self.version and one.numbers[:fixed] == self.version.numbers[:fixed]
        if self.operator in ("", "="):
            return one == self.version
        if self.operator == "!=":
            return one != self.version
        if self.operator[0] == ">":
            return one > self.version or (self.operator == ">=" and one == self.version)
        return one < self.version or (self.operator == "<=" and one == self.version)


Constraint = Sequence[Term]


def constraint(text: Optional[str]) -> Optional[Constraint]:
    """Return the terms of a constraint, none for none; None where it cannot be understood."""
    if text is None or not text.strip():
        return ()
    terms: list[Term] = []
    for written in text.split(",") if len(text) <= _LONGEST else ("",):
        found = _TERM.fullmatch(written.strip())
        stated = version(found["version"]) if found else None
        if found is None or stated is None:
            return None
        numbers = re.split(r"[-+]", found["version"])[0].count(".") + 1
        terms.append(Term(found["operator"], stated, numbers))
    return tuple(terms)


def allows(terms: Constraint, one: Version) -> bool:
    """Whether a version meets all terms. Without any, each release does; a prerelease must be named exactly."""
    if not one.release and not any(term.operator in ("", "=") and term.version == one for term in terms):
        return False
    return all(term.allows(one) for term in terms)


def newest(versions: Iterable[str], terms: Constraint) -> Optional[str]:
    """Return the newest of these texts that meets the terms; of equal ones always the same."""
    found = [(one, text) for text in versions if (one := version(text)) is not None and allows(terms, one)]
    return max(found)[1] if found else None
