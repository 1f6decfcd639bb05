"""Values for the variables of a root module, from the files that Terraform would load, and those of the stack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NoReturn

from guardrail.frontends.terraform.program import Program
from guardrail.frontends.terraform.scope import Scope
from guardrail.frontends.terraform.syntax import File
from guardrail.frontends.terraform.syntax.nodes import Argument
from guardrail.frontends.terraform.values import EvaluationError, Unknown, Value
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.place import Place
from guardrail.model.value import Reason
from guardrail.sources.tree import clean


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A value of a variable, and where it is written."""

    argument: Argument
    file: File


class Literals:
    """The home of expressions that may refer to nothing: values of variables, defaults."""

    def resolve(self, name: str) -> NoReturn:
        """Raise: there are no names."""
        raise EvaluationError(f'values of variables are literal, they cannot refer to "{name}"')

    def function(self, name: str, arguments: Sequence[Value]) -> NoReturn:
        """Raise: there are no functions."""
        del arguments
        raise EvaluationError(f"values of variables are literal, they cannot call {name}()")


def automatic_files(names: Sequence[str]) -> list[str]:
    """Return the files of a directory that Terraform loads by itself, the strongest last."""
    named = [name for name in ("terraform.tfvars", "terraform.tfvars.json") if name in names]
    return named + sorted(name for name in names if name.endswith((".auto.tfvars", ".auto.tfvars.json")))


def root_inputs(program: Program, var_files: Sequence[str]) -> Mapping[str, Entry]:
    """
    Return the values given to a root's variables, by name.

    `var_files` are relative to the root, and count more than what Terraform loads by itself. The environment is not
    asked: it is that of whoever runs guardrail, not of whoever applies.
    """
    found: dict[str, Entry] = {}
    declared = program.declarations(program.root).variables
    for path in _paths(program, var_files):
        file = program.reader.file(path)
        if file is not None:
            for name, argument in file.body.arguments.items():
                found[name] = Entry(argument, file)
                if name not in declared:
                    program.report("hcl-undeclared", f"there is no variable {name}", file, argument)
            for block in file.body.blocks:
                message = f'a block "{block.type}" means nothing among values of variables'
                program.report("hcl-unsupported", message, file, block)
    return found


def _paths(program: Program, var_files: Sequence[str]) -> Iterator[str]:
    prefix = f"{program.root}/" if program.root else ""
    for name in automatic_files(program.tree.listdir(program.root)):
        yield prefix + name
    for name in var_files:
        path = clean(prefix + name)
        if path == ".." or path.startswith("../"):
            message = f"the variable file {name} is outside of the repository"
            program.tell(Diagnostic("error", "outside", message, Place(path), unread=True))
        else:
            yield path


def literal(entry: Entry, program: Program) -> Value:
    """Return the value of an entry."""
    program.meter.file = entry.file
    return Scope(Literals(), program.meter).evaluate(entry.argument.value)


def unset(name: str) -> Unknown:
    """Return what stands for the value of a variable that nobody gave one."""
    return Unknown(Reason.VARIABLE, note=f"var.{name} has no value")
