"""Claims of v1alpha2, the first form of the API: by a resource class, with parameters in objects of the driver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Union

from guardrail.catalog.kubernetes.devices import DeviceClass, device_class
from guardrail.frontends.kubernetes.accelerators import of_device
from guardrail.frontends.kubernetes.device_requests import doubt, whole
from guardrail.frontends.kubernetes.nodes import Nodes
from guardrail.frontends.kubernetes.objects import Object
from guardrail.frontends.kubernetes.reading import Reading, lookup
from guardrail.frontends.kubernetes.surroundings import Surroundings
from guardrail.model.resource import Accelerator
from guardrail.model.value import ABSENT, Reason, Unknown, Value

_CLASS: Final = "resource.k8s.io/ResourceClass"
_PARAMETERS: Final = {"GpuClaimParameters": "count", "MigDeviceClaimParameters": "profile"}


def of_old_claim(
    spec: Mapping[str, Value], claim: Object, around: Surroundings, where: Nodes
) -> Union[tuple[Accelerator, ...], Unknown]:
    """Return the devices of a claim of v1alpha2: one of its class, unless an object of the driver says otherwise."""
    name = spec["resourceClassName"]
    if not isinstance(name, str):
        return doubt(name, "a claim without a class")
    target = around.target(_CLASS, None, name)
    driver = target.value.get("driverName") if target is not None else None
    what = device_class(driver if isinstance(driver, str) else name)
    if what is DeviceClass.UNKNOWN:
        return Unknown(Reason.REFUSED, note=f"the resource class {name[:60]!r} is in no row")
    if isinstance(what, DeviceClass):
        return ()
    reference = spec.get("parametersRef")
    if reference is None:
        return (of_device(what, 1, where),)
    if not isinstance(reference, dict):
        return doubt(reference, "parametersRef is not a mapping")
    group, kind, named = (reference.get(key) for key in ("apiGroup", "kind", "name"))
    found = around.target(f"{group}/{kind}", claim.namespace, named) if isinstance(named, str) else None
    if found is None or kind not in _PARAMETERS:
        return Unknown(Reason.ENVIRONMENT, note=f"the parameters {str(named)[:60]!r} of a claim are not in this unit")
    told = lookup(found.value, ("spec", _PARAMETERS[kind]))
    if kind == "GpuClaimParameters":
        count = whole(Reading(found), None if told is ABSENT else told, "/spec/count")
        return (of_device(what, count, where),)
    where = replace(where, slice=told) if isinstance(told, str) else where
    return (of_device(what, 1, where),)
