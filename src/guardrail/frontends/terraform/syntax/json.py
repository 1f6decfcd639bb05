"""
HCL in JSON syntax: the same tree as from native syntax, as far as that can be told without knowing the schema.

The blocks of the language itself (`resource`, `variable`, `dynamic`, …) become blocks. Below that an object may be a
nested block or a value: it stays a value, an argument that is an `Object` or a tuple of them, and who knows what is
wanted reads it as such. A property that is repeated means repetition, here too: its values become one tuple. Strings
are templates; what takes them literally (types, references, sources) finds most of them as `Literal`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from guardrail.frontends.terraform.syntax.body import PROBLEMS, SIZE, too_large
from guardrail.frontends.terraform.syntax.json_values import Reader
from guardrail.frontends.terraform.syntax.nodes import (
    Argument,
    Block,
    Body,
    Expression,
    Literal,
    Object,
    ObjectItem,
    Tuple,
)
from guardrail.frontends.terraform.syntax.problems import HclSyntaxError, SyntaxProblem
from guardrail.frontends.terraform.syntax.source import File

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


def parse_json(text: str, path: str) -> File:
    """Read a configuration file in JSON syntax. Never raises: what is wrong is among the file's `errors`."""
    return _parse(text, path, lambda root, problems: _body(root, "", problems), literal=False)


def parse_json_values(text: str, path: str) -> File:
    """Read a file of variable values in JSON syntax: arguments only, and strings as they stand."""
    return _parse(text, path, lambda root, _: _arguments(root, root.items), literal=True)


def _parse(text: str, path: str, read: Callable[[Object, list[SyntaxProblem]], Body], *, literal: bool) -> File:
    if len(text) > SIZE:
        return File(path, text, Body({}, (), 0, 0), (too_large(),), complete=False)
    problems: list[SyntaxProblem] = []
    arguments: dict[str, Argument] = {}
    blocks: list[Block] = []
    reader = Reader(text, literal=literal)
    try:
        root = reader.document()
    except HclSyntaxError as error:
        return File(path, text, Body({}, (), 0, len(text)), (error.problem,), False, reader.tokens)
    for each in _objects(root, "the file", problems):
        inner = read(each, problems)
        arguments.update(inner.arguments)
        blocks += inner.blocks
    body = Body(arguments, tuple(blocks), 0, len(text))
    return File(path, text, body, tuple(problems), not problems, reader.tokens)


def _body(node: Object, kind: str, problems: list[SyntaxProblem]) -> Body:
    """Return an object as the body of a block of this kind."""
    labels = LABELS.get(kind, {})
    blocks: list[Block] = []
    arguments: list[ObjectItem] = []
    for item in node.items:
        name = key_text(item)
        if name in labels:
            blocks.extend(_blocks(name, (), item, labels[name], problems))
        elif name != _COMMENT:
            arguments.append(item)
    body = _arguments(node, tuple(arguments))
    return Body(body.arguments, tuple(blocks), body.start, body.end)


def _arguments(node: Object, items: tuple[ObjectItem, ...]) -> Body:
    arguments = {
        name: Argument(name, item.key.end, item.value, item.start, item.end)
        for item in items
        if (name := key_text(item)) != _COMMENT
    }
    return Body(arguments, (), node.start + 1, node.end - 1)


def _blocks(
    kind: str, labels: tuple[str, ...], item: ObjectItem, missing: int, problems: list[SyntaxProblem]
) -> Iterator[Block]:
    """Yield the blocks of one property: labels are nested objects, and an array repeats on every level."""
    for node in _objects(item.value, f'"{kind}"', problems):
        if not missing:
            yield Block(kind, labels, _body(node, kind, problems), node.start, item.start, node.end)
            continue
        for inner in node.items:
            name = key_text(inner)
            if name != _COMMENT:
                yield from _blocks(kind, (*labels, name), inner, missing - 1, problems)


def _objects(value: Expression, what: str, problems: list[SyntaxProblem]) -> Iterator[Object]:
    """Yield an object, or those of an array; null is none."""
    for node in value.items if isinstance(value, Tuple) else (value,):
        if isinstance(node, Object):
            yield node
        elif not (isinstance(node, Literal) and node.value is None) and len(problems) < PROBLEMS:
            problems.append(
                SyntaxProblem(f"expected an object or an array of objects for {what}", node.start, node.end)
            )


def key_text(item: ObjectItem) -> str:
    """Return the name of a property, where it is a name and not an expression."""
    key = item.key
    return str(key.value) if isinstance(key, Literal) else getattr(key, "text", "")
