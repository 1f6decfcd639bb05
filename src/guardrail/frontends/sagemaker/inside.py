"""Requests inside of what sends them: the steps of a pipeline, the states of a state machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final, Optional

from guardrail.frontends import documents
from guardrail.frontends.budget import Budget
from guardrail.frontends.sagemaker.bodies import filled_in
from guardrail.frontends.sagemaker.pipelines import is_definition, steps
from guardrail.frontends.sagemaker.states import states
from guardrail.frontends.specs.spec import Spec
from guardrail.model.resource import Link, Resource
from guardrail.model.value import Value

_HELD: Final = Link(kind="contains", at="", reverse=True)
"""From what holds a request to the resource that it makes."""


def of_pipeline(holder: Spec, definition: Mapping[str, Value], at: str) -> Iterator[Spec]:
    """Yield what the steps of a definition make, which is written at a pointer of its holder."""
    for one in steps(definition):
        yield _held(holder, one.type, one.name, one.body, at + one.at)


def of_machine(holder: Spec, machine: Mapping[str, Value], at: str) -> Iterator[Spec]:
    """Yield what the states of a machine make, which is written at a pointer of its holder."""
    for one in states(machine):
        yield replace(
            _held(holder, one.type, one.name, one.body, at + one.at), others={"multiplicity": one.multiplicity}
        )


def joined(made: Resource, spec: Spec) -> Resource:
    """Return what was made of a spec, with what holds it, if anything does."""
    return replace(made, links=(*made.links, _HELD)) if "" in spec.meant else made


def definition_of(text: Value, file: str, budget: Budget) -> Optional[Mapping[str, Value]]:
    """Return the definition of a pipeline that is text in another document, None where it is none that can be read."""
    if isinstance(text, Mapping):
        return text if is_definition(text) else None
    if not isinstance(text, str) or not text.lstrip().startswith("{"):
        return None
    data = text.encode("utf-8", "surrogatepass")
    read = documents.read(data, f"{file}.json", most=budget.values.most(len(data)))
    budget.values.take(read.values, len(data))
    found = [one.value for one in read.documents]
    return found[0] if len(found) == 1 and not read.diagnostics and is_definition(found[0]) else None


def _held(holder: Spec, type_: str, name: str, body: Mapping[str, Value], at: str) -> Spec:
    return Spec(
        file=holder.file,
        document=holder.document,
        base=holder.base + at,
        value=filled_in(body),
        type=type_,
        name=name,
        native=f"{holder.native}!{type_}/{name}",
        provider="aws",
        region=holder.region,
        meant={"": (holder.native,)},
    )
