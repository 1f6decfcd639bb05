"""
What a change takes into charts and overlays: it counts by itself where less of it is rendered.

That are manifests, as they are written, and overlays that the change adds and that others refer to. Who adds a
`kustomization.yaml` or a `Chart.yaml` beside manifests that others apply, or an overlay of an overlay, would else
decide what is judged of them: an overlay may delete a workload, or deploy it no times.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from guardrail.errors import SourceError
from guardrail.frontends.discover import Discovery
from guardrail.frontends.rendering.package import CONTROLS, KUSTOMIZATIONS
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


def referred_to(head: Tree, base: Tree, found: Discovery) -> Iterator[str]:
    """
    Yield the folders of overlays that the change adds and that are none of the units, since others refer to them.

    Each may be deployed by itself, and who refers to it may delete all that is in it. A component may not.
    """
    overlays = [unit for unit in found.units if unit.renderer == "kustomize"]
    units = {unit.directory for unit in overlays}
    files = {file for unit in overlays for file in unit.files if file.rpartition("/")[2] in KUSTOMIZATIONS}
    for file in sorted(files - base.entries().keys()):
        folder = file.rpartition("/")[0]
        if (folder or ROOT) not in units and not _is_component(head, file):
            yield folder


def _is_component(tree: Tree, file: str) -> bool:
    from guardrail.frontends.rendering.kustomize.control import control

    try:
        return control(tree.read(file).data).component
    except SourceError:
        return True


def lost(written: Reading, readings: Iterable[Reading], base: Tree, aside: Collection[str]) -> Reading:
    """
    Return what of some manifests is deployed by no unit that takes them in, or with fewer accelerators.

    Units whose names are `aside` do not count. An object is the same if it comes from the same file; one of a file
    that is new may be a patch of another.
    """
    needs = _accelerators(written.parsed.resources)
    kept = {one.address for several in needs.values() for _, one in several}
    for other in readings:
        if other.unit.renderer is None or other is written or other.unit.name in aside:
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
