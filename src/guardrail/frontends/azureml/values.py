"""Values of Azure ML: names of computes, and expressions that name the inputs of a job."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Optional

from guardrail.model.value import OpenMap, Reason, Unknown, Value

_INPUT: Final = re.compile(r"\s*\$\{\{\s*(parent\.)?inputs\.([A-Za-z0-9_-]+)\s*\}\}\s*")
_EXPRESSION: Final = re.compile(r"\s*\$\{\{.*\}\}\s*")
_REFERENCE: Final = "azureml:"
_RESOURCE: Final = "/computes/"


def compute(value: Value) -> Value:
    """Return the name of a compute: `gpu` of `azureml:gpu`, and of a resource's id. What is no text stays."""
    if not isinstance(value, str):
        return value
    name = value.strip().removeprefix(_REFERENCE).strip()
    return name.rpartition(_RESOURCE)[2] if _RESOURCE in name else name


def inputs(stated: Value) -> Mapping[str, Value]:
    """
    Return the inputs of a job or a component by name, as far as they are plain values.

    One is written as a value, or with its type and a value, a default or a path.
    """
    if not isinstance(stated, Mapping):
        return {}
    found = {name: _plain(one) for name, one in stated.items()}
    return {name: value for name, value in found.items() if value is not None}


def _plain(value: Value) -> Value:
    if not isinstance(value, Mapping):
        return value
    return next((value[key] for key in ("value", "default", "path") if value.get(key) is not None), None)


def resolved(value: Value, own: Mapping[str, Value], parent: Mapping[str, Value]) -> Value:
    """
    Return a value with every expression that is an input replaced by what it is; others stay unknown.

    `own` are the inputs of what the value belongs to, `parent` those of the pipeline around it.
    """
    if isinstance(value, Unknown):
        return _expression(value, own, parent)
    if isinstance(value, OpenMap):
        return OpenMap({key: resolved(member, own, parent) for key, member in value.items()}, value.rest)
    if isinstance(value, Mapping):
        return {key: resolved(member, own, parent) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return tuple(resolved(member, own, parent) for member in value)
    return value


def _expression(unknown: Unknown, own: Mapping[str, Value], parent: Mapping[str, Value]) -> Value:
    match = _INPUT.fullmatch(unknown.written)
    if match is None:
        if _EXPRESSION.fullmatch(unknown.written):
            note = f"{unknown.written.strip()!r} is told when the job runs"
            return Unknown(unknown.reason, note=note, written=unknown.written)
        return unknown
    known = parent if match[1] else own
    if match[2] in known:
        return known[match[2]]
    return Unknown(Reason.VARIABLE, note=f"input {match[2]} has no value", written=unknown.written)


def opened(value: Optional[Value], why: Unknown) -> OpenMap:
    """Return a mapping that may hold more than is written in it."""
    return OpenMap(value if isinstance(value, Mapping) else {}, why)
