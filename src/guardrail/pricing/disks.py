"""
What a disk is paid for: by size, and by performance above what its class includes.

The classes are those of the clouds; their rules stand here once, whatever type of resource the disk belongs to.
Quantities are per disk and month.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import product
from typing import Any, Final, NamedTuple, Optional, Union

from guardrail.catalog.kind import DiskMonths
from guardrail.model.cost import Unpriced
from guardrail.model.resource import Disk
from guardrail.model.value import CANDIDATES, Reason, Unknown
from guardrail.pricing.amounts import quantity, worst
from guardrail.pricing.offers import Item, Place


class Ask(NamedTuple):
    """So many units of a SKU. `what` tells lines of one disk apart."""

    sku: str
    unit: str
    quantity: Decimal
    what: str = ""


class Stated(NamedTuple):
    """A disk of which everything is known. None is not stated."""

    kind: str
    size_gib: Optional[Decimal]
    iops: Optional[Decimal]
    throughput_mibps: Optional[Decimal]


_Asks = Iterator[Union[Ask, str]]
"""What a disk takes; text says what cannot be told."""

_AZURE_CLASSES: Final[Mapping[str, tuple[str, str]]] = {
    "standard_lrs": ("standard-hdd", "S"),
    "standardssd_lrs": ("standard-ssd", "E"),
    "premium_lrs": ("premium-ssd", "P"),
}
_AZURE_TIERS: Final = (
    (4, 1), (8, 2), (16, 3), (32, 4), (64, 6), (128, 10), (256, 15), (512, 20),
    (1024, 30), (2048, 40), (4096, 50), (8192, 60), (16384, 70), (32767, 80),
)  # fmt: skip
"""(largest size in GiB, tier): a disk pays for the tier that holds it. HDD begin with S4."""

_UNREADABLE: Final = Unknown(Reason.ERROR, note="its size or performance is not a number from 0 on")
_HDD_FROM: Final = 4
_PROVISIONED: Final = frozenset({"gp3", "io1", "io2", "pd-extreme", "hyperdisk-extreme", "ultrassd_lrs"})
"""Classes that pay for performance; what is said of it on any other changes no price."""

_GP3_IOPS, _GP3_MIBPS, _IO2_FIRST = Decimal(3000), Decimal(125), Decimal(32000)


def variants(disk: Disk) -> tuple[tuple[Stated, ...], Optional[Unknown]]:
    """
    Return every disk that may be meant, and why it is not certain that it is the first.

    None at all, where something is unknown and does not say between what.
    """
    fields: tuple[Any, ...] = (disk.kind, disk.size_gib, disk.iops, disk.throughput_mibps)
    if isinstance(disk.kind, str) and disk.kind.lower() not in _PROVISIONED:
        fields = (disk.kind, disk.size_gib, None, None)
    hidden = [field for field in fields if isinstance(field, Unknown)]
    if not hidden:
        only = _stated(*fields)
        return (only,) if only else (), None if only else _UNREADABLE
    options = [field.one_of if isinstance(field, Unknown) else (field,) for field in fields]
    told = [option for option in options if option is not None]
    size = 1
    for option in told:
        size *= len(option)
    if len(told) < len(fields) or size > CANDIDATES:
        return (), worst(hidden)
    found = tuple(_stated(*values) for values in product(*told))
    known = tuple(one for one in found if one is not None)
    if len(known) < len(found):
        return (), _UNREADABLE
    return known, worst(hidden)


def _stated(kind: Any, *numbers: Any) -> Optional[Stated]:
    size, iops, throughput = (None if value is None else quantity(value) for value in numbers)
    if any(given is not None and value is None for given, value in zip(numbers, (size, iops, throughput), strict=True)):
        return None
    return Stated(kind if isinstance(kind, str) else "", size, iops, throughput)


def items(here: Place, line: DiskMonths, name: str, disk: Stated) -> Iterator[Item]:
    """Yield what a disk is paid for at a place. `name` is what the lines are called."""
    if line.sku is not None:
        asks = _gigabytes(disk, line.sku)
    elif not disk.kind:
        asks = iter(["the class of the disk is not stated"])
    elif line.suffix:
        asks = _gigabytes(disk, disk.kind + line.suffix)
    else:
        asks = {"ebs": _ebs, "pd": _persistent, "managed-disk": _managed}.get(line.service, _plain)(disk)
    for ask in asks:
        if isinstance(ask, str):
            yield Unpriced(name=f"{name} {disk.kind}".strip(), why=ask)
        else:
            label = f"{name} {disk.kind}".strip() + (f", {ask.what}" if ask.what else "")
            yield here.item(label, ask.quantity, line.service, ask.sku, ask.unit)


def _gigabytes(disk: Stated, sku: str) -> _Asks:
    if disk.size_gib is None:
        yield "the size of the disk is not stated"
    else:
        yield Ask(sku, "GB-month", disk.size_gib)


def _plain(disk: Stated) -> _Asks:
    yield from _gigabytes(disk, disk.kind)


def _ebs(disk: Stated) -> _Asks:
    yield from _gigabytes(disk, "standard-magnetic" if disk.kind == "standard" else disk.kind)
    iops, throughput = disk.iops, disk.throughput_mibps
    if disk.kind == "gp3":
        if iops is not None and iops > _GP3_IOPS:
            yield Ask("gp3-iops", "IOPS-month", iops - _GP3_IOPS, "IOPS")
        if throughput is not None and throughput > _GP3_MIBPS:
            yield Ask("gp3-throughput", "MBps-month", throughput - _GP3_MIBPS, "throughput")
    elif disk.kind in ("io1", "io2"):
        if iops is None:
            yield "the provisioned IOPS are not stated"
        elif disk.kind == "io1":
            yield Ask("io1-iops", "IOPS-month", iops, "IOPS")
        else:
            yield Ask("io2-iops-first-32000", "IOPS-month", min(iops, _IO2_FIRST), "IOPS")
            if iops > _IO2_FIRST:
                yield "the price book has no price of io2 IOPS above 32,000"


def _persistent(disk: Stated) -> _Asks:
    yield from _gigabytes(disk, disk.kind)
    if disk.kind in ("pd-extreme", "hyperdisk-extreme"):
        if disk.iops is None:
            yield "the provisioned IOPS are not stated"
        else:
            yield Ask(f"{disk.kind}-iops", "IOPS-month", disk.iops, "IOPS")


def _managed(disk: Stated) -> _Asks:
    kind = disk.kind.lower()
    if disk.size_gib is None:
        yield "the size of the disk is not stated"
    elif kind == "ultrassd_lrs":
        yield Ask("ultra-capacity", "GiB-month", disk.size_gib)
        for what, unit, quantity in (("iops", "IOPS", disk.iops), ("throughput", "MBps", disk.throughput_mibps)):
            yield (
                f"the provisioned {what} is not stated"
                if quantity is None
                else Ask(f"ultra-{what}", f"{unit}-month", quantity)
            )
    elif kind in _AZURE_CLASSES:
        name, letter = _AZURE_CLASSES[kind]
        tiers = [tier for largest, tier in _AZURE_TIERS if largest >= disk.size_gib]
        if letter == "S":
            tiers = [tier for tier in tiers if tier >= _HDD_FROM]
        yield Ask(f"{name}-{letter}{tiers[0]}-lrs", "disk-month", Decimal(1)) if tiers else "no tier is that large"
    else:
        yield f"the price book has no disks of class {disk.kind}"
