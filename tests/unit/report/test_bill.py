"""What a price is made of, as `explain` tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Optional

import pytest

from guardrail.model.cost import Bill, Priced
from guardrail.model.report import Report
from guardrail.pricing.allocate import SHARE
from guardrail.report.bill import price

GPU = "infra/serving//aws_eks_node_group.gpu"


@pytest.fixture
def bill(stories: Mapping[str, Report]) -> Bill:
    return stories["blocked"].costs.bills[GPU]


def told(bill: Bill, base: Optional[Bill] = None, **fields: Any) -> list[str]:
    return ["".join(text for text, _ in line) for line in price(bill, base, 100, **fields)][1:]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        pytest.param({"role": "template"}, "  never runs by itself: it costs where it is used", id="a template"),
        pytest.param(
            {"role": "allocated", "allocated_to": ("f//pool",)}, "  part of the bill of f//pool", id="pods on a pool"
        ),
        pytest.param({"lines": ()}, "  known to be free", id="what is known to be free"),
        pytest.param(
            {"per_run": (Decimal(1), Decimal(2), Decimal(3))},
            "  one run costs 2.00, at least 1.00, at worst 3.00",
            id="work that ends",
        ),
        pytest.param(
            {"complete": False},
            "  floor at least 4,156.56, expected at least 12,469.68, worst case at least 33,252.48",
            id="a bill that leaves something out",
        ),
    ],
)
def test_what_is_said_of_a_bill(fields: dict[str, Any], said: str, bill: Bill) -> None:
    assert said in told(replace(bill, **fields))


def test_what_nobody_describes_is_not_called_free(bill: Bill) -> None:
    assert "  known to be free" not in told(replace(bill, lines=()), understood=False)


def test_base_is_told_where_it_cost_something_else(bill: Bill) -> None:
    assert not any("at base" in line for line in told(bill, bill))
    assert (
        told(bill, replace(bill, max=Decimal(5)))[-1] == "  at base floor 4,156.56, expected 12,469.68, worst case 5.00"
    )


def test_a_line_of_which_nobody_knows_how_many(bill: Bill) -> None:
    first = next(line for line in bill.lines if isinstance(line, Priced))
    unknown = replace(first, quantity=None, monthly=None)
    assert told(replace(bill, lines=(unknown,)))[1] == "    5.672 per hour, and it is not known how many"


def test_a_share_of_a_pool_has_no_row_in_the_book(bill: Bill) -> None:
    first = next(line for line in bill.lines if isinstance(line, Priced))
    share = replace(first, price=replace(first.price, service=SHARE))
    assert not any("listed:" in line for line in told(replace(bill, lines=(share,))))
