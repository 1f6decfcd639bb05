"""What is no plan says so, and what to do; what is one has one reading."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.frontends.terraform.plan import text
from guardrail.frontends.terraform.plan.document import load
from guardrail.frontends.terraform.plan.text import PlanError, document


@pytest.mark.parametrize(
    ("data", "message", "hint"),
    [
        pytest.param(b"", "it ends too early", "terraform show -json", id="an empty file"),
        pytest.param(b'{"format_version": "1.2", ', "it ends too early", "show -json", id="a truncated plan"),
        pytest.param(b"PK\x03\x04\x00\x00", "the plan itself", "show -json", id="the binary plan"),
        pytest.param(b"\xff\x00{}", "byte 0 cannot be decoded", "show -json", id="no text at all"),
        pytest.param(b"[command]/bin/terraform", "line 1", "terraform_wrapper: false", id="output of the wrapper"),
        pytest.param(b'{"@level":"info"}\n{"@level"', "line 2", "log of `plan -json`", id="the log of a plan"),
        pytest.param(
            b"\nTerraform used the selected providers", "line 2", "as people read it", id="the plan for people"
        ),
        pytest.param(b"[]", "it is no object", "show -json", id="another JSON value"),
        pytest.param(b'{"a": NaN}', "NaN is no number", "show -json", id="what JSON has not"),
        pytest.param(b'{"a": 1, "b": 2, "a": 3}', "the member a twice", "show -json", id="two readings"),
        pytest.param(b'{"a": ' + b"9" * 401 + b"}", "more than 400 digits", "show -json", id="a huge integer"),
        pytest.param(b'{"a": 1e999999999}', "more than 400 digits", "show -json", id="a huge exponent"),
        pytest.param(b'{"a": 1e-999999999}', "more than 400 digits", "show -json", id="a tiny number"),
        pytest.param(b'{"a":' + b"[" * 101 + b"]" * 101 + b"}", "deeper than 100", "show -json", id="deep nesting"),
        pytest.param(b'{"a":' * 99_999, "deeper than 100", "show -json", id="nesting that overflows a stack"),
    ],
)
def test_no_plan(data: bytes, message: str, hint: str) -> None:
    with pytest.raises(PlanError) as raised:
        document(data, "plan.json")
    assert str(raised.value).startswith("plan.json: ")
    assert message in str(raised.value)
    assert hint in raised.value.hint


def test_limits_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "BYTES", 2 << 20)
    with pytest.raises(PlanError, match="more than 2 MiB, the largest plan that is read"):
        document(b" " * ((2 << 20) + 1), "plan.json")
    monkeypatch.setattr(text, "VALUES", 100)
    with pytest.raises(PlanError, match="more than 100 values"):
        document(b"[" + b"1," * 101, "plan.json")


@pytest.mark.parametrize(
    ("data", "value"),
    [
        pytest.param(b'{"a": 0.1, "b": 3.0, "c": 12}', {"a": Decimal("0.1"), "b": 3, "c": 12}, id="numbers are exact"),
        pytest.param(b'{"a": null, "b": {"c": null}, "d": [null]}', {"b": {}, "d": [None]}, id="null is not set"),
        pytest.param('{"a": "ü"}'.encode("utf-16"), {"a": "ü"}, id="what PowerShell writes"),
        pytest.param(b'\xef\xbb\xbf{"a": 1}', {"a": 1}, id="with a byte order mark"),
        pytest.param(rb'{"a": "\ud83d\ude00"}', {"a": "😀"}, id="a pair of surrogates"),
        pytest.param(rb'{"a": "\ud83d!", "b\udc00": 1}', {"a": "�!", "b�": 1}, id="half a pair"),
        pytest.param(rb'{"a": "\\ud83d"}', {"a": r"\ud83d"}, id="a backslash before"),
    ],
)
def test_one_reading(data: bytes, value: Any) -> None:
    found = document(data, "plan.json")
    assert found == value
    assert json.dumps(found, default=str).encode("utf-8")


def test_null_is_kept_where_it_says_something() -> None:
    assert document(b'{"a": null, "b": [null]}', "plan.json", nulls=True) == {"a": None, "b": [None]}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
MEMBERS = st.sampled_from(
    ["resource_changes", "planned_values", "deferred_changes", "resource_drift", "configuration", "variables"]
)


def _readable(data: bytes) -> bool:
    """Whether it is read; what is refused says what to do."""
    try:
        load(data, "plan.json")
    except PlanError as refused:
        return bool(refused.hint)
    return True


@given(st.binary() | st.text('{}[]:,"\\u0d8f1.eE-+ tnf').map(str.encode))
def test_bytes_are_refused_or_read(data: bytes) -> None:
    assert _readable(data)


@given(st.dictionaries(MEMBERS, JSON))
def test_shapes_are_refused_or_read(members: Any) -> None:
    assert _readable(json.dumps({"format_version": "1.2", **members}).encode())
