"""`ephemeralasnull`: what only exists while Terraform runs is null, wherever it stands in a value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrail.frontends.terraform.scope import Declares, Scope
from guardrail.frontends.terraform.syntax.nodes import (
    Attribute,
    Expression,
    Index,
    Literal,
    Name,
    Node,
    Object,
    Parenthesized,
    Template,
    Tuple,
    Wrapped,
)
from guardrail.frontends.terraform.values import ObjectValue, TupleValue, Value, checked, refused

_NODES: Final = 1_000
"""How many parts of an expression are looked at."""


def as_null(node: Expression, scope: Scope) -> Value:
    """Return the value of an expression, null in place of what is ephemeral in it, refused where that is not clear."""
    if not _mentions(node, scope):
        return scope.evaluate(node)
    if isinstance(node, (Parenthesized, Wrapped)):
        return as_null(node.inner, scope)
    if isinstance(node, Tuple):
        return checked(TupleValue([as_null(item, scope) for item in node.items]))
    if isinstance(node, Object) and all(isinstance(item.key, Literal) for item in node.items):
        return checked(ObjectValue({str(item.key.value): as_null(item.value, scope) for item in node.items}))  # type: ignore[union-attr]
    if isinstance(node, Template) or _is_variable(node):
        return None
    return scope.meter.noticed(node, refused("which parts of a value are ephemeral is not followed"))


def _is_variable(node: Node) -> bool:
    """Whether it is a variable, or a part of one: all of it is ephemeral if it is."""
    while isinstance(node, (Attribute, Index)):
        if isinstance(node, Attribute) and isinstance(node.base, Name):
            return node.base.name == "var"
        node = node.base
    return False


def _mentions(node: Node, scope: Scope) -> bool:
    """Whether anything in an expression is ephemeral, or may be."""
    seen: set[str] = set()
    pending: list[Node] = [node]
    for _ in range(_NODES):
        if not pending:
            return False
        part = pending.pop()
        if isinstance(part, Name) and part.name == "ephemeral":
            return True
        if isinstance(part, Attribute) and isinstance(part.base, Name) and isinstance(scope.home, Declares):
            if scope.home.ephemeral(part.base.name, part.name):
                return True
            local = scope.home.declared("local", part.name) if part.base.name == "local" else None
            if isinstance(local, Node) and part.name not in seen:
                seen.add(part.name)
                pending.append(local)
        pending.extend(_parts(part))
    return True


def _parts(node: Node) -> Iterator[Node]:
    for name in type(node).__slots__:
        part = getattr(node, name)
        for each in part if isinstance(part, tuple) else (part,):
            if isinstance(each, Node):
                yield each
