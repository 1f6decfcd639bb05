"""The way of a pointer through another version of an object, in which lists may have another order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Optional

from guardrail.model.value import Value

_MERGED_BY: Final = (
    "name", "containerPort", "port", "mountPath", "devicePath", "topologyKey", "type", "key", "ip", "uid",
)  # fmt: skip
"""Keys by which elements of lists are told apart when they are merged."""


def trail(version: Value, whole: Value, keys: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """
    Return the keys in a version of an object for keys in the whole one, as far as it has them, and whether all.

    An element of a list is the one that is called the same.
    """
    found: list[str] = []
    for key in keys:
        if isinstance(whole, Mapping):
            member, here = whole.get(key), key
            if not isinstance(version, Mapping) or key not in version:
                return tuple(found), False
            version = version[key]
        elif isinstance(whole, (list, tuple)) and key.isdecimal() and int(key) < len(whole):
            member = whole[int(key)]
            place = _same(version, member, int(key))
            if place is None or not isinstance(version, (list, tuple)):
                return tuple(found), False
            version, here = version[place], str(place)
        else:
            return tuple(found), False
        found.append(here)
        whole = member
    return tuple(found), True


def _same(version: Value, member: Value, index: int) -> Optional[int]:
    """Return which element of a list is meant: of the same name, else equal, else at the same place."""
    if not isinstance(version, (list, tuple)):
        return None
    if isinstance(member, Mapping):
        by = next((key for key in _MERGED_BY if key in member), None)
        if by is not None:
            named = [at for at, one in enumerate(version) if isinstance(one, Mapping) and one.get(by) == member[by]]
            if named:
                return named[0] if index not in named else index
            if any(isinstance(one, Mapping) and by in one for one in version):
                return None
    elif member in version:
        return version.index(member)
    return index if index < len(version) else None
