"""The accelerators of one pod: what its containers ask for together, and which models that can be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Final, Optional, Union

from guardrail.catalog.accelerators import AcceleratorModel, accelerator, of_model
from guardrail.catalog.kubernetes.device_keys import SHARES, Device, Shares, share, slice_of
from guardrail.catalog.kubernetes.devices import device
from guardrail.frontends.kubernetes.containers import Asked
from guardrail.frontends.kubernetes.nodes import Nodes, agreed
from guardrail.model.resource import Accelerator
from guardrail.model.value import ABSENT, CANDIDATES, Count, Reason, Text, Unknown, Value, strictest

_KINDS: Final = 64
"""Kinds of accelerators that one pod asks for; no node has as many."""

_UNTOLD: Final = Unknown(Reason.ENVIRONMENT, note="nothing in the manifest says which accelerators the node has")
_UNASKED: Final = "the pods choose nodes with accelerators and ask for none: they may use any that the node has"

Known = Callable[[str], Optional[Device]]
"""What one unit of a resource is, None where that is no accelerator."""


def accelerators(
    asked: Sequence[Asked], nodes: Nodes, known: Known = device
) -> tuple[Union[tuple[Accelerator, ...], Unknown], tuple[str, ...]]:
    """
    Return the accelerators of a pod, in the order of the keys that ask for them, and the pointers of the containers.

    Unknown where a container may ask for more than can be read.
    """
    for one in asked:
        rest = one.rest()
        if rest is not None:
            return rest, (one.at,)
    keys: dict[str, Device] = {}
    for name in dict.fromkeys(name for one in asked for name in one.names()):
        what = known(name)
        if what is not None:
            keys[name] = what
    if len(keys) > _KINDS:
        return Unknown(Reason.REFUSED, note=f"more than {_KINDS} kinds of accelerators"), (asked[0].at,)
    if not keys:
        return (), ()
    amounts = [_amounts(one, keys) for one in asked]
    found: list[Accelerator] = []
    at: dict[str, None] = {}
    for key, what in keys.items():
        count = together((one.always, each.get(key, ABSENT)) for one, each in zip(asked, amounts, strict=True))
        if count != 0:
            part = _part(key, asked, amounts, nodes)
            found.append(of_device(what if part is None else replace(what, fraction=part), count, nodes))
            at.update(dict.fromkeys(one.at for one, each in zip(asked, amounts, strict=True) if key in each))
    return tuple(found), tuple(at)


def _amounts(one: Asked, keys: Mapping[str, Device]) -> dict[str, Value]:
    """Return how much of each key a container asks for, of those that say the same only the larger."""
    told = {key: amount for key in keys if (amount := one.of(key)) is not ABSENT}
    for key, what in keys.items():
        if key not in told:
            continue
        if what.memory and told[key] != 0:
            told[key] = told[key] if isinstance(told[key], Unknown) else 1
        rival = told.get(what.instead, 0)
        if rival == 0:
            if what.memory:  # memory and cores of one device
                told = {other: told[other] for other in told if other == key or not _also(keys[other], what)}
            continue
        smaller = key if what.memory or _weight(told[key], what) <= _weight(rival, keys[what.instead]) else what.instead
        del told[smaller]
    return told


def _also(one: Device, other: Device) -> bool:
    """Whether two resources are both about the same device without being one."""
    return one.memory and one.instead == other.instead


def _weight(amount: Value, what: Device) -> Decimal:
    """Return how many whole devices an amount is; one that is not known is the most."""
    return Decimal("Infinity") if isinstance(amount, Unknown) else amount * (what.fraction or Decimal(1))


def _part(key: str, asked: Sequence[Asked], amounts: Sequence[Mapping[str, Value]], nodes: Nodes) -> Optional[Decimal]:
    """Return the part of each device that containers ask for where all of them state one, the largest of those."""
    shares = SHARES.get(key)
    if shares is None:
        return None
    parts = [_share_of(one, shares, nodes) for one, each in zip(asked, amounts, strict=True) if each.get(key, 0) != 0]
    known = [one for one in parts if one is not None]
    return max(known) if known and len(known) == len(parts) else None


def _share_of(one: Asked, shares: Shares, nodes: Nodes) -> Optional[Decimal]:
    percent, memory, cores = (one.of(key) for key in (shares.percent, shares.memory, shares.cores))
    whole = _least_memory(nodes)
    if isinstance(percent, int) and percent > 0:
        part = share(percent, _WHOLE)
    elif isinstance(memory, int) and memory > 0 and whole is not None:
        part = share(memory, int(whole * 1024))
    else:
        return None
    if isinstance(cores, Unknown):
        return None
    part = max(part, share(cores, _WHOLE) if isinstance(cores, int) else part)
    return part if 0 < part < 1 else None


_WHOLE: Final = 100  # percent


def _least_memory(nodes: Nodes) -> Optional[Decimal]:
    """Return the memory in GiB of the smallest device that the nodes can have, None where that is not known."""
    rows = nodes.models if isinstance(nodes.models, tuple) else ()
    sizes = [row.memory_gib for row in rows if row.memory_gib is not None]
    return min(sizes) if sizes and len(sizes) == len(rows) else None


def together(amounts: Iterable[tuple[Union[bool, Unknown], Value]]) -> Count:
    """
    Return how much of a resource a pod needs at once, of what its containers ask for in order.

    Containers and sidecars (those that are always there) run side by side; an init container runs alone, beside the
    sidecars declared before it.
    """
    running = sidecars = peak = 0
    unknown: list[Unknown] = []
    for always, amount in amounts:
        if amount is ABSENT:
            continue
        if isinstance(amount, Unknown):
            unknown.append(amount)
        elif isinstance(always, Unknown):
            if amount:
                unknown.append(always)
        elif always:
            running += amount
            sidecars += amount
        else:
            peak = max(peak, sidecars + amount)
    if unknown:
        return Unknown(strictest(one.reason for one in unknown), note=unknown[0].note)
    return max(running, peak)


def unasked(nodes: Nodes) -> tuple[Accelerator, ...]:
    """
    Return the accelerators of pods that ask for none, where they choose nodes by having some.

    No device plugin hands them out to such a pod, but it has the node, and whoever sets `NVIDIA_VISIBLE_DEVICES` or
    runs privileged has its devices: how many is not known, between none and all of them.
    """
    if not nodes.chosen:
        return ()
    one_of = (0, nodes.devices) if nodes.devices else None
    return (of_device(Device(nodes.vendor), Unknown(Reason.ENVIRONMENT, one_of, note=_UNASKED), nodes),)


def of_device(what: Device, count: Count, nodes: Nodes) -> Accelerator:
    """Return so many devices: of the models that the key names, else of those that the node has."""
    fraction, rows = what.fraction, _named(what.names)
    if what.parts:
        fraction = _largest_part(what, nodes)
    if fraction is None and nodes.slice is not None and what.vendor == "nvidia":
        part = slice_of(nodes.slice)
        fraction = part.fraction if part is not None else None
        rows = rows or (_named(part.names) if part is not None else ())
    if nodes.clients is not None and what.vendor == "nvidia":
        fraction = (fraction or Decimal(1)) * share(1, nodes.clients)
    told = nodes.models
    if isinstance(told, tuple):
        told = tuple(row for row in told if what.vendor in (None, row.vendor))
        rows = agreed(rows or None, told) if told else rows
    if rows:
        return _of(rows, count, fraction, Reason.REFUSED if told and isinstance(told, tuple) else Reason.ENVIRONMENT)
    doubt = told if isinstance(told, Unknown) else _UNTOLD
    return Accelerator(count=count, vendor=what.vendor, model=doubt, family=doubt, fraction=fraction)


def _largest_part(what: Device, nodes: Nodes) -> Optional[Decimal]:
    """Return the part of a device that one unit is of the models that the node can have."""
    parts = dict(what.parts)
    rows = [row for row in nodes.models if row.vendor == what.vendor] if isinstance(nodes.models, tuple) else []
    told = [parts.get(row.model, what.fraction or Decimal(1)) for row in rows]
    return max(told) if told else what.fraction


def _of(rows: tuple[AcceleratorModel, ...], count: Count, fraction: Optional[Decimal], why: Reason) -> Accelerator:
    """
    Return devices of one of several models. Which of them is for the manifest to say where it chooses the nodes.

    Where only the resource leaves it open (a MIG profile that several models have), it depends on the cluster.
    """
    if len(rows) == 1:
        return of_model(rows[0], count, fraction)
    memories = {row.memory_gib for row in rows}
    return Accelerator(
        count=count,
        vendor=_one((row.vendor for row in rows), why),
        model=_one((row.model for row in rows), why),
        family=_one((row.family for row in rows), why),
        fraction=fraction,
        memory_gib=rows[0].memory_gib if len(memories) == 1 else None,
    )


def _one(names: Iterable[str], why: Reason) -> Text:
    distinct = tuple(dict.fromkeys(names))
    if len(distinct) == 1:
        return distinct[0]
    one_of = distinct if len(distinct) <= CANDIDATES else None
    return Unknown(why, one_of, note="several models will do")


@cache
def _named(names: tuple[str, ...]) -> tuple[AcceleratorModel, ...]:
    """Return the rows of the table by name; none where one of them is not in it."""
    rows = [accelerator(name) for name in names]
    return tuple(row for row in rows if row is not None) if all(rows) else ()
