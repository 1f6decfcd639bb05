"""
HCL in JSON syntax: the same tree as from native syntax, as far as that can be told without knowing the schema.

The blocks of the language itself (`resource`, `variable`, `dynamic`, …) become blocks. Below that an object may be a
nested block or a value: it stays a value, an argument that is an `Object` or a tuple of them, and who knows what is
wanted reads it as such. A block that is repeated may be spelt by a property that is repeated, here too: then its
objects become one tuple. Any other property has one value. Strings are templates, but where Terraform takes them as
they stand, as in the default of a variable.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from guardrail.frontends.terraform.syntax.body import PROBLEMS, SIZE, too_large
from guardrail.frontends.terraform.syntax.json_values import Reader, as_written, spelt, twice
from guardrail.frontends.terraform.syntax.nodes import (
    Argument,
    Block,
    Body,
    Expression,
    Literal,
    Malformed,
    Object,
    ObjectItem,
    Tuple,
)
from guardrail.frontends.terraform.syntax.problems import HclSyntaxError, SyntaxProblem
from guardrail.frontends.terraform.syntax.source import File

_RESOURCES: Final = ("resource", "data", "ephemeral", "list", "action")
_RESOURCE: Final[Mapping[str, int]] = {"dynamic": 1, "lifecycle": 0, "provisioner": 1, "connection": 0}

LABELS: Final[Mapping[str, Mapping[str, int]]] = {
    "": {
        "resource": 2, "data": 2, "ephemeral": 2, "list": 2, "action": 2, "module": 1, "provider": 1, "variable": 1,
        "output": 1, "check": 1, "locals": 0, "terraform": 0, "moved": 0, "import": 0, "removed": 0,
    },
    "resource": _RESOURCE,
    "data": _RESOURCE,
    "ephemeral": _RESOURCE,
    "list": {"dynamic": 1, "config": 0},
    "action": {"dynamic": 1, "config": 0},
    "provider": {"dynamic": 1},
    "dynamic": {"content": 0},
    "content": {"dynamic": 1},
    "lifecycle": {"precondition": 0, "postcondition": 0, "action_trigger": 0},
    "provisioner": {"connection": 0},
    "variable": {"validation": 0},
    "output": {"precondition": 0},
    "check": {"data": 2, "assert": 0},
    "removed": {"lifecycle": 0, "provisioner": 1},
    "terraform": {"required_providers": 0, "backend": 1, "cloud": 0, "provider_meta": 1},
    "cloud": {"workspaces": 0},
}  # fmt: skip
"""The blocks of the language, by what they stand in, and how many labels each has."""

_COMMENT: Final = "//"

_OPEN: Final = frozenset(
    {*_RESOURCES, "provider", "content", "config", "provisioner", "connection", "backend", "cloud"}
)
"""Blocks that may hold others than those of the language: which, only a provider knows."""

_NO_BLOCKS: Final = frozenset({"count", "for_each", "provider", "depends_on"})
"""What is an argument in them, whatever the provider."""

_EVERYTHING: Final = frozenset({"variable", "terraform", "required_providers"})
"""Blocks in which no string is a template."""

_WHOLE: Final = frozenset({"values", "locals", "required_providers"})
"""Bodies of arguments only: each is one object, not an array of them."""

_AS_WRITTEN: Final[Mapping[str, frozenset[str]]] = {
    "module": frozenset({"source", "version"}),
    "provider": frozenset({"alias", "version"}),
}
"""The arguments of other blocks that are no templates."""


def parse_json(text: str, path: str) -> File:
    """Read a configuration file in JSON syntax. Never raises: what is wrong is among the file's `errors`."""
    return _parse(text, path, literal=False)


def parse_json_values(text: str, path: str) -> File:
    """Read a file of variable values in JSON syntax: arguments only, and strings as they stand."""
    return _parse(text, path, literal=True)


def _parse(text: str, path: str, *, literal: bool) -> File:
    if len(text) > SIZE:
        return File(path, text, Body({}, (), 0, 0), (too_large(),), complete=False)
    reader = Reader(text, literal=literal)
    try:
        root = reader.document()
    except HclSyntaxError as error:
        return File(path, text, Body({}, (), 0, len(text)), (error.problem,), False, reader.tokens)
    bodies = _Bodies(text, repeated=reader.repeated)
    read = bodies.body(root, "values" if literal else "")
    body = Body(read.arguments, read.blocks, 0, len(text))
    return File(path, text, body, tuple(bodies.problems), not bodies.problems, reader.tokens)


