"""Disks as declared: from blocks to `Disk`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from guardrail.catalog.facts import as_number, as_text, bare
from guardrail.catalog.kind import ALWAYS, DiskSpec
from guardrail.catalog.read import Reader, blocks, paths, reader
from guardrail.model.path import pointer
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


def disk_origins(specs: tuple[DiskSpec, ...], attributes: Value, index: int) -> Mapping[str, tuple[str, ...]]:
    """
    Return the pointers of the attributes behind one of the disks that `specs` tell, by field of `Disk`.

    Nothing where it cannot be told which disk that is. Asked for only where somebody wants to know: it reads again.
    """
    for spec in specs:
        found = blocks(spec, spec.each)(attributes) if spec.each else (attributes,)
        if isinstance(found, Unknown):
            return {}
        for position, one in enumerate(found):
            there = True if spec.when is ALWAYS else reader(spec.when)(one)
            if isinstance(there, Unknown):
                return {}
            if there and index == 0:
                above = pointer((*spec.each, position)) if spec.each else ""
                return {name: tuple(paths(getattr(spec, name), above)) or (above,) for name in _FIELDS}
            index -= 1 if there else 0
    return {}


_FIELDS: Final = ("kind", "size_gib", "iops", "throughput_mibps")


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
