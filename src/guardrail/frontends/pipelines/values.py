"""
What parameters are: placeholders in texts, and whole messages in texts.

A placeholder (`{{$.inputs.parameters['x']}}`) is filled in when the pipeline runs, with what the task is given.
https://www.kubeflow.org/docs/components/pipelines/concepts/ir-yaml/
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, Optional

from guardrail.frontends.pipelines.members import Written
from guardrail.model.value import OpenMap, Reason, Unknown, Value

Scope = Mapping[str, Written]
"""The parameters of a task by name, with where each is written."""

_PLACEHOLDER: Final = re.compile(r"\{\{\$[^{}]{0,300}\}\}")
_PARAMETER: Final = re.compile(
    r"""\{\{\$\.inputs\.parameters\[\\*['"]([^'"\\\]]{1,200})\\*['"]\](?:\.json_escape\[\d\])?\}\}"""
)
_STARTS: Final = "{{$"

LONGEST: Final = 200_000
"""Characters of a text that is looked into for a message."""


def resolved(value: Value, scope: Scope) -> Value:
    """Return a value with what placeholders in it stand for."""
    if isinstance(value, Unknown):
        return _filled(value.written, scope) if value.written and _STARTS in value.written else value
    if isinstance(value, str):
        return _filled(value, scope) if _STARTS in value else value
    if isinstance(value, OpenMap):
        return OpenMap({key: resolved(one, scope) for key, one in value.items()}, value.rest)
    if isinstance(value, Mapping):
        return {key: resolved(one, scope) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return tuple(resolved(one, scope) for one in value)
    return value


def parameter(name: str, scope: Scope) -> Value:
    """Return what a parameter is."""
    found = scope.get(name)
    return Unknown(Reason.VARIABLE, note=f"the parameter {name[:80]} has no value") if found is None else found.value


def meaning(placeholder: str, scope: Scope) -> Value:
    """Return what a placeholder stands for. Names of runs and places of outputs are made when it runs."""
    found = _PARAMETER.fullmatch(placeholder)
    if found is None:
        return Unknown(Reason.COMPUTED, note="made when the pipeline runs")
    return parameter(found[1], scope)


def _filled(text: str, scope: Scope) -> Value:
    if _PLACEHOLDER.fullmatch(text):
        return meaning(text, scope)
    return _joined(text, _PLACEHOLDER, lambda found: meaning(found, scope))


def _joined(text: str, pattern: re.Pattern[str], meant: Any) -> Value:
    """Return a text with what is meant by each match of a pattern in it."""
    parts: list[str] = []
    end = 0
    for found in pattern.finditer(text):
        parts.append(text[end : found.start()])
        value = meant(found.group())
        if isinstance(value, Unknown):
            return Unknown(value.reason, prefix="".join(parts) or None, note=value.note)
        parts.append(written(value))
        end = found.end()
    return "".join((*parts, text[end:]))


def written(value: Value) -> str:
    """Return a value as it stands in a text: nothing for one that is not given."""
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(_plain(value))


def _plain(value: Value) -> Any:
    """Return a value as the JSON writer takes it; what is not known stays its own text."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.written if isinstance(value, Unknown) else value


_QUOTED: Final = re.compile("\ue000([0-9]{1,6})\ue001")
_BARE: Final = re.compile("\ue000([0-9]{1,6})\ue002")
_TOKENS: Final = re.compile('\ue000[0-9]{1,6}\ue001|\\\\.|"', re.DOTALL)
_DEPTH: Final = 4


def message(value: Value, scope: Scope) -> Optional[Value]:
    """
    Return the mapping that a text holds as JSON, with what placeholders in it stand for; None where it holds none.

    Components join such texts of pieces (`{"Concat": […]}`).
    """
    text = value.written if isinstance(value, Unknown) else value
    if not isinstance(text, str) or len(text) > LONGEST or not text.lstrip().startswith("{"):
        return None
    stands: list[Value] = []

    def token(found: re.Match[str]) -> str:
        stands.append(meaning(found.group(), scope))
        return f"\ue000{len(stands) - 1}\ue001"

    found = _parsed(_PLACEHOLDER.sub(token, text), scope, _DEPTH)
    return _put_back(found, stands) if isinstance(found, dict) else None


def _parsed(text: str, scope: Scope, depth: int) -> Any:
    """Return the JSON of a text with tokens. Outside of strings a token is a value, and gets quotes of its own."""
    inside = False

    def marked(found: re.Match[str]) -> str:
        nonlocal inside
        sign = found.group()
        if sign == '"':
            inside = not inside
        elif sign.startswith("\ue000") and not inside:
            return f'"{sign[:-1]}\ue002"'
        return sign

    try:
        value = json.loads(_TOKENS.sub(marked, text), parse_float=Decimal)
    except (ValueError, RecursionError):
        return None
    joined = _concatenated(value, scope)
    if joined is None:
        return value
    return _parsed(joined, scope, depth - 1) if depth else None


def _concatenated(value: Any, scope: Scope) -> Optional[str]:
    """Return the text that pieces make, None for what is not made of pieces."""
    if not isinstance(value, dict) or not isinstance(value.get("Concat"), list):
        return None
    return "".join(_piece(one, scope) for one in value["Concat"])


def _piece(one: Any, scope: Scope) -> str:
    if isinstance(one, str):
        return one.replace("\ue002", "\ue001")
    if isinstance(one, dict) and isinstance(one.get("IfPresent"), dict):
        choice = one["IfPresent"]
        given = scope.get(str(choice.get("InputName")))
        taken = choice.get("Then" if given is not None and given.value is not None else "Else")
        return "".join(_piece(part, scope) for part in (taken if isinstance(taken, list) else [taken]))
    return _concatenated(one, scope) or ""


def as_written(stood: Value) -> Value:
    """Return what a text is that stands where a value belongs: the JSON that it holds."""
    if not isinstance(stood, str):
        return stood
    try:
        return _put_back(json.loads(stood, parse_float=Decimal), [])
    except (ValueError, RecursionError):
        return Unknown(Reason.ERROR, note="text where a value belongs")


def _put_back(value: Any, stands: list[Value]) -> Value:
    """Return a value with what its tokens stand for."""
    if isinstance(value, dict):
        return {key: _put_back(one, stands) for key, one in value.items()}
    if isinstance(value, list):
        return tuple(_put_back(one, stands) for one in value)
    if not isinstance(value, str) or "\ue000" not in value:
        return value
    bare = _BARE.fullmatch(value)
    if bare:
        return as_written(stands[int(bare[1])]) if int(bare[1]) < len(stands) else None
    alone = _QUOTED.fullmatch(value)
    if alone and int(alone[1]) < len(stands):
        stood = stands[int(alone[1])]
        return stood if isinstance(stood, Unknown) else written(stood)
    return _joined(value, _QUOTED, lambda found: stands[int(found[1:-1])])
