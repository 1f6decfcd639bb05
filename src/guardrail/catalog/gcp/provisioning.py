"""Pools that GKE makes by itself (node auto-provisioning), within limits that a cluster states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Optional

from guardrail.catalog.convert import flag, whole
from guardrail.catalog.kind import AcceleratorSpec, Always, Each, From, GroupSpec, at
from guardrail.model.path import Segment
from guardrail.model.value import Reason, Unknown, Value

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


PROVISIONED: Final = GroupSpec(
    name="auto-provisioned",
    when=From(
        (at(*_PROVISIONING, "enabled", convert=flag), Each(_LIMITS, at("resource_type"))),
        _provisions_devices,
    ),
    machine_types=Always(Unknown(Reason.COMPUTED, note="GKE makes pools of the machines that pods need")),
    accelerators=AcceleratorSpec(
        each=_LIMITS, model=at("resource_type", convert=_device), count=at("maximum", convert=whole)
    ),
    min=Always(0),
    desired=Always(0),
    max=Always(1),
)
"""
One machine with all accelerators that the limits permit: how they are spread over machines nobody can tell.

https://cloud.google.com/kubernetes-engine/docs/how-to/node-auto-provisioning
"""
