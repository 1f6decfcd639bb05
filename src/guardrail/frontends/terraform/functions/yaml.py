"""
YAML as Terraform reads and writes it.

Reading goes over events, without recursion into the library, so that neither depth nor aliases can blow up; plain
words mean what they do in Terraform, which is neither YAML 1.1 nor 1.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Optional, Union

from guardrail.frontends.terraform.functions.dates import moment, rfc3339
from guardrail.frontends.terraform.functions.signature import TooLargeError
from guardrail.frontends.terraform.syntax.spelling import normal
from guardrail.frontends.terraform.values import (
    DEPTH,
    TEXT,
    WEIGHT,
    EvaluationError,
    Listed,
    Mapped,
    ObjectValue,
    TupleValue,
    Value,
    extent,
    members,
    number,
    number_text,
)
from guardrail.model.pattern import pattern
from guardrail.yaml_events import broken, parser

if TYPE_CHECKING:
    import yaml

_TAG: Final = "tag:yaml.org,2002:"
_INTEGER: Final = re.compile(r"[+-]?[0-9]+\Z")
_RADIX: Final = pattern(r"0x[0-9a-fA-F]+\Z|0o[0-7]+\Z")
_FLOAT: Final = pattern(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?\Z")
_INFINITE: Final = pattern(r"[+-]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z")
_DATE: Final = pattern(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:(?:[Tt]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2}))"
    r"|(?: ([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(\.[0-9]+)?))?\Z"
)
_WORDS: Final[Mapping[str, Optional[bool]]] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
_DIGITS: Final = 200


class _Merge:
    """The key `<<`: what stands under it is merged in."""


_MERGE: Final = _Merge()
_Container = Union[list[Any], dict[str, Any]]


def decoded(text: str) -> Value:
    """Return what the only document of a text says."""
    found = _documents(text, many=False)
    if not found:
        raise EvaluationError("there is no document")
    return found[0]


def decoded_all(text: str) -> Value:
    """Return what each document of a text says, without those that say nothing."""
    return TupleValue(one for one in _documents(text, many=True) if one is not None)


def _documents(text: str, *, many: bool) -> list[Value]:
    from yaml import YAMLError

    reader = _Reader(many=many)
    try:
        for event in iter(parser(text), None):
            reader.take(event)
    except YAMLError as error:
        said = broken(error)
        if said.too_deep:
            raise _too_deep() from error
        where = f" on line {said.line}" if said.line else ""
        raise EvaluationError(f"this is no YAML{where}: {said.message}") from error
    return reader.documents


def _too_deep() -> TooLargeError:
    return TooLargeError(f"a value nested deeper than {DEPTH} levels")


class _Open:
    """A collection that is being read, with the key whose value comes next."""

    __slots__ = ("anchor", "items", "key", "keyed")

    def __init__(self, items: _Container, anchor: Optional[str]) -> None:
        self.items = items
        self.anchor = anchor
        self.keyed = False
        self.key: Any = None


class _Reader:
    """Makes a value of events."""

    def __init__(self, *, many: bool) -> None:
        self.documents: list[Value] = []
        self._many = many
        self._open: list[_Open] = []
        self._anchors: dict[str, Value] = {}
        self._weight = 0

    def take(self, event: Any) -> None:
        """Take the next event."""
        kind = type(event).__name__
        if kind == "ScalarEvent":
            self._add(self._scalar(event), event.anchor)
        elif kind == "AliasEvent":
            self._add(self._alias(event.anchor), None)
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            self._begin(event, {} if kind == "MappingStartEvent" else [])
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            done = self._open.pop()
            made = ObjectValue(done.items) if isinstance(done.items, dict) else TupleValue(done.items)
            self._add(made, done.anchor)
        elif kind == "DocumentStartEvent" and self.documents and not self._many:
            raise EvaluationError(f"there is a second document on line {event.start_mark.line + 1}")

    def _begin(self, event: Any, items: _Container) -> None:
        expected = _TAG + ("map" if isinstance(items, dict) else "seq")
        if event.tag not in (None, expected):
            raise EvaluationError(f'unsupported tag "{event.tag}"')
        if len(self._open) >= DEPTH:
            raise _too_deep()
        self._open.append(_Open(items, event.anchor))

    def _alias(self, anchor: str) -> Value:
        if anchor not in self._anchors:
            inside = any(each.anchor == anchor for each in self._open)
            raise EvaluationError(f'the anchor "{anchor}" {"stands inside of itself" if inside else "is not defined"}')
        return self._anchors[anchor]

    def _add(self, value: Value, anchor: Optional[str]) -> None:
        if anchor is not None:
            self._anchors[anchor] = value
        if not self._open:
            self.documents.append(value)
            return
        self._weight += 1
        if isinstance(value, (dict, tuple)):
            self._weight += extent(value).weight if anchor is None else 0
        if self._weight > WEIGHT:
            raise TooLargeError(f"a value of more than {WEIGHT:,} parts")
        self._insert(self._open[-1], value)

    def _insert(self, into: _Open, value: Value) -> None:
        if isinstance(into.items, list):
            into.items.append(value)
        elif not into.keyed:
            into.key, into.keyed = _key(value), True
        else:
            into.keyed = False
            if into.key is not _MERGE:
                into.items[into.key] = value
            elif isinstance(value, Mapped):
                into.items.update(value)
            else:
                raise EvaluationError("only a mapping can be merged into another")

    def _scalar(self, event: Any) -> Value:
        text, tag = event.value, event.tag
        if tag is None:
            if not event.implicit[0]:
                return normal(text)
            at_key = bool(self._open) and isinstance(self._open[-1].items, dict) and not self._open[-1].keyed
            return _MERGE if text == "<<" and at_key else resolved(text)
        if not tag.startswith(_TAG):
            raise EvaluationError(f'unsupported tag "{tag}"')
        return _tagged(tag.removeprefix(_TAG), text)


def _key(value: Value) -> Any:
    if value is None:
        raise EvaluationError("a key is null")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return number_text(value)
    if isinstance(value, (str, _Merge)):
        return value
    raise EvaluationError("a key must be a string")


def resolved(text: str) -> Value:
    """Return what a plain word means."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in "+-.0123456789":
        if _INTEGER.match(text) or _FLOAT.match(text):
            return _number(text)
        if _RADIX.match(text):
            return number(int(text, 0)) if len(text) <= _DIGITS else _number("9" * (_DIGITS + 1))
        if _INFINITE.match(text):
            raise EvaluationError(f"{text} is no finite number")
        return _timestamp(text) or text
    return normal(text)


