"""EKS: clusters, their node groups, and what belongs to them."""

from __future__ import annotations

from typing import Any, Final, Optional

from guardrail.catalog.aws.controllers import BY_TEMPLATE, crossplane
from guardrail.catalog.aws.words import IMAGE, REGION, filled, template_links
from guardrail.catalog.convert import flag, text, texts, whole
from guardrail.catalog.kind import (
    Always,
    ByUsage,
    DiskMonths,
    DiskSpec,
    Each,
    First,
    Flat,
    From,
    GroupSpec,
    Kind,
    MachineHours,
    NoRows,
    Shape,
    at,
)
from guardrail.model.resource import ON_DEMAND, SPOT, Link, Purchase
from guardrail.model.value import Value

_CONTROL_PLANE: Final = Flat(name="control plane", service="eks", sku="control-plane")

CLUSTER: Final = Kind(
    type="aws_eks_cluster",
    category="cluster",
    source="https://aws.amazon.com/eks/pricing/",
    labels="tags",
    region=REGION,
    cluster=at("name"),
    facts={
        "exposure": at(
            "vpc_config",
            0,
            "endpoint_public_access",
            default="public",
            convert=lambda public: "public" if flag(public) else "private",
        )
    },
    lines=(
        _CONTROL_PLANE,
        NoRows(
            name="fee of EKS Auto Mode on its machines",
            when=at("compute_config", 0, "enabled", default=False, convert=flag),
        ),
    ),
    spellings=(crossplane("eks", "Cluster"),),
)

_DEFAULT_TYPE: Final = "t3.medium"
_DEFAULT_DISK: Final = 20
_DEFAULT_DISK_WINDOWS: Final = 50
"""https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html"""

_DISK_CLASS: Final = "gp2"
"""
The API takes only a size. EKS makes gp2 of it, also where the image's own class is gp3.

https://github.com/aws/containers-roadmap/issues/1417, https://github.com/bottlerocket-os/bottlerocket/issues/4799
"""

_BOTTLEROCKET_SYSTEM: Final = 2
"""GiB of the volume that Bottlerocket itself is on, beside that of the data; the image decides on its class."""

_EFFECTS: Final = {
    "NO_SCHEDULE": "NoSchedule",
    "NO_EXECUTE": "NoExecute",
    "PREFER_NO_SCHEDULE": "PreferNoSchedule",
}


def effect(value: Any) -> str:
    """Return the effect of a taint in the spelling of Kubernetes."""
    return _EFFECTS.get(text(value), text(value))


TAINTS: Final = Each(
    ("taint",), Shape({"key": at("key"), "value": at("value"), "effect": at("effect", convert=effect)})
)


def _types(listed: Optional[Value], template: Optional[Any]) -> Value:
    """Return the machine types; with a launch template and no list, the template tells."""
    return listed or (None if template is not None else (_DEFAULT_TYPE,))


def _capacity(value: Any) -> Purchase:
    if value == "CAPACITY_BLOCK":
        return Purchase(0, 0, "reserved")
    return SPOT if value == "SPOT" else ON_DEMAND


def _is_windows(ami: Optional[str]) -> bool:
    return ami is not None and ami.startswith("WINDOWS")


_OWN_DISKS: Final = From((at("launch_template", 0),), lambda template: template is None)
_WINDOWS: Final = From((at("ami_type"),), _is_windows)
_LINUX: Final = From((at("ami_type"),), lambda ami: not _is_windows(ami))

NODE_GROUP: Final = Kind(
    type="aws_eks_node_group",
    category="compute.pool",
    source="https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/eks_node_group",
    names=("node_group_name",),
    labels="tags",
    region=REGION,
    cluster=at("cluster_name"),
    groups=(
        GroupSpec(
            machine_types=From((at("instance_types", convert=texts), at("launch_template", 0)), _types),
            min=at("scaling_config", 0, "min_size", convert=whole),
            desired=at("scaling_config", 0, "desired_size", convert=whole),
            max=at("scaling_config", 0, "max_size", convert=whole),
            autoscaled=Always(True),
            purchase=at("capacity_type", default=ON_DEMAND, convert=_capacity),
            node_labels=at("labels"),
            taints=TAINTS,
            disks=(
                DiskSpec(
                    kind=Always(_DISK_CLASS),
                    size_gib=First(
                        (
                            at("disk_size", convert=filled),
                            From((_WINDOWS,), lambda windows: _DEFAULT_DISK_WINDOWS if windows else _DEFAULT_DISK),
                        )
                    ),
                    when=_OWN_DISKS,
                ),
                DiskSpec(
                    kind=Always(IMAGE),
                    size_gib=Always(_BOTTLEROCKET_SYSTEM),
                    when=From(
                        (at("ami_type"), _OWN_DISKS),
                        lambda ami, own: own and ami is not None and ami.startswith("BOTTLEROCKET"),
                    ),
                ),
            ),
        ),
    ),
    links=(
        Link(kind="contains", at="/cluster_name", types=("aws_eks_cluster",), reverse=True),
        *template_links("launch_template", 0),
    ),
    lines=(
        MachineHours(service="ec2", when=_LINUX),
        NoRows(name="Windows machines", when=_WINDOWS),
        DiskMonths(service="ebs"),
    ),
    spellings=(crossplane("eks", "NodeGroup", "cluster_name", suppliers=BY_TEMPLATE),),
)

FARGATE_PROFILE: Final = Kind(
    type="aws_eks_fargate_profile",
    category="compute.pool",
    source="https://aws.amazon.com/fargate/pricing/",
    names=("fargate_profile_name",),
    labels="tags",
    region=REGION,
    cluster=at("cluster_name"),
    links=(Link(kind="contains", at="/cluster_name", types=("aws_eks_cluster",), reverse=True),),
    lines=(ByUsage(name="pods on Fargate"),),
    spellings=(crossplane("eks", "FargateProfile", "cluster_name"),),
)


def _part(native: str, *, names: tuple[str, ...] = (), labels: Optional[str] = None) -> Kind:
    """Return a kind of what is configured in a cluster and costs nothing by itself."""
    return Kind(
        type=native,
        category="other",
        source="https://aws.amazon.com/eks/pricing/",
        names=names,
        labels=labels,
        region=REGION,
        cluster=at("cluster_name"),
        links=(Link(kind="contains", at="/cluster_name", types=("aws_eks_cluster",), reverse=True),),
    )


KINDS: Final = (
    CLUSTER,
    NODE_GROUP,
    FARGATE_PROFILE,
    _part("aws_eks_addon", names=("addon_name",), labels="tags"),
    _part("aws_eks_access_entry", labels="tags"),
    _part("aws_eks_access_policy_association"),
    _part("aws_eks_identity_provider_config", labels="tags"),
    _part("aws_eks_pod_identity_association", labels="tags"),
)
