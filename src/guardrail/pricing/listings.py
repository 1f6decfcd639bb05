"""
What the book has of a machine, an accelerator or a region: the prices themselves, and no bill made of them.

A `Listing` is one hour of one thing in one place, paid in one way. Most are one row; a machine that is listed by its
accelerators, a custom one, and one with accelerators added on are several.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cache
from typing import Final, NamedTuple, Optional

from guardrail.catalog.accelerators import accelerator, models
from guardrail.catalog.machines import accelerators_of, machine
from guardrail.errors import UsageError, did_you_mean
from guardrail.model.cost import Price
from guardrail.model.dataclass import dataclass
from guardrail.model.resource import Accelerator
from guardrail.model.value import Unknown
from guardrail.pricing.book import Book
from guardrail.pricing.offers import BY_DEVICE, Place, as_listed, listed, rows_of
from guardrail.pricing.places import PROVIDERS, names, region
from guardrail.pricing.rows import OPTIONS
from guardrail.pricing.unlisted import why_unlisted

COMPUTE: Final = {"aws": ("ec2",), "azure": ("azure-vm",), "gcp": ("gce-machine", "tpu")}
"""Services that sell plain machines, by cloud."""

ADDED_ON: Final = "gce-gpu"
"""Where the accelerators are listed that Google adds to N1 machines."""

_ONE: Final = Decimal(1)
_TEN_PLACES: Final = Decimal("1e-10")


class Item(NamedTuple):
    """A row, and how many units of it an hour takes."""

    price: Price
    each: Decimal


class Inside(NamedTuple):
    """What a machine has: accelerators of one model (a part of one too), vCPU, GiB; None where nobody knows."""

    model: Optional[str] = None
    family: Optional[str] = None
    number: Decimal = Decimal(0)
    memory_gib: Optional[Decimal] = None
    vcpu: Optional[int] = None
    gib: Optional[Decimal] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One thing in one region, paid in one way: USD per unit (`hour` for machines), and the rows that make it up."""

    provider: str
    service: str
    name: str
    region: str
    option: str
    unit: str
    usd: Decimal
    items: tuple[Item, ...]
    inside: Inside = Inside()

    @property
    def per_accelerator(self) -> Optional[Decimal]:
        """USD per hour and accelerator, to ten places; None of what has none."""
        return (self.usd / self.inside.number).quantize(_TEN_PLACES) if self.inside.number else None


def find(book: Book, name: str, where: Iterable[str] = ()) -> list[Listing]:
    """
    Return every price of what is called so, in each service that sells it.

    `where` are regions, all if none is named. Raises `UsageError` for a name that the book does not have, which says
    what may have been meant, or why the machine has no price.
    """
    found: list[Listing] = []
    for provider, service in book.services():
        if service not in BY_DEVICE.values():  # these are the machines of another service
            found += machine_listings(book, provider, service, name) or _plain(book, provider, service, name)
    if not found:
        raise not_listed(book, name)
    wanted = set(named(where))
    if not wanted:
        return found
    there = [one for one in found if (one.provider, one.region) in wanted]
    if not there:
        places = sorted({one.region for one in found})
        shown = ", ".join(places[:8]) + (f" and {len(places) - 8} others" if len(places) > 8 else "")  # noqa: PLR2004
        raise UsageError(f"the price book has no price of {name} there", hint=f"it has prices in {shown}")
    return there


def in_region(book: Book, where: Iterable[str], family: Optional[str]) -> list[Listing]:
    """Return what has accelerators (of a model or a family, all if None) in some regions. Raises `UsageError`."""
    wanted = _model(family) if family else None
    found: list[Listing] = []
    for provider, place in named(where):
        for service in COMPUTE[provider]:
            for name in equipped(book, provider, service):
                inside = inside_of(provider, name)
                if wanted is None or wanted in (inside.model, inside.family):
                    found += machine_listings(book, provider, service, name, place)
        if provider == "gcp":
            for name in book.skus(provider, ADDED_ON):
                if wanted is None or wanted in _added(name)[:2]:
                    found += _plain(book, provider, ADDED_ON, name, place)
    if not found:
        what = f"a machine with {family}" if family else "a machine with accelerators"
        raise UsageError(f"the price book has no price of {what} in {', '.join(where)}", hint=_elsewhere(book, wanted))
    return found


def _elsewhere(book: Book, wanted: Optional[str]) -> str:
    places = {
        f"{price.region} ({provider})"
        for provider, services in COMPUTE.items()
        for service in services
        for name in equipped(book, provider, service)
        if wanted in inside_of(provider, name)[:2]
        for price in book.prices(provider, service, name)
    }
    shown = sorted(places)[:8]
    return (
        f"it has prices in {', '.join(shown)}" if shown else "`guardrail prices show MACHINE` tells all of its regions"
    )


