"""
What an expression can evaluate to.

| Terraform      | here                                                                                            |
|----------------|-------------------------------------------------------------------------------------------------|
| null           | None, of whatever type                                                                          |
| bool, string   | bool, str                                                                                       |
| number         | int when integral, else Decimal: exact, never a float (`number` makes one of a Decimal)         |
| tuple, object  | `TupleValue`, `ObjectValue`: what brackets and braces make                                      |
| list, set, map | `ListValue`, `SetValue`, `MapValue`: what conversions and functions make, elements of one type  |
| not known      | `Unknown`, at any depth; `OpenMap`, an object or map that may have further members              |

All are what the rest of the program understands by tuples, mappings and `model.value.Unknown`, so nothing is copied
at the border. All are immutable by agreement: nobody changes a collection once it is made, and parts are shared. Python
takes True for 1 and a tuple for a list; compare with `operators.equal` or `same`, never with `==`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final, Optional, Union

from guardrail.frontends.terraform.precision import canonical
from guardrail.frontends.terraform.syntax.nodes import Node
from guardrail.frontends.terraform.syntax.spelling import normal
from guardrail.frontends.terraform.types import ANY, NUMBER, STRING, Type
from guardrail.model import value as model
from guardrail.model.dataclass import dataclass
from guardrail.model.value import Reason, strictest

Value = Any
"""Any of the above."""

DIGITS: Final = 200
"""The most digits that a number may have before or after the point. Terraform keeps about 154 significant ones."""

WEIGHT: Final = 250_000
"""
The most nodes that a value may have, shared parts counted every time.

