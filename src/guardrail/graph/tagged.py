"""
Tags that machines get from what launches them.

A pool of nodes in a manifest carries labels of Kubernetes; the tags of its machines, which bills are allocated by, are
stated by the class of nodes or the template that it names. They come first. Where that is not in the graph, there may
be tags that nobody sees.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, Optional

from guardrail.catalog.registry import OBJECTS
from guardrail.graph.edges import Resolved
from guardrail.model.path import pointer, segments
from guardrail.model.resource import Link, Origin, Resource
from guardrail.model.value import ABSENT, OpenMap, Reason, Unknown, Value, lookup

_POOLS: Final = frozenset({"compute.pool", "compute.instance"})


def tagged(resources: Mapping[str, Resource], resolved: Resolved) -> Mapping[str, Resource]:
    """Return the pools of manifests with the tags of what launches their machines, by address."""
    found: dict[str, Resource] = {}
    for address, links in resolved.items():
        resource = resources[address]
        if resource.category not in _POOLS or resource.type.rpartition("/")[0] not in OBJECTS:
            continue
        for link, several in links:
            if link.inherit:
                found[address] = resource = _with_tags(resource, link, several)
    return found


def _with_tags(resource: Resource, link: Link, several: Sequence[Resource]) -> Resource:
    own = resource.labels
    if isinstance(own, Unknown):
        return resource
    rest: Optional[Unknown] = own.rest if isinstance(own, OpenMap) else None
    if len(several) == 1:
        theirs = several[0].labels
        if isinstance(theirs, Unknown):
            return replace(resource, labels=OpenMap(own, theirs))
        rest = theirs.rest if isinstance(theirs, OpenMap) else rest
        both = {**own, **theirs}
        came = {pointer(("labels", key)): _origins(several[0], key) for key in theirs}
        labels: Mapping[str, Value] = both if rest is None else OpenMap(both, rest)
        return replace(resource, labels=labels, origins={**resource.origins, **came})
    name = lookup(resource.attributes, segments(link.at))
    if name is ABSENT or name is None:
        return resource
    doubt = Unknown(Reason.DATA, note="what launches its machines is not in this graph, and may tag them")
    return replace(resource, labels=OpenMap(own, name if isinstance(name, Unknown) else doubt))


def _origins(supplier: Resource, key: str) -> tuple[Origin, ...]:
    """Return where a tag of a supplier is written, said of the supplier."""
    path = pointer(("labels", key))
    exact = supplier.origins.get(path)
    if exact is None:
        exact = tuple(replace(one, path=one.path + pointer((key,))) for one in supplier.origins.get("/labels", ()))
    return tuple(replace(one, address=one.address or supplier.address) for one in exact)
