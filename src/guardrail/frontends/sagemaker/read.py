"""Request bodies: each document is one object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Optional

from guardrail.frontends.budget import Budget
from guardrail.frontends.documents import Document
from guardrail.frontends.files import Cache, documents_of, not_read
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.sagemaker.operations import operation
from guardrail.frontends.specs.spec import Spec, distinct, resource, text_of
from guardrail.frontends.unit import Unit
from guardrail.model.finding import Diagnostic
from guardrail.sources.tree import Tree


def read(tree: Tree, unit: Unit, budget: Budget, cache: Optional[Cache] = None) -> Parsed:
    """Return the resources of a unit, and what could not be read."""
    told: list[Diagnostic] = []
    specs: list[Spec] = []
    for file in unit.files:
        held = documents_of(tree, file, budget, cache)
        if held is None:
            told.append(not_read([file]))
            continue
        told.extend(held.diagnostics)
        specs.extend(_specs(file, held.documents))
    found, doubled = distinct(specs)
    return Parsed(tuple(resource(one, unit, "sagemaker") for one in found), (*told, *doubled))


def _specs(file: str, documents: Iterable[Document]) -> Iterator[Spec]:
    for document in documents:
        value = document.value
        found = operation(value) if isinstance(value, Mapping) else None
        if found is None:
            continue
        name = text_of(value.get(found.name), "?")
        yield Spec(
            file=file,
            document=document,
            value=value,
            type=found.type,
            name=name,
            native=f"{found.type}/{name}",
            provider="aws",
        )
