"""
Definitions of pipelines: steps that are requests, with values that are made of parameters.

https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines.html; the format is that of
https://aws-sagemaker-mlops.github.io/sagemaker-model-building-pipeline-definition-JSON-schema/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, Optional

from guardrail.model.value import OpenMap, Reason, Unknown, Value, strictest

_TYPES: Final[Mapping[str, str]] = {
    "Training": "sagemaker/TrainingJob",
    "Processing": "sagemaker/ProcessingJob",
    "QualityCheck": "sagemaker/ProcessingJob",
    "ClarifyCheck": "sagemaker/ProcessingJob",
    "Transform": "sagemaker/TransformJob",
    "Tuning": "sagemaker/HyperParameterTuningJob",
    "AutoML": "sagemaker/AutoMLJob",
    "Model": "sagemaker/Model",
    "EndpointConfig": "sagemaker/EndpointConfig",
    "Endpoint": "sagemaker/Endpoint",
    "InferenceComponent": "sagemaker/InferenceComponent",
}
"""What a step makes, by its type. Checks are processing, whatever they check."""

_NOTHING: Final = frozenset({"Condition", "Callback", "Lambda", "Fail", "RegisterModel", "Lineage"})
"""Steps that make nothing with machines of its own."""

_BRANCHES: Final = ("IfSteps", "ElseSteps")
_LONGEST: Final = 4096
"""Characters of a text that parts are joined to: names and places are shorter."""

_DEEP: Final = 16
"""Conditions in conditions that are looked into."""


class Step(NamedTuple):
    """A step: the native type of what it makes, its name, its request, and the pointer of that in the definition."""

    type: str
    name: str
    body: Mapping[str, Value]
    at: str


def is_definition(value: Value) -> bool:
    """Whether a value is the definition of a pipeline."""
    return isinstance(value, Mapping) and "Steps" in value and "Version" in value


def steps(definition: Mapping[str, Value]) -> Iterator[Step]:
    """Yield the steps of a definition that make something, those in branches of conditions too."""
    yield from _steps(definition.get("Steps"), "/Steps", _defaults(definition.get("Parameters")), 0)


def _steps(listed: Value, at: str, parameters: Mapping[str, Value], depth: int) -> Iterator[Step]:
    if isinstance(listed, Unknown):
        yield Step("sagemaker/Step", "?", OpenMap({}, listed), at)
        return
    for index, one in enumerate(listed if isinstance(listed, tuple) else ()):
        here = f"{at}/{index}"
        if not isinstance(one, Mapping):
            if isinstance(one, Unknown):
                yield Step("sagemaker/Step", str(index), OpenMap({}, one), here)
            continue
        kind, name = one.get("Type"), one.get("Name")
        arguments = one.get("Arguments")
        if isinstance(arguments, Mapping) and depth < _DEEP:
            for branch in _BRANCHES:
                yield from _steps(arguments.get(branch), f"{here}/Arguments/{branch}", parameters, depth + 1)
        if kind in _NOTHING:
            continue
        body = resolved(arguments, parameters)
        if not isinstance(body, Mapping):
            body = OpenMap({}, body) if isinstance(body, Unknown) else {}
        of = _TYPES.get(kind) if isinstance(kind, str) else None
        yield Step(
            of or f"sagemaker/{kind if isinstance(kind, str) else ''}Step",
            name if isinstance(name, str) else str(index),
            body,
            f"{here}/Arguments",
        )


def _defaults(listed: Value) -> Mapping[str, Value]:
    """Return the parameters by name, with their defaults: whoever starts a pipeline may give others."""
    found: dict[str, Value] = {}
    for one in listed if isinstance(listed, tuple) else ():
        name = one.get("Name") if isinstance(one, Mapping) else None
        if isinstance(name, str):
            none = Unknown(Reason.ENVIRONMENT, note=f"whoever starts the pipeline gives {name}")
            default = one.get("DefaultValue")
            found[name] = none if default is None else default
    return found


def resolved(value: Value, parameters: Mapping[str, Value]) -> Value:
    """Return a value with its parameters and texts that are joined; what steps and executions tell is not known."""
    if isinstance(value, tuple):
        return tuple(resolved(one, parameters) for one in value)
    if not isinstance(value, Mapping):
        return value
    if len(value) == 1:
        key, inner = next(iter(value.items()))
        made = _made(key, inner, parameters)
        if made is not None:
            return made
    found = {key: resolved(member, parameters) for key, member in value.items()}
    return OpenMap(found, value.rest) if isinstance(value, OpenMap) else found


def _made(key: str, inner: Value, parameters: Mapping[str, Value]) -> Optional[Value]:
    """Return what an expression comes to, None if a mapping with this one member is none."""
    if key == "Get" and isinstance(inner, str):
        word, _, name = inner.partition(".")
        if word == "Parameters":
            otherwise = Unknown(Reason.ERROR, note=f"there is no parameter {name}")
            return parameters.get(name, otherwise)
        return Unknown(Reason.COMPUTED, note=f"{inner} is known while the pipeline runs")
    if key == "Std:Join" and isinstance(inner, Mapping):
        return _joined(inner.get("On"), resolved(inner.get("Values"), parameters))
    if key == "Std:JsonGet":
        return Unknown(Reason.COMPUTED, note="it is read from a file that a step writes")
    return None


def _joined(between: Value, parts: Value) -> Value:
    if not isinstance(between, str) or not isinstance(parts, tuple):
        return Unknown(Reason.ERROR, note="Std:Join without texts")
    hidden = [one for one in parts if isinstance(one, Unknown)]
    if hidden:
        return Unknown(strictest(one.reason for one in hidden), note=hidden[0].note)
    texts = [str(one) for one in parts]
    if sum(map(len, texts)) + len(between) * len(texts) > _LONGEST:
        return Unknown(Reason.REFUSED, note=f"Std:Join makes more than {_LONGEST:,} characters")
    return between.join(texts)
