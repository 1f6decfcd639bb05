"""
What an expression that selects devices says of them for certain.

Only comparisons are read that have to hold whatever the others say: those joined by `&&`. An expression of any other
form says nothing, which is never wrong: it can only narrow what is known otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Optional

from guardrail.model.dataclass import dataclass
from guardrail.model.pattern import pattern

_LONGEST: Final = 10 * 1024
"""Characters of an expression, as in Kubernetes."""

_DEEP: Final = 8
"""Parentheses around an expression that are looked into."""


@dataclass(frozen=True, slots=True)
class Stated:
    """An attribute of a device (`driver`: who publishes it) and the texts of which it is one; `domain` is its own."""

    name: str
    domain: str
    values: tuple[str, ...]


_TEXT: Final = r"""(?:"[^"\\\n]*"|'[^'\\\n]*')"""
_MEMBER: Final = rf"""(?:\.\s*(?P<name>\w+)|\[\s*(?P<key>{_TEXT})\s*\])"""
_NAME: Final = rf"""device\s*\.\s*(?:driver|attributes\s*\[\s*(?P<domain>{_TEXT})\s*\]\s*{_MEMBER})"""
_EQUAL: Final = pattern(rf"{_NAME}\s*==\s*(?P<value>{_TEXT})", re.ASCII)
_TURNED: Final = pattern(rf"(?P<value>{_TEXT})\s*==\s*{_NAME}", re.ASCII)
_AMONG: Final = pattern(rf"{_NAME}\s+in\s+\[\s*(?P<value>{_TEXT}(?:\s*,\s*{_TEXT})*)\s*\]", re.ASCII)
_SIGN: Final = pattern(rf"{_TEXT}|&&|\|\||//|[()\[\]{{}}?\"'\\]")
_DOMAIN: Final = pattern(rf"attributes\s*\[\s*({_TEXT})\s*\]")


def stated(expression: str, depth: int = 0) -> Iterator[Stated]:
    """Yield what has to hold of a device that the expression selects."""
    parts = _conjuncts(expression.strip()) if len(expression) <= _LONGEST else None
    for part in parts or ():
        for form in (_EQUAL, _TURNED, _AMONG):
            found = form.fullmatch(part)
            if found is not None:
                values = tuple(text[1:-1] for text in re.findall(_TEXT, found["value"]))
                name = found["name"] or (found["key"] or '"driver"')[1:-1]
                yield Stated(name, (found["domain"] or '""')[1:-1], values)
        if len(part) > 1 and part[0] == "(" and part[-1] == ")" and depth < _DEEP:
            yield from stated(part[1:-1], depth + 1)


def domains(expression: str) -> tuple[str, ...]:
    """Return the domains of attributes that the expression speaks of, in any way."""
    return tuple(dict.fromkeys(found[1][1:-1] for found in _DOMAIN.finditer(expression[:_LONGEST])))


def _conjuncts(expression: str) -> Optional[list[str]]:
    """Return what is joined by `&&` outside of brackets, None where that does not say what has to hold."""
    parts: list[str] = []
    start = depth = 0
    if '"""' in expression or "'''" in expression:
        return None  # a text with quotes inside
    for found in _SIGN.finditer(expression):
        sign = found.group()
        if sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
            if depth < 0:
                return None
        elif sign in ('"', "'", "\\", "//") or (depth == 0 and sign in ("||", "?")):
            return None  # texts of another form, comments, alternatives
        elif sign == "&&" and depth == 0:
            parts.append(expression[start : found.start()].strip())
            start = found.end()
    parts.append(expression[start:].strip())
    return parts if depth == 0 else None
