"""Values as JSON can say them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from guardrail.model.value import UNBOUNDED, Reason, Unknown
from guardrail.report.writing import plain


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        pytest.param(Unknown(Reason.DATA), None, id="what is not known is null"),
        pytest.param({"a": (1, Unknown(Reason.DATA))}, {"a": [1, None]}, id="also inside"),
        pytest.param({2: True}, {"2": True}, id="keys are texts"),
        pytest.param(UNBOUNDED, "unbounded", id="no bound is a word"),
        pytest.param(Decimal("3.00"), 3, id="a whole number is an integer"),
        pytest.param(Decimal("1e30"), 10**30, id="however large"),
        pytest.param(Decimal("0.5"), 0.5, id="a half is exact in binary"),
        pytest.param(Decimal("0.1"), 0.1, id="what reads back the same"),
        pytest.param(Decimal("0.1234567890123456789"), "0.1234567890123456789", id="what would lose digits is a text"),
        pytest.param(Decimal("NaN"), "NaN", id="what is no number is a text"),
        pytest.param(float("inf"), "inf", id="so is infinity"),
        pytest.param(frozenset("hgfedcba"), list("abcdefgh"), id="a set is a list in order"),
        pytest.param(b"x", "b'x'", id="anything else as Python tells it"),
    ],
)
def test_plain(value: Any, wanted: Any) -> None:
    made = plain(value)
    assert made == wanted
    assert type(made) is type(wanted)
