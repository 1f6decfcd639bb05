"""Pods and jobs that an object asks for by the names of templates."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.kubernetes.workload import Workload
from guardrail.frontends.kubernetes.controllers.making import LIMIT, Making, Part
from guardrail.frontends.kubernetes.reading import Reading, Scope
from guardrail.frontends.kubernetes.surroundings import Surroundings
from guardrail.model.value import Reason, Unknown, Value

_TEMPLATE: Final = "core/PodTemplate"
_JOB_TEMPLATE: Final = "flow.volcano.sh/JobTemplate"
_JOB: Final = {"apiVersion": "batch.volcano.sh/v1alpha1", "kind": "Job"}
_BUFFERED: Final = Unknown(Reason.REFUSED, note="a share of the pods of another object is not computed")


def provisioning(reading: Reading, scope: Scope, row: Workload, around: Surroundings) -> Scope:
    """Return the sets of pods (`sets`) that capacity is asked for: name, number and template."""
    del row
    making = Making(reading, scope)
    sets = making.own("/spec/podSets")
    if isinstance(sets.value, Unknown):
        return making.finished({"sets": sets.value})
    several = [(one, one.find("/count")) for one in sets.elements()]
    if not sets.there:
        spec = making.own("/spec")
        several = [(spec, spec.find("/replicas"))]
    made = [_set(making, one, count, index, around) for index, (one, count) in enumerate(several)]
    return making.finished({"sets": tuple(made)})


def _set(making: Making, one: Part, count: Part, index: int, around: Surroundings) -> Value:
    at = f"/sets/{index}"
    making.put(at, one)
    named = one.find("/podTemplateRef/name")
    made: dict[str, Value] = {"name": named.value if isinstance(named.value, str) else str(index)}
    made["count"] = making.put(f"{at}/count", count) if count.there else _BUFFERED
    made["template"] = _template(making, _TEMPLATE, named, f"{at}/template", "/template", around)
    return made


def flow(reading: Reading, scope: Scope, row: Workload, around: Surroundings) -> Scope:
    """Return the jobs (`jobs`) that a flow of Volcano starts, by the templates that it names."""
    del row
    making = Making(reading, scope)
    flows = making.own("/spec/flows")
    if isinstance(flows.value, Unknown):
        return making.finished({"jobs": flows.value})
    made: list[Value] = []
    for index, one in enumerate(flows.elements()):
        at = f"/jobs/{index}"
        making.put(at, one)
        named = one.find("/name")
        spec = _template(making, _JOB_TEMPLATE, named, f"{at}/job/spec", "/spec", around)
        spec = making.over(spec, f"{at}/job/spec", one.find("/patch/jobSpec"))
        name = named.value if isinstance(named.value, str) else str(index)
        made.append({"name": name, "job": spec if isinstance(spec, Unknown) else {**_JOB, "spec": spec}})
    return making.finished({"jobs": tuple(made)})


def _template(making: Making, type_: str, named: Part, at: str, below: str, around: Surroundings) -> Value:
    """Return what the template that is named states, unknown where it is not here."""
    name = named.value
    if isinstance(name, Unknown):
        return name
    found = around.targets(type_, making.reading.object.namespace, name) if isinstance(name, str) else ()
    if len(found) == 1 and not around.affords(making.reading, found[0]):
        return LIMIT
    if len(found) == 1:
        part = Part(found[0].value, found[0], "").find(below)
        if part.there:
            return making.put(at, part)
    what = f"{type_.rpartition('/')[2]} {str(name)[:60]!r}"
    if found:
        return Unknown(Reason.REFUSED, note=f"which {what} is meant: {len(found)} are called so")
    return Unknown(Reason.ENVIRONMENT, note=f"the {what} is not here")
