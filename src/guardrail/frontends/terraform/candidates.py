"""Functions of unknown values, through the finitely many values that those can still take."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import Final, Optional

from guardrail.frontends.terraform.kinds import type_of
from guardrail.frontends.terraform.types import ANY, Type, definite
from guardrail.frontends.terraform.unify import unify
from guardrail.frontends.terraform.values import (
    EvaluationError,
    MapValue,
    ObjectValue,
    OpenMap,
    SetValue,
    TupleValue,
    Unknown,
    Value,
    checked,
    extent,
    is_mapping,
    unknown,
    wholly_known,
    with_candidates,
)
from guardrail.model.value import CANDIDATES


def lift(function: Callable[..., Value], *operands: Value, type: Type = ANY, not_null: bool = False) -> Value:  # noqa: A002 - the word of the language
    """
    Return `function` of the operands; where some are unknown, an unknown with the candidates that theirs allow.

    The function sees no operand that is itself unknown (one that holds unknowns it may see), and may return an
    unknown.
    """
    unknowns = [operand for operand in operands if isinstance(operand, Unknown)]
    if not unknowns:
        return function(*operands)
    base = unknown(*unknowns, type=type, not_null=not_null)
    return with_candidates(base, results(function, operands))


def results(function: Callable[..., Value], operands: Sequence[Value]) -> Optional[list[Value]]:
    """
    Return what the function can return for the candidates of its operands; None where that cannot be listed.

    An error for some of them cannot be listed either: `try` would turn it into another value. For all, it is raised.
    """
    choices: list[Sequence[Value]] = []
    for operand in operands:
        choice = operand.one_of if isinstance(operand, Unknown) else (operand,)
        if choice is None:
            return None
        choices.append(choice)
    picks = combinations(choices)
    if picks is None:
        return None
    found: list[Value] = []
    failure: Optional[EvaluationError] = None
    for combination in picks:
        try:
            found.append(function(*combination))
        except EvaluationError as error:  # noqa: PERF203 - every combination may fail by itself
            failure = error
    if failure is not None and not found:
        raise failure
    return None if failure is not None else found


def combinations(choices: Sequence[Sequence[Value]]) -> Optional[Iterator[tuple[Value, ...]]]:
    """Return every way to take one of each, None where there are too many."""
    size = 1
    for choice in choices:
        size *= len(choice)
        if size > CANDIDATES:
            return None
    return product(*choices)


def alternatives(values: Sequence[Value]) -> Optional[list[tuple[Value, ...]]]:
    """
    Return all that values come to for the candidates of the unknowns in them; None where that cannot be listed.

    An unknown that stands in two places is taken for two: that lists more than there is, and leaves out nothing.
    """
    if sum(extent(value).weight for value in values) > _WALKED:
        return None
    choices: list[Sequence[Value]] = []
    if not all(_gather(value, choices) for value in values):
        return None
    picks = combinations(choices)
    if picks is None:
        return None
    return [tuple(_settled(value, picked) for value in values) for picked in map(iter, picks)]


_WALKED: Final = 10_000
"""The most parts of values that are gone through for their candidates."""


def _gather(value: Value, choices: list[Sequence[Value]]) -> bool:
    """Add the candidates of each unknown in a value; False if one of them has none."""
    if isinstance(value, Unknown):
        choices.append(value.one_of or ())
        return value.one_of is not None
    if wholly_known(value):
        return True
    if isinstance(value, (OpenMap, SetValue)):
        return False
    return all(_gather(part, choices) for part in (value.values() if isinstance(value, dict) else value))


def _settled(value: Value, picked: Iterator[Value]) -> Value:
    """Return a value with the next of the picked ones for each unknown in it."""
    if isinstance(value, Unknown):
        return next(picked)
    if wholly_known(value):
        return value
    if isinstance(value, dict):
        return type(value)({key: _settled(member, picked) for key, member in value.items()})
    return type(value)(_settled(element, picked) for element in value)


def one_of(base: Unknown, arms: Sequence[Value]) -> Value:
    """
    Return what stands for "one of these values, and it is not known which".

    If all are the same it is that value. Wholly known arms, and arms with candidates, become candidates. Otherwise
    objects are joined member by member and tuples of one length element by element, as far as they agree.
    """
    if base.type is ANY:
        base = replace(base, type=_common_type(arms))
    candidates: list[Value] = []
    for arm in arms:
        if isinstance(arm, Unknown):
            if arm.one_of is None:
                break
            candidates.extend(arm.one_of)
        elif wholly_known(arm):
            candidates.append(arm)
        else:
            break
    else:
        joined = with_candidates(replace(base, one_of=None), candidates)
        if not isinstance(joined, Unknown) or joined.one_of is not None:
            return joined
    return _structural(base, arms)


def any_of(base: Unknown, values: Sequence[Value]) -> Value:
    """Return what stands for one of these values, none of which was converted to the type of another."""
    found = one_of(replace(base, type=ANY), values)
    if isinstance(found, Unknown) and any(type_of(each) != found.type for each in values):
        return replace(found, type=ANY)
    return found


def _common_type(arms: Sequence[Value]) -> Type:
    """Return the type of all arms, `ANY` where one of them may be of any type. Null is of every type."""
    if not all(wholly_known(arm) or definite(type_of(arm)) for arm in arms):
        return ANY
    return unify(type_of(arm) for arm in arms if arm is not None) or ANY


def _structural(base: Unknown, arms: Sequence[Value]) -> Value:
    first, part = arms[0], replace(base, type=ANY, prefix=None, not_null=False)
    if all(is_mapping(arm) for arm in arms):
        return _mappings(part, arms)
    if isinstance(first, TupleValue) and all(type(arm) is TupleValue and len(arm) == len(first) for arm in arms):
        return checked(TupleValue(one_of(part, column) for column in zip(*arms, strict=True)))
    result = unknown(base, *(arm for arm in arms if isinstance(arm, Unknown)), type=base.type)
    prefix = _common_prefix(arms)
    return replace(result, prefix=prefix, not_null=all(_not_null(arm) for arm in arms))


def _mappings(base: Unknown, arms: Sequence[Value]) -> Value:
    common = [key for key in arms[0] if all(key in arm for arm in arms)]
    joined = {key: one_of(base, [arm[key] for arm in arms]) for key in common}
    opens = [arm.rest for arm in arms if isinstance(arm, OpenMap)]
    if opens or any(len(arm) != len(common) for arm in arms):
        return checked(OpenMap(joined, unknown(base, *opens)))
    return checked(MapValue(joined) if any(isinstance(arm, MapValue) for arm in arms) else ObjectValue(joined))


def _not_null(arm: Value) -> bool:
    return arm.not_null if isinstance(arm, Unknown) else arm is not None


def _common_prefix(arms: Sequence[Value]) -> Optional[str]:
    prefixes = [arm.prefix if isinstance(arm, Unknown) else arm if isinstance(arm, str) else None for arm in arms]
    if not all(prefixes):
        return None
    texts = sorted(prefix for prefix in prefixes if prefix)
    shortest, last = texts[0], texts[-1]
    length = next((i for i, (a, b) in enumerate(zip(shortest, last)) if a != b), min(len(shortest), len(last)))  # noqa: B905 - of different lengths
    return shortest[:length] or None
