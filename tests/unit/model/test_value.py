"""Known, absent, unknown: looking up, computing with candidates, telling the strictest reason."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.model.value import (
    ABSENT,
    CANDIDATES,
    OpenMap,
    Reason,
    Unknown,
    apply,
    lookup,
    strictest,
    unknowns,
)

DATA = Unknown(Reason.DATA, note="data.x")
REST = Unknown(Reason.VARIABLE, note="var.tags has no value")


@pytest.mark.parametrize(
    ("value", "path", "found"),
    [
        pytest.param({"a": [{"b": 1}]}, ("a", 0, "b"), 1, id="keys and indexes"),
        pytest.param({"a": [{"b": 1}]}, ("a", "0", "b"), 1, id="an index may be text, as in a pointer"),
        pytest.param({"a": None}, ("a",), None, id="null is a value"),
        pytest.param({"a": None}, ("a", "b"), ABSENT, id="null has nothing below"),
        pytest.param({"a": 1}, ("b",), ABSENT, id="a missing key is absent"),
        pytest.param({"a": [1]}, ("a", 1), ABSENT, id="beyond the end is absent"),
        pytest.param({"a": [1]}, ("a", -1), ABSENT, id="there is no counting from the end"),
        pytest.param({"a": [1]}, ("a", "x"), ABSENT, id="a list has no names"),
        pytest.param({"a": "text"}, ("a", 0), ABSENT, id="text is not a list"),
        pytest.param({"a": DATA}, ("a", "b", 3), DATA, id="below an unknown everything is that unknown"),
        pytest.param(OpenMap({"a": 1}, REST), ("a",), 1, id="an open map is definite in what it lists"),
        pytest.param(OpenMap({"a": 1}, REST), ("b",), REST, id="and unknown in what it does not"),
    ],
)
def test_lookup(value: Any, path: tuple[Any, ...], found: Any) -> None:
    assert lookup(value, path) == found


@pytest.mark.parametrize(
    ("operands", "result"),
    [
        pytest.param((2, 3), 6, id="known operands"),
        pytest.param((DATA, 3), Unknown(Reason.DATA, note="data.x"), id="an unknown one"),
        pytest.param(
            (Unknown(Reason.VARIABLE, (1, 2)), 3), Unknown(Reason.VARIABLE, (3, 6)), id="candidates are computed"
        ),
        pytest.param((Unknown(Reason.VARIABLE, (1, 2)), 0), 0, id="equal answers are an answer"),
        pytest.param((Unknown(Reason.VARIABLE, (1, 2)), DATA), Unknown(Reason.VARIABLE), id="the stricter reason"),
        pytest.param(
            (Unknown(Reason.DATA, tuple(range(1, 6))), Unknown(Reason.DATA, tuple(range(1, 5)))),
            Unknown(Reason.DATA),
            id="too many combinations are none",
        ),
    ],
)
def test_apply(operands: tuple[Any, ...], result: Any) -> None:
    assert apply(lambda left, right: left * right, *operands) == result


@given(st.lists(st.integers(-5, 5), min_size=2, max_size=CANDIDATES, unique=True), st.integers(-5, 5))
def test_whatever_an_unknown_turns_out_to_be_was_a_candidate(choices: list[int], other: int) -> None:
    told = apply(lambda left, right: left * right, Unknown(Reason.DATA, tuple(choices)), other)
    possible = set(told.one_of or ()) if isinstance(told, Unknown) else {told}
    assert {choice * other for choice in choices} == possible


def test_unknowns_are_found_at_any_depth_with_their_pointers() -> None:
    value = {"a": [{"b/c": DATA}], "open": OpenMap({"k": DATA}, REST), "n": Decimal("1.5")}
    assert sorted(unknowns(value), key=lambda found: found[0]) == [
        ("/a/0/b~1c", DATA, False),
        ("/open", REST, True),
        ("/open/k", DATA, False),
    ]


def test_the_strictest_reason_is_what_the_author_could_have_avoided() -> None:
    assert strictest([Reason.DATA, Reason.VARIABLE, Reason.COMPUTED]) is Reason.VARIABLE
    assert strictest(Reason) is Reason.ERROR
