"""Disks as declared: from blocks to `Disk`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from guardrail.catalog.convert import text, whole
from guardrail.catalog.kind import DiskSpec
from guardrail.catalog.read import Reader, elements, guarded, reader
from guardrail.model.path import Segment
from guardrail.model.resource import Disk
from guardrail.model.value import Unknown, Value, apply

Fill = Callable[[Value, list[Disk]], "Unknown | None"]


def disks_reader(specs: tuple[DiskSpec, ...]) -> Reader:
    """Return the function that yields all disks that `specs` tell, in order: a tuple, or an `Unknown` for all."""
    fills = tuple(_fill(spec) for spec in specs)

    def read(attributes: Value) -> Value:
        disks: list[Disk] = []
        for fill in fills:
            hidden = fill(attributes, disks)
            if hidden is not None:
                return hidden
        return tuple(disks)

    return read


def _fill(spec: DiskSpec) -> Fill:
    disk = _disk(spec)
    exists = reader(spec.when)
    path: tuple[Segment, ...] = spec.each

    def fill(attributes: Value, disks: list[Disk]) -> Unknown | None:
        found = elements(attributes, path) if path else (attributes,)
        if isinstance(found, Unknown):
            return Unknown(found.reason, note=found.note)
        for one in found:
            there = exists(one)
            if isinstance(there, Unknown):
                return Unknown(there.reason, note=there.note)
            if there:
                disks.append(disk(one))
        return None

    return fill


def _disk(spec: DiskSpec) -> Callable[[Value], Disk]:
    kind, size, iops, throughput = (
        reader(fact) for fact in (spec.kind, spec.size_gib, spec.iops, spec.throughput_mibps)
    )

    def read(attributes: Value) -> Disk:
        return Disk(
            kind=_known_as(text, kind(attributes)),
            size_gib=_known_as(whole, size(attributes)),
            iops=_known_as(whole, iops(attributes)),
            throughput_mibps=_known_as(whole, throughput(attributes)),
        )

    return read


def _known_as(convert: Callable[[Value], Value], value: Value) -> Value:
    """Return the value converted; absent and unknown stay what they are, candidates are converted too."""
    if value is None:
        return None
    if isinstance(value, Unknown):
        return value if value.one_of is None else apply(partial(guarded, convert), value)
    return guarded(convert, value)
