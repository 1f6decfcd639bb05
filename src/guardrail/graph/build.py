"""
The graph of a revision: what frontends read, with edges, inherited facts, folded bounds and places to run.

Pure, and the same whatever order units and resources come in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from guardrail.catalog.describe import complete
from guardrail.config.settings import Settings
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.unit import Unit
from guardrail.graph import bounds, edges
from guardrail.graph.inherit import in_clusters, inherit
from guardrail.graph.reach import VERTICAL
from guardrail.graph.refused import refused
from guardrail.graph.schedule import schedule
from guardrail.graph.tagged import tagged
from guardrail.model.finding import Diagnostic
from guardrail.model.graph import Edge, Graph
from guardrail.model.place import Place
from guardrail.model.resource import Resource

_DEFAULTS: Final = Settings()


def build(parsed: Sequence[Parsed], units: Sequence[Unit] = (), settings: Settings = _DEFAULTS) -> Graph:
    """
    Return the graph of all units together.

    `units` are all that were discovered, also those without any resource; they and the settings say in which cluster
    manifests run. Edges go by what expressions refer to, then by name; see `edges`, `inherit`, `bounds`, `schedule`.
    """
    resources, doubles = _by_address(resource for one in parsed for resource in one.resources)
    resolution = edges.resolve(edges.Index(resources))
    resolved = resolution.sure
    found = edges.edges(resolved)
    resources = {**resources, **_surrounded(resources, resolution, units, settings)}
    resources = {**resources, **_completed(resources, resolved)}
    resources = {**resources, **inherit(resources, resolved)}
    resources = {**resources, **tagged(resources, resolved)}
    linked = {start: _sorted(several) for start, several in found.items()}
    resources = {**resources, **in_clusters(resources, linked)}
    folded = bounds.fold(resources, linked, resolution.doubts)
    resources = _resized({**resources, **folded.resources}, linked)
    stated = {unit.name: unit.cluster for unit in units}
    placement = schedule(resources, linked, stated, settings)
    resources = {**resources, **placement.resources}
    for start, more in placement.edges.items():
        linked[start] = _sorted({*linked.get(start, ()), *more})
    told = (
        *(one for part in parsed for one in part.diagnostics),
        *doubles,
        *folded.diagnostics,
        *placement.diagnostics,
        *refused(resources),
    )
    return Graph(
        resources=resources,
        edges={start: linked[start] for start in sorted(linked)},
        diagnostics=tuple(sorted(dict.fromkeys(told), key=_diagnostic_order)),
        moved=_moved(parsed),
        units=tuple(sorted({unit.name for unit in units} | {resource.unit for resource in resources.values()})),
        unplaced=placement.unplaced,
        lost=folded.lost,
    )


def _surrounded(
    resources: Mapping[str, Resource], resolution: edges.Resolution, units: Sequence[Unit], settings: Settings
) -> Mapping[str, Resource]:
    """Return what manifests of other units change; where there is one unit at most, nothing need be loaded for it."""
    if len({resource.unit for resource in resources.values() if resource.format == "kubernetes"}) < 2:  # noqa: PLR2004
        return {}
    from guardrail.graph.around import surrounded

    return surrounded(resources, resolution, units, settings)


def _resized(resources: dict[str, Resource], linked: dict[str, tuple[Edge, ...]]) -> dict[str, Resource]:
    """Return all resources with what vertical autoscalers decide, whose edges are added; mostly there are none."""
    if all(one.type != VERTICAL for one in resources.values()):
        return resources
    from guardrail.graph.resized import resized

    changed = resized(edges.Index(resources))
    for start, edge in changed.edges.items():
        linked[start] = _sorted({*linked.get(start, ()), edge})
    return {**resources, **changed.resources}


def _completed(resources: Mapping[str, Resource], resolved: edges.Resolved) -> Mapping[str, Resource]:
    """Return the resources described anew of which another one tells some facts (a cluster the zones of its pools)."""
    return {
        address: complete(resources[address], lambda link, links=dict(links): links.get(link, ()))  # type: ignore[misc]
        for address, links in resolved.items()
    }


def _by_address(resources: Iterable[Resource]) -> tuple[dict[str, Resource], tuple[Diagnostic, ...]]:
    """
    Return the resources by address, sorted.

    Frontends give every object its own address. Should two have one all the same, each gets the line where it begins
    added to it, and a diagnostic says so: neither is dropped.
    """
    every = list(resources)
    found = {resource.address: resource for resource in every}
    doubles: list[Diagnostic] = []
    if len(found) < len(every):
        count = Counter(resource.address for resource in every)
        found = {}
        for resource in sorted(every, key=_written):
            if count[resource.address] == 1:
                found[resource.address] = resource
                continue
            doubles.append(_double(resource))
            address = _free(f"{resource.address}@{resource.native.place('')}", found)
            found[address] = replace(resource, address=address)
    return {address: found[address] for address in sorted(found)}, tuple(doubles)


def _written(resource: Resource) -> tuple[str, Place]:
    return resource.address, resource.native.place("")


def _free(address: str, taken: Mapping[str, Resource]) -> str:
    """Return the address, numbered if even that is taken."""
    free, number = address, 2
    while free in taken:
        free, number = f"{address}#{number}", number + 1
    return free


def _double(resource: Resource) -> Diagnostic:
    return Diagnostic(
        "warning",
        "duplicate-address",
        f"{resource.address} is declared more than once; each is judged by itself",
        place=resource.native.place(""),
        hint="Rename one of them.",
    )


def _sorted(several: Iterable[Edge]) -> tuple[Edge, ...]:
    return tuple(sorted(several, key=lambda edge: (edge.kind, edge.to, edge.group or "")))


def _diagnostic_order(one: Diagnostic) -> tuple[object, ...]:
    return one.place or Place(""), one.level, one.code, one.message, one.hint


def _moved(parsed: Sequence[Parsed]) -> Mapping[str, str]:
    return dict(sorted({(old, new) for one in parsed for old, new in one.moved.items()}))
