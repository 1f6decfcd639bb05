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


def lifetime(reading: Reading, row: Workload) -> dict[str, Value]:
    """Return the lifetime facts that the row of the object points to."""
    told: dict[str, Value] = {}
    ends = reading.flag(reading.find(row.ends), row.ends) if row.ends else True
    for fact, count in row.lifetime.items():
        if fact in _AN_END and ends is not True:
            if isinstance(ends, Unknown):
                told[fact] = ends
                reading.came(f"/lifetime/{fact}", row.ends)
            continue
        value, pointers = _largest(reading, count)
        if value is not None and not isinstance(value, NoBound):
            told[fact] = value
            reading.came(f"/lifetime/{fact}", *(pointers or count.at[:1]))
    schedule = _schedule(reading, row)
    if schedule:
        told["schedule"] = schedule
    return told


def _largest(reading: Reading, count: Count) -> tuple[values.Count, list[str]]:
    """Return a number, of several elements the largest; None where one of them states none."""
    if not any("/*/" in pointer for pointer in count.at):
        value, pointer = number(reading, reading.scope(), count)
        return value, [pointer] if pointer is not None else []
    found: list[int] = []
    pointers: list[str] = []
    for scope, below in _elements(reading, count.at[0]):
        value, pointer = number(reading, scope, Count((below,), count.default, less=count.less))
        if not isinstance(value, int):
            return value, [pointer] if pointer is not None else pointers
        found.append(value)
        pointers.append(pointer or scope.at)
    return (max(found), pointers) if found else (None, [])


def _elements(reading: Reading, pointer: str) -> Iterator[tuple[Scope, str]]:
    above, _, below = pointer.partition("/*/")
    value = reading.find(above)
    if isinstance(value, dict):
        for key, element in value.items():
            yield Scope(element, f"{above}/{escaped(key)}", value, above), f"/{below}"
    elif isinstance(value, tuple):
        for index, element in enumerate(value):
            yield Scope(element, f"{above}/{index}", value, above), f"/{below}"


def _schedule(reading: Reading, row: Workload) -> tuple[Mapping[str, Value], ...]:
    for pointer in row.schedule:
        value = reading.find(pointer)
        if value is ABSENT or value is None:
            continue
        cron = reading.text(value, pointer)
        one: dict[str, Value] = {"cron": cron, "action": "run"}
        zone: Union[str, Unknown, None] = (
            reading.text(reading.find(row.timezone), row.timezone) if row.timezone else None
        )
        if zone is not None:
            one["timezone"] = zone
        reading.came("/lifetime/schedule", pointer)
        return (one,)
    return ()


def suspended(reading: Reading, row: Workload) -> Union[bool, Unknown]:
    """
    Return whether the object is kept from starting its pods.

    One that waits in a queue is started by the queue: being suspended is how it gets in.
    """
    if not row.suspended:
        return False
    if lookup(reading.object.value, _QUEUE) is not ABSENT:
        return False
    return reading.flag(reading.find(row.suspended), row.suspended)


_QUEUE: Final = ("metadata", "labels", "kueue.x-k8s.io/queue-name")
