"""
What a resource pays for, read off the lines that its kind declares.

The result is units of prices per hour or per month, for all three bounds; what they come to is `bills`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, Optional, Union

from guardrail.catalog.kind import (
    AcceleratorHours,
    ByUsage,
    DiskMonths,
    Flat,
    Kind,
    Line,
    MachineHours,
    NoRows,
)
from guardrail.catalog.registry import in_words_of_kind
from guardrail.model.cost import Amount, BoundName, Unpriced
from guardrail.model.resource import Disk, Group, Resource
from guardrail.model.value import Reason, Unknown, Value
from guardrail.pricing import disks
from guardrail.pricing.amounts import ZERO, most, quantity, times, worst
from guardrail.pricing.book import Book
from guardrail.pricing.offers import Choice, Machines, Offer, Place, one_way
from guardrail.pricing.reading import Read, read_lines
from guardrail.pricing.regions import Regions, Where
from guardrail.pricing.spread import LISTED, SINGLE, Buying, Charge, Counts, Spread, buying, copies, replicas, spread


class Nodes(NamedTuple):
    """The machines of a group, for whoever shares them: how many, and of which type, by bound."""

    number: Counts
    machine: Mapping[BoundName, Union[str, Unknown]]


class Entry(NamedTuple):
    """One line of a bill to be. `group` is the group whose replicas pay it, None where the resource itself does."""

    item: Union[Charge, Unpriced]
    group: Optional[str] = None


class Reckoning(NamedTuple):
    """All that a resource pays for. `hidden` are unknowns that leave every bound unknown."""

    entries: tuple[Entry, ...] = ()
    hidden: tuple[Unknown, ...] = ()
    nodes: Mapping[str, Nodes] = MappingProxyType({})


class Interpreter(NamedTuple):
    """Reads lines with one book."""

    book: Book
    regions: Regions
    machines: Machines

    def reckon(self, resource: Resource, kind: Kind, *, stays: bool = True) -> Reckoning:
        """Return what a resource pays for by the lines of its kind. `stays`: it runs until somebody stops it."""
        work = _Work(self, resource, self.regions.of(resource, worldwide=kind.worldwide), copies(resource.multiplicity))
        reads = [read for read in read_lines(kind) if work.applies(read)]
        beside = next((read.line for read in reads if isinstance(read.line, AcceleratorHours)), None)
        for read in reads:
            work.add(read, beside, stays=stays)
        return Reckoning(tuple(work.entries), tuple(work.hidden), work.nodes)


class _Work:
    """One resource while its lines are read."""

    def __init__(self, interpreter: Interpreter, resource: Resource, regions: Where, several: Counts) -> None:
        self.interpreter = interpreter
        self.resource = resource
        self.attributes = in_words_of_kind(resource)
        self.regions = regions
        self.several = several
        self.entries: list[Entry] = []
        self.hidden: list[Unknown] = []
        self.nodes: dict[str, Nodes] = {}

    def applies(self, read: Read) -> bool:
        """Whether a line applies; one whose condition is unknown is entered as unpriced."""
        found = read.applies(self.attributes)
        if isinstance(found, Unknown):
            self._lack(_name(read.line), "whether this is paid for is not known", found)
            return False
        return bool(found)

    def add(self, read: Read, beside: Optional[AcceleratorHours], *, stays: bool) -> None:
        """Enter a line."""
        line = read.line
        if isinstance(line, MachineHours):
            for name, group in self._groups(line):
                self._machines(name, group, line, beside, stays=stays)
        elif isinstance(line, DiskMonths):
            self._disks(line)
        elif isinstance(line, Flat) and read.sku is not None and read.quantity is not None:
            self._flat(line, read.sku(self.attributes), read.quantity(self.attributes))
        elif isinstance(line, ByUsage):
            self._lack(line.name, "depends on use, and nothing says how much", Unknown(Reason.USAGE))
        elif isinstance(line, NoRows):
            self._lack(line.name, "the price book has no rows for it")

    def _groups(self, line: Line) -> Iterable[tuple[str, Group]]:
        groups = self.resource.groups
        if isinstance(groups, Unknown):
            self._lack(_name(line), "its groups are not known", groups)
            self.hidden.append(groups)
            return ()
        return groups.items()

    def _machines(
        self, name: str, group: Group, line: MachineHours, beside: Optional[AcceleratorHours], *, stays: bool
    ) -> None:
        counts = replicas(group.replicas)
        types, hidden, opaque = machine_types(group.machine_types)
        nothing = times(counts.max, self.several.max) == ZERO
        if opaque is not None and not nothing:
            self._lack("machine", "the machine type is not known", opaque, name)
            self.hidden.append(opaque)
        elif not types and group.machine_types != () and not nothing:
            self._lack("machine", "no machine type is stated", None, name)
        where, lost = self._where("machine", group=name) if types else ((), None)
        provider = self.resource.provider or ""
        machines = self.interpreter.machines
        offers = tuple(
            machines.offer((provider, region), one, line, beside, group.accelerators, stays=stays)
            for one in types
            for region in where
        )
        if line.chosen and len(types) > 1:
            hidden = hidden or Unknown(Reason.COMPUTED, note=f"which of {len(types)} machines comes is chosen later")
        found = self._spread(name, offers, hidden or lost, buying(group.purchase), counts, self._room(types))
        if offers:
            there = counts._replace(max=found.most)
            number_of = Counts(*(times(one, many) for one, many in zip(there, self.several, strict=True)))
            self.nodes[name] = Nodes(number_of, found.chosen)

    def _room(self, types: Iterable[str]) -> Mapping[str, Amount]:
        """Return how many machines of each type the limits of a pool leave room for, where it has some."""
        quota = self.resource.facts.get("quota") if self.resource.category == "compute.pool" else None
        if not isinstance(quota, Mapping) or not quota:
            return {}
        from guardrail.catalog.kubernetes.pools.limits import most_of

        provider = self.resource.provider or ""
        return {one: most(most_of(provider, one, quota)) for one in types}

    def _disks(self, line: DiskMonths) -> None:
        if line.of == "resource":
            self._each_disk(None, self.resource.storage, line, SINGLE)
            return
        for name, group in self._groups(line):
            self._each_disk(name, group.storage, line, replicas(group.replicas))

    def _each_disk(
        self, group: Optional[str], storage: Union[tuple[Disk, ...], Unknown], line: DiskMonths, counts: Counts
    ) -> None:
        if times(counts.max, self.several.max) == ZERO:
            return
        if isinstance(storage, Unknown):
            self._lack("volumes", "the volumes are not known", storage, group)
            return
        for index, disk in enumerate(storage):
            what = f"volume {index + 1}" if index else "volume" if group is None else "root volume"
            known, hidden = disks.variants(disk)
            if not known:
                self._lack(what, "its class or size is not known", hidden, group)
                continue
            where, lost = self._where(what, group=group)
            offers = tuple(
                one_way(variant.kind, disks.items(self._place(region), line, what, variant))
                for variant in known
                for region in where
            )
            self._spread(group, offers, hidden or lost, LISTED, counts)

    def _flat(self, line: Flat, skus: Value, amounts: Value) -> None:
        if skus is None or amounts is None:
            return
        doubt = [one for one in (skus, amounts) if isinstance(one, Unknown)]
        names = _several(skus)
        numbers = [quantity(one) for one in _several(amounts)]
        if not names or None in numbers or not numbers:
            self._lack(line.name, "what or how much of it is not known", worst(doubt) if doubt else None)
            return
        where, lost = self._where(line.name)
        offers = tuple(
            one_way(str(sku), [self._place(region).item(line.name, amount, line.service, str(sku), line.unit)])
            for sku in names
            for amount in numbers
            if amount is not None
            for region in where
        )
        self._spread(None, offers, worst(doubt) if doubt else lost, LISTED, SINGLE)

    def _spread(
        self,
        group: Optional[str],
        offers: tuple[Offer, ...],
        hidden: Optional[Unknown],
        how: Buying,
        counts: Counts,
        room: Mapping[str, Amount] = MappingProxyType({}),
    ) -> Spread:
        found = spread(Choice(offers, hidden, room), how, counts, self.several)
        self.entries += [Entry(charge, group) for charge in found.charges]
        self.entries += [Entry(lack, group) for lack in found.lacks]
        return found

    def _where(self, what: str, group: Optional[str] = None) -> tuple[tuple[str, ...], Optional[Unknown]]:
        """Return the regions that come into question; with none, the line is unpriced."""
        places, hidden = self.regions
        if not places:
            self._lack(what, "the region is not known", hidden, group)
        return places, hidden

    def _place(self, region: str) -> Place:
        return Place(self.interpreter.book, self.resource.provider or "", region)

    def _lack(self, name: str, why: str, hidden: Optional[Unknown] = None, group: Optional[str] = None) -> None:
        if hidden is not None and hidden.note:
            why = f"{why}: {hidden.note}"
        reason = hidden.reason if hidden is not None else Reason.UNPRICED
        self.entries.append(Entry(Unpriced(name=name, why=why, reason=reason), group))


def machine_types(stated: Any) -> tuple[tuple[str, ...], Optional[Unknown], Optional[Unknown]]:
    """
    Return (every type that may run, why the first is not certain to, why there may be others).

    The last is an unknown that does not say between which types.
    """
    if stated is None:
        return (), None, None
    told = [stated] if isinstance(stated, (str, Unknown)) else list(stated)
    names: dict[str, None] = {}
    hidden, opaque = None, None
    for index, one in enumerate(told):
        if not isinstance(one, Unknown):
            names[one] = None
            continue
        hidden = hidden or (one if index == 0 else None)
        options = list(_names(one.one_of or ()))
        opaque = opaque or (None if options else one)
        names |= dict.fromkeys(options)
    return tuple(names), hidden and Unknown(hidden.reason, note=hidden.note), opaque


def _names(options: Iterable[Any]) -> Iterator[str]:
    for option in options:
        if isinstance(option, str):
            yield option
        elif isinstance(option, (list, tuple)):
            yield from _names(option)


def _several(value: Value) -> list[Any]:
    return (
        list(value.one_of or ())
        if isinstance(value, Unknown)
        else [value]
        if isinstance(value, str)
        else _listed(value)
    )


def _listed(value: Value) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _name(line: Line) -> str:
    if isinstance(line, MachineHours):
        return "machine"
    if isinstance(line, AcceleratorHours):
        return "accelerators"
    return "volumes" if isinstance(line, DiskMonths) else line.name
