"""
Whether the pods of a group may run on the nodes of a pool: labels, taints, devices, size.

Three answers, since manifests and pools say only part of it. `NO` needs a reason to be sure; `YES` means that
nothing speaks against it; `PERHAPS` that it hangs on something unknown, or on a label that an agent in the cluster
sets. Rules are those of the scheduler of Kubernetes and of managed node pools of the three clouds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from enum import IntEnum
from typing import Final, Optional, Union

from guardrail.catalog import node_labels as labels
from guardrail.catalog.accelerators import accelerator
from guardrail.catalog.machines import machine
from guardrail.model.dataclass import dataclass
from guardrail.model.resource import Accelerator, Container, Group, Purchase, Resource
from guardrail.model.value import Text, Unknown, Value, lookup


class Fit(IntEnum):
    """The answer; of several the smallest holds."""

    NO = 0
    PERHAPS = 1
    YES = 2


@dataclass(frozen=True, slots=True)
class Pool:
    """
    Nodes of one kind in one cluster.

    `reserved`: the cloud taints them by itself, for what asks for the device. `made`: they are made for the pods that
    need them (see `made`). `name` is that of the pool, where it is one of several of its resource.
    """

    resource: Resource
    group: Group
    reserved: bool = False
    made: bool = False
    name: str = ""


_POOL_KEYS: Final[Mapping[str, str]] = {
    "cloud.google.com/gke-nodepool": "gcp",
    "eks.amazonaws.com/nodegroup": "aws",
    "kubernetes.azure.com/agentpool": "azure",
    "agentpool": "azure",
}
_DEVICE_KEYS: Final = frozenset(
    {"cloud.google.com/gke-accelerator", "nvidia.com/gpu.product", "amd.com/gpu.product-name"}
)
"""Those of `labels.MODELS` that follow from what a pool states; others only their own provisioner writes."""

_CLOUD_DOMAINS: Final[Mapping[str, str]] = {
    "eks.amazonaws.com": "aws",
    "k8s.amazonaws.com": "aws",
    "cloud.google.com": "gcp",
    "kubernetes.azure.com": "azure",
}
_WHOLE: Final = 100  # percent

_CLASS: Final = "cloud.google.com/compute-class"

_RESERVED: Final = {"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}
"""What GKE taints a pool with accelerators with, beside pools that have none."""

_AGENT_DOMAINS: Final = ("kubernetes.io", "k8s.io", "nvidia.com", "amd.com", "intel.com", "habana.ai")
"""Who labels nodes while they run (kubelet, feature discovery): what they will write is in no file."""


def fit(pod: Group, pool: Pool) -> Fit:
    """Return whether pods of the group may run on the pool."""
    if pool.group.replicas.max == 0:
        return Fit.NO
    answer = Fit.YES
    if pool.group.taints or pool.reserved:
        answer = tolerated(pod, pool)
    if pod.node_selector and answer:
        answer = min(answer, _selected(pod, pool))
    if pod.accelerators and answer:
        answer = min(answer, devices(pod, pool))
    if pod.containers and answer:
        answer = min(answer, _large_enough(pod, pool))
    return answer


def _selected(pod: Group, pool: Pool) -> Fit:
    if isinstance(pod.node_selector, Unknown):
        return Fit.PERHAPS
    return min((_has_label(pool, key, wanted) for key, wanted in (pod.node_selector or {}).items()), default=Fit.YES)


def _has_label(pool: Pool, key: str, wanted: Value) -> Fit:
    """Return whether nodes carry a label with the value, or one of several."""
    if isinstance(wanted, Unknown):
        if wanted.one_of is None:
            return Fit.PERHAPS
        wanted = wanted.one_of
    values = [str(value) for value in wanted] if isinstance(wanted, (list, tuple)) else [str(wanted)]
    stated = pool.group.node_labels
    if isinstance(stated, Unknown):
        return Fit.PERHAPS
    found = lookup(stated or {}, (key,))
    if isinstance(found, Unknown):
        return Fit.PERHAPS
    if isinstance(found, str):
        return sure(found in values)
    return _implied(pool, key, values)


def _implied(pool: Pool, key: str, values: Sequence[str]) -> Fit:
    """Return whether nodes get a label from the cloud or from agents, where the pool does not state it."""
    resource, group = pool.resource, pool.group
    if key in _POOL_KEYS:
        return sure(resource.provider == _POOL_KEYS[key] and (pool.name or resource.name) in values)
    if key in labels.MACHINES:
        return _any_of(group.machine_types, values)
    if key in labels.REGIONS:
        return _any_of((resource.region,), values)
    if key in labels.ZONES:
        return _any_of(group.zones, values)
    if key in _DEVICE_KEYS:
        return _product(group, values)
    if key in ("kubernetes.io/os", "beta.kubernetes.io/os") and "linux" in values:
        return Fit.YES
    domain = key.rpartition("/")[0]
    if domain in _CLOUD_DOMAINS:
        if resource.provider != _CLOUD_DOMAINS[domain]:
            return Fit.NO
        words = labels.PURCHASES.get(key)
        return Fit.PERHAPS if words is None else bought(group.purchase, [words.get(value) for value in values])
    return Fit.PERHAPS if by_agents(key) else Fit.NO


def by_agents(key: str) -> bool:
    """Whether a label is one that agents in the cluster set while it runs."""
    domain = key.rpartition("/")[0]
    return any(domain == one or domain.endswith(f".{one}") for one in _AGENT_DOMAINS)


def _any_of(stated: Union[Iterable[Text], Unknown, None], values: Sequence[str]) -> Fit:
    """Return whether one of what is stated is among the values; sure of a no where all of it is known."""
    if stated is None or isinstance(stated, Unknown):
        return Fit.PERHAPS
    told = list(stated)
    if any(one in values for one in told if isinstance(one, str)):
        return Fit.YES
    return Fit.NO if told and all(isinstance(one, str) for one in told) else Fit.PERHAPS


def _product(group: Group, values: Sequence[str]) -> Fit:
    if isinstance(group.accelerators, Unknown):
        return Fit.PERHAPS
    wanted = {found.model for found in map(accelerator, values) if found is not None}
    if not wanted:
        return Fit.PERHAPS if group.accelerators else Fit.NO  # a product that the table does not know
    return max((_any_of((one.model,), sorted(wanted)) for one in group.accelerators), default=Fit.NO)


def bought(purchase: Union[Purchase, Unknown, None], words: Sequence[Optional[str]]) -> Fit:
    """Return whether machines are bought in one of some ways."""
    if purchase is None or isinstance(purchase, Unknown):
        return Fit.PERHAPS
    kinds = {"on_demand"} if purchase.on_demand_base or purchase.on_demand_percent else set()
    if purchase.on_demand_percent < _WHOLE:
        kinds.add(purchase.otherwise)
    return sure(any(word in kinds for word in words))


def tolerated(pod: Group, pool: Pool) -> Fit:
    """Return whether every taint that keeps pods away is tolerated."""
    if isinstance(pool.group.taints, Unknown):
        return Fit.PERHAPS
    taints = [one for one in pool.group.taints or () if one.get("effect") != "PreferNoSchedule"]
    if pool.reserved:
        taints.append(_RESERVED)
    return min((_tolerates(pod, taint) for taint in taints), default=Fit.YES)


def _tolerates(pod: Group, taint: Mapping[str, Value]) -> Fit:
    """Return whether a taint is tolerated, by the pod itself or because it asks for the device that the taint names."""
    key = taint.get("key")
    if isinstance(key, Unknown) or isinstance(pod.tolerations, Unknown):
        return Fit.PERHAPS
    if _requested(pod, str(key)):  # clusters add this toleration (ExtendedResourceToleration)
        return Fit.YES
    if key == _CLASS and not isinstance(pod.node_selector, Unknown) and key in (pod.node_selector or {}):
        return Fit.YES  # GKE lets pods onto the nodes of the class that they name
    return max((_matches(one, taint) for one in pod.tolerations or ()), default=Fit.NO)


def _matches(toleration: Mapping[str, Value], taint: Mapping[str, Value]) -> Fit:
    """Return whether one toleration is for a taint. No effect means any; `Exists` any value, without key any."""
    exists = toleration.get("operator") == "Exists"
    answer = Fit.YES
    for name in ("effect", "key") if exists else ("effect", "key", "value"):
        asked, given = toleration.get(name) or "", taint.get(name) or ""
        if isinstance(asked, Unknown) or isinstance(given, Unknown):
            answer = Fit.PERHAPS
        elif asked != given and (asked or not (name == "effect" or exists)):
            return Fit.NO
    return answer


def _requested(pod: Group, resource: str) -> bool:
    if isinstance(pod.containers, Unknown):
        return False
    return any(resource in one.limits or resource in one.requests for one in pod.containers)


def devices(pod: Group, pool: Pool) -> Fit:
    """Return whether a node has the accelerators that a pod asks for."""
    if isinstance(pod.accelerators, Unknown):
        return Fit.PERHAPS
    if isinstance(pool.group.accelerators, Unknown):
        return Fit.PERHAPS if pod.accelerators else Fit.YES
    return serves_all(pool.group.accelerators, pod.accelerators)


def serves_all(
    offered: Union[tuple[Accelerator, ...], Unknown], wanted: Union[tuple[Accelerator, ...], Unknown]
) -> Fit:
    """Return whether a node with some accelerators has all that are asked for."""
    if isinstance(offered, Unknown) or isinstance(wanted, Unknown):
        return Fit.PERHAPS
    return min((max((_serves(one, asked) for one in offered), default=Fit.NO) for asked in wanted), default=Fit.YES)


def _serves(offered: Accelerator, asked: Accelerator) -> Fit:
    answer = Fit.YES
    for theirs, ours in ((offered.vendor, asked.vendor), (offered.family, asked.family)):
        if isinstance(ours, str) and isinstance(theirs, str) and ours != theirs:
            return Fit.NO
        if isinstance(ours, str) and not isinstance(theirs, str):
            answer = Fit.PERHAPS
    if isinstance(offered.count, int) and isinstance(asked.count, int):
        return Fit.NO if asked.count * (asked.fraction or Decimal(1)) > offered.count else answer
    return min(answer, Fit.PERHAPS)


def _large_enough(pod: Group, pool: Pool) -> Fit:
    """Return NO only where no permitted machine has the processors or the memory for one pod."""
    types, provider = pool.group.machine_types, pool.resource.provider
    if isinstance(pod.containers, Unknown) or isinstance(types, Unknown) or not types or not provider:
        return Fit.YES
    cpu, memory = (amount_of(pod.containers, name) for name in ("cpu_millis", "memory_bytes"))
    if not cpu and not memory:
        return Fit.YES
    for one in types:
        known = machine(provider, one) if isinstance(one, str) else None
        if known is None or (known.vcpu * 1000 >= cpu and known.memory_gib * 2**30 >= memory):
            return Fit.YES
    return Fit.NO


def amount_of(containers: Iterable[Container], name: str) -> int:
    """Return what is known to be requested. What is only limited is requested as much: Kubernetes' default."""
    amounts = (one.requests.get(name, one.limits.get(name)) for one in containers)
    return sum(amount for amount in amounts if isinstance(amount, int) and amount > 0)


def sure(yes: bool) -> Fit:
    """Return a certain answer."""
    return Fit.YES if yes else Fit.NO
