"""What declarations of Google types share: where things are, how machines are bought, what is put into them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Optional

from guardrail.catalog.convert import flag, google_region, last, stated, text, whole
from guardrail.catalog.kind import AcceleratorSpec, At, Fact, From, at
from guardrail.model.path import Segment
from guardrail.model.resource import ON_DEMAND, SPOT, Purchase
from guardrail.model.value import Reason, Unknown

DOCS: Final = "https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/"

PLACE: Final[tuple[Fact, ...]] = tuple(
    at(key, convert=lambda value: google_region(value) if value else None) for key in ("region", "location", "zone")
)
PROJECT: Final = at("project", convert=stated)

IMAGE: Final = Unknown(Reason.COMPUTED, note="the image or the snapshot decides")

LOCAL_SSD: Final = 375
"""GiB of each local SSD: https://cloud.google.com/compute/docs/disks/local-ssd"""

_HYPERDISK_ONLY: Final = (
    "a3-ultragpu-", "a4-", "a4x-", "c4-", "c4a-", "c4d-", "ct6e-", "g4-", "h4d-", "m4-", "n4-", "n4a-", "n4d-",
    "tpu7x-", "x4-",
)  # fmt: skip
"""Machines that take no persistent disks: https://cloud.google.com/compute/docs/disks/hyperdisks"""


def machine(*path: Segment) -> At:
    """Return the machine type at a path; a self link counts by its last part."""
    return at(*path, convert=lambda value: last(value) or None)


def takes_hyperdisk_only(machine_type: Optional[str]) -> bool:
    """Whether a machine takes no persistent disk."""
    return machine_type is not None and machine_type.startswith(_HYPERDISK_ONLY)


def boot_class(stated_class: Optional[str], machine_type: Optional[str]) -> Any:
    """
    Return the class of a Compute Engine disk that states none: `pd-standard`, where the machine takes it.

    https://cloud.google.com/compute/docs/reference/rest/v1/instances/insert
    """
    if stated_class:
        return last(stated_class)
    if takes_hyperdisk_only(machine_type):
        return Unknown(Reason.COMPUTED, note="the machine decides on the class of its disk")
    return "pd-standard"


def guests(*block: Segment) -> AcceleratorSpec:
    """Return accelerators of `guest_accelerator` blocks."""
    return AcceleratorSpec(each=block, model=at("type"), count=at("count"))


def provisioning(*scheduling: Segment) -> Fact:
    """Return how a machine is bought, by its `scheduling` block."""
    return From(
        (at(*scheduling, "provisioning_model"), at(*scheduling, "preemptible", convert=flag)),
        by_model,
    )


def by_model(model: Optional[str], preemptible: Optional[bool]) -> Purchase:
    """Return how machines of a provisioning model are bought. Flex-start is paid for at a price of its own."""
    if model == "SPOT" or preemptible:
        return SPOT
    return Purchase(0, 0, "reserved") if model == "RESERVATION_BOUND" else ON_DEMAND


def spot(*keys: At) -> Fact:
    """Return how a machine is bought where one of several flags says that it is spot."""
    return From(keys, lambda *flags: SPOT if any(one is not None and flag(one) for one in flags) else ON_DEMAND)


def one_zone(value: Any) -> Optional[tuple[str, ...]]:
    """Return one zone as a tuple."""
    return (last(value),) if text(value) else None


def public_addresses(interfaces: Optional[Sequence[Any]]) -> Any:
    """
    Return how many ephemeral external addresses an instance has; None for none.

    A reserved address is billed where it is reserved.
    """
    count = 0
    for interface in interfaces or ():
        if isinstance(interface, Unknown):
            return Unknown(interface.reason, note=interface.note)
        configs = interface.get("access_config") or ()
        if isinstance(configs, Unknown):
            return Unknown(configs.reason, note=configs.note)
        configs = (configs,) if isinstance(configs, Mapping) else configs
        count += sum(not (isinstance(one, Mapping) and one.get("nat_ip")) for one in configs)
    return count or None


def filled(value: Any) -> Optional[int]:
    """Return a whole number, None for 0 and empty text: what modules pass when they mean nothing."""
    return None if value == "" else whole(value) or None
