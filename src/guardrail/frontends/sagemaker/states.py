"""
State machines of Step Functions: states that send requests to SageMaker.

https://docs.aws.amazon.com/step-functions/latest/dg/connect-sagemaker.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from guardrail.frontends.sagemaker.operations import BY_NAME
from guardrail.model.path import escaped
from guardrail.model.resource import SINGLE, Multiplicity
from guardrail.model.value import UNBOUNDED, OpenMap, Reason, Unknown, Value

_CREATES: Final = re.compile(
    r":states:[^:]*:[^:]*:(?:aws-sdk:)?sagemaker:(?P<verb>create|update)(?P<what>[A-Za-z0-9]+?)(?:V2)?(?:\.[A-Za-z]+(?::[0-9]+)?)*\Z"
)
_BODIES: Final = ("Parameters", "Arguments")
_DYNAMIC: Final = ".$"
_EXPRESSION: Final = "{%"
_GIVEN: Final = Unknown(Reason.ENVIRONMENT, note="the execution gives it")
_MANY: Final = Unknown(Reason.ENVIRONMENT, note="it runs for each item of a map")
_DEEP: Final = 16


class State(NamedTuple):
    """A state that sends a request: what that makes, the name of the state, the body and its pointer."""

    type: str
    name: str
    body: Mapping[str, Value]
    at: str
    multiplicity: Multiplicity = SINGLE


def is_machine(value: Value) -> bool:
    """Whether a value is a state machine."""
    return isinstance(value, Mapping) and "StartAt" in value and isinstance(value.get("States"), Mapping)


def states(machine: Mapping[str, Value]) -> Iterator[State]:
    """Yield the states of a machine that send requests to SageMaker, those in branches and maps too."""
    yield from _states(machine, "", SINGLE, 0)


def _states(machine: Value, at: str, many: Multiplicity, depth: int) -> Iterator[State]:
    listed = machine.get("States") if isinstance(machine, Mapping) else None
    if not isinstance(listed, Mapping) or depth > _DEEP:
        return
    for name, state in listed.items():
        here = f"{at}/States/{escaped(name)}"
        if not isinstance(state, Mapping):
            continue
        yield from _request(name, state, here, many)
        for key in ("Iterator", "ItemProcessor"):
            if key in state:
                yield from _states(state[key], f"{here}/{key}", _each(state, many), depth + 1)
        branches = state.get("Branches")
        for index, branch in enumerate(branches if isinstance(branches, tuple) else ()):
            yield from _states(branch, f"{here}/Branches/{index}", many, depth + 1)


def _each(state: Mapping[str, Value], many: Multiplicity) -> Multiplicity:
    """Return how many of a request a map sends at once: as many as there are items, unless it limits them."""
    limit = state.get("MaxConcurrency")
    if many.max != 1 or type(limit) is not int or limit < 1:
        return Multiplicity(1, UNBOUNDED, _MANY)
    return SINGLE if limit == 1 else Multiplicity(1, limit, _MANY)


def _request(name: str, state: Mapping[str, Value], at: str, many: Multiplicity) -> Iterator[State]:
    resource = state.get("Resource")
    text = (resource.written if isinstance(resource, Unknown) else resource) or ""
    found = _CREATES.search(text) if isinstance(text, str) else None
    operation = BY_NAME.get(found["what"].lower()) if found else None
    if operation is None or (found and found["verb"] == "update" and operation.type != "sagemaker/Endpoint"):
        return
    key = next((one for one in _BODIES if one in state), "")
    body = _known(state.get(key))
    if not key or not isinstance(body, Mapping):
        body = OpenMap({}, body if isinstance(body, Unknown) else _GIVEN)
    yield State(operation.type, name, body, f"{at}/{key}" if key else at, many)


def _known(value: Value) -> Value:
    """Return a body in which what the execution gives is unknown: members with `.$`, and expressions."""
    if isinstance(value, tuple):
        return tuple(map(_known, value))
    if isinstance(value, Unknown):
        return _GIVEN if value.written.lstrip().startswith(_EXPRESSION) else value
    if isinstance(value, str):
        return _GIVEN if value.lstrip().startswith(_EXPRESSION) else value
    if not isinstance(value, Mapping):
        return value
    found: dict[str, Value] = {}
    for key, member in value.items():
        dynamic = key.endswith(_DYNAMIC)
        found[key[: -len(_DYNAMIC)] if dynamic else key] = _GIVEN if dynamic else _known(member)
    return OpenMap(found, value.rest) if isinstance(value, OpenMap) else found