class _Bodies:
    """Tells blocks from arguments; `repeated` says whether an object of the text has two properties of one name."""

    def __init__(self, text: str, *, repeated: bool) -> None:
        self._text = text
        self._repeated = repeated
        self.problems: list[SyntaxProblem] = []

    def body(self, node: Expression, kind: str) -> Body:
        """Return an object, or all of an array together, as the body of a block of this kind."""
        labels = LABELS.get(kind, {})
        blocks: list[Block] = []
        arguments: list[tuple[str, ObjectItem]] = []
        for item in self._members(node, f'"{kind}"' if kind in _NAMED else "the file", whole=kind in _WHOLE):
            name = self._name(item)
            if name in labels:
                blocks.extend(self._blocks(name, (), item.value, item.start, labels[name]))
            elif name != _COMMENT:
                arguments.append((name, item))
        return Body(self._arguments(kind, arguments), tuple(blocks), node.start + 1, node.end - 1)

    def _name(self, item: ObjectItem) -> str:
        return spelt(item.key, self._text)

    def _members(self, node: Expression, what: str, *, whole: bool = False) -> Sequence[ObjectItem]:
        """Return the properties of an object, or those of all objects of an array unless it has to be `whole`."""
        if isinstance(node, Object):
            return node.items
        found: list[ObjectItem] = []
        for each in node.items if isinstance(node, Tuple) and not whole else (node,):
            if isinstance(each, Object):
                found += each.items
            else:
                message = f"expected an object{'' if whole else ' or an array of objects'} for {what}"
                self._problem(SyntaxProblem(message, each.start, each.end))
        return found

    def _blocks(
        self, kind: str, labels: tuple[str, ...], value: Expression, start: int, missing: int
    ) -> Iterator[Block]:
        """Yield the blocks of one property: labels are nested objects, and an array repeats."""
        if missing:
            members = self._members(value, f'"{kind}"')
            if not members and isinstance(value, (Object, Tuple)):
                hint = "The name of a block is a property of an object around it."
                self._problem(SyntaxProblem(f'this "{kind}" has no name', value.start, value.end, hint))
            for inner in members:
                yield from self._blocks(kind, (*labels, self._name(inner)), inner.value, inner.start, missing - 1)
        elif not (isinstance(value, Literal) and value.value is None):
            for node in value.items if isinstance(value, Tuple) else (value,):
                body = self.body(node, kind)
                if isinstance(node, (Object, Tuple)):
                    yield Block(kind, labels, body, node.start, start, node.end)

    def _arguments(self, kind: str, items: list[tuple[str, ObjectItem]]) -> dict[str, Argument]:
        found: dict[str, Argument] = {}
        literal = _AS_WRITTEN.get(kind, frozenset())
        for name, item in self._once(kind, items) if self._repeated else items:
            value = item.value
            if kind in _EVERYTHING or name in literal:
                value = as_written(value, self._text)
            if self._repeated:
                value = self._unique(value, blocks=kind in _OPEN)
            found[name] = Argument(name, item.key.end, value, item.start, item.end)
        return found

    # What stands twice

    def _once(self, kind: str, items: list[tuple[str, ObjectItem]]) -> Iterator[tuple[str, ObjectItem]]:
        """Yield each property once: one that is repeated is a block that is, or wrong."""
        for name, same in _by_name(items).items():
            if len(same) > 1 and kind in _OPEN and name not in _NO_BLOCKS and all(map(_is_block, same)):
                yield name, _together(same)
                continue
            yield name, same[0]
            for item in same[1:]:
                self._problem(twice(name, item.key))

    def _unique(self, node: Expression, *, blocks: bool) -> Expression:
        """Return a value in which no property stands twice; where one does, it has no value."""
        if isinstance(node, Tuple):
            return Tuple(tuple([self._unique(item, blocks=blocks) for item in node.items]), node.start, node.end)
        if not isinstance(node, Object):
            return node
        items = []
        for name, same in _by_name([(self._name(item), item) for item in node.items]).items():
            if len(same) > 1 and not (blocks and all(map(_is_block, same))):
                message = f'the property "{name}" stands twice in this object'
                return Malformed(message, self._text[node.start : node.end], node.start, node.end)
            item = _together(same)
            items.append(ObjectItem(item.key, self._unique(item.value, blocks=blocks), item.start, item.end))
        return Object(tuple(items), node.start, node.end)

    def _problem(self, problem: SyntaxProblem) -> None:
        if len(self.problems) < PROBLEMS:
            self.problems.append(problem)


_NAMED: Final = frozenset(name for inner in LABELS.values() for name in inner)


def _by_name(items: list[tuple[str, ObjectItem]]) -> dict[str, list[ObjectItem]]:
    found: dict[str, list[ObjectItem]] = {}
    for name, item in items:
        found.setdefault(name, []).append(item)
    return found


def _is_block(item: ObjectItem) -> bool:
    value = item.value
    return all(isinstance(each, Object) for each in (value.items if isinstance(value, Tuple) else (value,)))


def _together(items: list[ObjectItem]) -> ObjectItem:
    """Return one property for all of the same name: their values as one tuple."""
    if len(items) == 1:
        return items[0]
    values: list[Expression] = []
    for item in items:
        values.extend(item.value.items if isinstance(item.value, Tuple) else (item.value,))
    first, last = items[0], items[-1]
    return ObjectItem(first.key, Tuple(tuple(values), first.value.start, last.value.end), first.start, last.end)
