"""What may be kept and shown of an object: no values of `env` blocks, no secrets, no copies of either."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from operator import is_
from typing import Final

from guardrail.frontends.kubernetes.objects import Object
from guardrail.frontends.kubernetes.reading import segments
from guardrail.model.value import OpenMap, Value

MASK: Final = "(not shown)"

_ENV: Final = frozenset(
    {"env", "envs", "envVars", "env_vars", "extraEnv", "extraEnvVars", "environment", "environmentVariables"}
)
"""Keys whose values are environment variables: a list of name and value, or a mapping."""

_TEXTS: Final = frozenset({"runtimeEnvYAML", "kubectl.kubernetes.io/last-applied-configuration"})
"""Text that holds a document of its own, with environment or secrets in it."""

_SECRET: Final = frozenset({"data", "stringData"})
"""Keys of a Secret inside another object that are left out."""

_MENTION: Final = re.compile(r"[eE]nv|last-applied-configuration|Secret")
"""What the text of a document holds where something is to be masked."""


def visible(found: Object) -> Mapping[str, Value]:
    """Return the object as far as it may be shown."""
    value: Mapping[str, Value] = found.value
    for pointer in found.row.hidden if found.row is not None else ():
        value = _without(value, segments(pointer))
    if not found.may_hold(_MENTION):
        return value
    masked: Mapping[str, Value] = _masked(value)
    return masked


def _without(value: Mapping[str, Value], keys: Sequence[object]) -> Mapping[str, Value]:
    key = str(keys[0])
    if key not in value:
        return value
    kept = {name: member for name, member in value.items() if name != key}
    below = value[key]
    if len(keys) > 1 and isinstance(below, dict):
        kept[key] = _without(below, keys[1:])
    return kept


def _masked(value: Value) -> Value:
    """Return a value without what must not be shown: itself, where there is nothing of that in it."""
    if isinstance(value, tuple):
        elements = tuple(map(_masked, value))
        return value if all(map(is_, elements, value)) else elements
    if not isinstance(value, dict):
        return value
    if value.get("kind") == "Secret" and not _SECRET.isdisjoint(value):
        value = {key: member for key, member in value.items() if key not in _SECRET}
    changed: dict[str, Value] = {}
    for key, member in value.items():
        if key in _ENV:
            changed[key] = _variables(member)
        elif key in _TEXTS and member is not None:
            changed[key] = MASK
        elif isinstance(member, (dict, tuple)):
            inside = _masked(member)
            if inside is not member:
                changed[key] = inside
    if not changed:
        return value
    kept = {**value, **changed}
    return OpenMap(kept, value.rest) if isinstance(value, OpenMap) else kept


def _variables(value: Value) -> Value:
    """Return environment variables by name, without what they are."""
    if isinstance(value, tuple):
        return tuple(_variable(element) for element in value)
    if isinstance(value, dict):
        kept = {key: _masked(member) if isinstance(member, dict) else MASK for key, member in value.items()}
        return OpenMap(kept, value.rest) if isinstance(value, OpenMap) else kept
    return value if value is None or isinstance(value, bool) else MASK


def _variable(value: Value) -> Value:
    if isinstance(value, dict):
        kept = {key: MASK if key in ("value", "default") else _masked(member) for key, member in value.items()}
        return OpenMap(kept, value.rest) if isinstance(value, OpenMap) else kept
    return value if value is None else MASK
