"""How many pods there are while new ones take the place of old ones."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Final

from guardrail.catalog.bounds import Surge, peak
from guardrail.catalog.kubernetes.workload import Pods
from guardrail.frontends.kubernetes.reading import Reading, Scope
from guardrail.model.pattern import pattern
from guardrail.model.resource import Group, Origin
from guardrail.model.value import ABSENT, Unknown

_PERCENT: Final = pattern(r"([0-9]{1,6})%\Z", re.ASCII)
_LARGEST: Final = 2**31 - 1


def surging(reading: Reading, scope: Scope, pods: Pods, group: Group, fact: str) -> Group:
    """
    Return a group with the pods that a rollout may add, where that is stated and more than usual.

    What is not stated is a quarter (for Deployments), which is there for minutes. It is no part of the bounds; but a
    rollout whose pods never get ready goes on as long as somebody lets it, with as many as are stated.
    https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#max-surge
    """
    if not pods.surge:
        return group
    surge, at = _surge(reading, scope, pods.surge)
    if surge is None or surge == 0:
        return group
    reading.origins[f"{fact}/replicas/max"] = (*reading.origins.get(f"{fact}/replicas/max", ()), Origin(at))
    return replace(group, replicas=peak(group.replicas, surge), surge=surge)


def _surge(reading: Reading, scope: Scope, pointer: str) -> tuple[Surge, str]:
    value, at = scope.find(pointer)
    if value is ABSENT or value is None:
        return None, at
    if isinstance(value, Unknown):
        return value, at
    found = _PERCENT.match(value) if isinstance(value, str) else None
    if found is not None:
        return Decimal(found[1]) / 100, at
    if isinstance(value, bool) or not isinstance(value, int) or value > _LARGEST:
        return reading.problem(at, "neither a number of pods nor a percentage"), at
    return (value if value >= 0 else reading.problem(at, "negative")), at
