"""
Where a fact of a resource is written, and how its value came to be.

Facts keep the native attributes that they came from (`Resource.origins`); the text behind those is asked for only
here. What nobody wrote has the place of the nearest thing that is written above it, at last that of the whole block.
"""

from __future__ import annotations

from collections.abc import Iterable

from guardrail.model.graph import Graph
from guardrail.model.path import ancestors, covers
from guardrail.model.place import Place, Step
from guardrail.model.resource import Origin, Resource

_ATTRIBUTES = "/attributes"


def place(graph: Graph, address: str, path: str) -> Place:
    """Return where the fact at a pointer into the document is written. The address must be in the graph."""
    resource = graph.resources[address]
    block = resource.native.place("")
    places = (owner.native.place(native) for owner, native in _natives(graph, resource, path))
    return next((written for written in places if written != block), block)  # of several, the first that is written


def trace(graph: Graph, address: str, path: str) -> tuple[Step, ...]:
    """Return the lines that led to the fact at a pointer, its own first. The address must be in the graph."""
    resource = graph.resources[address]
    steps = (step for owner, native in _natives(graph, resource, path) for step in owner.native.trace(native))
    return tuple({(step.place, step.text): step for step in steps}.values())


def _natives(graph: Graph, resource: Resource, path: str) -> list[tuple[Resource, str]]:
    """
    Return (resource, native pointer) for everything that a fact came from; never empty.

    A fact without origins is asked for by its own name: a frontend may know more (the region of a provider block).
    """
    if covers(_ATTRIBUTES, path):
        return [(resource, path[len(_ATTRIBUTES) :])]
    for above in ancestors(path):
        origins = resource.origins.get(above)
        if origins:
            return list(_of(graph, resource, origins, path[len(above) :]))
    return [(resource, path)]


def _of(graph: Graph, resource: Resource, origins: Iterable[Origin], below: str) -> Iterable[tuple[Resource, str]]:
    """Yield the native pointers of origins, going on downwards as the fact does: /labels/team is /tags/team."""
    for origin in origins:
        owner = resource if origin.address is None else graph.resources.get(origin.address, resource)
        yield owner, origin.path + below
