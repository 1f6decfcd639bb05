"""The accelerators of one pod: what its containers ask for together, and which models that can be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache
from typing import Final, Optional, Union

from guardrail.catalog.accelerators import AcceleratorModel, accelerator, of_model
from guardrail.catalog.kubernetes.devices import Device, device, share, slice_of
from guardrail.frontends.kubernetes.containers import Asked
from guardrail.frontends.kubernetes.nodes import Nodes, agreed
from guardrail.model.resource import Accelerator
from guardrail.model.value import ABSENT, CANDIDATES, Count, Reason, Text, Unknown, Value, strictest

_KINDS: Final = 64
"""Kinds of accelerators that one pod asks for; no node has as many."""

_UNTOLD: Final = Unknown(Reason.ENVIRONMENT, note="nothing in the manifest says which accelerators the node has")


def accelerators(
    asked: Sequence[Asked], nodes: Nodes
) -> tuple[Union[tuple[Accelerator, ...], Unknown], tuple[str, ...]]:
    """
    Return the accelerators of a pod, in the order of the keys that ask for them, and the pointers of the containers.

    Unknown where a container may ask for more than can be read.
    """
    for one in asked:
        rest = one.rest()
        if rest is not None:
            return rest, (one.at,)
    keys = dict.fromkeys(name for one in asked for name in one.names() if device(name) is not None)
    if len(keys) > _KINDS:
        return Unknown(Reason.REFUSED, note=f"more than {_KINDS} kinds of accelerators"), (asked[0].at,)
    found: list[Accelerator] = []
    at: dict[str, None] = {}
    for key in keys:
        what = device(key)
        if what is None or what.instead in keys:
            continue
        count = together(asked, key)
        if count == 0:
            continue
        found.append(of_device(what, count, nodes))
        at.update(dict.fromkeys(one.at for one in asked if one.of(key) is not ABSENT))
    return tuple(found), tuple(at)


def together(asked: Iterable[Asked], resource: str) -> Count:
    """
    Return how much of a resource a pod needs at once.

    Containers and sidecars run side by side; an init container runs alone, beside the sidecars declared before it.
    """
    running = sidecars = peak = 0
    unknown: list[Unknown] = []
    for one in asked:
        amount: Value = one.of(resource)
        if amount is ABSENT:
            continue
        if isinstance(amount, Unknown):
            unknown.append(amount)
        elif one.always:
            running += amount
            sidecars += amount
        else:
            peak = max(peak, sidecars + amount)
    if unknown:
        return Unknown(strictest(one.reason for one in unknown), note=unknown[0].note)
    return max(running, peak)


def of_device(what: Device, count: Count, nodes: Nodes) -> Accelerator:
    """Return so many devices: of the models that the key names, else of those that the node has."""
    fraction, rows = what.fraction, _named(what.names)
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
