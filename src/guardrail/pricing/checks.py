"""
What is wrong with collected prices, as far as the prices themselves can tell.

Each check is named after the trap that it closes. A problem that `refuses` keeps the book from being written; the
others are for whoever collects prices to look at.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from guardrail.model.dataclass import dataclass
from guardrail.pricing.rows import Key, Row

Winners = Mapping[Key, Row]
"""The row of each key that counts."""

_WINDOWS: Final = (Decimal("0.0454"), Decimal("0.0466"))
"""What a Windows licence adds to the hour of a vCPU on Azure, as a range around 0.046."""

_WINDOWS_SERVICES: Final = ("azure-vm",)

_JUMP: Final = Decimal("1.1")
_SPOT_JUMP: Final = Decimal(2)
_OLD_SPOT: Final = Decimal("0.9")
_REGIONS_APART: Final = Decimal(3)

_VARIES_BY_REGION: Final = ("inter-region",)
"""Services whose published prices do differ by more than three times between regions."""

_MACHINE_SERVICES: Final = ("ec2", "gce-machine", "azure-vm")

_PER_ACCELERATOR: Final[Mapping[str, tuple[Decimal, Decimal]]] = {
    "h100-80gb": (Decimal("6.8"), Decimal(24)),
    "h100-94gb": (Decimal("6.8"), Decimal(24)),
    "h200-141gb": (Decimal("7.5"), Decimal(24)),
    "a100-80gb": (Decimal("3.4"), Decimal("8.3")),
    "a100-40gb": (Decimal("2.7"), Decimal("8.3")),
    "t4": (Decimal("0.35"), Decimal(10)),
    "tpu-v6e": (Decimal("2.7"), Decimal("3.3")),
}
_ANY_ACCELERATOR: Final = (Decimal("0.227"), Decimal("54.1"))
"""On-demand USD per hour of a machine and device that it has: below, the row is a share of a machine."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """`check` is the name of the trap."""

    check: str
    message: str
    refuses: bool = True


def newest(rows: Iterable[Row], reviewed: Collection[Key]) -> tuple[dict[Key, Row], list[Problem]]:
    """
    Choose the newest row of each key.

    What is not above 0 is no price. Two rows of one date clash. A row that differs much from the one that it replaces
    is a mistake of one of them as often as a change of price, so its key has to be on the `reviewed` list.
    """
    by_key: dict[Key, list[Row]] = defaultdict(list)
    problems: list[Problem] = []
    for row in rows:
        if row.usd.is_finite() and row.usd > 0:
            by_key[row.key].append(row)
        else:
            problems.append(Problem("not-a-price", str(row)))
    winners: dict[Key, Row] = {}
    for key in sorted(by_key):
        candidates = sorted(by_key[key], key=lambda row: (row.age, row.usd, row.source), reverse=True)
        winners[key] = candidates[0]
        problems += _against_runner_up(candidates, reviewed=key in reviewed)
    return winners, sorted(problems)


def _against_runner_up(candidates: Sequence[Row], *, reviewed: bool) -> Iterator[Problem]:
    dates = [row.age for row in candidates]
    for index in range(1, len(candidates)):
        if dates[index] == dates[index - 1]:
            yield Problem("equal-date", f"{candidates[index - 1]} and {candidates[index]} have one date")
    if len(candidates) < 2:  # noqa: PLR2004 - a winner and a runner-up
        return
    first, second = candidates[:2]
    if _is_licence(first, second):
        yield Problem("windows-meter", f"{first} is {second} plus 0.046 per vCPU: a licence, not a change of price")
    allowed = _SPOT_JUMP if first.key.option == "spot" else _JUMP
    if max(first.usd, second.usd) > allowed * min(first.usd, second.usd):
        yield Problem("jump", f"{first} replaces {second}", refuses=not reviewed)


def _is_licence(first: Row, second: Row) -> bool:
    if first.key.service not in _WINDOWS_SERVICES or not first.vcpu:
        return False
    return _WINDOWS[0] <= (first.usd - second.usd) / first.vcpu <= _WINDOWS[1]


def check(winners: Winners) -> list[Problem]:
    """Return everything that is wrong with the rows that would count, sorted."""
    rows = [winners[key] for key in sorted(winners)]
    latest = max((row.age for row in rows), default="")
    found: list[Problem] = []
    found += _misread(rows)
    found += _spot_above_on_demand(winners, rows, latest)
    found += _commitment_above_on_demand(winners, rows)
    found += _windows_meters(rows)
    found += _shares_of_machines(rows)
    found += _regions_far_apart(rows)
    found += _later_tiers(rows)
    return sorted(found)


def _misread(rows: Iterable[Row]) -> Iterator[Problem]:
    for row in rows:
        if row.key.unit == "month" and row.key.option != "on-demand":
            yield Problem("per-month", f"{row} is a commitment per month, not per hour")
        if not re.fullmatch(r"\d{4}(-\d\d-\d\d)?|undated", row.as_of):
            yield Problem("date", f"{row} has no date that can be compared")


def _on_demand(winners: Winners, row: Row) -> Decimal | None:
    listed = winners.get(row.key._replace(option="on-demand"))
    return listed.usd if listed else None


def _spot_above_on_demand(winners: Winners, rows: Iterable[Row], latest: str) -> Iterator[Problem]:
    for row in rows:
        if row.key.option != "spot":
            continue
        listed = _on_demand(winners, row)
        if listed is None:
            yield Problem("spot-alone", f"{row} has no price on demand beside it", refuses=False)
        elif row.usd > listed:
            yield Problem("spot", f"{row} is above the price on demand, {listed}")
        elif _more_than_a_year(row.age, latest) and row.usd > _OLD_SPOT * listed:
            yield Problem("spot", f"{row} is old and above 90 % of the price on demand, {listed}")


def _more_than_a_year(older: str, newer: str) -> bool:
    """Whether a year lies between two dates. Where only the year is known, the earliest day counts."""
    year, rest = older[:4] or "0", older[4:] or "-01-01"
    return f"{int(year) + 1:04}{rest}" < newer


def _commitment_above_on_demand(winners: Winners, rows: Iterable[Row]) -> Iterator[Problem]:
    for row in rows:
        if row.key.option in ("1yr", "3yr"):
            listed = _on_demand(winners, row)
            if listed is not None and row.usd > listed:
                yield Problem("commitment", f"{row} is above the price on demand, {listed}")


def _windows_meters(rows: Iterable[Row]) -> Iterator[Problem]:
    """Yield prices that exceed the lowest of their series and region by just a licence, per vCPU."""
    series: dict[tuple[str, ...], list[tuple[Decimal, Row]]] = defaultdict(list)
    for row in rows:
        key = row.key
        if key.service in _WINDOWS_SERVICES and key.option == "on-demand" and row.vcpu:
            name = re.sub(r"\d+", "#", key.sku, count=1)
            series[key.service, key.region, name].append((row.usd / row.vcpu, row))
    for members in series.values():
        lowest = min(rate for rate, _ in members)
        for rate, row in members:
            if _WINDOWS[0] <= rate - lowest <= _WINDOWS[1]:
                yield Problem("windows-meter", f"{row} exceeds its series by 0.046 per vCPU")


def _shares_of_machines(rows: Iterable[Row]) -> Iterator[Problem]:
    """Yield machines whose price is too low (or too high) for the accelerators in them."""
    for row in rows:
        if row.key.service not in _MACHINE_SERVICES or row.key.option != "on-demand" or not row.accelerator_count:
            continue
        low, high = _PER_ACCELERATOR.get(row.accelerator, _ANY_ACCELERATOR)
        each = row.usd / row.accelerator_count
        if not low <= each <= high:
            yield Problem("per-gpu", f"{row} is {each:.4f} per {row.accelerator}, which is outside {low} to {high}")


def _regions_far_apart(rows: Iterable[Row]) -> Iterator[Problem]:
    found: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        if row.key.option == "on-demand" and row.key.service not in _VARIES_BY_REGION:
            found[row.key.provider, row.key.service, row.key.sku, row.key.unit].append(row)
    for members in found.values():
        low, high = min(members, key=lambda row: row.usd), max(members, key=lambda row: row.usd)
        if high.usd > _REGIONS_APART * low.usd:
            yield Problem("regions", f"{high} is more than three times {low}")


def _later_tiers(rows: Sequence[Row]) -> Iterator[Problem]:
    """Yield the later tiers that stand alone: their rate would be taken for the first."""
    firsts = {(row.key.provider, row.key.service, _tier(row.key.sku)[0]) for row in rows if _is_first(row.key)}
    for row in rows:
        name, tier = _tier(row.key.sku)
        later = tier.startswith(("next-", "over-")) or row.key.unit == "rule-hour"
        if later and (row.key.provider, row.key.service, name) not in firsts:
            yield Problem("tier", f"{row} is the rate of a later tier, and there is none of the first")


def _is_first(key: Key) -> bool:
    return _tier(key.sku)[1].startswith("first-") or key.unit == "first-5-rules-hour"


def _tier(sku: str) -> tuple[str, str]:
    """Split the name of a tiered SKU: `standard-next-450tb` is `standard` and `next-450tb`; rules share one name."""
    if "rule" in sku:
        return "rules", ""
    found = re.fullmatch(r"(.+)-((?:first|next|over)-.+|\d+-\d+tb)", sku)
    if not found:
        return sku, ""
    tier = found[2]
    return found[1], f"next-{tier}" if tier[0].isdigit() else tier
