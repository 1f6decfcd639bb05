"""Where each value of a text is written: a tree beside the values, made only for the document that is asked about."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final, Optional

from guardrail.frontends.documents.scalars import BINARY, FIRST, binary, key_name, resolve
from guardrail.frontends.documents.stream import DEPTH
from guardrail.model.dataclass import dataclass
from guardrail.model.path import segments
from guardrail.yaml_events import parser

_BUDGET: Final = 500_000
"""Nodes of the trees that are kept, some 300 bytes for each. The last tree is, however large."""


class Roots(tuple["Node", ...]):  # noqa: SLOT001 - a tuple cannot have slots
    """The roots of the documents of a text. `number` is how many nodes they have, all in all."""

    number: int = 0


def kept(make: Callable[[str], Roots]) -> Callable[[str], Roots]:
    """Return a function that remembers what it made of the last texts: questions come resource by resource."""
    known: dict[str, Roots] = {}
    size = 0

    def remembered(text: str) -> Roots:
        nonlocal size
        if text in known:
            known[text] = known.pop(text)
            return known[text]
        made = known[text] = make(text)
        size += made.number
        while size > _BUDGET and len(known) > 1:
            size -= known.pop(next(iter(known))).number
        return made

    return remembered


def roots_of(nodes: Iterable[Node], number: int) -> Roots:
    """Return roots that have so many nodes."""
    roots = Roots(nodes)
    roots.number = number
    return roots


@dataclass(slots=True)
class Node:
    """
    The stretch of one value, in code points: `start` is its key's where it has one, `value` its own, `end` exclusive.

    `members` are those of a collection by key or index, None for a scalar.
    """

    start: int
    value: int
    end: int
    members: Optional[dict[str, Node]] = None
    listed: bool = False


def find(root: Node, pointer: str) -> tuple[Node, bool]:
    """Return the node at a pointer, else its nearest ancestor, and whether it is the one that was asked for."""
    node = root
    for segment in segments(pointer):
        member = (node.members or {}).get(segment)
        if member is None:
            return node, False
        node = member
    return node, True


@kept
def yaml_nodes(text: str) -> Roots:
    """Return the root of each document that is not empty. A text that breaks gives those before the break."""
    from yaml import YAMLError

    builder = _Builder()
    with suppress(YAMLError, _TooDeep):  # the reader has said so already, with the place
        builder.run(text)
    return roots_of(builder.roots, builder.number)


class _TooDeep(Exception):  # noqa: N818 - ends a pass, is no error
    pass


class _Builder:
    """One pass over the events of a text. `stack` holds open collections, each with the key that waits in it."""

    def __init__(self) -> None:
        self.roots: list[Node] = []
        self.stack: list[tuple[Node, Optional[str], int, Optional[str]]] = []
        self.anchors: dict[str, Node] = {}
        self.number = 0

    def run(self, text: str) -> None:
        from yaml import events

        following = parser(text)
        while (event := following()) is not None:
            kind = event.__class__
            start, end = event.start_mark.index, event.end_mark.index
            if kind is events.ScalarEvent:
                plain = event.implicit[0] and (not event.value or event.value[0] in FIRST)
                text = key_name(resolve(event.value)) if plain else event.value
                if event.tag == BINARY:
                    text = key_name(binary(text))
                self.add(Node(start, start, end), text, event.anchor, void=plain and text == "null")
            elif kind in (events.MappingStartEvent, events.SequenceStartEvent):
                if len(self.stack) >= DEPTH:
                    raise _TooDeep
                node = Node(start, start, end, {}, listed=kind is events.SequenceStartEvent)
                self.stack.append((node, None, 0, event.anchor))
            elif kind in (events.MappingEndEvent, events.SequenceEndEvent):
                node, _, _, anchor = self.stack.pop()
                node.end = max(end, node.end) if end > start else node.end  # a block's end has no characters
                self.add(node, "", anchor)
            elif kind is events.AliasEvent:
                target = self.anchors.get(event.anchor)
                node = Node(
                    start, start, end, target.members if target else None, listed=target is not None and target.listed
                )
                self.add(node, "", None)
            elif kind is events.DocumentStartEvent:
                self.anchors = {}

    def add(self, node: Node, text: str, anchor: Optional[str], *, void: bool = False) -> None:
        """Hang a finished node under what is open. `text` is the key that it may be, `void` an empty document."""
        self.number += 1
        if anchor:
            self.anchors[anchor] = node
        if not self.stack:
            if not void:
                self.roots.append(node)
            return
        parent, key, key_start, parent_anchor = self.stack[-1]
        parent.end = max(parent.end, node.end)
        members = parent.members if parent.members is not None else {}
        if parent.listed:
            members[str(len(members))] = node
        elif key is None:
            self.stack[-1] = (parent, text, node.start, parent_anchor)
        else:
            self.stack[-1] = (parent, None, 0, parent_anchor)
            if key == "<<":
                _merge(members, node)
            else:
                members[key] = Node(key_start, node.value, node.end, node.members, node.listed)


def _merge(members: dict[str, Node], node: Node) -> None:
    sources = list((node.members or {}).values()) if node.listed else [node]
    for source in reversed(sources):
        members.update(source.members or {})
