"""
Windows meters among those of Linux.

Lists that keep one meter per size keep a random one. A licence costs 0.046 an hour and vCPU whatever the machine is,
and this constant gives it away; the sizes of most series cost the same per vCPU, and whatever else is wrong with one
of them shows as well.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from statistics import median
from typing import Final, NamedTuple

from guardrail.pricing.checks.machines import vcpu
from guardrail.pricing.checks.problem import WINDOWS, Problem, against
from guardrail.pricing.rows import Row

_LEAST, _MOST = Decimal(WINDOWS[0]), Decimal(WINDOWS[1])
_TOLERANCE: Final = Decimal("0.01")
"""How far the sizes of a linear series are apart per vCPU: a list that rounds to tenths of a cent is not exact."""

_FEWEST_REGIONS: Final = 3
_MOST_REGIONS: Final = Decimal("0.66")
"""A series is linear where it is so in most regions, of which there have to be some."""

_SERVICES: Final = ("azure-vm", "ec2", "gce-machine")
_MIXED: Final = "azure-vm"
"""Where the meter of Windows has been taken for any size, those with accelerators included."""

_METAL: Final = re.compile(r"\.metal\b")
"""Whole machines of EC2, some of which cost a little more than their parts."""

_LICENCE: Final = "0.046 an hour and vCPU more than the lowest of its series: a Windows licence"


class _Member(NamedTuple):
    rate: Decimal  # USD per hour and vCPU
    row: Row


_Regions = Mapping[str, Sequence[_Member]]


def windows_meters(rows: Iterable[Row]) -> Iterator[Problem]:
    """Yield prices on demand that do not go with their series, region by region."""
    found: dict[tuple[str, str], dict[str, list[_Member]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        key, size = row.key, vcpu(row)
        hourly = key.option == "on-demand" and key.unit == "hour" and not _METAL.search(key.sku)
        if key.service in _SERVICES and hourly and size:
            found[key.service, _series(key.service, key.sku)][key.region].append(_Member(row.usd / size, row))
    for (service, _), regions in found.items():
        linear = _is_linear(regions)
        told: set[Row] = set()
        for members in regions.values():
            for problem in _within(members, regions, wide=service == _MIXED, linear=linear):
                if problem[0] not in told:
                    told.add(problem[0])
                    yield problem[1]


def _series(service: str, sku: str) -> str:
    if service == "azure-vm":
        return re.sub(r"\d+", "#", sku, count=1)
    return sku.rpartition(".")[0] if service == "ec2" else "-".join(sku.split("-")[:2])


def _within(
    members: Sequence[_Member], regions: _Regions, *, wide: bool, linear: bool
) -> Iterator[tuple[Row, Problem]]:
    lowest = min(members, key=lambda member: member.rate)
    for rate, row in members:
        if (wide or linear) and _LEAST <= rate - lowest.rate <= _MOST:
            yield row, against("windows-meter", row, lowest.row, _LICENCE)
    if linear and len(members) > 1:
        middle = median(member.rate for member in members)
        usual = min(members, key=lambda member: (abs(member.rate - middle), member.row.key))
        for rate, row in members:
            if abs(rate - middle) > _TOLERANCE * middle:
                why = f"{rate:.6f} per vCPU, where its series has {middle:.6f} for all sizes (within 1 %)"
                yield row, against("series", row, usual.row, why)
    if linear and len(members) > 1 and not any(member.row.accelerator for member in members):
        rates = [member.rate for others in regions.values() if others is not members for member in others]
        usual_rate = median(rates)
        if all(_LEAST <= member.rate - usual_rate <= _MOST for member in members):
            near = next(one.row for others in regions.values() for one in others if one.rate <= usual_rate)
            why = "every size of the series has 0.046 an hour and vCPU more here than elsewhere: Windows licences"
            for member in members:
                yield member.row, against("windows-meter", member.row, near, why)


def _is_linear(regions: _Regions) -> bool:
    several = [members for members in regions.values() if len(members) > 1]
    if len(several) < _FEWEST_REGIONS:
        return False
    constant = sum(
        max(member.rate for member in members) <= (1 + _TOLERANCE) * min(member.rate for member in members)
        for members in several
    )
    return constant >= _MOST_REGIONS * len(several)
