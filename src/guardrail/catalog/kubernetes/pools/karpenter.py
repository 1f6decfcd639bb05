"""
Karpenter: pools of nodes that are made when pods need them, single nodes, and what launches them.

In `karpenter.sh` v1 and v1beta1 these are NodePool and NodeClaim, before that Provisioner; what launches the machines
is a class of nodes of the cloud. A pool that states no `replicas` has as many nodes as its pods need, up to its limits.
"""

from __future__ import annotations

from typing import Final, Optional

from guardrail.catalog.convert import whole
from guardrail.catalog.kind import Always, First, From, GroupSpec, Kind, at
from guardrail.catalog.kubernetes.pools import limits as counts
from guardrail.catalog.kubernetes.pools.spec import AS_NEEDED, CLAIM, POOL, Nodes
from guardrail.catalog.kubernetes.pools.words import go_seconds, taints, together
from guardrail.model.value import Value

_EXPIRES: Final = 720 * 3600
"""Seconds after which a node is replaced unless something else is stated (720h)."""

_NODE_POOL: Final = Nodes(POOL, ("spec", "template", "metadata", "labels"), "nodeClassRef")
_NODE_CLAIM: Final = Nodes(CLAIM, ("metadata", "labels"), "nodeClassRef")
_PROVISIONER: Final = Nodes(CLAIM, ("spec", "labels"), "providerRef", old=True)

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
            taints_at=(*POOL, "taints"),
        ),
    ),
    lifetime={
        "max_runtime_seconds": From(
            (at(*POOL, "expireAfter"), at("spec", "disruption", "expireAfter")),
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
