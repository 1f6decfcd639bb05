"""Devices that pods claim (Dynamic Resource Allocation), in the shapes of its API versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Optional, Union

from guardrail.frontends.kubernetes.device_requests import doubt, of_request, written
from guardrail.frontends.kubernetes.nodes import Nodes
from guardrail.frontends.kubernetes.objects import Object
from guardrail.frontends.kubernetes.old_claims import of_old_claim
from guardrail.frontends.kubernetes.reading import Reading, lookup
from guardrail.frontends.kubernetes.surroundings import Surroundings
from guardrail.model.dataclass import dataclass
from guardrail.model.resource import Accelerator, Link, Origin
from guardrail.model.value import Reason, Unknown, Value

_GROUP: Final = "resource.k8s.io"
_CLAIM: Final = f"{_GROUP}/ResourceClaim"
_CLAIMS: Final = (
    ("resourceClaimTemplateName", f"{_GROUP}/ResourceClaimTemplate", ("spec", "spec")),
    ("resourceClaimName", _CLAIM, ("spec",)),
)

_LISTS: Final = ("resourceClaims", "draResources")
"""Where claims are listed: in a pod spec, and in that of a NIMService, which its pods are made of."""

_OWN: Final = "claimCreationSpec"
"""
A claim that the operator of NIM makes for each pod, written in its own words.

https://docs.nvidia.com/nim-operator/latest/dra.html
"""

Claimed = Union[tuple[Accelerator, ...], Unknown]


@dataclass(frozen=True, slots=True)
class Claims:
    """
    What a pod claims, and for each of the accelerators the address of the claim that others may name too.

    That is None for what is made for each pod.
    """

    devices: Claimed
    shared: tuple[Optional[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """A claim, or the template of one, that a pod names: its type, name, the pointer of that, the path of its spec."""

    type: str
    name: str
    at: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A claim that is made for each pod, written where others name one."""

    value: Value
    at: str


def claims_in(spec: Mapping[str, Value], at: str) -> tuple[str, ...]:
    """Return the pointers of the lists of claims that a pod spec has."""
    return tuple(f"{at}/{key}" for key in _LISTS if key in spec)


def names(reading: Reading, spec: Mapping[str, Value], at: str) -> Iterator[Union[Named, Written, Unknown]]:
    """Yield the claims of a pod in order, unknown for one whose name is not known."""
    for pointer in claims_in(spec, at):
        listed = reading.sequence(spec.get(pointer.rpartition("/")[2]), pointer)
        if isinstance(listed, Unknown):
            yield listed
            continue
        for index, claim in enumerate(listed):
            below = f"{pointer}/{index}"
            one = reading.mapping(claim, below)
            if isinstance(one, Unknown):
                yield one
            else:
                yield from _meant(reading, one, below)


def _meant(reading: Reading, one: Mapping[str, Value], at: str) -> Iterator[Union[Named, Written, Unknown]]:
    """Yield whom an element of a list of claims names, or the claim that is written there."""
    source = one.get("source")  # an older version nests the names
    if isinstance(source, dict):
        one, at = source, f"{at}/source"
    for key, type_, path in _CLAIMS:
        name = reading.text(one.get(key), f"{at}/{key}")
        if isinstance(name, Unknown):
            yield name
        elif name is not None:
            yield Named(type_, name, f"{at}/{key}", path)
            return
    if one.get(_OWN) is not None:
        yield Written(one[_OWN], f"{at}/{_OWN}")


def links(reading: Reading, spec: Mapping[str, Value], at: str, group: str) -> Iterator[Link]:
    """Yield the links from a pod to its claims."""
    for one in names(reading, spec, at):
        if isinstance(one, Named):
            yield Link(kind="references", at=one.at, types=(one.type,), group=group)


def claimed(reading: Reading, spec: Mapping[str, Value], at: str, around: Surroundings, where: Nodes) -> Claims:
    """
    Return the accelerators that a pod claims, each claim once, and of each the claim that others may name too.

    Unknown where a claim is not in this unit, or is of a class that is in no row.
    """
    found: list[Accelerator] = []
    shared: list[Optional[str]] = []
    met: set[str] = set()
    for one in names(reading, spec, at):
        claim = _claim(reading, one, around) if isinstance(one, Named) else None
        if claim is not None and claim in met:
            continue
        devices = _devices(reading, one, around, where)
        if isinstance(devices, Unknown):
            return Claims(devices)
        found.extend(devices)
        shared.extend([claim] * len(devices))
        met.update({claim} if claim is not None else ())
    return Claims(tuple(found), tuple(shared))


def _devices(reading: Reading, one: Union[Named, Written, Unknown], around: Surroundings, where: Nodes) -> Claimed:
    if isinstance(one, Written):
        return _requested(reading, reading, written(one.value), f"{one.at}/devices", around, where)
    return one if isinstance(one, Unknown) else _of_claim(reading, one, around, where)


def _claim(reading: Reading, one: Named, around: Surroundings) -> Optional[str]:
    """Return the address of a claim that is there once, whoever names it; None for what is made for each pod."""
    if one.type != _CLAIM:
        return None
    target = around.target(one.type, reading.object.namespace, one.name)
    return None if target is None else around.address(target)


def sources(reading: Reading, spec: Mapping[str, Value], at: str, around: Surroundings) -> tuple[Origin, ...]:
    """Return where the claims of a pod are written."""
    found: list[Origin] = []
    for one in names(reading, spec, at):
        target = around.target(one.type, reading.object.namespace, one.name) if isinstance(one, Named) else None
        if target is not None and isinstance(one, Named):
            found.append(Origin("".join(f"/{key}" for key in one.path), around.address(target)))
    return tuple(found)


def _of_claim(reading: Reading, claim: Named, around: Surroundings, where: Nodes) -> Claimed:
    """Return the devices of a claim; of several that may be meant, what all of them say."""
    targets = around.targets(claim.type, reading.object.namespace, claim.name)
    if not targets:
        if claim.name in around.channels:
            return ()
        return Unknown(Reason.ENVIRONMENT, note=f"the claim {claim.name[:60]!r} is not in this unit")
    several = [_of_target(reading, claim, target, around, where) for target in targets]
    if all(one == several[0] for one in several[1:]):
        return several[0]
    return Unknown(Reason.ENVIRONMENT, note=f"several claims are called {claim.name[:60]!r}")


def _of_target(reading: Reading, claim: Named, target: Object, around: Surroundings, where: Nodes) -> Claimed:
    spec = lookup(target.value, claim.path)
    if isinstance(spec, dict) and "resourceClassName" in spec:
        return of_old_claim(spec, target, around, where)
    requests = lookup(spec, ("devices", "requests"))
    at = "".join(f"/{key}" for key in (*claim.path, "devices", "requests"))
    return _requested(reading, Reading(target), requests, at, around, where)


def _requested(
    reading: Reading, inner: Reading, requests: Value, at: str, around: Surroundings, where: Nodes
) -> Claimed:
    """Return what the requests of a claim ask for, which `inner` reads; what is wrong is said of `reading`."""
    if not isinstance(requests, tuple):
        return doubt(requests, "a claim without spec.devices.requests")
    found: list[Accelerator] = []
    for index, request in enumerate(requests):
        one = of_request(inner, request, f"{at}/{index}", around, where)
        if inner is not reading:
            reading.diagnostics.extend(inner.diagnostics)
        if isinstance(one, Unknown):
            return one
        if one is not None:
            found.append(one)
    return tuple(found)
