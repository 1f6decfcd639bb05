"""What messages of Vertex AI share: machine specs, how they are bought, where a name says that a thing is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import prod
from typing import Any, Final, Optional

from guardrail.catalog.convert import ConversionError, google_region, last, seconds, stated, text, whole
from guardrail.catalog.gcp.words import filled, machine
from guardrail.catalog.kind import AcceleratorSpec, Fact, First, From, Shape, at
from guardrail.catalog.machines import machine as machine_of
from guardrail.model.path import Segment
from guardrail.model.resource import ON_DEMAND, SPOT, Link, Purchase
from guardrail.model.value import Reason, Unknown, Value

API: Final = "https://cloud.google.com/vertex-ai/docs/reference/rest/v1/"

_PARENT: Final = re.compile(r"projects/([^/]+)/locations/.*")


def _project(name: Any) -> Optional[str]:
    """Return the project that the full name of a thing says; no other name says one."""
    found = _PARENT.fullmatch(text(name))
    return found[1] if found else None


def _place(value: Any) -> Optional[str]:
    return google_region(value) if value else None


REGION: Final[tuple[Fact, ...]] = (
    at("location", convert=_place),
    at("region", convert=_place),
)
"""Bodies are sent to a region, which only their full name says; objects of controllers and components state it."""

ACCOUNT: Final = First((at("project", convert=stated), at("name", convert=_project)))

IN_PIPELINE: Final = (
    Link(
        kind="contains",
        at="/pipeline",
        types=("vertex/PipelineJob", "pipeline/Pipeline", "vertex/Schedule"),
        reverse=True,
    ),
)
"""Of what a pipeline starts."""

_UNSPECIFIED: Final = ("ACCELERATOR_TYPE_UNSPECIFIED", "")
_BY_CORES: Final = re.compile(r"TPU_V[23]", re.IGNORECASE)
_TPU_MACHINE: Final = "cloud-tpu"
_CORES_OF_CHIP: Final = 2


def _model(value: Any) -> Optional[str]:
    return None if value in _UNSPECIFIED else text(value)


def chips(count: Optional[int], model: Optional[str], machine_type: Value) -> Optional[int]:
    """Return how many accelerators there are: TPUs of the first generations are counted by cores, two to a chip."""
    if count and model and machine_type == _TPU_MACHINE and _BY_CORES.fullmatch(model):
        return -(-count // _CORES_OF_CHIP)
    return count


def devices(*spec: Segment) -> AcceleratorSpec:
    """
    Return the accelerators of a machine spec.

    https://cloud.google.com/vertex-ai/docs/reference/rest/v1/MachineSpec
    """
    told = Shape(
        {
            "count": at(*spec, "accelerator_count", convert=whole),
            "model": at(*spec, "accelerator_type", convert=_model),
            "machine": machine(*spec, "machine_type"),
        }
    )
    return AcceleratorSpec(model=at(*spec, "accelerator_type", convert=_model), count=From((told,), _counted))


def _counted(told: Mapping[str, Value]) -> Value:
    """Return the count of accelerators, which is known where the machine or the model need not be."""
    count, model = told.get("count"), told.get("model")
    if isinstance(count, Unknown) or not isinstance(model, str):
        return count
    return chips(count, model, told.get("machine"))


def hosts(*spec: Segment) -> Fact:
    """Return how many machines one replica spans: those of its slice of TPUs, or those with GPUs; absent for one."""
    told = Shape({"topology": at(*spec, "tpu_topology", convert=stated), "machine": machine(*spec, "machine_type")})
    return First((at(*spec, "multihost_gpu_node_count", convert=filled), From((told,), _of_slice)))


def _of_slice(told: Mapping[str, Value]) -> Value:
    """Return how many machines a slice of TPUs takes, by its topology (`4x4`) and the chips of each machine."""
    topology, machine_type = told.get("topology"), told.get("machine")
    if topology is None:
        return None
    hidden = next((one for one in (topology, machine_type) if isinstance(one, Unknown)), None)
    if hidden is not None:
        return Unknown(hidden.reason, note=hidden.note)
    sides = [whole(side) for side in text(topology).lower().split("x")]
    found = machine_of("gcp", machine_type or "")
    each = found.accelerators[0].count if found and found.accelerators else None
    if not isinstance(each, int):
        return Unknown(Reason.REFUSED, note=f"how many chips a {(machine_type or 'machine')[:60]} has is not known")
    if not all(sides):
        raise ConversionError("not a topology")
    return -(-prod(sides) // each)


RESERVED: Final = Purchase(0, 0, "reserved")
_SPECIFIC: Final = "SPECIFIC_RESERVATION"


def affinity(*spec: Segment) -> Fact:
    """Return whether a machine spec asks for a reservation of its own."""
    return at(*spec, "reservation_affinity", "reservation_affinity_type", convert=lambda value: value == _SPECIFIC)


def by_strategy(strategy: Value, reserved: Optional[bool]) -> Purchase:
    """
    Return how the machines of a job are bought. Flex-start has a price of its own, which no list has; it is below that.

    Enumerations may be written as numbers: https://protobuf.dev/programming-guides/json/
    """
    if strategy in ("SPOT", 4):
        return SPOT
    return RESERVED if reserved else ON_DEMAND


def by_flag(spot: Optional[bool], reserved: Optional[bool]) -> Purchase:
    """Return how the machines of a deployment are bought."""
    return SPOT if spot else RESERVED if reserved else ON_DEMAND


def disk_class(value: Any) -> str:
    """Return the class of a disk in the spelling of Compute Engine: `pd-ssd` of `PD_SSD`."""
    return text(value).lower().replace("_", "-")


def some_seconds(value: Any) -> Optional[int]:
    """Return a duration in seconds, None for none: what messages hold where nothing is stated."""
    return seconds(value) or None


def resource_id(value: Any) -> Optional[str]:
    """Return the last part of a name, None for an empty one."""
    return last(value) or None
