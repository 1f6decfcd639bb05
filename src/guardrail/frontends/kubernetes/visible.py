"""What may be kept and shown of an object: no values of `env` blocks, no secrets, no copies of either."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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

_MENTION: Final = re.compile(r"[eE]nv|last-applied-configuration")
"""What the text of a document holds where something is to be masked."""


def visible(found: Object) -> Mapping[str, Value]:
    """Return the object as far as it may be shown."""
    value: Mapping[str, Value] = found.value
    for pointer in found.row.hidden if found.row is not None else ():
        value = _without(value, segments(pointer))
    if not _MENTION.search(found.document.text):
        return value
    masked: Mapping[str, Value] = _masked(value)
    return masked


def _without(value: Mapping[str, Value], keys: Sequence[object]) -> Mapping[str, Value]:
    key = str(keys[0])
    if key not in value:
        return value
    kept = {name: member for name, member in value.items() if name != key}
    below = value[key]
    if len(keys) > 1 and isinstance(below, Mapping):
        kept[key] = _without(below, keys[1:])
    return kept


def _masked(value: Value) -> Value:
    if isinstance(value, tuple):
        return tuple(_masked(element) for element in value)
    if not isinstance(value, Mapping):
        return value
    kept = {}
    for key, member in value.items():
        if key in _ENV:
            kept[key] = _variables(member)
        elif key in _TEXTS and member is not None:
            kept[key] = MASK
        else:
            kept[key] = _masked(member)
    return OpenMap(kept, value.rest) if isinstance(value, OpenMap) else kept


def _variables(value: Value) -> Value:
    """Return environment variables by name, without what they are."""
    if isinstance(value, tuple):
        return tuple(_variable(element) for element in value)
    if isinstance(value, Mapping):
        kept = {key: _masked(member) if isinstance(member, Mapping) else MASK for key, member in value.items()}
        return OpenMap(kept, value.rest) if isinstance(value, OpenMap) else kept
    return value if value is None or isinstance(value, bool) else MASK


def _variable(value: Value) -> Value:
    if isinstance(value, Mapping):
        kept = {key: MASK if key in ("value", "default") else _masked(member) for key, member in value.items()}
        return OpenMap(kept, value.rest) if isinstance(value, OpenMap) else kept
    return value if value is None else MASK
