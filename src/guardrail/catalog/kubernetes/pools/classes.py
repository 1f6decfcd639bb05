"""
What launches the machines of a pool: classes of nodes of the clouds, which state disks and tags.

A class never runs by itself. Disks that it does not state are those that Karpenter makes for the family of images.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Optional

from guardrail.catalog.aws.words import IMAGE, volume
from guardrail.catalog.convert import text, whole
from guardrail.catalog.kind import Always, DiskSpec, Fact, From, GroupSpec, Kind, at
from guardrail.catalog.kubernetes.pools.words import gibibytes, together
from guardrail.model.value import Reason, Unknown, Value

_EC2: Final = "https://karpenter.sh/docs/concepts/nodeclasses/"

_DEFAULTS: Final[Mapping[str, tuple[int, ...]]] = {
    "AL2": (20,),
    "AL2023": (20,),
    "Ubuntu": (20,),
    "Bottlerocket": (4, 20),
    "Windows2019": (50,),
    "Windows2022": (50,),
    "Windows2025": (50,),
}
"""
GiB of the gp3 volumes that are made where a class states none, by family of images.

https://karpenter.sh/docs/concepts/nodeclasses/#specblockdevicemappings
"""

_FAMILIES: Final = {family.lower(): family for family in _DEFAULTS}
_GP3: Final = "gp3"
_AUTO_DISK: Final = 80
"""https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html: `ephemeralStorage.size`."""

_CHOSEN: Final = Unknown(Reason.COMPUTED, note="the cloud decides by the machine")

_AKS_DISK: Final = 128
"""https://github.com/Azure/karpenter-provider-azure: `osDiskSizeGB`."""


def _family(stated: Optional[str], terms: Any) -> Optional[str]:
    """Return the family of images: stated, or the part of an alias before the version."""
    if stated is not None:
        return text(stated)
    for term in terms or ():
        alias = term.get("alias") if isinstance(term, Mapping) else None
        if isinstance(alias, str):
            family = alias.partition("@")[0].lower()
            return _FAMILIES.get(family, family)
    return None


def _default(index: int, mappings: str, terms: str) -> DiskSpec:
    """Return one of the volumes that are made where a class states none."""
    inputs = (at("spec", mappings), at("spec", "amiFamily"), at("spec", terms))

    def there(listed: Any, stated: Optional[str], selected: Any) -> bool:
        sizes = _DEFAULTS.get(_family(stated, selected) or "", None)
        return not listed and (len(sizes) > index if sizes is not None else index == 0)

    def size(listed: Any, stated: Optional[str], selected: Any) -> Value:
        del listed
        sizes = _DEFAULTS.get(_family(stated, selected) or "", ())
        return sizes[index] if index < len(sizes) else IMAGE

    def kind(listed: Any, stated: Optional[str], selected: Any) -> Value:
        del listed
        return _GP3 if index < len(_DEFAULTS.get(_family(stated, selected) or "", ())) else IMAGE

    return volume(kind=From(inputs, kind), size=From(inputs, size), when=From(inputs, there))


def _ec2(mappings: str, terms: str) -> tuple[DiskSpec, ...]:
    stated = volume(
        "ebs",
        each=("spec", mappings),
        kind=at("ebs", "volumeType", default="gp2"),
        size=at("ebs", "volumeSize", default=IMAGE, convert=gibibytes),
    )
    return (stated, _default(0, mappings, terms), _default(1, mappings, terms))


def _class(native: str, source: str, disks: tuple[DiskSpec, ...], labels: Optional[Fact] = None) -> Kind:
    return Kind(
        type=native,
        category="compute.template",
        source=source,
        labels_from=labels or together(("spec", "tags")),
        groups=(GroupSpec(disks=disks),),
        template=True,
    )


KINDS: Final = (
    _class("karpenter.k8s.aws/EC2NodeClass", _EC2, _ec2("blockDeviceMappings", "amiSelectorTerms")),
    _class(
        "karpenter.k8s.aws/AWSNodeTemplate",
        "https://github.com/aws/karpenter-provider-aws/blob/v0.31.0/website/content/en/v0.31/concepts/node-templates.md",
        _ec2("blockDeviceMappings", "amiSelectorTerms"),
    ),
    _class(
        "eks.amazonaws.com/NodeClass",
        "https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html",
        (
            volume(
                "spec",
                "ephemeralStorage",
                kind=Always(_GP3),
                size=at("spec", "ephemeralStorage", "size", default=_AUTO_DISK, convert=gibibytes),
            ),
        ),
    ),
    _class(
        "karpenter.azure.com/AKSNodeClass",
        "https://github.com/Azure/karpenter-provider-azure/blob/main/pkg/apis/v1beta1/aksnodeclass.go",
        (DiskSpec(kind=Always(_CHOSEN), size_gib=at("spec", "osDiskSizeGB", default=_AKS_DISK, convert=whole)),),
    ),
    _class(
        "karpenter.k8s.gcp/GCENodeClass",
        "https://github.com/cloudpilot-ai/karpenter-provider-gcp/blob/main/pkg/apis/v1alpha1/gcenodeclass.go",
        (
            DiskSpec(
                each=("spec", "disks"),
                kind=at("category", default=_CHOSEN),
                size_gib=at("sizeGiB", default=_CHOSEN, convert=whole),
            ),
            DiskSpec(
                when=From((at("spec", "disks"),), lambda stated: not stated),
                kind=Always(_CHOSEN),
                size_gib=Always(_CHOSEN),
            ),
        ),
        together(("spec", "labels")),
    ),
)
