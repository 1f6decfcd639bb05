"""Templates in files and values: they see the variables that they are given, and functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from guardrail.frontends.terraform import functions
from guardrail.frontends.terraform.convert import kind_name, to_text
from guardrail.frontends.terraform.functions.signature import Context
from guardrail.frontends.terraform.meter import FatalError
from guardrail.frontends.terraform.scope import Scope
from guardrail.frontends.terraform.syntax import File, HclSyntaxError, parse_template
from guardrail.frontends.terraform.syntax.nodes import Body, Expression
from guardrail.frontends.terraform.values import EvaluationError, Mapped, OpenMap, Unknown, Value, unknown

TOKENS: Final = 30_000
"""How many tokens a template may have: those of some that were used last are kept."""

_THEMSELVES: Final = ("templatefile", "templatestring")


class _Variables:
    """What a template can refer to."""

    def __init__(self, given: Mapping[str, Value], context: Context) -> None:
        self._given = given
        self._context = context

    def resolve(self, name: str) -> Value:
        """Return a variable."""
        if name in self._given:
            return self._given[name]
        if isinstance(self._given, OpenMap):
            return self._given.rest
        raise EvaluationError(f'the template is given no variable "{name}"')

    def function(self, name: str, arguments: Sequence[Value]) -> Value:
        """Return what a function gives; templates do not nest."""
        if name in _THEMSELVES:
            raise EvaluationError(f"a template cannot call {name}()")
        return functions.call(name, arguments, self._context)


@lru_cache(maxsize=16)
def _parsed(text: str) -> Expression:
    """Return a template as an expression: many instances are often made from one."""
    return parse_template(text, TOKENS)


def templatefile(context: Context, path: Value, text: Callable[[], Value], variables: Value) -> Value:
    """Return what the template in a file gives. A lone interpolation gives its value, which may be no string."""
    if isinstance(path, Unknown) or isinstance(variables, Unknown):
        return unknown(*(given for given in (path, variables) if isinstance(given, Unknown)))
    content = text()
    return content if isinstance(content, Unknown) else _rendered(context, str(path), content, variables)


def templatestring(context: Context, template: Value, variables: Value) -> Value:
    """Return the string that a template in a value gives."""
    if isinstance(template, Unknown) or isinstance(variables, Unknown):
        return unknown(*(given for given in (template, variables) if isinstance(given, Unknown)))
    return to_text(_rendered(context, "the template", template, variables))


def _rendered(context: Context, name: str, text: str, variables: Value) -> Value:
    if not isinstance(variables, Mapped):
        raise EvaluationError(f"the variables must be an object, not {kind_name(variables)}")
    meter = context.meter
    meter.charge(len(text) >> 6)
    file = File(name, text, Body({}, (), 0, 0))
    before = meter.file
    meter.file = file
    try:
        result = Scope(_Variables(variables, context), meter).evaluate(_parsed(text))
    except HclSyntaxError as error:
        raise EvaluationError(f"{file.place(error.problem.start)}: {error.message}") from error
    except FatalError:
        raise
    except EvaluationError as error:
        where = f"{file.place(error.node.start)}: " if error.node else ""
        raise EvaluationError(f"{where}{error.message}") from error
    finally:
        meter.file = before
    if result is None:
        raise EvaluationError(f"{name} gives null")
    return result
