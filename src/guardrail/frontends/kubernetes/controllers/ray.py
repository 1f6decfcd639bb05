"""Whether the cluster of a Ray job goes away when the job has ended: by default it does not."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.kubernetes.workload import Workload
from guardrail.frontends.kubernetes.controllers.making import Making, Part
from guardrail.frontends.kubernetes.reading import Reading, Scope
from guardrail.frontends.kubernetes.surroundings import Surroundings
from guardrail.model.value import Unknown, Value

_SPECS: Final = {"ray.io/RayJob": "/spec", "ray.io/RayCronJob": "/spec/jobTemplate"}
_GONE: Final = frozenset({"DeleteCluster", "DeleteSelf"})
"""Policies that leave nothing running; the others keep the head, or all."""


def job(reading: Reading, scope: Scope, row: Workload, around: Surroundings) -> Scope:
    """Return whether a job ends all that it starts (`ends`), and how long after (`ttl`)."""
    del around
    making = Making(reading, scope)
    spec = making.own(_SPECS[row.type])
    flag = spec.find("/shutdownAfterJobFinishes")
    if spec.find("/clusterSelector").there:  # the cluster is not its own
        return making.finished({"ends": True})
    if flag.there and reading.flag(flag.value, flag.at) is not False:
        return making.finished({"ends": making.put("/ends", flag)})
    strategy = spec.find("/deletionStrategy")
    if isinstance(strategy.value, Unknown):
        return making.finished({"ends": strategy.value})
    rules = _rules(strategy)
    ends = {"SUCCEEDED", "Failed"} <= rules.keys()
    if not ends:
        return making.finished({"ends": making.put("/ends", flag) if flag.there else False})
    last = max(rules.values(), key=_seconds)
    return making.finished({"ends": True, "ttl": making.put("/ttl", last) if last.there else 0})


def _rules(strategy: Part) -> dict[str, Part]:
    """
    Return after how long the cluster is deleted, by the end of the job at which it is.

    A job over its deadline has not failed by itself: it is its deployment that has.
    """
    found: dict[str, Part] = {}
    for rule in strategy.find("/deletionRules").elements():
        condition = rule.find("/condition")
        status = condition.text("jobStatus") or condition.text("jobDeploymentStatus")
        if rule.text("policy") in _GONE and status is not None:
            found[status] = condition.find("/ttlSeconds")
    for key, status in (("onSuccess", "SUCCEEDED"), ("onFailure", "Failed")):
        policy = strategy.find(f"/{key}")
        if policy.text("policy") in _GONE:
            found[status] = policy.find("/ttlSeconds")
    return found


def _seconds(part: Part) -> int:
    value: Value = part.value
    return value if type(value) is int else 0
