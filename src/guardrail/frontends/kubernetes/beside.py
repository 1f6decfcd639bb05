"""What stands beside a pod spec and says something about it: amounts, labels of the node, devices of whole machines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import Final, Optional, Union

from guardrail.catalog.kubernetes.devices import device
from guardrail.catalog.kubernetes.workload import Ask, Pods
from guardrail.catalog.machines import accelerators_of, machine
from guardrail.frontends.kubernetes.containers import LOST, Amounts, Asked
from guardrail.frontends.kubernetes.counts import number, times
from guardrail.frontends.kubernetes.nodes import Nodes
from guardrail.frontends.kubernetes.quantity import named
from guardrail.frontends.kubernetes.reading import Reading, Scope, opened
from guardrail.frontends.kubernetes.selection import Selector, both
from guardrail.model import value as values
from guardrail.model.path import escaped
from guardrail.model.resource import Accelerator, Bounds, Container
from guardrail.model.value import ABSENT, OpenMap, Reason, Unknown, Value, apply

Devices = Union[tuple[Accelerator, ...], Unknown]

_PROVIDERS: Final = ("azure", "aws", "gcp")


def asks(reading: Reading, scope: Scope, pods: Pods) -> Optional[Asked]:
    """Return the amounts that stand outside of requests and limits as a container of their own, None without any."""
    amounts: dict[str, Value] = {}
    doubt: Optional[Unknown] = None
    at = ""
    for ask in pods.asks:
        value, pointer = _first(scope, ask.amount)
        if value is ABSENT and ask.alone and _first(scope, (ask.named,))[0] is not ABSENT:
            value, pointer = ask.alone, scope.find(ask.named)[1]
        if value is ABSENT:
            lost = _lost(reading, scope, ask)
            if lost is not None:
                at = at or lost[1]
                _add(amounts, {ask.resource: lost[0]})
            continue
        at = at or pointer
        if isinstance(value, dict):
            _add(amounts, _each(reading, value, pointer))
            doubt = value.rest if isinstance(value, OpenMap) else doubt
            continue
        name = _resource(reading, scope, ask)
        if isinstance(name, Unknown):
            doubt = name
            continue
        native, per = named(name)
        _add(amounts, {native: reading.quantity(value, pointer, per)})
    if not at:
        return None
    told: Amounts = amounts if doubt is None else opened(amounts, doubt)
    return Asked(Container(name=pods.group, requests=told, limits=told), at, always=True)


def _lost(reading: Reading, scope: Scope, ask: Ask) -> Optional[tuple[Unknown, str]]:
    """Return what stands for a number of devices with nothing behind it, and its pointer, None if there is none."""
    if device(ask.resource) is None:
        return None
    at = next((at for value, at in map(scope.find, ask.amount) if value is None), None)
    return None if at is None else (reading.problem(at, LOST), at)


def _add(amounts: dict[str, Value], more: Mapping[str, Value]) -> None:
    for name, amount in more.items():
        amounts[name] = apply(lambda one, other: one + other, amounts.get(name, 0), amount)


def _first(scope: Scope, pointers: Iterable[str]) -> tuple[Value, str]:
    for pointer in pointers:
        value, at = scope.find(pointer)
        if value is not ABSENT and value is not None:
            return value, at
    return ABSENT, ""


def _each(reading: Reading, value: dict[str, Value], at: str) -> dict[str, Value]:
    """Return the amounts of a mapping of resources."""
    found: dict[str, Value] = {}
    for key, amount in value.items():
        if amount is not None:
            native, per = named(key)
            found[native] = reading.quantity(amount, f"{at}/{escaped(key)}", per)
        elif device(key) is not None:
            found[key] = reading.problem(f"{at}/{escaped(key)}", LOST)
    return found


def _resource(reading: Reading, scope: Scope, ask: Ask) -> Union[str, Unknown]:
    if not ask.named:
        return ask.resource
    value, at = scope.find(ask.named)
    name = reading.text(value, at)
    return name if isinstance(name, Unknown) else f"{ask.prefix}{name}" if name else ask.resource


def without_stated(found: Asked, others: Sequence[Asked]) -> Asked:
    """Return amounts without those that a container states itself: that one is made of both, and has the last word."""
    kept = {
        name: amount
        for name, amount in found.container.requests.items()
        if all(other.of(name) is ABSENT for other in others)
    }
    amounts = found.container.requests
    told: Amounts = opened(kept, amounts.rest) if isinstance(amounts, OpenMap) else kept
    return Asked(Container(name=found.container.name, requests=told, limits=told), found.at, found.always)


def stated_elsewhere(reading: Reading, at: str, pods: Pods, asked: Sequence[Asked]) -> Optional[Unknown]:
    """
    Return why the devices of a pod spec are not known, None if they are: another object states them.

    That is where no container is stated, or a single one that says nothing. Where somebody is named who completes
    them and is not known, it is also where none of them asks for a device.
    """
    if not pods.elsewhere or _within(at, reading.completed):
        return None
    silent = not asked or any(_is_silent(one, at, pods) for one in asked)
    if not silent:
        names = (name for one in asked for name in one.names())
        if not _within(at, reading.uncertain) or any(device(name) is not None for name in names):
            return None
    hidden = next((why for into, why in reading.uncertain.items() if why is not None and _within(at, (into,))), None)
    return hidden or Unknown(Reason.ENVIRONMENT, note=f"{pods.elsewhere} states what the containers ask for")


def _within(at: str, pointers: Iterable[str]) -> bool:
    return any(at == into or at.startswith(f"{into}/") for into in pointers)


def _is_silent(one: Asked, at: str, pods: Pods) -> bool:
    """Whether a container that another object completes states nothing itself."""
    alone = one.at[len(at) :] in pods.containers
    return alone and not one.container.requests and not one.container.limits


def selecting(reading: Reading, scope: Scope, pods: Pods, wanted: Selector) -> Selector:
    """Return the labels that the node must have, with those that fields beside the pod spec demand."""
    if isinstance(wanted, Unknown):
        return wanted
    for label, pointers in pods.selects.items():
        value, at = _first(scope, pointers)
        if value is ABSENT or value == "":
            continue
        if label:
            more: Selector = {label: _labels(reading, value, at)}
        else:
            more = reading.texts(value, at)
        if isinstance(more, Unknown):
            return opened(wanted, more)
        wanted = _together(wanted, {key: one for key, one in more.items() if one is not None})
    return wanted


def _together(wanted: Mapping[str, Value], more: Mapping[str, Value]) -> Mapping[str, Value]:
    kept = both(more, wanted)
    return opened(kept, wanted.rest) if isinstance(wanted, OpenMap) else kept


def selected_at(scope: Scope, pods: Pods) -> tuple[str, ...]:
    """Return the pointers of the fields that demand labels of the node."""
    return tuple(at for pointers in pods.selects.values() if (at := _first(scope, pointers)[1]))


def _labels(reading: Reading, value: Value, at: str) -> Value:
    """Return a text, or texts of which any will do."""
    if not isinstance(value, tuple):
        return reading.text(value, at)
    texts = [reading.text(one, f"{at}/{index}") for index, one in enumerate(value)]
    doubt = next((one for one in texts if isinstance(one, Unknown)), None)
    return doubt if doubt is not None else tuple(one for one in texts if one is not None)


def parted(scope: Scope, pods: Pods) -> bool:
    """Whether pods are given a part of a machine that is there already, and none is made for them."""
    machine_ = next((pointers for label, pointers in pods.selects.items() if label), ())
    if _first(scope, machine_)[0] not in (ABSENT, ""):
        return False
    return any(_first(scope, (*ask.amount, ask.named))[0] is not ABSENT for ask in pods.asks)


def whole(where: Nodes) -> Optional[Devices]:
    """Return all devices of the machine that a pod has for itself, None where nothing says which machine that is."""
    types = where.machine_types
    if types is None or isinstance(types, Unknown):
        return types
    found = [_inside(name) for name in types]
    if all(one == found[0] for one in found[1:]):
        return found[0]
    return Unknown(Reason.REFUSED, note="several types of machines with other devices will do")


def _inside(name: str) -> Devices:
    cloud = next((cloud for cloud in _PROVIDERS if machine(cloud, name) is not None), None)
    if cloud is None:
        told = [accelerators_of(cloud, name) for cloud in _PROVIDERS]
        return next((one for one in told if not isinstance(one, Unknown)), told[0])
    return accelerators_of(cloud, name)


def unread(scope: Scope, pods: Pods) -> Optional[Unknown]:
    """Return why the devices are not known: a field that asks for some in a way that is not read."""
    for pointer, note in pods.unread.items():
        value, _ = scope.find(pointer)
        if value is not ABSENT and value is not None and value != () and value is not False:
            return value if isinstance(value, Unknown) else Unknown(Reason.REFUSED, note=note)
    return None


def spread(reading: Reading, scope: Scope, pods: Pods, replicas: Bounds, devices: Devices) -> Bounds:
    """Return the bounds of as many pods as it takes for the devices that each replica needs together."""
    made = pods.spread
    if made is None:
        return replicas
    needed = [number(reading, scope, count)[0] for count in made.devices]
    held = devices if isinstance(devices, Unknown) else _sum(one.count for one in devices)
    nodes = _pods_for(needed, held)
    fewer: values.Count = apply(lambda known: max(known - made.less, 0), nodes)
    return Bounds(*(times(bound, fewer) for bound in (replicas.min, replicas.desired, replicas.max)))


def given(pods: Pods, devices: Devices) -> Devices:
    """Return the devices of pods that are spread: some controllers give one to those that ask for none."""
    if pods.spread is None or devices != ():
        return devices
    return Unknown(Reason.REFUSED, note="the controller gives devices to pods of a spread model that ask for none")


def _sum(counts: Iterable[values.Count]) -> values.Count:
    total: values.Count = 0
    for count in counts:
        total = apply(lambda one, other: one + other, total, count)
    return total


def _pods_for(needed: Sequence[values.Count], held: values.Count) -> values.Count:
    """Return how many pods have so many devices together; of those without any, one is made."""

    def divided(in_one: object, *factors: object) -> object:
        if not isinstance(in_one, int) or in_one < 1:
            return 1
        return -(-prod(one for one in factors if isinstance(one, int)) // in_one)

    made: values.Count = apply(divided, held, *needed)
    return made