def _number(text: str) -> Value:
    if len(text) > 2 * _DIGITS:
        raise TooLargeError(f"a number of more than {_DIGITS} digits")
    return number(Decimal(text))


def _timestamp(text: str) -> Optional[str]:
    match = _DATE.match(text)
    if match is None:
        return None
    year, month, day, *rest = match.groups()
    hour, minute, second = rest[:3] if rest[0] is not None else rest[5:8]
    zone = rest[4] or "Z"
    clock = ":".join((part or "0").rjust(2, "0") for part in (hour, minute, second))
    try:
        return rfc3339(moment(f"{year}-{month:0>2}-{day:0>2}T{clock}{zone}"))
    except EvaluationError:
        return None


def _tagged(tag: str, text: str) -> Value:
    """Return a scalar with an explicit tag."""
    if tag in ("str", "binary"):
        if tag == "binary" and not re.fullmatch(r"[A-Za-z0-9+/\s]*={0,2}\s*", text):
            raise EvaluationError("this is no Base64")
        return normal(text)
    if tag == "null":
        return None
    value = resolved(text)
    fits = {
        "bool": isinstance(value, bool),
        "int": isinstance(value, int) and not isinstance(value, bool),
        "float": isinstance(value, (int, Decimal)) and not isinstance(value, bool),
        "timestamp": _timestamp(text) is not None,
    }
    if tag not in fits:
        raise EvaluationError(f'unsupported tag "!!{tag}"')
    if not fits[tag]:
        raise EvaluationError(f'"{text[:40]}" cannot be read as {tag}')
    return value


def encoded(value: Value) -> str:
    """Return a known value as YAML: strings in double quotes, those of several lines as a block."""
    import yaml

    if extent(value).weight > TEXT:
        raise TooLargeError(f"a string of more than {TEXT:,} characters")
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text = str(yaml.emit(_events(value), Dumper=dumper, allow_unicode=True, width=80)).removesuffix("...\n")
    return text if isinstance(value, (str, *Mapped, *Listed)) else f"{text}...\n"


def _events(value: Value) -> Iterator[yaml.Event]:
    import yaml

    yield yaml.StreamStartEvent()
    yield yaml.DocumentStartEvent(explicit=False)
    yield from _nodes(value)
    yield yaml.DocumentEndEvent(explicit=False)
    yield yaml.StreamEndEvent()


def _nodes(value: Value) -> Iterator[yaml.Event]:
    import yaml

    if isinstance(value, Mapped):
        yield yaml.MappingStartEvent(None, None, implicit=True, flow_style=not value)
        for key, member in members(value):
            yield _text(key)
            yield from _nodes(member)
        yield yaml.MappingEndEvent()
    elif isinstance(value, Listed):
        yield yaml.SequenceStartEvent(None, None, implicit=True, flow_style=not value)
        for element in value:
            yield from _nodes(element)
        yield yaml.SequenceEndEvent()
    elif isinstance(value, str):
        yield _text(value)
    else:
        plain = "null" if value is None else str(value).lower() if isinstance(value, bool) else number_text(value)
        yield yaml.ScalarEvent(None, None, (True, True), plain, style=None)


def _text(text: str) -> yaml.ScalarEvent:
    import yaml

    return yaml.ScalarEvent(None, None, (True, True), text, style="|" if "\n" in text else '"')
