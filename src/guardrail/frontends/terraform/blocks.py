"""The bodies of blocks: arguments, nested blocks, and the nested blocks that `dynamic` makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Union

from guardrail.frontends.terraform.candidates import lift
from guardrail.frontends.terraform.declarations import nested_type
from guardrail.frontends.terraform.expressions.comprehension import ELEMENTS, Elements, elements, elements_of
from guardrail.frontends.terraform.lazy import Reached, pair
from guardrail.frontends.terraform.meter import LimitError
from guardrail.frontends.terraform.scope import Scope
from guardrail.frontends.terraform.syntax.nodes import Block, Body, Expression, Literal, Name
from guardrail.frontends.terraform.values import (
    EvaluationError,
    ListValue,
    ObjectValue,
    Unknown,
    Value,
    checked,
    refused,
    unknown,
)
from guardrail.model.dataclass import dataclass

NOT_ATTRIBUTES: Final = frozenset({"lifecycle", "provisioner", "connection", "timeouts"})
"""Nested blocks that say how Terraform works, and nothing of the thing itself."""


def blocks_of(body: Body, kind: str) -> Iterator[Block]:
    """Yield the nested blocks of a type in source order, and the `dynamic` ones that make such blocks."""
    if len(body.blocks) > _MANY:
        return iter(_grouped(body).get(kind, ()))
    return (block for block in body.blocks if nested_type(block) == kind)


_MANY: Final = 16
"""Blocks of a body from which on they are grouped: else a body of ten thousand types takes a hundred million looks."""


def _grouped(body: Body) -> Mapping[str, Sequence[Block]]:
    if body.grouped is None:
        found: dict[str, list[Block]] = {}
        for block in body.blocks:
            found.setdefault(nested_type(block), []).append(block)
        body.grouped = found
    return body.grouped


def nested(blocks: Iterator[Block], scope: Scope) -> Value:
    """
    Return the nested blocks of one type as a list of objects, also where there is just one.

    If it is not known how many a `dynamic` block makes, nothing is known of the list.
    """
    parts = [
        _dynamic(block, scope) if block.type == "dynamic" else (body_value(block.body, scope),) for block in blocks
    ]
    if not any(isinstance(part, Unknown) for part in parts):
        return checked(ListValue(each for part in parts for each in part))
    return lift(lambda *known: ListValue(each for part in known for each in part), *parts)


def body_value(body: Body, scope: Scope) -> Value:
    """Return the arguments and nested blocks of a body as one object."""
    scope.meter.charge(len(body.arguments) + _BODY)
    members = {name: _confined(argument.value, scope) for name, argument in body.arguments.items()}
    for kind in nested_types(body):
        members[kind] = nested(blocks_of(body, kind), scope)
    return checked(ObjectValue(members))


def _confined(node: Expression, scope: Scope) -> Value:
    """Return the value of an argument; an error in it is told, and costs nothing beside it."""
    try:
        return scope.evaluate(node)
    except LimitError:
        raise
    except EvaluationError as error:
        return scope.meter.failed(error, node)


def nested_types(body: Body) -> list[str]:
    """Return the types of the nested blocks that are attributes, in the order in which they first occur."""
    kinds = dict.fromkeys(nested_type(block) for block in body.blocks)
    return [kind for kind in kinds if kind not in NOT_ATTRIBUTES]


@dataclass(frozen=True, slots=True)
class Generator:
    """A `dynamic` block: what it goes over, the name of its iterator, and the body of each block that it makes."""

    for_each: Expression
    iterator: str
    content: Body

    @classmethod
    def of(cls, block: Block) -> Generator:
        """Return the parts of a `dynamic` block. Raises an `EvaluationError` where one is missing."""
        for_each = block.body.arguments.get("for_each")
        content = next((inner for inner in block.body.blocks if inner.type == "content"), None)
        if for_each is None or content is None:
            raise EvaluationError("a dynamic block needs for_each and a content block", block)
        return cls(for_each.value, _iterator(block), content.body)

    def inner(self, key: Value, value: Reached, scope: Scope) -> Scope:
        """Return the scope of one block."""
        return scope.inner({self.iterator: pair(key, value)})


def _iterator(block: Block) -> str:
    named = block.body.arguments.get("iterator")
    if named is None:
        return block.labels[0]
    if isinstance(named.value, Name):
        return named.value.name
    if isinstance(named.value, Literal) and isinstance(named.value.value, str):
        return named.value.value
    raise EvaluationError("the iterator of a dynamic block is a plain name", named.value)


def _dynamic(block: Block, scope: Scope) -> Value:
    try:
        return _blocks(Generator.of(block), scope)
    except LimitError:
        raise
    except EvaluationError as error:
        return scope.meter.failed(error, block)


def _blocks(generator: Generator, scope: Scope) -> Value:
    found = elements_of(generator.for_each, scope)
    if isinstance(found, Unknown):
        return lift(lambda known: _generated(generator, elements(known), scope), found)
    return _generated(generator, found, scope)


_BODY: Final = 20
"""Steps that a body takes beside its arguments: it costs as much as so many nodes."""


def _generated(generator: Generator, found: Union[Elements, Unknown], scope: Scope) -> Value:
    if isinstance(found, Unknown):  # among candidates only
        return unknown(found)
    if found.rest is not None:
        return unknown(found.rest)
    if len(found.pairs) > ELEMENTS:
        return refused(f"a dynamic block of more than {ELEMENTS:,} elements")
    made: list[Value] = []
    for key, value in found.pairs:
        made.append(body_value(generator.content, generator.inner(key, value, scope)))
    return ListValue(made)
