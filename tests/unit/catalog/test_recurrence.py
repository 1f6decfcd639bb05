"""Triggers of Azure ML as cron expressions, or why there is none."""

from __future__ import annotations

from typing import Any

import pytest

from guardrail.catalog.azure.recurrence import schedule
from guardrail.catalog.convert import ConversionError
from guardrail.model.value import OpenMap, Reason, Unknown


@pytest.mark.parametrize(
    ("trigger", "cron"),
    [
        pytest.param({"type": "cron", "expression": "0 * * * *"}, "0 * * * *", id="cron as it is"),
        pytest.param({"frequency": "minute", "interval": 15}, "*/15 * * * *", id="every quarter of an hour"),
        pytest.param({"frequency": "Hour", "interval": 1}, "0 * * * *", id="every hour, in capitals"),
        pytest.param({"frequency": "hour", "interval": 6}, "0 */6 * * *", id="every six hours"),
        pytest.param({"frequency": "day"}, "0 0 * * *", id="every day"),
        pytest.param(
            {"frequency": "day", "interval": 1, "schedule": {"hours": [4, 5], "minutes": 30}},
            "30 4,5 * * *",
            id="twice",
        ),
        pytest.param({"frequency": "day", "interval": 7}, "0 0 * * 0", id="every seven days is once a week"),
        pytest.param(
            {"frequency": "week", "interval": 1, "schedule": {"week_days": ["Monday", "friday"], "hours": 8}},
            "0 8 * * 1,5",
            id="on two days of the week",
        ),
        pytest.param(
            {"frequency": "month", "interval": 1, "schedule": {"month_days": [1, 15]}},
            "0 0 1,15 * *",
            id="of the month",
        ),
        pytest.param({"frequency": "month", "interval": 3}, "0 0 1 */3 *", id="every quarter"),
    ],
)
def test_cron(trigger: dict[str, Any], cron: str) -> None:
    assert schedule(trigger) == ({"cron": cron, "timezone": "UTC"},)


@pytest.mark.parametrize(
    ("trigger", "reason"),
    [
        pytest.param({"frequency": "day", "interval": 10}, Reason.REFUSED, id="every ten days"),
        pytest.param({"frequency": "week", "interval": 2}, Reason.REFUSED, id="every other week"),
        pytest.param({"frequency": "minute", "interval": 7}, Reason.REFUSED, id="every seven minutes"),
        pytest.param({"frequency": "month", "interval": 5}, Reason.REFUSED, id="every five months"),
        pytest.param({"frequency": Unknown(Reason.TEMPLATE), "interval": 1}, Reason.TEMPLATE, id="a placeholder"),
        pytest.param(OpenMap({}, Unknown(Reason.MODULE)), Reason.MODULE, id="one that is not at hand"),
    ],
)
def test_what_cron_cannot_say(trigger: dict[str, Any], reason: Reason) -> None:
    ((found),) = schedule(trigger)
    assert isinstance(found["cron"], Unknown)
    assert found["cron"].reason is reason


@pytest.mark.parametrize(
    "trigger", [None, "daily", {}, {"frequency": "day", "interval": 0}, {"frequency": "day", "interval": "often"}]
)
def test_what_is_no_trigger_is_refused(trigger: object) -> None:
    with pytest.raises(ConversionError):
        schedule(trigger)
