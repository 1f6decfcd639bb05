"""
What a value can be: known, absent, or unknown with a reason.

Known values are what JSON can say: None, bool, int, Decimal, str, tuples or lists, and mappings with string keys.
An `Unknown` stands *in place of* a value that cannot be told before apply; a key that is missing is absent. Who
reads a value must say what it does with all three.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from enum import Enum
from itertools import product
from typing import Any, Final, Optional, Union

from guardrail.model.dataclass import dataclass
from guardrail.model.path import Segment, escaped

CANDIDATES: Final = 16
"""How many candidates an unknown may list; with more it lists none."""


class Reason(str, Enum):
    """Why a value is not known. The order is the strictness: where several apply, the last one is told."""

    COMPUTED = "computed"  # only the provider knows it, after apply
    DATA = "data"  # read from a data source
    ENVIRONMENT = "environment"  # from the environment of whoever applies: region, workspace, current namespace
    USAGE = "usage"  # depends on how much it is used, and nobody said
    UNPRICED = "unpriced"
    VARIABLE = "variable"  # an input without a value
    MODULE = "module"  # given by a module that is not at hand
    TEMPLATE = "template"  # a placeholder that some other tool fills in
    UNBOUNDED = "unbounded"
    REFUSED = "refused"  # guardrail does not compute this: impure, too large, not implemented
    ERROR = "error"  # its expression is in error

    def __str__(self) -> str:
        return self.value


STRICTNESS: Final[Mapping[Reason, int]] = {reason: rank for rank, reason in enumerate(Reason)}


def strictest(reasons: Iterable[Reason]) -> Reason:
    """Return the reason that weighs most. At least one must be given."""
    return max(reasons, key=STRICTNESS.__getitem__)


@dataclass(frozen=True, slots=True)
class Unknown:
    """
    A value that cannot be told, and why.

    `one_of` lists every value that it can still take (plain values, at least two, at most `CANDIDATES`);
    `prefix` is what a string begins with; `note` names the cause for people ("var.size has no value"). `written` is
    the text that stands there, where it is one that another tool fills in ("$SIZE"). `parts` are what a text is made
    of, strings and unknowns, where it is known but for some gaps (`model.gaps`).
    """

    reason: Reason
    one_of: Optional[tuple[Any, ...]] = None
    prefix: Optional[str] = None
    note: str = ""
    written: str = ""
    parts: Optional[tuple[Any, ...]] = field(default=None, compare=False, repr=False)


class OpenMap(dict[str, Any]):
    """A mapping, definite in what it lists, that may hold other keys: asked for one of those it answers `rest`."""

    __slots__ = ("rest",)

    def __init__(self, known: Mapping[str, Any], rest: Unknown) -> None:
        super().__init__(known)
        self.rest = rest


class NoBound(str, Enum):
    """Why an upper bound is no number: nothing limits it."""

    UNBOUNDED = "unbounded"

    def __str__(self) -> str:
        return self.value


UNBOUNDED: Final = NoBound.UNBOUNDED

Value = Any
"""A known value or an `Unknown`, at any depth."""

Count = Union[int, NoBound, Unknown, None]
"""How many: a number, no limit, not known, or not stated (None)."""

Text = Union[str, Unknown, None]
"""A string, not known, or not stated (None)."""


class Absent(Enum):
    """The answer of `lookup` where nothing is written."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT


def lookup(value: Value, path: Iterable[Segment]) -> Value:
    """Return what lies below: a value, the `Unknown` that covers the path, or `ABSENT`. Null has nothing below."""
    for segment in path:
        if isinstance(value, Unknown):
            return value
        if isinstance(value, Mapping):
            value = _member(value, str(segment))
        elif isinstance(value, (list, tuple)):
            value = _element(value, segment)
        else:
            return ABSENT
        if value is ABSENT:
            return ABSENT
    return value


def _member(value: Mapping[str, Value], key: str) -> Value:
    if key in value:
        return value[key]
    return value.rest if isinstance(value, OpenMap) else ABSENT


def _element(value: Sequence[Value], segment: Segment) -> Value:
    try:
        return value[int(segment)] if int(segment) >= 0 else ABSENT
    except (ValueError, IndexError):
        return ABSENT


def apply(function: Callable[..., Value], *operands: Value) -> Value:
    """
    Return `function` of the operands; unknown if one of them is, with the candidates that theirs allow.

    The function sees known values only, and may itself return an `Unknown`.
    """
    unknowns = [operand for operand in operands if isinstance(operand, Unknown)]
    if not unknowns:
        return function(*operands)
    candidates = _candidates(function, operands)
    if candidates is not None and len(candidates) == 1:
        return candidates[0]  # whatever the unknown turns out to be, the answer is the same
    worst = max(unknowns, key=lambda unknown: STRICTNESS[unknown.reason])
    return Unknown(worst.reason, candidates, None, worst.note)


def _candidates(function: Callable[..., Value], operands: Sequence[Value]) -> Optional[tuple[Any, ...]]:
    choices = [operand.one_of if isinstance(operand, Unknown) else (operand,) for operand in operands]
    size = 1
    for choice in choices:
        if choice is None:
            return None
        size *= len(choice)
    if size > CANDIDATES:
        return None
    results: list[Any] = []
    for combination in product(*(choice for choice in choices if choice is not None)):
        result = function(*combination)
        if isinstance(result, Unknown):
            return None
        if result not in results:
            results.append(result)
    return tuple(results)


def unknowns(value: Value, path: str = "") -> Iterator[tuple[str, Unknown, bool]]:
    """Yield (pointer, unknown, open) for each unknown inside a value; `open` says that it covers absent keys only."""
    if isinstance(value, Unknown):
        yield path, value, False
    elif isinstance(value, Mapping):
        if isinstance(value, OpenMap):
            yield path, value.rest, True
        for key, member in value.items():
            yield from unknowns(member, f"{path}/{escaped(key)}")
    elif isinstance(value, (list, tuple)):
        for index, element in enumerate(value):
            yield from unknowns(element, f"{path}/{index}")
