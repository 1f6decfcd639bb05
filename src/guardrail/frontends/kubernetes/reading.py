"""Values of one object with their type made sure of, what is wrong with them, and where facts came from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from decimal import Decimal
from functools import lru_cache
from typing import Final, Optional, Union

from guardrail.frontends.kubernetes.objects import Object
from guardrail.frontends.kubernetes.quantity import QuantityError, units
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.path import Segment, escaped
from guardrail.model.path import segments as split
from guardrail.model.place import Place
from guardrail.model.resource import Origin
from guardrail.model.value import ABSENT, OpenMap, Reason, Text, Unknown, Value

PROBLEMS: Final = 20
"""Diagnostics about values of one object; what more is wrong with it is of the same kind."""

_NOTHING: Final[Mapping[str, Value]] = {}


@lru_cache(maxsize=1024)
def segments(pointer: str) -> tuple[Segment, ...]:
    """Return the keys of a pointer; the catalogue's are asked for again and again."""
    return split(pointer)


@dataclass(frozen=True, slots=True)
class Scope:
    """
    A value inside an object, where pointers of a row begin. `at` is its own pointer from the object.

    `root` is the (nested) object that pointers with `#` begin at, `base` the pointer of that; `outer` the element of
    an enclosing list that pointers with `^` begin at.
    """

    value: Value
    at: str
    root: Value
    base: str
    outer: Optional[Scope] = None

    def find(self, pointer: str) -> tuple[Value, str]:
        """Return the value at a pointer of a row (`ABSENT` if there is none), and its pointer from the object."""
        if pointer.startswith("#"):
            return lookup(self.root, segments(pointer[1:])), self.base + pointer[1:]
        if pointer.startswith("^"):
            return self.outer.find(pointer[1:]) if self.outer is not None else (ABSENT, self.at)
        return lookup(self.value, segments(pointer)), self.at + pointer


Moved = dict[str, tuple[Object, str]]
"""Whose values stand in a completed one: the object and the pointer there, by the pointer in the completed value."""


