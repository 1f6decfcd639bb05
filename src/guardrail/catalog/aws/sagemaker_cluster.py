"""SageMaker HyperPod: clusters, and who may use how much of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Optional

from guardrail.catalog.aws.controllers import crossplane
from guardrail.catalog.aws.sagemaker_words import API, GIVEN, PRICING, RESERVED, TRAINING, count
from guardrail.catalog.aws.words import REGION, filled, machine, spelled
from guardrail.catalog.convert import last, stated, texts
from guardrail.catalog.kind import (
    Always,
    DiskSpec,
    Each,
    First,
    From,
    GroupSpec,
    Kind,
    NoRows,
    Outer,
    Shape,
    at,
)
from guardrail.model.resource import ON_DEMAND, SPOT, Link, Purchase
from guardrail.model.value import Reason, Unknown, Value

_SCALED: Final = Unknown(Reason.COMPUTED, note="Karpenter scales the group, within the limits of its node pools")
_MODE: Final = at("auto_scaling", 0, "mode")


def _bought(spot: Optional[Any], plan: Optional[str]) -> Purchase:
    """Return how machines are bought. `Spot` is an empty object: that it is there is what counts."""
    if plan is not None:
        return RESERVED
    return ON_DEMAND if spot is None else SPOT


def _at_most(number: int, mode: Optional[str]) -> Value:
    return _SCALED if mode in ("Enable", "ENABLE") else number


_COUNT: Final = count()
_TYPES: Final = First(
    (machine("instance_type"), at("instance_requirements", 0, "instance_types", convert=texts), Always(GIVEN))
)


def _groups(block: str) -> GroupSpec:
    return GroupSpec(
        each=(block,),
        name="instance_group_name",
        machine_types=_TYPES,
        # `MinInstanceCount` says with how many it may begin, and is no bound of what there will be.
        min=From((_COUNT, Outer(_MODE)), lambda number, mode: 0 if mode in ("Enable", "ENABLE") else number),
        desired=_COUNT,
        max=From((_COUNT, Outer(_MODE)), _at_most),
        autoscaled=From((Outer(_MODE),), lambda mode: mode in ("Enable", "ENABLE")),
        purchase=From((at("capacity_requirements", 0, "spot"), at("training_plan_arn", convert=stated)), _bought),
        disks=(
            DiskSpec(
                each=("instance_storage_configs",),
                when=From((at("ebs_volume_config", 0),), lambda volume: volume is not None),
                kind=Always("gp3"),
                size_gib=at("ebs_volume_config", 0, "volume_size_in_gb", convert=filled),
            ),
        ),
    )


_GROUPS: Final = ("instance_groups", "restricted_instance_groups")

CLUSTER: Final = Kind(
    type="aws_sagemaker_cluster",
    category="compute.pool",
    source=f"{API}CreateCluster.html",
    names=("cluster_name",),
    labels="tags",
    region=REGION,
    cluster=at("orchestrator", 0, "eks", 0, "cluster_arn", convert=last),
    groups=tuple(map(_groups, _GROUPS)),
    links=(
        Link(
            kind="contains",
            at="/orchestrator/0/eks/0/cluster_arn",
            types=("aws_eks_cluster",),
            reverse=True,
            after="cluster/",
        ),
    ),
    lines=(
        TRAINING[0],  # its machines cost what those of training do
        NoRows(
            name="volumes",
            when=From(
                tuple(Each((block,), at("instance_storage_configs")) for block in _GROUPS),
                lambda *storage: any(one for several in storage for one in several or ()),
            ),
        ),
        NoRows(
            name="file systems of restricted groups",
            when=From(
                (Each(("restricted_instance_groups",), at("environment_config", 0, "fsx_lustre_config")),),
                lambda several: any(one is not None for one in several or ()),
            ),
        ),
    ),
    spellings=(*spelled("Cluster", "cluster_name"), crossplane("sagemaker", "Cluster")),
)


_AMOUNTS: Final = {
    "count": "",
    "accelerators": " accelerators",
    "v_cpu": " vCPU",
    "memory_in_gib": " GiB",
}
"""What is limited of a machine type, and how the fact calls it: `ml.p5.48xlarge`, `ml.p5.48xlarge accelerators`."""

_LIMITED: Final = Shape(
    {
        "type": machine("instance_type"),
        **{key: at(key) for key in _AMOUNTS},
        "partition": at("accelerator_partition", 0),
    }
)


def _quota(limits: Optional[Sequence[Value]]) -> Value:
    found: dict[str, Value] = {}
    for one in limits or ():
        name = one.get("type", GIVEN) if isinstance(one, Mapping) else one
        if isinstance(name, Unknown):
            return name
        found |= {name + what: one[key] for key, what in _AMOUNTS.items() if key in one}
        part = one.get("partition")
        if isinstance(part, Mapping) and isinstance(part.get("type"), str):
            found[f"{name} {part['type']}"] = part.get("count")
    return {key: amount for key, amount in found.items() if amount is not None} or None


QUOTA: Final = Kind(
    type="aws_sagemaker_compute_quota",
    category="quota",
    source=f"{API}CreateComputeQuota.html",
    labels="tags",
    region=REGION,
    facts={"quota": From((Each(("compute_quota_config", 0, "compute_quota_resources"), _LIMITED),), _quota)},
    links=(Link(kind="references", at="/cluster_arn", types=("aws_sagemaker_cluster",), after="cluster/"),),
    spellings=spelled("ComputeQuota", compute_quota_name="name"),
)

SCHEDULER: Final = Kind(
    type="sagemaker/ClusterSchedulerConfig",
    category="other",
    source=PRICING,
    labels="tags",
    region=REGION,
    spellings=spelled("ClusterSchedulerConfig"),
)

KINDS: Final = (CLUSTER, QUOTA, SCHEDULER)
