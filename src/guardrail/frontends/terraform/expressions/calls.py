"""Function calls, and those that evaluate their arguments themselves: `try`, `can`, `ephemeralasnull`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Optional

from guardrail.frontends.terraform.candidates import any_of
from guardrail.frontends.terraform.convert import convert, kind_name, type_of
from guardrail.frontends.terraform.expressions.ephemeral import as_null
from guardrail.frontends.terraform.expressions.hints import type_of_null, untyped
from guardrail.frontends.terraform.meter import FatalError
from guardrail.frontends.terraform.scope import Scope
from guardrail.frontends.terraform.syntax.nodes import Attribute, Call, Expression, Index, Name, Splat
from guardrail.frontends.terraform.types import BOOL
from guardrail.frontends.terraform.unify import unify
from guardrail.frontends.terraform.values import (
    EvaluationError,
    Listed,
    SetValue,
    Unknown,
    Value,
    checked,
    first_unknown,
    refused,
    unknown,
    wholly_known,
)
from guardrail.model.value import Reason

_COMPUTED: Final = "provider::kubernetes::manifest_"
"""How the functions of providers begin that are computed here. A name that is none of theirs is an error."""

_CHEAP: Final = frozenset({"length", "lookup", "element", "one", "coalesce"})
"""Functions that do not walk their arguments."""


def call(node: Call, scope: Scope) -> Value:
    """Return what a function gives."""
    name = node.function
    if name in _BY_THEMSELVES:
        return _BY_THEMSELVES[name](node, scope)
    arguments = [scope.evaluate(argument) for argument in node.arguments]
    if node.expand:
        rest = arguments.pop()
        if isinstance(rest, Unknown) or (isinstance(rest, SetValue) and not wholly_known(rest)):
            scope.meter.doubt = first_unknown(rest)
            return unknown(rest, *arguments)
        if not isinstance(rest, Listed):
            raise EvaluationError(f"only a list can be expanded by ..., not a {kind_name(rest)}", node.arguments[-1])
        arguments.extend(rest)
    elif name in _WRITTEN:
        arguments = _WRITTEN[name](node, arguments, scope)
    if "::" in name and not name.startswith(_COMPUTED):
        return scope.meter.noticed(node, refused(f"{name}() is a function of a provider"))
    if name not in _CHEAP:
        scope.meter.weigh(*arguments)
    result = scope.meter.noticed(node, checked(scope.home.function(name, arguments)), arguments)
    if name not in _CHEAP:
        scope.meter.weigh(result)
    return _doubted(result, arguments, scope)


def _unified(node: Call, arguments: list[Value], scope: Scope) -> list[Value]:
    """Return the arguments of `coalesce` as what all can become; null counts, where it shows of what type it is."""
    if None not in arguments:
        return arguments
    kinds = [
        type_of_null(argument, scope) if given is None else type_of(given)
        for argument, given in zip(node.arguments, arguments, strict=True)
    ]
    common = unify(kinds)
    if common is None:
        raise EvaluationError("all arguments must have the same type")
    return [convert(given, common) for given in arguments]


def _left_open(node: Call, arguments: list[Value], scope: Scope) -> list[Value]:
    """Return the arguments of `format`, where null of no type is a value that Terraform does not know in a plan."""
    return [
        Unknown(Reason.COMPUTED, note=f"{node.function}() of null, which has no type")
        if untyped(argument, scope)
        else given
        for argument, given in zip(node.arguments, arguments, strict=True)
    ]


def _referred(node: Call, arguments: list[Value], _scope: Scope) -> list[Value]:
    """Return the arguments of `templatestring`, whose template must come from somewhere else."""
    if node.arguments and not isinstance(node.arguments[0], (Name, Attribute, Index, Splat)):
        raise EvaluationError("templatestring() wants a plain reference to its template", node.arguments[0])
    return arguments


_WRITTEN: Final[Mapping[str, Callable[[Call, list[Value], Scope], list[Value]]]] = {
    "coalesce": _unified,
    "format": _left_open,
    "formatlist": _left_open,
    "templatestring": _referred,
}
"""What becomes of arguments where it matters how they are written: of what type null is, say."""


def _doubted(result: Value, arguments: Sequence[Value], scope: Scope) -> Value:
    for argument in arguments:
        inner = first_unknown(argument)
        if inner is not None and inner is not argument:
            scope.meter.doubt = inner
    return scope.meter.doubted(result, *arguments)


def _tried(node: Expression, scope: Scope) -> tuple[Value, Optional[Unknown]]:
    """Return the value of an expression, and why it may turn out to be an error after all."""
    meter = scope.meter
    before, meter.doubt = meter.doubt, None
    try:
        value = scope.evaluate(node)
        doubt = meter.doubt
    finally:
        meter.doubt = before
    return value, doubt


def _try(node: Call, scope: Scope) -> Value:
    """
    Return the first argument that is no error.

    Where one may turn out to be an error, it is one of what it is without and what the next ones give.
    """
    failure: EvaluationError = EvaluationError("try() needs an argument", node)
    perhaps: list[Value] = []
    doubts: list[Unknown] = []
    for argument in node.arguments:
        try:
            value, doubt = _tried(argument, scope)
        except FatalError:
            raise
        except EvaluationError as error:
            failure = error
            continue
        perhaps.append(value)
        if doubt is None:
            break
        doubts.append(doubt)
    else:
        if not perhaps:
            raise EvaluationError(f"no argument of try() could be evaluated: {failure.message}", failure.node)
        scope.meter.doubt = doubts[-1]
    return any_of(unknown(*doubts), perhaps) if doubts else perhaps[0]


def _can(node: Call, scope: Scope) -> Value:
    if len(node.arguments) != 1:
        raise EvaluationError("can() takes one argument", node)
    try:
        _, doubt = _tried(node.arguments[0], scope)
    except FatalError:
        raise
    except EvaluationError:
        return False
    return True if doubt is None else unknown(doubt, type=BOOL, not_null=True)


def _ephemeralasnull(node: Call, scope: Scope) -> Value:
    if len(node.arguments) != 1 or node.expand:
        raise EvaluationError("ephemeralasnull() takes one argument", node)
    return as_null(node.arguments[0], scope)


_BY_THEMSELVES: Final[Mapping[str, Callable[[Call, Scope], Value]]] = {
    "can": _can,
    "ephemeralasnull": _ephemeralasnull,
    "try": _try,
}
"""Functions that evaluate their arguments themselves."""
