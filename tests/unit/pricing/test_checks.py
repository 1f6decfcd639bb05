"""Traps of collected prices: each was fallen into once, and is caught now."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Optional

import pytest

from guardrail.pricing.checks import Review, check, newest
from guardrail.pricing.rows import Key, Row, hourly


def row(usd: Any, sku: str = "m", as_of: str = "2026-01-01", **fields: Any) -> Row:
    """Return a row; what is not given is that of an EC2 machine on demand in one region."""
    key = Key(
        fields.pop("provider", "aws"),
        fields.pop("service", "ec2"),
        sku,
        fields.pop("region", "us-east-1"),
        fields.pop("unit", "hour"),
        fields.pop("option", "on-demand"),
    )
    for name in ("vcpu", "accelerator_count"):
        if name in fields:
            fields[name] = Decimal(fields[name])
    return Row(key=key, usd=Decimal(str(usd)), source=fields.pop("source", "somewhere"), as_of=as_of, **fields)


def refused(rows: Iterable[Row], reviewed: Iterable[Review] = ()) -> list[str]:
    winners, problems = newest(rows, list(reviewed))
    return sorted({problem.check for problem in [*problems, *check(winners)] if problem.refuses})


@pytest.mark.parametrize(
    ("rows", "traps"),
    [
        pytest.param([row(1), row("1.05", as_of="2026-02-01")], [], id="a small change of price"),
        pytest.param([row(1), row(1, source="elsewhere")], ["equal-date"], id="two sources of one date"),
        pytest.param([row(1), row(2, as_of="2026-02-01")], ["jump"], id="twice as dear as before"),
        pytest.param([row(2), row(1, as_of="2026-02-01")], ["jump"], id="half as dear as before"),
        pytest.param([row(1), row("1.11", as_of="2026-02-01")], ["jump"], id="more than a tenth dearer"),
        pytest.param(
            [row(9), row(1, option="spot"), row("1.9", option="spot", as_of="2026-02-01")], [], id="a market moves"
        ),
        pytest.param(
            [row(9), row(1, option="spot"), row("2.1", option="spot", as_of="2026-02-01")],
            ["jump"],
            id="a market does not move that far",
        ),
        pytest.param([row(1), row("1.1", option="spot")], ["spot"], id="spot above on demand"),
        pytest.param([row(1), row("0.95", option="spot")], [], id="new spot just below on demand"),
        pytest.param(
            [row(1), row("0.95", option="spot", as_of="2024-05-01")], ["spot"], id="old spot just below on demand"
        ),
        pytest.param([row(1), row("0.95", option="spot", as_of="2025")], [], id="a year counts from its first day"),
        pytest.param(
            [row(1), row("0.95", option="spot", as_of="undated")], ["spot"], id="what has no date is older than any"
        ),
        pytest.param([row(1), row("1.1", option="1yr")], ["commitment"], id="a commitment above on demand"),
        pytest.param([row(1), row(700, option="1yr", unit="month")], ["per-month"], id="a commitment left per month"),
        pytest.param([row(0)], ["not-a-price"], id="free"),
        pytest.param([row("NaN")], ["not-a-price"], id="no number"),
        pytest.param([row(1, as_of="last week")], ["date"], id="no date"),
        pytest.param([row(1), row(4, region="eu-west-1")], ["regions"], id="four times as dear elsewhere"),
        pytest.param(
            [row(1, service="inter-region"), row(4, service="inter-region", region="eu-west-1")],
            [],
            id="traffic does differ that much",
        ),
    ],
)
def test_prices_that_cannot_be(rows: list[Row], traps: list[str]) -> None:
    assert refused(rows) == traps


def azure(usd: Any, sku: str, vcpu: int, **fields: Any) -> Row:
    return row(usd, sku, provider="azure", service="azure-vm", region="eastus", vcpu=vcpu, **fields)


@pytest.mark.parametrize(
    ("rows", "traps"),
    [
        pytest.param(
            [azure("0.096", "Standard_D2as_v5", 2), azure("0.192", "Standard_D4as_v5", 4)], [], id="a linear series"
        ),
        pytest.param(
            # 4 × 0.046 above the series
            [azure("0.096", "Standard_D2as_v5", 2), azure("0.376", "Standard_D4as_v5", 4)],
            ["windows-meter"],
            id="one of a series with a licence",
        ),
        pytest.param(
            [azure("0.096", "Standard_D2as_v5", 2), azure("0.376", "Standard_E4as_v5", 4)], [], id="another series"
        ),
        pytest.param(
            # 40 × 0.046 = 1.84, a fifth of the price: a jump as well
            [azure("6.98", "Standard_NC40ads", 40), azure("8.82", "Standard_NC40ads", 40, as_of="2026-02-01")],
            ["jump", "windows-meter"],
            id="the newer row is the older with a licence",
        ),
    ],
)
def test_windows_meters(rows: list[Row], traps: list[str]) -> None:
    assert refused(rows) == traps


@pytest.mark.parametrize(
    ("usd", "model", "count", "service", "traps"),
    [
        pytest.param("55.04", "h100-80gb", "8", "ec2", [], id="eight H100"),
        pytest.param("6.88", "h100-80gb", "8", "ec2", ["per-gpu"], id="the price of one as that of eight"),
        pytest.param("0.526", "t4", "1", "ec2", [], id="one T4"),
        pytest.param("0.05", "l4", "1", "ec2", ["per-gpu"], id="cheaper than any accelerator"),
        pytest.param("0.35", "t4", "8", "gce-gpu", [], id="a service that lists single accelerators"),
    ],
)
def test_shares_of_machines(usd: str, model: str, count: str, service: str, traps: list[str]) -> None:
    assert refused([row(usd, service=service, accelerator=model, accelerator_count=count)]) == traps


def infra(sku: str, unit: str = "GB-month", usd: Any = "0.02", **fields: Any) -> Row:
    return row(usd, sku, service="s3", unit=unit, **fields)


@pytest.mark.parametrize(
    ("rows", "traps"),
    [
        pytest.param(
            [infra("standard-first-50tb", usd="0.03"), infra("standard-next-450tb")], [], id="a tier after the first"
        ),
        pytest.param(
            [infra("standard-first-50tb"), infra("standard-next-450tb")],
            ["tier"],
            id="a first tier as cheap as the next",
        ),
        pytest.param([infra("standard-next-450tb")], ["tier"], id="a later tier alone"),
        pytest.param([infra("archive-first-50tb"), infra("standard-over-500tb")], ["tier"], id="the first of another"),
        pytest.param([infra("internet-1-10tb", "GB")], ["tier"], id="a range alone"),
        pytest.param([infra("forwarding-rule-additional", "rule-hour")], ["tier"], id="the sixth rule alone"),
        pytest.param(
            [
                infra("forwarding-rule-additional", "rule-hour"),
                infra("forwarding-rules-first-5", "first-5-rules-hour", "0.03", region="unspecified"),
            ],
            [],
            id="the sixth rule with the first five",
        ),
    ],
)
def test_tiers(rows: list[Row], traps: list[str]) -> None:
    assert refused(rows) == traps


@pytest.mark.parametrize(
    ("dates", "wins"),
    [
        pytest.param(["2026-01-01", "2025-12-31"], "2026-01-01", id="the later day"),
        pytest.param(["2026", "2025-12-31"], "2026", id="a year is after the one before"),
        pytest.param(["2026", "2026-01-01"], "2026-01-01", id="and before its first day"),
        pytest.param(["undated", "1999-01-01"], "1999-01-01", id="no date is before all"),
    ],
)
def test_the_newest_wins(dates: list[str], wins: str) -> None:
    winners, problems = newest([row(1, as_of=date) for date in dates], ())
    assert ([one.as_of for one in winners.values()], problems) == ([wins], [])


def review(usd: Any, replaces: Any, second: str = "") -> Review:
    return Review(row(1).key, Decimal(str(usd)), Decimal(str(replaces)), second, "looked at")


@pytest.mark.parametrize(
    ("usd", "reviewed", "told"),
    [
        pytest.param("1.3", [review("1.3", 1)], [("jump", False)], id="looked at"),
        pytest.param("2", [review(2, 1, "somebody")], [("jump", False)], id="far, with a second source"),
        pytest.param("2", [review(2, 1)], [("jump", True)], id="far, and nobody else says so"),
        pytest.param("1.35", [review("1.3", 1)], [("jump", True), ("review", False)], id="to another figure"),
        pytest.param("1.3", [review("1.3", "0.9")], [("jump", True), ("review", False)], id="from another figure"),
        pytest.param("1.05", [review("1.05", 1)], [], id="of a change that nobody has to look at"),
    ],
)
def test_a_review_is_of_one_change(usd: str, reviewed: list[Review], told: list[tuple[str, bool]]) -> None:
    winners, problems = newest([row(1), row(usd, as_of="2026-02-01")], reviewed)
    assert [(problem.check, problem.refuses) for problem in problems] == told
    assert [str(one.usd) for one in winners.values()] == [usd]


def test_a_float_is_no_price() -> None:
    broken = row(1)
    floating = Row(key=broken.key, usd=0.1, source="a", as_of="2026")  # type: ignore[arg-type]
    winners, problems = newest([floating], ())
    assert (winners, [problem.check for problem in problems]) == ({}, ["not-a-price"])


@pytest.mark.parametrize(
    ("given", "unit", "usd"),
    [
        pytest.param(row(730, option="1yr", unit="month"), "hour", "1", id="per month"),
        pytest.param(row(100, option="3yr", unit="month"), "hour", "0.1369863014", id="rounded to ten digits"),
        pytest.param(row(5, unit="month"), "month", "5", id="what is no commitment stays per month"),
        pytest.param(row(5, option="1yr"), "hour", "5", id="per hour already"),
    ],
)
def test_commitments_are_hourly(given: Row, unit: str, usd: str) -> None:
    found = hourly(given)
    assert (found.key.unit, found.usd) == (unit, Decimal(usd))


def test_problems_do_not_depend_on_the_order_of_rows() -> None:
    rows = [row(1), row(2, as_of="2026-02-01"), row(0, "x"), row(1, "y"), row(4, "y", region="eu-west-1")]
    told: Optional[list[str]] = None
    for some in (rows, rows[::-1]):
        winners, problems = newest(some, ())
        said = [problem.message for problem in [*problems, *check(winners)]]
        assert told in (None, said)
        told = said


def test_every_row_of_the_shipped_book_passes(world: Any) -> None:
    from book.resolve import rows_of

    rows = rows_of(world.book)
    assert len(rows) > 18_000
    assert [problem.message for problem in check(rows) if problem.refuses] == []


@pytest.mark.parametrize(
    ("service", "usd", "as_of", "told"),
    [
        pytest.param("sagemaker-hosting", "1.25", "2026-01-01", [], id="a quarter dearer"),
        pytest.param("sagemaker-hosting", "1", "2026-01-01", [("managed", True)], id="the plain price"),
        pytest.param("sagemaker-training", "1.72", "2026-01-01", [("managed", True)], id="somebody's guess"),
        pytest.param(
            "sagemaker-hosting", "1.72", "2024-01-01", [("managed", False)], id="of before the machine was cut"
        ),
    ],
)
def test_managed_machines(service: str, usd: str, as_of: str, told: list[tuple[str, bool]]) -> None:
    rows = [row(1, "x9.large", as_of="2026-01-01"), row(usd, "ml.x9.large", service=service, as_of=as_of)]
    winners, _ = newest(rows)
    assert [(problem.check, problem.refuses) for problem in check(winners)] == told


def test_bounds_are_of_accelerators_that_there_are() -> None:
    from guardrail.catalog.accelerators import models
    from guardrail.pricing.checks.devices import rates

    assert set(rates()) <= {model.model for model in models()}
    assert all(0 < least < most for least, most in rates().values())
