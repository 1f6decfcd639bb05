"""What else an edit changes: whatever refers to the same place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from itertools import islice
from typing import Final

from guardrail.frontends.parsed import Parsed
from guardrail.frontends.terraform.edits.edit import Also
from guardrail.model.dataclass import dataclass
from guardrail.model.path import Segment, pointer
from guardrail.model.value import ABSENT, OpenMap, Unknown, Value

OF_ONE: Final = 100
"""How many parts of one value are told."""

_KEPT: Final = ("attributes", "region", "multiplicity")
"""What a resource is made of. Labels follow from it, and are told where nothing else is: the provider has others."""

_Path = tuple[Segment, ...]


def also(before: Parsed, after: Parsed, asked: tuple[str, tuple[str, ...]]) -> Iterator[Also]:
    """Yield what differs between two readings of a root, but for an address and path, what is above it and below."""
    compared = _Compared()
    olds = {each.address: each for each in before.resources}
    for new in after.resources:
        old = olds.get(new.address)
        if old is None:
            continue
        found = [at for name in _KEPT for at in compared.within(name, getattr(old, name), getattr(new, name))]
        for at in found or list(compared.within("labels", old.labels, new.labels)):
            told = tuple(map(str, at))[: len(asked[1])]
            if new.address != asked[0] or told != asked[1][: len(told)]:
                yield Also(new.address, pointer(at))


@dataclass(slots=True)
class _Compared:
    """
    Compares values, each pair once: thousands of resources may share a large one.

    `pairs` keeps them alive with what was found, since they are known by their ids.
    """

    pairs: dict[tuple[int, int], tuple[Value, Value, tuple[_Path, ...]]] = field(default_factory=dict)

    def within(self, name: str, one: Value, other: Value) -> Iterator[_Path]:
        """Yield the paths at which something of that name differs."""
        if not isinstance(one, Mapping) or not isinstance(other, Mapping):
            yield from ((name, *at) for at in self._differences(one, other))
            return
        for key in sorted(one.keys() | other.keys()):
            yield from ((name, key, *at) for at in self._differences(one.get(key, ABSENT), other.get(key, ABSENT)))

    def _differences(self, one: Value, other: Value) -> tuple[_Path, ...]:
        pair = (id(one), id(other))
        if pair not in self.pairs:
            self.pairs[pair] = (one, other, tuple(islice(differences(one, other), OF_ONE)))
        return self.pairs[pair][2]


def differences(one: Value, other: Value) -> Iterator[_Path]:
    """Yield the paths at which two values differ, none below another."""
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        if one != other:
            yield ()
    elif isinstance(one, Mapping) and isinstance(other, Mapping):
        if _rest(one) != _rest(other):
            yield ("*",)
        for name in sorted(one.keys() | other.keys()):
            yield from ((name, *at) for at in differences(one.get(name, ABSENT), other.get(name, ABSENT)))
    elif isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        for index, (each, its) in enumerate(zip(one, other, strict=True)):
            yield from ((index, *at) for at in differences(each, its))
    elif isinstance(one, bool) is not isinstance(other, bool) or one != other:
        yield ()


def _rest(value: Mapping[str, Value]) -> Value:
    return value.rest if isinstance(value, OpenMap) else None
