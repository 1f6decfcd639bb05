"""Bodies of requests as they are kept in files: with parts that somebody has still to fill in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from guardrail.catalog.spelling import snake
from guardrail.frontends.unit import Unit
from guardrail.model.value import OpenMap, Reason, Text, Unknown, Value

NO_REGION: Final = Unknown(Reason.ENVIRONMENT, note="a request goes to the region of whoever sends it")

_EMPTY: Final = Unknown(Reason.TEMPLATE, note="it is left empty, as in a skeleton")
_COUNTS: Final = frozenset({"instance_count", "initial_instance_count"})
_SERVERLESS: Final = frozenset({"serverless_config", "serverless_job_config"})


def region_of(unit: Unit) -> Text:
    """Return the region that a unit is said to be in; no body says it."""
    return unit.region if unit.region is not None else NO_REGION


def filled_in(value: Value) -> Value:
    """
    Return a body in which what a skeleton leaves empty is unknown: machines, and how many of them.

    The API refuses such a request, so somebody fills it in; 0 and empty text are what skeletons have there.
    """
    if isinstance(value, tuple):
        return tuple(map(filled_in, value))
    if not isinstance(value, dict):
        return value
    names = {key: snake(key) for key in value}
    empty = any(name == "instance_type" and value[key] == "" for key, name in names.items())
    found: dict[str, Value] = {}
    for key, name in names.items():
        member = value[key]
        left = (name == "instance_type" and member == "") or (
            name in _COUNTS and (member == "" or (empty and not member))
        )
        if left or (name in _SERVERLESS and _is_empty(member)):
            found[key] = _EMPTY
        else:
            found[key] = filled_in(member)
    return OpenMap(found, value.rest) if isinstance(value, OpenMap) else found


def _is_empty(value: Value) -> bool:
    """Whether a mapping has members, none of which says anything."""
    return isinstance(value, Mapping) and bool(value) and all(one in ("", 0) for one in value.values())
