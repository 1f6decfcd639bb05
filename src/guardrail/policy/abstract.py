"""
What a Rego expression may be, as far as the text tells: parts of the document, constants, collections of such.

Paths and their special keys are explained in `model`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import Final, Optional

from guardrail.model.dataclass import dataclass
from guardrail.policy.model import ANY, JOINED, KEYS, Path

WIDEST: Final = 400
"""So many alternatives of one expression are followed, and so many parts of one collection."""


class TooWide(Exception):  # noqa: N818 - the analysis gives up; what that means is for its caller to say
    """An expression may be too many things."""


@dataclass(frozen=True, slots=True)
class Abstract:
    """
    What an expression may be.

    `paths` are parts of the document, `texts` constant strings, `items` the members of a collection that Rego builds,
    `sequence` the same in order, where that is known. `other`: it may also be something that is computed.
    """

    paths: frozenset[Path] = frozenset()
    texts: frozenset[str] = frozenset()
    items: Optional[Abstract] = None
    sequence: Optional[tuple[Abstract, ...]] = None
    other: bool = False
    size: int = field(default=1, compare=False)  # of it and all that is inside: what comparing it costs


NOTHING: Final = Abstract()
COMPUTED: Final = Abstract(other=True)
INPUT: Final = Abstract(paths=frozenset({()}))


def text(value: str) -> Abstract:
    """Return a constant string."""
    return Abstract(texts=frozenset({value}))


def collection(members: Iterable[Abstract], *, ordered: bool = False) -> Abstract:
    """Return a collection that Rego builds."""
    sequence = tuple(members)
    items = union(*sequence)
    size = 1 + items.size + (sum(one.size for one in sequence) if ordered else 0)
    if size > WIDEST:
        raise TooWide
    return Abstract(items=items, sequence=sequence if ordered else None, size=size)


def union(*values: Abstract) -> Abstract:
    """Return what any of these may be."""
    distinct = tuple(dict.fromkeys(values))
    if len(distinct) == 1:
        return distinct[0]
    paths = frozenset().union(*(value.paths for value in distinct)) if distinct else frozenset()
    texts = frozenset().union(*(value.texts for value in distinct)) if distinct else frozenset()
    if len(paths) + len(texts) > WIDEST:
        raise TooWide
    members = [value.items for value in distinct if value.items is not None]
    items = union(*members) if members else None
    size = 1 if items is None else 1 + items.size
    return Abstract(paths, texts, items, None, any(value.other for value in distinct), size)


def elements(value: Abstract) -> Abstract:
    """Return what the members of a collection may be."""
    paths = frozenset((*path, ANY) for path in value.paths)
    return union(Abstract(paths=paths, other=value.other), value.items or NOTHING)


def keys(value: Abstract) -> Abstract:
    """Return what the keys of a mapping, or the indexes of a list, may be."""
    return Abstract(
        paths=frozenset((*path, KEYS) for path in value.paths), other=value.other or value.items is not None
    )


def member(value: Abstract, key: Abstract) -> Abstract:
    """Return what lies under a key."""
    paths = frozenset((*path, segment) for path in value.paths for segment in _segments(path, key))
    return union(Abstract(paths=paths, other=value.other), _inner(value, key))


def _inner(value: Abstract, key: Abstract) -> Abstract:
    """Return the member of a collection that Rego builds; by its index where both are constant."""
    if value.sequence is not None and len(key.texts) == 1 and not (key.paths or key.other):
        (index,) = key.texts
        if index.isdecimal() and int(index) < len(value.sequence):
            return value.sequence[int(index)]
    return value.items or NOTHING


def _segments(path: Path, key: Abstract) -> set[str]:
    """Return the segments that a key may be below a path."""
    if path == ("resources",):
        return {segment for source in key.paths for segment in _reached(source)} or {ANY, JOINED}
    found = set(key.texts)
    for source in key.paths:
        found.add(_parameter(source) or ANY)
    return found | {ANY} if key.other or not found else found


def _reached(source: Path) -> set[str]:
    """Return how a resource is reached by an address from that part of the document."""
    if source[:2] in (("index", "category"), ("index", "type")) or source[:1] in (("resources",), ("cost",)):
        own = source[-1:] == ("address",) or source[:1] != ("resources",) or len(source) == 2  # noqa: PLR2004 - a key
        return {ANY} if own else {ANY, JOINED}
    return {JOINED} if source[:1] == ("edges",) else {ANY, JOINED}


def _parameter(source: Path) -> Optional[str]:
    """Return the segment for a key that is a member (or a key) of a parameter."""
    if len(source) < 2 or source[0] != "params" or source[-1] not in (ANY, KEYS):  # noqa: PLR2004 - root and policy
        return None
    below = source[3:-1] if source[2:3] == ("default",) else source[4:-1]
    return f"{{{below[0]}}}" if len(below) == 1 else None
