"""
Manifests of Kubernetes: the objects of a unit as resources.

Objects are read with those around them, since namespaces label what is in them, limit ranges complete containers,
and storage classes say what a disk is. Nothing is fetched, and bad input never raises.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Optional, Union

from guardrail.catalog.kubernetes.rows import Rows
from guardrail.catalog.kubernetes.rows import rows as known_rows
from guardrail.frontends.budget import PARTS, RESOURCES, Budget
from guardrail.frontends.files import Cache, documents_of, not_read
from guardrail.frontends.kubernetes.clouds import cloud_resource, of_cloud, started
from guardrail.frontends.kubernetes.links import Factors, Pods, factors, scaled, select
from guardrail.frontends.kubernetes.machines import machines_resource, of_machines
from guardrail.frontends.kubernetes.objects import Object, distinct, objects
from guardrail.frontends.kubernetes.resource import Draft, draft, finish, scale
from guardrail.frontends.kubernetes.shared import counted_once
from guardrail.frontends.kubernetes.shorten import shorten
from guardrail.frontends.kubernetes.surroundings import Surroundings, surroundings
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.unit import Unit
from guardrail.model.finding import Diagnostic
from guardrail.model.resource import Resource
from guardrail.sources.tree import Tree

_SERVICE: Final = "core/Service"


def read(
    tree: Tree,
    unit: Unit,
    rows: Sequence[Mapping[str, Any]] = (),
    cache: Optional[Cache] = None,
    budget: Optional[Budget] = None,
) -> Parsed:
    """
    Return the resources of a unit, in the order of files and documents, and what could not be read.

    `rows` are a user's own kinds; one that is wrong raises `ConfigError`, and nothing else does. `budget` is what is
    left for the tree; objects beyond are not read, which is an error of the run.
    """
    left = Budget() if budget is None else budget
    room = left.room()
    kinds = known_rows(rows)
    told: list[Diagnostic] = []
    found: list[Object] = []
    beyond: list[str] = []  # files that are not even parsed
    for file in unit.files:
        held = documents_of(tree, file, left, cache, shorten) if len(found) < room else None
        if held is None:
            beyond.append(file)
            continue
        told.extend(held.diagnostics)
        take(objects(file, held.documents, kinds), found, told, room, "from here on this file")
    if beyond:
        told.append(not_read(beyond))
    left.fill(len(found))
    resources, more = described(found, unit, kinds)
    return Parsed(resources, tuple(dict.fromkeys((*told, *more))))  # one value may be asked for twice


def described(several: Sequence[Object], unit: Unit, kinds: Rows) -> tuple[tuple[Resource, ...], list[Diagnostic]]:
    """Return the resources that the objects of a unit are, in their order, and what is wrong with them."""
    found, told = distinct(several)
    around = surroundings(unit.name, found, kinds)
    made = {one.native: cloud_resource(one, unit) for one in found if of_cloud(one)}
    made.update((one.native, machines_resource(one, around, unit)) for one in found if of_machines(one))
    drafts = _drafts([one for one in found if one.native not in made], around)
    made.update((one.reading.object.native, finish(one, around, unit)) for one in drafts)
    for draft_ in drafts:
        told.extend(draft_.reading.diagnostics)
    told.extend(_by_shape(drafts))
    more: list[Resource] = []
    for one in found:
        resources, problems = started(one, unit)
        more.extend(resources)
        told.extend(problems)
    return (*(made[one.native] for one in found), *more), told


def take(
    several: Iterable[Union[Object, Diagnostic]], found: list[Object], told: list[Diagnostic], room: int, rest: str
) -> None:
    """
    Add objects to what is found, and what is wrong with them to what is told, as far as there is room for them.

    The first one beyond is an error that says what the `rest` is.
    """
    for one in several:
        if isinstance(one, Diagnostic):
            told.append(one)
        elif len(found) < room:
            found.append(one)
        else:
            message = f"more than {RESOURCES:,} resources; {rest} is not judged"
            told.append(Diagnostic("error", "limit-resources", message, one.place(""), PARTS))
            return


def _drafts(found: Iterable[Object], around: Surroundings) -> list[Draft]:
    """Read the objects; those that scale or select others once all others are read."""
    drafts: list[Draft] = []
    pods = Pods()
    moved: dict[str, Factors] = {}
    for one in found:
        new = draft(one, around)
        drafts.append(new)
        pods.add(one, new.found)
        moved[one.native] = factors(new.found)
    counted_once({one.reading.object.native: one.found for one in drafts})
    for known in drafts:
        if known.row.scaler is not None:
            target = scaled(known.reading, known.row.scaler, around, known.meant)
            scale(known, moved.get(target.native) if target is not None else None)
        elif known.reading.object.type == _SERVICE:
            select(known.reading, pods, known.meant)
    return drafts


def _by_shape(drafts: Iterable[Draft]) -> Iterable[Diagnostic]:
    """Say, once for each kind in no row, that the pods of its objects are read but not counted."""
    found: dict[str, list[Object]] = {}
    for one in drafts:
        if one.reading.object.row is None and one.found:
            found.setdefault(one.reading.object.type, []).append(one.reading.object)
    for type_, several in found.items():
        objects_ = "1 object" if len(several) == 1 else f"{len(several)} objects"
        yield Diagnostic(
            "info",
            "kind-by-shape",
            f"{type_} is in no row: the pods of {objects_} are read, but how many there are is not known",
            several[0].place("/kind"),
            hint="say what multiplies them under kubernetes.kinds in guardrail.yaml, as docs/add-a-kind.md explains",
        )
