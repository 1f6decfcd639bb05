"""
The cheapest machine of each cloud that does what a given one does.

With accelerators it is one with at least as many of the same family, of at least the same memory each; how much vCPU
and memory it has beside them is shown, not demanded. Without, it has at least as much vCPU and memory, runs the same
programs (no Arm for x86) and at full speed all the time, as the given one does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final, NamedTuple, Optional

from guardrail.model.dataclass import dataclass
from guardrail.model.pattern import pattern
from guardrail.pricing.book import Book
from guardrail.pricing.listings import (
    ADDED_ON,
    COMPUTE,
    Inside,
    Item,
    Listing,
    equipped,
    inside_of,
    machine_listings,
    named,
    not_listed,
)
from guardrail.pricing.offers import device_sku
from guardrail.pricing.places import PROVIDERS
from guardrail.pricing.rows import OPTIONS

MANAGED: Final = {
    "aws": ("sagemaker-hosting",),
    "azure": ("azureml-compute-cluster", "azureml-compute-instance"),
    "gcp": ("vertex-prediction",),
}
"""Services that run machines of their cloud for people, by cloud: SageMaker, Azure ML, Vertex AI."""

_ARM: Final = {
    "aws": pattern(r"(?:ml\.)?(?:a1|[a-z]+[0-9]+[a-z]*g[a-z]*)\..*"),
    "azure": pattern(r"(?i)standard_[a-z]+[0-9]+[a-z]*p[a-z]*_v[0-9]+"),
    "gcp": pattern(r"(?:t2a|c4a|n4a)-.*"),
}
_BURSTS: Final = {
    "aws": pattern(r"(?:ml\.)?(?:t[0-9][a-z]*|[a-z0-9]+-flex)\..*"),
    "azure": pattern(r"(?i)standard_b.*"),
    "gcp": pattern(r"(?:f1|g1)-.*|e2-(?:micro|small|medium)"),
}
"""Machines that have a part of their vCPU, and all of it for some time."""

_N1: Final[Mapping[str, Mapping[int, int]]] = {
    "k80": {1: 8, 2: 16, 4: 32, 8: 64},
    "p100": {1: 16, 2: 32, 4: 96},
    "p4": {1: 24, 2: 48, 4: 96},
    "t4": {1: 48, 2: 48, 4: 96},
    "v100": {1: 12, 2: 24, 4: 48, 8: 96},
}
"""How many accelerators an N1 may have, and its most vCPU with them: https://cloud.google.com/compute/docs/gpus"""


class Best(NamedTuple):
    """The cheapest of a cloud in one way of paying, None where there is none."""

    provider: str
    option: str
    listing: Optional[Listing]


@dataclass(frozen=True, slots=True, kw_only=True)
class Equivalents:
    """
    What was asked for, and the cheapest of each cloud and way of paying.

    `asked` are the cheapest prices of the machine itself by option, none for one that is in no list.
    """

    provider: str
    name: str
    inside: Inside
    asked: Mapping[str, Listing]
    best: tuple[Best, ...]


def like(book: Book, name: str, where: Iterable[str] = ()) -> Equivalents:
    """
    Return the cheapest equivalents of a machine. Raises `UsageError` for one that nobody knows.

    `where` are regions: a cloud of which one is named is looked at there only.
    """
    provider, inside = _asked(book, name)
    wanted: dict[str, set[str]] = {}
    for cloud, region in named(where):
        wanted.setdefault(cloud, set()).add(region)
    services = MANAGED if name.startswith("ml.") else COMPUTE
    best: list[Best] = []
    for cloud in PROVIDERS:
        found = [
            one for one in _fitting(book, cloud, services, provider, name, inside) if _is_in(one, wanted.get(cloud))
        ]
        best += (Best(cloud, option, _cheapest(one for one in found if one.option == option)) for option in OPTIONS)
    own = [one for service in services[provider] for one in machine_listings(book, provider, service, name)]
    there = [one for one in own if _is_in(one, wanted.get(provider))]
    asked = {option: _cheapest(one for one in there if one.option == option) for option in OPTIONS}
    return Equivalents(
        provider=provider,
        name=name,
        inside=inside,
        asked={option: one for option, one in asked.items() if one is not None},
        best=tuple(best),
    )


