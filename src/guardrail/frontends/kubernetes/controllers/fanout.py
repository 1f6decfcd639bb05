"""
How many pods of a workflow run at once: what its steps start side by side, over and over, or one after the other.

For each template that makes pods (a *leaf*) the most at once is worked out by itself: steps of one group and tasks that
do not wait for each other add up, what comes one after the other does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, Optional

from guardrail.frontends.kubernetes.controllers.making import Part, embedded
from guardrail.frontends.kubernetes.counts import least, times
from guardrail.model import value as values
from guardrail.model.dataclass import dataclass
from guardrail.model.value import UNBOUNDED, NoBound, Reason, Unknown, Value, apply

_EXACT: Final = 12
"""Tasks with pods of one leaf of which those that can run side by side are found exactly; of more, all are taken."""

_CLOSED: Final = 500
"""Tasks of one graph whose order is looked at."""

_NAMES: Final = re.compile(r"[A-Za-z0-9_-]+(?=[\s.&|)(!]|\Z)")
_LATER: Final = Unknown(Reason.COMPUTED, note="an earlier step of the workflow says how many")


class Times(NamedTuple):
    """How often something runs at once: surely, as is asked for, and at most."""

    low: values.Count
    desired: values.Count
    high: values.Count


ONCE: Final = Times(1, 1, 1)
_ANY: Final = Times(0, _LATER, UNBOUNDED)

Peaks = Mapping[str, Times]
"""By the key of a leaf: how many of its pods there are at once."""


def both(one: values.Count, other: values.Count) -> values.Count:
    """Return a sum."""
    if 0 in (one, other):
        return other if one == 0 else one
    return apply(lambda a, b: UNBOUNDED if NoBound.UNBOUNDED in (a, b) else a + b, one, other)  # type: ignore[no-any-return]


def larger(one: values.Count, other: values.Count) -> values.Count:
    """Return the larger of two numbers."""
    if 0 in (one, other):
        return other if one == 0 else one
    return apply(lambda a, b: UNBOUNDED if NoBound.UNBOUNDED in (a, b) else max(a, b), one, other)  # type: ignore[no-any-return]


def side_by_side(several: Iterable[Peaks]) -> Peaks:
    """Return what runs at once where all of this does."""
    return _folded(several, lambda a, b: Times(*map(both, a, b)))


def in_turn(several: Iterable[Peaks]) -> Peaks:
    """Return what runs at once where this comes one after the other."""
    return _folded(several, lambda a, b: Times(*map(larger, a, b)))


def _folded(several: Iterable[Peaks], together: object) -> Peaks:
    found: dict[str, Times] = {}
    for one in several:
        for key, peak in one.items():
            found[key] = together(found[key], peak) if key in found else peak  # type: ignore[operator]
    return found


def repeated(peaks: Peaks, fan: Times) -> Peaks:
    """Return what runs at once where this runs so often at once."""
    if fan == ONCE:
        return peaks
    return {key: Times(*map(times, peak, fan)) for key, peak in peaks.items()}


def limited(peaks: Peaks, most: values.Count) -> Peaks:
    """Return what runs at once where no more pods than this may."""
    if most is None:
        return peaks
    return {key: Times(*(least(one, most) for one in peak)) for key, peak in peaks.items()}


def fan(step: Part) -> Times:
    """Return how often a step runs at once."""
    found = _fan(step)
    return found if not step.find("/when").there else Times(0, found.desired, found.high)


def _fan(step: Part) -> Times:
    items = step.find("/withItems")
    if items.there:
        return _exactly(len(items.value)) if isinstance(items.value, tuple) else _ANY
    sequence = step.find("/withSequence")
    if sequence.there:
        return _sequence(sequence)
    parameter = step.find("/withParam")
    if parameter.there:
        listed = [one.value for one in embedded(parameter)] if isinstance(parameter.value, str) else []
        return _exactly(len(listed[0])) if len(listed) == 1 and isinstance(listed[0], tuple) else _ANY
    return ONCE


def _exactly(number: int) -> Times:
    return Times(number, number, number)


def _sequence(part: Part) -> Times:
    count = part.find("/count")
    if count.there:
        number = _whole(count.value)
        return _ANY if number is None else _exactly(max(number, 0))
    end = _whole(part.find("/end").value)
    start = part.find("/start")
    begin = _whole(start.value) if start.there else 0
    return _ANY if end is None or begin is None else _exactly(abs(end - begin) + 1)


def _whole(value: Value) -> Optional[int]:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,9}", value, re.ASCII):
        return int(value)
    return value if type(value) is int else None


@dataclass(frozen=True, slots=True)
class Task:
    """A task of a graph: its name, those that it waits for, and what it runs."""

    name: str
    after: frozenset[str]
    peaks: Peaks


def waits_for(task: Part) -> frozenset[str]:
    """Return the names of the tasks that a task waits for, in both spellings."""
    listed = task.find("/dependencies").value
    named = [one for one in listed if isinstance(one, str)] if isinstance(listed, tuple) else []
    depends = task.text("depends") or ""
    return frozenset((*named, *_NAMES.findall(depends[:10_000])))


def graph(tasks: Sequence[Task]) -> Peaks:
    """Return what runs at once of tasks that wait for each other: those that can run side by side together."""
    if len(tasks) > _CLOSED:
        return side_by_side(task.peaks for task in tasks)
    before = _closed(tasks)
    found: dict[str, Times] = {}
    for key in dict.fromkeys(key for task in tasks for key in task.peaks):
        mine = [(index, task.peaks[key]) for index, task in enumerate(tasks) if key in task.peaks]
        if len(mine) > _EXACT or any(type(one) is not int for _, peak in mine for one in peak):
            found[key] = side_by_side({key: peak} for _, peak in mine)[key]
            continue
        found[key] = Times(*(_heaviest([(at, peak[side]) for at, peak in mine], before) for side in range(3)))
    return found


def _closed(tasks: Sequence[Task]) -> Sequence[int]:
    """Return for each task the set (as bits) of those that come before it, however far."""
    places = {task.name: index for index, task in enumerate(tasks)}
    direct = [sum(1 << places[name] for name in task.after if name in places) for task in tasks]
    before = list(direct)
    for _ in tasks:
        further = [own | _union(before, own) for own in before]
        if further == before:
            break
        before = further
    return before


def _union(sets: Sequence[int], members: int) -> int:
    found = 0
    while members:
        lowest = members & -members
        found |= sets[lowest.bit_length() - 1]
        members ^= lowest
    return found


def _heaviest(several: Sequence[tuple[int, values.Count]], before: Sequence[int]) -> int:
    """Return the most that tasks come to none of which comes before another."""
    if not several:
        return 0
    (first, weight), *rest = several
    free = [(at, one) for at, one in rest if not (before[at] >> first | before[first] >> at) & 1]
    taken = int(weight) + _heaviest(free, before)  # type: ignore[arg-type]
    return taken if len(free) == len(rest) else max(taken, _heaviest(rest, before))


def named(parts: Iterable[Part]) -> Iterator[tuple[str, Part]]:
    """Yield the parts that have a name, with it."""
    for part in parts:
        name = part.text("name")
        if name is not None:
            yield name, part
