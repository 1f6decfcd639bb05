"""
Plain values straight from the events of the YAML parser: no node objects, no recursion.

The parser is libyaml's where PyYAML was built with it. It is asked for events and never for nodes: composing nested
nodes happens on the C stack, which a few kilobytes of brackets overflow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Optional, Union

from guardrail.frontends.documents.scalars import FIRST, MARKS, Placeholder, gap, resolve
from guardrail.model.value import OpenMap, Reason, Unknown, Value

DEPTH: Final = 128
"""Nested collections. Kubernetes' deepest schemas have some 40 levels."""

_ALIASED_FREE: Final = 10_000
_ALIASED_PER_NODE: Final = 10
"""Nodes that aliases may stand for: so many, and so many times those written. Reading stays linear in the input."""

_STANDARD: Final = "tag:yaml.org,2002:"
_RESOLVED: Final = frozenset(f"{_STANDARD}{name}" for name in ("int", "float", "bool", "null"))


class Refused(Exception):  # noqa: N818 - not an error of ours: a verdict on one document
    """A document that is YAML but is not read, and why. `index` is the offset in code points."""

    def __init__(self, code: str, message: str, index: int) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.index = index


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to say of a document that is read all the same. `index` is an offset in code points."""

    code: str
    message: str
    index: int


@dataclass(frozen=True, slots=True)
class Built:
    """One document: its value, where it begins, and whether a tag of another tool (`!Ref`) occurs in it."""

    value: Value
    index: int
    foreign: bool


@dataclass(slots=True)
class Stream:
    """What a text gives: filled as it is read, so that a break leaves what came before it."""

    built: list[Built] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def parser(text: str) -> Callable[[], Any]:
    """Return the function that yields one event of the text after the other, None at the end."""
    import yaml

    loader: Callable[[str], Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # without libyaml the same, slowly
    following: Callable[[], Any] = loader(text).get_event
    return following


class _Complex:
    """The key of a mapping that is itself a collection, which no reader of Kubernetes objects takes."""


_NO_KEY: Final = object()
_MERGE: Final = object()
_COMPLEX: Final = _Complex()


class _Reader:
    """The state of one pass. `top` is the collection being filled, `key` the key that waits for its value."""

    def __init__(self, text: str, stream: Stream, restore: Optional[Callable[[str], str]]) -> None:
        self.stream = stream
        self.restore = restore
        self.marked = restore is not None or MARKS.search(text) is not None
        self.top: Any = None
        self.key: Any = _NO_KEY
        self.key_index = 0
        self.stack: list[tuple[Any, Any, int, Optional[str], int, Any, Any]] = []
        self.anchors: dict[str, tuple[Value, int]] = {}
        self.nodes = 0
        self.aliased = 0
        self.foreign = False
        self.start = 0
        self.merged: Optional[set[str]] = None  # keys of `top` that a merge put there and nothing has replaced
        self.open: Optional[Unknown] = None  # why `top` may hold more than is written

    def begin(self, index: int) -> None:
        """Start a document."""
        self.top, self.stack, self.anchors = [], [], {}
        self.key, self.merged, self.open = _NO_KEY, None, None
        self.nodes = self.aliased = 0
        self.foreign = False
        self.start = index

    def end(self) -> None:
        """Finish a document. An empty one is nothing."""
        if self.top and self.top[0] is not None:
            self.stream.built.append(Built(self.top[0], self.start, self.foreign))

    def push(self, event: Any, container: Union[dict[str, Value], list[Value]]) -> None:
        """Begin a collection."""
        if len(self.stack) >= DEPTH:
            raise Refused("limit-depth", f"nests deeper than {DEPTH} levels", event.start_mark.index)
        if event.tag is not None and not event.tag.startswith(_STANDARD) and event.tag != "!":
            self.foreign = True
        if event.anchor:
            self.anchors.pop(event.anchor, None)  # inside itself the name means nothing yet
        weight = self.nodes + self.aliased
        self.stack.append((self.top, self.key, self.key_index, event.anchor, weight, self.merged, self.open))
        self.nodes += 1
        self.top, self.key, self.merged, self.open = container, _NO_KEY, None, None

    def pop(self) -> Value:
        """End a collection and return it."""
        value: Value = self.top
        if value.__class__ is list:
            value = tuple(value)
        elif self.open is not None:
            value = OpenMap(value, self.open)
        self.top, self.key, self.key_index, anchor, weight, self.merged, self.open = self.stack.pop()
        if anchor:
            self.anchors[anchor] = (value, self.nodes + self.aliased - weight)
        return value

    def alias(self, event: Any) -> Value:
        """Return what an alias stands for."""
        index = event.start_mark.index
        if event.anchor not in self.anchors:
            raise Refused("yaml-syntax", f"the alias *{event.anchor} has no anchor before it", index)
        value, weight = self.anchors[event.anchor]
        self.aliased += weight
        if self.aliased > _ALIASED_FREE + _ALIASED_PER_NODE * self.nodes:
            raise Refused("yaml-bomb", "aliases make this document many times its size", index)
        return value

    def tagged(self, event: Any) -> Value:
        """Return a scalar with a tag. What a tag of another tool makes of it is not known."""
        text: str = event.value
        if event.tag in _RESOLVED:
            return resolve(text)
        if event.tag == "!" or event.tag.startswith(_STANDARD):
            return text
        self.foreign = True
        return Placeholder(Reason.TEMPLATE, note=f"the tag {event.tag} is resolved by another tool", text=text)

    def scalar(self, event: Any) -> Value:
        """Return the value of a scalar; `_MERGE` for the key that merges."""
        self.nodes += 1
        value: Value = event.value
        if self.restore is not None:
            value = self.restore(value)
        in_list = self.top.__class__ is list
        if self.marked and (found := gap(value, whole=in_list)) is not None:
            value = found
        elif event.implicit[0]:  # plain, without a tag
            if not value or value[0] in FIRST:
                value = resolve(value)
            elif value == "<<" and self.key is _NO_KEY and not in_list:
                value = _MERGE
        elif event.tag is not None:
            value = self.tagged(event)
        if event.anchor:
            self.anchors[event.anchor] = (value, 1)
        return value

    def add(self, value: Value, index: int) -> None:
        """Put a finished value where it belongs: into the list on top, or as key or value of the mapping there."""
        top, key = self.top, self.key
        if top.__class__ is list:
            top.append(value)
        elif key is _NO_KEY:
            self.key = _COMPLEX if isinstance(value, (dict, tuple)) else value
            self.key_index = index
        elif key.__class__ is str and key not in top:  # the common case, without another call
            top[key] = value
            self.key = _NO_KEY
        else:
            self.put(value, index)

    def put(self, value: Value, index: int) -> None:
        """Give the value to the waiting key of the mapping on top."""
        key, top = self.key, self.top
        self.key = _NO_KEY
        if key is _MERGE:
            self.merge(value, index)
            return
        if key is _COMPLEX:
            raise Refused("yaml-key", "a key must be a plain value, not a list or mapping", self.key_index)
        if isinstance(key, Placeholder):
            self.open = Unknown(Reason.TEMPLATE, note=key.note)
        name = key_name(key)
        if name in top and not (self.merged is not None and name in self.merged):
            message = f"the key {name!r} stands here twice; the last one counts"
            self.stream.problems.append(Problem("duplicate-key", message, self.key_index))
        elif self.merged is not None:
            self.merged.discard(name)
        top[name] = value

    def merge(self, value: Value, index: int) -> None:
        """Apply a merge key. Kubernetes' reader lets it replace keys that stand before it; others do not."""
        if isinstance(value, Unknown):
            self.open = value
            return
        sources = value if isinstance(value, tuple) else (value,)
        if not all(isinstance(source, dict) for source in sources):
            raise Refused("yaml-merge", "<< takes a mapping or a list of mappings", index)
        merged = self.merged = self.merged if self.merged is not None else set()
        for source in reversed(sources):
            for name, member in source.items():
                if name not in self.top:
                    merged.add(name)
                elif name not in merged and self.top[name] != member:
                    message = f"<< replaces the key {name!r} that stands before it; readers differ here"
                    self.stream.problems.append(Problem("duplicate-key", message, self.key_index))
                self.top[name] = member
            if isinstance(source, OpenMap):
                self.open = source.rest


