"""Whole objects inside others: a job in a wrapper, the trial of an experiment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, Optional

from guardrail.catalog.kubernetes.workload import UNTOLD, Nested, Pods, Workload
from guardrail.frontends.kubernetes.counts import number, times
from guardrail.frontends.kubernetes.pods import Found, groups
from guardrail.frontends.kubernetes.reading import Reading, Scope
from guardrail.frontends.kubernetes.shape import by_shape
from guardrail.frontends.kubernetes.surroundings import Surroundings
from guardrail.model.resource import Bounds
from guardrail.model.value import Unknown, Value, lookup

_DEEP = 3
"""Objects inside objects that are looked into."""


def all_groups(reading: Reading, scope: Scope, row: Workload, around: Surroundings, depth: int = 0) -> Iterator[Found]:
    """Yield the groups of an object, and those of the objects inside it, named `<object>.<group>`."""
    yield from groups(reading, scope, row, around)
    if depth >= _DEEP:
        return
    for one in row.nested:
        for inside in _inside(reading, scope, one):
            found = _row(inside.value, around)
            if found is None:
                continue
            name = lookup(inside.value, ("metadata", "name"))
            prefix = name if isinstance(name, str) else found.type.rpartition("/")[2].lower() or "?"
            for member in all_groups(reading, inside, found, around, depth + 1):
                yield _multiplied(reading, scope, one, replace(member, name=f"{prefix}.{member.name}"))


def _inside(reading: Reading, scope: Scope, nested: Nested) -> Iterator[Scope]:
    """Yield the scope of each object inside: pointers of its row begin there."""
    if not nested.each:
        value, at = scope.find(nested.at)
        yield Scope(value, at, value, at)
        return
    listed, at = scope.find(nested.each)
    elements = reading.sequence(listed, at)
    if isinstance(elements, Unknown):
        yield Scope(elements, at, elements, at)
        return
    for index, element in enumerate(elements):
        below = f"{at}/{index}{nested.at}"
        value, _ = Scope(element, f"{at}/{index}", element, "").find(nested.at)
        yield Scope(value, below, value, below)


_HIDDEN: Final = Workload(type="", pods=(Pods(template=("",), pod="", required=True, desired=UNTOLD),))
"""An object that another tool fills in: it may have any pods."""


def _row(value: Value, around: Surroundings) -> Optional[Workload]:
    """Return the row of a nested object, None where there is no object."""
    if isinstance(value, Unknown):
        return _HIDDEN
    if not isinstance(value, dict):
        return None
    version, kind = value.get("apiVersion"), value.get("kind")
    if isinstance(version, Unknown) or isinstance(kind, Unknown):
        return by_shape("", value)
    if not isinstance(version, str) or not isinstance(kind, str):
        return None
    type_ = f"{version.rpartition('/')[0] or 'core'}/{kind}"
    return around.rows.get(type_) or by_shape(type_, value)


def _multiplied(reading: Reading, scope: Scope, nested: Nested, found: Found) -> Found:
    bounds = found.group.replicas
    for count in nested.times:
        factor, _ = number(reading, scope, count)
        bounds = Bounds(*(times(bound, factor) for bound in (bounds.min, bounds.desired, bounds.max)))
    return replace(found, group=replace(found.group, replicas=bounds))
