"""Pools that GKE makes by itself (node auto-provisioning), within limits that a cluster states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Optional

from guardrail.catalog.convert import flag, whole
from guardrail.catalog.facts import bare
from guardrail.catalog.kind import AcceleratorSpec, Always, Each, From, GroupSpec, Shape, at
from guardrail.model.path import Segment
from guardrail.model.value import UNBOUNDED, Reason, Unknown, Value

_PROVISIONING: Final[tuple[Segment, ...]] = ("cluster_autoscaling", 0)
_LIMITS: Final[tuple[Segment, ...]] = (*_PROVISIONING, "resource_limits")


def _device(resource: Optional[str]) -> Optional[str]:
    """Return the accelerator that a limit is for; the others are for CPU and memory."""
    return None if resource in ("cpu", "memory") else resource


def _provisions_devices(enabled: Optional[bool], limited: Optional[Sequence[Any]]) -> Value:
    if not enabled or not limited:
        return False
    hidden = next((one for one in limited if isinstance(one, Unknown)), None)
    return hidden or any(_device(one) for one in limited)


_NO_LIMIT: Final = 10**9
"""More devices than there are: what is written for as many as pods ask for."""


def _is_limit(maximum: Any) -> bool:
    return isinstance(maximum, (str, bool)) or maximum < _NO_LIMIT


def _devices(maximum: Any) -> int:
    """Return how many devices a limit permits, one for each of any number of machines where it is none."""
    return whole(maximum) if _is_limit(maximum) else 1


def _machines(limited: Optional[Sequence[Any]]) -> Value:
    for limit in limited or ():
        resource, maximum = limit.get("resource"), limit.get("maximum", 0)
        if not isinstance(resource, Unknown) and _device(resource) is None:
            continue
        if isinstance(maximum, Unknown):
            return bare(maximum)
        if not _is_limit(maximum):
            return UNBOUNDED
    return 1


PROVISIONED: Final = GroupSpec(
    name="auto-provisioned",
    when=From(
        (at(*_PROVISIONING, "enabled", convert=flag), Each(_LIMITS, at("resource_type"))),
        _provisions_devices,
    ),
    machine_types=Always(Unknown(Reason.COMPUTED, note="GKE makes pools of the machines that pods need")),
    accelerators=AcceleratorSpec(
        each=_LIMITS, model=at("resource_type", convert=_device), count=at("maximum", convert=_devices)
    ),
    min=Always(0),
    desired=Always(0),
    max=From(
        (Each(_LIMITS, Shape({"resource": at("resource_type"), "maximum": at("maximum")})),),
        _machines,
    ),
)
"""
One machine with all accelerators that the limits permit: how they are spread over machines nobody can tell.

https://cloud.google.com/kubernetes-engine/docs/how-to/node-auto-provisioning
"""
