"""What the other objects of a unit say about one: its namespace's labels and defaults, and who is meant by a name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Final, Optional, Protocol, Union

from guardrail.catalog.kubernetes.rows import Rows
from guardrail.frontends.kubernetes.containers import NO_DEFAULTS, Defaults
from guardrail.frontends.kubernetes.objects import Object
from guardrail.frontends.kubernetes.quantity import named
from guardrail.frontends.kubernetes.reading import Reading, lookup, opened
from guardrail.model.address import UNSTATED, address, scope_of
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.path import escaped
from guardrail.model.resource import Origin
from guardrail.model.value import OpenMap, Reason, Text, Unknown, Value

NAMESPACE: Final = "core/Namespace"
LIMIT_RANGE: Final = "core/LimitRange"
DEVICE_CLASS: Final = "resource.k8s.io/DeviceClass"
_DOMAIN: Final = "resource.nvidia.com/ComputeDomain"
_GPU_POLICY: Final = "nvidia.com/ClusterPolicy"
_PRIORITY_CLASS: Final = "scheduling.k8s.io/PriorityClass"


class Beyond(Protocol):
    """What lies outside a unit."""

    def __call__(self, type_: str, scope: str, name: str) -> tuple[tuple[str, Object], ...]:
        """Return the objects (with their units) that a name in a namespace may mean; `scope` is one of `scope_of`."""


def nowhere(type_: str, scope: str, name: str) -> tuple[tuple[str, Object], ...]:
    """Know of nothing outside the unit."""
    del type_, scope, name
    return ()


CHOSEN: Final = frozenset({"serving.kserve.io/ServingRuntime", "serving.kserve.io/ClusterServingRuntime"})
"""Types of objects that are chosen by what they say of themselves, where nobody names one."""

CLUSTER_WIDE: Final = scope_of(None)
"""The scope of what lies in no namespace."""

ANY_NAME: Final = ""
"""The name under which everything of a type is found: limit ranges and what is chosen, whatever they are called."""


JOINED: Final = 300_000
"""Values of objects that are read once more for others that name them, in one unit."""

_PARTS: Final = "put them into folders of their own, or name smaller ones"


def _size(value: Value) -> int:
    """Return how many values there are in one; long text counts as several."""
    count = 0
    stack = [value]
    while stack:
        one = stack.pop()
        count += 1 + len(one) // 16 if isinstance(one, str) else 1
        if isinstance(one, dict):
            stack.extend(one.values())
        elif isinstance(one, tuple):
            stack.extend(one)
    return count


@dataclass(slots=True)
class Surroundings:
    """
    The objects of a unit by what others find them by. `unit` is its name, `rows` are the kinds that are known.

    `extended` are names of device classes by those of resources under which their devices can be asked for too;
    `channels` of those claims that are made for channels between nodes; `policies` are those of the GPU operator,
    `parts` into how many parts devices are shared out by them, once that was asked for; `priorities` are the priority
    classes of pods that name none.
    `beyond` is asked for what is not in the unit; `homes` are the units of what it answered, by identity. `room` is how
    much of other objects may still be read for those that name them, `sizes` are those of values by identity, each with
    its value, which keeps its identity.
    """

    unit: str
    rows: Rows
    named: dict[tuple[str, str], dict[str, list[Object]]] = field(default_factory=dict)
    ranges: dict[str, list[Object]] = field(default_factory=dict)
    known: dict[str, Defaults] = field(default_factory=dict)
    extended: dict[str, str] = field(default_factory=dict)
    channels: set[str] = field(default_factory=set)
    policies: list[Object] = field(default_factory=list)
    parts: Optional[Mapping[str, int]] = None
    looked: bool = False
    priorities: list[Object] = field(default_factory=list)
    beyond: Beyond = nowhere
    homes: dict[int, str] = field(default_factory=dict)
    room: int = JOINED
    sizes: dict[int, tuple[int, Value]] = field(default_factory=dict)

    def affords(self, reading: Reading, found: Object) -> bool:
        """
        Whether another object may be read once more for one that names it; say so when it no longer may.

        Ten thousand jobs that name a runtime with ten thousand containers are a small file, and an hour's work.
        """
        return self.spend(reading, found.value)

    def spend(self, reading: Reading, value: Value) -> bool:
        """Whether a value of a document may be read once more; say so when it no longer may."""
        if self.room < 0:
            return False
        key = id(value)
        if key not in self.sizes:
            self.sizes[key] = (_size(value), value)
        self.room -= self.sizes[key][0]
        if self.room < 0:
            message = f"from here on {reading.object.native} and others are not read whole: they share too much"
            place = reading.object.place("")
            reading.diagnostics.append(Diagnostic("error", "limit-joined", message, place, hint=_PARTS, unread=True))
        return self.room >= 0

    def type_of(self, stated: str) -> str:
        """Return the type of `<group>/<Kind>`, the same for every group that serves the kind."""
        row = self.rows.get(stated)
        return row.type if row is not None else stated

    def address(self, found: Object) -> str:
        """Return the full address of an object."""
        return address(self.homes.get(id(found), self.unit), found.native)

    def target(self, type_: str, namespace: Text, name: str) -> Optional[Object]:
        """
        Return the object of a type and name in a namespace; None if it is not here, or several may be meant.

        A namespace that is not stated may be any: then one that is the only one of its name is meant.
        """
        found = self.targets(type_, namespace, name)
        return found[0] if len(found) == 1 else None

    def targets(self, type_: str, namespace: Text, name: str) -> Sequence[Object]:
        """Return the objects of a type and name that may be meant in a namespace."""
        by_scope = self.named.get((type_, name), {})
        wanted = scope_of(namespace)
        found: Sequence[Object] = by_scope.get(wanted) or by_scope.get(UNSTATED) or ()
        if not found and wanted == UNSTATED and len(by_scope) == 1:
            (found,) = by_scope.values()
        if not found and not by_scope:
            found = self._outside(type_, wanted, name)
        return found

    def _outside(self, type_: str, scope: str, name: str) -> list[Object]:
        several = self.beyond(type_, scope, name)
        self.homes.update({id(found): unit for unit, found in several})
        return [found for _, found in several]

    def namespace(self, of: Object) -> Optional[Object]:
        """Return the namespace object of an object, if it is in the unit."""
        return self.target(NAMESPACE, None, of.namespace) if isinstance(of.namespace, str) else None

    def lent(self) -> Mapping[str, str]:
        """Return the names of device classes by those of resources under which their devices can be asked for too."""
        if self.beyond is not nowhere and not self.looked:
            self.looked = True
            for one in self._outside(DEVICE_CLASS, CLUSTER_WIDE, ANY_NAME):
                self.extended = {**_lent(one), **self.extended}
        return self.extended

    def defaults(self, of: Object) -> Defaults:
        """Return what containers in the namespace of an object get where they state nothing."""
        if of.namespace is None or (not self.ranges and self.beyond is nowhere):
            return NO_DEFAULTS
        scope = scope_of(of.namespace)
        if scope not in self.known:
            ranges = self.ranges.get(scope) or self._outside(LIMIT_RANGE, scope, ANY_NAME)
            self.known[scope] = _defaults(self, ranges)
        return self.known[scope]


def _lent(one: Object) -> dict[str, str]:
    """Return the name of a device class by that of the resource under which its devices can be asked for too."""
    resource = lookup(one.value, ("spec", "extendedResourceName"))
    return {resource: one.name} if isinstance(resource, str) else {}


def surroundings(unit: str, objects: Iterable[Object], rows: Rows) -> Surroundings:
    """Return what the objects of a unit are to each other."""
    around = Surroundings(unit, rows)
    for one in objects:
        by_scope = around.named.setdefault((one.type, one.name), {})
        by_scope.setdefault(scope_of(one.namespace), []).append(one)
        if one.type in CHOSEN:
            all_of_them = around.named.setdefault((one.type, ANY_NAME), {})
            all_of_them.setdefault(scope_of(one.namespace), []).append(one)
        if one.type == LIMIT_RANGE:
            around.ranges.setdefault(scope_of(one.namespace), []).append(one)
        elif one.type == DEVICE_CLASS:
            around.extended.update(_lent(one))
        elif one.type == _DOMAIN:
            made = lookup(one.value, ("spec", "channel", "resourceClaimTemplate", "name"))
            if isinstance(made, str):
                around.channels.add(made)
        elif one.type == _GPU_POLICY:
            around.policies.append(one)
        elif one.type == _PRIORITY_CLASS and one.value.get("globalDefault") is True:
            around.priorities.append(one)
    return around


_SEVERAL: Final = Unknown(Reason.ENVIRONMENT, note="limit ranges state it differently: one of them counts")

_LARGEST: Final = "max"
_SIDES: Final = (("limits", ("default", _LARGEST)), ("requests", ("defaultRequest", "default", _LARGEST, "min")))
"""Where defaults of limits and of requests come from, in this order, as Kubernetes completes a LimitRange."""


def _defaults(around: Surroundings, ranges: Iterable[Object]) -> Defaults:
    amounts: dict[str, dict[str, Value]] = {"limits": {}, "requests": {}}
    origins: dict[str, Origin] = {}
    doubt: Optional[Unknown] = None
    for one in ranges:
        before = {side: dict(known) for side, known in amounts.items()}
        reading = Reading(one)  # what is wrong with the object is said where it is read itself
        for at, item in _items(reading):
            if isinstance(item, Unknown):
                doubt = item
                continue
            for side, source in ((side, source) for side, sources in _SIDES for source in sources):
                for name, amount, pointer in _stated(reading, item, f"{at}/{source}", source):
                    if isinstance(name, Unknown):
                        doubt = name
                    elif name not in amounts[side]:
                        amounts[side][name] = amount
                        origins[f"{side}/{name}"] = Origin(pointer, around.address(one))
                    elif before[side].pop(name, amount) != amount:
                        amounts[side][name] = _SEVERAL
    if doubt is not None:
        return Defaults(opened(amounts["requests"], doubt), opened(amounts["limits"], doubt), origins)
    return Defaults(amounts["requests"], amounts["limits"], origins) if origins else NO_DEFAULTS


def _items(reading: Reading) -> Iterable[tuple[str, Union[Mapping[str, Value], Unknown]]]:
    """Yield (pointer, item) for each limit of containers in a LimitRange, unknown where one may be."""
    listed = reading.sequence(reading.find("/spec/limits"), "/spec/limits")
    if isinstance(listed, Unknown):
        yield "/spec/limits", listed
        return
    for index, value in enumerate(listed):
        at = f"/spec/limits/{index}"
        item = reading.mapping(value, at)
        if isinstance(item, Unknown):
            yield at, item
        elif isinstance(item.get("type"), Unknown):
            yield at, item["type"]
        elif item.get("type") == "Container":
            yield at, item


def _stated(
    reading: Reading, item: Mapping[str, Value], at: str, source: str
) -> Iterable[tuple[Union[str, Unknown], Value, str]]:
    """Yield (name, amount, pointer) for each resource of one field; an unknown name for a field that may hold any."""
    found = reading.mapping(item.get(source), at)
    if isinstance(found, Unknown):
        yield found, None, at
        return
    if isinstance(found, OpenMap):
        yield found.rest, None, at
    for resource, amount in found.items():
        if amount is not None:
            name, per = named(resource)
            pointer = f"{at}/{escaped(resource)}"
            yield name, reading.quantity(amount, pointer, per), pointer
