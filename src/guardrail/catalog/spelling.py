"""
One kind in the spellings of other formats.

A `Kind` names attributes as the Terraform provider does. A request body, a CloudFormation resource or an object of a
controller says the same in other words: `ProductionVariants[].InitialInstanceCount`, `spec.resourceConfig`. A
`Spelling` is what those words are; `respell` returns attributes in the words of the kind, and the way back from there
to the native pointer, so that every fact keeps the line that it was written in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from functools import lru_cache
from typing import Final, Literal, Optional

from guardrail.model.dataclass import dataclass
from guardrail.model.path import Segment, pointer, segments
from guardrail.model.pattern import pattern
from guardrail.model.value import ABSENT, OpenMap, Reason, Unknown, Value, lookup

Case = Literal["pascal", "camel", "snake"]

TAGS: Final[Mapping[str, tuple[str, str]]] = {"tags": ("key", "value")}
"""Tags as a list of pairs, in whatever case their two members are written."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spelling:
    """
    How another format writes a kind.

    `type` is the native type there, `also` others that are spelled alike. `body` points from the native attributes to
    the mapping whose members are meant (`/spec`). Members are turned into snake case (`VolumeSizeInGB` →
    `volume_size_in_gb`), whatever case they are in; `case` is how a member is written that is not there.

    `renamed` gives the kind's names where that is not enough, by the dotted path: what is above in the words of the
    kind, then what snake case makes of the name (`production_variants.name`; the indexes of lists do not count).
    `moved` does so for members that stand elsewhere: by their dotted path, the path in the kind's attributes. `pairs`
    are lists of two members that the kind has as a mapping, by the kind's dotted path. Below `verbatim` (dotted paths
    of the kind) keys are somebody's own, and stay.

    `beside` are members of the kind that stand outside of the body, by native pointer: they count where the body does
    not state them. With `references`, `clusterRef: {name: x}` is `cluster: x`, as controllers refer to their objects.
    `structured` are members (dotted paths of the kind) that may be written as protobuf has any value:
    `{structValue: {fields: {a: {stringValue: b}}}}` is `{a: b}`.
    """

    type: str
    also: tuple[str, ...] = ()
    body: str = ""
    case: Case = "pascal"
    renamed: Mapping[str, str] = field(default_factory=dict)
    moved: Mapping[str, tuple[Segment, ...]] = field(default_factory=dict)
    pairs: Mapping[str, tuple[str, str]] = field(default_factory=lambda: TAGS)
    verbatim: frozenset[str] = frozenset({"tags", "labels", "environment", "hyper_parameters"})
    beside: Mapping[str, str] = field(default_factory=dict)
    references: bool = False
    structured: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Respelled:
    """Native attributes in the words of a kind: `attributes`, and the pointer that each of theirs is written at."""

    spelling: Spelling
    written: Mapping[str, Value]
    attributes: Mapping[str, Value]

    def native(self, path: str) -> str:
        """
        Return the native pointer of a pointer into the kind's attributes.

        Of what is not written it is the pointer at which it would stand.
        """
        return _native(self.spelling, self.written, path)


def respell(spelling: Spelling, written: Mapping[str, Value]) -> Respelled:
    """
    Return native attributes in the words of the kind.

    A member that is written twice, in two cases, is in error: which of them counts depends on who reads it.
    """
    body = lookup(written, segments(spelling.body))
    attributes: dict[str, Value]
    if isinstance(body, Unknown):
        attributes = OpenMap({}, body)
    elif isinstance(body, Mapping):
        found = _mapping(spelling, body, "")
        attributes = _moved(spelling, found) if spelling.moved else found
    else:
        attributes = {}
    for name, path in spelling.beside.items():
        value = lookup(written, segments(path))
        if value is not ABSENT and attributes.get(name) is None:
            attributes[name] = value
    return Respelled(spelling, written, attributes)


_REFERENCE: Final = "_ref"
_REFERRED: Final = ("name", "external")
"""Members of a reference that name what is meant: an object beside, or a thing that no object stands for."""


_WORDS: Final = pattern(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]+(?=[0-9]+[A-Z])[0-9]+|[A-Z]?[a-z0-9]+|[A-Z]+|[0-9]+")

_UNITS: Final = pattern(r"([KMGT])iB")


@lru_cache(maxsize=4096)
def snake(name: str) -> str:
    """Return a name in snake case: `VolumeSizeInGB` is `volume_size_in_gb`, `s3URI` is `s3_uri`."""
    return name if name.islower() else "_".join(_WORDS.findall(_UNITS.sub(r"\1ib", name))).lower()


