"""
What the head does to base: the difference of two graphs.

Content is compared as it counts: facts, attributes, labels, what is inherited and folded in, and for an unknown value
its cause and all that is written behind it. Where something stands, how it is formatted, and comments do not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import attrgetter
from typing import Any, Final, Optional

from guardrail.graph.facts import FIELDS, RECORDS, unknown_facts
from guardrail.graph.trace import natives
from guardrail.model.address import split, without_key
from guardrail.model.graph import Change, Graph
from guardrail.model.path import pointer
from guardrail.model.resource import ALL, Resource
from guardrail.model.value import OpenMap, Unknown, Value, unknowns

HOPS: Final = 100
"""The most `moved` blocks that one address is followed through."""

LONGEST: Final = 1_000
"""Characters of an address in which the name of what was moved is looked for."""

_COMPARED: Final = (*FIELDS, "attributes")
"""The fields of a resource that are content, beside `Resource.facts`, which stand at the root of the document."""

_contents: Final = attrgetter(*_COMPARED)


def compare(base: Graph, head: Graph) -> Change:
    """
    Return what head adds, removes and changes.

    A `moved` block ties a new address to the old one, over several moves too, where head no longer has the old one
    and base does not have the new one.
    """
    renamed = _renamed(base, head)
    bases = _Bases(base, head)
    gone = set(renamed.values())
    added: list[str] = []
    changed: dict[str, tuple[str, ...]] = {}
    for address, resource in head.resources.items():
        before = base.resources.get(renamed.get(address, address))
        if before is None:
            added.append(address)
        elif before is not resource:
            paths = differences(before, resource) or tuple(sorted(set(bases.differing(before, resource))))
            if paths:
                changed[address] = paths
    removed = {
        address: resource
        for address, resource in base.resources.items()
        if address not in head.resources and address not in gone
    }
    return Change(tuple(added), removed, changed, renamed)


def differences(before: Resource, after: Resource) -> tuple[str, ...]:
    """Return the pointers into the document at which two versions of a resource differ, sorted."""
    found: list[str] = []
    for name, old, new in zip(_COMPARED, _contents(before), _contents(after), strict=True):
        if old is not new and not _equal(old, new):
            found.extend(_differing(old, new, f"/{name}"))
    if not _equal(before.facts, after.facts):
        found.extend(_differing(before.facts, after.facts, ""))
    if "/name" in found and _named_by_address(before) and _named_by_address(after):
        found.remove("/name")  # it is called by its address, and that is what moved
    return tuple(sorted(set(found)))


class _Bases:
    """What is written behind values that are not known, in base and in head."""

    def __init__(self, base: Graph, head: Graph) -> None:
        self._base = base
        self._head = head
        self._known: dict[tuple[str, str, str], bool] = {}

    def differing(self, before: Resource, after: Resource) -> Iterator[str]:
        """Yield the pointers of what is equally unknown in two versions, and rests on something else."""
        if self._same((before, ALL), (after, ALL)):
            if not any(one.address for several in after.origins.values() for one in several):
                return  # nothing of it comes from another resource
        else:
            yield from self._attributes(before, after)
        for path, _ in unknown_facts(after):
            ours, theirs = natives(self._base, before, path), natives(self._head, after, path)
            if len(ours) != len(theirs) or not all(map(self._same, ours, theirs)):
                yield path

    def _attributes(self, before: Resource, after: Resource) -> Iterator[str]:
        for name, value in after.attributes.items():
            part = pointer((name,))
            if next(unknowns(value), None) and not self._same((before, part), (after, part)):
                yield f"/attributes{part}"

    def _same(self, ours: tuple[Resource, str], theirs: tuple[Resource, str]) -> bool:
        (before, old), (after, new) = ours, theirs
        if before.native is after.native:
            return True
        if new != ALL and self._known.get((before.address, after.address, ALL)):
            return _whole(old) == _whole(new)
        key = (before.address, after.address, _whole(new))
        if key not in self._known:
            same = _whole(old) == _whole(new)
            self._known[key] = same and after.native.same_basis(_whole(new), before.native)
        return self._known[key]


def _whole(native: str) -> str:
    """Return the pointer of the attribute that a pointer below the attributes leads into."""
    return "/".join(native.split("/", 2)[:2])


def _renamed(base: Graph, head: Graph) -> Mapping[str, str]:
    """Return head address → base address for what only moved."""
    if not head.moved:
        return {}
    renamed: dict[str, str] = {}
    for address in base.resources:
        if address not in head.resources:
            now = _destination(address, head)
            if now in head.resources and now not in base.resources:
                renamed.setdefault(now, address)
    return dict(sorted(renamed.items()))


def _destination(address: str, head: Graph) -> str:
    """Return where an address has moved to, after at most `HOPS` moves: a cycle ends as well."""
    for _ in range(HOPS):
        if address in head.resources:
            break
        address = _step(address, head.moved)
    return address


def _step(address: str, moved: Mapping[str, str]) -> str:
    """Return the next address, by a statement about the object itself, about all its instances, or a module above."""
    if address in moved:
        return moved[address]
    for end in range(min(len(address), LONGEST) - 1, 0, -1):
        if address[end] in ".[" and address[:end] in moved:
            return moved[address[:end]] + address[end:]
    return address


def _named_by_address(resource: Resource) -> bool:
    block = without_key(split(resource.address)[1])
    return block.rpartition(".")[2] == resource.name


def _equal(old: Value, new: Value) -> bool:
    """Whether two values are the same content: most are, so nothing is said about where they differ."""
    if old is new:
        return True
    kind = type(old)
    if kind is str or kind is int:
        return old == new and not isinstance(new, bool)
    if isinstance(old, dict) and isinstance(new, dict):  # the abstract class is slow to ask
        return _equal_members(old, new)
    if isinstance(old, (list, tuple)):
        return isinstance(new, (list, tuple)) and len(old) == len(new) and all(map(_equal, old, new))
    if kind in RECORDS:
        return type(new) is kind and all(_equal(getattr(old, name), getattr(new, name)) for name, _ in RECORDS[kind])
    if isinstance(old, Mapping):
        return isinstance(new, Mapping) and _equal_members(old, new)
    if isinstance(old, bool) or isinstance(new, bool):
        return False  # each of the two exists once: true is not 1
    if isinstance(old, Unknown) and isinstance(new, Unknown):
        same = (old.reason, old.prefix, old.note, old.written) == (new.reason, new.prefix, new.note, new.written)
        return same and _equal(old.one_of, new.one_of)
    return bool(old == new)


def _equal_members(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    if (isinstance(old, OpenMap) or isinstance(new, OpenMap)) and not _equal(_rest(old), _rest(new)):
        return False
    return len(old) == len(new) and all(key in new and _equal(value, new[key]) for key, value in old.items())


def _differing(old: Value, new: Value, path: str) -> Iterator[str]:
    """Yield the pointers at and below `path` where two values differ; a key on one side only is named, not entered."""
    kind = type(old)
    if kind in RECORDS and type(new) is kind:
        for name, key in RECORDS[kind]:
            yield from _differing(getattr(old, name), getattr(new, name), path + key)
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in {**old, **new}:
            below = path + pointer((key,))
            if key in old and key in new:
                yield from _differing(old[key], new[key], below)
            else:
                yield below
        if not _equal(_rest(old), _rest(new)):
            yield path
    elif isinstance(old, (list, tuple)) and isinstance(new, (list, tuple)):
        for index, (ours, theirs) in enumerate(zip(old, new, strict=False)):
            yield from _differing(ours, theirs, f"{path}/{index}")
        shorter, longer = sorted((len(old), len(new)))
        yield from (f"{path}/{index}" for index in range(shorter, longer))
    elif not _equal(old, new):
        yield path


def _rest(value: Mapping[str, Any]) -> Optional[Unknown]:
    """Return what stands for the keys that an open map may hold besides those it lists."""
    return value.rest if isinstance(value, OpenMap) else None
