"""
Karpenter: pools of nodes that are made when pods need them, single nodes, and what launches them.

In `karpenter.sh` v1 and v1beta1 these are NodePool and NodeClaim, before that Provisioner; what launches the machines
is a class of nodes of the cloud. A pool that states no `replicas` has as many nodes as its pods need, up to its limits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Optional

from guardrail.catalog.convert import ConversionError, whole
from guardrail.catalog.kind import (
    Always,
    DiskMonths,
    Fact,
    First,
    From,
    GroupSpec,
    Kind,
    Line,
    MachineHours,
    NoRows,
    at,
)
from guardrail.catalog.kubernetes.pools import limits as counts
from guardrail.catalog.kubernetes.pools.machine_labels import cloud_of
from guardrail.catalog.kubernetes.pools.requirements import Permitted, Requirement, permitted, requirements_of
from guardrail.catalog.kubernetes.pools.words import (
    REGIONS,
    SYSTEMS,
    ZONES,
    bought,
    chosen,
    go_seconds,
    node_labels,
    region_of,
    taints,
    together,
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
_EXPIRES: Final = 720 * 3600
"""Seconds after which a node is replaced unless something else is stated (720h)."""


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


_POOL: Final[tuple[str, ...]] = ("spec", "template", "spec")
_CLAIM: Final[tuple[str, ...]] = ("spec",)
_SPECS: Final[Mapping[str, tuple[str, ...]]] = {
    "karpenter.sh/NodePool": _POOL,
    "karpenter.sh/NodeClaim": _CLAIM,
    "karpenter.sh/Provisioner": _CLAIM,
    "karpenter.sh/NodeOverlay": _CLAIM,
}


class _Spec:
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
        anything = counts.most_of_any(quota)
        if not isinstance(anything, NoBound) or isinstance(certain, NoBound):
            return anything if not isinstance(anything, NoBound) else certain
        return Unknown(found.open.reason, note=found.open.note)

    def purchase(self, listed: Any, template: Any) -> Value:
        return bought(self.stated(listed, template), ("on-demand",) if self.old else _EVERY_WAY)

    def zones(self, listed: Any, template: Any) -> Value:
        return chosen(self.stated(listed, template), ZONES)

    def labels(self, listed: Any, template: Any) -> Value:
        return node_labels(self.stated(listed, template), template)

    def region(self, listed: Any, template: Any) -> Value:
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


_OLD_KEYS: Final = frozenset(
    {"node.kubernetes.io/instance-type", "karpenter.k8s.aws/instance-family", "karpenter.k8s.aws/instance-category"}
)


def _defaults(stated: tuple[Requirement, ...]) -> tuple[Requirement, ...]:
    """
    Return what the first API (`Provisioner`) demands where nothing is stated.

    https://github.com/aws/karpenter-provider-aws/blob/v0.31.0/website/content/en/v0.31/concepts/provisioners.md
    """
    keys = {rule.key for rule in stated}
    found = []
    if "kubernetes.io/arch" not in keys:
        found.append(Requirement("kubernetes.io/arch", "In", ("amd64",)))
    if not keys & _OLD_KEYS:
        found.append(Requirement("karpenter.k8s.aws/instance-category", "In", ("c", "m", "r")))
        if "karpenter.k8s.aws/instance-generation" not in keys:
            found.append(Requirement("karpenter.k8s.aws/instance-generation", "Gt", ("2",)))
    return tuple(found)


_NODE_POOL: Final = _Spec(_POOL, ("spec", "template", "metadata", "labels"), "nodeClassRef")
_NODE_CLAIM: Final = _Spec(_CLAIM, ("metadata", "labels"), "nodeClassRef")
_PROVISIONER: Final = _Spec(_CLAIM, ("spec", "labels"), "providerRef", old=True)

_STATIC: Final = at("spec", "replicas", convert=whole)


def _fewest(fixed: Optional[int]) -> int:
    return fixed or 0


def _wanted(fixed: Optional[int]) -> Value:
    return AS_NEEDED if fixed is None else fixed


NODE_POOL: Final = Kind(
    type="karpenter.sh/NodePool",
    category="compute.pool",
    source="https://karpenter.sh/docs/concepts/nodepools/",
    labels_from=together(("metadata", "labels"), ("spec", "template", "metadata", "labels")),
    region=(From(_NODE_POOL.inputs[:2], _NODE_POOL.region),),
    groups=(
        _NODE_POOL.group(
            low=From((_STATIC,), _fewest),
            desired=From((_STATIC,), _wanted),
            high=From((_NODE_POOL.limits, at("spec", "replicas"), *_NODE_POOL.inputs), _NODE_POOL.most),
            taints_at=(*_POOL, "taints"),
        ),
    ),
    lifetime={
        "max_runtime_seconds": From(
            (at(*_POOL, "expireAfter"), at("spec", "disruption", "expireAfter")),
            lambda new, old: go_seconds(new or old) if (new or old) else _EXPIRES,
        ),
        "idle_shutdown_seconds": at("spec", "disruption", "consolidateAfter", convert=go_seconds),
    },
    facts={"quota": From((_NODE_POOL.limits,), lambda stated: None if stated is None else counts.quota(stated))},
    links=_NODE_POOL.links(),
    lines=_NODE_POOL.lines(),
)

NODE_CLAIM: Final = Kind(
    type="karpenter.sh/NodeClaim",
    category="compute.instance",
    source="https://karpenter.sh/docs/concepts/nodeclaims/",
    labels_from=together(("metadata", "labels")),
    region=(From(_NODE_CLAIM.inputs[:2], _NODE_CLAIM.region),),
    groups=(
        GroupSpec(
            machine_types=From((*_NODE_CLAIM.inputs, Always(None)), _NODE_CLAIM.machines),
            plain=From(_NODE_CLAIM.inputs, _NODE_CLAIM.plain),
            purchase=From(_NODE_CLAIM.inputs[:2], _NODE_CLAIM.purchase),
            zones=From(_NODE_CLAIM.inputs[:2], _NODE_CLAIM.zones),
            node_labels=From(_NODE_CLAIM.inputs[:2], _NODE_CLAIM.labels),
            taints=taints("spec", "taints"),
        ),
    ),
    lifetime={"max_runtime_seconds": at("spec", "expireAfter", default=_EXPIRES, convert=go_seconds)},
    links=_NODE_CLAIM.links(),
    lines=_NODE_CLAIM.lines(),
)

PROVISIONER: Final = Kind(
    type="karpenter.sh/Provisioner",
    category="compute.pool",
    source="https://github.com/aws/karpenter-provider-aws/blob/v0.31.0/website/content/en/v0.31/concepts/provisioners.md",
    labels_from=together(("metadata", "labels"), ("spec", "labels")),
    region=(From(_PROVISIONER.inputs[:2], _PROVISIONER.region),),
    groups=(
        _PROVISIONER.group(
            low=at("spec", "replicas", default=0),
            desired=First((at("spec", "replicas"), Always(AS_NEEDED))),
            high=From((_PROVISIONER.limits, at("spec", "replicas"), *_PROVISIONER.inputs), _PROVISIONER.most),
            taints_at=("spec", "taints"),
        ),
    ),
    lifetime={
        "max_runtime_seconds": at("spec", "ttlSecondsUntilExpired", convert=whole),
        "idle_shutdown_seconds": at("spec", "ttlSecondsAfterEmpty", convert=whole),
    },
    facts={"quota": From((_PROVISIONER.limits,), lambda stated: None if stated is None else counts.quota(stated))},
    links=_PROVISIONER.links(),
    lines=_PROVISIONER.lines(),
)

NODE_OVERLAY: Final = Kind(
    type="karpenter.sh/NodeOverlay",
    category="other",
    source="https://karpenter.sh/docs/concepts/nodeoverlays/",
    labels_from=together(("metadata", "labels")),
)
"""It changes the price that Karpenter reckons with, and not what a machine costs."""

KINDS: Final = (NODE_POOL, NODE_CLAIM, PROVISIONER, NODE_OVERLAY)
