"""What the variables of a module are."""

from __future__ import annotations

from dataclasses import replace
from typing import Optional

from guardrail.frontends.terraform.convert import convert
from guardrail.frontends.terraform.declarations import Declaration
from guardrail.frontends.terraform.evaluated import Evaluated
from guardrail.frontends.terraform.inputs import literal, unset
from guardrail.frontends.terraform.meter import LimitError
from guardrail.frontends.terraform.syntax import File
from guardrail.frontends.terraform.syntax.nodes import Node
from guardrail.frontends.terraform.types import ANY, Type
from guardrail.frontends.terraform.values import EvaluationError, Unknown, Value
from guardrail.model.value import Reason


def given_at(module: Evaluated, name: str) -> Optional[tuple[File, Node]]:
    """Return where a variable is given a value from outside: the argument of the call, or the entry of a file."""
    if module.call is not None:
        argument = module.call.declaration.argument(name)
        return None if argument is None else (module.call.declaration.file_of(name), argument)
    entry = module.inputs.get(name)
    return None if entry is None else (entry.file, entry.argument)


def value_of(module: Evaluated, name: str, declaration: Declaration) -> Value:
    """
    Return the value of a variable, of the type that it is declared with.

    What is given counts, unless it is null and the variable is not nullable; else the default. For a root without
    either it is unknown, in a called module that is an error.
    """
    value = _value_of(module, name, declaration)
    if declaration.argument("sensitive") is not None:
        module.program.meter.secret(value)
    return value


def _value_of(module: Evaluated, name: str, declaration: Declaration) -> Value:
    meter = module.program.meter
    kind = type_of(module, declaration)
    given = _given(module, name)
    if given is not None:
        value = given[0]
        if value is not None or _nullable(module, declaration):
            return _converted(name, value, kind)
    default = declaration.argument("default")
    if default is not None:
        meter.file = declaration.file_of("default")
        return _converted(name, module.scope.evaluate(default.value), kind)
    if given is not None:
        raise EvaluationError(f"var.{name} is null, must not be, and has no default")
    if module.call is not None:
        return Unknown(Reason.ERROR, note=f"{module.call.address} gives no value for var.{name}", type=kind)
    return replace(unset(name), type=kind, not_null=not _nullable(module, declaration))


def _given(module: Evaluated, name: str) -> Optional[tuple[Value]]:
    """Return the value from outside, in a tuple: null is one, too."""
    call = module.call
    if call is None:
        entry = module.inputs.get(name)
        return None if entry is None else (literal(entry, module.program),)
    argument = call.declaration.argument(name)
    if argument is None:
        return None
    module.program.meter.file = call.declaration.file_of(name)
    return (call.scope.evaluate(argument.value),)


def type_of(module: Evaluated, declaration: Declaration) -> Type:
    """Return the declared type. One that cannot be understood costs the type, not the value."""
    try:
        return module.program.type_of(declaration, module.literals)
    except LimitError:
        raise
    except EvaluationError as error:
        module.program.report("hcl-type", error.message, declaration.file_of("type"), error.node or declaration.block)
        return ANY


def _converted(name: str, value: Value, kind: Type) -> Value:
    try:
        return convert(value, kind)
    except EvaluationError as error:
        raise EvaluationError(f"var.{name} cannot have this value: {error.message}", error.node) from error


def _nullable(module: Evaluated, declaration: Declaration) -> bool:
    argument = declaration.argument("nullable")
    return argument is None or module.literals.evaluate(argument.value) not in (False, "false")


def lost(what: str) -> Unknown:
    """Return what stands for something that may be declared in a part of the module that could not be read."""
    return Unknown(Reason.ERROR, note=f"{what} may be declared in what could not be read")
