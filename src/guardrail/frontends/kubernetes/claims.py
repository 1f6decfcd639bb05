"""Storage that manifests ask for: claims of their own, and those of each replica."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Union

from guardrail.frontends.kubernetes.quantity import gibibytes, wrong
from guardrail.frontends.kubernetes.reading import Reading, Scope
from guardrail.frontends.kubernetes.surroundings import Surroundings
from guardrail.model.pattern import pattern
from guardrail.model.resource import Disk, Origin
from guardrail.model.value import Count, Text, Unknown, Value, apply

Disks = Union[tuple[Disk, ...], Unknown]


def of_claim(reading: Reading, value: Value, at: str, around: Surroundings, fact: str) -> Disks:
    """Return the disk that the spec of a claim asks for, also in the short spelling of some controllers."""
    spec = reading.mapping(value, at)
    if isinstance(spec, Unknown):
        return spec
    if "size" in spec and "resources" not in spec:
        size, size_at, class_at = spec["size"], f"{at}/size", "storageClass"
    else:
        resources = reading.mapping(spec.get("resources"), f"{at}/resources")
        requests = resources if isinstance(resources, Unknown) else reading.mapping(resources.get("requests"), at)
        size = requests if isinstance(requests, Unknown) else requests.get("storage")
        size_at, class_at = f"{at}/resources/requests/storage", "storageClassName"
    reading.came(fact, at)
    reading.came(f"{fact}/size_gib", size_at)
    kind, origin = storage_type(reading, spec.get(class_at), f"{at}/{class_at}", around)
    reading.origins[f"{fact}/class"] = (origin,)
    iops, throughput = _performance(spec, around, spec.get(class_at))
    return (Disk(kind=kind, size_gib=_size(reading, size, size_at), iops=iops, throughput_mibps=throughput),)


def of_volume(reading: Reading, value: Value, at: str, around: Surroundings, fact: str) -> Disks:
    """Return the disk that the spec of a persistent volume stands for."""
    spec = reading.mapping(value, at)
    if isinstance(spec, Unknown):
        return spec
    capacity = reading.mapping(spec.get("capacity"), f"{at}/capacity")
    size = capacity if isinstance(capacity, Unknown) else capacity.get("storage")
    kind, origin = storage_type(reading, spec.get("storageClassName"), f"{at}/storageClassName", around)
    reading.came(fact, at)
    reading.came(f"{fact}/size_gib", f"{at}/capacity/storage")
    reading.origins[f"{fact}/class"] = (origin,)
    iops, throughput = _performance(spec, around, spec.get("storageClassName"))
    size = _size(reading, size, f"{at}/capacity/storage")
    return (Disk(kind=kind, size_gib=size, iops=iops, throughput_mibps=throughput),)


def of_pod(
    reading: Reading, scope: Scope, spec: Mapping[str, Value], at: str, claims: str, around: Surroundings, fact: str
) -> Disks:
    """Return the disks that each replica brings with it: by templates of claims, and by ephemeral volumes."""
    disks: list[Disk] = []
    if claims:
        value, pointer = scope.find(claims)
        listed = reading.sequence(value, pointer)
        if isinstance(listed, Unknown):
            return listed
        for index, claim in enumerate(listed):
            found = _template(reading, claim, f"{pointer}/{index}", around, f"{fact}/{len(disks)}")
            if isinstance(found, Unknown):
                return found
            disks.extend(found)
    volumes = reading.sequence(spec.get("volumes"), f"{at}/volumes")
    if isinstance(volumes, Unknown):
        return volumes
    for index, volume in enumerate(volumes):
        ephemeral = volume.get("ephemeral") if isinstance(volume, dict) else None
        if isinstance(ephemeral, dict):
            below = f"{at}/volumes/{index}/ephemeral/volumeClaimTemplate"
            found = _template(reading, ephemeral.get("volumeClaimTemplate"), below, around, f"{fact}/{len(disks)}")
            if isinstance(found, Unknown):
                return found
            disks.extend(found)
    return tuple(disks)


def _template(reading: Reading, value: Value, at: str, around: Surroundings, fact: str) -> Disks:
    template = reading.mapping(value, at)
    return (
        template
        if isinstance(template, Unknown)
        else of_claim(reading, template.get("spec"), f"{at}/spec", around, fact)
    )


def _size(reading: Reading, value: Value, at: str) -> Count:
    if value is None:
        return None
    units = reading.quantity(value, at)
    if isinstance(units, Unknown):
        return units
    size: Count = apply(gibibytes, units)
    return size


_IOPS: Final = ("iops", "provisioned-iops-on-create", "provisioned-iops", "DiskIOPSReadWrite")
_THROUGHPUT: Final = (
    "throughput",
    "provisioned-throughput-on-create",
    "provisioned-throughput",
    "DiskMBpsReadWrite",
)
"""
Parameters of storage classes by which drivers of AWS, Google and Azure take what is provisioned for a volume.

https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/parameters.md
https://cloud.google.com/kubernetes-engine/docs/how-to/persistent-volumes/hyperdisk
https://learn.microsoft.com/azure/aks/azure-csi-disk-storage-provision
"""
_RATE: Final = pattern(r"([0-9]{1,9})(?:Mi)?\Z", re.ASCII)


def _performance(spec: Mapping[str, Value], around: Surroundings, class_: Value) -> tuple[Count, Count]:
    """Return IOPS and MiB/s of a volume: what its attributes class states, else its storage class."""
    parameters: dict[str, Value] = {}
    attributes = spec.get("volumeAttributesClassName")
    for type_, name in (("StorageClass", class_), ("VolumeAttributesClass", attributes)):
        found = around.target(f"storage.k8s.io/{type_}", None, name) if isinstance(name, str) and name else None
        stated = found.value.get("parameters") if found is not None else None
        parameters.update(stated if isinstance(stated, dict) else {})
    return _rate(parameters, _IOPS), _rate(parameters, _THROUGHPUT)


def _rate(parameters: Mapping[str, Value], keys: tuple[str, ...]) -> Count:
    value = next((parameters[key] for key in keys if key in parameters), None)
    if value is None or isinstance(value, Unknown):
        return value
    found = _RATE.match(str(value))
    return int(found[1]) if found is not None else wrong("what is provisioned for a volume is not a whole number")


def storage_type(reading: Reading, stated: Value, at: str, around: Surroundings) -> tuple[Text, Origin]:
    """Return the type of volume: what the storage class says, if that is in this unit, else the name of the class."""
    name = reading.text(stated, at)
    if isinstance(name, str):
        found = around.target("storage.k8s.io/StorageClass", None, name)
        parameters = found.value.get("parameters") if found is not None else None
        if found is not None and isinstance(parameters, dict):
            kind = parameters.get("type", parameters.get("skuName", parameters.get("skuname")))
            if isinstance(kind, (str, Unknown)):
                return kind, Origin("/parameters", around.address(found))
    return name or None, Origin(at)
