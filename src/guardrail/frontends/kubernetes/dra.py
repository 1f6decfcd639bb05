"""Devices that pods claim (Dynamic Resource Allocation), in the shapes of its API versions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final, Optional, Union

from guardrail.catalog.accelerators import accelerator
from guardrail.catalog.kubernetes.devices import DeviceClass, device_class
from guardrail.frontends.kubernetes.accelerators import of_device
from guardrail.frontends.kubernetes.nodes import Nodes, agreed
from guardrail.frontends.kubernetes.reading import Reading
from guardrail.frontends.kubernetes.surroundings import Surroundings
from guardrail.model.resource import Accelerator
from guardrail.model.value import Count, Reason, Unknown, Value

_GROUP: Final = "resource.k8s.io"
_CLAIMS: Final = (
    ("resourceClaimTemplateName", f"{_GROUP}/ResourceClaimTemplate", ("spec", "spec")),
    ("resourceClaimName", f"{_GROUP}/ResourceClaim", ("spec",)),
)
_PRODUCT: Final = re.compile(r"""productName['"]?\]?\s*==\s*['"]([^'"]{1,80})['"]""")

Claimed = Union[tuple[Accelerator, ...], Unknown]


def claimed(reading: Reading, spec: Mapping[str, Value], at: str, around: Surroundings, where: Nodes) -> Claimed:
    """
    Return the accelerators that a pod claims. A claim that several pods share counts for each of them.

    Unknown where a claim is not in this unit, or is of a class that is in no row.
    """
    listed = reading.sequence(spec.get("resourceClaims"), f"{at}/resourceClaims")
    if isinstance(listed, Unknown):
        return listed
    found: list[Accelerator] = []
    for index, claim in enumerate(listed):
        below = f"{at}/resourceClaims/{index}"
        one = reading.mapping(claim, below)
        if isinstance(one, Unknown):
            return one
        devices = _of_claim(reading, one, below, around, where)
        if isinstance(devices, Unknown):
            return devices
        found.extend(devices)
    return tuple(found)


def _of_claim(reading: Reading, claim: Mapping[str, Value], at: str, around: Surroundings, where: Nodes) -> Claimed:
    source = claim.get("source")  # an older version nests the names
    named = source if isinstance(source, dict) else claim
    for key, type_, path in _CLAIMS:
        name = reading.text(named.get(key), f"{at}/{key}")
        if isinstance(name, Unknown):
            return name
        if name is None:
            continue
        target = around.target(type_, reading.object.namespace, name)
        if target is None:
            return Unknown(Reason.ENVIRONMENT, note=f"the claim {name[:60]!r} is not in this unit")
        value: Value = target.value
        for segment in path:
            value = value.get(segment) if isinstance(value, dict) else None
        return _of_spec(value, where)
    return ()


def _of_spec(spec: Value, where: Nodes) -> Claimed:
    devices = spec.get("devices") if isinstance(spec, dict) else None
    requests = devices.get("requests") if isinstance(devices, dict) else None
    if isinstance(spec, dict) and "resourceClassName" in spec:
        return Unknown(Reason.REFUSED, note="claims by resourceClassName (v1alpha2) are not understood")
    if not isinstance(requests, tuple):
        return (
            Unknown(Reason.ERROR, note="a claim without spec.devices.requests")
            if requests is None
            else _doubt(requests)
        )
    found: list[Accelerator] = []
    for request in requests:
        one = _of_request(request, where)
        if isinstance(one, Unknown):
            return one
        if one is not None:
            found.append(one)
    return tuple(found)


def _doubt(value: Value) -> Unknown:
    return value if isinstance(value, Unknown) else Unknown(Reason.ERROR, note="the requests of a claim are no list")


def _of_request(request: Value, where: Nodes) -> Union[Accelerator, Unknown, None]:
    """Return what a request asks for; of alternatives the one that is most, None for no accelerator."""
    best: Optional[Accelerator] = None
    for choice in _choices(request):
        if isinstance(choice, Unknown):
            return choice
        one = _of_choice(choice, where)
        if isinstance(one, Unknown):
            return one
        if one is not None and (best is None or _weight(one) > _weight(best)):
            best = one
    return best


def _weight(one: Accelerator) -> Decimal:
    """Return how many whole devices an alternative is; one that is not known is the most."""
    return one.count * (one.fraction or Decimal(1)) if isinstance(one.count, int) else Decimal("Infinity")


def _choices(request: Value) -> Iterator[Union[Mapping[str, Value], Unknown]]:
    """Yield the alternatives of a request: `exactly` or flat there is one, `firstAvailable` has several."""
    if not isinstance(request, dict):
        yield _doubt(request)
        return
    several = request.get("firstAvailable")
    if isinstance(several, tuple):
        yield from (one if isinstance(one, dict) else _doubt(one) for one in several)
        return
    exactly = request.get("exactly", request)
    yield exactly if isinstance(exactly, dict) else _doubt(exactly)


def _of_choice(choice: Mapping[str, Value], where: Nodes) -> Union[Accelerator, Unknown, None]:
    name = choice.get("deviceClassName")
    if not isinstance(name, str):
        return _doubt(name) if isinstance(name, Unknown) else Unknown(Reason.ERROR, note="a request without a class")
    what = device_class(name)
    if what is DeviceClass.UNKNOWN:
        return Unknown(Reason.REFUSED, note=f"the device class {name[:60]!r} is in no row")
    if isinstance(what, DeviceClass) or choice.get("adminAccess") is True:
        return None
    return of_device(what, _count(choice), _narrowed(choice, where))


def _count(choice: Mapping[str, Value]) -> Count:
    if choice.get("allocationMode") == "All":
        return Unknown(Reason.ENVIRONMENT, note="all devices of the node are claimed")
    count = choice.get("count", 1)
    if isinstance(count, Unknown):
        return count
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count < 2**31:
        return Unknown(Reason.ERROR, note="the count of a claim is not a whole number")
    return count


def _narrowed(choice: Mapping[str, Value], where: Nodes) -> Nodes:
    """Return the nodes with the model that an expression of the request names, where it is compared as equal."""
    selectors = choice.get("selectors")
    for selector in selectors if isinstance(selectors, tuple) else ():
        cel = selector.get("cel") if isinstance(selector, dict) else None
        expression = cel.get("expression") if isinstance(cel, dict) else None
        found = _PRODUCT.search(expression[:4096]) if isinstance(expression, str) and "||" not in expression else None
        row = accelerator(found[1].replace(" ", "-")) if found else None
        if row is not None:
            return replace(where, models=agreed(where.models if isinstance(where.models, tuple) else None, (row,)))
    return where
