"""Where a part of an instance's attributes is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Optional

from guardrail.frontends.terraform.blocks import Generator, blocks_of
from guardrail.frontends.terraform.declarations import Declaration
from guardrail.frontends.terraform.evaluated import Call, Evaluated
from guardrail.frontends.terraform.expressions.comprehension import Elements, elements_of
from guardrail.frontends.terraform.provenance.spots import Binding, Spot, slot_bindings
from guardrail.frontends.terraform.resources import Instance
from guardrail.frontends.terraform.scope import Scope
from guardrail.frontends.terraform.syntax import File
from guardrail.frontends.terraform.syntax.nodes import (
    Block,
    Body,
    Literal,
    Node,
    Object,
    Parenthesized,
    Tuple,
    Wrapped,
)
from guardrail.frontends.terraform.values import EvaluationError
from guardrail.model.dataclass import dataclass
from guardrail.model.path import Segment


@dataclass(frozen=True, slots=True)
class Located:
    """
    What is written for a path: the nearest node that there is.

    `argument` is the argument that it is part of and `spot` its value with the rest of the path, both None where
    only a block is there. `body` is that of the block which the whole path means.
    """

    file: File
    node: Node
    argument: Optional[Node] = None
    spot: Optional[Spot] = None
    body: Optional[Body] = None


def locate_instance(instance: Instance, path: tuple[str, ...]) -> Located:
    """Return what is written for a path below the attributes of a resource."""
    bindings = slot_bindings(instance.module, instance.declaration, instance.slot)
    return _locate(instance.module, instance.declaration, instance.scope, bindings, path)


def locate_argument(call: Call, path: tuple[str, ...]) -> Located:
    """Return what is written for a path below the arguments of a call."""
    bindings = slot_bindings(call.parent, call.declaration, call.slot)
    return _locate(call.parent, call.declaration, call.scope, bindings, path)


def locate_setting(module: Evaluated, declaration: Declaration, path: tuple[str, ...]) -> Located:
    """Return what is written for a path below the settings of a provider."""
    return _locate(module, declaration, module.scope, {}, path)


@dataclass(frozen=True, slots=True)
class _Place:
    """A body, and where it is."""

    body: Body
    scope: Scope
    bindings: Mapping[str, Binding]
    block: Node


def _locate(
    module: Evaluated, declaration: Declaration, scope: Scope, bindings: Mapping[str, Binding], path: tuple[str, ...]
) -> Located:
    file = declaration.file_of(path[0]) if path else declaration.file
    place = _Place(declaration.block.body, scope, bindings, _header(declaration.block))
    while path:
        argument = place.body.arguments.get(path[0])
        if argument is not None:
            steps = tuple(_segment(each) for each in path[1:])
            spot = Spot(argument.value, steps, place.scope, file, module, place.bindings)
            return Located(file, _innermost(argument, spot), argument, spot)
        inner = _nth(module, file, place, path)
        if inner is None:
            return Located(file if place.block is not declaration.block else declaration.file, place.block)
        place, path = inner, path[2:]
    return Located(file, place.block, body=place.body)


def _header(block: Block) -> Node:
    """Return the stretch from a block's type to its brace."""
    return Node(block.start, block.header_end)


def _segment(text: str) -> Segment:
    return int(text) if text.isdigit() and len(text) < _DIGITS else text


_DIGITS = 9


def _nth(module: Evaluated, file: File, place: _Place, path: tuple[str, ...]) -> Optional[_Place]:
    """Return the nested block that a path like `disk/0` means, None where there is none."""
    wanted = _segment(path[1]) if len(path) > 1 else 0
    if not isinstance(wanted, int):
        return None
    last: Optional[_Place] = None
    for each in _nested(module, file, place, path[0]):
        last = each
        if wanted == 0:
            return each
        wanted -= 1
    return last if last is not None and isinstance(last.block, Block) and last.block.type == "dynamic" else None


def _nested(module: Evaluated, file: File, place: _Place, kind: str) -> Iterator[_Place]:
    for block in blocks_of(place.body, kind):
        if block.type != "dynamic":
            yield _Place(block.body, place.scope, place.bindings, _header(block))
            continue
        try:
            generator = Generator.of(block)
            found = elements_of(generator.for_each, place.scope)
        except EvaluationError:
            continue
        collection = Spot(generator.for_each, (), place.scope, file, module, place.bindings)
        for key, value in found.pairs if isinstance(found, Elements) else [(None, None)]:
            scope = generator.inner(key, value, place.scope)
            bindings = {**place.bindings, generator.iterator: Binding(collection, key, "pair")}
            yield _Place(generator.content, scope, bindings, _header(block))


def _innermost(node: Node, spot: Spot) -> Node:
    """Return the part of a literal value that a path leads to, as far as it is literal."""
    value: Node = spot.node
    for segment in spot.path:
        while isinstance(value, (Parenthesized, Wrapped)):
            value = value.inner
        if isinstance(value, Object):
            item = next((each for each in reversed(value.items) if _named(each.key, segment)), None)
            if item is None and segment == 0:
                continue  # a single block in attribute syntax
            if item is None:
                return node
            node, value = item, item.value
        elif isinstance(value, Tuple) and isinstance(segment, int) and segment < len(value.items):
            node = value = value.items[segment]
        else:
            return node
    return node


def _named(key: Node, segment: Segment) -> bool:
    return isinstance(key, Literal) and key.value == segment
