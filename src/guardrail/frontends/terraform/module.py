"""A module instance: its variables, locals, outputs, resources and calls, each evaluated when it is asked for."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Optional, Union

from guardrail.frontends.terraform import variables
from guardrail.frontends.terraform.calls import Directory, NotAtHand, UnresolvedModule, check_call, resolve
from guardrail.frontends.terraform.cells import BUSY, EMPTY, Cell
from guardrail.frontends.terraform.declarations import Declaration, Declarations, ResourceMode
from guardrail.frontends.terraform.evaluated import Call
from guardrail.frontends.terraform.expansion import ONE, Expansion, Slot, expand, gathered, mode_of, symbolic
from guardrail.frontends.terraform.inputs import Entry, Literals
from guardrail.frontends.terraform.instances import InstanceSet, Settled
from guardrail.frontends.terraform.lazy import Lazy, Namespace, Reached
from guardrail.frontends.terraform.meter import FatalError
from guardrail.frontends.terraform.program import MODULES, Program
from guardrail.frontends.terraform.resources import Instance
from guardrail.frontends.terraform.scope import Scope
from guardrail.frontends.terraform.syntax import File
from guardrail.frontends.terraform.syntax.nodes import Expression, Node
from guardrail.frontends.terraform.types import ANY, BOOL, STRING, Type
from guardrail.frontends.terraform.values import ObjectValue, Unknown, Value, checked
from guardrail.model.resource import SINGLE, Multiplicity
from guardrail.model.value import Reason

_RESERVED: Final = frozenset({"template", "lazy", "arg"})


class Module:
    """
    One instance of a module.

    `call` is None for the root, whose variables get their values from `inputs`. `lineage` are the directories from
    the root down to this one.
    """

    def __init__(
        self,
        program: Program,
        declarations: Declarations,
        *,
        call: Optional[Call] = None,
        inputs: Optional[Mapping[str, Entry]] = None,
    ) -> None:
        self.program = program
        self.declarations = declarations
        self.call = call
        self.inputs = inputs or {}
        self.prefix = f"{call.address}." if call else ""
        self.multiplicity: Multiplicity = call.multiplicity if call else SINGLE
        self.lineage: tuple[str, ...] = (*(call.parent.lineage if call else ()), declarations.directory)
        self.scope = Scope(self, program.meter)
        self.literals = Scope(Literals(), program.meter)
        self.values: dict[tuple[Any, ...], Any] = {}
        self._made: dict[str, tuple[Expansion, tuple[Any, ...]]] = {}
        self._sets: dict[str, InstanceSet] = {}
        self._targets: dict[str, Union[Directory, NotAtHand]] = {}
        self.seen = Settled(self.output, self.outputs)
        self._roots: dict[str, Reached] = {
            "var": Namespace("var", self.variable),
            "local": Namespace("local", self.local),
            "module": Namespace("module", self.module),
            "data": Namespace("data", lambda kind: self._namespace("data", kind)),
            "resource": Namespace("resource", lambda kind: self._namespace("resource", kind)),
            "ephemeral": Namespace("ephemeral", lambda kind: self._namespace("ephemeral", kind)),
            "path": self._path(),
            "terraform": self._terraform(),
        }

    # Names

    def resolve(self, name: str) -> Reached:
        """Return what a reference begins with; a name that is no other is a type of resource."""
        found = self._roots.get(name)
        if found is not None:
            return found
        if name in ("each", "count", "self"):
            raise FatalError(f'"{name}" has no meaning here')
        if name in _RESERVED:
            raise FatalError(f'"{name}" is a reserved word')
        found = self._roots[name] = self._namespace("resource", name)
        return found

    def _namespace(self, mode: ResourceMode, kind: str) -> Namespace:
        label = kind if mode == "resource" else f"{mode}.{kind}"
        return Namespace(label, lambda name: self.resource(mode, kind, name))

    def function(self, name: str, arguments: Sequence[Value]) -> Value:
        """Return what a function gives."""
        return self.program.functions(name, arguments, self.program)

    def declared(self, namespace: str, name: str) -> Union[Type, Expression]:
        """Return the type that `var.name` is declared with, or the expression of `local.name`."""
        if namespace == "var":
            variable = self.declarations.variables.get(name)
            return ANY if variable is None else variables.type_of(self, variable)
        local = self.declarations.locals.get(name)
        return ANY if local is None else local.argument.value

    def ephemeral(self, namespace: str, name: str) -> bool:
        """Return whether `var.name`, or an output of `module.name`, is declared to be ephemeral."""
        own = self.declarations
        if namespace == "var":
            return name in own.variables and self._is_marked(own.variables[name])
        if namespace != "module" or name not in own.modules:
            return False
        children = [child for child in self.children(name)[1] if isinstance(child, Module)]
        return any(self._is_marked(output) for child in children for output in child.declarations.outputs.values())

    def _is_marked(self, declaration: Declaration) -> bool:
        argument = declaration.argument("ephemeral")
        return argument is not None and self.literals.evaluate(argument.value) not in (False, "false")

    def _path(self) -> Value:
        directory, root = self.declarations.directory or ".", self.program.root or "."
        cwd = Unknown(Reason.ENVIRONMENT, note="path.cwd depends on the machine", type=STRING, not_null=True)
        return ObjectValue(module=posixpath.relpath(f"/{directory}", f"/{root}"), root=".", cwd=cwd)

    def _terraform(self) -> Value:
        workspace: Value = self.program.workspace
        if workspace is None:
            note = "terraform.workspace depends on where it is applied"
            workspace = Unknown(Reason.ENVIRONMENT, note=note, type=STRING, not_null=True)
        applying = Unknown(Reason.COMPUTED, note="terraform.applying", type=BOOL, not_null=True)
        return ObjectValue(workspace=workspace, applying=applying)

    # Values

    def _cell(self, kind: str, name: str, file: File, node: Node, compute: Callable[[], Value]) -> Any:
        key = (kind, name)
        found = self.values.get(key, EMPTY)
        if found is not EMPTY and found is not BUSY:
            return found
        return self.program.cells.get(Cell(self, key, file, node, compute))

    def label(self, key: tuple[Any, ...]) -> str:
        """Return what people call a value of the module: kind and name, as far as the key tells them."""
        return f"{self.prefix}{'.'.join(str(part) for part in key)}"

    def _missing(self, what: str) -> Unknown:
        """Return what an undeclared thing is where its declaration may be lost; else raise."""
        if self.declarations.complete:
            raise FatalError(f"{what} is not declared")
        return variables.lost(what)

    def variable(self, name: str) -> Value:
        """Return `var.name`."""
        found = self.values.get(("var", name), BUSY)
        if found is not BUSY:  # asked for before, as a rule
            return found
        declaration = self.declarations.variables.get(name)
        if declaration is None:
            return self._missing(f"var.{name}")
        file, node = variables.given_at(self, name) or (declaration.file, declaration.block)
        return self._cell("var", name, file, node, lambda: variables.value_of(self, name, declaration))

    def local(self, name: str) -> Value:
        """Return `local.name`."""
        found = self.declarations.locals.get(name)
        if found is None:
            return self._missing(f"local.{name}")
        argument = found.argument
        return self._cell("local", name, found.file, argument, lambda: self.scope.evaluate(argument.value))

    def output(self, name: str) -> Value:
        """Return what the caller sees as `module.this.name`."""
        declaration = self.declarations.outputs.get(name)
        if declaration is None:
            return self._missing(f"{self.prefix}output.{name}")
        argument = declaration.argument("value")
        if argument is None:
            return variables.lost(f"{self.prefix}output.{name}")
        file = declaration.file_of("value")
        return self._cell("output", name, file, argument, lambda: self.scope.evaluate(argument.value))

    def outputs(self) -> Value:
        """Return all outputs as one object."""
        return checked(ObjectValue({name: self.output(name) for name in sorted(self.declarations.outputs)}))

    # Resources

    def resource(self, mode: ResourceMode, kind: str, name: str) -> Reached:
        """Return `TYPE.NAME` or `data.TYPE.NAME`: an instance, or all of them."""
        declaration = self.declarations.among(mode).get((kind, name))
        label = f"{'' if mode == 'resource' else mode + '.'}{kind}.{name}"
        if declaration is None:
            return self._missing(label)
        expansion, instances = self.instances(mode, kind, name)
        return self._one_or_all(label, expansion, instances)

    def instances(self, mode: ResourceMode, kind: str, name: str) -> tuple[Expansion, tuple[Instance, ...]]:
        """Return the instances of a declared resource."""
        declaration = self.declarations.among(mode)[kind, name]
        label = f"{mode}.{kind}.{name}"
        return self._expanded(label, declaration, lambda slot: Instance(self, declaration, mode, slot))

    def _one_or_all(self, label: str, expansion: Expansion, instances: Sequence[Lazy]) -> Reached:
        if expansion.mode == "single" and instances:
            return instances[0]
        found = self._sets.get(label)
        if found is None:
            found = InstanceSet(f"{self.prefix}{label}", expansion, instances, self.program.meter)
            self._sets[label] = found
        return found

    def _expanded(self, label: str, declaration: Declaration, make: Callable[[Slot], Any]) -> tuple[Expansion, Any]:
        made = self._made.get(label)
        if made is None:
            expansion = self._expansion(label, declaration)
            made = self._made[label] = (expansion, tuple(make(slot) for slot in expansion.slots))
        return made

    def _expansion(self, label: str, declaration: Declaration) -> Expansion:
        """Return how many instances there are. An error there leaves one that stands for any number of them."""
        mode = mode_of(declaration)
        node = declaration.argument("count") or declaration.argument("for_each") or declaration.block
        file = declaration.file_of(mode)
        found: Union[Expansion, Unknown]
        if mode != "single" or any(block.type == "lifecycle" for block in declaration.block.body.blocks):
            found = self._cell("number of", label, file, node, lambda: self._afforded(expand(declaration, self.scope)))
        else:
            found = self._afforded(ONE)
        expansion = symbolic(mode, found) if isinstance(found, Unknown) else found
        if any(slot.symbolic and slot.multiplicity.why is None for slot in expansion.slots):
            message = f"{label} has too many instances: one of them is judged, as if it stood for all"
            self.program.report("limit-instances", message, file, node)
        return expansion

    def _afforded(self, expansion: Expansion) -> Expansion:
        """Return instances, or the one that stands for them where they are too many; the others are kept nowhere."""
        written = 1 if self.call is None else 0  # a block of the root costs no more than its text
        return expansion if self.program.admit(max(len(expansion.slots) - written, 0)) else gathered(expansion)

    # Calls

    def module(self, name: str) -> Reached:
        """Return `module.name`: the outputs of a module, or of all its instances."""
        if name not in self.declarations.modules:
            return self._missing(f"module.{name}")
        expansion, children = self.children(name)
        seen = [child if isinstance(child, UnresolvedModule) else child.seen for child in children]
        return self._one_or_all(f"module.{name}", expansion, seen)

    def children(self, name: str) -> tuple[Expansion, tuple[Union[Module, UnresolvedModule], ...]]:
        """Return the instances of a declared call."""
        declaration = self.declarations.modules[name]
        return self._expanded(
            f"module.{name}", declaration, lambda slot: self._child(Call(self, name, declaration, slot))
        )

    def _child(self, call: Call) -> Union[Module, UnresolvedModule]:
        target = self._target(call)
        if isinstance(target, Directory) and not self.program.admit_module():
            target = self._too_many(call)
        if isinstance(target, NotAtHand):
            return UnresolvedModule(call, target)
        return Module(self.program, self.program.declarations(target.path), call=call)

    def _too_many(self, call: Call) -> NotAtHand:
        self.program.all_reached = False
        message = f"{call.address}: more than {MODULES:,} instances of modules"
        node = call.declaration.argument("source") or call.declaration.block
        self.program.report("limit-modules", message, call.declaration.file_of("source"), node)
        return NotAtHand(None, None, f"there are more than {MODULES:,} instances of modules")

    def _target(self, call: Call) -> Union[Directory, NotAtHand]:
        """Return what a call leads to; resolved, and complained about, once for all its instances."""
        target = self._targets.get(call.name)
        if target is None:
            target = self._targets[call.name] = resolve(self, call.declaration)
            check_call(self.program, call, target)
        return target
