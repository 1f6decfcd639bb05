"""Plain scalars as the YAML reader of Kubernetes' tools resolves them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.frontends.documents.scalars import resolve
from guardrail.model.value import Unknown


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(pytest.param(word, True, id=f"{word} is true") for word in ("y", "Yes", "TRUE", "on")),
        *(pytest.param(word, False, id=f"{word} is false") for word in ("n", "No", "FALSE", "off")),
        *(pytest.param(word, None, id=f"{word!r} is null") for word in ("", "~", "Null")),
        pytest.param("yEs", "yEs", id="other cases are strings"),
        pytest.param("010", 8, id="a leading zero is octal"),
        pytest.param("-010", -8, id="also below zero"),
        pytest.param("0o17", 15, id="the octal of Go"),
        pytest.param("08", Decimal(8), id="no octal digit: a float"),
        pytest.param("0x1F", 31, id="hexadecimal"),
        pytest.param("0b101", 5, id="binary"),
        pytest.param("1_000", 1000, id="underscores are taken out"),
        pytest.param("+5", 5, id="a plus sign"),
        pytest.param("1e3", Decimal(1000), id="an exponent"),
        pytest.param(".5", Decimal("0.5"), id="a bare fraction"),
        pytest.param("1:30", "1:30", id="no base 60"),
        pytest.param("2001-01-01", "2001-01-01", id="no dates"),
        pytest.param("1e999", "1e999", id="what overflows a float stays text"),
        pytest.param("9" * 500, "9" * 500, id="so does a number of 500 digits"),
        pytest.param("1Gi", "1Gi", id="a quantity is text"),
        pytest.param("-", "-", id="a dash is text"),
    ],
)
def test_resolve(text: str, value: Any) -> None:
    found = resolve(text)
    assert found == value
    assert isinstance(found, type(value))


def test_infinity_is_unknown() -> None:
    assert isinstance(resolve("-.Inf"), Unknown)
    assert isinstance(resolve(".nan"), Unknown)


@given(st.text("0123456789abcdefxXoObB+-_.eE~ynYN", max_size=12))
def test_anything_resolves(text: str) -> None:
    assert not isinstance(resolve(text), float)
