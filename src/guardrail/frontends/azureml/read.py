"""Documents of Azure ML: each is one object, and what it consists of."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Optional

from guardrail.frontends.azureml.files import Files, Object, object_of
from guardrail.frontends.azureml.steps import Above, Steps
from guardrail.frontends.azureml.templates import is_template, specs
from guardrail.frontends.budget import Budget
from guardrail.frontends.files import Cache
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.specs.read import within_room
from guardrail.frontends.specs.spec import Spec, distinct, resource, text_of
from guardrail.frontends.unit import Unit
from guardrail.model.resource import Link, Resource
from guardrail.model.value import Reason, Unknown
from guardrail.sources.tree import Tree

_NO_REGION: Final = Unknown(Reason.ENVIRONMENT, note="the region is that of the workspace")
"""What an object says of it counts before."""

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
    documents = [(file, one) for file in unit.files for one in files.documents(file)]
    objects = [one for one in (object_of(*document) for document in documents) if one is not None]
    made = [one for file, document in documents if is_template(document.value) for one in specs(files, file, document)]
    found, doubled = distinct([*map(_bare, objects), *made])
    steps = Steps(files)
    for one, spec in zip(objects, found, strict=False):
        steps.add(one, spec.native, Above())
    kept, beyond = within_room((*steps.specs, *found[len(objects) :]), unit, budget)
    return Parsed(tuple(_resource(one, unit) for one in kept), (*files.told, *doubled, *beyond))


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
    made = resource(replace(spec, region=_NO_REGION if unit.region is None else unit.region), unit, "azureml")
    links = tuple(_part(path) for path in spec.meant)
    return replace(made, links=(*made.links, *links)) if links else made


def _part(path: str) -> Link:
    return Link(kind="contains", at=path, types=PARTS)
