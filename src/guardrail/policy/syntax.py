"""
Rego as data: the engine's syntax trees, indexed by package and rule.

A node is a mapping with one key, the kind, and a body; bodies carry a `span`. Nothing here evaluates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any, Final, Optional

from guardrail.model.dataclass import dataclass
from guardrail.model.place import Place

Node = Mapping[str, Any]
Name = tuple[str, ...]
"""A full name below `data`: package and rule."""

LITERALS: Final = frozenset({"String", "RawString", "Number", "Bool", "Null"})
COMPREHENSIONS: Final = frozenset({"ArrayCompr", "SetCompr", "ObjectCompr"})


@dataclass(frozen=True, slots=True)
class Body:
    """One way for a rule to hold: statements, and the value in that case (None: as the head says)."""

    statements: Sequence[Node]
    value: Optional[Node]


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One definition of a name.

    `args` is None for what is no function. `keys` are what stands in brackets or after `contains` in the head, `value`
    what the head assigns; both None-like when absent.
    """

    name: Name
    module: Source
    place: Place
    args: Optional[Sequence[Node]]
    keys: Sequence[Node]
    value: Optional[Node]
    bodies: Sequence[Body]


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its package, and what its imports call by which alias."""

    file: str
    text: bytes
    package: Name
    imports: Mapping[str, Name]  # with the root, `data` or `input`, first

    def told(self, span: Mapping[str, int]) -> str:
        """Return the text of a span; some names are given as nothing else."""
        return self.text[span["start"] : span["end"]].decode()

    def place(self, span: Mapping[str, int]) -> Place:
        """Return where a span stands, by its offsets: the engine's own columns count a tab as four."""
        line, column = self._at(span["start"])
        end_line, end_column = self._at(max(span["end"], span["start"] + 1))
        return Place(self.file, line, column, end_line, end_column)

    def _at(self, offset: int) -> tuple[int, int]:
        before = self.text[:offset]
        start = before.rfind(b"\n") + 1
        return before.count(b"\n") + 1, len(before[start:].decode("utf-8", "replace")) + 1


@dataclass(frozen=True, slots=True)
class Program:
    """All rules of some modules, by full name."""

    rules: Mapping[Name, Sequence[Rule]]
    packages: frozenset[Name] = field(default=frozenset())

    def resolve(self, name: Sequence[str]) -> Optional[Name]:
        """Return the rule that a reference below `data` begins with."""
        for length in range(len(name), 0, -1):
            if tuple(name[:length]) in self.rules:
                return tuple(name[:length])
        return None


def program(trees: Sequence[Mapping[str, Any]]) -> Program:
    """Index the syntax trees of some modules."""
    rules: dict[Name, list[Rule]] = {}
    packages: set[Name] = set()
    for tree in trees:
        source = _source(tree)
        packages.add(source.package)
        for node in tree["ast"]["rules"]:
            rule = _rule(node, source)
            rules.setdefault(rule.name, []).append(rule)
    return Program(rules, frozenset(packages))


def only(node: Node) -> tuple[str, Any]:
    """Return the kind and the body of a node."""
    return next(iter(node.items()))


def span_of(node: Node) -> Mapping[str, int]:
    """Return the span of a node, from where its text begins."""
    kind, body = only(node)
    while kind in ("RefDot", "RefBrack"):
        kind, body = only(body["refr"])
    span: Mapping[str, int] = body["span"]
    return span


def chain(node: Node) -> tuple[Node, list[Node]]:
    """Return what a reference starts from, and its segments; `.name` is a string node."""
    parts: list[Node] = []
    kind, body = only(node)
    while kind in ("RefDot", "RefBrack"):
        if kind == "RefDot":
            span, name = body["field"]
            parts.append({"String": {"span": span, "value": name}})
        else:
            parts.append(body["index"])
        node = body["refr"]
        kind, body = only(node)
    return node, parts[::-1]


def dotted(node: Node) -> Optional[list[str]]:
    """Return the names of a reference that is made of names only."""
    start, parts = chain(node)
    kind, body = only(start)
    if kind != "Var" or any(only(part)[0] != "String" for part in parts):
        return None
    return [body["value"], *(only(part)[1]["value"] for part in parts)]


def children(node: Node) -> Iterator[Node]:
    """Yield the node and every node inside, whatever lies between; of a reference the whole, and what is in it."""
    stack: list[Any] = [node]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            if len(value) == 1:
                ((kind, body),) = value.items()
                if kind[:1].isupper() and isinstance(body, dict):
                    yield value
                if kind in ("RefDot", "RefBrack"):
                    start, parts = chain(value)
                    stack.extend(parts)
                    stack.extend([start] if only(start)[0] != "Var" else [])
                    continue
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)


def _source(tree: Mapping[str, Any]) -> Source:
    text = tree["source"]["contents"].encode()
    ast = tree["ast"]
    imports: dict[str, Name] = {}
    for entry in ast["imports"]:
        path = dotted(entry["refr"]) or []
        alias = entry.get("as")
        name = text[alias["start"] : alias["end"]].decode() if alias else path[-1] if path else ""
        if path and path[0] in ("data", "input"):
            imports[name] = tuple(path)
    return Source(tree["source"]["file"], text, tuple(dotted(ast["package"]["refr"]) or ()), imports)


def _rule(node: Node, source: Source) -> Rule:
    kind, body = only(node)
    if kind == "Default":
        name, keys = _head(body["refr"])
        args = body["args"] or None
        return Rule((*source.package, name), source, source.place(body["span"]), args, keys, body["value"], ())
    kind, head = only(body["head"])
    name, keys = _head(head["refr"])
    assign = head.get("assign")
    if kind == "Set" and head.get("key"):
        keys = [*keys, head["key"]]
    bodies = [
        Body(part["query"]["stmts"], part["assign"]["value"] if part.get("assign") else None) for part in body["bodies"]
    ]
    return Rule(
        (*source.package, name),
        source,
        source.place(body["span"]),
        head["args"] if kind == "Func" else None,
        keys,
        assign["value"] if assign else None,
        bodies,
    )


def _head(refr: Node) -> tuple[str, list[Node]]:
    start, parts = chain(refr)
    return str(only(start)[1]["value"]), parts
