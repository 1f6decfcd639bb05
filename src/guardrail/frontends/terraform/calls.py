"""What calls of modules lead to: which directory a source means, and what stands for one that is not at hand."""

from __future__ import annotations

from typing import Final, Optional, Union

from guardrail.errors import SourceError
from guardrail.frontends.terraform.addresses import shown_address
from guardrail.frontends.terraform.declarations import Declaration
from guardrail.frontends.terraform.evaluated import Call, Evaluated
from guardrail.frontends.terraform.fetched import Missing
from guardrail.frontends.terraform.instances import One
from guardrail.frontends.terraform.program import Program
from guardrail.frontends.terraform.sources import crosses, directory_of
from guardrail.frontends.terraform.values import EvaluationError, Unknown, Value
from guardrail.model.dataclass import dataclass
from guardrail.model.value import Reason

META: Final = frozenset({"source", "version", "count", "for_each", "providers", "depends_on"})
"""Arguments of a call that are no inputs of the module."""

NESTING: Final = 30
"""How deep modules may call modules."""


@dataclass(frozen=True, slots=True)
class Directory:
    """A module that is at hand."""

    path: str


@dataclass(frozen=True, slots=True)
class NotAtHand:
    """
    A module that cannot be read.

    `source` and `version` are as written, None where they are no plain text; `problem` is set where something is
    wrong, and not just somewhere else; `why` says more of where it was looked for.
    """

    source: Optional[str]
    version: Optional[str] = None
    problem: str = ""
    why: str = ""


class UnresolvedModule(One):
    """An instance of a module that is not at hand: its outputs are unknown, its arguments are what can be judged."""

    __slots__ = ("call", "target")

    def __init__(self, call: Call, target: NotAtHand) -> None:
        self.call = call
        self.target = target

    def _unknown(self, what: str) -> Unknown:
        reason = Reason.ERROR if self.target.problem else Reason.MODULE
        said = ": ".join(part for part in (shown_address(self.target.source or ""), self.target.why) if part)
        source = f" ({said})" if said else ""
        return Unknown(reason, note=f"{what} comes from a module that is not at hand{source}")

    def attribute(self, name: str) -> Value:
        """Return an unknown output."""
        return self._unknown(f"{self.call.address}.{name}")

    def value(self) -> Value:
        """Return the outputs, of which not even the names are known."""
        return self._unknown(self.call.address)


def resolve(module: Evaluated, declaration: Declaration) -> Union[Directory, NotAtHand]:
    """Return the directory that the source of a call means."""
    source = _text(module, declaration, "source")
    version = _text(module, declaration, "version")
    if source is None:
        return NotAtHand(None, version, "" if declaration.argument("source") else "it states no source")
    path = directory_of(source, module.declarations.directory, module.program.modules)
    if path is not None:
        return _checked(module, source, path, version)
    fetched = module.program.fetched
    if fetched is None:
        return NotAtHand(source, version)
    if version is None and declaration.argument("version"):
        return NotAtHand(source, version, why="its version is not known")
    found = fetched.find(_key(module, declaration), source, version)
    if isinstance(found, Missing):
        return NotAtHand(source, version, found.why) if found.broken else NotAtHand(source, version, why=found.why)
    return _checked(module, source, found, version)


def _key(module: Evaluated, declaration: Declaration) -> str:
    """Return the names of the calls that lead to a module: `eks.kms`."""
    names = [declaration.block.labels[0]]
    call = module.call
    while call is not None:
        names.append(call.name)
        call = call.parent.call
    return ".".join(reversed(names))


def _checked(module: Evaluated, source: str, path: str, version: Optional[str]) -> Union[Directory, NotAtHand]:
    if path == ".." or path.startswith("../"):
        return NotAtHand(source, version, f"its source {source} is outside of the repository")
    if crosses(source, module.declarations.directory, path, module.program.fetched):
        return NotAtHand(source, version, f"its source {source} leads into the folder of modules, or out of it")
    try:
        path = module.program.tree.resolve(path)
        module.program.tree.listdir(path)
    except SourceError as error:
        return NotAtHand(source, version, f"its source cannot be read: {error.message}")
    if path in module.lineage:
        return NotAtHand(source, version, f"it contains itself: {source} is a directory that it is called from")
    if len(module.lineage) > NESTING:  # the root is in it
        module.program.all_reached = False
        return NotAtHand(source, version, f"modules nest deeper than {NESTING} levels")
    return Directory(path)


def _text(module: Evaluated, declaration: Declaration, name: str) -> Optional[str]:
    """Return a text that may be evaluated early: newer versions allow constants in a source."""
    argument = declaration.argument(name)
    if argument is None:
        return None
    try:
        value = module.scope.evaluate(argument.value)
    except EvaluationError:
        return None
    return value if isinstance(value, str) else None


def check_call(program: Program, call: Call, target: Union[Directory, NotAtHand]) -> None:
    """Tell what is wrong with a call: a module that cannot be read, arguments that are too many or missing."""
    declaration = call.declaration
    if isinstance(target, NotAtHand):
        if target.problem:
            node = declaration.argument("source") or declaration.block
            program.report("hcl-module", f"{call.address}: {target.problem}", declaration.file_of("source"), node)
        return
    module = program.declarations(target.path)
    for name, argument in declaration.block.body.arguments.items():
        if name not in META and name not in module.variables and module.complete:
            message = f"{call.address} gives a value for var.{name}, which its module does not declare"
            program.report("hcl-undeclared", message, declaration.file_of(name), argument)
    for name, variable in sorted(module.variables.items()):
        if variable.argument("default") is None and declaration.argument(name) is None:
            message = f"{call.address} gives no value for var.{name}, which has no default"
            program.report("hcl-missing", message, declaration.file, declaration.block)
