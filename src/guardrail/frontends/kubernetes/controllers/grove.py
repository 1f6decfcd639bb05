"""Cliques of pods, of which some are scaled as a group: each of those is there as often as its group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from guardrail.catalog.kubernetes.workload import Count, Workload, at
from guardrail.frontends.kubernetes.controllers.making import Making, Part
from guardrail.frontends.kubernetes.counts import number, times
from guardrail.frontends.kubernetes.reading import Reading, Scope
from guardrail.frontends.kubernetes.surroundings import Surroundings
from guardrail.model import value as values
from guardrail.model.value import UNBOUNDED, Unknown, Value

_LIMITLESS: Final = 2**31 - 1
_OWN: Final = (
    ("desired", at("/spec/replicas", default=1)),
    ("low", at("/spec/autoScalingConfig/minReplicas", "/spec/replicas", default=1)),
    ("high", at("/spec/autoScalingConfig/maxReplicas", "/spec/replicas", default=1)),
)
_OF_GROUP: Final = (
    ("desired", at("/replicas", default=1)),
    ("low", at("/scaleConfig/minReplicas", "/replicas", default=1)),
    ("high", at("/scaleConfig/maxReplicas", "/replicas", default=1)),
)


def cliques(reading: Reading, scope: Scope, row: Workload, around: Surroundings) -> Scope:
    """Return the cliques of a set (`cliques`): each as it is written, with how many pods of it there are (`many`)."""
    del row, around
    making = Making(reading, scope)
    stated = making.own("/spec/template/cliques")
    groups = making.own("/spec/template/podCliqueScalingGroups")
    hidden = next((one.value for one in (stated, groups) if isinstance(one.value, Unknown)), None)
    if hidden is not None:
        return making.finished({"cliques": hidden})
    made: list[Value] = []
    for clique in stated.elements():
        there = f"/cliques/{len(made)}"
        value = making.put(there, clique)
        if isinstance(value, dict):
            over = [one for one in groups.elements() if _holds(one, clique.text("name"))]
            value = {**value, "many": _many(making, f"{there}/many", clique, over)}
        made.append(value)
    return making.finished({"cliques": tuple(made)})


def _holds(group: Part, name: object) -> bool:
    """Whether a clique is in a group, or may be."""
    listed = group.find("/cliqueNames").value
    if not isinstance(listed, tuple):
        return isinstance(listed, Unknown)
    return name in listed or any(isinstance(one, Unknown) for one in listed)


def _many(making: Making, there: str, clique: Part, groups: Sequence[Part]) -> Value:
    """Return how many pods of a clique there are, within which bounds: as many as it states for each of its group."""
    made: dict[str, Value] = {}
    for (name, own), (_, of_group) in zip(_OWN, _OF_GROUP, strict=True):
        many, source = _number(making, clique, own), clique.find("/spec/replicas")
        for group in groups:
            many = times(many, _number(making, group, of_group))
            source = next((one for one in map(group.find, of_group.at) if one.there), group)
        making.put(f"{there}/{name}", source)
        made[name] = _LIMITLESS if many is UNBOUNDED else many
    return made


def _number(making: Making, part: Part, count: Count) -> values.Count:
    return number(making.reading, Scope(part.value, part.at, part.value, part.at), count)[0]
