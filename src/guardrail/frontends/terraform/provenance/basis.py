"""
Whether two values that are not known rest on the same: only then they are the same content.

Where `follow` walks the way that a value took, this compares every expression that could have had a part in it, and
evaluates none: another condition, another factor, another entry of the map that an unknown key chooses from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal, NamedTuple, Optional

from guardrail.frontends.terraform.blocks import blocks_of
from guardrail.frontends.terraform.calls import UnresolvedModule
from guardrail.frontends.terraform.declarations import Declaration
from guardrail.frontends.terraform.evaluated import Evaluated
from guardrail.frontends.terraform.functions import THEMES
from guardrail.frontends.terraform.program import Program
from guardrail.frontends.terraform.syntax import nodes
from guardrail.sources.watched import contents

LARGEST: Final = 20_000
"""How many pairs of expressions are compared for one value; of one that is made of more, all files must be the same."""

_OF_FILES: Final = frozenset(THEMES["files"])
_POSITIONS: Final = frozenset({"start", "end", "name_end", "header_end"})


class Piece(NamedTuple):
    """Something that is written, the module it stands in, and the block whose `each` and `count` it may name."""

    module: Evaluated
    node: nodes.Node
    within: Optional[Declaration] = None


class Around(NamedTuple):
    """What a node refers to, and whether it reads files."""

    references: tuple[tuple[str, ...], ...]
    files: bool


Pieces = Sequence[Piece]


class Alike:
    """Compares what is written in two evaluations of a root. What was found to be the same is not compared again."""

    def __init__(self, one: Program, other: Program) -> None:
        self._programs = (one, other)
        self._same: set[tuple[int, str, int, str]] = set()
        self._names: set[tuple[tuple[str, ...], str, str]] = set()
        self._words: dict[int, tuple[object, ...]] = {}
        self._around: dict[int, Around] = {}
        self._files: dict[bool, bool] = {}

    def same(self, ones: Pieces, others: Pieces) -> bool:
        """Whether these say the same, and all that they refer to does."""
        met: set[tuple[int, str, int, str]] = set()
        named: set[tuple[tuple[str, ...], str, str]] = set()
        if len(ones) != len(others):
            return False
        pending = list(zip(ones, others, strict=True))
        while pending:
            one, other = pending.pop()
            pair = (id(one.node), one.module.prefix, id(other.node), other.module.prefix)
            if pair in self._same or pair in met:
                continue
            met.add(pair)
            if len(met) > LARGEST:
                return self._same_files(configuration=True)
            if not self._same_words(one.node, other.node):
                return False
            for reference in self._outside(one.node).references:
                name = (reference, one.module.prefix, other.module.prefix)
                if name in self._names or name in named:
                    continue
                if reference[0] not in ("each", "count"):
                    named.add(name)
                behind, beyond = _behind(one, reference), _behind(other, reference)
                if len(behind) != len(beyond):
                    return False
                pending.extend(zip(behind, beyond, strict=True))
        self._same |= met
        self._names |= named
        return True

    def _same_words(self, one: nodes.Node, other: nodes.Node) -> bool:
        """Whether two nodes say the same; what the change did not touch is the very same node."""
        if one is not other and self._said(one) != self._said(other):
            return False
        return not self._outside(one).files or self._same_files(configuration=False)

    def _said(self, node: nodes.Node) -> tuple[object, ...]:
        words = self._words.get(id(node))
        if words is None:
            words = self._words[id(node)] = _words(node)
        return words

    def _outside(self, node: nodes.Node) -> Around:
        around = self._around.get(id(node))
        if around is None:
            around = self._around[id(node)] = _around(node)
        return around

    def _same_files(self, *, configuration: bool) -> bool:
        """Whether the files that were read are the same, be it all or those that are no configuration."""
        if configuration not in self._files:
            one, other = (_files(program, configuration=configuration) for program in self._programs)
            self._files[configuration] = one == other
        return self._files[configuration]


def alike(one: Program, other: Program) -> Alike:
    """Return what compares the texts of two evaluations. There is one for both, which knows what it has compared."""
    found: Optional[Alike] = one.compared.get(other)
    if found is None:
        found = one.compared[other] = Alike(one, other)
    return found


def attribute(module: Evaluated, declaration: Declaration, name: str) -> list[Piece]:
    """Return what is written of an attribute, be it an argument or nested blocks."""
    argument = declaration.argument(name)
    found: list[nodes.Node] = [] if argument is None else [argument]
    found += blocks_of(declaration.block.body, name)
    return [Piece(module, node, declaration) for node in found]


def whole(module: Evaluated, declaration: Declaration) -> list[Piece]:
    """Return a block, and what says how many there are of it and of the modules around it."""
    found = [Piece(module, declaration.block.body, declaration)]
    call = module.call
    while call is not None:
        found += _number(call.parent, call.declaration)
        call = call.parent.call
    return found


def _number(module: Evaluated, declaration: Declaration) -> list[Piece]:
    names = ("count", "for_each", "lifecycle")
    return [piece for name in names for piece in attribute(module, declaration, name)]


def _files(program: Program, *, configuration: bool) -> dict[str, str]:
    own = () if configuration else program.reader.contents
    return {path: content for path, content in contents(program.tree).items() if path not in own}


def _words(node: nodes.Node) -> tuple[object, ...]:
    """Return what a node says, without layout and comments."""
    words: list[object] = []
    parts: list[Any] = [node]
    while parts:
        part = parts.pop()
        kind = type(part)
        if kind in _STEPS:
            chain, keys = _chain(part)
            if chain:
                words.append(chain)
                parts.extend(keys)
                continue
        if isinstance(part, nodes.Node):
            words.append(kind.__name__)
            parts.extend(getattr(part, slot) for slot in kind.__slots__ if slot not in _POSITIONS)
        elif kind is tuple or kind is dict:
            words.append(len(part))
            parts.extend(part.values() if kind is dict else part)
        else:
            words.append((kind.__name__, part))
    return tuple(words)


def _around(node: nodes.Node) -> Around:
    """Return what a node refers to. Most of what is written is plain, and is passed over at a glance."""
    references: dict[tuple[str, ...], None] = {}
    files = False
    parts: list[Any] = [node]
    while parts:
        part = parts.pop()
        kind = type(part)
        if kind is tuple or kind is dict:
            parts.extend(part.values() if kind is dict else part)
            continue
        if kind in _STEPS:
            chain, keys = _chain(part)
            if chain:
                references[chain] = None
                parts.extend(keys)
                continue
        elif kind is nodes.Call:
            files = files or part.function in _OF_FILES
        for slot in _INSIDE.get(kind, ()):
            inside = getattr(part, slot)
            if type(inside) not in _PLAIN:
                parts.append(inside)
    return Around(tuple(references), files)


_PLAIN: Final = frozenset({nodes.Literal, nodes.Malformed, nodes.Element, str, bool, type(None)})
"""What refers to nothing."""

_INSIDE: Final[dict[type, tuple[str, ...]]] = {
    kind: tuple(slot for slot in kind.__slots__ if slot not in {*_POSITIONS, "labels", "type"})
    for kind in vars(nodes).values()
    if isinstance(kind, type) and issubclass(kind, nodes.Node)
}
"""By kind of node: where others may be inside it."""


_STEPS: Final = frozenset({nodes.Name, nodes.Attribute, nodes.Index})


def _chain(node: nodes.Node) -> tuple[tuple[str, ...], list[nodes.Node]]:
    """Return a name and the steps after it, and those of them that are expressions; nothing for another beginning."""
    steps: list[str] = []
    keys: list[nodes.Node] = []
    while isinstance(node, (nodes.Attribute, nodes.Index)):
        if isinstance(node, nodes.Attribute):
            steps.append(node.name)
        elif isinstance(node.key, nodes.Literal):
            steps.append(str(node.key.value))
        else:
            steps.append("*")
            keys.append(node.key)
        node = node.base
    if not isinstance(node, nodes.Name):
        return (), []
    return (node.name, *reversed(steps)), keys


def _behind(piece: Piece, reference: tuple[str, ...]) -> list[Piece]:
    """Return what a reference leads to. A name that means nothing here is an iterator: its collection is near."""
    module, (root, *path) = piece.module, reference
    if root in ("each", "count"):
        return [] if piece.within is None else _number(module, piece.within)
    if not path:
        return []
    if root == "local":
        local = module.declarations.locals.get(path[0])
        return [] if local is None else [Piece(module, _narrowed(local.argument.value, path[1:]))]
    if root == "var":
        return list(_variable(module, path[0]))
    if root == "module":
        return list(_outputs(module, path[0], path[1:]))
    mode: Literal["resource", "data", "ephemeral"] = root if root in _MODES else "resource"  # type: ignore[assignment]
    kind, *rest = path if root in _MODES else (root, *path)
    found = module.declarations.among(mode).get((kind, rest[0])) if rest else None
    if found is None:
        return []
    if mode != "resource" or len(rest) == 1:
        return [Piece(module, found.block.body, found)]  # all that is asked for, or all that there is
    return [*_number(module, found), *(piece for name in rest[1:] for piece in attribute(module, found, name))]


_MODES: Final = frozenset({"resource", "data", "ephemeral"})


def _variable(module: Evaluated, name: str) -> Iterator[Piece]:
    declaration = module.declarations.variables.get(name)
    if declaration is not None:
        yield Piece(module, declaration.block.body)
    call, entry = module.call, module.inputs.get(name)
    if call is not None:
        yield from attribute(call.parent, call.declaration, name)
    elif entry is not None:
        yield Piece(module, entry.argument)


def _outputs(module: Evaluated, name: str, path: Sequence[str]) -> Iterator[Piece]:
    declaration = module.declarations.modules.get(name)
    if declaration is None:
        return
    yield from _number(module, declaration)
    for child in module.program.cells.demand(lambda: module.children(name))[1][:1]:  # all are made of the same text
        if isinstance(child, UnresolvedModule):
            yield Piece(module, declaration.block.body, declaration)
            continue
        for key, output in child.declarations.outputs.items():
            if key in path or not path:
                yield Piece(child, output.block.body)


def _narrowed(node: nodes.Node, path: Sequence[str]) -> nodes.Node:
    """Return the part of a literal object that a path leads to, as far as all of its keys are literal."""
    for step in path:
        if not isinstance(node, nodes.Object):
            break
        keys = [item.key.value if isinstance(item.key, nodes.Literal) else None for item in node.items]
        if None in keys or [str(key) for key in keys].count(step) != 1:
            break
        node = node.items[[str(key) for key in keys].index(step)].value
    return node
