"""What a pod asks for as a whole, beside its containers: resources of the pod, and what its runtime adds to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Optional, Union

from guardrail.frontends.kubernetes.accelerators import together
from guardrail.frontends.kubernetes.containers import Amounts, Asked, amounts
from guardrail.frontends.kubernetes.objects import Object
from guardrail.frontends.kubernetes.reading import Reading, lookup, opened
from guardrail.frontends.kubernetes.selection import Selector, both
from guardrail.frontends.kubernetes.surroundings import Surroundings
from guardrail.model.resource import Container
from guardrail.model.value import ABSENT, OpenMap, Unknown, Value, apply

NAME: Final = "*"
"""How the part of a pod is called that none of its containers states."""

_RUNTIME: Final = "node.k8s.io/RuntimeClass"


def runtime(reading: Reading, spec: Mapping[str, Value], at: str, around: Surroundings) -> Optional[Object]:
    """Return the runtime class of a pod, if it is seen."""
    name = reading.text(spec.get("runtimeClassName"), f"{at}/runtimeClassName")
    return around.target(_RUNTIME, None, name) if isinstance(name, str) and name else None


def of_runtime(found: Optional[Object], wanted: Selector) -> tuple[Selector, Sequence[Value]]:
    """
    Return the labels that the node must have, with those that a runtime class demands, and the tolerations it adds.

    https://kubernetes.io/docs/concepts/containers/runtime-class/#scheduling
    """
    if found is None:
        return wanted, ()
    reading = Reading(found)  # what is wrong with the class is said where it is read itself
    more = reading.texts(reading.find("/scheduling/nodeSelector"), "/scheduling/nodeSelector")
    tolerations = reading.sequence(reading.find("/scheduling/tolerations"), "/scheduling/tolerations")
    added = () if isinstance(tolerations, Unknown) else tolerations
    if isinstance(wanted, Unknown) or not more:
        return wanted, added
    if isinstance(more, Unknown):
        return opened(wanted, more), added
    rest = next((one.rest for one in (wanted, more) if isinstance(one, OpenMap)), None)
    kept = both(more, wanted)
    return (kept if rest is None else opened(kept, rest)), added


def beyond(
    reading: Reading, spec: Mapping[str, Value], at: str, asked: Sequence[Asked], runs: Optional[Object]
) -> Optional[Asked]:
    """
    Return what a pod needs beyond its containers as a container of its own, None where that is nothing.

    Of what a pod states as a whole that is what its containers leave of it; a request that it does not state is what
    they request together, and where none does its limit. What the runtime takes for itself is added to that.
    https://kubernetes.io/docs/tasks/configure-pod-container/assign-pod-level-resources/
    """
    stated = reading.mapping(spec.get("resources"), f"{at}/resources")
    overhead = _overhead(reading, spec, at, runs)
    if not stated and not overhead and not isinstance(overhead, OpenMap):
        return None
    if isinstance(stated, Unknown):
        return Asked(
            Container(name=NAME, requests=opened({}, stated), limits=opened({}, stated)), f"{at}/resources", True
        )
    limits = amounts(reading, stated.get("limits"), f"{at}/resources/limits")
    requests = amounts(reading, stated.get("requests"), f"{at}/resources/requests")
    wanted: dict[str, Value] = dict(requests)
    for name, amount in limits.items():
        if name not in wanted and not any(name in one.container.requests for one in asked):
            wanted[name] = amount
    left = _left(wanted, [(one.always, one.container.requests) for one in asked])
    for name, amount in overhead.items():
        left[name] = apply(lambda one, other: one + other, left.get(name, 0), amount)
    spare = _left(limits, [(one.always, one.container.limits) for one in asked])
    container = Container(
        name=NAME,
        requests=_like(left, requests, limits, overhead),
        limits=_like({name: amount for name, amount in spare.items() if amount != 0}, limits),
    )
    nothing = not container.requests and not container.limits
    if nothing and not isinstance(container.requests, OpenMap):
        return None
    return Asked(container, f"{at}/resources" if stated else at, True)


def _overhead(reading: Reading, spec: Mapping[str, Value], at: str, runs: Optional[Object]) -> Amounts:
    """Return what the runtime takes: what the pod says of it is filled in from its class, and must be the same."""
    if spec.get("overhead") is not None:
        return amounts(reading, spec["overhead"], f"{at}/overhead")
    if runs is None:
        return {}
    outer = Reading(runs)
    value = outer.find("/overhead/podFixed")
    return {} if value is ABSENT else amounts(outer, value, "/overhead/podFixed")


def _left(whole: Amounts, parts: Sequence[tuple[Union[bool, Unknown], Amounts]]) -> dict[str, Value]:
    """Return what is left of amounts by name once containers have theirs; what they need together is no more."""
    left: dict[str, Value] = {}
    for name, amount in whole.items():
        taken = together((always, lookup(part, (name,))) for always, part in parts)
        rest = apply(lambda one, other: max(one - other, 0), amount, taken)
        if rest != 0:
            left[name] = rest
    return left


def _like(kept: dict[str, Value], *others: Amounts) -> Amounts:
    """Return amounts, open where one of those that they were made of is."""
    rest = _rest(others)
    return kept if rest is None else opened(kept, rest)


def _rest(several: Iterable[Amounts]) -> Union[Unknown, None]:
    return next((one.rest for one in several if isinstance(one, OpenMap)), None)
