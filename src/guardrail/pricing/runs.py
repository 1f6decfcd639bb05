"""How long work that ends runs, and how often: what one run costs enters a month only where both are known."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, NamedTuple, Optional

from guardrail.config.globs import glob
from guardrail.config.settings import Settings
from guardrail.model.cost import MONTH_HOURS, Amount
from guardrail.model.resource import Resource
from guardrail.model.value import UNBOUNDED, NoBound, Reason, Unknown
from guardrail.pricing.amounts import ZERO, asked, divided, least, most, times, total
from guardrail.pricing.spread import Counts

ENDS: Final = frozenset({"workload.batch", "ml.training", "ml.tuning", "ml.processing", "ml.pipeline"})
"""Categories of work that ends by itself; everything else runs until somebody stops it."""

WARM: Final = frozenset({"ml.training", "ml.tuning"})
"""Those whose machines may be kept for the next run: they idle, and are paid for, until that begins."""

_SECONDS: Final = Decimal(3600)


class Span(NamedTuple):
    """How long something is paid for, by bound: in hours, and as a part of a month for what is paid by the month."""

    hours: Counts
    months: Counts


WHOLE_MONTH: Final = Span(Counts(MONTH_HOURS, MONTH_HOURS, MONTH_HOURS), Counts(Decimal(1), Decimal(1), Decimal(1)))
NO_TIME: Final = Span(Counts(ZERO, ZERO, ZERO), Counts(ZERO, ZERO, ZERO))


def of_one_run(resource: Resource) -> Span:
    """
    Return how long one run is paid for: until its cap, and for as long as its machines are kept for the next one.

    Without a cap nobody knows how long, and nothing limits it. The next run may take the machines over at once. Trials
    that go on in parallel are replicas already.
    """
    lifetime = resource.lifetime
    cap = lifetime if isinstance(lifetime, Unknown) else lifetime.get("max_runtime_seconds")
    if cap is None or isinstance(cap, NoBound):
        open_ended = Unknown(Reason.USAGE, note="nothing says how long it runs")
        hours = Counts(open_ended, open_ended, UNBOUNDED)
    else:
        warm = None
        if not isinstance(lifetime, Unknown) and resource.category in WARM:
            warm = lifetime.get("idle_shutdown_seconds")
        kept = Counts(ZERO, asked(warm), most(warm)) if warm is not None else Counts(ZERO, ZERO, ZERO)
        seconds = (total(pair) for pair in zip((least(cap), asked(cap), most(cap)), kept, strict=True))
        hours = Counts(*map(_hours, seconds))
    return Span(hours, Counts(*map(_months, hours)))


def in_a_month(span: Span, runs: Optional[Decimal]) -> Span:
    """Return how long so many runs are paid for; no time at all where nobody says how many."""
    if runs is None:
        return NO_TIME
    return Span(Counts(*(times(one, runs) for one in span.hours)), Counts(*(times(one, runs) for one in span.months)))


def a_month(resource: Resource, settings: Settings) -> Optional[Decimal]:
    """
    Return how many runs there are in a month: what the configuration says of the unit, else the resource's schedule.

    None where nobody says.
    """
    unit = resource.unit.partition("@")[0]
    for said in settings.units:
        if said.runs_per_month is not None:
            meant = glob(said.path)
            if meant.matches(unit, folder=True) or meant.matches(unit) or meant.matches(resource.native.place("").file):
                return Decimal(said.runs_per_month)
    return scheduled(resource)


def scheduled(resource: Resource) -> Optional[Decimal]:
    """Return how many times a month the resource's own schedule starts it, None where it has none that is known."""
    lifetime = resource.lifetime
    schedule = None if isinstance(lifetime, Unknown) else lifetime.get("schedule")
    if not isinstance(schedule, (list, tuple)) or not schedule:
        return None
    from guardrail.pricing.cron import per_month

    found = ZERO
    for entry in schedule:
        cron = entry.get("cron") if isinstance(entry, Mapping) else None
        often = per_month(cron) if isinstance(cron, str) else None
        if often is None:
            return None
        found += often
    return found


def _hours(seconds: Amount) -> Amount:
    return divided(seconds, _SECONDS) if isinstance(seconds, Decimal) else seconds


def _months(hours: Amount) -> Amount:
    return divided(hours, MONTH_HOURS) if isinstance(hours, Decimal) else hours
