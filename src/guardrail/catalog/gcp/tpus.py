"""
TPUs that are queued for, as slices.

https://cloud.google.com/tpu/docs/queued-resources
A slice is named by its generation and its cores (v2 to v4, v5p) or its chips.
"""

from __future__ import annotations

from math import prod
from typing import Any, Final, Optional

from guardrail.catalog.convert import ConversionError, flag, text, whole
from guardrail.catalog.gcp.machine_specs import ACCOUNT, RESERVED
from guardrail.catalog.gcp.words import PLACE, filled, one_zone
from guardrail.catalog.kind import Fact, First, From, GroupSpec, Kind, MachineHours, Outer, at
from guardrail.catalog.spelling import Spelling
from guardrail.model.path import Segment
from guardrail.model.resource import ON_DEMAND, SPOT, Purchase
from guardrail.model.value import Value

_GENERATIONS: Final = {
    "V2": ("v2", 2),
    "V3": ("v3", 2),
    "V4": ("v4", 2),
    "V5LITE_POD": ("v5litepod", 1),
    "V5P": ("v5p", 2),
    "V6E": ("v6e", 1),
}
"""How slices of a generation are called, and how many of what their number counts a chip has."""


def slice_of(kind: Any, topology: Any) -> str:
    """Return the slice of a type and a topology: `v5litepod-16` of V5LITE_POD and 4x4."""
    found = _GENERATIONS.get(text(kind))
    if found is None:
        raise ConversionError("not a type of TPU")
    name, each = found
    return f"{name}-{prod(whole(side) for side in text(topology).lower().split('x')) * each}"


def _machine(stated: Optional[str], kind: Optional[str], topology: Optional[str]) -> Optional[str]:
    if stated:
        return f"tpu-{stated.removeprefix('tpu-')}"
    return None if kind is None or topology is None else f"tpu-{slice_of(kind, topology)}"


def tpu_slice(*node: Segment) -> Fact:
    """Return the slice of a node as a machine type."""
    config = (*node, "accelerator_config", 0)
    return From((at(*node, "accelerator_type"), at(*config, "type"), at(*config, "topology")), _machine)


def _bought(spot_: Value, *flags: Optional[bool]) -> Purchase:
    """
    Return how a slice is bought. `spot: {}` says it by standing there, as `guaranteed: {reserved: true}` does.

    https://cloud.google.com/tpu/docs/reference/rest/v2/projects.locations.queuedResources
    """
    by_node, preemptible, reserved, promised = flags
    if spot_ is not None or by_node or preemptible:
        return SPOT
    return RESERVED if reserved or promised else ON_DEMAND


_NODE: Final = ("node", 0)
_SCHEDULING: Final = (*_NODE, "scheduling_config", 0)
_SLICES: Final = First(
    (
        at("multislice_params", 0, "node_count", convert=filled),
        at("multi_node_params", 0, "node_count", default=1, convert=whole),
    )
)

QUEUED: Final = Kind(
    type="google_tpu_v2_queued_resource",
    category="compute.instance",
    source="https://cloud.google.com/tpu/docs/reference/rest/v2/projects.locations.queuedResources",
    region=PLACE,
    account=ACCOUNT,
    groups=(
        GroupSpec(
            each=("tpu", 0, "node_spec"),
            name="node_id",
            machine_types=tpu_slice(*_NODE),
            min=_SLICES,
            max=_SLICES,
            purchase=From(
                (
                    Outer(at("spot")),
                    at(*_SCHEDULING, "spot", convert=flag),
                    at(*_SCHEDULING, "preemptible", convert=flag),
                    at(*_SCHEDULING, "reserved", convert=flag),
                    Outer(at("guaranteed", 0, "reserved", convert=flag)),
                ),
                _bought,
            ),
            zones=Outer(at("zone", convert=one_zone)),
        ),
    ),
    lines=(MachineHours(service="tpu"),),
    spellings=(Spelling(type="vertex/QueuedResource", case="camel"),),
)

KINDS: Final = (QUEUED,)
