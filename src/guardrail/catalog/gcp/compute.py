"""Compute Engine: instances, templates, managed groups, disks."""

from __future__ import annotations

from typing import Any, Final, Optional

from guardrail.catalog.convert import last, seconds, stated, whole
from guardrail.catalog.gcp.words import (
    DOCS,
    IMAGE,
    LOCAL_SSD,
    PLACE,
    PROJECT,
    boot_class,
    filled,
    guests,
    machine,
    one_zone,
    provisioning,
    public_addresses,
)
from guardrail.catalog.kind import (
    AcceleratorHours,
    AcceleratorSpec,
    Always,
    DiskMonths,
    DiskSpec,
    Each,
    Flat,
    From,
    GroupSpec,
    Kind,
    MachineHours,
    Outer,
    ScaleSpec,
    at,
)
from guardrail.model.resource import ON_DEMAND, Link
from guardrail.model.value import Value

LINES: Final = (
    MachineHours(service="gce-machine"),
    AcceleratorHours(service="gce-gpu"),
    DiskMonths(service="pd"),
)

_ADDRESSES: Final = Flat(
    name="external IPv4 addresses",
    service="public-ip",
    sku="ipv4-in-use",
    quantity=From((at("network_interface"),), public_addresses),
)

_BOOT: Final = ("boot_disk", 0, "initialize_params", 0)


def _is_new(source: Optional[Any]) -> bool:
    """Return whether a disk is made with the machine; one that exists is billed where it is declared."""
    return source in (None, "")


_SCHEDULED: Final = {
    "max_runtime_seconds": at("scheduling", 0, "max_run_duration", 0, "seconds", convert=seconds),
    "expires_at": at("scheduling", 0, "termination_time", convert=stated),
}

_MACHINE: Final = machine("machine_type")

INSTANCE: Final = Kind(
    type="google_compute_instance",
    category="compute.instance",
    source=f"{DOCS}compute_instance",
    labels="labels",
    region=PLACE,
    account=PROJECT,
    groups=(
        GroupSpec(
            machine_types=_MACHINE,
            accelerators=guests("guest_accelerator"),
            purchase=provisioning("scheduling", 0),
            zones=at("zone", convert=one_zone),
            disks=(
                DiskSpec(
                    when=From((at("boot_disk", 0, "source"),), _is_new),
                    kind=From((at(*_BOOT, "type"), _MACHINE), boot_class),
                    size_gib=at(*_BOOT, "size", default=IMAGE, convert=filled),
                    iops=at(*_BOOT, "provisioned_iops", convert=filled),
                    throughput_mibps=at(*_BOOT, "provisioned_throughput", convert=filled),
                ),
                DiskSpec(
                    each=("scratch_disk",),
                    kind=Always("local-ssd"),
                    size_gib=at("size", default=LOCAL_SSD, convert=filled),
                ),
            ),
        ),
    ),
    lifetime=_SCHEDULED,
    links=tuple(
        Link(kind="mounts", at=f"/attached_disk/{index}/source", types=("google_compute_disk",)) for index in range(4)
    ),
    lines=(*LINES, _ADDRESSES),
)


def _template_class(kind: Optional[str], disk: Optional[str], machine_type: Optional[str]) -> Value:
    """Return the class of a disk of a template."""
    return "local-ssd" if disk == "SCRATCH" else boot_class(kind, machine_type)


def _template_size(size: Optional[int], disk: Optional[str], kind: Optional[str]) -> Value:
    if size is not None:
        return size
    return LOCAL_SSD if disk == "SCRATCH" or kind == "local-ssd" else IMAGE


def _template(native: str) -> Kind:
    return Kind(
        type=native,
        category="compute.template",
        source=f"{DOCS}{native.removeprefix('google_')}",
        labels="labels",
        region=PLACE,
        account=PROJECT,
        groups=(
            GroupSpec(
                machine_types=_MACHINE,
                accelerators=guests("guest_accelerator"),
                purchase=provisioning("scheduling", 0),
                disks=(
                    DiskSpec(
                        each=("disk",),
                        when=From((at("source"),), _is_new),
                        kind=From((at("disk_type"), at("type"), Outer(_MACHINE)), _template_class),
                        size_gib=From(
                            (at("disk_size_gb", convert=filled), at("type"), at("disk_type")), _template_size
                        ),
                        iops=at("provisioned_iops", convert=filled),
                    ),
                ),
            ),
        ),
        lifetime=_SCHEDULED,
        template=True,
    )


_TEMPLATES: Final = ("google_compute_instance_template", "google_compute_region_instance_template")
_SUPPLIED: Final = ("machine_types", "accelerators", "purchase", "storage")


def _by_template(at_: str) -> Link:
    return Link(kind="references", at=at_, types=_TEMPLATES, inherit=_SUPPLIED)


FROM_TEMPLATE: Final = Kind(
    type="google_compute_instance_from_template",
    category="compute.instance",
    source=f"{DOCS}compute_instance_from_template",
    labels="labels",
    region=PLACE,
    account=PROJECT,
    groups=(GroupSpec(machine_types=_MACHINE, zones=at("zone", convert=one_zone)),),
    links=(_by_template("/source_instance_template"),),
    lines=LINES,
)


