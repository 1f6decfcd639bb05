from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from guardrail.catalog.convert import whole
from guardrail.catalog.kind import Always, Each, Fact, First, From, Of, Outer, Shape, at
from guardrail.catalog.read import OUTSIDE, SUPPLIERS, below, elements, paths, reader
from guardrail.model.value import OpenMap, Reason, Unknown

HIDDEN = Unknown(Reason.VARIABLE, note="var.x has no value")
EITHER = Unknown(Reason.VARIABLE, ("1", "2"))


def refuses(_: object) -> object:
    raise ValueError("secret")


@pytest.mark.parametrize(
    ("fact", "attributes", "value"),
    [
        pytest.param(at("a"), {"a": 1}, 1, id="what is written"),
        pytest.param(at("a"), {}, None, id="what is not written is absent"),
        pytest.param(at("a", default=7), {"a": None}, 7, id="null is not written either"),
        pytest.param(at("a", default=7), OpenMap({}, HIDDEN), HIDDEN, id="a map that may hold it"),
        pytest.param(at("a", default=7), OpenMap({"a": None}, HIDDEN), 7, id="a map that says that it does not"),
        pytest.param(at("a", "b"), {"a": HIDDEN}, HIDDEN, id="below an unknown"),
        pytest.param(at("a", 0, "b"), {"a": [{"b": 1}]}, 1, id="in a block"),
        pytest.param(at("a", 0, "b"), {"a": {"b": 1}}, 1, id="in a block in attribute syntax"),
        pytest.param(at("a", 0, "b"), {"a": []}, None, id="in a block that is not there"),
        pytest.param(at("a", 1), {"a": [1]}, None, id="an element that is not there"),
        pytest.param(at("a", "b"), {"a": "text"}, None, id="below a text there is nothing"),
        pytest.param(at("a", convert=whole), {"a": "3"}, 3, id="converted"),
        pytest.param(
            at("a", convert=whole), {"a": EITHER}, Unknown(Reason.VARIABLE, (1, 2)), id="candidates are converted"
        ),
        pytest.param(
            at("a", "b", default=0),
            {"a": Unknown(Reason.VARIABLE, ({"b": 1}, {}))},
            Unknown(Reason.VARIABLE, (1, 0)),
            id="candidates of what is above, with the default where one has nothing",
        ),
        pytest.param(
            at("a", "b"), {"a": Unknown(Reason.VARIABLE, ({"b": 1}, {"b": 1}))}, 1, id="candidates that agree are known"
        ),
        pytest.param(
            at("a"), {"a": Unknown(Reason.DATA, None, "eu-")}, Unknown(Reason.DATA, None, "eu-"), id="prefixes stay"
        ),
        pytest.param(
            at("a", "b"), {"a": Unknown(Reason.DATA, None, "eu-")}, Unknown(Reason.DATA), id="but not for what is below"
        ),
        pytest.param(Always(1), {}, 1, id="what the type says"),
        pytest.param(First((at("a"), at("b"))), {"b": 2}, 2, id="the second where the first is not stated"),
        pytest.param(First((at("a"), at("b"))), {"a": 1, "b": HIDDEN}, 1, id="the first hides the second"),
        pytest.param(First((at("a"), at("b"))), {"a": HIDDEN, "b": 2}, HIDDEN, id="an unknown may be stated"),
        pytest.param(Each(("a",), at("b")), {"a": [{"b": 1}, {}, {"b": HIDDEN}]}, (1, None, HIDDEN), id="each"),
        pytest.param(Each(("a",), at("b")), {}, None, id="each of none"),
        pytest.param(Each(("a",), at("b")), {"a": HIDDEN}, HIDDEN, id="each of who knows how many"),
        pytest.param(Shape({"x": at("a"), "y": at("b")}), {"a": HIDDEN}, {"x": HIDDEN}, id="a shape keeps unknowns"),
        pytest.param(From((at("a"), at("b")), lambda a, b: (a, b)), {"a": 1}, (1, None), id="made of two"),
        pytest.param(
            From((at("a"), at("b")), lambda a, b: a + b),
            {"a": EITHER, "b": "0"},
            Unknown(Reason.VARIABLE, ("10", "20")),
            id="made of candidates",
        ),
        pytest.param(
            From((at("a"), at("b")), lambda a, b: (a, b)),
            {"a": HIDDEN, "b": Unknown(Reason.MODULE)},
            Unknown(Reason.MODULE),
            id="the strictest reason",
        ),
        pytest.param(Of("/a", at("b")), {}, None, id="of what is not referred to"),
        pytest.param(Of("/a", at("b")), {"a": "x", SUPPLIERS: {"/a": {"b": 1}}}, 1, id="of what is known"),
        pytest.param(Outer(at("b")), {OUTSIDE: {"b": 1}}, 1, id="outside the block"),
    ],
)
def test_fact(fact: Fact, attributes: dict[str, Any], value: object) -> None:
    assert reader(fact)(attributes) == value


def test_of_something_that_is_not_here() -> None:
    assert reader(Of("/a", at("b")))({"a": "x"}).reason is Reason.DATA
    assert reader(Of("/a", at("b")))({"a": HIDDEN}).reason is Reason.VARIABLE


def test_refused_value_is_an_error_that_does_not_repeat_it() -> None:
    found = reader(at("a", convert=refuses))({"a": "secret"})
    assert found.reason is Reason.ERROR
    assert "secret" not in found.note


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (None, ()),
        ([], ()),
        ([{"b": 1}, None], ({"b": 1},)),
        ({"b": 1}, ({"b": 1},)),
        (HIDDEN, HIDDEN),
    ],
)
def test_elements(value: object, found: object) -> None:
    assert elements({"a": value}, ("a",)) == found


def test_what_is_no_list_of_blocks_is_an_error() -> None:
    assert elements({"a": Decimal(1)}, ("a",)).reason is Reason.ERROR


def test_paths_are_those_of_the_text() -> None:
    fact = From((at("a", 0, "b/c"), First((Each(("d",), at("e")), Shape({"x": at("f")}))), Of("/g", at("h"))), max)
    assert list(paths(fact)) == ["/a/0/b~1c", "/d", "/f", "/g"]
    assert list(paths(First((at("a"), Outer(at("b")))), "/pool/0")) == ["/pool/0/a", "/b"]


def test_below_reads_what_lookup_reads() -> None:
    assert below({"a": [[1, 2]]}, ("a", 0, 1)) == 2
    assert below(HIDDEN, ()) == HIDDEN
