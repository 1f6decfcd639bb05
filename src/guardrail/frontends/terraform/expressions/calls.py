"""Function calls; `try` and `can`, which evaluate their arguments themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from guardrail.frontends.terraform.convert import kind_name
from guardrail.frontends.terraform.meter import FatalError
from guardrail.frontends.terraform.scope import Scope
from guardrail.frontends.terraform.syntax.nodes import (
    Attribute,
    Call,
    Element,
    Expression,
    Index,
    Literal,
    Name,
    Parenthesized,
    Wrapped,
)
from guardrail.frontends.terraform.types import BOOL
from guardrail.frontends.terraform.values import (
    EvaluationError,
    Listed,
    SetValue,
    Unknown,
    Value,
    checked,
    extent,
    refused,
    unknown,
    wholly_known,
)

_T = TypeVar("_T")

_CHEAP: Final = frozenset({"length", "lookup", "element", "one", "coalesce"})
"""Functions that do not walk their arguments."""


def call(node: Call, scope: Scope) -> Value:
    """Return what a function gives."""
    name = node.name.removeprefix("core::")
    if name == "try":
        return _try(node, scope)
    if name == "can":
        return _can(node, scope)
    arguments = [scope.evaluate(argument) for argument in node.arguments]
    if node.expand:
        rest = arguments.pop()
        if isinstance(rest, Unknown) or (isinstance(rest, SetValue) and not wholly_known(rest)):
            return unknown(rest, *arguments)
        if not isinstance(rest, Listed):
            raise EvaluationError(f"only a list can be expanded by ..., not a {kind_name(rest)}", node.arguments[-1])
        arguments.extend(rest)
    if "::" in name:
        return scope.meter.noticed(node, refused(f"{name}() is a function of a provider"))
    if name not in _CHEAP:
        scope.meter.charge(sum(map(_size, arguments)))
    return scope.meter.noticed(node, checked(scope.home.function(name, arguments)), arguments)


def _size(argument: Value) -> int:
    """Return the steps that walking an argument takes, about."""
    return len(argument) >> 6 if isinstance(argument, str) else extent(argument).weight >> 2


def _tentatively(scope: Scope, evaluate: Callable[[], _T]) -> _T:
    before = scope.meter.tentative
    scope.meter.tentative = True
    try:
        return evaluate()
    finally:
        scope.meter.tentative = before


def _try(node: Call, scope: Scope) -> Value:
    """
    Return the first argument that is no error.

    One that depends on an unknown may turn out to be an error, so the answer is unknown, unless it is a plain
    reference: that was followed to its end, and what it leads to is only handed on.
    """
    failure: EvaluationError = EvaluationError("try() needs an argument", node)
    for argument in node.arguments:
        try:
            value = _tentatively(scope, lambda given=argument: scope.evaluate(given))  # type: ignore[misc]
        except FatalError:
            raise
        except EvaluationError as error:
            failure = error
            continue
        if isinstance(value, Unknown) or wholly_known(value) or is_reference(argument):
            return value
        return unknown(value)
    raise EvaluationError(f"no argument of try() could be evaluated: {failure.message}", failure.node)


def _can(node: Call, scope: Scope) -> Value:
    if len(node.arguments) != 1:
        raise EvaluationError("can() takes one argument", node)
    argument = node.arguments[0]
    try:
        value = _tentatively(scope, lambda: scope.evaluate(argument))
    except FatalError:
        raise
    except EvaluationError:
        return False
    if wholly_known(value) or (not isinstance(value, Unknown) and is_reference(argument)):
        return True
    return unknown(value, type=BOOL, not_null=True)


def is_reference(node: Expression) -> bool:
    """Whether an expression is a name with attributes and literal indexes only."""
    while True:
        if isinstance(node, (Name, Element)):
            return True
        if isinstance(node, Attribute) or (isinstance(node, Index) and isinstance(node.key, Literal)):
            node = node.base
        elif isinstance(node, (Parenthesized, Wrapped)):
            node = node.inner
        else:
            return False
