"""Requests inside of what sends them: the steps of a pipeline, the states of a state machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from guardrail.frontends.sagemaker.bodies import filled_in
from guardrail.frontends.sagemaker.pipelines import steps
from guardrail.frontends.sagemaker.states import states
from guardrail.frontends.specs.spec import Spec
from guardrail.model.resource import Link, Resource
from guardrail.model.value import Value

HELD: Final = Link(kind="contains", at="", reverse=True)
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
    return replace(made, links=(*made.links, HELD)) if "" in spec.meant else made


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
