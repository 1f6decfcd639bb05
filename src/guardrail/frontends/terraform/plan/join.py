"""
The source of a root beside a plan of it: the same blocks, with their files and lines.

The root is evaluated with the values that its variables have in the plan. Nothing of what is judged comes from here:
values are the plan's. Resources are found by address, without keys where the source has other instances.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final, Optional

from guardrail.frontends.budget import Budget
from guardrail.frontends.terraform import functions
from guardrail.frontends.terraform.blocks import nested_types
from guardrail.frontends.terraform.cache import SyntaxCache
from guardrail.frontends.terraform.convert import convert
from guardrail.frontends.terraform.declarations import Declaration
from guardrail.frontends.terraform.evaluated import Evaluated
from guardrail.frontends.terraform.expansion import Slot
from guardrail.frontends.terraform.fetched import Folder
from guardrail.frontends.terraform.inputs import Entry, literal, root_inputs
from guardrail.frontends.terraform.meter import STEPS, deep
from guardrail.frontends.terraform.module import Module
from guardrail.frontends.terraform.native import NativeResource
from guardrail.frontends.terraform.plan.changes import Change
from guardrail.frontends.terraform.plan.document import Plan
from guardrail.frontends.terraform.program import Program
from guardrail.frontends.terraform.providers import Configured, provider_of
from guardrail.frontends.terraform.resources import Instance
from guardrail.frontends.terraform.syntax import File
from guardrail.frontends.terraform.syntax.nodes import Argument, Body, Literal
from guardrail.frontends.terraform.types import STRING
from guardrail.frontends.terraform.values import (
    EvaluationError,
    ObjectValue,
    TupleValue,
    Value,
    extent,
    number,
    same,
)
from guardrail.frontends.terraform.walk import modules_of
from guardrail.frontends.unit import Unit
from guardrail.model.value import Unknown
from guardrail.sources.tree import Tree, clean

_SHOWN: Final = 80
"""Characters of a variable's value that are told."""


class Source:
    """The blocks of a root. Raises a `SourceError` where its directory cannot be read."""

    def __init__(
        self,
        tree: Tree,
        unit: Unit,
        cache: SyntaxCache,
        modules: Mapping[str, str],
        plan: Plan,
        budget: Budget,
        fetched: Optional[Folder] = None,
    ) -> None:
        directory = clean(unit.directory)
        self.program = Program(
            tree,
            cache,
            directory,
            modules=modules,
            functions=functions.call,
            workspace=unit.workspace,
            steps=budget.share(STEPS),
            budget=budget,
            fetched=fetched,
        )
        self._plan = plan
        self._modules: dict[tuple[tuple[str, str], ...], Module] = {}
        self._alike: dict[tuple[str, ...], Module] = {}
        self._instances: dict[tuple[str, str, str], dict[str, Instance]] = {}
        with deep():
            self.root = Module(self.program, self.program.declarations(directory), inputs=self._inputs(unit))
            for module in modules_of(self.root):
                way = _way(module)
                self._modules[way] = module
                self._alike.setdefault(tuple(name for name, _ in way), module)

    def _inputs(self, unit: Unit) -> Mapping[str, Entry]:
        """Return the values of variables, at the line that states them where that is the plan's value."""
        found = dict(root_inputs(self.program, unit.var_files))
        for name, told in self._plan.variables.items():
            value = told.get("value") if isinstance(told, dict) else None
            if value is None:
                continue
            planned = native(value)
            stated = self._stated(name, found.get(name))
            if not isinstance(planned, Unknown) and not (stated is not None and same(stated, planned)):
                found[name] = _entry(self._plan.file, name, planned)
        return found

    def _stated(self, name: str, entry: Optional[Entry]) -> Value:
        try:
            if entry is not None:
                return literal(entry, self.program)
            declared = self.program.declarations(self.program.root).variables.get(name)
            argument = declared.argument("default") if declared else None
            return literal(Entry(argument, declared.file), self.program) if declared and argument else None
        except EvaluationError:
            return None

    def _found(self, change: Change) -> Optional[tuple[Module, Declaration]]:
        names = tuple(name for name, _ in change.modules)
        module = self._modules.get(change.modules) or self._alike.get(names)
        declaration = module.declarations.resources.get((change.type, change.name)) if module else None
        return (module, declaration) if module and declaration else None

    def lacks(self, change: Change) -> bool:
        """Whether the module of a resource is at hand, whole, and does not declare it."""
        module = self._alike.get(tuple(name for name, _ in change.modules))
        return module is not None and module.declarations.complete and self._found(change) is None

    def declared(self, change: Change) -> Optional[frozenset[str]]:
        """Return the names of all arguments and nested blocks of a resource, None where its block is not at hand."""
        found = self._found(change)
        if found is None or not found[0].declarations.complete:
            return None
        body = found[1].block.body
        return frozenset((*body.arguments, *nested_types(body)))

    def provider(self, change: Change) -> Optional[Configured]:
        """Return the provider of a resource, None where its block is not at hand."""
        found = self._found(change)
        return provider_of(*found) if found else None

    def told(self, setting: Callable[[], Value]) -> Value:
        """Return a setting of a provider of the source: its region, or the labels that it gives."""
        with deep():
            return self.program.cells.demand(setting)

    def native(self, change: Change, labelled: Optional[str]) -> Optional[NativeResource]:
        """Return what answers for the text of a resource; `labelled` is where its provider adds tags."""
        found = self._found(change)
        if found is None:
            return None
        module, declaration = found
        with deep():
            instance = self._instance(module, declaration, change)
            return NativeResource(instance, provider_of(module, declaration), labelled)

    def _instance(self, module: Module, declaration: Declaration, change: Change) -> Instance:
        """Return the instance of that key; else one that stands for others, else any."""
        place = (module.prefix, change.type, change.name)
        known = self._instances.get(place)
        if known is None:
            made = self.program.cells.demand(lambda: module.instances("resource", change.type, change.name))[1]
            usual = next((one for one in made if one.slot.symbolic), made[0] if made else None)
            known = {one.slot.suffix: one for one in made}
            known[_ANY] = usual or Instance(module, declaration, "resource", Slot())
            self._instances[place] = known
        return known.get(change.address.rpartition(f"{change.type}.{change.name}")[2], known[_ANY])


_ANY: Final = "any"
"""In place of a key: what answers for instances that the source does not have."""


def _way(module: Module) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    one: Optional[Evaluated] = module
    while one is not None and one.call is not None:
        found.append((one.call.name, one.call.slot.suffix))
        one = one.call.parent
    return tuple(reversed(found))


def _entry(file: str, name: str, value: Value) -> Entry:
    """Return the value of a variable as a line that says it, since the plan has no lines."""
    spelt = convert(value, STRING) if isinstance(value, (int, Decimal)) else None
    shown = spelt or (f'"{value}"' if isinstance(value, str) else "…")
    text = f"{name} = {shown if len(shown) <= _SHOWN else '…'}"
    node: Any = Literal(value, len(name) + 3, len(text))
    return Entry(Argument(name, len(name), node, 0, len(text)), File(file, text, Body({}, (), 0, 0)))


def native(value: Any) -> Value:
    """Return a JSON value as the evaluator has it; one that is too large is refused."""
    if isinstance(value, dict):
        members = ObjectValue({key: native(member) for key, member in value.items()})
        return extent(members).unknown or members
    if isinstance(value, list):
        elements = TupleValue(map(native, value))
        return extent(elements).unknown or elements
    return number(value) if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else value
