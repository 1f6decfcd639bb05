"""Where an expression is evaluated: the names that it can use, and the way down into its parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional, Protocol, Union, runtime_checkable

from guardrail.frontends.terraform.lazy import Lazy, Reached
from guardrail.frontends.terraform.meter import DEPTH, STOPPED, LimitError, Meter
from guardrail.frontends.terraform.syntax.nodes import Expression, Literal, Name, Node
from guardrail.frontends.terraform.types import Type
from guardrail.frontends.terraform.values import EvaluationError, Value


class Home(Protocol):
    """What gives the names that no iterator shadows: a module, or the variables of a template."""

    def resolve(self, name: str) -> Reached:
        """Return what a reference begins with. Raises an `EvaluationError` for a name that means nothing here."""

    def function(self, name: str, arguments: list[Value]) -> Value:
        """Return what a function gives for these values."""


@runtime_checkable
class Declares(Protocol):
    """A home that can tell of names without evaluating them."""

    def declared(self, namespace: str, name: str) -> Union[Type, Expression]:
        """Return the type that `var.name` is declared with, or the expression of `local.name`."""

    def ephemeral(self, namespace: str, name: str) -> bool:
        """Return whether `var.name`, or an output of `module.name`, is declared to be ephemeral."""


class Scope:
    """
    Names, innermost first: iterators of `for` and `dynamic`, `each`, `count`, then those of `home`.

    `names` is None for the scope of a module itself. A scope is never changed.
    """

    __slots__ = ("home", "meter", "names", "outer")

    def __init__(
        self, home: Home, meter: Meter, names: Optional[Mapping[str, Reached]] = None, outer: Optional[Scope] = None
    ) -> None:
        self.home = home
        self.meter = meter
        self.names = names
        self.outer = outer

    def inner(self, names: Mapping[str, Reached]) -> Scope:
        """Return the scope in which these names are known too."""
        return Scope(self.home, self.meter, names, self)

    def resolve(self, name: str) -> Reached:
        """Return what a name stands for."""
        scope: Optional[Scope] = self
        while scope is not None and scope.names is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        return self.home.resolve(name)

    def reach(self, node: Node) -> Reached:
        """Return what an expression leads to, which may be a lazy object."""
        if type(node) is Literal:
            return node.value
        meter = self.meter
        meter.steps += 1
        meter.depth += 1
        try:
            if meter.depth > DEPTH or meter.steps > meter.limit:
                raise _over(meter)
            return meter.handlers[type(node)](node, self)
        except EvaluationError as error:
            if error.node is None:
                error.node = node
            raise
        finally:
            meter.depth -= 1

    def named(self, node: Name) -> Reached:
        """Return what a name leads to, as `reach` does: every third node is one, and none has anything below it."""
        self.meter.steps += 1
        try:
            return self.resolve(node.name)
        except EvaluationError as error:
            error.node = error.node or node
            raise

    def evaluate(self, node: Node) -> Value:
        """Return the value of an expression."""
        if type(node) is Literal:
            return node.value
        reached = self.reach(node)
        return reached.value() if isinstance(reached, Lazy) else reached


def _over(meter: Meter) -> LimitError:
    if meter.stopped:
        return LimitError(STOPPED.format(meter.limit), "limit-steps")
    return LimitError(f"expressions nest deeper than {DEPTH} levels", "limit-depth")
