"""What calls read: built-in functions by what they look at, and the functions of the library that go by pointers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from guardrail.policy.abstract import COMPUTED, NOTHING, Abstract, collection, elements, keys, member, text, union
from guardrail.policy.model import ANY, KEYS, Path
from guardrail.policy.syntax import Name

LIBRARY: Final = ("guardrail", "lib")

_SHALLOW: Final = frozenset(
    {"is_array", "is_boolean", "is_null", "is_number", "is_object", "is_set", "is_string", "type_name"}
)
"""Built-ins that look at the kind of a value only."""
_PICKED: Final = frozenset({"max", "min"})
_HANDED_ON: Final = frozenset(
    {
        "array.concat",
        "array.reverse",
        "array.slice",
        "intersection",
        "json.filter",
        "json.remove",
        "object.filter",
        "object.remove",
        "object.union",
        "object.union_n",
        "sort",
        "union",
    }
)
"""Built-ins whose result holds members of their arguments, so that what is read further on still has a path."""


class Notes:
    """What was found to be read, so far."""

    def __init__(self) -> None:
        self.deep: set[Path] = set()
        self.shallow: set[Path] = set()

    def use(self, value: Abstract) -> None:
        """Note that all of a value matters."""
        for path in value.paths:
            if path[-1:] == (KEYS,):
                self.shallow.add((*path[:-1], ANY))
            else:
                self.deep.add(path)
        if value.items is not None:
            self.use(value.items)

    def touch(self, value: Abstract) -> Abstract:
        """Note that it matters whether a value is there, and return it."""
        self.shallow.update(path for path in value.paths if path[-1:] != (KEYS,))
        return value


Args = tuple[Abstract, ...]


def builtin(notes: Notes, name: str, args: Args) -> Abstract:
    """Return what a call of a built-in function may be."""
    if name in _SHALLOW:
        return COMPUTED
    if name == "count":
        for arg in args:
            notes.touch(elements(arg))
        return COMPUTED
    if name == "object.get" and len(args) == 3:  # noqa: PLR2004 - its arity
        return get(notes, *args)
    if name == "object.keys" and len(args) == 1:
        notes.touch(elements(args[0]))
        return collection([keys(args[0])])
    for arg in args:
        notes.use(arg)
    members = [elements(arg) for arg in args] if name in _HANDED_ON or name in _PICKED else []
    return union(COMPUTED, *members) if name in _PICKED else union(COMPUTED, collection(members))


def get(notes: Notes, value: Abstract, key: Abstract, otherwise: Abstract) -> Abstract:
    """Return what `object.get` may be: what lies under one key, or under several in a list."""
    notes.use(key)
    if key.sequence is not None:
        for part in key.sequence:
            value = member(value, part)
    elif key.items is not None:
        notes.use(value)  # a list of keys whose order is not known may lead anywhere below
    else:
        value = member(value, key)
    return union(notes.touch(value), otherwise)


def _known(notes: Notes, args: Args) -> Abstract:
    notes.touch(member(args[0], text("unknown")))
    get(notes, args[0], args[1], NOTHING)
    return COMPUTED


def _get(notes: Notes, args: Args) -> Abstract:
    notes.touch(member(args[0], text("unknown")))
    return get(notes, args[0], args[1], args[2])


def _label(notes: Notes, args: Args) -> Abstract:
    """`lib.label(resource, key, fold)` reads one label, in another spelling where `fold` says so."""
    notes.use(args[1])
    found = member(member(args[0], text("labels")), args[1])
    folded = frozenset((*path[:-1], f"{path[-1][:-1]}:i}}") if path[-1][:1] == "{" else path for path in found.paths)
    return notes.touch(Abstract(paths=folded, other=True))


def _label_key(notes: Notes, args: Args) -> Abstract:
    notes.touch(member(args[0], text("unknown")))
    _label(notes, args)
    return COMPUTED


INTRINSICS: Final[Mapping[Name, Callable[[Notes, Args], Abstract]]] = {
    (*LIBRARY, "unknown"): _known,
    (*LIBRARY, "known"): _known,
    (*LIBRARY, "get"): _get,
    (*LIBRARY, "label"): _label,
    (*LIBRARY, "label_key"): _label_key,
}
"""Functions of the library that go through pointers as texts, which the text of the library does not show."""