def _mapping(spelling: Spelling, value: Mapping[str, Value], above: str) -> dict[str, Value]:
    if above[:-1] in spelling.verbatim:
        return dict(value) if not isinstance(value, OpenMap) else OpenMap(value, value.rest)
    found: dict[str, Value] = {}
    for key, member in value.items():
        name, member = _called(spelling, above, key), _referred(spelling, key, member)  # noqa: PLW2901 - as it is meant
        if above + name in spelling.structured:
            member = unstructured(member)  # noqa: PLW2901 - as it is meant
        twice = name in found and found[name] is not None and member is not None
        if twice:
            found[name] = Unknown(Reason.ERROR, note=f"{key} is written twice, in two cases")
        elif member is not None or name not in found:
            found[name] = _value(spelling, member, above + name + ".")
    return OpenMap(found, value.rest) if isinstance(value, OpenMap) else found


@lru_cache(maxsize=16_384)
def _called(spelling: Spelling, above: str, key: str) -> str:
    """Return what the kind calls a member; `above` is the dotted path of the mapping that it stands in."""
    path = above + snake(key)
    name = spelling.renamed.get(path, path.rpartition(".")[2])
    return name.removesuffix(_REFERENCE) if spelling.references else name


def _referred(spelling: Spelling, key: str, member: Value) -> Value:
    """Return the name that a reference holds, any other member as it is."""
    of = _member_of_reference(spelling, key, member)
    return member[of] if of else member


def _member_of_reference(spelling: Spelling, key: str, member: Value) -> Optional[str]:
    if not spelling.references or not isinstance(member, Mapping) or not snake(key).endswith(_REFERENCE):
        return None
    return next((name for name in _REFERRED if member.get(name) is not None), None)


def unstructured(value: Value) -> Value:
    """
    Return a value of protobuf that is written out (`structValue: {fields: …}`) as what it is.

    https://protobuf.dev/reference/protobuf/google.protobuf/#value
    """
    if not isinstance(value, Mapping) or len(value) != 1:
        return value
    (kind, inner), *_ = value.items()
    if kind in ("struct_value", "structValue") and isinstance(inner, Mapping):
        fields = inner.get("fields")
        if isinstance(fields, Mapping):
            return {key: unstructured(member) for key, member in fields.items()}
    if kind in ("list_value", "listValue") and isinstance(inner, Mapping):
        values = inner.get("values")
        if isinstance(values, (list, tuple)):
            return tuple(unstructured(one) for one in values)
    if kind in ("string_value", "stringValue", "number_value", "numberValue", "bool_value", "boolValue"):
        return inner
    return value


def _value(spelling: Spelling, value: Value, above: str) -> Value:
    if isinstance(value, Mapping):
        return _mapping(spelling, value, above)
    if isinstance(value, (list, tuple)):
        pair = spelling.pairs.get(above[:-1])
        return _paired(value, pair) if pair is not None else tuple(_value(spelling, one, above) for one in value)
    if isinstance(value, Unknown) and value.one_of is not None:
        one_of = tuple(_value(spelling, one, above) for one in value.one_of)
        return Unknown(value.reason, one_of, value.prefix, value.note, value.written)
    return value


def _paired(value: Value, pair: tuple[str, str]) -> Value:
    """Return a list of pairs as a mapping: open where a pair, or the name in one, is not known."""
    found: dict[str, Value] = {}
    rest = None
    for one in value:
        if not isinstance(one, Mapping):
            rest = one if isinstance(one, Unknown) else Unknown(Reason.ERROR, note=f"not a pair of {pair[0]} and value")
            continue
        members: dict[str, Value] = {}
        for name, member in one.items():
            _state(members, snake(name), member)
        key = members.get(pair[0])
        if isinstance(key, str):
            _state(found, key, members.get(pair[1], one.rest if isinstance(one, OpenMap) else None))
        elif isinstance(key, Unknown) or key is not None or isinstance(one, OpenMap):
            rest = key if isinstance(key, Unknown) else Unknown(Reason.ERROR, note=f"{pair[0]} is not text")
    return OpenMap(found, rest) if rest is not None else found


def _state(into: dict[str, Value], name: str, value: Value) -> None:
    """Put a member there. What is stated twice, and not alike, is in error: which counts depends on who reads it."""
    other = into.get(name)
    twice = other is not None and value is not None and other != value
    if twice:
        into[name] = Unknown(Reason.ERROR, note=f"{name[:80]} is written twice")
    elif value is not None or name not in into:
        into[name] = value


