"""
Whether what is not known of a resource is among what a policy rests on.

A pattern is a pointer in which `*` is any key and `{keys}` each key that the parameter `keys` lists. `deep` says that
everything below counts too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Optional

from guardrail.model.dataclass import dataclass
from guardrail.model.path import segments
from guardrail.policy.model import ANY, Pattern
from guardrail.policy.plain import Cause, Seen


@dataclass(frozen=True, slots=True)
class Bound:
    """A pattern with the keys of a unit's parameters in place. A segment that is None is any key."""

    path: tuple[Optional[frozenset[str]], ...]
    deep: bool
    folded: frozenset[int]


def bind(pattern: Pattern, params: Mapping[str, Any]) -> Optional[Bound]:
    """Return a pattern for a unit; None where the parameter lists nothing, so that nothing is read."""
    path: list[Optional[frozenset[str]]] = []
    folded: set[int] = set()
    for index, segment in enumerate(pattern.path):
        if segment == ANY:
            path.append(None)
        elif segment[:1] == "{":
            name, _, flag = segment[1:-1].partition(":")
            keys = frozenset(str(key).lower() if flag else str(key) for key in params.get(name, ()))
            if not keys:
                return None
            if flag:
                folded.add(index)
            path.append(keys)
        else:
            path.append(frozenset({segment}))
    return Bound(tuple(path), pattern.deep, frozenset(folded))


def concerns(bound: Bound, path: str, cause: Cause, seen: Seen) -> bool:
    """Whether what is not known at a path may change what is read by a pattern."""
    given = _split(path)
    for index, (wanted, key) in enumerate(zip(bound.path, given, strict=False)):
        if wanted is not None and (key.lower() if index in bound.folded else key) not in wanted:
            return False
    if len(given) > len(bound.path):
        return bound.deep
    if not cause.open:
        return True
    if len(given) == len(bound.path):
        return bound.deep
    wanted = bound.path[len(given)]
    return wanted is None or not wanted <= _present(seen.json, given, fold=len(given) in bound.folded)


_split = lru_cache(10_000)(segments)


def _present(value: Any, path: Iterable[str], *, fold: bool) -> frozenset[str]:
    for key in path:
        value = value.get(key, {}) if isinstance(value, dict) else {}
    return frozenset(key.lower() if fold else key for key in value) if isinstance(value, dict) else frozenset()
