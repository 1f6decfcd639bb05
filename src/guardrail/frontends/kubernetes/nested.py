"""Whole objects inside others: a job in a wrapper, the trial of an experiment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, Optional

from guardrail.catalog.kubernetes.workload import Count, Nested, Pods, Workload
from guardrail.frontends.kubernetes.controllers import made
from guardrail.frontends.kubernetes.counts import number, times
from guardrail.frontends.kubernetes.lifetime import lifetime, suspended
from guardrail.frontends.kubernetes.pods import Found, distinct, groups, halted
from guardrail.frontends.kubernetes.reading import Reading, Scope
from guardrail.frontends.kubernetes.shape import by_shape
from guardrail.frontends.kubernetes.surroundings import Surroundings
from guardrail.model.resource import Bounds
from guardrail.model.value import Unknown, Value, lookup

_DEEP = 3
"""Objects inside objects that are looked into."""

_END: Final = "max_runtime_seconds"


def all_groups(reading: Reading, scope: Scope, row: Workload, around: Surroundings, depth: int = 0) -> Iterator[Found]:
    """
    Yield the groups of an object, and those of the objects inside it, named `<object>.<group>`.

    The scope has what a controller makes of the object.
    """
    yield from groups(reading, scope, row, around)
    if depth >= _DEEP:
        return
    names: set[str] = set()
    for one in row.nested:
        for element, inside in _inside(reading, scope, one):
            found = _row(inside.value, around)
            if found is None:
                continue
            whole = made(reading, inside, found, around)
            halt = suspended(reading, whole, found)
            prefix = distinct(_named(reading, one, element, inside, found), names)
            for member in all_groups(reading, whole, found, around, depth + 1):
                bounds = _multiplied(reading, element, one, halted(member.group.replicas, halt))
                yield replace(member, name=f"{prefix}.{member.name}", group=replace(member.group, replicas=bounds))


def last(reading: Reading, scope: Scope, row: Workload, around: Surroundings) -> dict[str, Value]:
    """Return after how long an object is over that lasts as long as those in it; nothing if one of them may not end."""
    longest: Value = None
    for one in row.nested:
        for _, inside in _inside(reading, scope, one) if one.together else ():
            found = _row(inside.value, around)
            if found is None or not (found.pods or found.nested):
                continue
            alone = replace(reading, diagnostics=[], origins={})
            time = lifetime(alone, made(alone, inside, found, around), found).get(_END)
            if time is None:
                return {}
            if longest is None or isinstance(time, Unknown) or (not isinstance(longest, Unknown) and time > longest):
                longest = time
                reading.origins[f"/lifetime/{_END}"] = alone.origins.get(f"/lifetime/{_END}", ())
    return {} if longest is None else {_END: longest}


def _named(reading: Reading, nested: Nested, element: Scope, inside: Scope, row: Workload) -> str:
    """Return the name that an object inside another goes by."""
    told = element.find(nested.named)[0] if nested.named else lookup(inside.value, ("metadata", "name"))
    name = reading.text(told, inside.at) if not isinstance(told, (dict, tuple)) else None
    return name if isinstance(name, str) and name else row.type.rpartition("/")[2].lower() or "?"


def _inside(reading: Reading, scope: Scope, nested: Nested) -> Iterator[tuple[Scope, Scope]]:
    """Yield (element, object) for each object inside: pointers of its row begin at the object."""
    if not nested.each:
        value, at = scope.find(nested.at)
        yield scope, Scope(value, at, value, at)
        return
    listed, at = scope.find(nested.each)
    elements = reading.sequence(listed, at)
    if isinstance(elements, Unknown):
        hidden = Scope(elements, at, elements, at)
        yield hidden, hidden
        return
    for index, value in enumerate(elements):
        element = Scope(value, f"{at}/{index}", scope.root, scope.base)
        whole, below = element.find(nested.at)
        yield element, Scope(whole, below, whole, below)


def _row(value: Value, around: Surroundings) -> Optional[Workload]:
    """Return the row of a nested object, None where there is no object. One that is not known may have any pods."""
    if isinstance(value, Unknown):
        return Workload(type="", pods=(Pods(template=("",), pod="", required=True, desired=Count(default=value)),))
    if not isinstance(value, dict):
        return None
    version, kind = value.get("apiVersion"), value.get("kind")
    if isinstance(version, Unknown) or isinstance(kind, Unknown):
        return by_shape("", value)
    if not isinstance(version, str) or not isinstance(kind, str):
        return None
    type_ = f"{version.rpartition('/')[0] or 'core'}/{kind}"
    return around.rows.get(type_) or by_shape(type_, value)


def _multiplied(reading: Reading, scope: Scope, nested: Nested, bounds: Bounds) -> Bounds:
    for count in nested.times:
        factor, _ = number(reading, scope, count)
        bounds = Bounds(*(times(bound, factor) for bound in (bounds.min, bounds.desired, bounds.max)))
    if nested.overlap is not None:
        at_once, _ = number(reading, scope, nested.overlap)
        bounds = Bounds(bounds.min, bounds.desired, times(bounds.max, at_once))
    return bounds
