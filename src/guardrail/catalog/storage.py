"""Disks as declared: from blocks to `Disk`."""

from __future__ import annotations

from collections.abc import Callable

from guardrail.catalog.kind import ALWAYS, DiskSpec
from guardrail.catalog.read import Reader, as_number, as_text, bare, blocks, reader
from guardrail.model.resource import Disk
from guardrail.model.value import Unknown, Value

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
    exists = None if spec.when is ALWAYS else reader(spec.when)
    listed = blocks(spec, spec.each) if spec.each else None

    def fill(attributes: Value, disks: list[Disk]) -> Unknown | None:
        found = listed(attributes) if listed else (attributes,)
        if isinstance(found, Unknown):
            return bare(found)
        for one in found:
            there = exists(one) if exists else True
            if isinstance(there, Unknown):
                return bare(there)
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
            kind=as_text(kind(attributes)),
            size_gib=as_number(size(attributes)),
            iops=as_number(iops(attributes)),
            throughput_mibps=as_number(throughput(attributes)),
        )

    return read