def _moved(spelling: Spelling, attributes: dict[str, Value]) -> dict[str, Value]:
    """Return attributes with what stands elsewhere in the kind put there too."""
    found = OpenMap(attributes, attributes.rest) if isinstance(attributes, OpenMap) else dict(attributes)
    for path, target in spelling.moved.items():
        value = lookup(attributes, path.split("."))
        if value is not ABSENT and value is not None:
            _put(found, target, value)
    return found


def _put(into: dict[str, Value], path: tuple[Segment, ...], value: Value) -> None:
    for key in path[:-1]:
        if key == 0:
            continue  # a block: its members stand in the mapping itself
        below = into.get(str(key))
        into[str(key)] = into = dict(below) if isinstance(below, Mapping) else {}
    _state(into, str(path[-1]), value)


def _native(spelling: Spelling, written: Mapping[str, Value], path: str) -> str:
    keys = segments(path)
    body = lookup(written, segments(spelling.body))
    places = [(keys, len(keys))]
    for origin, target in spelling.moved.items():
        moved = tuple(str(key) for key in target)
        if keys[: len(moved)] == moved:
            there = tuple(origin.split("."))
            places.append(((*there, *keys[len(moved) :]), len(there)))
    if len(places) > 1:
        # What stands where the kind has it counts before what is moved there. What nowhere is would stand in its block,
        # where there is that, else at the first move.
        own = _is_written(spelling, body, keys[: len(keys) - len(places[1][0]) + places[1][1]])
        others = (one for one, depth in places[1:] if _is_written(spelling, body, one[:depth]))
        above = len(keys) > 1 and _is_written(spelling, body, keys[:-1])
        keys = keys if own else next(others, keys if above else places[1][0])
    elif keys and keys[0] in spelling.beside and not _is_written(spelling, body, keys[:1]):
        return spelling.beside[keys[0]] + pointer(keys[1:])
    return spelling.body + _walk(spelling, body, keys)


def _is_written(spelling: Spelling, body: Value, keys: tuple[str, ...]) -> bool:
    there = segments(_walk(spelling, body, keys))
    if len(there) < sum(key != "0" for key in keys):
        return False  # a list stands in the way: the pointer is that of the list
    found = lookup(body, there)
    return found is not ABSENT and found is not None


def _walk(spelling: Spelling, value: Value, keys: tuple[str, ...]) -> str:
    """Return the native pointer of keys of the kind, below a native value."""
    found: list[Segment] = []
    above = ""
    for index, key in enumerate(keys):
        if above[:-1] in spelling.verbatim and not isinstance(value, (list, tuple)):
            return pointer((*found, *keys[index:]))
        if isinstance(value, (list, tuple)):
            if not key.isdecimal():
                at = _pair_at(value, spelling.pairs.get(above[:-1]), key)
                if at is None:
                    break
                found.append(at)
                value = value[at]
                break
            found.append(key)
            value = value[int(key)] if int(key) < len(value) else ABSENT
        elif key == "0" and not (isinstance(value, Mapping) and key in value):
            continue  # a single block: here it is a mapping
        else:
            name = _name_in(spelling, value, above, key)
            found.append(name)
            value = value.get(name, ABSENT) if isinstance(value, Mapping) else ABSENT
            above += key + "."
            of = _member_of_reference(spelling, name, value)
            if of:
                found.append(of)
                value = value[of]
    return pointer(found)


def _pair_at(value: Value, pair: Optional[tuple[str, str]], key: str) -> Optional[int]:
    """Return the index of the pair of a name in a list of pairs."""
    if pair is None:
        return None
    for index, one in enumerate(value):
        if isinstance(one, Mapping) and any(snake(name) == pair[0] and of == key for name, of in one.items()):
            return index
    return None


def _name_in(spelling: Spelling, value: Value, above: str, key: str) -> str:
    """Return how a member is written in a mapping, or would be."""
    if isinstance(value, Mapping):
        for name in map(str, value):
            if _called(spelling, above, name) == key:
                return name
    return _spelt(spelling, above, key)


@lru_cache(maxsize=16_384)
def _spelt(spelling: Spelling, above: str, key: str) -> str:
    """Return how a member is written where there is none that says so."""
    known = (path for path, name in spelling.renamed.items() if name == key and _above(path) == above)
    return _CASES[spelling.case](next(known, key).rpartition(".")[2])


def _above(path: str) -> str:
    head, dot, _ = path.rpartition(".")
    return head + dot


def _pascal(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def _camel(name: str) -> str:
    made = _pascal(name)
    return made[:1].lower() + made[1:]


_CASES: Final[Mapping[Case, Callable[[str], str]]] = {"pascal": _pascal, "camel": _camel, "snake": str}
