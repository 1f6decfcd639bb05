"""Plain values straight from the events of the YAML parser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Optional

from guardrail.frontends.documents.scalars import BINARY, FIRST, MARKS, binary, gap, key_name, resolve
from guardrail.frontends.documents.stream import (
    DEPTH,
    DOCUMENT,
    MARKED,
    TWICE,
    Built,
    Refused,
    Stream,
    too_deep,
    too_many,
)
from guardrail.model.value import OpenMap, Reason, Unknown, Value
from guardrail.yaml_events import parser

_ALIASED_FREE: Final = 10_000
_ALIASED_PER_NODE: Final = 10
"""Nodes that aliases may stand for: so many, and so many times those written. Reading stays linear in the input."""

_STANDARD: Final = "tag:yaml.org,2002:"
_MERGES: Final = f"{_STANDARD}merge"
_RESOLVED: Final = frozenset(f"{_STANDARD}{name}" for name in ("int", "float", "bool", "null"))

_REPLACED: Final = "<< replaces the key {} that stands before it; readers differ here"

_SPECIAL: Final = FIRST | {"<"}
"""What a plain scalar begins with that may be no text: also the key that merges."""

_NO_KEY: Final = object()
_MERGE: Final = object()

_Map = dict[str, Value]

Tags = Callable[[str, Value], Value]
"""What a tag (`!Ref`) makes of the value that it stands before."""


class _Pass:
    """One pass over the events of a text, with what is seldom needed on the way."""

    __slots__ = (
        "aliased", "anchors", "following", "foreign", "limit", "marked", "merged", "opened", "restore", "stream",
        "tagged_at", "tags",
    )  # fmt: skip

    def __init__(
        self, text: str, stream: Stream, restore: Optional[Callable[[str], str]], tags: Optional[Tags]
    ) -> None:
        self.following = parser(text)
        self.stream = stream
        self.tags = tags
        self.limit = stream.left  # for the values of the document at hand
        self.restore = restore
        self.marked = restore is not None or (tags is None and MARKS.search(text) is not None)
        self.begin()

    def begin(self) -> None:
        """Forget the document before."""
        self.anchors: dict[str, tuple[Value, int]] = {}
        self.aliased = 0
        self.foreign = False
        self.merged: dict[int, set[str]] = {}  # by identity of a mapping: keys that a merge put there
        self.opened: dict[int, Unknown] = {}  # by identity of a mapping: why it may hold more than is written
        self.tagged_at: dict[int, str] = {}  # by depth: the tag of the collection that is open there

    def run(self) -> None:  # noqa: C901, PLR0912, PLR0915 - a call for each event would take as long as all the rest
        """Read to the end of the text."""
        from yaml import events

        scalar = events.ScalarEvent
        map_start, map_end = events.MappingStartEvent, events.MappingEndEvent
        list_start, list_end = events.SequenceStartEvent, events.SequenceEndEvent
        following, marked, special = self.following, self.marked, _SPECIAL
        top: Any = []  # the collection that is being filled
        key: Any = _NO_KEY  # the key of a mapping that waits for its value, and where it is written
        mark: Any = None
        stack: list[tuple[Any, Any, Any, Optional[str], int]] = []
        nodes = start = 0
        try:
            while True:
                event = following()
                kind = event.__class__
                if kind is scalar:
                    nodes += 1
                    if nodes > self.limit:
                        raise too_many(event.start_mark.index, self.stream.most)
                    value = event.value
                    if (
                        marked
                        or event.anchor
                        or event.tag
                        or (event.implicit[0] and (not value or value[0] in special))
                    ):
                        value = self.scalar(event, top, key)
                elif kind is map_end or kind is list_end:
                    value = tuple(top) if kind is list_end else top
                    if self.merged or self.opened or self.tagged_at:
                        value = self.left(value, len(stack) - 1)
                    top, key, mark, anchor, weight = stack.pop()
                    if anchor:
                        self.anchors[anchor] = (value, nodes + self.aliased - weight)
                elif kind is map_start or kind is list_start:
                    self.collection(event, len(stack), nodes)
                    stack.append((top, key, mark, event.anchor, nodes + self.aliased))
                    nodes += 1
                    top, key = {} if kind is map_start else [], _NO_KEY
                    continue
                elif kind is events.AliasEvent:
                    value = self.alias(event, nodes)
                elif kind is events.DocumentStartEvent:
                    self.begin()
                    start = event.start_mark.index
                    self.stream.charge(DOCUMENT, start)
                    self.limit = self.stream.left
                    top, key, nodes = [], _NO_KEY, 0
                    continue
                elif kind is events.DocumentEndEvent:
                    self.stream.left = self.limit - nodes
                    if top and top[0] is not None:  # an empty document is nothing
                        self.stream.built.append(Built(top[0], start, self.foreign))
                    continue
                elif event is None or kind is events.StreamEndEvent:
                    return
                else:
                    continue
                if top.__class__ is list:
                    top.append(value)
                elif key is _NO_KEY:
                    key, mark = value, event.start_mark
                elif key.__class__ is str and key not in top:
                    top[key] = value
                    key = _NO_KEY
                else:
                    self.put(top, key, mark.index, value)
                    key = _NO_KEY
        finally:  # what breaks off was read too
            self.stream.left = self.limit - nodes

    def scalar(self, event: Any, top: Any, key: Any) -> Value:
        """Return the value of a scalar that may be no plain text; `_MERGE` for the key that merges."""
        value: Value = event.value
        if self.restore is not None:
            value = self.restore(value)
        in_list = top.__class__ is list
        if self.marked and self.tags is None and (found := gap(value, whole=in_list)) is not None:
            value = found
            self.limit -= MARKED
        elif event.implicit[0]:  # plain, without a tag
            if not value or value[0] in FIRST:
                value = resolve(value)
            elif value == "<<" and key is _NO_KEY and not in_list:
                value = _MERGE
        elif event.tag == _MERGES and key is _NO_KEY and not in_list:
            if value != "<<":
                raise Refused(
                    "yaml-merge", "a key with the tag !!merge is <<: readers differ here", event.start_mark.index
                )
            value = _MERGE
        elif event.tag is not None:
            value = self.tagged(event)
        if event.anchor:
            self.anchors[event.anchor] = (value, 1)
            self.limit -= MARKED
        return value

    def tagged(self, event: Any) -> Value:
        """Return a scalar with a tag. What a tag of another tool makes of it is not known."""
        text: str = event.value
        if event.tag in _RESOLVED:
            return resolve(text)
        if event.tag == BINARY:
            return binary(text)
        if event.tag == "!" or event.tag.startswith(_STANDARD):
            return text
        self.foreign = True
        if self.tags is not None:
            return self.tags(event.tag, text)
        return Unknown(Reason.TEMPLATE, note=f"the tag {event.tag} is resolved by another tool", written=text)

    def collection(self, event: Any, depth: int, nodes: int) -> None:
        """Look at the start of a collection, of which so many values stand before."""
        if nodes > self.limit:
            raise too_many(event.start_mark.index, self.stream.most)
        if depth >= DEPTH:
            raise too_deep(event.start_mark.index)
        if event.tag is not None and not event.tag.startswith(_STANDARD) and event.tag != "!":
            self.foreign = True
            if self.tags is not None:
                self.tagged_at[depth] = event.tag
        if event.anchor:
            self.limit -= MARKED
            self.anchors.pop(event.anchor, None)  # inside itself the name means nothing yet

    def left(self, value: Value, depth: int) -> Value:
        """Return a finished collection; nothing is remembered of it."""
        self.merged.pop(id(value), None)
        rest = self.opened.pop(id(value), None)
        found = value if rest is None else OpenMap(value, rest)
        tag = self.tagged_at.pop(depth, None)
        return found if tag is None or self.tags is None else self.tags(tag, found)

    def alias(self, event: Any, nodes: int) -> Value:
        """Return what an alias stands for."""
        index = event.start_mark.index
        if event.anchor not in self.anchors:
            raise Refused("yaml-syntax", f"the alias *{event.anchor} has no anchor before it", index)
        value, weight = self.anchors[event.anchor]
        self.aliased += weight
        if self.aliased > _ALIASED_FREE + _ALIASED_PER_NODE * nodes:
            raise Refused("yaml-bomb", "aliases make this document many times its size", index)
        return value

    def put(self, top: _Map, key: Value, index: int, value: Value) -> None:
        """Give a value to a key that is no plain text, stands there already, or merges."""
        if key is _MERGE:
            self.merge(top, index, value)
            return
        if isinstance(key, (dict, tuple)):
            raise Refused("yaml-key", "a key must be a plain value, not a list or mapping", index)
        if isinstance(key, Unknown):
            self.opened[id(top)] = Unknown(Reason.TEMPLATE, note=key.note)
        name = key_name(key)
        merged = self.merged.get(id(top), set())
        if name in top and name not in merged:
            self.stream.doubled(TWICE, name, index)
        merged.discard(name)
        top[name] = value

    def merge(self, top: _Map, index: int, value: Value) -> None:
        """Apply a merge key. Kubernetes' reader lets it replace keys that stand before it; others do not."""
        if isinstance(value, Unknown):
            self.opened[id(top)] = value
            return
        sources = value if isinstance(value, tuple) else (value,)
        if not all(isinstance(source, dict) for source in sources):
            raise Refused("yaml-merge", "<< takes a mapping or a list of mappings", index)
        merged = self.merged.setdefault(id(top), set())
        for source in reversed(sources):
            self.limit -= len(source)
            for name, member in source.items():
                if name not in top:
                    merged.add(name)
                elif name not in merged and top[name] != member:
                    self.stream.doubled(_REPLACED, name, index)
                top[name] = member
            if isinstance(source, OpenMap):
                self.opened[id(top)] = source.rest


def build(
    text: str, stream: Stream, restore: Optional[Callable[[str], str]] = None, tags: Optional[Tags] = None
) -> None:
    """
    Read the documents of a text into `stream`. Raises `Refused`, or PyYAML's `YAMLError`.

    `restore` undoes, in a scalar, what was done to make a template parse. `tags` says what a tag of another tool makes
    of a value; then no text is a placeholder.
    """
    _Pass(text, stream, restore, tags).run()
