"""Plain values straight from the events of the YAML parser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import Any, Final, Optional

from guardrail.frontends.documents.scalars import FIRST, MARKS, gap, resolve
from guardrail.model.dataclass import dataclass
from guardrail.model.value import OpenMap, Reason, Unknown, Value
from guardrail.yaml_events import parser

DEPTH: Final = 128
"""Nested collections. Kubernetes' deepest schemas have some 40 levels."""

VALUES: Final = 500_000
"""
How many values one file may have, keys and collections counted too: some 50 MB, and a second.

The largest manifest of the public repositories that were tried has 17,000. What takes as much memory as several plain
values counts as so many: `DOCUMENT`, `MARKED`, and text by its length (`weight`).
"""

DOCUMENT: Final = 10
"""What a document, or a stretch without one, counts as."""

MARKED: Final = 4
"""What an anchor, or a string that a template fills in, counts as besides."""

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


def too_many(index: int, most: int = VALUES) -> Refused:
    """Return why a file is not read on: it has more values than it may, or than are left."""
    if most >= VALUES:
        return Refused("limit-values", f"a file of more than {VALUES:,} values; split it", index)
    message = "the files that were read before hold as many values as one run may, and no more are read"
    return Refused("limit-run", message, index)


def too_deep(index: int) -> Refused:
    """Return why a document is not read on."""
    return Refused("limit-depth", f"nests deeper than {DEPTH} levels", index)


_SHOWN: Final = 80
"""Characters of a key that are repeated."""

TWICE: Final = "the key {} stands here twice; the last one counts"
_REPLACED: Final = "<< replaces the key {} that stands before it; readers differ here"

PROBLEMS: Final = 50
"""Problems of one text that are told; of more, the first."""


@dataclass(slots=True)
class Stream:
    """
    What a text gives: filled as it is read, so that a break leaves what came before it.

    `left` is how many values it may still have, counted down from `most`.
    """

    most: int = VALUES
    left: int = VALUES
    built: list[Built] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def charge(self, values: int, index: int) -> None:
        """Count values of the text up to here, or refuse to read on."""
        self.left -= values
        if self.left < 0:
            raise too_many(index, self.most)

    def doubled(self, form: str, name: str, index: int) -> None:
        """Say that a key stands twice. The name takes the place of `{}` in the message."""
        if len(self.problems) < PROBLEMS:
            self.problems.append(Problem("duplicate-key", form.format(repr(name[:_SHOWN])), index))


_SPECIAL: Final = FIRST | {"<"}
"""What a plain scalar begins with that may be no text: also the key that merges."""

_NO_KEY: Final = object()
_MERGE: Final = object()

_Map = dict[str, Value]


def key_name(key: Value) -> str:
    """Return a resolved key as the string that it becomes in JSON."""
    if key.__class__ is str:
        return str(key)
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, Unknown):
        return key.written
    return "null" if key is None else str(key)


class _Pass:
    """One pass over the events of a text, with what is seldom needed on the way."""

    __slots__ = (
        "aliased", "anchors", "following", "foreign", "limit", "marked", "merged", "opened", "restore", "stream",
    )  # fmt: skip

    def __init__(self, text: str, stream: Stream, restore: Optional[Callable[[str], str]]) -> None:
        self.following = parser(text)
        self.stream = stream
        self.limit = stream.left  # for the values of the document at hand
        self.restore = restore
        self.marked = restore is not None or MARKS.search(text) is not None
        self.begin()

    def begin(self) -> None:
        """Forget the document before."""
        self.anchors: dict[str, tuple[Value, int]] = {}
        self.aliased = 0
        self.foreign = False
        self.merged: dict[int, set[str]] = {}  # by identity of a mapping: keys that a merge put there
        self.opened: dict[int, Unknown] = {}  # by identity of a mapping: why it may hold more than is written

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
                    if self.merged or self.opened:
                        value = self.left(value)
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
        if self.marked and (found := gap(value, whole=in_list)) is not None:
            value = found
            self.limit -= MARKED
        elif event.implicit[0]:  # plain, without a tag
            if not value or value[0] in FIRST:
                value = resolve(value)
            elif value == "<<" and key is _NO_KEY and not in_list:
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
        if event.tag == "!" or event.tag.startswith(_STANDARD):
            return text
        self.foreign = True
        return Unknown(Reason.TEMPLATE, note=f"the tag {event.tag} is resolved by another tool", written=text)

    def collection(self, event: Any, depth: int, nodes: int) -> None:
        """Look at the start of a collection, of which so many values stand before."""
        if nodes > self.limit:
            raise too_many(event.start_mark.index, self.stream.most)
        if depth >= DEPTH:
            raise too_deep(event.start_mark.index)
        if event.tag is not None and not event.tag.startswith(_STANDARD) and event.tag != "!":
            self.foreign = True
        if event.anchor:
            self.limit -= MARKED
            self.anchors.pop(event.anchor, None)  # inside itself the name means nothing yet

    def left(self, value: Value) -> Value:
        """Return a finished collection; nothing is remembered of it."""
        self.merged.pop(id(value), None)
        rest = self.opened.pop(id(value), None)
        return value if rest is None else OpenMap(value, rest)

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


def build(text: str, stream: Stream, restore: Optional[Callable[[str], str]] = None) -> None:
    """
    Read the documents of a text into `stream`. Raises `Refused`, or PyYAML's `YAMLError`.

    `restore` undoes, in a scalar, what was done to make a template parse.
    """
    _Pass(text, stream, restore).run()