def key_name(key: Value) -> str:
    """Return a resolved key as the string that it becomes in JSON."""
    if key.__class__ is str:
        return str(key)
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, Placeholder):
        return key.text
    return "null" if key is None else str(key)


def build(text: str, stream: Stream, restore: Optional[Callable[[str], str]] = None) -> None:
    """
    Read the documents of a text into `stream`. Raises `Refused`, or PyYAML's `YAMLError`.

    `restore` undoes, in a scalar, what was done to make a template parse.
    """
    from yaml import events

    scalar, ends = events.ScalarEvent, (events.MappingEndEvent, events.SequenceEndEvent)
    following = parser(text)
    reader = _Reader(text, stream, restore)
    read_scalar, add = reader.scalar, reader.add
    while True:
        event = following()
        kind = event.__class__
        if kind is scalar:
            add(read_scalar(event), event.start_mark.index)
        elif kind in ends:
            add(reader.pop(), event.start_mark.index)
        elif kind is events.MappingStartEvent:
            reader.push(event, {})
        elif kind is events.SequenceStartEvent:
            reader.push(event, [])
        elif kind is events.AliasEvent:
            add(reader.alias(event), event.start_mark.index)
        elif kind is events.DocumentStartEvent:
            reader.begin(event.start_mark.index)
        elif kind is events.DocumentEndEvent:
            reader.end()
        elif event is None or kind is events.StreamEndEvent:
            return
