from __future__ import annotations

from decimal import Decimal
from typing import Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.model.cost import Amount
from guardrail.model.value import UNBOUNDED, Reason, Unknown
from guardrail.report.money import exact, percent, plain, rounded

AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12)


@pytest.mark.parametrize(
    ("amount", "machines", "people", "difference"),
    [
        pytest.param(Decimal("742.38"), "742.38", "742.38", "+742.38", id="dollars and cents"),
        pytest.param(Decimal("185.595"), "185.595", "185.60", "+185.60", id="half a cent"),
        pytest.param(Decimal("1E+3"), "1000.00", "1,000.00", "+1,000.00", id="no exponent"),
        pytest.param(Decimal("1.10000"), "1.10", "1.10", "+1.10", id="no zeros that say nothing"),
        pytest.param(Decimal("-0.00"), "0.00", "0.00", "0.00", id="zero has no sign"),
        pytest.param(Decimal(-4), "-4.00", "-4.00", "-4.00", id="less"),
        pytest.param(Decimal("0.0000001"), "0.0000001", "<0.01", "+<0.01", id="something is not nothing"),
        pytest.param(Decimal("-0.001"), "-0.001", "-<0.01", "-<0.01", id="nor is a little less"),
        pytest.param(UNBOUNDED, "unbounded", "no limit", "no limit", id="no bound"),
        pytest.param(Unknown(Reason.USAGE), "unknown", "not known", "not known", id="not known"),
    ],
)
def test_amounts(amount: Amount, machines: str, people: str, difference: str) -> None:
    assert (exact(amount), rounded(amount), rounded(amount, signed=True)) == (machines, people, difference)


@given(AMOUNTS)
def test_machines_read_the_very_amount(amount: Decimal) -> None:
    text = exact(amount)
    assert Decimal(text) == amount
    assert "E" not in text
    assert not text.startswith("-0.00") or amount
    assert len(text.partition(".")[2]) >= 2


@given(AMOUNTS)
def test_people_read_it_to_the_cent(amount: Decimal) -> None:
    text = rounded(amount).replace(",", "")
    if "<" not in text:
        assert abs(Decimal(text) - amount) <= Decimal("0.005")


@pytest.mark.parametrize(
    ("growth", "shown"), [(None, ""), (Decimal("678.4"), "+678 %"), (Decimal(-25), "-25 %"), (Decimal("0.1"), "±0 %")]
)
def test_percent(growth: Optional[Decimal], shown: str) -> None:
    assert percent(growth) == shown


def test_plain_numbers() -> None:
    assert [plain(Decimal(text)) for text in ("2190", "2.250", "1E+2", "-0")] == ["2190", "2.25", "100", "0"]
