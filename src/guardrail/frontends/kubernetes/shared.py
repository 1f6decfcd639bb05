"""
Claims that several pods name: one set of devices, however many they are.

A template of a claim makes one for each pod; a claim that is named is there once. The first group of pods that names
it, by the name of its object, has the devices, all of its pods together, and the others use what that one has.
https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/#resourceclaims-templates
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Optional

from guardrail.catalog.kubernetes.device_keys import share
from guardrail.frontends.kubernetes.pods import Found
from guardrail.model.resource import Accelerator, Bounds


def counted_once(several: Mapping[str, list[Found]]) -> None:
    """
    Let each claim count once in all groups of several objects, by their names. The lists are changed.

    Of pods that are as many as they ever are each has its part of the devices. Where their number moves no part of a
    device is right for all of its bounds: then each has all of them, and together they come to more than there are.
    """
    taken: set[str] = set()
    for name in sorted(name for name, found in several.items() if any(one.shared for one in found)):
        found = several[name]
        for index, one in enumerate(found):
            found[index] = _once(one, taken)


def _once(one: Found, taken: set[str]) -> Found:
    devices = one.group.accelerators
    if not isinstance(devices, tuple):
        return one
    first = len(devices) - len(one.shared)
    claimed = (_counted(each, claim, one, taken) for each, claim in zip(devices[first:], one.shared, strict=True))
    kept = (*devices[:first], *claimed)
    if one.group.replicas.max != 0:  # what never runs has nothing
        taken.update(filter(None, one.shared))
    return replace(one, group=replace(one.group, accelerators=kept))


def _counted(one: Accelerator, claim: Optional[str], found: Found, taken: set[str]) -> Accelerator:
    if claim is None:
        return one
    if claim in taken:
        return replace(one, count=0)
    pods = _constant(found.group.replicas)
    return one if pods is None else replace(one, fraction=(one.fraction or Decimal(1)) * share(1, pods))


def _constant(replicas: Bounds) -> Optional[int]:
    """Return how many pods there are, of more than one, where they are as many as they ever are."""
    most = replicas.max
    return most if isinstance(most, int) and most > 1 and replicas.desired == most else None
