"""
Steps of pipelines, and states of machines, that stand inside of resources of any format: in a text, or as a value.

They are resources of their own; their addresses begin with that of the resource, and there are as many of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Final, NamedTuple, Union

from guardrail.catalog.describe import build
from guardrail.catalog.registry import declared, respelled, types_of
from guardrail.frontends import documents
from guardrail.frontends.budget import PARTS, Budget
from guardrail.frontends.inside.native import Held, Inner
from guardrail.frontends.masked import masked
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.sagemaker.bodies import filled_in
from guardrail.frontends.sagemaker.inside import HELD
from guardrail.frontends.sagemaker.pipelines import Step, is_definition, steps
from guardrail.frontends.sagemaker.states import State, is_machine, states
from guardrail.frontends.specs.native import Written
from guardrail.model.finding import Diagnostic
from guardrail.model.gaps import Gapped, gapped
from guardrail.model.path import segments
from guardrail.model.resource import SINGLE, Resource
from guardrail.model.value import ABSENT, OpenMap, Unknown, Value, lookup

Inside = Union[Step, State]
Definition = Mapping[str, Value]

_PIPELINE: Final = "aws_sagemaker_pipeline"
_MACHINE: Final = "aws_sfn_state_machine"
_TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    _PIPELINE: ("/pipeline_definition/pipeline_definition_body", "/pipeline_definition"),
    _MACHINE: ("/definition_string", "/definition"),
}
"""Where a definition is, in the words of the kind."""

_KNOWN_BY: Final[Mapping[str, Callable[[Value], bool]]] = {_PIPELINE: is_definition, _MACHINE: is_machine}


class _Found(NamedTuple):
    """A definition, where it is written, and whether that is a text: then its parts have no places of their own."""

    value: Definition
    at: str
    text: bool


def with_steps(parsed: Parsed, budget: Budget) -> Parsed:
    """Return what was read of a unit, with what the pipelines and state machines in it start."""
    holders = _holders()
    if not any(one.type in holders for one in parsed.resources):
        return parsed
    found: list[Resource] = []
    told: list[Diagnostic] = []
    for one in parsed.resources:
        definition = _definition(one, holders[one.type], budget) if one.type in holders else None
        if definition is None or isinstance(definition, Diagnostic):
            found.append(one)
            told += [definition] if definition else []
            continue
        found.append(_told(one, definition) if holders[one.type] == _PIPELINE else one)
        inside = [_resource(one, each, definition) for each in _inside(holders[one.type], definition.value)]
        found += inside[: budget.room()]
        budget.fill(len(inside))
    return Parsed(tuple(found), (*parsed.diagnostics, *told), parsed.moved)


@cache
def _holders() -> Mapping[str, str]:
    """Return the kinds that hold definitions, by every type that they are written as."""
    return {native: one for one in _TEXTS for native in types_of(one)}


def _inside(kind: str, definition: Definition) -> Iterator[Inside]:
    return steps(definition) if kind == _PIPELINE else states(definition)


def _definition(holder: Resource, kind: str, budget: Budget) -> Union[_Found, Diagnostic, None]:
    """Return the definition that a resource holds, None where it holds none that can be read."""
    words = respelled(holder)
    attributes = holder.attributes if words is None else words.attributes
    for at in _TEXTS[kind]:
        value = lookup(attributes, segments(at))
        if value is ABSENT or value is None:
            continue
        native = at if words is None else words.native(at)
        value = lookup(holder.attributes, segments(native))  # keys of a definition are no words of a kind
        if isinstance(value, Mapping):
            return _Found(value, native, text=False) if _KNOWN_BY[kind](value) else None
        return _of_text(holder, kind, value, native, budget)
    return None


def _of_text(holder: Resource, kind: str, value: Value, at: str, budget: Budget) -> Union[_Found, Diagnostic, None]:
    """Return the definition of a text. In one with gaps each is unknown in its place."""
    if isinstance(value, Unknown) and value.parts is None:  # of a plan, which says no more than that it is not known
        configured = getattr(holder.native, "configured", None)
        source = None if configured is None else configured(segments(at)[0])
        value = source if isinstance(source, Unknown) else value
    open_text = gapped(value) if isinstance(value, Unknown) else None
    text = value if isinstance(value, str) else open_text.text if isinstance(open_text, Gapped) else None
    if text is None:
        return None
    data = text.encode("utf-8", "surrogatepass")
    place = holder.native.place(at)
    most = budget.values.most(len(data))
    if not most:
        message = f"{holder.address} is not judged: the files before took all that one run may take"
        return Diagnostic("error", "limit-run", message, place, PARTS, unread=True)
    read = documents.read(data, place.file, most=most)
    budget.values.take(read.values, len(data))
    if read.diagnostics or len(read.documents) != 1:
        return None
    found = read.documents[0].value if open_text is None else open_text.value(read.documents[0].value)
    return _Found(found, at, text=True) if _KNOWN_BY[kind](found) else None


def _told(holder: Resource, found: _Found) -> Resource:
    """Return a pipeline with its definition in the place of the text: what it starts is known then."""
    attributes = _put(holder.attributes, segments(found.at), found.value)
    return replace(holder, attributes=attributes, groups={}, autoscaling=())


def _put(into: Mapping[str, Value], keys: tuple[str, ...], value: Value) -> Mapping[str, Value]:
    below = into.get(keys[0])
    inner = value if len(keys) == 1 else _put(below if isinstance(below, Mapping) else {}, keys[1:], value)
    kept = {**into, keys[0]: inner}
    return OpenMap(kept, into.rest) if isinstance(into, OpenMap) else kept


def _resource(holder: Resource, one: Inside, found: _Found) -> Resource:
    address = holder.address.partition("//")[2]
    native = f"{address}!{one.type}/{one.name}"
    shown = masked(filled_in(one.body))
    known = declared(one.type)
    many = getattr(one, "multiplicity", SINGLE)

    def places(path: str) -> str:
        return found.at if found.text else found.at + path

    document = Inner(number=1, value=found.value, text="", part=1, holder=holder.native, pointers=places)
    written = Written(holder.native.place("").file, document, one.at, one.type, shown, {})
    made = build(
        None if known is None else known.kind,
        address=f"{holder.unit}//{native}",
        unit=holder.unit,
        type=one.type,
        name=one.name,
        format=holder.format,
        attributes=shown,
        native=Held(written, holder.native, lambda path: places(one.at + path), address, {}),
        provider="aws",
        region=holder.region,
        multiplicity=many if holder.multiplicity == SINGLE else holder.multiplicity,
        environment=holder.environment,
        spelling=None if known is None else known.spelling,
    )
    return replace(made, account=made.account or holder.account, links=(*made.links, HELD))
