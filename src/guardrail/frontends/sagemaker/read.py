"""
Request bodies of SageMaker, and what holds several: definitions of pipelines, state machines, defaults of the SDK.

Each document is one object. The requests that are inside of another one are objects of their own; their addresses
begin with that of what holds them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from posixpath import basename
from typing import Final, Optional

from guardrail.frontends.budget import Budget
from guardrail.frontends.documents import Document
from guardrail.frontends.files import Cache
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.sagemaker.bodies import filled_in, region_of
from guardrail.frontends.sagemaker.inside import joined, of_machine, of_pipeline
from guardrail.frontends.sagemaker.operations import named, operation
from guardrail.frontends.sagemaker.pipelines import is_definition
from guardrail.frontends.sagemaker.states import is_machine
from guardrail.frontends.specs.read import objects
from guardrail.frontends.specs.spec import Spec, resource, text_of
from guardrail.frontends.unit import Unit
from guardrail.model.value import Text, Value
from guardrail.sources.tree import Tree

PIPELINE: Final = "sagemaker/Pipeline"
MACHINE: Final = "states/StateMachine"
DEFAULTS: Final = "sagemaker/Defaults"


def read(tree: Tree, unit: Unit, budget: Budget, cache: Optional[Cache] = None) -> Parsed:
    """Return the resources of a unit, and what could not be read."""
    region = region_of(unit)

    def find(file: str, documents: Iterable[Document]) -> Iterator[Spec]:
        return chain.from_iterable(_specs(file, document, region) for document in documents)

    found, told = objects(tree, unit, budget, find, cache)
    return Parsed(tuple(joined(resource(one, unit, "sagemaker"), one) for one in found), tuple(told))


def _specs(file: str, document: Document, region: Text) -> Iterator[Spec]:
    value = document.value
    if not isinstance(value, Mapping):
        return
    stem = basename(file).partition(".")[0] or "?"
    if is_definition(value):
        pipeline = _spec(file, document, value, PIPELINE, stem, region)
        yield pipeline
        yield from of_pipeline(pipeline, value, "")
    elif is_machine(value):
        machine = _spec(file, document, value, MACHINE, stem, region)
        yield machine
        yield from of_machine(machine, value, "")
    elif "SchemaVersion" in value and "SageMaker" in value:
        yield _spec(file, document, value, DEFAULTS, stem, region)
    else:
        found = operation(value)
        if found is not None:
            name = text_of(value.get(named(value, found.name)), "?")
            yield _spec(file, document, filled_in(value), found.type, name, region)


def _spec(file: str, document: Document, value: Mapping[str, Value], type_: str, name: str, region: Text) -> Spec:
    native = f"{type_}/{name}"
    return Spec(
        file=file, document=document, value=value, type=type_, name=name, native=native, provider="aws", region=region
    )
