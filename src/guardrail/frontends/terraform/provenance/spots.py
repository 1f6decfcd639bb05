"""Expressions in their surroundings, with the part of their value that is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Optional

from guardrail.frontends.terraform.cells import Deferred
from guardrail.frontends.terraform.declarations import Declaration
from guardrail.frontends.terraform.evaluated import Evaluated
from guardrail.frontends.terraform.expansion import Slot
from guardrail.frontends.terraform.scope import Scope
from guardrail.frontends.terraform.syntax import File
from guardrail.frontends.terraform.syntax.nodes import Expression
from guardrail.frontends.terraform.values import EvaluationError, Unknown, Value
from guardrail.model.dataclass import dataclass
from guardrail.model.path import Segment
from guardrail.model.value import ABSENT, lookup

Path = tuple[Segment, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """
    Where the value of an iterator comes from: an element of a collection.

    `part` is what the name stands for: the element, its key, or a pair of both (`each`, iterators of `dynamic`).
    `key` is None for the element that stands for several.
    """

    collection: Spot
    key: Optional[Segment]
    part: str

    def element(self) -> Spot:
        """Return the element, or the whole collection where it is not known which."""
        return self.collection if self.key is None else self.collection.at(self.collection.node, (self.key,))


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """
    An expression and a path below its value.

    `bindings` tell where the iterators that the scope knows come from.
    """

    node: Expression
    path: Path
    scope: Scope
    file: File
    module: Evaluated
    bindings: Mapping[str, Binding] = field(default_factory=dict)

    def at(self, node: Expression, path: Path = ()) -> Spot:
        """Return another expression in the same surroundings."""
        return replace(self, node=node, path=path)

    def within(self, scope: Scope, bindings: Mapping[str, Binding]) -> Spot:
        """Return the same expression where further names are known."""
        return replace(self, scope=scope, bindings={**self.bindings, **bindings})

    def value(self) -> Value:
        """Return what is there; `ABSENT` where nothing is, or where the expression is in error."""
        return lookup(self.evaluate(self.node), self.path)

    def evaluate(self, node: Expression) -> Value:
        """Return the value of an expression in these surroundings, `ABSENT` where it is in error."""
        meter = self.module.program.meter
        before, meter.file = meter.file, self.file
        try:
            return self.scope.evaluate(node)
        except (EvaluationError, Deferred):
            return ABSENT
        finally:
            meter.file = before

    def key(self, node: Expression) -> Optional[Segment]:
        """Return the value of an index or key, None where it is not known."""
        value = self.evaluate(node)
        return value if isinstance(value, (int, str)) and not isinstance(value, Unknown) else None


def slot_bindings(module: Evaluated, declaration: Declaration, slot: Slot) -> Mapping[str, Binding]:
    """Return where `each` or `count` of an instance comes from."""
    for name, argument_name in (("each", "for_each"), ("count", "count")):
        argument = declaration.argument(argument_name)
        if argument is not None:
            spot = Spot(argument.value, (), module.scope, declaration.file_of(argument_name), module)
            return {name: Binding(spot, slot.key, "pair")}
    return {}