def machine_listings(book: Book, provider: str, service: str, name: str, where: Optional[str] = None) -> list[Listing]:
    """Return the prices of a machine type in a service, in one region or in all; none if it is no machine there."""
    rows = rows_of(provider, service, name)
    places = {price.region for of, sku in rows for price in book.prices(provider, of, sku) if price.unit in _HOURS}
    found = []
    for place in sorted(places if where is None else places & {where}):
        for option in OPTIONS:
            parts = listed(Place(book, provider, place), name, service, option)
            if parts:
                items = tuple(Item(part.price, part.each) for part in parts)
                usd = sum((item.each * item.price.usd for item in items), Decimal(0))
                found.append(_listing(provider, service, as_listed(provider, name), place, option, "hour", usd, items))
    return found


_HOURS: Final = ("hour", "gpu-hour", "vCPU-hour")


def _listing(
    provider: str, service: str, name: str, place: str, option: str, unit: str, usd: Decimal, items: tuple[Item, ...]
) -> Listing:
    inside = _added(name) if service == ADDED_ON else inside_of(provider, name)
    return Listing(
        provider=provider,
        service=service,
        name=name,
        region=place,
        option=option,
        unit=unit,
        usd=usd,
        items=items,
        inside=inside,
    )


def _plain(book: Book, provider: str, service: str, name: str, where: Optional[str] = None) -> list[Listing]:
    """Return the rows of a SKU as they are, of whatever it is."""
    found = [
        _listing(provider, service, name, price.region, price.option, price.unit, price.usd, (Item(price, _ONE),))
        for price in book.prices(provider, service, name)
        if where is None or price.region == where
    ]
    return sorted(found, key=lambda one: (one.region, OPTIONS.index(one.option), one.unit))


@cache
def inside_of(provider: str, name: str) -> Inside:
    """Return what is in a machine type, as far as the table of machines knows."""
    size = machine(provider, name)
    inside = accelerators_of(provider, name)
    vcpu, gib = (size.vcpu, size.memory_gib) if size else (None, None)
    if isinstance(inside, Unknown) or len(inside) != 1:
        return Inside(vcpu=vcpu, gib=gib)
    return _equipped(inside[0])._replace(vcpu=vcpu, gib=gib)


def _equipped(one: Accelerator) -> Inside:
    count = Decimal(str(one.count)) * (one.fraction or 1)
    memory = one.memory_gib
    return Inside(
        str(one.model), str(one.family), count, Decimal(str(memory)) if isinstance(memory, (int, Decimal)) else None
    )


@cache
def _added(sku: str) -> Inside:
    known = accelerator(sku)
    return Inside(known.model, known.family, _ONE, known.memory_gib) if known else Inside()


def equipped(book: Book, provider: str, service: str) -> list[str]:
    """Return the machine types with accelerators that a service has rows of, by whatever name."""
    known = book.skus(provider, service) + (book.skus(provider, BY_DEVICE[service]) if service in BY_DEVICE else [])
    return sorted({name for name in known if inside_of(provider, name).number})


def known_names(book: Book) -> Iterator[str]:
    """Yield everything that has a price."""
    for provider, service in book.services():
        yield from book.skus(provider, service)


def named(where: Iterable[str]) -> Sequence[tuple[str, str]]:
    """Return (cloud, region) of regions as people write them. Raises `UsageError` for one that no cloud has."""
    found = []
    for written in where:
        told = [(provider, name) for provider in PROVIDERS if (name := region(provider, written))]
        if not told:
            every = [one for provider in PROVIDERS for one in names(provider)]
            near = did_you_mean(written.lower(), every)
            raise UsageError(
                f"no cloud has a region {written}{near}", hint="for instance us-east-1, eastus, us-central1"
            )
        found += told
    return found


def _model(written: str) -> str:
    """Return the model or the family that is named. Raises `UsageError` for what is neither."""
    families = {one.family for one in models()}
    if written.lower() in families:
        return written.lower()
    known = accelerator(written)
    if known is None:
        near = did_you_mean(written.lower(), sorted({*families, *(one.model for one in models())}))
        raise UsageError(f"there is no accelerator {written}{near}", hint="for instance a100, h100-80gb, tpu-v5e")
    return known.model


def not_listed(book: Book, name: str) -> UsageError:
    """Return what to say of a name without a price: why that is so, or what may have been meant."""
    for provider in PROVIDERS:
        why = why_unlisted(provider, name)
        if why:
            return UsageError(
                f"the price book has no price of {name}: {why.text}",
                hint="docs/machines.md lists what has a price and what has none",
            )
    known = accelerator(name)
    if known is not None:
        asked = f"guardrail prices show --region us-east-1 --accelerator {known.family}"
        return UsageError(f"{name} is an accelerator, not a machine", hint=f"`{asked}` tells the machines that have it")
    near = did_you_mean(name, sorted(set(known_names(book))))
    return UsageError(
        f"the price book has no price of {name}{near}", hint="machines are named as their cloud names them"
    )
