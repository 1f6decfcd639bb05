"""
Applications of Spark: a driver and its executors, asked for in fields of their own, or in the configuration of Spark.

What a field states wins over the configuration, and both are laid over the template of the pod, as they are when the
application is submitted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Optional

from guardrail.catalog.kubernetes.devices import device
from guardrail.catalog.kubernetes.workload import Workload
from guardrail.frontends.kubernetes.controllers.making import Making, Part, sides_of
from guardrail.frontends.kubernetes.controllers.sizes import mebibytes
from guardrail.frontends.kubernetes.reading import Reading, Scope, opened
from guardrail.frontends.kubernetes.surroundings import Surroundings
from guardrail.model.value import ABSENT, OpenMap, Reason, Unknown, Value, apply

_SPECS: Final = {"sparkoperator.k8s.io/ScheduledSparkApplication": "/spec/template"}
_LIMITLESS: Final = 2**31 - 1
_PLACED: Final = ("affinity", "tolerations", "priorityClassName", "schedulerName")
_OTHERS: Final = frozenset({"Python", "R"})
"""Languages whose processes run beside the one that the memory is for: more is added to it."""

_FILE: Final = Unknown(Reason.ENVIRONMENT, note="the file of a pod template states what the pods ask for")
_LEAST_OVERHEAD: Final = 384


def application(reading: Reading, scope: Scope, row: Workload, around: Surroundings) -> Scope:
    """Return the pods of the driver and of the executors (`driver`, `executor`), and how many executors there are."""
    del around
    making = Making(reading, scope)
    spec = making.own(_SPECS.get(row.type, "/spec"))
    if isinstance(spec.value, Unknown):
        return making.finished({"driver": {"template": spec.value}, "executor": {"template": spec.value}})
    one = _Application(making, spec)
    driver = one.role("driver", "server" if row.type.endswith("/SparkConnect") else "driver")
    executor = {**one.role("executor", "executor"), **one.executors()}
    return making.finished({"driver": driver, "executor": executor})


class _Application:
    """One application while its pods are put together."""

    def __init__(self, making: Making, spec: Part) -> None:
        self._making = making
        self._spec = spec
        self._conf = spec.find("/sparkConf")

    def _set(self, key: str) -> Part:
        return self._conf.below(key)

    def _stated(self, *parts: Part) -> Optional[Part]:
        return next((part for part in parts if part.there), None)

    def role(self, role: str, key: str) -> dict[str, Value]:
        """Return the pod template of a role, which the field of that key describes."""
        part = self._spec.find(f"/{key}")
        at = f"/{role}/template"
        self._making.put(at, part)
        if isinstance(part.value, Unknown):
            return {"template": part.value}
        template = part.find("/template")
        whole = template.find("/spec")
        spec: dict[str, Value] = dict(whole.mapping())
        if isinstance(whole.value, Unknown):
            return {"template": {"spec": whole.value}}
        if whole.there:
            self._making.put(f"{at}/spec", whole)
        spec["containers"] = self._containers(role, part, whole, f"{at}/spec/containers")
        starts = part.find("/initContainers")
        if starts.there:
            spec["initContainers"] = self._making.put(f"{at}/spec/initContainers", starts)
        self._place(role, part, spec, f"{at}/spec")
        labels = part.find("/labels")
        metadata = template.find("/metadata/labels")
        made: dict[str, Value] = {"spec": spec}
        if labels.there or metadata.there:
            stated = {**metadata.mapping(), **labels.mapping()}
            self._making.put(f"{at}/metadata/labels", labels if labels.there else metadata)
            made["metadata"] = {"labels": stated}
        return {"template": made}

    def _containers(self, role: str, part: Part, pod: Part, at: str) -> Value:
        """Return the containers: that of Spark first, for which the first of the template is the base."""
        listed = pod.find("/containers")
        if isinstance(listed.value, Unknown):
            return listed.value
        containers = [*listed.elements()]
        first: Value = containers[0].value if containers else {}
        if isinstance(first, Unknown):
            return first
        main = dict(first) if isinstance(first, dict) else {}
        main["name"] = main.get("name", f"spark-kubernetes-{role}")
        main["resources"] = self._resources(role, part, main.get("resources"), f"{at}/0/resources")
        made: list[Value] = [main]
        for one in (*containers[1:], *part.find("/sidecars").elements()):
            made.append(self._making.put(f"{at}/{len(made)}", one))
        return tuple(made)

    def _resources(self, role: str, part: Part, base: Value, at: str) -> Value:
        sides = sides_of(base)
        if isinstance(sides, Unknown):
            return sides
        amounts = [*self._processors(role, part), *self._memory(role, part), *self._devices(role, part)]
        for side, name, value, source in amounts:
            sides[side][name] = value
            if source is not None:
                self._making.put(f"{at}/{side}/{name.replace('/', '~1')}", source)
        doubt = self._hidden(role, part)
        named = any(device(name) is not None for one in sides.values() for name in one)
        if doubt is not None and (doubt is not _FILE or not named):
            return {side: opened(one, doubt) for side, one in sides.items()}
        return sides

    def _hidden(self, role: str, part: Part) -> Optional[Unknown]:
        """Return why a pod may ask for more than is written: settings that are not known, or a file."""
        conf = self._conf.value
        if isinstance(conf, (Unknown, OpenMap)):
            return conf.rest if isinstance(conf, OpenMap) else conf
        file = self._set(f"spark.kubernetes.{role}.podTemplateFile")
        return _FILE if file.there and not part.find("/template").there else None

    def _processors(self, role: str, part: Part) -> Iterator[tuple[str, str, Value, Optional[Part]]]:
        ask = self._stated(
            part.find("/coreRequest"),
            self._set(f"spark.kubernetes.{role}.request.cores"),
            part.find("/cores"),
            self._set(f"spark.{role}.cores"),
        )
        yield "requests", "cpu", 1 if ask is None else ask.value, ask
        most = self._stated(part.find("/coreLimit"), self._set(f"spark.kubernetes.{role}.limit.cores"))
        if most is not None:
            yield "limits", "cpu", most.value, most

    def _memory(self, role: str, part: Part) -> Iterator[tuple[str, str, Value, Optional[Part]]]:
        """Yield the memory of a pod: that of the process, and what is added to it."""
        own = self._stated(part.find("/memory"), self._set(f"spark.{role}.memory"))
        size = 1024 if own is None else mebibytes(own.value)
        more = self._stated(part.find("/memoryOverhead"), self._set(f"spark.{role}.memoryOverhead"))
        added = self._overhead(role, size) if more is None else mebibytes(more.value)
        total = apply(lambda one, other: f"{one + other}Mi", size, added)
        for side in ("requests", "limits"):
            yield side, "memory", total, own

    def _overhead(self, role: str, size: Value) -> Value:
        factor = self._stated(
            self._spec.find("/memoryOverheadFactor"),
            self._set(f"spark.{role}.memoryOverheadFactor"),
            self._set("spark.kubernetes.memoryOverheadFactor"),
        )
        other = self._spec.text("type") in _OTHERS
        percent = _percent(factor.value) if factor is not None else 40 if other else 10
        return apply(lambda one, share: max(one * share // 100, _LEAST_OVERHEAD), size, percent)

    def _devices(self, role: str, part: Part) -> Iterator[tuple[str, str, Value, Optional[Part]]]:
        """Yield the devices of a pod: by name and quantity, or as resources that Spark itself schedules."""
        start = f"spark.{role}.resource."
        for key in self._conf.mapping():
            name, _, what = key.removeprefix(start).rpartition(".")
            if key.startswith(start) and what == "amount" and name:
                vendor = self._set(f"{start}{name}.vendor").value
                amount = self._set(key)
                resource = f"{vendor}/{name}" if isinstance(vendor, str) and vendor else f"nvidia.com/{name}"
                yield "limits", resource, amount.value, amount
        asked = part.find("/gpu")
        if asked.there:
            name = asked.find("/name").value
            quantity = asked.find("/quantity")
            shown = name if isinstance(name, str) and name else "nvidia.com/gpu"
            stated = quantity.value is not ABSENT
            value = asked.value if isinstance(asked.value, Unknown) else quantity.value if stated else 0
            yield "limits", shown, value, quantity if stated else asked

    def _place(self, role: str, part: Part, spec: dict[str, Value], at: str) -> None:
        for key in _PLACED:
            stated = part.find(f"/{key}")
            if stated.there:
                spec[key] = self._making.put(f"{at}/{key}", stated)
        for field in ("node.selector.", f"{role}.node.selector."):
            self._select(spec, at, {key: self._set(key) for key in self._conf.mapping()}, f"spark.kubernetes.{field}")
        for owner in (self._spec, part):
            chosen = owner.find("/nodeSelector")
            if chosen.there:
                base = spec.get("nodeSelector")
                spec["nodeSelector"] = self._making.over(base if base is not None else {}, f"{at}/nodeSelector", chosen)

    def _select(self, spec: dict[str, Value], at: str, conf: dict[str, Part], start: str) -> None:
        for key, part in conf.items():
            if key.startswith(start):
                base = spec.get("nodeSelector")
                label = key[len(start) :]
                spec["nodeSelector"] = {**(base if isinstance(base, dict) else {}), label: part.value}
                self._making.put(f"{at}/nodeSelector/{label.replace('~', '~0').replace('/', '~1')}", part)

    def executors(self) -> dict[str, Value]:
        """Return how many executors there are: as stated, or as many as the work takes."""
        fixed = self._stated(self._spec.find("/executor/instances"), self._set("spark.executor.instances"))
        dynamic = self._spec.find("/dynamicAllocation")
        flag = dynamic.find("/enabled") if dynamic.there else self._set("spark.dynamicAllocation.enabled")
        scales = self._making.reading.flag(flag.value, flag.at)
        if scales is False:
            return {"scales": False, "desired": self._put("desired", fixed, 1)}
        numbers = {
            side: self._stated(dynamic.find(f"/{side}Executors"), self._set(f"spark.dynamicAllocation.{side}Executors"))
            for side in ("initial", "min", "max")
        }
        low, high = numbers["min"], numbers["max"]
        first = self._stated(*(one for one in (numbers["initial"], fixed, low) if one is not None))
        return {
            "scales": scales,
            "low": self._put("low", low, 0),
            "desired": self._put("desired", first, 0),
            "high": self._put("high", high, _LIMITLESS),
        }

    def _put(self, name: str, part: Optional[Part], default: int) -> Value:
        return default if part is None else self._making.put(f"/executor/{name}", part)


def _percent(value: Value) -> Value:
    """Return a factor that is written as text (`0.25`) in percent."""
    if isinstance(value, Unknown):
        return value
    whole, _, part = str(value).partition(".")
    if not (whole + part).isdigit() or len(str(value)) > 20:  # noqa: PLR2004 - digits of a factor
        return Unknown(Reason.ERROR, note="a factor that is no number")
    return int(f"{whole or '0'}{(part + '00')[:2]}")
