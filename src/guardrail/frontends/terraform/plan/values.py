"""
What a plan says of attributes: their values, and which of them are known after apply only.

A plan lists every attribute that the provider has. One that nobody set and that only the provider knows is, as in
configuration, not stated; what is set and cannot be told yet is unknown (`computed`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Any, Final, Optional, Union

from guardrail.catalog.kind import At, Each, Kind
from guardrail.catalog.read import words
from guardrail.frontends.terraform.plan.changes import Change
from guardrail.model.value import OpenMap, Reason, Unknown, Value

COMPUTED: Final = Unknown(Reason.COMPUTED, note="known after apply")

_CONSTANT: Final = ("constant_value", "references")
"""Members of an expression, by which it is told from a nested block."""


def planned(
    change: Change, kind: Optional[Kind], stated: Optional[Mapping[str, Any]], declared: Optional[Collection[str]]
) -> Mapping[str, Value]:
    """
    Return the attributes that a resource is to have.

    `stated` are the expressions of its block in the plan, None where the plan has no such block. They leave out the
    blocks that `dynamic` makes; `declared` are the names of all arguments and blocks in the source, None where that
    is not at hand. An attribute that neither states is left out where it is certain that nobody sets it.
    """
    after = change.after or {}
    if change.only_planned:
        return OpenMap({name: _opened(value) for name, value in after.items()}, COMPUTED)
    if change.unknown is True:
        return OpenMap(after, COMPUTED)
    if not isinstance(change.unknown, dict):
        return after
    plain = scalars(kind) if kind is not None else frozenset()
    found = dict(after)
    for name, mark in change.unknown.items():
        if mark is True and name not in (stated or {}):
            unset = name not in declared if declared is not None else stated is not None and name in plain
            if unset:
                continue
        _put(found, name, overlaid(after.get(name), mark, _inner(stated, name), plain))
    return found


def overlaid(
    value: Any, mark: Any, stated: Optional[Mapping[str, Any]] = None, plain: Collection[str] = frozenset()
) -> Value:
    """Return a value with what is not known of it. Where value and mark have other shapes, nothing of it is known."""
    if mark is True:
        return COMPUTED
    if not marked(mark):
        return value
    if isinstance(mark, dict) and (value is None or isinstance(value, dict)):
        found = dict(value or {})
        for name, inner in mark.items():
            if inner is True and stated is not None and name not in stated and name in plain:
                continue
            _put(found, name, overlaid(found.get(name), inner, _inner(stated, name), plain))
        return found
    if isinstance(mark, list) and isinstance(value, list) and len(mark) == len(value):
        return [overlaid(one, inner, stated, plain) for one, inner in zip(value, mark, strict=True)]
    return COMPUTED


def _put(found: dict[str, Value], name: str, value: Value) -> None:
    if value is not None:
        found[name] = value


def marked(mark: Any) -> bool:
    """Whether anything in a mask is true."""
    if isinstance(mark, dict):
        return any(map(marked, mark.values()))
    if isinstance(mark, list):
        return any(map(marked, mark))
    return mark is True


def _inner(stated: Optional[Mapping[str, Any]], name: str) -> Optional[Mapping[str, Any]]:
    """
    Return what is stated in nested blocks of a type, of all of them together; None where that is not told.

    A set of blocks has another order in the plan than in the configuration: one by one they cannot be matched.
    """
    blocks = stated.get(name) if stated is not None else None
    if isinstance(blocks, dict):
        blocks = [blocks]
    if not isinstance(blocks, list) or not all(isinstance(one, dict) for one in blocks):
        return None
    if any(member in one for one in blocks for member in _CONSTANT):
        return None
    together: dict[str, Any] = {}
    for one in blocks:
        for key, inner in one.items():
            known = together.get(key)
            together[key] = [*known, *inner] if isinstance(known, list) and isinstance(inner, list) else inner
    return together


def _opened(value: Any) -> Any:
    """Return planned values, which leave out what is not known: a missing member may be that."""
    if isinstance(value, dict):
        return OpenMap({key: _opened(inner) for key, inner in value.items()}, COMPUTED)
    if isinstance(value, list):
        return [COMPUTED if inner is None else _opened(inner) for inner in value]
    return value


@cache
def scalars(kind: Kind) -> frozenset[str]:
    """
    Return the attributes that a kind reads and that are no nested blocks, at any depth.

    A plan tells of each of these whether it is set. Of a block it does not: `dynamic` may make it.
    """
    last: set[str] = set()
    inner: set[str] = set()
    for path in _paths(kind, At):
        names = [part for part in path if isinstance(part, str)]
        inner.update(names[:-1])
        (inner if path and isinstance(path[-1], int) else last).update(names[-1:])
    repeated = (getattr(word, "each", ()) for word in words(kind))
    for path in (*_paths(kind, Each), *repeated, *_paths(kind.labels_from, At, Each)):
        inner.update(part for part in path if isinstance(part, str))
    return frozenset(last - inner - BLOCKS)


BLOCKS: Final = frozenset({"block_device_mappings", "network_interface"})
"""Blocks that facts read whole, so that their paths do not tell what they are."""


def _paths(of: object, *wanted: type[Union[At, Each]]) -> Iterator[tuple[Any, ...]]:
    """Yield where a kind or a fact looks, by words of these types."""
    return (word.path for word in words(of) if isinstance(word, wanted))
