"""Functions of sets. Members that are unknown may turn out to be the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import Final

from guardrail.frontends.terraform.convert import convert, set_of, type_of
from guardrail.frontends.terraform.functions.lists import listed
from guardrail.frontends.terraform.functions.signature import Function, sized
from guardrail.frontends.terraform.functions.to_json import encoded
from guardrail.frontends.terraform.kinds import declare
from guardrail.frontends.terraform.types import ANY, ListType, SetType
from guardrail.frontends.terraform.unify import unify
from guardrail.frontends.terraform.values import (
    EvaluationError,
    ListValue,
    SetValue,
    TupleValue,
    Unknown,
    Value,
    unknown,
    wholly_known,
)

_SET: Final = SetType(ANY)


def _alike(given: tuple[Value, ...]) -> list[SetValue]:
    """Return the sets with elements of one type."""
    common = unify(map(type_of, given))
    if common is None:
        raise EvaluationError("all sets must have elements of the same type")
    return [convert(each, common) for each in given]


def _collected(elements: Iterable[Value]) -> SetValue:
    """Return a set; elements that hold unknowns are all kept, even if they look the same so far."""
    known: list[Value] = []
    others: list[Value] = []
    for element in elements:
        (known if wholly_known(element) else others).append(element)
    return SetValue((*set_of(known), *others))


def _setunion(*given: Value) -> Value:
    if any(isinstance(each, Unknown) for each in given):
        return unknown(*given, type=_SET, not_null=True)
    sets = _alike(given)
    return declare(_collected(element for each in sets for element in each), type_of(sets[0]))


def _known(combine: Callable[[list[SetValue]], SetValue]) -> Callable[..., Value]:
    def combined(*given: Value) -> Value:
        if not all(map(wholly_known, given)):
            return unknown(*given, type=_SET, not_null=True)
        sets = _alike(given)
        return declare(combine(sets), type_of(sets[0]))

    return combined


def _keys(elements: SetValue) -> set[str]:
    """Return what tells the elements apart: of one type they are the same if they are the same as JSON."""
    return set(map(encoded, elements))


def _intersection(sets: list[SetValue]) -> SetValue:
    others = [_keys(each) for each in sets[1:]]
    return SetValue(element for element in sets[0] if all(encoded(element) in other for other in others))


def _difference(sets: list[SetValue]) -> SetValue:
    removed = _keys(sets[1])
    return SetValue(element for element in sets[0] if encoded(element) not in removed)


def _setproduct(*given: Value) -> Value:
    """Return every combination: a list of tuples if none is a set, else a set of them; the last argument is fastest."""
    if any(isinstance(each, Unknown) or (isinstance(each, SetValue) and not wholly_known(each)) for each in given):
        return unknown(*given, not_null=True)
    size = 1
    for each in given:
        size = sized(size * len(listed(each)))
    columns = [each if isinstance(each, SetValue) else convert(each, ListType(ANY)) for each in given]
    combinations = [TupleValue(row) for row in product(*columns)]
    return _collected(combinations) if any(isinstance(each, SetValue) for each in given) else ListValue(combinations)


FUNCTIONS: Final[Mapping[str, Function]] = {
    "setintersection": Function(_known(_intersection), (_SET,), _SET, rest=_SET, partial=True),
    "setproduct": Function(_setproduct, rest=ANY, least=2, partial=True),
    "setsubtract": Function(_known(_difference), (_SET, _SET), _SET, partial=True),
    "setunion": Function(_setunion, (_SET,), _SET, rest=_SET, partial=True),
}
