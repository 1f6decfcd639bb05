"""
What controllers make of objects whose pods are not written as pods.

A training job runs the template of a runtime, a workflow starts as many pods as its steps fan out to, Spark is given
amounts in a configuration of its own. `made` computes that; the pointers of a row that begin with `MADE` lead into it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Final

from guardrail.catalog.kubernetes.workload import Workload
from guardrail.frontends.kubernetes.reading import Reading, Scope
from guardrail.frontends.kubernetes.surroundings import Surroundings

Controller = Callable[[Reading, Scope, Workload, Surroundings], Scope]

_CONTROLLERS: Final[Mapping[str, tuple[str, str]]] = {
    "ray": ("ray", "job"),
    "roles": ("roles", "roles"),
    "experiment": ("trials", "experiment"),
    "optimization": ("trials", "optimization"),
    "provisioning": ("referred", "provisioning"),
    "flow": ("referred", "flow"),
    "trainer": ("trainer", "train_job"),
    "argo": ("argo", "workflow"),
    "spark": ("spark", "application"),
    "grove": ("grove", "cliques"),
    "flink": ("flink", "deployment"),
    "tekton": ("tekton", "run"),
    "workspace": ("notebooks", "workspace"),
}
"""By the name that a row gives: module and function. A repository without such objects imports none of them."""


def made(reading: Reading, scope: Scope, row: Workload, around: Surroundings) -> Scope:
    """Return the scope that the pointers of a row begin at: with what a controller makes of the object, if one does."""
    if not row.controller:
        return scope
    module, name = _CONTROLLERS[row.controller]
    controller: Controller = getattr(import_module(f"{__name__}.{module}"), name)
    return controller(reading, scope, row, around)
