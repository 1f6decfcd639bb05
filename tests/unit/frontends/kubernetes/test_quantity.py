"""Quantities are exact, and what is none says so."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.frontends.kubernetes.quantity import QuantityError, gibibytes, named, units


@pytest.mark.parametrize(
    ("value", "per", "expected"),
    [
        pytest.param("2", 1, 2, id="a plain number"),
        pytest.param(4, 1, 4, id="an integer"),
        pytest.param("500m", 1000, 500, id="thousandths in millis"),
        pytest.param("1500m", 1, 2, id="a part is rounded up"),
        pytest.param("0.5", 1000, 500, id="a fraction"),
        pytest.param(Decimal("0.25"), 1000, 250, id="a fraction that YAML read"),
        pytest.param("1Gi", 1, 2**30, id="binary"),
        pytest.param("1.5Gi", 1, 3 * 2**29, id="a fraction of a binary unit"),
        pytest.param("1G", 1, 10**9, id="decimal"),
        pytest.param("2e3", 1, 2000, id="an exponent"),
        pytest.param("100u", 1000, 1, id="rounded up to one thousandth"),
        pytest.param("1E", 1, 10**18, id="exa, not an exponent"),
        pytest.param("+3", 1, 3, id="a plus sign"),
        pytest.param(".5k", 1, 500, id="a bare fraction"),
        pytest.param("0", 1, 0, id="nothing"),
        pytest.param("0e9", 1, 0, id="zero with an exponent"),
    ],
)
def test_units(value: Any, per: int, expected: int) -> None:
    assert units(value, per) == expected


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("", id="no text"),
        pytest.param("1gb", id="another unit"),
        pytest.param("1 Gi", id="a space"),
        pytest.param("-1", id="negative"),
        pytest.param("9" * 30, id="larger than 64 bits"),
        pytest.param("1e9999", id="an exponent that explodes"),
        pytest.param("1" * 100, id="too long"),
        pytest.param(True, id="a boolean"),
        pytest.param(None, id="null"),
        pytest.param({}, id="a mapping"),
        pytest.param("\u0661", id="digits of another script"),
    ],
)
def test_no_quantity(value: Any) -> None:
    with pytest.raises(QuantityError):
        units(value)


@given(st.integers(0, 2**40), st.sampled_from(["", "k", "M", "Ki", "Mi"]))
def test_whole_quantities_are_exact(number: int, suffix: str) -> None:
    factor = {"": 1, "k": 1000, "M": 10**6, "Ki": 1024, "Mi": 2**20}[suffix]
    assert units(f"{number}{suffix}") == number * factor


@given(st.text("0123456789.eE+-nmkMGKiu ", max_size=12))
def test_anything_is_a_number_or_an_error(text: str) -> None:
    with suppress(QuantityError):
        assert units(text) >= 0


def test_names_and_sizes() -> None:
    assert named("cpu") == ("cpu_millis", 1000)
    assert named("nvidia.com/gpu") == ("nvidia.com/gpu", 1)
    assert gibibytes("1.1Gi") == 2
