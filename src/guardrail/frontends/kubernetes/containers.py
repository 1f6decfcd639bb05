"""Containers of a pod: what each asks for, with the defaults of its namespace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Final, Optional, Union

from guardrail.catalog.kubernetes.devices import device
from guardrail.frontends.kubernetes.quantity import named
from guardrail.frontends.kubernetes.reading import Reading, lookup, opened
from guardrail.model.dataclass import dataclass
from guardrail.model.path import escaped
from guardrail.model.resource import Container, Origin
from guardrail.model.value import ABSENT, OpenMap, Unknown, Value

Amounts = Mapping[str, Value]
"""Integers by native name, `cpu_millis` and `memory_bytes` renamed; an `OpenMap` where others may be stated too."""

_NO_AMOUNTS: Final[Amounts] = {}

LOST: Final = "nothing stands there, which is no number of devices (write 0 for none)"
"""What is said of a device whose number is null."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """
    What LimitRanges give to containers of their namespace that state nothing.

    `origins` say where by `requests/<name>` and `limits/<name>`.
    """

    requests: Amounts = field(default_factory=dict)
    limits: Amounts = field(default_factory=dict)
    origins: Mapping[str, Origin] = field(default_factory=dict)


NO_DEFAULTS: Final = Defaults()


@dataclass(frozen=True, slots=True)
class Asked:
    """
    What one container asks for, in the facts (`container`) and of each resource the larger of request and limit.

    `always`: it runs as long as the pod does (a sidecar among the init containers too), unknown where another tool
    says so. `at` is its pointer, `defaulted` are the amounts that a LimitRange states, as its `origins` have them.
    """

    container: Container
    at: str
    always: Union[bool, Unknown]
    defaulted: tuple[str, ...] = ()

    def of(self, resource: str) -> Value:
        """Return how much of a resource it needs, `ABSENT` if none is asked for."""
        request = lookup(self.container.requests, (resource,))
        limit = lookup(self.container.limits, (resource,))
        if isinstance(request, Unknown) or isinstance(limit, Unknown):
            return request if isinstance(request, Unknown) else limit
        stated = [one for one in (request, limit) if one is not ABSENT]
        return max(stated) if stated else ABSENT

    def names(self) -> Sequence[str]:
        """Return the resources that it names."""
        return (*self.container.requests, *self.container.limits)

    def rest(self) -> Optional[Unknown]:
        """Return why it may ask for more than is written."""
        for amounts in (self.container.requests, self.container.limits):
            if isinstance(amounts, OpenMap):
                return amounts.rest
        return None


def containers(
    reading: Reading, pod: Mapping[str, Value], at: str, alone: Sequence[str], defaults: Defaults
) -> Union[list[Asked], Unknown]:
    """
    Return the containers of a pod spec, those that start it first. `alone` point to single ones beside the lists.

    Unknown where one of them cannot be read: it might ask for anything.
    """
    found: list[Asked] = []
    for key, always in (("initContainers", False), ("containers", True), ("ephemeralContainers", True)):
        listed = reading.sequence(pod.get(key), f"{at}/{key}")
        if isinstance(listed, Unknown):
            return listed
        for index, value in enumerate(listed):
            one = _container(reading, value, f"{at}/{key}/{index}", always, defaults)
            if isinstance(one, Unknown):
                return one
            found.append(one)
    for pointer in alone:
        value = pod.get(pointer[1:])
        if value is not None:
            one = _container(reading, value, at + pointer, True, defaults)
            if isinstance(one, Unknown):
                return one
            found.append(one)
    return found


def _container(reading: Reading, value: Value, at: str, always: bool, defaults: Defaults) -> Union[Asked, Unknown]:
    found = reading.mapping(value, at)
    if isinstance(found, Unknown):
        return found
    if isinstance(found, OpenMap) and "resources" not in found:
        return found.rest
    name = found.get("name")
    requests, limits, defaulted = resources(reading, found.get("resources"), f"{at}/resources", defaults)
    restart = found.get("restartPolicy")
    sidecar = restart if isinstance(restart, Unknown) else restart == "Always"
    shown = name if isinstance(name, str) else at.rpartition("/")[2]
    return Asked(Container(name=shown, requests=requests, limits=limits), at, always or sidecar, defaulted)


def resources(
    reading: Reading, value: Value, at: str, defaults: Defaults = NO_DEFAULTS
) -> tuple[Amounts, Amounts, tuple[str, ...]]:
    """
    Return requests, limits, and which of them are defaults.

    A request that is not stated is the limit, if that is stated; only then a LimitRange is asked.
    """
    found = reading.mapping(value, at)
    if isinstance(found, Unknown):
        return opened({}, found), opened({}, found), ()
    limits = amounts(reading, found.get("limits"), f"{at}/limits")
    requests = _filled(amounts(reading, found.get("requests"), f"{at}/requests"), limits)
    if defaults is NO_DEFAULTS:
        return requests, limits, ()
    defaulted = tuple(
        f"{side}/{name}"
        for side, stated, given in (("limits", limits, defaults.limits), ("requests", requests, defaults.requests))
        for name in given
        if name not in stated
    )
    return _filled(requests, defaults.requests), _filled(limits, defaults.limits), defaulted


def amounts(reading: Reading, value: Value, at: str) -> Amounts:
    """
    Return requests or limits as they are written.

    Kubernetes takes a number of devices with nothing behind it for none. Nobody writes that down: it is a value that
    got lost, or that somebody fills in.
    """
    if value is None:
        return _NO_AMOUNTS
    found = reading.mapping(value, at)
    if isinstance(found, Unknown):
        return opened({}, found)
    told: dict[str, Value] = {}
    for resource, amount in found.items():
        if amount is not None:
            name, per = named(resource)
            told[name] = reading.quantity(amount, f"{at}/{escaped(resource)}", per)
        elif device(resource) is not None:
            told[resource] = reading.problem(f"{at}/{escaped(resource)}", LOST)
    return opened(told, found.rest) if isinstance(found, OpenMap) else told


def _filled(stated: Amounts, others: Amounts) -> Amounts:
    """Return the amounts with those of others that they do not state."""
    if not others and not isinstance(others, OpenMap):
        return stated
    together = {**others, **stated}
    rest = stated.rest if isinstance(stated, OpenMap) else others.rest if isinstance(others, OpenMap) else None
    return together if rest is None else opened(together, rest)
