"""
What a function says of unknown arguments holds, whatever they turn out to be, and no argument makes it crash.

Random arguments are blurred: parts of them become unknown, with candidates, prefix or type that allow the part. What
the function gives for the blurred ones must allow what it gives for the real ones.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Optional

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.frontends.terraform import functions
from guardrail.frontends.terraform.convert import set_of, type_of
from guardrail.frontends.terraform.expressions import HANDLERS
from guardrail.frontends.terraform.functions.signature import Function, Nullable
from guardrail.frontends.terraform.meter import Meter
from guardrail.frontends.terraform.syntax import File
from guardrail.frontends.terraform.syntax.nodes import Body
from guardrail.frontends.terraform.types import ANY, NUMBER, STRING, ListType, MapType, Primitive, SetType
from guardrail.frontends.terraform.values import (
    EvaluationError,
    Listed,
    ListValue,
    Mapped,
    MapValue,
    ObjectValue,
    OpenMap,
    SetValue,
    TupleValue,
    Unknown,
    Value,
    same,
    wholly_known,
)
from guardrail.model.value import Reason
from guardrail.sources.listed import MemoryTree


class World:
    """A tree with a few files."""

    tree = MemoryTree({"a": b"a", "b/c.txt": b"${x}", "b/d": b"\xff"})
    root = ""

    def __init__(self) -> None:
        self.meter = Meter(HANDLERS, lambda *_: None, File("", "", Body({}, (), 0, 0)))


TEXTS = st.sampled_from(
    ["", "a", "b", "c", "a-b", "1", "true", ",", "a,b", "%s", "%s-%d", "/a/", "a*", "b/c.txt", "10.0.0.0/16", "é\u0301",
     "2020-01-31T23:59:59Z", "1h", "YYYY", '[1, {"a": 2}]', "a: &x {b: 1}\nc: *x", "YQ==", "UTF-8", "dns", "x"]
)  # fmt: skip
NUMBERS = st.sampled_from([0, 1, 2, 3, -1, 16, Decimal("1.5"), 10**30])
LEAVES = TEXTS | NUMBERS | st.booleans() | st.none()
KEYS = st.sampled_from(["a", "b", "x", "1"])
HOMOGENEOUS = st.one_of(st.lists(TEXTS, max_size=3), st.lists(NUMBERS, max_size=3), st.lists(st.booleans(), max_size=3))
VALUES: st.SearchStrategy[Value] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(TupleValue),
        st.dictionaries(KEYS, inner, max_size=3).map(ObjectValue),
        HOMOGENEOUS.map(ListValue),
        HOMOGENEOUS.map(set_of),
        st.dictionaries(KEYS, TEXTS, max_size=3).map(MapValue),
    ),
    max_leaves=5,
)
LISTS = st.one_of(
    st.lists(VALUES, max_size=3).map(TupleValue),
    st.lists(st.lists(TEXTS, max_size=2).map(TupleValue), max_size=2).map(TupleValue),
    HOMOGENEOUS.map(TupleValue),
    HOMOGENEOUS.map(ListValue),
    HOMOGENEOUS.map(set_of),
)
MAPS = st.one_of(
    st.dictionaries(KEYS, VALUES, max_size=3).map(ObjectValue),
    st.dictionaries(KEYS, TEXTS, max_size=3).map(MapValue),
    st.dictionaries(KEYS, st.lists(TEXTS, max_size=2).map(TupleValue), max_size=2).map(ObjectValue),
)
NAMES = st.sampled_from(sorted(name for names in functions.THEMES.values() for name in names))


@st.composite
def blurred(draw: st.DrawFn, value: Value, depth: int = 0) -> Value:
    """The value, or one that allows it and says less."""
    choice = draw(st.integers(0, 5))
    if choice == 0:
        return _vague(draw, value, typed=depth > 0)
    if depth < 2 and isinstance(value, Mapped):
        members = {key: draw(blurred(member, depth + 1)) for key, member in value.items()}
        if choice == 1 and members and not depth:  # within a list its type matters, and cannot be told
            members.pop(draw(st.sampled_from(sorted(members))))
            return OpenMap(members, Unknown(Reason.VARIABLE))
        return MapValue(members) if isinstance(value, MapValue) else ObjectValue(members)
    if depth < 2 and isinstance(value, (TupleValue, ListValue)):
        return type(value)([draw(blurred(element, depth + 1)) for element in value])
    if isinstance(value, SetValue):
        return set_of([draw(blurred(element, 2)) for element in value])
    return value


def _vague(draw: st.DrawFn, value: Value, *, typed: bool) -> Value:
    """An unknown. Within a list its type is told, since the type of the whole depends on it."""
    unknown = Unknown(Reason.VARIABLE, not_null=value is not None and draw(st.booleans()))
    if typed or (isinstance(type_of(value), Primitive) and draw(st.booleans())):
        unknown = replace(unknown, type=type_of(value))
    if isinstance(value, str) and draw(st.booleans()):
        unknown = replace(unknown, prefix=value[:2] or None)
    elif not isinstance(value, (*Listed, *Mapped)) and draw(st.booleans()):
        others = [other for other in ("a", 2, True) if type(other) is type(value) and not same(other, value)]
        unknown = replace(unknown, one_of=(value, *others[:1]), not_null=False)
    return unknown


def allows(claim: Value, real: Value) -> bool:
    """Whether a value may turn out to be another."""
    if isinstance(claim, Unknown):
        if claim.one_of is not None and not any(same(real, candidate) for candidate in claim.one_of):
            return False
        if (
            claim.prefix is not None
            and real is not None
            and not (isinstance(real, str) and real.startswith(claim.prefix))
        ):
            return False
        typed = not isinstance(claim.type, Primitive) or real is None or type_of(real) == claim.type
        return typed and not (claim.not_null and real is None)
    if isinstance(claim, OpenMap):
        return isinstance(real, Mapped) and all(key in real and allows(claim[key], real[key]) for key in claim)
    if isinstance(claim, SetValue) and not wholly_known(claim):
        known = [element for element in claim if not isinstance(element, Unknown)]
        return (
            isinstance(real, SetValue)
            and len(real) <= len(claim)
            and all(wholly_known(element) is False or any(same(element, other) for other in real) for element in known)
        )
    if isinstance(claim, Mapped):
        return (
            type(claim) is type(real)
            and claim.keys() == real.keys()
            and all(allows(claim[key], real[key]) for key in claim)
        )
    if isinstance(claim, Listed):
        return type(claim) is type(real) and len(claim) == len(real) and all(map(allows, claim, real))
    return same(claim, real)


def _argument(name: str, function: Function, index: int) -> st.SearchStrategy[Value]:
    """Values that the function may take at this place, most of the time."""
    parameter = function.takes[index] if index < len(function.takes) else function.rest
    wanted = parameter.type if isinstance(parameter, Nullable) else parameter
    if wanted == STRING:
        return TEXTS
    if wanted == NUMBER:
        return NUMBERS
    if isinstance(wanted, (ListType, SetType)):
        return LISTS
    if isinstance(wanted, MapType) or name in functions.THEMES["maps"]:
        return MAPS | VALUES
    return LISTS | VALUES if name in (*functions.THEMES["lists"], *functions.THEMES["sets"]) else VALUES


def _untyped(value: Value) -> bool:
    return isinstance(value, OpenMap) or (isinstance(value, Unknown) and value.type is ANY)


def _called(name: str, arguments: list[Value]) -> tuple[Optional[EvaluationError], Value]:
    try:
        return None, functions.call(name, arguments, World())
    except EvaluationError as error:
        return error, None


@settings(max_examples=600, deadline=None)
@given(NAMES, st.data())
def test_what_is_said_holds(name: str, data: st.DataObject) -> None:
    function: Function = functions.function(name)
    count = len(function.takes) + data.draw(st.integers(0, 2) if function.rest is not None else st.just(0))
    real = [data.draw(_argument(name, function, index)) for index in range(count)]
    claimed = [data.draw(blurred(argument)) for argument in real]
    failure, answer = _called(name, real)
    claim_failure, claim = _called(name, claimed)
    if failure is None:
        assert claim_failure is None, claim_failure
        if name in ("coalesce", "tomap") and any(map(_untyped, claimed)):
            return  # what type all parts become is not known, and Terraform does not wait for it either
        assert allows(claim, answer), (claim, answer)


@settings(max_examples=300, deadline=None)
@given(NAMES, st.lists(VALUES, max_size=4))
def test_bad_arguments_raise_nothing_else(name: str, arguments: list[Value]) -> None:
    failure, _ = _called(name, arguments)
    assert failure is None or name in failure.message


@pytest.mark.parametrize("theme", functions.THEMES)
def test_every_function_is_in_its_theme(theme: str) -> None:
    for name in functions.THEMES[theme]:
        assert isinstance(functions.function(name), Function)
