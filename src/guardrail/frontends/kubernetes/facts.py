"""Facts that one kind has and others have not: quotas, sweeps, whether something can be reached from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Optional, Union

from guardrail.catalog.kubernetes.workload import Count
from guardrail.frontends.kubernetes.counts import number
from guardrail.frontends.kubernetes.quantity import named
from guardrail.frontends.kubernetes.reading import Reading
from guardrail.model.path import escaped
from guardrail.model.value import ABSENT, UNBOUNDED, NoBound, Reason, Text, Unknown, Value

Facts = dict[str, Value]

_OPEN: Final = frozenset({"0.0.0.0/0", "::/0"})
_AWS: Final = "service.beta.kubernetes.io/aws-load-balancer-"
_INTERNAL: Final = (
    (f"{_AWS}internal", frozenset({"true", "0.0.0.0/0"})),
    (f"{_AWS}scheme", frozenset({"internal"})),
    ("networking.gke.io/load-balancer-type", frozenset({"internal"})),
    ("cloud.google.com/load-balancer-type", frozenset({"internal"})),
    ("service.beta.kubernetes.io/azure-load-balancer-internal", frozenset({"true"})),
    ("service.beta.kubernetes.io/oci-load-balancer-internal", frozenset({"true"})),
)
_INTERNAL_CLASSES: Final = frozenset({"service.k8s.aws/nlb", "eks.amazonaws.com/nlb", "tailscale"})
"""Classes of load balancers that are internal unless an annotation says otherwise."""

_ALB: Final = "alb.ingress.kubernetes.io/scheme"
_INGRESSES: Final = {"gce": "public", "gce-internal": "private", "alb": "private"}
"""Exposure by class of ingress; of others the service of their controller decides."""


def _annotations(reading: Reading) -> Union[Mapping[str, Value], Unknown]:
    return reading.texts(reading.find("/metadata/annotations"), "/metadata/annotations")


def _service(reading: Reading) -> Facts:
    spec = reading.mapping(reading.find("/spec"), "/spec")
    if isinstance(spec, Unknown):
        return {"exposure": spec}
    kind, externals = spec.get("type"), spec.get("externalIPs")
    if externals:
        reading.came("/exposure", "/spec/externalIPs")
        return {"exposure": externals if isinstance(externals, Unknown) else "public"}
    reading.came("/exposure", "/spec/type")
    if isinstance(kind, Unknown):
        return {"exposure": kind}
    if kind != "LoadBalancer":
        return {"exposure": "private"}
    return {"exposure": _balancer(reading, spec)}


def _balancer(reading: Reading, spec: Mapping[str, Value]) -> Text:
    """Return the exposure of a load balancer: by annotations, else by its class, else by whom it lets in."""
    told = _annotated(reading)
    if told is not None:
        return told
    class_ = spec.get("loadBalancerClass")
    if isinstance(class_, Unknown):
        return class_
    if isinstance(class_, str) and class_ in _INTERNAL_CLASSES:
        return "private"
    ranges = reading.sequence(spec.get("loadBalancerSourceRanges"), "/spec/loadBalancerSourceRanges")
    if isinstance(ranges, Unknown):
        return ranges
    closed = bool(ranges) and all(isinstance(one, str) and one.strip() not in _OPEN for one in ranges)
    if closed:
        reading.came("/exposure", "/spec/loadBalancerSourceRanges")
    return "private" if closed else "public"


def _annotated(reading: Reading) -> Text:
    """Return the exposure that annotations state, None if they state none."""
    said = _annotations(reading)
    if isinstance(said, Unknown):
        return said
    for key, words in _INTERNAL:
        value = said.get(key)
        if isinstance(value, Unknown):
            return value
        if isinstance(value, str):
            reading.came("/exposure", f"/metadata/annotations/{escaped(key)}")
            if value.lower() in words:
                return "private"
            if key.endswith("scheme"):
                return "public"
    return None


def _ingress(reading: Reading) -> Facts:
    said = _annotations(reading)
    if isinstance(said, Unknown):
        return {"exposure": said}
    scheme = said.get(_ALB)
    if isinstance(scheme, (str, Unknown)):
        reading.came("/exposure", f"/metadata/annotations/{escaped(_ALB)}")
        return {"exposure": scheme if isinstance(scheme, Unknown) else _scheme(scheme)}
    reading.came("/exposure", "/spec/ingressClassName")
    class_ = reading.find("/spec/ingressClassName")
    class_ = class_ if isinstance(class_, (str, Unknown)) else said.get("kubernetes.io/ingress.class")
    if isinstance(class_, str) and class_ in _INGRESSES:
        return {"exposure": _INGRESSES[class_]}
    doubt = Unknown(Reason.ENVIRONMENT, note="the controller of this class of ingress decides")
    return {"exposure": class_ if isinstance(class_, Unknown) else doubt}


def _scheme(scheme: str) -> str:
    return "public" if scheme == "internet-facing" else "private"


def _quota(reading: Reading, at: str = "/spec/hard") -> Facts:
    hard = reading.mapping(reading.find(at), at)
    reading.came("/quota", at)
    if isinstance(hard, Unknown):
        return {"quota": hard}
    quota: dict[str, Value] = {}
    for key, amount in hard.items():
        if amount is not None:
            name, per = _limited(key)
            quota[name] = reading.quantity(amount, f"{at}/{escaped(key)}", per)
            reading.came(f"/quota/{escaped(name)}", f"{at}/{escaped(key)}")
    return {"quota": quota}


def _queue(reading: Reading) -> Facts:
    """Return what a queue of Volcano may use at most, and what is kept for it (`guaranteed.`)."""
    quota = _quota(reading, "/spec/capability")["quota"]
    kept = reading.mapping(reading.find("/spec/guarantee/resource"), "/spec/guarantee/resource")
    if isinstance(quota, Unknown) or isinstance(kept, Unknown) or not kept:
        return {"quota": kept if isinstance(kept, Unknown) else quota}
    for key, amount in kept.items():
        name, per = named(key)
        at = f"/spec/guarantee/resource/{escaped(key)}"
        quota[f"guaranteed.{name}"] = reading.quantity(amount, at, per)
        reading.came(f"/quota/{escaped(f'guaranteed.{name}')}", at)
    return {"quota": quota}


def _shared(reading: Reading) -> Facts:
    """Return the GPUs that a queue of the KAI scheduler may use, and those that are kept for it; -1 is no limit."""
    quota: dict[str, Value] = {}
    for key, name in (("limit", "nvidia.com/gpu"), ("quota", "guaranteed.nvidia.com/gpu")):
        at = f"/spec/resources/gpu/{key}"
        value = reading.find(at)
        if value is not ABSENT and value is not None:
            quota[name] = UNBOUNDED if value in (-1, "-1") else reading.quantity(value, at)
            reading.came(f"/quota/{escaped(name)}", at)
    return {"quota": quota}


def _profile(reading: Reading) -> Facts:
    return _quota(reading, "/spec/resourceQuotaSpec/hard")


def _limited(key: str) -> tuple[str, int]:
    """Return the name and unit of what a quota limits: of `cpu`, which means requests, `requests.cpu_millis`."""
    side, _, resource = key.partition(".")
    if side not in ("requests", "limits"):
        side, resource = ("requests", key) if key in ("cpu", "memory") else ("", key)
    name, per = named(resource)
    return (f"{side}.{name}" if side else name), per


def _cluster_queue(reading: Reading) -> Facts:
    """
    Return what a queue or a cohort of Kueue hands out, flavours added up, and what it may borrow (`borrowing.`).

    Without a limit it may borrow all that the others of its cohort have; without a cohort there is nobody to borrow of.
    """
    groups = reading.sequence(reading.find("/spec/resourceGroups"), "/spec/resourceGroups")
    reading.came("/quota", "/spec/resourceGroups")
    if isinstance(groups, Unknown):
        return {"quota": groups}
    quota: dict[str, Value] = {}
    borrows = any(reading.find(pointer) not in _NOBODY for pointer in _COHORTS)
    for at, resource in _flavoured(reading, groups):
        name = reading.text(resource.get("name"), f"{at}/name")
        if isinstance(name, str):
            native, per = named(name)
            _add(quota, native, reading.quantity(resource.get("nominalQuota", 0), f"{at}/nominalQuota", per))
            reading.came(f"/quota/{escaped(native)}", "/spec/resourceGroups")
            if borrows:
                limit = resource.get("borrowingLimit")
                most = UNBOUNDED if limit is None else reading.quantity(limit, f"{at}/borrowingLimit", per)
                _add(quota, f"borrowing.{native}", most)
                reading.came(f"/quota/{escaped(f'borrowing.{native}')}", f"{at}/borrowingLimit")
    return {"quota": quota}


_COHORTS: Final = ("/spec/cohort", "/spec/cohortName", "/spec/parent", "/spec/parentName")
_NOBODY: Final = (ABSENT, None, "")


def _add(quota: dict[str, Value], name: str, amount: Value) -> None:
    known = quota.get(name, 0)
    odd = next((one for one in (amount, known) if isinstance(one, (Unknown, NoBound))), None)
    quota[name] = known + amount if odd is None else odd


def _flavoured(reading: Reading, groups: object) -> list[tuple[str, Mapping[str, Value]]]:
    found: list[tuple[str, Mapping[str, Value]]] = []
    for at_group, group in _mappings(reading, groups, "/spec/resourceGroups"):
        for at_flavor, flavor in _mappings(reading, group.get("flavors"), f"{at_group}/flavors"):
            found.extend(_mappings(reading, flavor.get("resources"), f"{at_flavor}/resources"))
    return found


def _mappings(reading: Reading, value: Value, at: str) -> list[tuple[str, Mapping[str, Value]]]:
    listed = reading.sequence(value, at)
    if isinstance(listed, Unknown):
        return []
    told = [(f"{at}/{index}", reading.mapping(one, f"{at}/{index}")) for index, one in enumerate(listed)]
    return [(pointer, one) for pointer, one in told if isinstance(one, dict)]


def _sweep(reading: Reading) -> Facts:
    return _trials(reading, Count(("/spec/maxTrialCount",), UNBOUNDED), Count(("/spec/parallelTrialCount",), 3))


def _optimization(reading: Reading) -> Facts:
    return _trials(reading, Count(("/spec/numTrials",), 1), Count(("/spec/parallelTrials",), 1))


def _trials(reading: Reading, total: Count, at_once: Count) -> Facts:
    scope = reading.scope()
    reading.came("/sweep", "/spec")
    reading.came("/sweep/max_trials", *total.at)
    reading.came("/sweep/max_parallel", *at_once.at)
    stops = reading.find("/spec/earlyStopping")
    return {
        "sweep": {
            "max_trials": number(reading, scope, total)[0],
            "max_parallel": number(reading, scope, at_once)[0],
            "early_stopping": stops if isinstance(stops, Unknown) else isinstance(stops, dict) and bool(stops),
        }
    }


_OF_TYPE: Final[Mapping[str, Callable[[Reading], Facts]]] = {
    "core/Service": _service,
    "networking.k8s.io/Ingress": _ingress,
    "core/ResourceQuota": _quota,
    "kueue.x-k8s.io/ClusterQueue": _cluster_queue,
    "kueue.x-k8s.io/Cohort": _cluster_queue,
    "kubeflow.org/Profile": _profile,
    "scheduling.run.ai/Queue": _shared,
    "trainer.kubeflow.org/OptimizationJob": _optimization,
    "scheduling.volcano.sh/Queue": _queue,
    "kubeflow.org/Experiment": _sweep,
}


def facts(reading: Reading) -> Facts:
    """Return the facts that only objects of this type have."""
    of_type: Optional[Callable[[Reading], Facts]] = _OF_TYPE.get(reading.object.type)
    return of_type(reading) if of_type is not None else {}
