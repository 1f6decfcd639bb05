"""
What all nodes of a pool together may have, and how many nodes that can be.

A provisioner makes no node with which the sum would exceed a limit, so of each machine there are at most as many as
fit. What has no limit, or a machine that has nothing of what is limited, is without bound.
https://karpenter.sh/docs/concepts/nodepools/#speclimits
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Optional, Union

from guardrail.catalog.convert import ConversionError
from guardrail.catalog.kubernetes.pools.machine_labels import devices
from guardrail.catalog.kubernetes.quantity import named, units
from guardrail.catalog.machines import accelerators_of, machine
from guardrail.model.value import UNBOUNDED, NoBound, Unknown, Value

Most = Union[int, NoBound, Unknown]
Quota = Mapping[str, Value]

NODES: Final = "nodes"
CPU: Final = "cpu_millis"
MEMORY: Final = "memory_bytes"

DEVICES: Final[Mapping[str, str]] = {
    "nvidia": "nvidia.com/gpu",
    "amd": "amd.com/gpu",
    "aws": "aws.amazon.com/neuron",
    "intel": "habana.ai/gaudi",
    "google": "google.com/tpu",
}
"""What nodes call the devices of a vendor."""

_SMALLEST_CPU: Final = 1000
_USABLE: Final = (925, 1000)
"""
The part of a machine's memory that Karpenter reckons with: what the hypervisor takes is 7.5 % unless set otherwise.

https://karpenter.sh/docs/reference/settings/ (VM_MEMORY_OVERHEAD_PERCENT)
"""


def quota(limits: Any) -> Quota:
    """Return limits by the names of the contract, as whole numbers. Raises `ConversionError` for what is none."""
    if not isinstance(limits, Mapping):
        raise ConversionError("not a mapping of limits")
    found: dict[str, Value] = {}
    for resource, amount in limits.items():
        if amount is not None:
            name, per = named(resource)
            found[name] = amount if isinstance(amount, Unknown) else units(amount, per)
    return found


def most_of(provider: str, machine_type: str, limits: Quota) -> Most:
    """Return how many machines of a type all limits leave room for."""
    known = machine(provider, machine_type)
    inside = accelerators_of(provider, machine_type)
    parts: list[Most] = [_part(limits.get(NODES), 1)]
    if known is not None:
        parts.append(_part(limits.get(CPU), known.vcpu * 1000))
        parts.append(_part(limits.get(MEMORY), int(known.memory_gib * 2**30) * _USABLE[0] // _USABLE[1]))
    else:
        parts.append(_part(limits.get(CPU), _SMALLEST_CPU))
    parts += [
        _part(limits.get(DEVICES[one.vendor]), devices(one))
        for one in (() if isinstance(inside, Unknown) else inside)
        if isinstance(one.vendor, str) and one.vendor in DEVICES
    ]
    return least(parts)


def most_of_any(limits: Quota, vendor: Optional[str] = None) -> Most:
    """Return how many machines there can be: each has a processor, and a device of a vendor where one is named."""
    parts = [_part(limits.get(NODES), 1), _part(limits.get(CPU), _SMALLEST_CPU)]
    if vendor is not None:
        parts.append(_part(limits.get(DEVICES[vendor]), 1))
    return least(parts)


def _part(limit: Value, each: int) -> Most:
    if limit is None:
        return UNBOUNDED
    if isinstance(limit, Unknown):
        return limit
    return int(limit) // each if each > 0 else UNBOUNDED


def least(parts: Iterable[Most]) -> Most:
    """Return the smallest bound, unknown if one of them is: it may be smaller still."""
    told = list(parts)
    hidden = next((one for one in told if isinstance(one, Unknown)), None)
    if hidden is not None:
        return Unknown(hidden.reason, note=hidden.note)
    return min((one for one in told if isinstance(one, int)), default=UNBOUNDED)


def largest(parts: Iterable[Most]) -> Most:
    """Return the largest bound; one that is not known may be larger than any, no bound is largest."""
    told = list(parts)
    if any(isinstance(one, NoBound) for one in told):
        return UNBOUNDED
    hidden = next((one for one in told if isinstance(one, Unknown)), None)
    return hidden if hidden is not None else max((one for one in told if isinstance(one, int)), default=0)
