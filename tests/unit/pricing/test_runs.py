"""Work that ends: what one run costs, and when it enters a month."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.config.settings import Settings, UnitSettings
from guardrail.model.resource import Disk
from guardrail.model.value import Reason, Unknown
from guardrail.pricing.cron import per_month

DAY = 24 * 3600
NO_CAP = "unknown: usage"
ZERO = ("0", "0", "0")

# ml.p5.48xlarge training in us-east-1 is 63.296 an hour; ml.c5.9xlarge has no training row there, hosting has 1.836.


def training(world: Any, **fields: Any) -> Any:
    machine = fields.pop("machine", "ml.p5.48xlarge")
    storage = fields.pop("storage", ())
    number = fields.pop("number", 1)
    return world.resource(
        "jobs/a.json//train", "training", groups=world.machines(machine, number, storage=storage), **fields
    )


def per_run(world: Any, bill: Any) -> Optional[tuple[str, ...]]:
    low, expected, high = bill.per_run
    found: tuple[str, ...] = world.bounds(replace(bill, min=low, expected=expected, max=high))
    return found


@pytest.mark.parametrize(
    ("fields", "once"),
    [
        pytest.param(
            {"lifetime": {"max_runtime_seconds": 5 * DAY}},
            ("7595.52", "7595.52", "7595.52"),  # 120 h × 63.296
            id="until the cap",
        ),
        pytest.param(
            {"lifetime": {"max_runtime_seconds": DAY}, "number": 2},
            ("3038.208", "3038.208", "3038.208"),  # 2 × 24 × 63.296
            id="by every machine",
        ),
        pytest.param(
            {
                "lifetime": {"max_runtime_seconds": DAY},
                "facts": {"sweep": {"max_parallel": 4, "max_trials": 100}},
                "number": 4,
            },
            ("6076.416", "6076.416", "6076.416"),  # 4 × 24 × 63.296
            id="trials in parallel are replicas, and count once",
        ),
        pytest.param(
            {"lifetime": {"max_runtime_seconds": Unknown(Reason.VARIABLE, one_of=(3600, 7200))}},
            ("63.296", "unknown: variable", "126.592"),
            id="one of two caps",
        ),
        pytest.param(
            {"lifetime": {"max_runtime_seconds": 3600, "idle_shutdown_seconds": 7200}},
            ("63.296", "189.888", "189.888"),  # 1 h, and 2 h more that its machines are kept
            id="with machines that are kept for the next run",
        ),
        pytest.param({}, (NO_CAP, NO_CAP, "unbounded"), id="without a cap nothing limits it"),
    ],
)
def test_one_run(world: Any, fields: Any, once: tuple[str, ...]) -> None:
    bill = world.bill(training(world, **fields))
    assert per_run(world, bill) == once
    assert world.bounds(bill) == ZERO, "the month is empty while nobody says how many runs there are"
    assert bill.complete


def test_disks_are_paid_for_as_long_as_it_runs(world: Any) -> None:
    storage = (Disk(kind="gp2", size_gib=730),)
    job = training(
        world, machine="ml.g5.xlarge", region="eu-west-1", storage=storage, lifetime={"max_runtime_seconds": 3600}
    )
    bill = world.bill(job)
    names = world.priced(bill)
    assert "root volume gp2" in names
    rate = names[next(iter(names))].price.usd
    # one hour of the machine, and 730 GB for a 730th of a month at 0.154
    low, _, _ = bill.per_run
    assert low - rate == pytest.approx(Decimal("0.154"), abs=Decimal("1e-7"))


@pytest.mark.parametrize(
    ("units", "month"),
    [
        pytest.param((), ZERO, id="nobody says how often"),
        pytest.param(
            (UnitSettings(path="jobs/*.json", runs_per_month=8),), ("506.368", "506.368", "506.368"), id="eight runs"
        ),
        pytest.param((UnitSettings(path="other/**", runs_per_month=8),), ZERO, id="said of another unit"),
        pytest.param(
            (UnitSettings(path="jobs/**", region="x"), UnitSettings(path="jobs/**", runs_per_month=1)),
            ("63.296", "63.296", "63.296"),
            id="said in a later entry",
        ),
    ],
)
def test_a_month_of_runs(world: Any, units: Any, month: tuple[str, ...]) -> None:
    job = training(world, lifetime={"max_runtime_seconds": 3600})
    assert world.bounds(world.bill(job, Settings(units=units))) == month


def test_a_schedule_says_how_often(world: Any) -> None:
    job = training(world, lifetime={"max_runtime_seconds": 3600, "schedule": ({"cron": "0 3 1 * *"},)})
    assert world.bounds(world.bill(job)) == ("63.296", "63.296", "63.296")


def test_the_rate_of_another_component_is_said(world: Any) -> None:
    bill = world.bill(training(world, machine="ml.c5.9xlarge", lifetime={"max_runtime_seconds": 36000}))
    assert list(world.priced(bill)) == ["machine ml.c5.9xlarge, on-demand (rate of sagemaker-hosting)"]
    assert per_run(world, bill) == ("18.36", "18.36", "18.36")  # 10 h × 1.836


def test_work_that_ends_gets_no_discount_for_whole_months(world: Any) -> None:
    groups = world.machines("n1-standard-4")
    stays = world.resource("u//p.a", "gcp_pool", groups=groups, provider="gcp", region="us-central1")
    ends = replace(stays, category="ml.training", lifetime={"max_runtime_seconds": 3600})
    assert per_run(world, world.bill(ends)) == ("0.189999", "0.189999", "0.189999")


@pytest.mark.parametrize(
    ("cron", "times"),
    [
        pytest.param("@hourly", "730.5", id="365.25 × 24 / 12"),
        pytest.param("0 * * * *", "730.5", id="every hour"),
        pytest.param("*/15 * * * *", "2922", id="every quarter of an hour"),
        pytest.param("0 3 * * *", "30.4375", id="every day"),
        pytest.param("0 3 1 * *", "1", id="the first of every month"),
        pytest.param("0 0 1 jan *", "0.0833333333", id="once a year"),
        pytest.param("0 9-17 * * mon-fri", "195.9375", id="nine times on 1,045 working days of four years, by 48"),
        pytest.param("0 0 * * 7", "4.3333333333", id="208 Sundays by 48, spelt 7"),
        pytest.param("0 0 * * 0", "4.3333333333", id="and spelt 0"),
        pytest.param("0 0 1 * 1", "5.1666666667", id="the first, or a Monday: 48 + 209 less 9 that are both"),
        pytest.param("0 0 31 2 *", "0", id="never"),
        pytest.param("61 * * * *", None, id="no such minute"),
        pytest.param("* * * *", None, id="four fields"),
        pytest.param("0 0 * * sunday", None, id="not a name"),
        pytest.param("*/0 * * * *", None, id="a step of nothing"),
        pytest.param("rate(5 minutes)", None, id="another language"),
    ],
)
def test_cron(cron: str, times: Optional[str]) -> None:
    found = per_month(cron)
    assert (None if found is None else f"{found.normalize():f}") == times


@given(st.text("*/,-0123456789 @adehilmnorsuwy", max_size=30))
def test_a_schedule_never_raises(text: str) -> None:
    found = per_month(text)
    assert found is None or found >= 0
