"""Documents of Azure ML: each is one object, and what it consists of."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Optional

from guardrail.frontends.azureml.files import Files, Object
from guardrail.frontends.azureml.steps import Above, Steps
from guardrail.frontends.budget import Budget
from guardrail.frontends.files import Cache
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.specs.spec import Spec, distinct, resource, text_of
from guardrail.frontends.unit import Unit
from guardrail.model.resource import Link, Resource
from guardrail.sources.tree import Tree

PARTS: Final = tuple(
    f"azureml/{one}{kind}"
    for one in (
        "Command", "Sweep", "Pipeline", "Parallel", "Spark", "AutoML", "Import", "DataTransfer", "FineTuning",
        "Distillation",
    )
    for kind in ("Job", "Component")
)  # fmt: skip
"""What a pipeline or a schedule may consist of."""


def read(tree: Tree, unit: Unit, budget: Budget, cache: Optional[Cache] = None) -> Parsed:
    """Return the resources of a unit, and what could not be read."""
    files = Files(tree, budget, {} if cache is None else cache)
    objects = [one for file in unit.files for one in files.objects(file)]
    found, doubled = distinct(_bare(one) for one in objects)
    steps = Steps(files)
    for one, spec in zip(objects, found, strict=True):
        steps.add(one, spec.native, Above())
    resources = tuple(_resource(one, unit) for one in steps.specs)
    return Parsed(resources, (*files.told, *doubled))


def _bare(found: Object) -> Spec:
    """Return an object as far as its address goes."""
    type_ = found.type or ""
    name = text_of(found.value.get("name"), "?")
    return Spec(
        file=found.file,
        document=found.document,
        base=found.base,
        value=found.value,
        type=type_,
        name=name,
        native=f"{type_}/{name}",
        provider="azure",
    )


def _resource(spec: Spec, unit: Unit) -> Resource:
    """Return the resource that an object is, linked with what it consists of."""
    made = resource(spec, unit, "azureml")
    links = tuple(_part(path) for path in spec.meant)
    return replace(made, links=(*made.links, *links)) if links else made


def _part(path: str) -> Link:
    return Link(kind="contains", at=path, types=PARTS)
