"""
Cluster API: machines of a cluster as objects of another one.

How many there are is said where the machines are declared, or in annotations for the autoscaler; what they are, in the
template or the pool of the cloud that they name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Optional

from guardrail.catalog.aws.words import IMAGE, filled, volume
from guardrail.catalog.convert import flag, text, whole
from guardrail.catalog.kind import (
    Always,
    DiskMonths,
    DiskSpec,
    Fact,
    First,
    From,
    GroupSpec,
    Kind,
    Line,
    MachineHours,
    NoRows,
    Of,
    at,
)
from guardrail.catalog.kubernetes.pools.words import taints, together
from guardrail.model.path import Segment
from guardrail.model.resource import ON_DEMAND, SPOT, Link
from guardrail.model.value import Reason, Unknown, Value

_API: Final = "https://cluster-api.sigs.k8s.io/"
_SCALES: Final = f"{_API}tasks/automated-machine-management/autoscaling"
_AUTOSCALER: Final = "cluster.x-k8s.io/cluster-api-autoscaler-node-group-"

_CLOUDS: Final[Mapping[str, str]] = {"AWS": "aws", "Azure": "azure", "GCP": "gcp"}
"""How the kinds of a cloud begin."""

_OF_MACHINE: Final = ("machine_types", "accelerators", "purchase", "storage", "zones")


def cloud_of(kind: Any) -> Optional[str]:
    """Return the cloud that a kind of infrastructure is of, None where it is another one."""
    if not isinstance(kind, str):
        return None
    return next((cloud for begin, cloud in _CLOUDS.items() if kind.startswith(begin)), None)


_INFRASTRUCTURE_REF: Final = "/spec/template/spec/infrastructureRef/name"


_SIZES: Final = {
    side: ((f"{side}Size",), ("scaling", f"{side}Size"), ("scaling", f"{side}Count")) for side in ("min", "max")
}
"""Where pools of the clouds state their bounds."""


def _size(side: str) -> Fact:
    """Return a bound that a pool of a cloud states."""
    return First(tuple(at("spec", *path, convert=whole) for path in _SIZES[side]))


def _replicas(*, pooled: bool) -> tuple[Fact, Fact, Fact]:
    """Return how many there are: as annotations bound it, else the pool of the cloud where there is one."""
    stated = at("spec", "replicas", convert=whole)
    low, high = (at("metadata", "annotations", f"{_AUTOSCALER}{side}-size", convert=whole) for side in ("min", "max"))
    fewest, most = ((Of(_INFRASTRUCTURE_REF, _size(side)),) if pooled else () for side in ("min", "max"))
    return (
        First((low, *fewest, stated, Always(1))),
        First((stated, low, *fewest, Always(1))),
        First((high, *most, stated, Always(1))),
    )


_TEMPLATE: Final = ("spec", "template", "spec")
_REF: Final = (*_TEMPLATE, "infrastructureRef")


def _lines(ref: tuple[str, ...]) -> tuple[Line, ...]:
    def of(cloud: Optional[str]) -> Fact:
        return From((at(*ref, "kind"),), lambda kind: cloud_of(kind) == cloud)

    return (
        MachineHours(service="ec2", when=of("aws")),
        DiskMonths(service="ebs", when=of("aws")),
        MachineHours(service="azure-vm", when=of("azure")),
        DiskMonths(service="managed-disk", when=of("azure")),
        MachineHours(service="gce-machine", when=of("gcp")),
        DiskMonths(service="pd", when=of("gcp")),
        NoRows(name="machines of infrastructure that has no prices", when=of(None)),
    )


def _machines(kind: str, types: Iterable[str], *, pooled: bool = False) -> Kind:
    low, desired, high = _replicas(pooled=pooled)
    return Kind(
        type=f"cluster.x-k8s.io/{kind}",
        category="compute.pool",
        source=_SCALES,
        labels_from=together(("metadata", "labels"), ("spec", "template", "metadata", "labels")),
        cluster=at("spec", "clusterName"),
        groups=(
            GroupSpec(
                min=low,
                desired=desired,
                max=high,
                autoscaled=From(
                    (at("metadata", "annotations", f"{_AUTOSCALER}max-size"),), lambda stated: stated is not None
                ),
                zones=From((at(*_TEMPLATE, "failureDomain"),), lambda zone: None if zone is None else (text(zone),)),
                node_labels=at("spec", "template", "metadata", "labels"),
                taints=taints(*_TEMPLATE, "taints"),
            ),
        ),
        links=tuple(
            Link(kind="references", at=_INFRASTRUCTURE_REF, types=(type_,), inherit=_OF_MACHINE) for type_ in types
        ),
        lines=_lines(_REF),
    )


INFRASTRUCTURE: Final = "infrastructure.cluster.x-k8s.io"
TEMPLATES: Final = tuple(
    f"{INFRASTRUCTURE}/{kind}" for kind in ("AWSMachineTemplate", "AzureMachineTemplate", "GCPMachineTemplate")
)
POOLS: Final = tuple(
    f"{INFRASTRUCTURE}/{kind}"
    for kind in (
        "AWSMachinePool", "AWSManagedMachinePool", "AzureMachinePool", "AzureManagedMachinePool",
        "GCPManagedMachinePool",
    )
)  # fmt: skip

_CHOSEN: Final = Unknown(Reason.COMPUTED, note="the cloud decides by the machine")


def _spot(*path: Segment) -> Fact:
    """Return how machines are bought where a block, be it empty, says that they are spot."""
    return From((at(*path),), lambda block: ON_DEMAND if block is None else SPOT)


def _named(*paths: tuple[Segment, ...]) -> Fact:
    return First(tuple(at(*path) for path in paths))


def _template(
    kind: str, source: str, machine: Fact, purchase: Optional[Fact], disks: tuple[DiskSpec, ...], labels: Fact
) -> Kind:
    return Kind(
        type=f"{INFRASTRUCTURE}/{kind}",
        category="compute.template",
        source=source,
        labels_from=labels,
        groups=(GroupSpec(machine_types=machine, purchase=purchase, disks=disks),),
        template=True,
    )


def _ebs(*above: Segment) -> tuple[DiskSpec, ...]:
    return (
        volume(
            *above,
            kind=at(*above, "type", default=IMAGE),
            size=at(*above, "size", default=IMAGE, convert=filled),
        ),
    )


def _disk(kind: Fact, size: Fact) -> tuple[DiskSpec, ...]:
    return (DiskSpec(kind=kind, size_gib=size),)


_SPEC: Final = ("spec", "template", "spec")
_CAPA: Final = "https://cluster-api-aws.sigs.k8s.io/crd/"
_CAPZ: Final = "https://capz.sigs.k8s.io/reference/v1beta1-api"
_CAPG: Final = "https://github.com/kubernetes-sigs/cluster-api-provider-gcp/tree/main/api/v1beta1"


def _capacity(value: Any) -> Value:
    return SPOT if text(value).lower() == "spot" else ON_DEMAND


KINDS: Final = (
    _machines("MachineDeployment", TEMPLATES),
    _machines("MachineSet", TEMPLATES),
    _machines("MachinePool", POOLS, pooled=True),
    _template(
        "AWSMachineTemplate",
        _CAPA,
        at(*_SPEC, "instanceType"),
        _spot(*_SPEC, "spotMarketOptions"),
        _ebs(*_SPEC, "rootVolume"),
        together((*_SPEC, "additionalTags")),
    ),
    _template(
        "AzureMachineTemplate",
        _CAPZ,
        at(*_SPEC, "vmSize"),
        _spot(*_SPEC, "spotVMOptions"),
        _disk(Always(_CHOSEN), at(*_SPEC, "osDisk", "diskSizeGB", default=_CHOSEN, convert=filled)),
        together((*_SPEC, "additionalTags")),
    ),
    _template(
        "GCPMachineTemplate",
        _CAPG,
        at(*_SPEC, "instanceType"),
        From(
            (at(*_SPEC, "preemptible"), at(*_SPEC, "provisioningModel")),
            lambda old, model: SPOT if (old is not None and flag(old)) or model == "Spot" else ON_DEMAND,
        ),
        _disk(
            at(*_SPEC, "rootDeviceType", default="pd-standard"),
            at(*_SPEC, "rootDeviceSize", default=_CHOSEN, convert=filled),
        ),
        together((*_SPEC, "additionalLabels")),
    ),
    _template(
        "AWSMachinePool",
        _CAPA,
        at("spec", "awsLaunchTemplate", "instanceType"),
        _spot("spec", "awsLaunchTemplate", "spotMarketOptions"),
        _ebs("spec", "awsLaunchTemplate", "rootVolume"),
        together(("spec", "additionalTags")),
    ),
    _template(
        "AWSManagedMachinePool",
        _CAPA,
        at("spec", "instanceType", default="t3.medium"),
        at("spec", "capacityType", default=ON_DEMAND, convert=_capacity),
        _disk(Always("gp2"), at("spec", "diskSize", default=20, convert=filled)),
        together(("spec", "additionalTags")),
    ),
    _template(
        "AzureMachinePool",
        _CAPZ,
        at("spec", "template", "vmSize"),
        _spot("spec", "template", "spotVMOptions"),
        _disk(Always(_CHOSEN), at("spec", "template", "osDisk", "diskSizeGB", default=_CHOSEN, convert=filled)),
        together(("spec", "additionalTags")),
    ),
    _template(
        "AzureManagedMachinePool",
        _CAPZ,
        at("spec", "sku"),
        at("spec", "scaleSetPriority", default=ON_DEMAND, convert=_capacity),
        _disk(Always(_CHOSEN), at("spec", "osDiskSizeGB", default=_CHOSEN, convert=filled)),
        together(("spec", "additionalTags")),
    ),
    _template(
        "GCPManagedMachinePool",
        _CAPG,
        _named(("spec", "instanceType"), ("spec", "machineType")),
        None,
        _disk(
            at("spec", "diskType", default="pd-balanced"),
            First((at("spec", "diskSizeGB", convert=filled), at("spec", "diskSizeGb", convert=filled), Always(100))),
        ),
        together(("spec", "additionalLabels")),
    ),
)
