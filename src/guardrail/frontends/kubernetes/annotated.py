"""
Parts of GPUs that pods ask for by annotations, which the scheduler of NVIDIA (KAI, once Run:ai) reads.

https://github.com/NVIDIA/KAI-Scheduler/blob/main/docs/gpu-sharing/README.md
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, Union

from guardrail.catalog.kubernetes.device_keys import Device
from guardrail.frontends.kubernetes.accelerators import of_device
from guardrail.frontends.kubernetes.nodes import Nodes
from guardrail.frontends.kubernetes.reading import Reading, Scope
from guardrail.model.pattern import pattern
from guardrail.model.resource import Accelerator
from guardrail.model.value import Count, Unknown, Value

_FRACTION: Final = "gpu-fraction"
_MEMORY: Final = "gpu-memory"
_NUMBER: Final = "gpu-fraction-num-devices"
_DECIMAL: Final = pattern(r"(?:0?\.[0-9]{1,9}|[01](?:\.0{1,9})?)\Z", re.ASCII)
_WHOLE: Final = re.compile(r"[0-9]{1,6}\Z", re.ASCII)


def annotated(reading: Reading, template: Scope, where: Nodes) -> Union[tuple[Accelerator, ...], Unknown]:
    """Return the parts of GPUs that the annotations of a pod template ask for."""
    value, at = template.find("/metadata/annotations")
    if not isinstance(value, dict) or value.keys().isdisjoint((_FRACTION, _MEMORY)):
        return ()
    stated = reading.texts(value, at)
    if isinstance(stated, Unknown):
        return stated
    count = _count(reading, stated.get(_NUMBER), f"{at}/{_NUMBER}")
    fraction = stated.get(_FRACTION)
    if isinstance(fraction, Unknown) or isinstance(count, Unknown):
        return (of_device(Device("nvidia"), fraction if isinstance(fraction, Unknown) else count, where),)
    if fraction is None:  # memory: a part of a device that depends on which it is
        return (of_device(Device("nvidia"), count, where),)
    if _DECIMAL.match(fraction) is None:
        return (of_device(Device("nvidia"), reading.problem(f"{at}/{_FRACTION}", "no part of a device"), where),)
    part = Decimal(fraction)
    return (of_device(Device("nvidia", fraction=part if part < 1 else None), count, where),) if part else ()


def _count(reading: Reading, value: Value, at: str) -> Count:
    if value is None or isinstance(value, Unknown):
        return 1 if value is None else value
    return int(value) if _WHOLE.match(value) is not None else reading.problem(at, "not a whole number")
