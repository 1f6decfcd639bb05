"""
What a machine is paid for, by rows of the book.

An `Offer` is one way in which something may come: this machine type in this region. It is paid on demand, as spot or
as reserved capacity, and each `Way` of paying has parts with a price and says what lacks one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Final, NamedTuple, Optional, Union

from guardrail.catalog.kind import AcceleratorHours, MachineHours
from guardrail.catalog.machines import machine
from guardrail.model.cost import Amount, Price, Unpriced
from guardrail.model.pattern import pattern
from guardrail.model.resource import Accelerator
from guardrail.model.value import Reason, Unknown
from guardrail.pricing import sustained
from guardrail.pricing.amounts import ZERO, quantity
from guardrail.pricing.book import Book

Accelerators = Union[tuple[Accelerator, ...], Unknown]

_N1: Final = re.compile(r"n1-|custom-")
"""Google's machines that accelerators are added to; all others have theirs inside."""

OTHERWISE: Final[Mapping[str, str]] = {
    "sagemaker-async": "sagemaker-hosting",
    "sagemaker-batch-transform": "sagemaker-hosting",
    "sagemaker-notebook": "sagemaker-hosting",
    "sagemaker-processing": "sagemaker-hosting",
    "sagemaker-studio": "sagemaker-hosting",
    "sagemaker-training": "sagemaker-hosting",
    "vertex-training": "vertex-prediction",
    "azureml-compute-cluster": "azure-vm",
    "azureml-compute-instance": "azure-vm",
}
"""
Services whose row on demand counts where a service has none, said in the name of the line.

SageMaker has one rate per machine and region: where rows of two components are at hand, they differ by 0.6 % at most.
Vertex AI charges the same for a machine that trains and one that predicts: rows at hand differ by 0.3 % at most.
Azure ML adds nothing to the price of the machine. Its low priority is no spot price, so it has no row at all.
"""

BY_DEVICE: Final[Mapping[str, str]] = {"gce-machine": "gce-machine-per-gpu"}
"""Where a service lists some machines by their accelerators."""

_TPU: Final = pattern(r"(ct3|ct4p|ct5l|ct5lp|ct5p|ct6e)-(?:hightpu|standard)-([0-9])t")
_SLICES: Final = {
    "ct3": ("tpu-v3", 2),
    "ct4p": ("tpu-v4", 2),
    "ct5l": ("tpu-v5litepod", 1),
    "ct5lp": ("tpu-v5litepod", 1),
    "ct5p": ("tpu-v5p", 2),
    "ct6e": ("tpu-v6e", 1),
}
"""
https://cloud.google.com/kubernetes-engine/docs/concepts/plan-tpus

A `ct3p` is a part of a slice of many machines, whose chips cost less than those of one: its name does not tell which.
"""

SUSTAINED: Final = ", sustained use"
"""How the SKU of a discount ends; before it stands the SKU that it is taken off from."""

_CUSTOM: Final = pattern(r"(?:(n1|n2)-)?custom-([0-9]{1,3})-([0-9]{3,8})(?:-ext)?")
_N1_MEMORY: Final = Decimal("6.5")
"""GB per vCPU of an N1, above which memory has another price."""


class Part(NamedTuple):
    """`each` is how many units of the price one replica takes per hour, or per month where it is paid by the month."""

    name: str
    price: Price
    each: Decimal


Item = Union[Part, Unpriced]


class Way(NamedTuple):
    """One way of paying. `rate` is the USD of all parts, for comparing ways of one kind of thing."""

    parts: tuple[Part, ...] = ()
    lacks: tuple[Unpriced, ...] = ()
    rate: Decimal = ZERO


class Offer(NamedTuple):
    """How one thing is paid, by option. `label` tells what it is (a machine type)."""

    label: str
    on_demand: Way
    spot: Way
    reserved: Way


class Choice(NamedTuple):
    """
    Every way in which something may come. `hidden` says why it is not certain that the first one will.

    `most` is how many there can be of it, by label, where limits leave less room than there are replicas.
    """

    offers: tuple[Offer, ...]
    hidden: Optional[Unknown] = None
    most: Mapping[str, Amount] = MappingProxyType({})


