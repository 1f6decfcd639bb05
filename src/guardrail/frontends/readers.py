"""Which front end reads the units of which format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from typing import Final, Optional

from guardrail.catalog.in_clusters import WORDS
from guardrail.config.settings import Settings
from guardrail.frontends.budget import Budget
from guardrail.frontends.known import Known
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.rendering.ahead import Begun, Rendering
from guardrail.frontends.unit import Renderer, Unit
from guardrail.model.resource import Format
from guardrail.sources.tree import Tree

SPECS: Final[Mapping[Format, str]] = {
    "azureml": "guardrail.frontends.azureml.read",
    "cloudformation": "guardrail.frontends.cloudformation.read",
    "sagemaker": "guardrail.frontends.sagemaker.read",
    "vertex": "guardrail.frontends.vertex.read",
    "pipeline": "guardrail.frontends.pipelines.read",
}
"""
The front ends of what is written in documents, beside manifests: modules with `read(tree, unit, budget)`.

They are imported when there is such a document, so that a repository without one pays nothing for them.
"""

RENDERERS: Final[Mapping[Renderer, str]] = {
    "helm": "guardrail.frontends.rendering.helm.read",
    "kustomize": "guardrail.frontends.rendering.kustomize.read",
}
"""What makes manifests of files that are none: modules with `prepared(tree, unit, tools) -> Rendering`."""

_STARTERS: Final = ("_pipeline", "/Pipeline", "::Pipeline", "_state_machine", "/StateMachine", "::StateMachine")
"""How types end of what starts jobs that are written in it."""


def begin(tree: Tree, unit: Unit, known: Known) -> Optional[Begun]:
    """Let the tool run that renders a unit, if one does; `read` waits for it."""
    return None if unit.renderer is None else known.ahead.begin(_prepared(tree, unit, known))


def read(
    tree: Tree, unit: Unit, settings: Settings, known: Known, budget: Budget, begun: Optional[Begun] = None
) -> Parsed:
    """Return what a unit creates. `begun` is a rendering of it that runs already."""
    if unit.renderer is not None:
        rendering = (begun or known.ahead.begin(_prepared(tree, unit, known))).ended()
        return _with_steps(rendering.read(settings.kinds, budget), budget)
    if unit.format == "terraform":
        from guardrail.frontends.terraform.read import read as read_terraform

        parsed_root = read_terraform(tree, unit, known.calls.syntax, settings.modules, budget, known.fetched)
        return with_objects(parsed_root, unit, settings, budget, tree, known)
    if unit.format in SPECS:
        parsed: Parsed = import_module(SPECS[unit.format]).read(tree, unit, budget)
        return _with_steps(parsed, budget)
    from guardrail.frontends.kubernetes.read import read as read_kubernetes

    return _with_steps(read_kubernetes(tree, unit, settings.kinds, budget=budget), budget)


def _prepared(tree: Tree, unit: Unit, known: Known) -> Rendering:
    prepared: Rendering = import_module(RENDERERS[unit.renderer or "helm"]).prepared(tree, unit, known.tools)
    return prepared


def with_objects(parsed: Parsed, unit: Unit, settings: Settings, budget: Budget, tree: Tree, known: Known) -> Parsed:
    """Return what was read of a Terraform unit with the objects that stand in its resources, of other formats."""
    if any(one.type.startswith(WORDS) for one in parsed.resources):
        from guardrail.catalog.manifests import CHARTS, HOLDERS
        from guardrail.frontends.inside.secrets import without_secrets

        charts = None
        if any(one.type in CHARTS for one in parsed.resources):
            from guardrail.frontends.inside.local import charts_of

            charts = charts_of(parsed.resources, unit, tree, known.tools)
        parsed = replace(parsed, resources=tuple(map(without_secrets, parsed.resources)))
        if charts or any(one.type in HOLDERS for one in parsed.resources):  # other charts are read without Kubernetes
            from guardrail.frontends.inside.read import within

            parsed = within(parsed, unit, settings.kinds, budget, charts)
    return _with_steps(parsed, budget)


def _with_steps(parsed: Parsed, budget: Budget) -> Parsed:
    """Return what was read of a unit with what the pipelines and state machines in it start."""
    if not any(one.type.endswith(_STARTERS) for one in parsed.resources):
        return parsed
    from guardrail.frontends.sagemaker.held import with_steps

    return with_steps(parsed, budget)
