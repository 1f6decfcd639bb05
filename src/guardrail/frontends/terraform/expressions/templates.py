"""Strings with interpolations and directives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Optional

from guardrail.frontends.terraform.candidates import combinations, one_of
from guardrail.frontends.terraform.convert import to_text
from guardrail.frontends.terraform.expressions.comprehension import Elements, elements_of
from guardrail.frontends.terraform.operators import test
from guardrail.frontends.terraform.scope import Scope
from guardrail.frontends.terraform.syntax.nodes import Expression, Template, TemplateFor, TemplateIf
from guardrail.frontends.terraform.types import STRING, Primitive
from guardrail.frontends.terraform.values import (
    EvaluationError,
    Unknown,
    Value,
    checked_text,
    text_unknown,
    with_candidates,
)
from guardrail.model.gaps import flattened


def template(node: Template, scope: Scope) -> Value:
    """Return the string that the parts make."""
    parts = _parts(node.parts, scope)
    return scope.meter.noticed(node, join(parts, scope), parts)


def if_(node: TemplateIf, scope: Scope) -> Value:
    """Return one of the two texts."""
    verdict = test(scope.evaluate(node.test), "test of a directive", scope.meter)
    if isinstance(verdict, Unknown):
        arms = (partial(_arm, arm, scope) for arm in (node.then, node.otherwise))
        texts = [scope.meter.confined(arm, STRING, not_null=True) for arm in arms]
        return one_of(text_unknown(verdict), texts)
    return _arm(node.then if verdict else node.otherwise, scope)


def _arm(parts: Sequence[Expression], scope: Scope) -> Value:
    return join(_parts(parts, scope), scope)


def for_(node: TemplateFor, scope: Scope) -> Value:
    """Return the text repeated for every element."""
    elements = elements_of(node.collection, scope)
    doubt = elements if isinstance(elements, Unknown) else elements.rest or elements.disorder
    if isinstance(elements, Unknown) or doubt is not None:
        scope.meter.doubt = doubt
        return text_unknown(doubt)
    return join(_repeated(node, elements, scope), scope)


def _repeated(node: TemplateFor, elements: Elements, scope: Scope) -> list[Value]:
    parts: list[Value] = []
    for key, element in elements.pairs:
        scope.meter.charge(1)
        names = {node.value: element} if node.key is None else {node.key: key, node.value: element}
        parts.append(join(_parts(node.body, scope.inner(names)), scope))
    return parts


def _parts(nodes: Sequence[Expression], scope: Scope) -> list[Value]:
    parts: list[Value] = []
    for node in nodes:
        value = scope.evaluate(node)
        if type(value) is not str:
            try:
                value = _text(value, scope)
            except EvaluationError as error:
                error.node = error.node or node
                raise
        parts.append(value)
    return parts


def _text(value: Value, scope: Scope) -> Value:
    if value is None:
        raise EvaluationError("null cannot be part of a string")
    if isinstance(value, Unknown) and not (value.not_null and isinstance(value.type, Primitive)):
        scope.meter.doubt = value
    return to_text(value)


def join(parts: Sequence[Value], scope: Scope) -> Value:
    """Return the parts, strings and unknown ones, as one string."""
    scope.meter.weigh(*parts)
    unknowns = [part for part in parts if isinstance(part, Unknown)]
    if not unknowns:
        return checked_text("".join(parts))
    base = replace(text_unknown(*unknowns, prefix=_prefix(parts)), parts=flattened(parts))
    return with_candidates(base, _choices(parts))


def _prefix(parts: Sequence[Value]) -> str:
    """Return what the text begins with, up to the first part that is not known."""
    known: list[str] = []
    for part in parts:
        if isinstance(part, Unknown):
            return "".join(known) + (part.prefix or "")
        known.append(part)
    return "".join(known)


def _choices(parts: Sequence[Value]) -> Optional[list[Value]]:
    choices: list[Sequence[str]] = []
    for part in parts:
        choice = part.one_of if isinstance(part, Unknown) else (part,)
        if choice is None or None in choice:
            return None
        choices.append(choice)
    picks = combinations(choices)
    return None if picks is None else [checked_text("".join(picked)) for picked in picks]