def way(items: Iterable[Item]) -> Way:
    """Return the way of paying that these items make."""
    told = tuple(items)
    parts = tuple(item for item in told if isinstance(item, Part))
    lacks = tuple(item for item in told if isinstance(item, Unpriced))
    return Way(parts, lacks, sum((part.each * part.price.usd for part in parts), ZERO))


def one_way(label: str, items: Iterable[Item]) -> Offer:
    """Return the offer of a thing that is paid in one way, whatever the option."""
    only = way(items)
    return Offer(label, only, only, only)


class Place(NamedTuple):
    """Where something is paid for."""

    book: Book
    provider: str
    region: str

    def item(self, name: str, each: Decimal, service: str, sku: str, unit: str, option: str = "on-demand") -> Item:
        """Return a part of so many units, or why there is no price for it. Only discounts are less than nothing."""
        if each < ZERO:
            return Unpriced(name=name, why="less than nothing of it", reason=Reason.ERROR)
        price = self.book.find(self.provider, service, sku, self.region, unit, option)
        if price is not None:
            return Part(name, price, each)
        why = self.book.missing(self.provider, service, sku, self.region, unit, option)
        return Unpriced(name=name, why=why.text)


class Machines:
    """Offers of machines. Asked the same twice, the answer is the same object."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._made: dict[tuple[object, ...], Offer] = {}

    def offer(
        self,
        place: tuple[str, str],
        name: str,
        line: MachineHours,
        beside: Optional[AcceleratorHours] = None,
        added: Accelerators = (),
        *,
        stays: bool = True,
    ) -> Offer:
        """
        Return how a machine type is paid at a place (provider, region).

        `added` are the accelerators of the group; they count where `beside` says that they are paid for beside the
        machine. `stays` says that it runs whole months, which Google rewards by itself.
        """
        if beside is None or not _N1.match(name):
            added = ()
        asked = (place, name, line.service, stays, _hashable(added))
        if asked not in self._made:
            here = Place(self._book, *place)
            listed, spot = (
                [*_machine(here, name, line, option), *_added(here, beside, added, option)]
                for option in ("on-demand", "spot")
            )
            if stays and line.service == sustained.SERVICE:
                listed += _discounts(sustained.share(name), listed)
            reserved = Unpriced(name=f"machine {name}, reserved", why="reserved capacity has no list price in the book")
            self._made[asked] = Offer(name, way(listed), way(spot), way([reserved]))
        return self._made[asked]


def listed(here: Place, name: str, service: str, option: str) -> tuple[Part, ...]:
    """Return the rows that a machine is paid by in a service, in one way; none where one is missing."""
    other = OTHERWISE.get(service)
    items = _machine(here, name, MachineHours(service=service), option)
    parts = tuple(item for item in items if isinstance(item, Part) and item.price.service != other)
    return parts if len(parts) == len(items) else ()


def rows_of(provider: str, service: str, name: str) -> list[tuple[str, str]]:
    """Return (service, SKU) of all rows that a machine may be paid by in a service, its own first."""
    found = [(service, as_listed(provider, name))]
    if service in BY_DEVICE:
        found.append((BY_DEVICE[service], name))
        slice_of = _tpu_slice(name)
        found += [("tpu", slice_of)] if slice_of else []
        custom = _CUSTOM.fullmatch(name)
        found += [("gce-custom", f"{custom[1] or 'n1'}-custom-vcpu")] if custom else []
    return found


def _machine(here: Place, name: str, line: MachineHours, option: str) -> list[Item]:
    label, sku = f"machine {name}, {option}", as_listed(here.provider, name)
    first = here.item(label, Decimal(1), line.service, sku, "hour", option)
    if isinstance(first, Part):
        return [first]
    other = OTHERWISE.get(line.service) if option == "on-demand" else None
    if other:
        item = here.item(f"{label} (rate of {other})", Decimal(1), other, sku, "hour", option)
        if isinstance(item, Part):
            return [item]
    slice_of = _tpu_slice(name) if here.provider == "gcp" else None
    if slice_of:
        return [here.item(label, Decimal(1), "tpu", slice_of, "hour", option)]
    custom = _CUSTOM.fullmatch(name) if here.provider == "gcp" else None
    if custom:
        return list(_custom(here, label, custom, option))
    by_device = BY_DEVICE.get(line.service)
    known = machine(here.provider, name) if by_device else None
    if by_device and known is not None:
        item = here.item(label, _devices(known.accelerators), by_device, sku, "gpu-hour", option)
        if isinstance(item, Part) and item.each:
            return [item]
    return [first]


def _custom(here: Place, label: str, match: re.Match[str], option: str) -> Iterator[Item]:
    """Google's custom machines: by the vCPU and the GB, and N1 dearer where there is much memory."""
    family, vcpu, memory = match[1] or "n1", Decimal(match[2]), Decimal(match[3]) / 1024
    within = min(memory, vcpu * _N1_MEMORY) if family == "n1" else memory
    yield here.item(f"{label}, vCPU", vcpu, "gce-custom", f"{family}-custom-vcpu", "vCPU-hour", option)
    yield here.item(f"{label}, memory", within, "gce-custom", f"{family}-custom-memory", "GB-hour", option)
    if memory > within:
        sku = f"{family}-custom-extended-memory"
        yield here.item(f"{label}, extended memory", memory - within, "gce-custom", sku, "GB-hour", option)


