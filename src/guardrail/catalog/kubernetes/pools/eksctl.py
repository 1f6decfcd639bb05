"""eksctl: a cluster of EKS and its groups of nodes in one file, which has no `spec`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Optional

from guardrail.catalog.aws.eks import effect
from guardrail.catalog.aws.words import volume
from guardrail.catalog.convert import flag, text, texts, whole
from guardrail.catalog.facts import bare
from guardrail.catalog.kind import (
    DiskMonths,
    Flat,
    From,
    GroupSpec,
    Kind,
    MachineHours,
    NoRows,
    at,
)
from guardrail.catalog.kubernetes.pools.words import together
from guardrail.model.resource import ON_DEMAND, SPOT, Purchase
from guardrail.model.value import Reason, Unknown, Value

_SOURCE: Final = "https://schema.eksctl.io/"
_DEFAULT_TYPE: Final = "m5.large"
_DEFAULT_NODES: Final = 2
_DEFAULT_DISK: Final = 80
_MIXED: Final = "mixed"
"""What eksctl itself writes for a group whose machines its distribution lists."""

_SELECTED: Final = Unknown(Reason.REFUSED, note="eksctl chooses the machines (instanceSelector)")
_TEMPLATE: Final = Unknown(Reason.DATA, note="a launch template of the account states it")
_DISTRIBUTION: Final = "instancesDistribution"


def _types(one: Any, listed: Any, mixed: Any, selector: Any, template: Any) -> Value:
    """Return the machines of a group: one, a list, those of a distribution, else what eksctl takes by itself."""
    several = listed if listed is not None else mixed
    if several is not None:
        return tuple(bare(each) if isinstance(each, Unknown) else text(each) for each in several)
    if selector is not None:
        return _SELECTED
    if template is not None and one is None:
        return _TEMPLATE
    return (_DEFAULT_TYPE,) if one is None or one == _MIXED else (text(one),)


def _bought(spot: Any, capacity: Any, distribution: Any) -> Value:
    if capacity is not None and text(capacity) in ("CAPACITY_BLOCK", "capacity-block"):
        return Purchase(0, 0, "reserved")
    if spot is not None and flag(spot):
        return SPOT
    if not isinstance(distribution, Mapping):
        return ON_DEMAND
    base, percent = (distribution.get(key) for key in ("onDemandBaseCapacity", "onDemandPercentageAboveBaseCapacity"))
    hidden = next((one for one in (base, percent) if isinstance(one, Unknown)), None)
    if hidden is not None:
        return bare(hidden)
    return Purchase(0 if base is None else whole(base), 100 if percent is None else whole(percent), "spot")


def _fewest(low: Optional[int], desired: Optional[int], high: Optional[int]) -> int:
    return low if low is not None else _wanted(low, desired, high)


def _wanted(low: Optional[int], desired: Optional[int], high: Optional[int]) -> int:
    """Return how many nodes are made at first: two where neither that nor the fewest is stated."""
    if desired is not None or low is not None:
        return desired if desired is not None else low or 0
    return _DEFAULT_NODES if high is None else min(high, _DEFAULT_NODES)


def _most(low: Optional[int], desired: Optional[int], high: Optional[int]) -> int:
    """Return the most nodes. Where only another number is stated, it is that."""
    return high if high is not None else max(_fewest(low, desired, high), _wanted(low, desired, high))


def _taints(stated: Any) -> Value:
    """Return taints: a list of them, or a mapping of `value:Effect` by key."""
    if isinstance(stated, Mapping):
        return tuple(_written(key, value) for key, value in stated.items())
    return tuple(
        bare(one)
        if isinstance(one, Unknown)
        else {key: _effect(key, one[key]) for key in _TAINT if one.get(key) is not None}
        for one in stated
    )


_TAINT: Final = ("key", "value", "effect")


def _effect(key: str, value: Value) -> Value:
    return value if key != "effect" or isinstance(value, Unknown) else effect(value)


def _written(key: str, value: Value) -> Value:
    if isinstance(value, Unknown):
        return {"key": key, "value": bare(value), "effect": bare(value)}
    stated, _, how = text(value).rpartition(":")
    return {"key": key, "value": stated, "effect": how}


def _or_template(default: Value) -> Callable[[Any, Any], Value]:
    """Return the function from what is stated and the launch template to a fact of the disk."""
    return lambda stated, template: stated if stated is not None else default if template is None else _TEMPLATE


def _windows(*groups: Any) -> bool:
    """Whether some group runs Windows, whose machines have other prices."""
    nodes = [one for several in groups for one in several or () if isinstance(one, Mapping)]
    return any(str(one.get("amiFamily")).startswith("Windows") for one in nodes)


def _nodes(each: str) -> GroupSpec:
    low, desired, high = (at(key, convert=whole) for key in ("minSize", "desiredCapacity", "maxSize"))
    return GroupSpec(
        each=(each,),
        name="name",
        machine_types=From(
            (
                at("instanceType"),
                at("instanceTypes"),
                at(_DISTRIBUTION, "instanceTypes"),
                at("instanceSelector"),
                at("launchTemplate"),
            ),
            _types,
        ),
        min=From((low, desired, high), _fewest),
        desired=From((low, desired, high), _wanted),
        max=From((low, desired, high), _most),
        autoscaled=From((low, high), lambda least, most: least is not None and most is not None and least < most),
        purchase=From(
            (at("spot"), at("instanceMarketOptions", "marketType"), at(_DISTRIBUTION)),
            _bought,
        ),
        zones=at("availabilityZones", convert=texts),
        node_labels=at("labels"),
        taints=at("taints", convert=_taints),
        disks=(
            volume(
                kind=From((at("volumeType"), at("launchTemplate")), _or_template("gp3")),
                size=From((at("volumeSize", convert=whole), at("launchTemplate")), _or_template(_DEFAULT_DISK)),
            ),
        ),
    )


CLUSTER: Final = Kind(
    type="eksctl.io/ClusterConfig",
    category="cluster",
    source=_SOURCE,
    labels_from=together(("metadata", "tags")),
    region=(at("metadata", "region"),),
    cluster=at("metadata", "name"),
    groups=(_nodes("managedNodeGroups"), _nodes("nodeGroups")),
    lines=(
        Flat(name="control plane", service="eks", sku="control-plane"),
        MachineHours(service="ec2"),
        DiskMonths(service="ebs"),
        NoRows(name="Windows on its machines", when=From((at("managedNodeGroups"), at("nodeGroups")), _windows)),
        NoRows(
            name="pods on Fargate",
            when=From((at("fargateProfiles"),), bool),
        ),
        NoRows(
            name="fee of EKS Auto Mode on its machines",
            when=at("autoModeConfig", "enabled", default=False, convert=flag),
        ),
    ),
)

KINDS: Final = (CLUSTER,)
