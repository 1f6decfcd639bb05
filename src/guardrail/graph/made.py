"""
Whether nodes are made for the pods of a group: pools of a provisioner, which are empty until pods need them.

A provisioner makes a node that satisfies both the pool and the pods. So a label with several permitted values has the
one that the pods ask for, and of the machines that the pool permits one that is large enough comes. What the pool
leaves open nobody can rule out; a label that no node of the pool would carry rules it out.
https://karpenter.sh/docs/concepts/scheduling/
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Optional, Union

from guardrail.catalog import node_labels as labels
from guardrail.catalog.convert import ConversionError
from guardrail.catalog.kubernetes.pools.machine_labels import cloud_of, meaning
from guardrail.catalog.kubernetes.pools.requirements import Requirement, satisfies
from guardrail.catalog.kubernetes.pools.words import AS_ASKED
from guardrail.catalog.machines import accelerators_of, machine
from guardrail.graph.nodes import Fit, Pool, amount_of, bought, by_agents, devices, serves_all, sure, tolerated
from guardrail.model.resource import Accelerator, Group, Purchase
from guardrail.model.value import Unknown, Value, lookup

_OF_POOL: Final = ("karpenter.sh/nodepool", "karpenter.sh/provisioner-name")
_SYSTEMS: Final = ("kubernetes.io/os", "beta.kubernetes.io/os")


def fit(pod: Group, pool: Pool) -> Fit:
    """Return whether a node of the pool may be made for pods of the group."""
    if pool.group.replicas.max == 0:
        return Fit.NO
    wanted = pod.node_selector
    answer = min(tolerated(pod, pool), Fit.PERHAPS if isinstance(wanted, Unknown) else Fit.YES)
    if wanted and not isinstance(wanted, Unknown):
        answer = min(answer, *(_has(pool, key, _texts(value)) for key, value in wanted.items()))
    return min(answer, _machine(pod, pool)) if answer else answer


def _texts(wanted: Value) -> Optional[tuple[str, ...]]:
    """Return the values of a label of which any will do, None where nobody knows which those are."""
    if isinstance(wanted, Unknown):
        wanted = wanted.one_of
    if wanted is None:
        return None
    return tuple(map(str, wanted)) if isinstance(wanted, (list, tuple)) else (str(wanted),)


def _has(pool: Pool, key: str, values: Optional[Sequence[str]]) -> Fit:
    """Return whether a node can carry a label with one of the values; what is about the machine is asked elsewhere."""
    stated = pool.group.node_labels
    if values is None or isinstance(stated, Unknown):
        return Fit.PERHAPS
    found = lookup(stated or {}, (key,))
    if isinstance(found, str):
        return Fit.YES if meaning(key) is not None else sure(found in values)
    if isinstance(found, Unknown):
        return _of_several(found, values) if meaning(key) is None else Fit.YES
    return _implied(pool, key, values)


def _of_several(found: Unknown, values: Sequence[str]) -> Fit:
    """Return whether a label that pods decide on within the pool can have one of the values."""
    if found.one_of is not None:
        return sure(any(value in found.one_of for value in values))
    return Fit.YES if found == AS_ASKED else Fit.PERHAPS


def _implied(pool: Pool, key: str, values: Sequence[str]) -> Fit:
    """Return whether a node gets a label that the pool does not state."""
    resource, group = pool.resource, pool.group
    if meaning(key) is not None:
        theirs = cloud_of(key)
        return sure(theirs is None or theirs == resource.provider)
    if key in _OF_POOL:
        return sure(resource.name in values)
    if key in labels.PURCHASES:
        return _bought(group.purchase, [labels.PURCHASES[key].get(value) for value in values])
    if key in labels.REGIONS:
        return Fit.PERHAPS if not isinstance(resource.region, str) else sure(resource.region in values)
    if key in labels.ZONES:
        known = group.zones
        return sure(any(zone in values for zone in known)) if isinstance(known, tuple) else Fit.YES
    if key in _SYSTEMS:
        return sure("linux" in values)
    return Fit.PERHAPS if by_agents(key) else Fit.NO


def _bought(purchase: Union[Purchase, Unknown, None], words: Sequence[Optional[str]]) -> Fit:
    """Return whether a node is bought in one of some ways, where the pool leaves the choice to its pods."""
    if not isinstance(purchase, Unknown) or purchase.one_of is None:
        return bought(purchase, words)
    ways = (Purchase(**one) for one in purchase.one_of if isinstance(one, dict))
    return max((bought(way, words) for way in ways), default=Fit.PERHAPS)


def _machine(pod: Group, pool: Pool) -> Fit:
    """Return whether one of the machines that the pool permits is what the pods ask for."""
    types, provider = pool.group.machine_types, pool.resource.provider
    about = _about(pod)
    if not isinstance(types, tuple) or provider is None:
        answer = devices(pod, pool) if pod.accelerators else Fit.YES
        return min(answer, Fit.PERHAPS) if about and answer else answer
    best = Fit.NO
    for one in types:
        if isinstance(one, Unknown):
            best = max(best, Fit.PERHAPS)
        else:
            best = max(best, _one(pod, provider, one, about, pool.group.accelerators))
    return best


def _about(pod: Group) -> tuple[tuple[str, Requirement], ...]:
    """Return what pods ask of the machine itself."""
    if isinstance(pod.node_selector, Unknown):
        return ()
    found = []
    for key, wanted in (pod.node_selector or {}).items():
        meant, values = meaning(key), _texts(wanted)
        if meant is not None and values is not None:
            found.append((meant, Requirement(key, "In", values)))
    return tuple(found)


def _one(
    pod: Group,
    provider: str,
    machine_type: str,
    about: Sequence[tuple[str, Requirement]],
    added: Union[tuple[Accelerator, ...], Unknown],
) -> Fit:
    try:
        told = satisfies(provider, machine_type, about)
    except ConversionError:
        told = None
    if told is False:
        return Fit.NO
    inside = accelerators_of(provider, machine_type) or added
    answer = Fit.YES if told else Fit.PERHAPS
    known = machine(provider, machine_type)
    if known is None:
        answer = Fit.PERHAPS
    elif not isinstance(pod.containers, Unknown):
        cpu, memory = (amount_of(pod.containers, name) for name in ("cpu_millis", "memory_bytes"))
        if cpu > known.vcpu * 1000 or memory > known.memory_gib * 2**30:
            return Fit.NO
    return min(answer, serves_all(inside, pod.accelerators)) if pod.accelerators else answer