@dataclass(slots=True)
class Reading:
    """
    One object being read: its problems and the origins of its facts gather here.

    `value` is what it states, completed by the objects that its row joins: `completed` are the pointers at which all
    of those are known, `uncertain` those at which some are not (with why, where it is filled in later), `moved` says
    what is whose. `needs` are objects that its controller looked for: the pointer of the name, type, name. `address`
    gives the address of another object.
    """

    object: Object
    diagnostics: list[Diagnostic] = field(default_factory=list)
    origins: dict[str, tuple[Origin, ...]] = field(default_factory=dict)
    value: Mapping[str, Value] = field(default_factory=dict)
    completed: list[str] = field(default_factory=list)
    uncertain: dict[str, Optional[Unknown]] = field(default_factory=dict)
    moved: Moved = field(default_factory=dict)
    needs: list[tuple[str, str, str]] = field(default_factory=list)
    address: Callable[[Object], str] = field(default=lambda found: found.native)

    def __post_init__(self) -> None:
        """Begin with what the object itself states."""
        self.value = self.object.value

    def scope(self) -> Scope:
        """Return the whole object."""
        return Scope(self.value, "", self.value, "")

    def find(self, pointer: str) -> Value:
        """Return the value at a pointer, `ABSENT` if there is none."""
        return lookup(self.value, segments(pointer))

    def whose(self, pointer: str) -> tuple[Object, str]:
        """Return the object in which the value at a pointer is written, and its pointer there."""
        above = pointer if self.moved else ""
        while above:
            if above in self.moved:
                other, there = self.moved[above]
                return other, there + pointer[len(above) :]
            above = above.rpartition("/")[0]
        return self.object, pointer

    def place(self, pointer: str) -> Place:
        """Return where the value at a pointer is written."""
        owner, there = self.whose(pointer)
        return owner.place(there)

    def problem(self, pointer: str, what: str) -> Unknown:
        """Say what is wrong with a value; return what stands for it."""
        owner, at = self.whose(pointer)
        if len(self.diagnostics) < PROBLEMS:
            message = f"{segments(at)[-1] if at else 'the object'} of {owner.native}: {what}"
            self.diagnostics.append(Diagnostic("warning", "manifest-value", message, owner.place(at)))
        return Unknown(Reason.ERROR, note=f"{at} is {what}")

    def mapping(self, value: Value, pointer: str) -> Union[Mapping[str, Value], Unknown]:
        """Return a mapping, an empty one where nothing is written."""
        if isinstance(value, (dict, Unknown)):
            return value
        if value is None or value is ABSENT:
            return _NOTHING
        return self.problem(pointer, "not a mapping")

    def sequence(self, value: Value, pointer: str) -> Union[Sequence[Value], Unknown]:
        """Return a list, an empty one where nothing is written."""
        if isinstance(value, (tuple, Unknown)):
            return value
        if value is None or value is ABSENT:
            return ()
        return self.problem(pointer, "not a list")

    def text(self, value: Value, pointer: str) -> Text:
        """Return text; numbers and booleans as they look in JSON, since that is what labels are compared with."""
        if isinstance(value, (str, Unknown)):
            return value
        if value is None or value is ABSENT:
            return None
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, (int, Decimal)):
            return str(value)
        return self.problem(pointer, "not text")

    def texts(self, value: Value, pointer: str) -> Union[dict[str, Value], Unknown]:
        """Return a mapping of texts; null entries are not there."""
        found = self.mapping(value, pointer)
        if isinstance(found, Unknown):
            return found
        if all(one.__class__ is str for one in found.values()) and found.__class__ is dict:
            return found
        kept = {
            key: one if one.__class__ is str else self.text(one, f"{pointer}/{escaped(key)}")
            for key, one in found.items()
            if one is not None
        }
        rest = getattr(found, "rest", None)
        return opened(kept, rest) if rest is not None else kept

    def quantity(self, value: Value, pointer: str, per: int = 1) -> Union[int, Unknown]:
        """Return a quantity in units, times `per`."""
        if isinstance(value, Unknown):
            return value
        try:
            return units(value, per)
        except QuantityError as error:
            return self.problem(pointer, str(error))

    def flag(self, value: Value, pointer: str, default: bool = False) -> Union[bool, Unknown]:
        """Return a boolean; of text only `true` and `false` are one."""
        if isinstance(value, (bool, Unknown)):
            return value
        if value is None or value is ABSENT:
            return default
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        return self.problem(pointer, "neither true nor false")

    def came(self, fact: str, *pointers: str) -> None:
        """Note which native attributes a fact came from."""
        self.origins[fact] = origins(pointers) if not self.moved else tuple(map(self._origin, pointers))

    def _origin(self, pointer: str) -> Origin:
        owner, there = self.whose(pointer)
        return Origin(there) if owner is self.object else Origin(there, self.address(owner))


@lru_cache(maxsize=4096)
def origins(pointers: tuple[str, ...]) -> tuple[Origin, ...]:
    """Return the origins at pointers of the object itself: in most objects the same ones."""
    return tuple(Origin(pointer) for pointer in pointers)


def lookup(value: Value, path: Iterable[Segment]) -> Value:
    """Return what lies below a value, as `model.value.lookup`: faster, since documents hold dict and tuple only."""
    for segment in path:
        if isinstance(value, dict):
            found = value.get(segment, ABSENT)
            if found is ABSENT:
                return value.rest if isinstance(value, OpenMap) else ABSENT
            value = found
        elif isinstance(value, tuple):
            if not str(segment).isdecimal() or int(segment) >= len(value):
                return ABSENT
            value = value[int(segment)]
        else:
            return value if isinstance(value, Unknown) else ABSENT
    return value


def opened(known: Mapping[str, Value], rest: Unknown) -> dict[str, Value]:
    """Return a mapping that may hold other keys."""
    return OpenMap(known, rest)
