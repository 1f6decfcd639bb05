"""Which front end reads the units of which format."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Final

from guardrail.catalog.in_clusters import WORDS
from guardrail.config.settings import Settings
from guardrail.frontends.budget import Budget
from guardrail.frontends.known import Known
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.unit import Unit
from guardrail.model.resource import Format
from guardrail.sources.tree import Tree

SPECS: Final[Mapping[Format, str]] = {
    "vertex": "guardrail.frontends.vertex.read",
    "sagemaker": "guardrail.frontends.sagemaker.read",
}
"""
The front ends of what is written in documents, beside manifests: modules with `read(tree, unit, budget)`.

They are imported when there is such a document, so that a repository without one pays nothing for them.
"""


def read(tree: Tree, unit: Unit, settings: Settings, known: Known, budget: Budget) -> Parsed:
    """Return what a unit creates."""
    if unit.format == "terraform":
        from guardrail.frontends.terraform.read import read as read_terraform

        parsed_root = read_terraform(tree, unit, known.calls.syntax, settings.modules, budget, known.fetched)
        return with_objects(parsed_root, unit, settings, budget)
    if unit.format in SPECS:
        parsed: Parsed = import_module(SPECS[unit.format]).read(tree, unit, budget)
        return parsed
    from guardrail.frontends.kubernetes.read import read as read_kubernetes

    return read_kubernetes(tree, unit, settings.kinds, budget=budget)


def with_objects(parsed: Parsed, unit: Unit, settings: Settings, budget: Budget) -> Parsed:
    """Return what was read of a Terraform unit with the objects of Kubernetes that stand in its resources."""
    if not any(one.type.startswith(WORDS) for one in parsed.resources):
        return parsed
    from guardrail.frontends.inside.read import within

    return within(parsed, unit, settings.kinds, budget)
