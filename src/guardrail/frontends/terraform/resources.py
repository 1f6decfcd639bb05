"""One instance of a resource or data source, its attributes evaluated one by one."""

from __future__ import annotations

from typing import Final, Optional

from guardrail.frontends.terraform.access import opened
from guardrail.frontends.terraform.blocks import NOT_ATTRIBUTES, blocks_of, nested, nested_types
from guardrail.frontends.terraform.cells import BUSY, EMPTY, Cell
from guardrail.frontends.terraform.declarations import Declaration, ResourceMode
from guardrail.frontends.terraform.evaluated import Evaluated
from guardrail.frontends.terraform.expansion import Slot
from guardrail.frontends.terraform.instances import One
from guardrail.frontends.terraform.scope import Scope
from guardrail.frontends.terraform.syntax import nodes
from guardrail.frontends.terraform.types import ANY, STRING
from guardrail.frontends.terraform.values import OpenMap, Unknown, Value, checked
from guardrail.model.value import Reason

META: Final = frozenset({"count", "for_each", "provider", "depends_on"})
"""Arguments that are Terraform's own."""

_IDENTIFIERS: Final = frozenset({"id", "arn", "self_link"})
"""Computed attributes that are strings, and not null, whatever the type of the resource."""

_OF_THEMSELVES: Final = frozenset({"kubectl_file_documents"})
"""Data sources that compute from what they are given alone (`functions.provided`)."""

_PREFIX: Final = {"resource": "", "data": "data.", "ephemeral": "ephemeral."}
_REASON: Final = {"resource": Reason.COMPUTED, "data": Reason.DATA, "ephemeral": Reason.DATA}
_WHEN: Final = {
    "resource": "is known after apply",
    "data": "is read from a data source",
    "ephemeral": "is read while applying",
}


class Instance(One):
    """
    A resource, as far as its configuration tells.

    What is configured has its value. Everything else may be an attribute that the provider computes: without its
    schema nothing can be called a mistake.
    """

    __slots__ = ("declaration", "mode", "module", "scope", "slot", "values")

    def __init__(self, module: Evaluated, declaration: Declaration, mode: ResourceMode, slot: Slot) -> None:
        self.module = module
        self.declaration = declaration
        self.mode = mode
        self.slot = slot
        self.scope: Scope = module.scope if slot.names is None else module.scope.inner(slot.names)
        self.values: dict[str, Value] = {}

    @property
    def type(self) -> str:
        """The native type."""
        return self.declaration.block.labels[0]

    @property
    def name(self) -> str:
        """The name in the configuration."""
        return self.declaration.block.labels[1]

    @property
    def address(self) -> str:
        """The address in the root module."""
        return f"{self.module.prefix}{_PREFIX[self.mode]}{self.type}.{self.name}{self.slot.suffix}"

    def names(self) -> list[str]:
        """Return the names of what is configured, arguments first, both in the order in which they are written."""
        body = self.declaration.block.body
        arguments = [name for name in body.arguments if name not in META and name not in NOT_ATTRIBUTES]
        return arguments + [kind for kind in nested_types(body) if kind not in body.arguments]

    def configured(self, name: str) -> Value:
        """Return the value that the configuration gives to one of `names`."""
        argument = self.declaration.block.body.arguments.get(name)
        if argument is not None and type(argument.value) is nodes.Literal:
            return argument.value.value
        found = self.values.get(name, EMPTY)
        if found is not EMPTY and found is not BUSY:
            return found
        return self.module.program.cells.get(self._cell(name, argument))

    def _cell(self, name: str, argument: Optional[nodes.Argument]) -> Cell:
        node = argument or next(blocks_of(self.declaration.block.body, name))
        return Cell(self, name, self.declaration.file_of(name), node, lambda: self._evaluated(name))

    def label(self, key: str) -> str:
        """Return what people call an attribute."""
        return f"{self.address}.{key}"

    def _evaluated(self, name: str) -> Value:
        body = self.declaration.block.body
        argument = body.arguments.get(name)
        if argument is not None:
            return self.scope.evaluate(argument.value)
        return nested(blocks_of(body, name), self.scope)

    def attribute(self, name: str) -> Value:
        """Return what a reference to an attribute gives: what is configured, unless that is null, or unknown."""
        body = self.declaration.block.body
        if name in body.arguments and name not in META:
            value = self.configured(name)
            return self._computed(name) if value is None else value
        if name not in NOT_ATTRIBUTES and any(blocks_of(body, name)):
            made = self.configured(name)
            return opened(made, self._computed(name)) if made != () else self._computed(name)
        return self._computed(name)

    def _computed(self, name: str) -> Value:
        if self.mode == "data" and self.type in _OF_THEMSELVES:
            found = self._of_itself(name)
            if found is not None:
                return found
        known = self.mode == "resource" and name in _IDENTIFIERS
        note = f"{self.address}.{name} {_WHEN[self.mode]}"
        return Unknown(_REASON[self.mode], note=note, type=STRING if known else ANY, not_null=known)

    def _of_itself(self, name: str) -> Value:
        """Return an attribute of a data source that reads nothing, None where it does not compute that."""
        from guardrail.frontends.terraform.functions.provided import DATA

        return DATA[self.type](name, lambda key: self.configured(key) if key in self.names() else None)

    def value(self) -> Value:
        """Return the whole resource: what is configured, open for what is computed."""
        note = f"{self.address} {_WHEN[self.mode]}"
        rest = Unknown(_REASON[self.mode], note=note)
        return checked(OpenMap({name: self.attribute(name) for name in self.names()}, rest))
