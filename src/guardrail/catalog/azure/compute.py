"""Azure virtual machines, scale sets and disks."""

from __future__ import annotations

from typing import Any, Final, Optional

from guardrail.catalog.azure.words import DOCS, LOCATION, by_priority, data_disks, filled, os_disk, size
from guardrail.catalog.convert import last, whole
from guardrail.catalog.kind import Always, DiskMonths, DiskSpec, From, GroupSpec, Kind, MachineHours, NoRows, at
from guardrail.catalog.placement import placed
from guardrail.model.resource import ON_DEMAND

LINUX: Final = (MachineHours(service="azure-vm"), DiskMonths(service="managed-disk"))
WINDOWS: Final = (NoRows(name="Windows machines"), DiskMonths(service="managed-disk"))
"""The book has rates of Linux machines only; the licence of Windows comes on top."""


_GROUP: Final = at("proximity_placement_group_id", convert=last)


def _machine(system: str) -> Kind:
    return Kind(
        type=f"azurerm_{system}_virtual_machine",
        category="compute.instance",
        facts=placed(_GROUP),
        source=f"{DOCS}{system}_virtual_machine",
        labels="tags",
        region=LOCATION,
        groups=(
            GroupSpec(
                machine_types=size("size"),
                purchase=at("priority", default=ON_DEMAND, convert=by_priority),
                zones=at("zone", convert=lambda zone: (zone,)),
                disks=(os_disk("os_disk", 0),),
            ),
        ),
        lines=LINUX if system == "linux" else WINDOWS,
    )


def _scale_set(system: str) -> Kind:
    count = at("instances", default=0, convert=whole)
    return Kind(
        type=f"azurerm_{system}_virtual_machine_scale_set",
        category="compute.pool",
        facts=placed(_GROUP),
        source=f"{DOCS}{system}_virtual_machine_scale_set",
        labels="tags",
        region=LOCATION,
        groups=(
            GroupSpec(
                machine_types=size("sku"),
                min=count,
                max=count,
                purchase=at("priority", default=ON_DEMAND, convert=by_priority),
                zones=at("zones"),
                disks=(os_disk("os_disk", 0), data_disks("data_disk")),
            ),
        ),
        lines=LINUX if system == "linux" else WINDOWS,
    )


def _is_windows(config: Optional[Any], system: Optional[str]) -> bool:
    return config is not None or (system or "").lower() == "windows"


_SYSTEM: Final = (at("os_profile_windows_config", 0), at("storage_os_disk", 0, "os_type"))

OLDER_MACHINE: Final = Kind(
    type="azurerm_virtual_machine",
    category="compute.instance",
    source=f"{DOCS}virtual_machine",
    labels="tags",
    region=LOCATION,
    groups=(
        GroupSpec(
            machine_types=size("vm_size"),
            purchase=Always(ON_DEMAND),
            zones=at("zones"),
            disks=(
                os_disk("storage_os_disk", 0, kind="managed_disk_type"),
                data_disks("storage_data_disk", kind="managed_disk_type"),
            ),
        ),
    ),
    lines=(
        MachineHours(service="azure-vm", when=From(_SYSTEM, lambda *told: not _is_windows(*told))),
        NoRows(name="Windows machines", when=From(_SYSTEM, _is_windows)),
        DiskMonths(service="managed-disk"),
    ),
)

DISK: Final = Kind(
    type="azurerm_managed_disk",
    category="storage.volume",
    source=f"{DOCS}managed_disk",
    labels="tags",
    region=LOCATION,
    storage=(
        DiskSpec(
            kind=at("storage_account_type"),
            size_gib=at("disk_size_gb", convert=filled),
            iops=at("disk_iops_read_write", convert=filled),
            throughput_mibps=at("disk_mbps_read_write", convert=filled),
        ),
    ),
    lines=(DiskMonths(service="managed-disk", of="resource"),),
)

KINDS: Final = (
    _machine("linux"),
    _machine("windows"),
    _scale_set("linux"),
    _scale_set("windows"),
    OLDER_MACHINE,
    DISK,
)
