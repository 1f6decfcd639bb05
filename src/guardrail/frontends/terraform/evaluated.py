"""A module instance as all that stands in it sees it, and the call that it was made by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Optional, Protocol

from guardrail.frontends.terraform.cells import Cell
from guardrail.frontends.terraform.declarations import Declaration, Declarations, ResourceMode
from guardrail.frontends.terraform.expansion import Expansion, Slot, product
from guardrail.frontends.terraform.inputs import Entry
from guardrail.frontends.terraform.lazy import Reached
from guardrail.frontends.terraform.program import Program
from guardrail.frontends.terraform.scope import Scope
from guardrail.frontends.terraform.values import Value
from guardrail.model.resource import Multiplicity


class Evaluated(Protocol):
    """
    One instance of a module.

    Variables, resources, providers and calls need their module, and it makes all of them: they know no more of it
    than this. `Module` is what it is.
    """

    program: Program
    declarations: Declarations
    call: Optional[Call]
    """None for the root, whose variables get their values from `inputs`."""

    inputs: Mapping[str, Entry]
    prefix: str
    """What stands before addresses in it: `module.a["x"].`, nothing in the root."""

    multiplicity: Multiplicity
    lineage: tuple[str, ...]
    """The directories from the root down to this one."""

    scope: Scope
    literals: Scope
    """Where expressions may refer to nothing."""

    values: dict[Any, Any]
    """What was computed, by the key of its cell."""

    def label(self, key: Any) -> str:
        """Return what people call a value of the module."""

    def instances(self, mode: ResourceMode, kind: str, name: str) -> tuple[Expansion, Sequence[Reached]]:
        """Return the instances of a declared resource, each an `Instance`."""

    def children(self, name: str) -> tuple[Expansion, Sequence[Reached]]:
        """Return the instances of a declared call, each an `Evaluated` or an `UnresolvedModule`."""


class Call:
    """One instance of a call: the block, and where its arguments are evaluated."""

    __slots__ = ("declaration", "name", "parent", "scope", "slot")

    def __init__(self, parent: Evaluated, name: str, declaration: Declaration, slot: Slot) -> None:
        self.parent = parent
        self.name = name
        self.declaration = declaration
        self.slot = slot
        self.scope: Scope = parent.scope if slot.names is None else parent.scope.inner(slot.names)

    @property
    def address(self) -> str:
        """The address of the module instance."""
        return f"{self.parent.prefix}module.{self.name}{self.slot.suffix}"

    def argument(self, name: str) -> Value:
        """Return the value of an argument; an error in it is told, and leaves it unknown."""
        argument = self.declaration.block.body.arguments[name]
        file = self.declaration.file_of(name)
        key = (f"module.{self.name}{self.slot.suffix}", name)
        return self.parent.program.cells.get(
            Cell(self.parent, key, file, argument, lambda: self.scope.evaluate(argument.value))
        )

    @property
    def multiplicity(self) -> Multiplicity:
        """How many module instances this one stands for, those of its parents multiplied in."""
        return product(self.parent.multiplicity, self.slot.multiplicity)
