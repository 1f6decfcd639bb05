"""How long an object lives, how often it is tried again, and when it starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Union

from guardrail.catalog.kubernetes.workload import Count, Workload
from guardrail.frontends.kubernetes.counts import number
from guardrail.frontends.kubernetes.reading import Reading, Scope, lookup
from guardrail.model import value as values
from guardrail.model.path import escaped
from guardrail.model.value import ABSENT, NoBound, Unknown, Value

_AN_END: Final = frozenset({"max_runtime_seconds", "ttl_seconds", "idle_shutdown_seconds"})
"""Facts that hold only for an object that ends."""


def lifetime(reading: Reading, scope: Scope, row: Workload) -> dict[str, Value]:
    """Return the lifetime facts that the row of an object points to; its scope has what a controller makes of it."""
    told: dict[str, Value] = {}
    ends = reading.flag(*scope.find(row.ends)) if row.ends else True
    for fact, count in row.lifetime.items():
        if fact in _AN_END and ends is not True:
            if isinstance(ends, Unknown):
                told[fact] = ends
                reading.came(f"/lifetime/{fact}", row.ends)
            continue
        value, pointers = _largest(reading, scope, count)
        if value is not None and not isinstance(value, NoBound):
            told[fact] = value
            reading.came(f"/lifetime/{fact}", *(pointers or count.at[:1]))
    if row.expires:
        expires = reading.text(*scope.find(row.expires))
        if expires is not None:
            told["expires_at"] = expires
            reading.came("/lifetime/expires_at", row.expires)
    schedule = _schedule(reading, scope, row)
    if schedule:
        told["schedule"] = schedule
    return told


def _largest(reading: Reading, whole: Scope, count: Count) -> tuple[values.Count, list[str]]:
    """Return a number, of several elements the largest; None where one of them states none."""
    if not any("/*/" in pointer for pointer in count.at):
        value, pointer = number(reading, whole, count)
        return value, [pointer] if pointer is not None else []
    found: list[int] = []
    pointers: list[str] = []
    for scope, below in _elements(whole, count.at[0]):
        value, pointer = number(reading, scope, Count((below,), count.default, less=count.less))
        if not isinstance(value, int):
            return value, [pointer] if pointer is not None else pointers
        found.append(value)
        pointers.append(pointer or scope.at)
    return (max(found), pointers) if found else (None, [])


def _elements(whole: Scope, pointer: str) -> Iterator[tuple[Scope, str]]:
    above, _, below = pointer.partition("/*/")
    value, at = whole.find(above)
    if isinstance(value, dict):
        for key, element in value.items():
            yield Scope(element, f"{at}/{escaped(key)}", value, at), f"/{below}"
    elif isinstance(value, tuple):
        for index, element in enumerate(value):
            yield Scope(element, f"{at}/{index}", value, at), f"/{below}"


def _schedule(reading: Reading, scope: Scope, row: Workload) -> tuple[Mapping[str, Value], ...]:
    """Return when runs start: by one time of cron, or by each of a list."""
    for pointer in row.schedule:
        value, at = scope.find(pointer)
        if value is ABSENT or value is None:
            continue
        zone = reading.text(*scope.find(row.timezone)) if row.timezone else None
        several = enumerate(value) if isinstance(value, tuple) else ((None, value),)
        crons = [reading.text(one, at if index is None else f"{at}/{index}") for index, one in several]
        reading.came("/lifetime/schedule", at)
        more: dict[str, Value] = {} if zone is None else {"timezone": zone}
        return tuple({"cron": cron, "action": "run", **more} for cron in crons)
    return ()


def suspended(reading: Reading, scope: Scope, row: Workload) -> Union[bool, Unknown]:
    """
    Return whether an object is kept from starting its pods.

    One that waits in a queue is started by the queue: being suspended is how it gets in.
    """
    if row.stopped:
        value, _ = scope.find(row.stopped)
        if value is not ABSENT and value is not None:
            return value if isinstance(value, Unknown) else True
    if not row.suspended or lookup(scope.value, _QUEUE) is not ABSENT:
        return False
    return reading.flag(*scope.find(row.suspended))


_QUEUE: Final = ("metadata", "labels", "kueue.x-k8s.io/queue-name")
