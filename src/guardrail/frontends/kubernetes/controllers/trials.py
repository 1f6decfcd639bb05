"""Searches for parameters: the object that every trial of one is, wherever it is written."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.kubernetes.workload import Workload
from guardrail.frontends.kubernetes.controllers.making import LIMIT, Making, Part, embedded
from guardrail.frontends.kubernetes.reading import Reading, Scope
from guardrail.frontends.kubernetes.surroundings import Surroundings
from guardrail.model.path import escaped
from guardrail.model.value import Reason, Unknown, Value

_ELSEWHERE: Final = Unknown(Reason.ENVIRONMENT, note="the config map that the trials are made from is not here")
_TRAIN_JOB: Final = {"apiVersion": "trainer.kubeflow.org/v1alpha1", "kind": "TrainJob"}


def experiment(reading: Reading, scope: Scope, row: Workload, around: Surroundings) -> Scope:
    """Return the trial (`trial`) of an experiment of Katib: of its own, or from a config map."""
    del row
    making = Making(reading, scope)
    template = making.own("/spec/trialTemplate")
    trial, named = template.find("/trialSpec"), template.find("/configMap")
    if trial.there:
        return making.finished({"trial": making.put("/trial", trial)})
    if not named.there:
        return making.finished({})
    return making.finished({"trial": _mapped(making, named, around)})


def _mapped(making: Making, named: Part, around: Surroundings) -> Value:
    name, path = named.text("configMapName"), named.text("templatePath")
    space = named.text("configMapNamespace") or making.reading.object.namespace
    found = around.targets("core/ConfigMap", space, name) if name else ()
    if len(found) != 1 or path is None:
        return _ELSEWHERE
    if not around.affords(making.reading, found[0]):
        return LIMIT
    text = Part(found[0].value, found[0], "").find(f"/data/{escaped(path)}")
    documents = embedded(text)
    return making.put("/trial", documents[0]) if documents else _ELSEWHERE


def optimization(reading: Reading, scope: Scope, row: Workload, around: Surroundings) -> Scope:
    """Return the training job (`trial`) that each trial of an optimization is."""
    del row, around
    making = Making(reading, scope)
    template = making.own("/spec/trainJobTemplate")
    if not template.there or isinstance(template.value, Unknown):
        return making.finished({"trial": template.value} if template.there else {})
    making.put("/trial", template)
    return making.finished({"trial": {**template.mapping(), **_TRAIN_JOB}})
