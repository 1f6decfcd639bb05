"""Which resources a delta is made of."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from guardrail.model.cost import Amount, Bill, Compared, Costs, Sum
from guardrail.model.graph import Change
from guardrail.model.report import Report
from guardrail.model.value import UNBOUNDED, Reason, Unknown
from guardrail.report.moves import moves


def bill(address: str, expected: Amount, most: Amount, **fields: Any) -> Bill:
    given = {"role": "billed", "complete": True, "min": Decimal(0), **fields}
    return Bill(address=address, expected=expected, max=most, **given)


def told(head: list[Bill], base: list[Bill], change: Change) -> list[list[str]]:
    costs = Costs(
        bills={one.address: one for one in head},
        base_bills={one.address: one for one in base},
        total=Compared(Sum()),
        by={},
    )
    lines = ["".join(text for text, _ in line).split() for line in moves(costs, change, 100)]
    return lines[2:-1]


GONE: Any = None  # of what is gone only the address is looked at
ONE, TWO, TEN = Decimal(1), Decimal(2), Decimal(10)


@pytest.mark.parametrize(
    ("head", "base", "change", "rows"),
    [
        pytest.param(
            [bill("f//a", ONE, TWO)], [], Change(added=("f//a",)), [["f//a", "new", "+1.00", "+2.00"]], id="new"
        ),
        pytest.param(
            [],
            [bill("f//a", ONE, TWO)],
            Change(removed={"f//a": GONE}),
            [["f//a", "gone", "-1.00", "-2.00"]],
            id="gone",
        ),
        pytest.param(
            [bill("f//a", TEN, TEN)],
            [bill("f//b", TWO, TEN)],
            Change(changed={"f//a": ("/x",)}, renamed={"f//a": "f//b"}),
            [["f//a", "changed", "+8.00", "0.00"]],
            id="changed, under another name before",
        ),
        pytest.param(
            [bill("f//a", TEN, TEN)], [bill("f//a", ONE, ONE)], Change(), [], id="what is the same is nothing"
        ),
        pytest.param(
            [bill("f//a", TEN, TEN, role="allocated")],
            [],
            Change(added=("f//a",)),
            [],
            id="part of another bill is not counted twice",
        ),
        pytest.param(
            [bill("f//a", ONE, UNBOUNDED), bill("f//b", TEN, TEN)],
            [],
            Change(added=("f//a", "f//b")),
            [["f//a", "new", "+1.00", "no", "limit"], ["f//b", "new", "+10.00", "+10.00"]],
            id="no limit comes first",
        ),
        pytest.param(
            [bill("f//a", Unknown(Reason.DATA), TWO, complete=False)],
            [],
            Change(added=("f//a",)),
            [["f//a", "new", "at", "least", "0.00", "+2.00"]],
            id="of what is not known what is known",
        ),
    ],
)
def test_moves(head: list[Bill], base: list[Bill], change: Any, rows: list[list[str]]) -> None:
    assert told(head, base, change) == rows


def test_the_rest_is_summed() -> None:
    many = [bill(f"f//{number}", Decimal(number), TEN) for number in range(1, 10)]
    rows = told(many, [], Change(added=tuple(one.address for one in many)))
    assert [row[0] for row in rows[:2]] == ["f//9", "f//8"]
    assert " ".join(rows[-1]) == "and 3 more, together +6.00; --format json lists them all"


def test_without_a_base_nothing_moves(stories: Mapping[str, Report]) -> None:
    assert list(moves(stories["passed"].costs, None, 100)) == []
