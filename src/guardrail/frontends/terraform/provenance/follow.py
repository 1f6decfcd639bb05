"""From an expression to what it was made of, step by step, across locals, variables and modules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Optional, Protocol

from guardrail.frontends.terraform.expressions.comprehension import Elements, elements_of
from guardrail.frontends.terraform.lazy import Reached
from guardrail.frontends.terraform.provenance.arguments import HANDED_ON
from guardrail.frontends.terraform.provenance.references import Target, reference, target
from guardrail.frontends.terraform.provenance.spots import Binding, Path, Spot
from guardrail.frontends.terraform.syntax import nodes
from guardrail.frontends.terraform.values import EvaluationError, Unknown, extent
from guardrail.model.path import Segment
from guardrail.model.value import ABSENT, Reason

VISITS: Final = 400
"""How many expressions are looked at for one question."""


class Visitor(Protocol):
    """What is done with the way."""

    tests: bool
    """Whether what decides between values (tests, keys) is followed, after the values themselves."""

    narrows: bool
    """Whether of a value that is not known only those parts are followed that are not known either."""

    def item(self, spot: Spot, item: nodes.Node) -> None:
        """Take note of a part of a literal object or tuple that the path leads into."""

    def target(self, found: Target) -> Iterator[Spot]:
        """Take note of what a reference leads to, and yield where to go on."""

    def sensitive(self) -> None:
        """Take note that a value is marked as sensitive."""


class Follower:
    """Walks from one spot to all that its value comes from."""

    def __init__(self, visitor: Visitor, most: int = VISITS) -> None:
        self.visitor = visitor
        self.most = most
        self.deciding = False  # whether the values are through, and what decides between them is walked
        self.narrowed = False  # whether anything was passed over since it is known
        self.cut = False  # whether there was more than is looked at
        self._seen: set[tuple[object, ...]] = set()
        self._tests: list[Spot] = []

    def follow(self, start: Spot) -> None:
        """
        Walk, nearest origin first: the values, and then what decides between them.

        Without recursion: chains of references may be long.
        """
        self._walk([start])
        self.deciding = True
        self._walk(self._tests[::-1])

    def _walk(self, pending: list[Spot]) -> None:
        while pending:
            if len(self._seen) >= self.most:
                self.cut = True
                return
            spot = pending.pop()
            key = (id(spot.node), spot.path, spot.module.prefix, id(spot.scope.names))
            if key not in self._seen:
                self._seen.add(key)
                pending.extend(reversed(self._narrow(spot, self.parts(spot))))
            if self.deciding and not pending:
                pending, self._tests = self._tests[::-1], []

    def parts(self, spot: Spot) -> list[Spot]:
        """Return where one expression leads: one step of the walk, which the visitor is told of."""
        return list(_HANDLERS.get(type(spot.node), _parts)(self, spot))

    def test(self, spot: Spot) -> None:
        """Take note of what decides between values: it is walked when they are through."""
        if self.visitor.tests:
            self._tests.append(spot)

    def _narrow(self, spot: Spot, parts: list[Spot]) -> list[Spot]:
        """
        Return the parts that make a value unknown, all of them if none does or if it is known.

        Of an object that only decides nothing is in the parts: it is there, or it is not (`var.pools != null`).
        """
        if self.visitor.narrows and self.deciding and isinstance(spot.node, nodes.Object) and not spot.path:
            self.narrowed = True
            return []
        if not self.visitor.narrows or len(parts) < _SEVERAL or _chooses(spot) or not _doubtful(spot):
            return parts
        found = [part for part in parts if _doubtful(part)]
        self.narrowed = self.narrowed or len(found) < len(parts)
        return found or parts

    # What an expression is made of

    def inner(self, spot: Spot) -> Iterator[Spot]:
        """Go on inside parentheses."""
        yield spot.at(spot.node.inner, spot.path)  # type: ignore[union-attr]

    def object(self, spot: Spot) -> Iterator[Spot]:
        """Go on at the last member with the key; without a path at all of them."""
        node: Any = spot.node
        if not spot.path:
            yield from (spot.at(item.value) for item in node.items)
            return
        first, *rest = spot.path
        found = [item for item in node.items if _is_key(spot, item.key, first)]
        if found:
            self.visitor.item(spot.at(found[-1].value, tuple(rest)), found[-1])
            yield spot.at(found[-1].value, tuple(rest))
            return
        unsure = [item for item in node.items if isinstance(spot.evaluate(item.key), Unknown)]
        for item in unsure:  # nobody can tell whether it is the one
            self.visitor.item(spot.at(item.key), item)
            yield spot.at(item.key)
        if first == 0 and not unsure:  # a single block in attribute syntax
            yield spot.at(node, tuple(rest)) if rest else spot.at(nodes.Literal(None, node.start, node.end))

    def tuple(self, spot: Spot) -> Iterator[Spot]:
        """Go on at the element of the index; without a path at all of them."""
        node: Any = spot.node
        if not spot.path:
            yield from (spot.at(item) for item in node.items)
        elif isinstance(spot.path[0], int) and 0 <= spot.path[0] < len(node.items):
            item = node.items[spot.path[0]]
            self.visitor.item(spot.at(item, spot.path[1:]), item)
            yield spot.at(item, spot.path[1:])

    def conditional(self, spot: Spot) -> Iterator[Spot]:
        """Go on at the test, and at the arm that it chooses, or both."""
        node: Any = spot.node
        verdict = spot.evaluate(node.test)
        if isinstance(verdict, Unknown) and self.visitor.tests:
            yield spot.at(node.test)  # it is why nobody can tell
        else:
            self.test(spot.at(node.test))
        known = isinstance(verdict, (bool, str))
        if not known or verdict in (True, "true"):
            yield spot.at(node.then, spot.path)
        if not known or verdict not in (True, "true"):
            yield spot.at(node.otherwise, spot.path)

    def splat(self, spot: Spot) -> Iterator[Spot]:
        """Go on at the element that the path names, with the attributes that the splat takes of it."""
        node: Any = spot.node
        steps = _names(node.each)
        if not spot.path or steps is None:
            yield spot.at(node.base)
        else:
            yield spot.at(node.base, (spot.path[0], *steps, *spot.path[1:]))

    def for_(self, spot: Spot) -> Iterator[Spot]:
        """Go on at the result for the element that the path names, else at the collection and at any result."""
        node: Any = spot.node
        found = _elements(spot) if spot.path else None
        for position, (key, element) in enumerate(found.pairs if found else ()):
            result = _result(spot, spot.path[1:], key, element)
            if spot.path[0] == (position if node.result_key is None else result.key(node.result_key)):
                yield result
                return
        yield spot.at(node.collection)
        result = _result(spot, (), None, Unknown(Reason.COMPUTED))
        for decides in (node.test, node.result_key):
            if decides is not None:
                self.test(result.at(decides))
        yield result

    def call(self, spot: Spot) -> Iterator[Spot]:
        """Go on at the arguments that decide."""
        node: Any = spot.node
        if node.function == "sensitive":
            self.visitor.sensitive()
        special = HANDED_ON.get(node.function)
        if special is not None and not node.expand:
            yield from special(self.test, spot, node.arguments)
        else:
            yield from (spot.at(argument) for argument in node.arguments)

    def reference(self, spot: Spot) -> Iterator[Spot]:
        """Go on at what a name stands for."""
        root, steps, keys = reference(spot)
        for key in keys:
            self.test(spot.at(key))
        if not isinstance(root, nodes.Name):
            yield spot.at(root, (*steps, *spot.path))
            return
        found = target(spot, root.name, (*steps, *spot.path))
        if found is not None:
            yield from self.visitor.target(found)


_SEVERAL: Final = 2


def _chooses(spot: Spot) -> bool:
    """Whether the value is that of one of the parts, so that each may be the one, and not made of them all."""
    if isinstance(spot.node, nodes.Call):
        name = spot.node.function
        return name in HANDED_ON and (bool(spot.path) or name not in ("merge", "concat"))
    return isinstance(spot.node, nodes.Conditional)


def _doubtful(spot: Spot) -> bool:
    """Whether what is there is not known, in whole or in part."""
    value = spot.value()
    return value is not ABSENT and extent(value).unknown is not None


def _parts(_follower: Follower, spot: Spot) -> Iterator[Spot]:
    """Go on at all parts of an expression that is a value of its own: operators, templates."""
    for name in type(spot.node).__slots__:
        part = getattr(spot.node, name)
        for each in part if isinstance(part, tuple) else (part,):
            if isinstance(each, nodes.Node):
                yield spot.at(each)  # type: ignore[arg-type]


def _is_key(spot: Spot, key: nodes.Expression, wanted: object) -> bool:
    return (key.value if isinstance(key, nodes.Literal) else spot.key(key)) == wanted


def _names(each: nodes.Expression) -> Optional[Path]:
    """Return the attribute names that a splat takes of each element, None where it does more."""
    names: list[str] = []
    while isinstance(each, nodes.Attribute):
        names.append(each.name)
        each = each.base
    return tuple(reversed(names)) if isinstance(each, nodes.Element) else None


def _result(spot: Spot, path: Path, key: Optional[Segment], element: Reached) -> Spot:
    """Return the result of `for` for an element; without a key for any of them, which `element` stands for."""
    node: Any = spot.node
    collection = spot.at(node.collection)
    names: dict[str, Reached] = {node.value: element}
    bindings = {node.value: Binding(collection, key, "value")}
    if node.key is not None:
        names[node.key] = element if key is None else key
        bindings[node.key] = Binding(collection, key, "key")
    return spot.at(node.result, path).within(spot.scope.inner(names), bindings)


def _elements(spot: Spot) -> Optional[Elements]:
    try:
        found = elements_of(spot.node.collection, spot.scope)  # type: ignore[union-attr]
    except EvaluationError:
        return None
    return found if isinstance(found, Elements) else None


_HANDLERS: Final[Mapping[type, Callable[[Follower, Spot], Iterator[Spot]]]] = {
    nodes.Parenthesized: Follower.inner,
    nodes.Wrapped: Follower.inner,
    nodes.Object: Follower.object,
    nodes.Tuple: Follower.tuple,
    nodes.Conditional: Follower.conditional,
    nodes.Splat: Follower.splat,
    nodes.For: Follower.for_,
    nodes.Call: Follower.call,
    nodes.Name: Follower.reference,
    nodes.Attribute: Follower.reference,
    nodes.Index: Follower.reference,
}
