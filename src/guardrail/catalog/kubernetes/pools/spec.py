"""What pools of Karpenter have in common: requirements, limits and a class of nodes, read to facts of a group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Optional

from guardrail.catalog.convert import ConversionError, whole
from guardrail.catalog.kind import DiskMonths, Fact, From, GroupSpec, Line, MachineHours, NoRows, at
from guardrail.catalog.kubernetes.pools import limits as counts
from guardrail.catalog.kubernetes.pools.machine_labels import ARCHITECTURE, cloud_of, meaning
from guardrail.catalog.kubernetes.pools.requirements import Permitted, Requirement, permitted, requirements_of
from guardrail.catalog.kubernetes.pools.words import (
    REGIONS,
    SYSTEMS,
    ZONES,
    bought,
    chosen,
    node_labels,
    region_of,
    taints,
)
from guardrail.model.path import Segment, pointer
from guardrail.model.resource import Link
from guardrail.model.value import UNBOUNDED, NoBound, Reason, Unknown, Value

CLASSES: Final[Mapping[str, str]] = {
    "EC2NodeClass": "karpenter.k8s.aws/EC2NodeClass",
    "NodeClass": "eks.amazonaws.com/NodeClass",
    "AKSNodeClass": "karpenter.azure.com/AKSNodeClass",
    "GCENodeClass": "karpenter.k8s.gcp/GCENodeClass",
    "AWSNodeTemplate": "karpenter.k8s.aws/AWSNodeTemplate",
}
"""Kinds of classes, and their types."""

_CLOUDS: Final[Mapping[str, str]] = {
    "EC2NodeClass": "aws",
    "NodeClass": "aws",
    "AWSNodeTemplate": "aws",
    "AKSNodeClass": "azure",
    "GCENodeClass": "gcp",
}
_GROUPS: Final[Mapping[str, str]] = {
    "karpenter.k8s.aws": "aws",
    "eks.amazonaws.com": "aws",
    "karpenter.azure.com": "azure",
    "karpenter.k8s.gcp": "gcp",
}
AUTO: Final = "NodeClass"
"""The class of EKS Auto Mode."""

AS_NEEDED: Final = Unknown(Reason.COMPUTED, note="there are as many nodes as the pods need")
_ANY: Final = Unknown(Reason.REFUSED, note="nothing tells which cloud makes the machines")
_EVERY_WAY: Final = ("spot", "on-demand")


def cloud(ref: Any, requirements: tuple[Requirement, ...] = ()) -> Optional[str]:
    """Return whose machines a class of nodes launches, None where nothing tells."""
    stated = ref if isinstance(ref, Mapping) else {}
    kind = stated.get("kind")
    if isinstance(kind, str) and kind in _CLOUDS:
        return _CLOUDS[kind]
    group = str(stated.get("group") or stated.get("apiVersion") or "").partition("/")[0]
    if group in _GROUPS:
        return _GROUPS[group]
    return next((found for rule in requirements if (found := cloud_of(rule.key)) is not None), None)


def provider(type_: str, attributes: Mapping[str, Value]) -> Optional[str]:
    """Return the cloud whose machines an object of a pool is about, None where nothing tells."""
    stated = _SPECS.get(type_)
    if stated is None:
        return None
    found: Any = attributes
    for key in stated:
        found = found.get(key) if isinstance(found, Mapping) else None
    if not isinstance(found, Mapping):
        return None
    ref = found.get("nodeClassRef") or found.get("providerRef")
    if type_.endswith("Provisioner"):
        return "aws"
    try:
        return cloud(ref, requirements_of(found.get("requirements")))
    except (ConversionError, TypeError):
        return cloud(ref)


POOL: Final[tuple[str, ...]] = ("spec", "template", "spec")
CLAIM: Final[tuple[str, ...]] = ("spec",)
_SPECS: Final[Mapping[str, tuple[str, ...]]] = {
    "karpenter.sh/NodePool": POOL,
    "karpenter.sh/NodeClaim": CLAIM,
    "karpenter.sh/Provisioner": CLAIM,
    "karpenter.sh/NodeOverlay": CLAIM,
}


class Nodes:
    """Where a kind states its nodes, and what holds where it states nothing."""

    def __init__(self, spec: tuple[str, ...], labels: tuple[str, ...], ref: str, *, old: bool = False) -> None:
        self.spec = spec
        self.ref = (*spec, ref)
        self.inputs: tuple[Fact, ...] = (at(*spec, "requirements"), at(*labels), at(*self.ref))
        self.limits = at("spec", "limits", "resources") if old else at("spec", "limits")
        self.old = old

    def stated(self, listed: Any, template: Any) -> tuple[Requirement, ...]:
        """Return all requirements that hold."""
        found = requirements_of(listed, template)
        return (*found, *_defaults(found)) if self.old else found

    def cloud(self, ref: Any, stated: tuple[Requirement, ...]) -> Optional[str]:
        """Return whose machines they are."""
        return "aws" if self.old else cloud(ref, stated)

    def permitted(self, listed: Any, template: Any, ref: Any) -> Optional[Permitted]:
        """Return the machines that requirements permit, None where nothing tells the cloud."""
        stated = self.stated(listed, template)
        found = self.cloud(ref, stated)
        return permitted(found, stated) if found is not None else None

    def machines(self, listed: Any, template: Any, ref: Any, limits: Any) -> Value:
        """Return the machines that may come: those that are permitted, and that limits leave room for."""
        found = self.permitted(listed, template, ref)
        if found is None:
            return _ANY
        name = str(self.cloud(ref, self.stated(listed, template)))
        quota = _quota(limits)
        return found.only(lambda one: counts.most_of(name, one, quota) != 0).machine_types()

    def plain(self, listed: Any, template: Any, ref: Any) -> bool:
        """Whether no machine that may come has accelerators."""
        found = self.permitted(listed, template, ref)
        return found is not None and found.plain

    def most(self, limits: Any, fixed: Any, listed: Any, template: Any, ref: Any) -> Value:
        """Return the most nodes that there can be."""
        quota = counts.quota(limits) if limits is not None else {}
        if fixed is not None:
            return whole(fixed)
        if not quota:
            return UNBOUNDED
        found = self.permitted(listed, template, ref)
        if found is None:
            return counts.most_of_any(quota)
        name = str(self.cloud(ref, self.stated(listed, template)))
        certain = counts.largest(counts.most_of(name, one, quota) for one in found.types)
        perhaps = counts.largest(counts.most_of(name, one, quota) for one in found.doubtful)
        if found.open is None:
            return counts.largest([certain, perhaps])
        anything = counts.most_of_any(quota, found.vendor)
        if not isinstance(anything, NoBound) or isinstance(certain, NoBound):
            return anything if not isinstance(anything, NoBound) else certain
        return Unknown(found.open.reason, note=found.open.note)

    def purchase(self, listed: Any, template: Any) -> Value:
        """Return how the machines are bought."""
        return bought(self.stated(listed, template), ("on-demand",) if self.old else _EVERY_WAY)

    def zones(self, listed: Any, template: Any) -> Value:
        """Return the zones that nodes may be in."""
        return chosen(self.stated(listed, template), ZONES)

    def labels(self, listed: Any, template: Any) -> Value:
        """Return the labels of the nodes."""
        return node_labels(self.stated(listed, template), template)

    def region(self, listed: Any, template: Any) -> Value:
        """Return the region, None where requirements do not tell one."""
        stated = self.stated(listed, template)
        found = chosen(stated, REGIONS) or region_of(chosen(stated, ZONES))
        return found[0] if isinstance(found, tuple) and len(found) == 1 else None

    def group(self, low: Fact, desired: Fact, high: Fact, *, taints_at: tuple[Segment, ...]) -> GroupSpec:
        """Return how the nodes are read."""
        told = self.inputs[:2]
        return GroupSpec(
            machine_types=From((*self.inputs, self.limits), self.machines),
            plain=From(self.inputs, self.plain),
            min=low,
            desired=desired,
            max=high,
            purchase=From(told, self.purchase),
            zones=From(told, self.zones),
            node_labels=From(told, self.labels),
            taints=taints(*taints_at),
        )

    def lines(self) -> tuple[Line, ...]:
        """Return what the machines are paid by."""

        def is_of(name: Optional[str], *, windows: bool = False) -> Fact:
            def of(listed: Any, template: Any, ref: Any) -> bool:
                stated = self.stated(listed, template)
                return self.cloud(ref, stated) == name and (name is None or _windows(stated) == windows)

            return From(self.inputs, of)

        def windows(listed: Any, template: Any, _: Any) -> bool:
            return _windows(self.stated(listed, template))

        def automatic(ref: Any) -> bool:
            return isinstance(ref, Mapping) and ref.get("kind") == AUTO

        return (
            MachineHours(service="ec2", when=is_of("aws"), chosen=True),
            DiskMonths(service="ebs", when=is_of("aws")),
            MachineHours(service="azure-vm", when=is_of("azure"), chosen=True),
            DiskMonths(service="managed-disk", when=is_of("azure")),
            MachineHours(service="gce-machine", when=is_of("gcp"), chosen=True),
            DiskMonths(service="pd", when=is_of("gcp")),
            NoRows(name="Windows machines", when=From(self.inputs, windows)),
            NoRows(name="machines of a cloud that nothing names", when=is_of(None)),
            NoRows(name="fee of EKS Auto Mode on its machines", when=From((at(*self.ref),), automatic)),
        )

    def links(self) -> tuple[Link, ...]:
        """Return the link to the class that launches the machines: their disks and tags are stated there."""
        where = pointer((*self.ref, "name"))
        return tuple(
            Link(kind="references", at=where, types=(type_,), inherit=("storage",)) for type_ in CLASSES.values()
        )


def _quota(limits: Any) -> counts.Quota:
    """Return limits; those in error are told where they bound the nodes."""
    try:
        return {} if limits is None else counts.quota(limits)
    except ConversionError:
        return {}


def _windows(requirements: tuple[Requirement, ...]) -> bool:
    return chosen(requirements, SYSTEMS) == ("windows",)


def _defaults(stated: tuple[Requirement, ...]) -> tuple[Requirement, ...]:
    """
    Return what the first API (`Provisioner`) demands where nothing is stated.

    https://github.com/aws/karpenter-provider-aws/blob/v0.31.0/website/content/en/v0.31/concepts/provisioners.md
    """
    keys = {rule.key for rule in stated}
    found = []
    if "kubernetes.io/arch" not in keys:
        found.append(Requirement("kubernetes.io/arch", "In", ("amd64",)))
    if all(meaning(key) in (None, ARCHITECTURE) for key in keys):
        found.append(Requirement("karpenter.k8s.aws/instance-category", "In", ("c", "m", "r")))
        found.append(Requirement("karpenter.k8s.aws/instance-generation", "Gt", ("2",)))
    return tuple(found)
