"""Figures that cannot be prices, dates that cannot be dates, and units that nothing is paid by."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, Optional

from guardrail.pricing.checks.machines import BY_MACHINE, devices, vcpu
from guardrail.pricing.checks.problem import Problem, against
from guardrail.pricing.rows import OPTIONS, Row

_Bounds = tuple[Decimal, Decimal]


def _between(least: str, most: str) -> _Bounds:
    return Decimal(least), Decimal(most)


_BY_UNIT: Final[Mapping[str, _Bounds]] = {
    "10k-operations": _between("0.00005", "1"),
    "1M-requests": _between("0.005", "10"),
    "1k-requests": _between("0.00004", "0.1"),
    "GB": _between("0.0005", "20"),
    "GB-hour": _between("0.00003", "0.1"),
    "GB-month": _between("0.0001", "20"),
    "GiB": _between("0.01", "20"),
    "GiB-hour": _between("0.00002", "0.1"),
    "GiB-month": _between("0.001", "5"),
    "IOPS-month": _between("0.0005", "1"),
    "LCU-month": _between("0.5", "50"),
    "MBps-month": _between("0.004", "50"),
    "VM-hour": _between("0.0001", "0.1"),
    "day": _between("0.01", "10"),
    "disk-month": _between("0.1", "2000"),
    "first-5-rules-hour": _between("0.005", "0.2"),
    "gpu-hour": _between("0.02", "100"),
    "hour": _between("0.0005", "30000"),
    "metric-month": _between("0.01", "3"),
    "month": _between("0.1", "1000000"),
    "node-hour": _between("0.01", "200"),
    "rule-hour": _between("0.001", "0.1"),
    "run": _between("0.001", "1"),
    "second": _between("0.000001", "0.01"),
    "vCPU-hour": _between("0.0005", "0.5"),
    "vCPU-month": _between("1", "200"),
}
"""
What things are paid by, and between which USD: ten times beyond what has been seen, since a slip is of the span
(a month for an hour) or of the currency (cents), and makes more than that.
"""

_PER_VCPU: Final[Mapping[bool, _Bounds]] = {False: _between("0.001", "1"), True: _between("0.02", "5")}
"""USD an hour and vCPU of a machine on demand, by whether it has accelerators."""

_DATE: Final = re.compile(r"\d{4}(-\d\d-\d\d)?|undated")


_CENT: Final = Decimal("0.01")
_ROUNDED: Final = "disk-month"
"""What is calculated one by one: the cost of one of it is its price, rounded to cents."""


def figures(rows: Sequence[Row], today: Optional[str]) -> Iterator[Problem]:
    """Yield rows with a unit, an option, a date or a figure that cannot be."""
    for row in rows:
        yield from _words(row, today)
        yield from _absurd(row)
    yield from _rounded(rows)


def _words(row: Row, today: Optional[str]) -> Iterator[Problem]:
    key = row.key
    if key.option not in OPTIONS:
        yield against("option", row, ", ".join(OPTIONS), "nothing is paid that way")
    if key.unit == "month" and key.option != "on-demand":
        yield against("per-month", row, "hour", "a commitment per month, where all others are per hour")
    if key.unit not in _BY_UNIT:
        yield against("unit", row, ", ".join(_BY_UNIT), "nothing is paid by this unit")
    if not _DATE.fullmatch(row.as_of) or not _is_day(row.as_of):
        yield against("date", row, "2026-07-30, 2026 or undated", "no date that can be compared")
    elif today is not None and row.as_of != "undated" and row.as_of > today:
        yield against("date", row, today, "a date to come, which would win over every figure until then")


def _is_day(text: str) -> bool:
    if "-" not in text:
        return True
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _absurd(row: Row) -> Iterator[Problem]:
    least, most = _BY_UNIT.get(row.key.unit, (row.usd, row.usd))
    if not least <= row.usd <= most:
        yield against("absurd", row, f"{least} to {most}", f"no {row.key.unit} of anything costs that")
        return
    size = vcpu(row) if row.key.service in BY_MACHINE else None
    if row.key.unit != "hour" or row.key.option != "on-demand" or not size:
        return
    equipped = bool(row.accelerator) or devices(row.key.provider, row.key.sku) is not None
    least, most = _PER_VCPU[equipped]
    if not least <= row.usd / size <= most:
        yield against("absurd", row, f"{least} to {most}", f"{row.usd / size:.6f} an hour and vCPU: of no machine")


def _rounded(rows: Sequence[Row]) -> Iterator[Problem]:
    """Yield figures that another region has more exactly: the unit price is that of the largest recorded quantity."""
    finer: dict[tuple[str, ...], Row] = {}
    same: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        if row.key.unit == _ROUNDED:
            name: tuple[str, ...] = (*row.key[:3], row.key.option, f"{row.usd.quantize(_CENT)}")
            same[name].append(row)
            if row.usd != row.usd.quantize(_CENT):
                finer[name] = row
    for group, exact in finer.items():
        for row in same[group]:
            if row.usd == row.usd.quantize(_CENT):
                yield against("rounded", row, exact, "seems to be the same, rounded to cents", refuses=False)
