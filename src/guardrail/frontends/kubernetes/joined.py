"""
Objects that complete others: the runtime of a service, the configurations that are merged into it.

What an object states wins. What is taken from another one keeps its place there: `Moved` leads from the pointer in the
completed value to the object and the pointer at which it is written.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Optional, Union

from guardrail.catalog.kubernetes.workload import Chosen, Join, Workload
from guardrail.frontends.kubernetes.objects import Object
from guardrail.frontends.kubernetes.reading import Moved, Reading, Scope, lookup, segments
from guardrail.frontends.kubernetes.surroundings import ANY_NAME, Surroundings
from guardrail.model.dataclass import dataclass
from guardrail.model.path import escaped
from guardrail.model.value import ABSENT, OpenMap, Text, Unknown, Value

_REFERENCES = 50
"""Objects that one list of references names; nobody merges as many."""


@dataclass(frozen=True, slots=True)
class Named:
    """A reference to an object that completes another: the pointer of the name, the name, and who it may be."""

    at: str
    name: str
    types: tuple[str, ...]


def complete(reading: Reading, row: Workload, around: Surroundings) -> None:
    """Complete the value of an object by the objects that its row joins, as far as they are known."""
    for join in row.joins:
        if join.into and not (join.present and not isinstance(reading.find(join.into), dict)):
            _complete(reading, join, _suppliers(reading, join, around))


def _suppliers(reading: Reading, join: Join, around: Surroundings) -> list[Object]:
    """Return the objects that are known, the one that wins last; note where not all of them are."""
    scope = reading.scope()
    named = list(references(scope, join))
    found = [supplier(reading.object, one, join, around) for one in named]
    hidden = _hidden(scope, join)
    if not named and hidden is None and join.chosen is not None:
        found = _chosen(reading, join, join.chosen, around)
    found = [one if one is not None and around.affords(reading, one) else None for one in found]
    if hidden is not None or None in found:
        reading.uncertain[join.into] = hidden
    elif found:
        reading.completed.append(join.into)
    return [one for one in found if one is not None]


def _complete(reading: Reading, join: Join, others: Sequence[Object]) -> None:
    whole: Value = reading.value
    at = segments(join.into)
    for other in reversed(others):  # later ones win, and what is there stays
        taken = lookup(other.value, segments(join.take))
        if isinstance(taken, Unknown):
            reading.uncertain[join.into] = taken
            reading.completed = [one for one in reading.completed if one != join.into]
        elif isinstance(taken, dict):
            merge = _Merge(other, reading.moved)
            whole = _with(whole, at, merge.completed(lookup(whole, at), _without(taken, join.leave), join, join.into))
    if isinstance(whole, dict):
        reading.value = whole


def _without(taken: Mapping[str, Value], leave: Container[str]) -> Mapping[str, Value]:
    kept = {key: value for key, value in taken.items() if key not in leave}
    return OpenMap(kept, taken.rest) if isinstance(taken, OpenMap) else kept


def _chosen(reading: Reading, join: Join, how: Chosen, around: Surroundings) -> list[Optional[Object]]:
    """Return the object that is chosen without a name; None for one of several, or of more than are known."""
    scope, of = reading.scope(), reading.object
    wanted = next((value for at in how.wanted if isinstance(value := scope.find(at)[0], str)), None)
    if wanted is None:
        keys = (at[1:] for at in join.alone if isinstance(lookup(scope.find(join.into)[0], segments(at)), dict))
        wanted = next(keys, None)
    for type_ in map(around.type_of, join.types if wanted is not None else ()):
        row = around.rows.get(type_)
        shared = row is not None and row.cluster_scoped
        several = around.targets(type_, None if shared else of.namespace, ANY_NAME)
        fitting = [one for one in several if _takes(one, how, wanted)]
        if fitting:
            return [None if shared or len(fitting) > 1 else fitting[0]]
    return []


def _takes(one: Object, how: Chosen, wanted: Optional[str]) -> bool:
    """Whether an object says that it takes what is wanted of itself, or may say so."""
    listed = lookup(one.value, segments(how.listed))
    if isinstance(listed, Unknown):
        return True
    return isinstance(listed, tuple) and any(
        isinstance(name := lookup(element, segments(how.named)), Unknown)
        or (name == wanted and lookup(element, segments(how.marked)) not in (False, "false", None, ABSENT))
        for element in listed
    )


def _hidden(scope: Scope, join: Join) -> Optional[Unknown]:
    """Return why one of the names of a join is not known, None where all of them are."""
    value, _ = scope.find(join.each or join.name)
    names = [lookup(one, segments(join.name)) for one in value] if join.each and isinstance(value, tuple) else [value]
    if join.reference:
        names += [one.get("name") for one in names if isinstance(one, dict)]
    return next((one for one in names if isinstance(one, Unknown)), None)


def references(scope: Scope, join: Join) -> Iterator[Named]:
    """Yield whom an object names in one of its joins; nobody where the name is not known."""
    if not join.each:
        yield from _named(*scope.find(join.name), join)
        return
    listed, at = scope.find(join.each)
    for index, element in enumerate(listed[:_REFERENCES] if isinstance(listed, tuple) else ()):
        pointer = f"{at}/{index}{join.name}"
        yield from _named(lookup(element, segments(join.name)), pointer, join)


def _named(value: Value, at: str, join: Join) -> Iterator[Named]:
    types = join.types
    if join.reference:
        if not isinstance(value, dict):
            return
        kind, version = value.get("kind"), value.get("apiVersion")
        if isinstance(kind, str):
            group = version.rpartition("/")[0] or "core" if isinstance(version, str) else value.get("apiGroup")
            types = (f"{group if isinstance(group, str) else types[0].rpartition('/')[0]}/{kind}",)
        value, at = value.get("name"), f"{at}/name"
    if isinstance(value, str) and value:
        yield Named(at, value, types)


def supplier(of: Object, named: Named, join: Join, around: Surroundings) -> Optional[Object]:
    """Return the object that a name means, None where it is not known, or several may be meant."""
    for type_ in map(around.type_of, named.types):
        row = around.rows.get(type_)
        spaces: tuple[Text, ...] = (None,) if row is not None and row.cluster_scoped else (of.namespace, *join.homes)
        for space in spaces:
            found = around.target(type_, space, named.name)
            if found is not None and found is not of:
                return found
    return None


def _with(whole: Value, path: tuple[Union[str, int], ...], value: Value) -> Value:
    """Return a value with another one at a path, through mappings only."""
    if not path:
        return value
    if not isinstance(whole, dict):
        return whole if whole is not ABSENT and whole is not None else {str(path[0]): _with(ABSENT, path[1:], value)}
    key = str(path[0])
    kept = {**whole, key: _with(whole.get(key, ABSENT), path[1:], value)}
    return OpenMap(kept, whole.rest) if isinstance(whole, OpenMap) else kept


class _Merge:
    """One object's part in the value of another."""

    def __init__(self, other: Object, moved: Moved) -> None:
        self._other = other
        self._moved = moved

    def completed(self, own: Value, taken: Mapping[str, Value], join: Join, at: str) -> Value:
        """Return what is at a pointer, completed by what was taken, and its single containers by that of their name."""
        alone = next((one for one in join.alone if isinstance(lookup(own, segments(one)), dict)), None)
        listed = taken.get("containers")
        if alone is None or not isinstance(own, dict) or not isinstance(listed, tuple):
            return self.merged(own, taken, at, join.take)
        elements = [(one, f"{join.take}/containers/{index}") for index, one in enumerate(listed)]
        same = [pair for pair in elements if _name(pair[0]) == join.container]
        rest = [pair for pair in elements if _name(pair[0]) != join.container]
        whole = self.merged(own, _without(taken, ("containers",)), at, join.take)
        for one, pointer in same[:1]:
            single = self.merged(lookup(whole, segments(alone)), one, at + alone, pointer)
            whole = _with(whole, segments(alone), single)
        containers = self._listed(lookup(own, ("containers",)), rest, f"{at}/containers")
        return _with(whole, ("containers",), containers)

    def merged(self, own: Value, other: Value, at: str, there: str) -> Value:
        """Return a value completed by another one that is written at `there`."""
        if own is ABSENT or own is None:
            self._moved.setdefault(at, (self._other, there))
            return other
        if isinstance(own, dict) and isinstance(other, dict):
            kept = dict(own)
            for key, value in other.items():
                below = escaped(key)
                kept[key] = self.merged(own.get(key, ABSENT), value, f"{at}/{below}", f"{there}/{below}")
            rest = own.rest if isinstance(own, OpenMap) else other.rest if isinstance(other, OpenMap) else None
            return kept if rest is None else OpenMap(kept, rest)
        if isinstance(own, tuple) and isinstance(other, tuple):
            return self._listed(own, [(one, f"{there}/{index}") for index, one in enumerate(other)], at)
        return own

    def _listed(self, own: Value, others: list[tuple[Value, str]], at: str) -> Value:
        """Return a list of named elements, completed by name: own ones keep their places."""
        if isinstance(own, Unknown):
            return own
        kept: list[Value] = list(own) if isinstance(own, tuple) else []
        places = {name: index for index, one in enumerate(kept) if (name := _name(one)) is not None}
        if kept and len(places) < len(kept):
            return own
        for one, there in others:
            name = _name(one)
            if name is None and kept:
                continue
            place = places.get(name) if name is not None else None
            if place is None:
                place = len(kept)
                kept.append(self.merged(ABSENT, one, f"{at}/{place}", there))
                if name is not None:
                    places[name] = place
            else:
                kept[place] = self.merged(kept[place], one, f"{at}/{place}", there)
        return tuple(kept)


def _name(element: Value) -> Optional[str]:
    name = element.get("name") if isinstance(element, dict) else None
    return name if isinstance(name, str) else None
