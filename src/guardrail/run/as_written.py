"""
Manifests that a change takes into a chart or an overlay: they stay input as they are written, where less is rendered.

Who adds a `kustomization.yaml` or a `Chart.yaml` beside manifests that others apply would else decide what is judged
of them: an overlay may delete a workload, or deploy it no times.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from guardrail.frontends.discover import Discovery
from guardrail.frontends.rendering.package import CONTROLS
from guardrail.frontends.sorting import DOCUMENTS
from guardrail.frontends.unit import Unit
from guardrail.model.address import ROOT
from guardrail.model.resource import Group, Resource
from guardrail.run.reading import Reading
from guardrail.sources.tree import Tree

NAME: Final = "as-written"


def taken_in(head: Tree, base: Tree, found: Discovery, before: Discovery) -> Iterator[Unit]:
    """
    Yield units of what is no manifest at head only because something is rendered of it.

    That are manifests of base, and documents that the change adds to their folders.
    """
    names = {unit.name for unit in found.units}
    rendered = {file for unit in found.units if unit.renderer is not None for file in unit.files}
    left = rendered - {file for unit in found.units if unit.renderer is None for file in unit.files}
    added: dict[str, list[str]] = {}
    for file in left - base.entries().keys():
        folder, _, last = file.rpartition("/")
        if last.endswith(DOCUMENTS) and last not in CONTROLS:
            added.setdefault(folder or ROOT, []).append(file)
    for unit in before.units if left else ():
        if unit.format == "kubernetes" and unit.renderer is None:
            files = {file for file in unit.files if file in left and file in head.entries()}
            name = f"{unit.directory}@{NAME}"
            if files and name not in names:
                yield replace(unit, name=name, files=tuple(sorted(files.union(added.get(unit.directory, ())))))


def lost(written: Reading, readings: Iterable[Reading], base: Tree) -> Reading:
    """
    Return what of some manifests is deployed by no unit that takes them in, or with fewer accelerators.

    An object is the same if it comes from the same file; one of a file that is new may be a patch of another.
    """
    needs = _accelerators(written.parsed.resources)
    kept = {one.address for several in needs.values() for _, one in several}
    for other in readings:
        if other.unit.renderer is None:
            continue
        deployed = _accelerators(other.parsed.resources)
        named = {(one.type, one.name): many for several in deployed.values() for many, one in several}
        for key, several in needs.items():
            pairs = zip(several, deployed.get(key, ()), strict=False)
            kept -= {one.address for (need, one), (there, _) in pairs if need in (there, ANY) or there > need}
            if key[0] not in base.entries():
                kept -= {
                    one.address
                    for need, one in several
                    if named.get((one.type, one.name), -1) >= (0 if need == ANY else need)
                }
    resources = tuple(one for one in written.parsed.resources if one.address in kept)
    return replace(written, parsed=replace(written.parsed, resources=resources, diagnostics=()))


ANY: Final = Decimal("Infinity")


def _accelerators(resources: Sequence[Resource]) -> Mapping[tuple[str, str], Sequence[tuple[Decimal, Resource]]]:
    """Return what asks for accelerators by the file and the type, with how many at most, those with most first."""
    found: dict[tuple[str, str], list[tuple[Decimal, Resource]]] = {}
    for one in resources:
        groups = one.groups.values() if isinstance(one.groups, Mapping) else None
        many = ANY if groups is None else sum(map(_most, groups), Decimal())
        if many:
            found.setdefault((one.native.place("").file, one.type), []).append((many, one))
    return {key: sorted(several, key=lambda pair: -pair[0]) for key, several in found.items()}


def _most(group: Group) -> Decimal:
    """Return how many accelerators a group may have, any number where that is not known."""
    if not isinstance(group.accelerators, tuple):
        return ANY
    total = Decimal()
    for each in group.accelerators:
        count, most = each.count, group.replicas.max
        if not isinstance(count, (int, Decimal)) or not isinstance(most, (int, Decimal)):
            return ANY
        total += Decimal(count) * Decimal(most)
    return total