def _manager(native: str) -> Kind:
    size = at("target_size", default=0, convert=whole)
    return Kind(
        type=native,
        category="compute.pool",
        source=f"{DOCS}{native.removeprefix('google_')}",
        region=PLACE,
        account=PROJECT,
        groups=(
            GroupSpec(
                machine_types=Each(
                    ("instance_flexibility_policy", 0, "instance_selections"), at("machine_types", default=())
                ),
                min=size,
                desired=size,
                max=size,
                zones=at("distribution_policy_zones") if "region" in native else at("zone", convert=one_zone),
            ),
        ),
        links=(
            *(_by_template(f"/version/{index}/instance_template") for index in range(2)),
            _by_template("/instance_template"),  # of older versions of the provider
        ),
        lines=LINES,
    )


def _autoscaler(native: str) -> Kind:
    policy = ("autoscaling_policy", 0)
    return Kind(
        type=native,
        category="autoscaler",
        source="https://cloud.google.com/compute/docs/autoscaler",
        region=PLACE,
        account=PROJECT,
        scales=ScaleSpec(
            when=From((at(*policy, "mode"),), lambda mode: mode != "OFF"),
            min=at(*policy, "min_replicas", convert=whole),
            max=at(*policy, "max_replicas", convert=whole),
            cooldown_seconds=at(*policy, "cooldown_period", default=60, convert=whole),
        ),
        links=(
            Link(
                kind="scales",
                at="/target",
                types=("google_compute_instance_group_manager", "google_compute_region_instance_group_manager"),
            ),
        ),
    )


_RESERVED: Final = ("specific_reservation", 0)
_RESERVED_MACHINE: Final = (*_RESERVED, "instance_properties", 0)
_RESERVED_COUNT: Final = at(*_RESERVED, "count", convert=whole)

RESERVATION: Final = Kind(
    type="google_compute_reservation",
    category="compute.reservation",
    source="https://cloud.google.com/compute/docs/instances/reservations-overview",
    region=PLACE,
    account=PROJECT,
    groups=(
        GroupSpec(
            machine_types=machine(*_RESERVED_MACHINE, "machine_type"),
            min=_RESERVED_COUNT,
            max=_RESERVED_COUNT,
            accelerators=AcceleratorSpec(
                each=(*_RESERVED_MACHINE, "guest_accelerators"),
                model=at("accelerator_type"),
                count=at("accelerator_count"),
            ),
            purchase=Always(ON_DEMAND),
            zones=at("zone", convert=one_zone),
            disks=(
                DiskSpec(
                    each=(*_RESERVED_MACHINE, "local_ssds"), kind=Always("local-ssd"), size_gib=at("disk_size_gb")
                ),
            ),
        ),
    ),
    lifetime={"expires_at": at("delete_at_time", convert=stated)},
    lines=LINES,
)


_FUTURE: Final = ("specific_sku_properties", 0)
_PROPERTIES: Final = (*_FUTURE, "instance_properties", 0)
_FUTURE_COUNT: Final = at(*_FUTURE, "total_count", convert=whole)

FUTURE_RESERVATION: Final = Kind(
    type="google_compute_future_reservation",
    category="compute.reservation",
    source=f"{DOCS}compute_future_reservation",
    region=PLACE,
    account=PROJECT,
    groups=(
        GroupSpec(
            machine_types=machine(*_PROPERTIES, "machine_type"),
            min=_FUTURE_COUNT,
            max=_FUTURE_COUNT,
            accelerators=AcceleratorSpec(
                each=(*_PROPERTIES, "guest_accelerators"),
                model=at("accelerator_type"),
                count=at("accelerator_count"),
            ),
            purchase=Always(ON_DEMAND),
            zones=at("zone", convert=one_zone),
        ),
    ),
    lifetime={"expires_at": at("time_window", 0, "end_time", convert=stated)},
    lines=LINES,
)


def _disk_size(size: Optional[int], image: Optional[Any], snapshot: Optional[Any], disk: Optional[Any]) -> Value:
    """Return the size of a disk; without one it is that of what it is made from."""
    made_from = any(source not in (None, "") for source in (image, snapshot, disk))
    return size if size is not None or not made_from else IMAGE


def _disk(native: str, suffix: str = "") -> Kind:
    return Kind(
        type=native,
        category="storage.volume",
        source=f"{DOCS}{native.removeprefix('google_')}",
        labels="labels",
        region=PLACE,
        account=PROJECT,
        storage=(
            DiskSpec(
                kind=at("type", default="pd-standard", convert=lambda value: last(value) or "pd-standard"),
                size_gib=From((at("size", convert=filled), at("image"), at("snapshot"), at("source_disk")), _disk_size),
                iops=at("provisioned_iops", convert=filled),
                throughput_mibps=at("provisioned_throughput", convert=filled),
            ),
        ),
        lines=(DiskMonths(service="pd", of="resource", suffix=suffix),),
    )


KINDS: Final = (
    INSTANCE,
    FROM_TEMPLATE,
    *(_template(native) for native in _TEMPLATES),
    _manager("google_compute_instance_group_manager"),
    _manager("google_compute_region_instance_group_manager"),
    _autoscaler("google_compute_autoscaler"),
    _autoscaler("google_compute_region_autoscaler"),
    RESERVATION,
    FUTURE_RESERVATION,
    _disk("google_compute_disk"),
    _disk("google_compute_region_disk", "-regional"),
)
