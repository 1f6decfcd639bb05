"""
Prices of one accelerator among those of machines.

Lists have both, under one name: `a3-ultragpu-8g` is the share of one H200 in one list and eight of them in another.
The table of machines says how many there are, `data/rates.csv` what an hour of each costs between the cheapest and
the dearest machine that has it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Final

from guardrail.data import DIRECTORY
from guardrail.pricing.checks.machines import BY_MACHINE, Devices, devices, table_vcpu, vcpu
from guardrail.pricing.checks.problem import Problem, against
from guardrail.pricing.rows import Row

_REGIONS_APART: Final = Decimal(3)
"""How far one thing's prices are apart between regions at the most."""

_VARIES_BY_REGION: Final = ("inter-region",)
"""Services whose published prices do differ by more than that."""

_ADDED_ON: Final = ("k80", "p100-16gb", "p4", "t4", "v100-16gb")
"""What Google adds to N1 machines; every other accelerator is inside its machine's price."""


def per_accelerator(rows: Sequence[Row]) -> Iterator[Problem]:
    """Yield machines whose price is not one of that many accelerators."""
    yield from _contradicted(rows)
    yield from _out_of_bounds(rows)
    yield from _smaller_but_dearer(rows)
    yield from _regions_far_apart(rows)
    yield from _added_though_inside(rows)


@cache
def rates() -> Mapping[str, tuple[Decimal, Decimal]]:
    """Return the least and the most that an hour of a machine costs on demand, per accelerator in it, by model."""
    lines = (DIRECTORY / "rates.csv").read_text(encoding="utf-8").splitlines()[1:]
    rows = (line.split(",") for line in lines)
    return {model: (Decimal(least), Decimal(most)) for model, least, most in rows}


def _inside(row: Row) -> Devices | None:
    """Return the accelerators of the machine that a row is the price of."""
    if row.key.service not in BY_MACHINE:
        return None
    known = devices(row.key.provider, row.key.sku)
    if known is None and row.accelerator and row.accelerator_count:
        return Devices(row.accelerator, row.accelerator_count)
    return known


def _contradicted(rows: Iterable[Row]) -> Iterator[Problem]:
    """Yield rows that say something else of their machine than the table does."""
    for row in rows:
        size = table_vcpu(row.key.provider, row.key.sku) if row.key.service in BY_MACHINE else None
        if size and row.vcpu and row.vcpu != size:
            yield against("facts", row, f"{size} vCPU", f"the row says that it has {row.vcpu:f}")
        known = devices(row.key.provider, row.key.sku) if row.key.service in BY_MACHINE else None
        if known and row.accelerator and row.accelerator_count and (row.accelerator, row.accelerator_count) != known:
            said = f"{row.accelerator_count:f} × {row.accelerator}"
            yield against("facts", row, f"{known.number:f} × {known.model}", f"the row says that {said} are in it")


def _out_of_bounds(rows: Iterable[Row]) -> Iterator[Problem]:
    for row in rows:
        inside = _inside(row)
        if inside is None or row.key.option != "on-demand" or row.key.unit != "hour" or inside.model not in rates():
            continue
        least, most = rates()[inside.model]
        each = row.usd / inside.number
        if not least <= each <= most:
            bounds = f"{least} to {most}"
            why = f"{each:.4f} for each of {inside.number:f} {inside.model}: not the price of the whole machine"
            yield against("per-gpu", row, bounds, why)


def _smaller_but_dearer(rows: Iterable[Row]) -> Iterator[Problem]:
    """Yield machines that cost no more than one of their family with fewer of the same accelerators."""
    families: dict[tuple[str, ...], list[tuple[Decimal, Decimal, Row]]] = defaultdict(list)
    for row in rows:
        inside, size = _inside(row), vcpu(row)
        if inside is not None and size and row.key.option == "on-demand" and row.key.unit == "hour":
            families[row.key.service, row.key.region, inside.model, _family(row.key.sku)].append(
                (inside.number, size, row)
            )
    for members in families.values():
        for count, size, row in members:
            fewer = [one for one in members if one[0] < count and one[1] <= size and one[2].usd >= row.usd]
            if fewer:
                less, _, other = max(fewer, key=lambda one: (one[2].usd, one[2].key))
                yield against("per-gpu", row, other, f"{count:f} accelerators for no more than {less:f} of them")


def _family(sku: str) -> str:
    """Return what the sizes of a family have in common: `g5`, `a2-highgpu`, `Standard_NC#ads_A100_v4`."""
    if "_" in sku:
        return re.sub(r"\d+", "#", sku, count=1)
    return sku.rpartition(".")[0] or sku.rpartition("-")[0]


def _regions_far_apart(rows: Iterable[Row]) -> Iterator[Problem]:
    found: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        if row.key.option == "on-demand" and row.key.service not in _VARIES_BY_REGION:
            found[row.key.provider, row.key.service, row.key.sku, row.key.unit].append(row)
    for members in found.values():
        low, high = min(members, key=lambda row: row.usd), max(members, key=lambda row: row.usd)
        if high.usd > _REGIONS_APART * low.usd:
            yield against("regions", high, low, "more than three times the price of another region")


def _added_though_inside(rows: Iterable[Row]) -> Iterator[Problem]:
    for row in rows:
        if row.key.service == "gce-gpu" and row.accelerator and row.accelerator not in _ADDED_ON:
            why = "only these are added to a machine; any other is inside the machine's price and would count twice"
            yield against("added-on", row, ", ".join(_ADDED_ON), why)