def _added(here: Place, beside: Optional[AcceleratorHours], added: Accelerators, option: str) -> Iterator[Item]:
    """Accelerators that are paid for beside the machine."""
    if beside is None:
        return
    if isinstance(added, Unknown):
        yield _hidden(added)
        return
    for device in added:
        each = quantity(device.count)
        hidden = next((one for one in (device.family, device.count) if isinstance(one, Unknown)), None)
        if each is None and hidden is None and device.count is not None:
            hidden = Unknown(Reason.ERROR, note="not a number from 0 on")
        if hidden is not None:
            yield _hidden(hidden)
        elif device.family is None or each is None:
            yield Unpriced(name="accelerators", why="which accelerators, or how many, is not stated")
        elif each:
            sku = device_sku(beside.service, str(device.family))
            yield here.item(f"{device.family} added on, {option}", each, beside.service, sku, "gpu-hour", option)


def _tpu_slice(machine_type: str) -> Optional[str]:
    """Return the slice that a TPU machine of GKE is. Slices of v4 and v5p are named by cores, two to a chip."""
    match = _TPU.fullmatch(machine_type)
    if match is None:
        return None
    name, cores = _SLICES[match[1]]
    return f"{name}-{int(match[2]) * cores}"


def device_sku(service: str, family: str) -> str:
    """Return how a service calls an accelerator that is added to a machine."""
    return f"NVIDIA_TESLA_{family.upper()}" if service.startswith("vertex-") else f"nvidia-tesla-{family}"


def _hidden(unknown: Unknown) -> Unpriced:
    why = "which accelerators, or how many, is not known"
    return Unpriced(name="accelerators", why=f"{why}: {unknown.note}" if unknown.note else why, reason=unknown.reason)


def _discounts(share: Decimal, listed: Iterable[Item]) -> list[Item]:
    """Return what is taken off each part again, as parts with a negative price."""
    if not share:
        return []
    return [
        Part(f"sustained use of {item.name}", _off(item.price, share), item.each)
        for item in listed
        if isinstance(item, Part)
    ]


def _off(price: Price, share: Decimal) -> Price:
    return replace(price, sku=price.sku + SUSTAINED, usd=-share * price.usd, source=sustained.SOURCE)


def as_listed(provider: str, name: str) -> str:
    """Return a machine type as the book spells it: Azure takes any case, the book has one."""
    found = machine(provider, name) if provider == "azure" else None
    return found.type if found else name


def _devices(inside: Iterable[Accelerator]) -> Decimal:
    return sum((Decimal(one.count) * (one.fraction or 1) for one in inside if isinstance(one.count, int)), ZERO)


def _hashable(added: Accelerators) -> object:
    """Return a key for accelerators. What cannot be hashed (candidates that are mappings) is told by its text."""
    try:
        hash(added)
    except TypeError:
        return repr(added)
    return added
