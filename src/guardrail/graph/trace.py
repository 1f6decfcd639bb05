"""
Where a fact of a resource is written, and how its value came to be.

Facts keep the native attributes that they came from (`Resource.origins`); the text behind those is asked for only
here. What nobody wrote has the place of the nearest thing that is written above it, at last that of the whole block.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Optional

from guardrail.catalog.registry import kind, respelled
from guardrail.catalog.storage import disk_origins
from guardrail.graph.facts import RECORDS, fact
from guardrail.model.graph import Graph
from guardrail.model.path import ancestors, covers, segments
from guardrail.model.place import UNSAID, Place, Step
from guardrail.model.resource import Disk, Origin, Resource
from guardrail.model.value import ABSENT, Reason, Unknown, Value, lookup

_ATTRIBUTES = "/attributes"
_MULTIPLICITY = "/multiplicity"

ORIGINS: Final = 50
"""How many of the attributes that a fact came from are looked at; a pod may have thousands of containers."""


def place(graph: Graph, address: str, path: str) -> Place:
    """Return where the fact at a pointer into the document is written. The address must be in the graph."""
    resource = graph.resources[address]
    block = resource.native.place("")
    places = (owner.native.place(native) for owner, native in natives(graph, resource, path)[:ORIGINS])
    return next((written for written in places if written != block), block)  # of several, the first that is written


def written(graph: Graph, address: str, path: str) -> bool:
    """Whether anything is written of the fact at a pointer, be it a block. The address must be in the graph."""
    behind = natives(graph, graph.resources[address], path)[:ORIGINS]
    return any(native and owner.native.place(native) != owner.native.place("") for owner, native in behind)


def trace(graph: Graph, address: str, path: str) -> tuple[Step, ...]:
    """
    Return the lines that led to the fact at a pointer, its own first. The address must be in the graph.

    A fact that may come from several attributes has the lines of the one that has its value, or of those that are not
    known either; else those of all, as where it is one of a few.
    """
    resource = graph.resources[address]
    behind = [(owner, native) for owner, native in natives(graph, resource, path)[:ORIGINS] if native]
    value = fact(resource, path) if len(behind) > 1 else None
    if isinstance(value, Unknown) and value.one_of is None:
        behind = [one for one in behind if _why(*one) == (value.reason, value.note)] or behind
    chains = [owner.native.trace(native) for owner, native in behind]
    if len(chains) > 1:
        decisive = [chain for chain in chains if chain and _same(chain[0].value, value)][:1]
        if isinstance(value, Unknown) and value.one_of is None:
            decisive = [chain for chain in chains if chain and chain[0].value is UNSAID]  # those that nobody knows
        chains = decisive or chains
    return tuple({(step.place, step.text): step for chain in chains for step in chain}.values())


def _why(owner: Resource, native: str) -> Optional[tuple[Reason, str]]:
    """Return why a native attribute is not known, None if it is."""
    value = lookup(owner.attributes, segments(native))
    return (value.reason, value.note) if isinstance(value, Unknown) else None


def sensitive(graph: Graph, address: str, path: str) -> bool:
    """Whether the fact at a pointer is made of anything that must not be shown. The address must be in the graph."""
    behind = natives(graph, graph.resources[address], path)
    return any(owner.native.sensitive(native) for owner, native in behind if native)


def _same(written: object, value: Value) -> bool:
    """Whether what is written is what a fact has become: a number may be written as text."""
    if written is UNSAID or isinstance(value, (Unknown, bool)) or isinstance(written, bool):
        return written is value
    return written == value or (isinstance(written, str) and written == str(value))


def natives(graph: Graph, resource: Resource, path: str) -> list[tuple[Resource, str]]:
    """Return (resource, native pointer) for everything that a fact came from; the whole block if it has no origin."""
    if covers(_ATTRIBUTES, path):
        return [(resource, path[len(_ATTRIBUTES) :])]
    if covers(_MULTIPLICITY, path) and resource.format == "terraform":
        return [(resource, "/count"), (resource, "/for_each")]
    for above in ancestors(path):
        origins = resource.origins.get(above)
        if origins:
            below = path[len(above) :]
            return _of_disk(graph, resource, above, below) or list(_of(graph, resource, origins, below))
    return [(resource, "")]


def _of_disk(graph: Graph, resource: Resource, above: str, below: str) -> list[tuple[Resource, str]]:
    """Return the native pointers of one disk, or of one of its facts; nothing where all disks have the same origins."""
    index, *fields = segments(below) or ("",)
    owners = {one.address for one in resource.origins[above]}
    if segments(above)[-1:] != ("storage",) or not index.isdigit() or len(owners) != 1:
        return []
    owner = graph.resources.get(owners.pop() or resource.address, resource)
    declared = kind(owner.type)
    if declared is None:
        return []
    words = respelled(owner)
    attributes = owner.attributes if words is None else words.attributes
    groups = [group for group in declared.groups if not group.each]
    specs = declared.storage if above == "/storage" else groups[0].disks if len(groups) == 1 else ()
    found = disk_origins(specs, attributes, int(index))
    names = [_FIELDS.get(name, name) for name in fields] or list(found)
    pointers = [at for name in names for at in found.get(name, ())]
    return [(owner, at if words is None else words.native(at)) for at in pointers]


_FIELDS: Final = {below.removeprefix("/"): name for name, below in RECORDS[Disk]}
"""The fields of a disk by what they are called as facts."""


def _of(graph: Graph, resource: Resource, origins: Iterable[Origin], below: str) -> Iterable[tuple[Resource, str]]:
    """Yield the native pointers of origins, going on downwards as the fact does: /labels/team is /tags/team."""
    for origin in origins:
        owner = resource if origin.address is None else graph.resources.get(origin.address, resource)
        yield owner, origin.path + (below if below and _has_parts(owner, origin.path) else "")


def _has_parts(owner: Resource, path: str) -> bool:
    """
    Whether anything can be below an attribute: a size has nothing that is called as the fact is.

    Of what is not in the attributes only the native side can tell: a provider may set it.
    """
    value = lookup(owner.attributes, segments(path))
    return value is ABSENT or isinstance(value, (Unknown, Mapping, list, tuple))
