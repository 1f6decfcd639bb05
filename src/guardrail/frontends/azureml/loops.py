"""Loops of a pipeline: nodes that run another step several times, one after the other or side by side."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from guardrail.model.value import Unknown, Value

LOOPS: Final = frozenset({"do_while", "parallel_for", "if_else"})
"""Types of nodes that run nothing themselves. What a condition leads to is judged as if it ran."""

_BODY: Final = re.compile(r"\s*\$\{\{\s*parent\.jobs\.([A-Za-z0-9_-]+)\s*\}\}\s*")


def loops(jobs: Mapping[str, Value]) -> Mapping[str, Mapping[str, Value]]:
    """Return the loops around each step, by its name and then the type of the loop: at most one of a type."""
    found: dict[str, dict[str, Value]] = {}
    for node in jobs.values():
        kind = node.get("type") if isinstance(node, Mapping) else None
        if not isinstance(kind, str) or kind.lower() not in LOOPS:
            continue
        match = _BODY.fullmatch(_written(node.get("body")))
        if match is not None:
            found.setdefault(match[1], {})[kind.lower()] = {key: one for key, one in node.items() if key != "body"}
    return found


def _written(value: Value) -> str:
    return value.written if isinstance(value, Unknown) else value if isinstance(value, str) else ""
