"""What would be too large is refused before it is made, and what depends on the moment is refused always."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Sequence

import pytest

from guardrail.frontends.terraform import functions
from guardrail.frontends.terraform.expressions import HANDLERS
from guardrail.frontends.terraform.meter import Meter
from guardrail.frontends.terraform.syntax import File
from guardrail.frontends.terraform.syntax.nodes import Body
from guardrail.frontends.terraform.types import BOOL, STRING
from guardrail.frontends.terraform.values import (
    EvaluationError,
    ListValue,
    MapValue,
    ObjectValue,
    OpenMap,
    SetValue,
    TupleValue,
    Unknown,
    Value,
)
from guardrail.model.value import Reason
from guardrail.sources.listed import MemoryTree

LONG = "a" * 3_000_000
MANY = ListValue(range(50_000))
COMPRESSED = base64.b64encode(gzip.compress(bytes(5_000_000))).decode()
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(9)
)


class World:
    tree = MemoryTree({})
    root = ""

    def __init__(self) -> None:
        self.meter = Meter(HANDLERS, lambda *_: None, File("", "", Body({}, (), 0, 0)))


def call(name: str, *arguments: Value) -> Value:
    return functions.call(name, arguments, World())


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        pytest.param("setproduct", (MANY, MANY, MANY), id="a product"),
        pytest.param("concat", (MANY, MANY, MANY), id="a list"),
        pytest.param("flatten", (ListValue([MANY, MANY, MANY]),), id="a flat list"),
        pytest.param("split", ("", LONG), id="pieces"),
        pytest.param("regexall", ("a", LONG), id="matches"),
        pytest.param("replace", ("a" * 4000, "a", "b" * 10_000), id="a replacement"),
        pytest.param("replace", ("a" * 4000, "/a/", "b" * 10_000), id="a replacement by pattern"),
        pytest.param("join", (LONG, ListValue(["a", "b", "c"])), id="a joined string"),
        pytest.param("indent", (100_000, "\n" * 1000), id="an indented string"),
        pytest.param("format", ("%s%s", LONG, LONG), id="a formatted string"),
        pytest.param("jsondecode", ("[" * 200_000,), id="nested JSON"),
        pytest.param("jsondecode", ("1" * 5000,), id="digits in JSON"),
        pytest.param("yamldecode", ("[" * 5000,), id="nested YAML"),
        pytest.param("yamldecode", (BOMB,), id="aliases of aliases"),
        pytest.param("yamldecode", ("1" * 5000,), id="digits in YAML"),
        pytest.param("base64gunzip", (COMPRESSED,), id="compressed zeros"),
        pytest.param("parseint", ("9" * 5000, 10), id="digits"),
        pytest.param("csvdecode", ("a\n" + "1\n" * 1_000_000,), id="rows"),
        pytest.param("textencodebase64", ("a", "shift_jis"), id="an encoding that is not supported"),
    ],
)  # fmt: skip
def test_too_large(name: str, arguments: Sequence[Value]) -> None:
    result = call(name, *arguments)
    assert isinstance(result, Unknown)
    assert result.reason is Reason.REFUSED
    assert name in result.note or "characters" in result.note or "digits" in result.note or "encoding" in result.note


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        pytest.param("range", (10**9,), "more than 1,024 values", id="a long range"),
        pytest.param("format", ("%99999d", 1), "a width or precision of more than 10,000", id="a width"),
        pytest.param("format", ("%.99999999999f", 1), "a width or precision of more than 10,000", id="a precision"),
        pytest.param("regex", ("(a{1000}){1000}", "a"), "no regular expression", id="a pattern that explodes"),
        pytest.param("regex", ("a" * 20_000, "a"), "more than 10,000 characters", id="a long pattern"),
        pytest.param("cidrsubnets", ("::/0", *[128] * 3), None, id="the smallest networks"),
        pytest.param("substr", ("a", 10**30, 1), "whole number of 64 bits", id="a far offset"),
        pytest.param("timeadd", ("2020-01-01T00:00:00Z", "9" * 300 + "h"), "is no duration", id="a long duration"),
        pytest.param("timeadd", ("9999-12-31T23:59:59Z", "1s"), "outside of the years", id="the end of time"),
        pytest.param("chunklist", (ListValue(["a"]), 10**30), "whole number of 64 bits", id="a large chunk"),
        pytest.param("element", (ListValue(["a"]), 10**18), None, id="a large index"),
    ],
)
def test_beyond_measure(name: str, arguments: Sequence[Value], message: str | None) -> None:
    if message is None:
        call(name, *arguments)
    else:
        with pytest.raises(EvaluationError, match=message) as caught:
            call(name, *arguments)
        assert caught.value.message.startswith(f"{name}(): ")


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        pytest.param("pow", (10, 10**9), id="a large power"),
        pytest.param("pow", (0, -1), id="a power of zero"),
        pytest.param("log", (0, 10), id="the logarithm of zero"),
        pytest.param("log", (10, 1), id="a logarithm to the base of one"),
    ],
)
def test_infinity_is_refused_and_no_error(name: str, arguments: Sequence[Value]) -> None:
    """An error would have `try` fall through to another value; Terraform goes on with infinity."""
    result = call(name, *arguments)
    assert isinstance(result, Unknown)
    assert result.reason is Reason.REFUSED


def test_a_pattern_that_backtracks_elsewhere_is_linear() -> None:
    assert call("regexall", "(x+x+)+y", "x" * 100_000) == ()


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("timestamp", ()),
        ("plantimestamp", ()),
        ("uuid", ()),
        ("bcrypt", ("a",)),
        ("bcrypt", ("a", 4)),
        ("rsadecrypt", ("a", "b")),
        ("base64gzip", ("a",)),
        ("abspath", ("a",)),
        ("pathexpand", ("~/a",)),
    ],
)
def test_refused(name: str, arguments: Sequence[Value]) -> None:
    result = call(name, *arguments)
    assert (result.reason, result.type, result.not_null) == (Reason.REFUSED, STRING, True)
    assert name in result.note


def test_marks_are_not_followed() -> None:
    assert call("issensitive", "a").type == BOOL


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nope", r"there is no function nope\(\)"),
        ("uper", r"did you mean upper\(\)\?"),
        ("list", "tolist"),
        ("map", "tomap"),
        ("type", "console"),
    ],
)
def test_functions_that_do_not_exist(name: str, message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        call(name, "a")


def test_newer_functions() -> None:
    assert call("cidrcontains", "10.0.0.0/8", "10.1.0.0/16") is True
    assert call("cidrcontains", "10.0.0.0/8", "11.0.0.1") is False
    assert call("cidrcontains", "10.0.0.0/8", "::1") is False
    assert call("urldecode", "a+b%20%C3%A9") == "a b é"
    assert call("base64gunzip", base64.b64encode(gzip.compress("é".encode(), mtime=0)).decode()) == "é"
    assert call("element", ListValue(["a", "b", "c"]), -1) == "c"
    with pytest.raises(EvaluationError, match="percent"):
        call("urldecode", "%zz")


ONE_OF = Unknown(Reason.VARIABLE, one_of=("a", "b"), type=STRING)
OPEN = OpenMap({"a": 1}, Unknown(Reason.DATA))


@pytest.mark.parametrize(
    ("name", "arguments", "candidates"),
    [
        pytest.param("upper", (ONE_OF,), ("A", "B"), id="each candidate is tried"),
        pytest.param("format", ("%s-%s", ONE_OF, ONE_OF), ("a-a", "a-b", "b-a", "b-b"), id="every combination, too"),
        pytest.param(
            "lookup", (ObjectValue(a="t3.micro", b="p5.48xlarge"), ONE_OF), ("t3.micro", "p5.48xlarge"), id="keys"
        ),
        pytest.param("lookup", (MapValue(a="x"), ONE_OF, "y"), ("x", "y"), id="and the default"),
        pytest.param("element", (TupleValue(("x", "y")), Unknown(Reason.DATA)), ("x", "y"), id="one of the elements"),
        pytest.param("contains", (TupleValue(("a",)), ONE_OF), (True, False), id="answers"),
    ],
)
def test_candidates(name: str, arguments: Sequence[Value], candidates: tuple[Value, ...]) -> None:
    assert call(name, *arguments).one_of == candidates


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        pytest.param("length", (ONE_OF,), 1, id="candidates that agree decide"),
        pytest.param(
            "startswith", (Unknown(Reason.DATA, prefix="g5.", type=STRING), "g5"), True, id="a prefix decides"
        ),
        pytest.param("startswith", (Unknown(Reason.DATA, prefix="g5.", type=STRING), "p"), False, id="either way"),
        pytest.param("contains", (TupleValue(("x", ONE_OF)), "x"), True, id="a definite hit decides"),
        pytest.param("contains", (TupleValue(("x", ONE_OF)), "c"), False, id="and so do candidates that all miss"),
        pytest.param(
            "merge", (ObjectValue(a=1), ObjectValue(b=ONE_OF)), ObjectValue(a=1, b=ONE_OF), id="members travel"
        ),
        pytest.param("setsubtract", (SetValue(("a", "b")), SetValue(("b",))), SetValue(("a",)), id="sets"),
    ],
)
def test_known_in_spite_of_unknowns(name: str, arguments: Sequence[Value], expected: Value) -> None:
    assert call(name, *arguments) == expected


def test_merge_with_what_is_not_known() -> None:
    unknown = Unknown(Reason.VARIABLE, note="var.tags has no value")
    merged = call("merge", ObjectValue(team="ml", env="dev"), unknown, ObjectValue(env="prod"))
    assert isinstance(merged, OpenMap)
    assert merged["env"] == "prod"
    assert isinstance(merged["team"], Unknown)  # it exists, but may have been overwritten
    assert merged.rest.reason is Reason.VARIABLE
    assert call("merge", OPEN, ObjectValue(b=2))["a"] == 1
    assert isinstance(call("merge", ObjectValue(b=2), OPEN)["b"], Unknown)


def test_prefixes() -> None:
    unknown = Unknown(Reason.DATA, type=STRING, not_null=True)
    assert call("format", "gpu-%s-%d", "a", unknown).prefix == "gpu-a-"
    assert call("join", "-", ListValue(["a", unknown])).prefix == "a-"
    assert call("join", "-", ListValue(["a"]), Unknown(Reason.DATA)).prefix == "a"  # it may have no elements
    assert call("lower", Unknown(Reason.DATA, prefix="AB", type=STRING)).prefix == "ab"


def test_an_error_for_some_candidates_leaves_the_answer_open() -> None:
    result = call("regex", "^a$", ONE_OF)
    assert isinstance(result, Unknown)
    assert result.one_of is None
    with pytest.raises(EvaluationError, match="did not match"):
        call("regex", "^c$", ONE_OF)
