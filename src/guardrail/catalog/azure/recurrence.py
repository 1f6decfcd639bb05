"""When Azure ML starts something: triggers of schedules, as cron expressions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Optional

from guardrail.catalog.convert import ConversionError, text, whole
from guardrail.model.value import OpenMap, Reason, Unknown, Value

_DAYS: Final = {
    name: str(number)
    for number, name in enumerate(("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"))
}
_NOT_CRON: Final = Unknown(Reason.REFUSED, note="how often it comes due is not what a cron expression can say")
_WITHIN: Final = {"minute": 60, "hour": 24}
_WEEK: Final = 7
_YEAR: Final = 12

UTC: Final = "UTC"
"""What holds where a trigger states no time zone."""


def schedule(trigger: Any) -> Value:
    """Return the schedule that a trigger makes: one entry. `ConversionError` for what is no trigger."""
    return (entry(trigger),)


def entry(trigger: Any, action: Value = None) -> Mapping[str, Value]:
    """Return a trigger as `{cron, timezone, action}`."""
    if not isinstance(trigger, Mapping):
        raise ConversionError("not a trigger")
    found: dict[str, Value] = {"cron": _cron(trigger), "timezone": _member(trigger, "time_zone") or UTC}
    return found if action is None else {**found, "action": action}


def _member(value: Mapping[str, Value], key: str) -> Value:
    return value.get(key, value.rest if isinstance(value, OpenMap) else None)


def _cron(trigger: Mapping[str, Value]) -> Value:
    expression = _member(trigger, "expression")
    if expression is not None:
        return expression if isinstance(expression, Unknown) else text(expression)
    frequency, interval = _member(trigger, "frequency"), _member(trigger, "interval")
    pattern = _member(trigger, "schedule")
    told = (frequency, interval, pattern, *(pattern.values() if isinstance(pattern, Mapping) else ()))
    hidden = next((one for one in told if isinstance(one, Unknown)), None)
    if hidden is not None:
        return hidden
    if frequency is None:
        raise ConversionError("neither a cron expression nor a frequency")
    every = 1 if interval is None else whole(interval)
    return _recurring(text(frequency).lower(), every, pattern if isinstance(pattern, Mapping) else {})


def _recurring(frequency: str, every: int, pattern: Mapping[str, Value]) -> Value:
    """Return the cron expression of a recurrence, an `Unknown` where there is none that comes due as often."""
    if not every:
        raise ConversionError("an interval of nothing")
    if frequency in _WITHIN:
        if _WITHIN[frequency] % every:
            return _NOT_CRON
        step = "*" if every == 1 else f"*/{every}"
        return f"{step} * * * *" if frequency == "minute" else f"0 {step} * * *"
    minutes, hours = _listed(pattern.get("minutes")) or "0", _listed(pattern.get("hours")) or "0"
    weekdays = _listed(pattern.get("week_days"), _DAYS)
    days = _listed(pattern.get("month_days"))
    if frequency == "day" and every in (1, _WEEK):
        return f"{minutes} {hours} * * {'*' if every == 1 else '0'}"
    if frequency == "week" and every == 1:
        return f"{minutes} {hours} * * {weekdays or '0'}"
    if frequency == "month" and _YEAR % every == 0:
        months = "*" if every == 1 else f"*/{every}"
        return f"{minutes} {hours} * {months} {weekdays}" if weekdays else f"{minutes} {hours} {days or '1'} {months} *"
    return _NOT_CRON


def _listed(value: Optional[Any], names: Optional[Mapping[str, str]] = None) -> str:
    """Return a field of cron: numbers, or names of days, of a list or a single one."""
    several = value if isinstance(value, (list, tuple)) else () if value is None else (value,)
    found = [names[text(one).lower()] if names else str(whole(one)) for one in several]
    return ",".join(found)
