"""Request bodies and files for gcloud: each document is one message."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final, NamedTuple, Optional

from guardrail.catalog.spelling import snake
from guardrail.frontends.budget import Budget
from guardrail.frontends.documents import Document
from guardrail.frontends.files import Cache
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.specs.native import Elsewhere
from guardrail.frontends.specs.read import objects
from guardrail.frontends.specs.spec import Spec, resource, text_of
from guardrail.frontends.unit import Unit
from guardrail.frontends.vertex.bodies import Body, body
from guardrail.model.path import pointer
from guardrail.model.value import Reason, Text, Unknown, Value
from guardrail.sources.tree import Tree

_NAMES: Final = ("display_name", "job_id", "persistent_resource_id", "node_id", "id", "name")
"""Members that say what a thing is called, the surest first."""


def read(tree: Tree, unit: Unit, budget: Budget, cache: Optional[Cache] = None) -> Parsed:
    """Return the resources of a unit, and what could not be read."""
    found, told = objects(tree, unit, budget, _specs, cache)
    region = region_of(unit)
    return Parsed(tuple(resource(replace(one, region=region), unit, "vertex") for one in found), tuple(told))


_NO_REGION: Final = Unknown(Reason.ENVIRONMENT, note="a request goes to the region of whoever sends it")


def region_of(unit: Unit) -> Text:
    """Return the region that a unit is said to be in; what a body says of it counts before."""
    return unit.region if unit.region is not None else _NO_REGION


def _specs(file: str, documents: Iterable[Document]) -> Iterator[Spec]:
    for document in documents:
        found = body(document.value) if isinstance(document.value, Mapping) else None
        if found is not None:
            yield message(file, document, document.value, found)


def message(file: str, document: Document, value: Mapping[str, Value], found: Body, base: str = "") -> Spec:
    """Return the object that a message is; `value` is at the pointer `base` of the document, `found` what it is."""
    inner = value[found.within] if found.within else value
    name = _name(inner) or _identifier(value, found) or file.rpartition("/")[2].partition(".")[0]
    within = base + (pointer((found.within,)) if found.within else "")
    place = _place(found.type, value, base) or _place(found.type, inner, within)
    return Spec(
        file=file,
        document=document,
        base=within,
        value={**inner, place.key: place.location} if place else inner,
        elsewhere={f"/{place.key}": Elsewhere(file, document, place.at)} if place else {},
        type=found.type,
        name=name,
        native=f"{found.type}/{name}",
        provider="gcp",
    )


class _Place(NamedTuple):
    """Where a message says that a thing is: the attribute for it, its value, the pointer of the name that holds it."""

    key: str
    location: str
    at: str


_LOCATED: Final = re.compile(r"projects/[^/]+/locations/([^/]+)(?:/.*)?")
_STATED: Final = frozenset({"location", "zone", "region"})
_IN_ZONES: Final = frozenset({"vertex/TpuNode", "vertex/QueuedResource"})


def _place(type_: str, value: Mapping[str, Value], base: str) -> Optional[_Place]:
    """Return the place that the full name of a thing, or of what it is made in, says; None where it states one."""
    if _STATED & value.keys():
        return None
    for key in ("name", "parent"):
        found = _LOCATED.fullmatch(text_of(value.get(key), ""))
        if found:
            return _Place("zone" if type_ in _IN_ZONES else "location", found[1], base + pointer((key,)))
    return None


def _name(value: Mapping[str, Value]) -> str:
    members = {snake(key): member for key, member in value.items()}
    for key in _NAMES:
        name = text_of(members.get(key), "")
        if name:
            return name.rpartition("/")[2]
    inner = members.get("deployed_model")
    return _name(inner) if isinstance(inner, Mapping) else ""


def _identifier(value: Mapping[str, Value], found: Body) -> str:
    """Return what a request calls the thing that it makes, beside the message (`persistentResourceId`)."""
    members = {snake(key): member for key, member in value.items()}
    return text_of(members.get(f"{snake(found.within)}_id"), "") if found.within else ""