def _asked(book: Book, name: str) -> tuple[str, Inside]:
    """Return the cloud of a machine type, and what it has."""
    for provider in PROVIDERS:
        inside = inside_of(provider, name)
        if inside.number or inside.vcpu:
            return provider, inside
    raise not_listed(book, name)


def _is_in(one: Listing, regions: Optional[set[str]]) -> bool:
    return regions is None or one.region in regions


def _cheapest(found: Iterable[Listing]) -> Optional[Listing]:
    return min(found, key=lambda one: (one.usd, one.name, one.region), default=None)


def _fitting(
    book: Book, cloud: str, services: Mapping[str, Sequence[str]], provider: str, name: str, asked: Inside
) -> Iterator[Listing]:
    """Yield the prices of all machines of a cloud that do what the given one does."""
    for service in services[cloud]:
        names = equipped(book, cloud, service) if asked.number else book.skus(cloud, service)
        for other in names:
            if _fits(asked, inside_of(cloud, other)) and (asked.number or _alike(provider, name, cloud, other)):
                yield from machine_listings(book, cloud, service, other)
    if cloud == "gcp" and services is COMPUTE and asked.family in _N1:
        yield from _with_added(book, asked)


def _fits(asked: Inside, other: Inside) -> bool:
    if asked.number:
        same = other.family == asked.family and other.number >= asked.number
        return same and (other.memory_gib or 0) >= (asked.memory_gib or 0)
    return not other.number and _as_large(other, asked)


def _as_large(one: Inside, asked: Inside) -> bool:
    return (one.vcpu or 0) >= (asked.vcpu or 1) and (one.gib or 0) >= (asked.gib or 0)


def _alike(provider: str, name: str, cloud: str, other: str) -> bool:
    """Whether two machines run the same programs, and both at full speed or both not."""
    return all(
        (kind[provider].fullmatch(name) is None) == (kind[cloud].fullmatch(other) is None) for kind in (_ARM, _BURSTS)
    )


def _with_added(book: Book, asked: Inside) -> Iterator[Listing]:
    """Yield Google's N1 machines with accelerators added on: the fewest that do, the smallest machine that does."""
    family = str(asked.family)
    number = next((many for many in sorted(_N1[family]) if many >= asked.number), None)
    if number is None:
        return
    sizes = [name for name in book.skus("gcp", "gce-machine") if name.startswith("n1-")]
    allowed = [name for name in sizes if (inside_of("gcp", name).vcpu or 0) <= _N1[family][number]]
    largest = max((inside_of("gcp", name).vcpu or 0 for name in allowed), default=0)
    fits = [name for name in allowed if _as_large(inside_of("gcp", name), asked)]
    for name in fits or [name for name in allowed if inside_of("gcp", name).vcpu == largest]:
        for one in machine_listings(book, "gcp", "gce-machine", name):
            sku = device_sku(ADDED_ON, family)
            price = book.find("gcp", ADDED_ON, sku, one.region, "gpu-hour", one.option)
            if price is not None:
                yield _sum(one, Item(price, Decimal(number)), family, asked)


def _sum(machine: Listing, added: Item, family: str, asked: Inside) -> Listing:
    """Return a machine with accelerators as one thing."""
    own = inside_of("gcp", machine.name)
    return Listing(
        provider=machine.provider,
        service=machine.service,
        name=f"{machine.name} + {added.each:f} × {family}",
        region=machine.region,
        option=machine.option,
        unit=machine.unit,
        usd=machine.usd + added.each * added.price.usd,
        items=(*machine.items, added),
        inside=asked._replace(number=added.each, vcpu=own.vcpu, gib=own.gib),
    )
