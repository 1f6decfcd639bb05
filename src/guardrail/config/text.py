"""
The text of a configuration as plain values, each with its place.

Made from the parser's events and not from its nodes: composing nested nodes happens on the C stack, which a few
kilobytes of brackets overflow. Only what configuration needs is taken: one document, keys that are text, no merge
keys, no tags, and the scalars of YAML 1.2, so that `off` and `no` are words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from decimal import Decimal
from typing import Any, Final

from guardrail.errors import ConfigError
from guardrail.model.dataclass import dataclass
from guardrail.model.pattern import pattern
from guardrail.model.place import Place
from guardrail.yaml_events import Broken, broken, parser

LONGEST: Final = 1024 * 1024
"""Bytes of a configuration file."""

DEPTH: Final = 40
"""How deep values may be nested."""

VALUES: Final = 50_000
"""How many values a file may hold, aliases written out."""

Path = tuple[str, ...]
"""Keys and indexes from the top, all as text."""

_INTEGER: Final = pattern(r"[-+]?(?:0|[1-9][0-9]{0,99})")
_DECIMAL: Final = pattern(r"[-+]?(?:0|[1-9][0-9]{0,99})?\.[0-9]{1,100}")
_NUMBER_LIKE: Final = pattern(r"[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|0[xo][0-9a-fA-F_]+")
_WORDS: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(frozen=True, slots=True)
class Text:
    """The value of a file, and the places of its parts; `keys` has those of keys alone."""

    file: str
    value: Any
    places: Mapping[Path, Place]
    keys: Mapping[Path, Place]

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Return where a value (or the key before it) stands, or the nearest thing around it."""
        if key and path in self.keys:
            return self.keys[path]
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place(self.file))


def read(data: bytes, file: str) -> Text:
    """Return the value of a configuration file, or raise a `ConfigError` that says where it is wrong."""
    from yaml import YAMLError

    if len(data) > LONGEST:
        raise ConfigError(f"has {len(data):,} bytes; at most {LONGEST:,} are read", place=Place(file))
    try:
        node = _Composer(file, iter(parser(data), None)).document()
    except YAMLError as error:
        raise _refused(broken(error), data, file) from error
    except UnicodeError as error:
        raise _refused(Broken(str(error), 0, 0, 0, too_deep=False), data, file) from error
    return _Written(file).text(node)


@dataclass(slots=True)
class _Node:
    """A value with its place. Of a mapping, `value` is a list of (key node, value node); of a list, of nodes."""

    kind: str
    value: Any
    place: Place


@dataclass(slots=True)
class _Composer:
    """Puts events together. An alias is the very node of its anchor, so that nothing grows here."""

    file: str
    events: Iterator[Any]
    anchors: dict[str, _Node] = field(default_factory=dict)

    def document(self) -> _Node:
        documents: list[_Node] = []
        for event in self.events:
            if type(event).__name__ == "DocumentStartEvent":
                if documents:
                    hint = "take out the line with --- and what does not belong"
                    raise ConfigError("a configuration is one document", place=self._place(event), hint=hint)
                documents.append(self._node(next(self.events), 0))
        return documents[0] if documents else _Node("scalar", None, Place(self.file, 1, 1))

    def _node(self, event: Any, depth: int) -> _Node:
        kind = type(event).__name__.removesuffix("Event").removesuffix("Start")
        place = self._place(event)
        if kind == "Alias":
            if event.anchor not in self.anchors:
                hint = f'put it in quotes if it is a glob: "*{event.anchor}"'
                raise ConfigError(f"*{event.anchor} has no anchor before it", place=place, hint=hint)
            return self.anchors[event.anchor]
        if event.tag is not None:
            hint = "write the value without it, or in quotes if it is a text that begins with !"
            raise ConfigError(f"tags such as {event.tag} have no meaning here", place=place, hint=hint)
        if depth > DEPTH:
            raise _too_deep(place)
        if kind == "Mapping":
            node = _Node("mapping", self._pairs(depth), place)
        elif kind == "Sequence":
            node = _Node("list", [self._node(inner, depth + 1) for inner in self._until("SequenceEndEvent")], place)
        else:
            value = _scalar(event.value, place) if event.implicit[0] else event.value
            node = _Node("scalar", value, place)
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def _pairs(self, depth: int) -> list[tuple[str, Place, _Node]]:
        pairs: dict[str, tuple[str, Place, _Node]] = {}
        for event in self._until("MappingEndEvent"):
            place = self._place(event)
            if type(event).__name__ != "ScalarEvent":
                raise ConfigError("a key is a text", place=place)
            key: str = event.value
            if key == "<<" and event.implicit[0]:
                raise ConfigError("merge keys are not supported here; write the values out", place=place)
            if key in pairs:
                told = f'the key "{key}" stands in line {pairs[key][1].line} already'
                raise ConfigError(told, place=place, hint="keep one of the two; neither is taken before the other")
            pairs[key] = (key, place, self._node(next(self.events), depth + 1))
        return list(pairs.values())

    def _until(self, end: str) -> Iterator[Any]:
        for event in self.events:
            if type(event).__name__ == end:
                return
            yield event

    def _place(self, event: Any) -> Place:
        start, end = event.start_mark, event.end_mark
        return Place(self.file, start.line + 1, start.column + 1, end.line + 1, end.column + 1)


class _Written:
    """Writes nodes out as values; an alias counts as often as it stands for something."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._places: dict[Path, Place] = {}
        self._keys: dict[Path, Place] = {}

    def text(self, node: _Node) -> Text:
        """Return everything below a node."""
        return Text(self._file, self._value(node, ()), self._places, self._keys)

    def _value(self, node: _Node, path: Path) -> Any:
        if len(self._places) >= VALUES:
            raise ConfigError(f"holds more than {VALUES:,} values", place=node.place)
        self._places[path] = node.place
        if node.kind == "list":
            return [self._value(inner, (*path, str(index))) for index, inner in enumerate(node.value)]
        if node.kind == "mapping":
            result = {}
            for key, place, inner in node.value:
                inside = (*path, key)
                self._keys[inside] = place
                result[key] = self._value(inner, inside)
            return result
        return node.value


def _too_deep(place: Place) -> ConfigError:
    return ConfigError(f"nested more than {DEPTH} deep", place=place)


def _refused(said: Broken, data: bytes, file: str) -> ConfigError:
    """Return why a text that breaks is not read."""
    place = Place(file, said.line, said.column) if said.line else Place(file)
    if said.too_deep:
        return _too_deep(place)
    hint = _advice(data, place) if said.line else "save it as UTF-8 text"
    return ConfigError(f"not YAML: {said.message}", place=place, hint=hint)


def _advice(data: bytes, place: Place) -> str:
    """Return what may help where YAML is broken: most often a tab, or a glob that is not in quotes."""
    lines = data.decode("utf-8", "replace").splitlines()
    line = lines[place.line - 1] if 0 < place.line <= len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return "indent with spaces; YAML takes no tabs there"
    if "*" in line:
        return 'put a glob in quotes, such as "**/*.tf": an unquoted * means something else in YAML'
    return "put a text with : # * & ! % @ or ` in quotes, and close every quote and bracket"


def _scalar(text: str, place: Place) -> Any:
    """Return what an unquoted scalar means. A number that YAML versions read differently is refused."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    if _NUMBER_LIKE.fullmatch(text):
        raise ConfigError(f"write {text} as a plain decimal number, or in quotes if it is a text", place=place)
    return text