Thirty locals, each holding the one before twice, share their memory; but a walk would visit a billion nodes.
"""

DEPTH: Final = 120
"""How deep a value may nest: whatever walks it can recurse. A chain of locals could make it deeper than any text."""

TEXT: Final = 4 * 1024 * 1024
"""The most characters of a string."""


class EvaluationError(Exception):
    """
    An expression is in error; `try` falls through to its next argument.

    `node` is where: set by whoever knows, the innermost one wins.
    """

    def __init__(self, message: str, node: Optional[Node] = None) -> None:
        super().__init__(message)
        self.message = message
        self.node = node


@dataclass(frozen=True, slots=True)
class Unknown(model.Unknown):
    """
    A value that is known after apply only, or cannot be told here.

    `one_of` lists the values that it can still take; `prefix` is what the string begins with; `type` is what can
    be said of its type; `not_null` says that it will not be null.
    """

    type: Type = ANY
    not_null: bool = False


class TupleValue(tuple[Value, ...]):  # noqa: SLOT001 - a tuple cannot have slots, and its extent is kept in it
    """A tuple."""


class ListValue(tuple[Value, ...]):  # noqa: SLOT001 - a tuple cannot have slots, and its extent is kept in it
    """A list: elements of one type."""


class SetValue(tuple[Value, ...]):  # noqa: SLOT001
    """
    A set: its elements in canonical order, each once. Make it with `convert.set_of`.

    With an unknown element in it its length is not known, since that one may turn out to be one of the others.
    """


class ObjectValue(dict[str, Value]):
    """An object, its attributes in the order in which they were written."""

    __slots__ = ("_declared", "_extent", "_kind")


class MapValue(dict[str, Value]):
    """A map: members of one type. Iteration (`members`) goes by key."""

    __slots__ = ("_declared", "_extent", "_kind")


class OpenMap(model.OpenMap):
    """
    An object or map, definite in what it lists, that may have further members, each of them `rest`.

    The keys of those begin with one of `begins`, if that is not None.
    """

    __slots__ = ("_declared", "_extent", "_kind", "begins")

    rest: Unknown

    def __init__(self, known: Mapping[str, Value], rest: Unknown, begins: Optional[tuple[str, ...]] = None) -> None:
        super().__init__(known, rest)
        self.begins = begins

    def may_hold(self, key: str) -> bool:
        """Whether a key that is not listed may be there."""
        return self.begins is None or key.startswith(self.begins)


Mapped = (ObjectValue, MapValue, OpenMap)
"""For `isinstance`: everything with keys."""

Listed = (TupleValue, ListValue, SetValue)
"""For `isinstance`: everything with elements."""


def unknown(*causes: Value, type: Type = ANY, note: str = "", not_null: bool = False) -> Unknown:  # noqa: A002 - the word of the language
    """
    Return an unknown for the strictest reason among `causes` (unknowns, open maps, collections that hold some).

    It has neither candidates nor prefix: they are of other values. Without any unknown cause the reason is `computed`.
    """
    found = [reached for cause in causes if (reached := first_unknown(cause)) is not None]
    if not found:
        return Unknown(Reason.COMPUTED, note=note, type=type, not_null=not_null)
    reason = strictest(each.reason for each in found)
    worst = next(each for each in found if each.reason is reason)
    return Unknown(reason, note=note or worst.note, type=type, not_null=not_null)


def refused(note: str, type: Type = ANY) -> Unknown:  # noqa: A002
    """Return what stands for a value that guardrail does not compute: impure, too large, not implemented."""
    return Unknown(Reason.REFUSED, note=note, type=type)


def with_candidates(base: Unknown, candidates: Optional[Iterable[Value]]) -> Value:
    """
    Return `base` with these candidates, each once; the value itself if there is only one, none if too many.

    Candidates that are unknown themselves, or hold unknowns, cannot be listed.
    """
    if candidates is None:
        return base
    distinct: list[Value] = []
    for candidate in candidates:
        if not wholly_known(candidate):
            return base
        if not any(same(candidate, other) for other in distinct):
            distinct.append(candidate)
        if len(distinct) > model.CANDIDATES:
            return base
    if len(distinct) == 1:
        return distinct[0]
    return replace(base, one_of=tuple(distinct)) if distinct else base


def is_mapping(value: Value) -> bool:
    """Whether it is an object or a map, open ones included."""
    return isinstance(value, Mapped)


def is_number(value: Value) -> bool:
    """Whether it is a known number."""
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def members(value: Mapping[str, Value]) -> list[tuple[str, Value]]:
    """Return keys and members in the order in which Terraform visits them: by key, code point by code point."""
    return sorted(value.items(), key=_key)


def _key(item: tuple[str, Value]) -> str:
    return item[0]


def number(value: Union[int, Decimal]) -> Union[int, Decimal, Unknown]:
    """Return the number in its one form; refused where it has more digits than are kept."""
    if isinstance(value, int):
        return canonical(value) if -_LARGEST < value < _LARGEST else refused("a number of more than 200 digits")
    if value.is_infinite():
        return refused("an infinite number", NUMBER)
    if not value.is_finite() or abs(value.adjusted()) > DIGITS:
        return refused("a number of more than 200 digits")
    known = canonical(value)
    return int(known) if known == int(known) else known


_LARGEST: Final = 10**DIGITS


def number_text(value: Union[int, Decimal]) -> str:
    """Return the digits of a number, never with an exponent."""
    if isinstance(value, int):
        return str(value)
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def same(one: Value, other: Value) -> bool:
    """Whether two known values are the very same, kinds included: `1` is not `true` and a list is no tuple."""
    if one is other:
        return True
    if isinstance(one, bool) or isinstance(other, bool) or one is None or other is None:
        return False
    if is_number(one):
        return is_number(other) and bool(one == other)
    if type(one) is not type(other):
        return False
    if isinstance(one, Listed):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Mapped):
        return one.keys() == other.keys() and all(same(member, other[key]) for key, member in one.items())
    return bool(one == other)


@dataclass(frozen=True, slots=True)
class Extent:
    """
    How large a value is.

    `weight` counts its nodes, parts every time they occur; `unknown` is the strictest one in it.
    """

    weight: int
    depth: int
    unknown: Optional[Unknown]


_LEAF: Final = Extent(1, 0, None)
_SIMPLE: Final = frozenset({str, int, bool, Decimal, type(None)})


def extent(value: Value) -> Extent:
    """Return the extent of a value; each collection is measured once and remembers it."""
    if isinstance(value, Unknown):
        return Extent(1, 0, value)
    if not isinstance(value, (tuple, dict)):
        return _LEAF
    known: Optional[Extent] = getattr(value, "_extent", None)
    if known is None:
        known = _measure(value)
        value._extent = known  # type: ignore[union-attr]  # noqa: SLF001 - every collection here has room for it
    return known


def _measure(value: Union[tuple[Value, ...], dict[str, Value]]) -> Extent:
    parts = value.values() if isinstance(value, dict) else value
    worst = value.rest if isinstance(value, OpenMap) else None
    if _SIMPLE.issuperset(map(type, parts)):  # as most are
        return Extent(1 + len(value), 1, worst)
    weight, depth = 1, 0
    for part in parts:
        if not isinstance(part, (tuple, dict, Unknown)):
            weight += 1
            continue
        inner = extent(part)
        weight += inner.weight
        depth = max(depth, inner.depth)
        if inner.unknown is not None and (worst is None or _outranks(inner.unknown, worst)):
            worst = inner.unknown
    return Extent(weight, depth + 1, worst)


def _outranks(one: Unknown, other: Unknown) -> bool:
    return one.reason is not other.reason and strictest((one.reason, other.reason)) is one.reason


def checked(value: Value) -> Value:
    """Return a new collection as it is, or refused where it is too large or too deep to be walked."""
    size = extent(value)
    if size.weight > WEIGHT:
        return refused(f"a value of more than {WEIGHT:,} parts")
    if size.depth > DEPTH:
        return refused(f"a value nested deeper than {DEPTH} levels")
    return value


def checked_text(text: str) -> Union[str, Unknown]:
    """Return a new string in the one spelling, since parts can make a new letter; refused where it is too long."""
    return normal(text) if len(text) <= TEXT else refused(f"a string of more than {TEXT:,} characters", STRING)


def wholly_known(value: Value) -> bool:
    """Whether neither the value nor anything inside it is unknown or open."""
    return extent(value).unknown is None


def first_unknown(value: Value) -> Optional[Unknown]:
    """Return the strictest unknown that the value is or holds."""
    return extent(value).unknown


def text_unknown(*causes: Value, prefix: str = "") -> Unknown:
    """Return an unknown string, with what it is known to begin with."""
    return replace(unknown(*causes, type=STRING, not_null=True), prefix=normal(prefix) or None)
