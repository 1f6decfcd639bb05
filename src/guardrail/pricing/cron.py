"""How often a cron expression comes due, without a clock: firings of four years, per month of them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Final, Optional

from guardrail.pricing.amounts import divided

_MACROS: Final = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIRST: Final = date(2024, 1, 1)
_FOUR_YEARS: Final = 4 * 365 + 1
_LONGEST: Final = 200


@cache
def per_month(cron: str) -> Optional[Decimal]:
    """Return how many times a month an expression of five fields (or a macro) comes due, None if it is not one."""
    fields = _MACROS.get(cron.strip().lower(), cron).lower().split()
    if len(fields) != 5 or len(cron) > _LONGEST:  # noqa: PLR2004 - minute, hour, day, month, weekday
        return None
    minutes, hours = _field(fields[0], 0, 59), _field(fields[1], 0, 23)
    days, months = _field(fields[2], 1, 31), _field(fields[3], 1, 12, _MONTHS, 1)
    weekdays = _field(fields[4], 0, 7, _DAYS, 0)
    if not (minutes and hours and days and months and weekdays):
        return None
    either = not fields[2].startswith("*") and not fields[4].startswith("*")
    due = 0
    for offset in range(_FOUR_YEARS):
        day = _FIRST + timedelta(offset)
        if day.month in months:
            by_day, weekday = day.day in days, day.isoweekday()
            by_week = weekday in weekdays or (weekday == 7 and 0 in weekdays)  # noqa: PLR2004 - Sunday is 0 and 7
            due += (by_day or by_week) if either else (by_day and by_week)
    return divided(Decimal(due * len(minutes) * len(hours)), Decimal(48))


def _field(text: str, low: int, high: int, names: tuple[str, ...] = (), first: int = 0) -> frozenset[int]:
    """Return the values of one field, none where it cannot be read."""
    found: set[int] = set()
    for part in text.replace("?", "*").split(","):
        span, slash, step = part.partition("/")
        start, dash, end = span.partition("-")
        begin = low if span == "*" else _value(start, names, first)
        last = high if span == "*" or (slash and not dash) else _value(end, names, first) if dash else begin
        width = int(step) if step.isdecimal() and len(step) < 5 else 1  # noqa: PLR2004 - longer than any field
        bad = (slash and not step.isdecimal()) or width == 0 or begin is None or last is None
        if bad or begin is None or last is None or not low <= begin <= last <= high:
            return frozenset()
        found.update(range(begin, last + 1, width))
    return frozenset(found)


def _value(text: str, names: tuple[str, ...], first: int) -> Optional[int]:
    if text in names:
        return names.index(text) + first
    return int(text) if text.isdecimal() and len(text) < 4 else None  # noqa: PLR2004 - longer than any field
