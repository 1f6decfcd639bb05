"""
Objects inside of Terraform resources, as resources of their own.

They are what manifests would be: the same rows, the same facts, the same names that mean one another. Their addresses
begin with that of the resource that makes them, and there are as many of each as of that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Optional

from guardrail.catalog.kubernetes.rows import rows as known_rows
from guardrail.catalog.manifests import CHARTS, HOLDERS, RENDERED
from guardrail.frontends.budget import PARTS, RESOURCES, Budget
from guardrail.frontends.inside.bodies import Body, body
from guardrail.frontends.inside.native import Held
from guardrail.frontends.kubernetes.objects import Object
from guardrail.frontends.kubernetes.read import described
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.unit import Unit
from guardrail.model.address import without_key
from guardrail.model.finding import Diagnostic
from guardrail.model.resource import Link, Multiplicity, Origin, Resource
from guardrail.model.value import Value

if TYPE_CHECKING:
    from guardrail.frontends.inside.releases import Charts

_BODIES: Final = frozenset({"spec", "template", "manifest", "object", "yaml_body", "yaml_body_parsed", "data"})
"""Attributes of which the objects have what may be shown."""


def within(
    parsed: Parsed, unit: Unit, rows: Sequence[Mapping[str, Any]], budget: Budget, charts: Optional[Charts] = None
) -> Parsed:
    """Return what was read of a unit with the objects that its resources hold, and those of `charts` of the tree."""
    kinds = known_rows(rows)
    room = budget.room()
    bodies: dict[str, Body] = {}
    told: list[Diagnostic] = []
    for one in parsed.resources:
        found = body(one, kinds, budget) if one.type in HOLDERS else charts.body(one, kinds, budget) if charts else None
        if found is not None:
            room -= len(found.objects)
            if room < 0:
                message = f"more than {RESOURCES:,} resources; the objects in this one and in others are not judged"
                told.append(Diagnostic("error", "limit-resources", message, one.native.place(""), PARTS))
                break
            bodies[one.address] = found
            told.extend(found.diagnostics)
    several = [(of, found) for of in bodies.values() for found in of.objects]
    made, more = described([found for _, found in several], unit, kinds)
    made = tuple(map(charts.made, made)) if charts else made
    budget.fill(len(made))
    inside: dict[str, tuple[str, ...]] = {}
    clusters = _Clusters(parsed.resources)
    objects: list[Resource] = []
    for (of, _), resource in zip(several, made, strict=True):
        held = _held(resource, of, inside, clusters.of(of.holder))
        objects.append(held)
        block = without_key(of.holder.address.partition("//")[2])
        inside[block] = (*inside.get(block, ()), held.address.partition("//")[2])
    shown = (_shown(one, bodies.get(one.address)) for one in parsed.resources)
    return Parsed(
        (*shown, *objects),
        tuple(dict.fromkeys((*parsed.diagnostics, *told, *more))),
        {**parsed.moved, **_moved(parsed.moved, several, objects)},
    )


def _held(resource: Resource, of: Body, inside: Mapping[str, tuple[str, ...]], cluster: Optional[str]) -> Resource:
    """Return an object with its holder behind it: there are as many of it, and it is read where that one is."""
    holder = of.holder
    address = holder.address.partition("//")[2]
    many = holder.multiplicity
    doubt = of.doubt or resource.multiplicity.why
    if doubt is not None:
        many = Multiplicity(0, many.max, many.why or doubt)
    counted = (Origin("/count", holder.address), Origin("/for_each", holder.address))
    return replace(
        resource,
        native=Held(resource.native, holder.native, of.pointers, address, inside, of.whole),
        multiplicity=many,
        cluster=resource.cluster if resource.cluster is not None else cluster,
        origins={**resource.origins, "/multiplicity": counted},
        links=(*resource.links, Link(kind="owns", at="", types=(holder.type,), reverse=True)),
    )


def _shown(resource: Resource, of: Optional[Body]) -> Resource:
    """Return a holder without what its objects have, with pods that nobody knows if it hides them; others as is."""
    if of is None:
        return resource
    if of.hidden is not None:
        origins = {**resource.origins, "/groups": (Origin(f"/{of.attribute}"),)}
        return replace(resource, category="workload.service", groups=of.hidden, origins=origins)
    if resource.type in CHARTS:
        rendered = {**resource.attributes, "manifest": RENDERED}
        return replace(resource, category="other", groups={}, autoscaling=(), attributes=rendered)
    kept: dict[str, Value] = {key: value for key, value in resource.attributes.items() if key not in _BODIES}
    return replace(resource, attributes=kept)


class _Clusters:
    """The clusters of a unit, by what the settings of a provider are made of."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self._named = {
            without_key(one.address.partition("//")[2]): one.name
            for one in resources
            if one.category == "cluster" and one.attributes.get("name") == one.name
        }

    def of(self, holder: Resource) -> Optional[str]:
        """Return the cluster that the provider of a resource is connected to, None where that is not told."""
        settings = getattr(holder.native, "settings_referents", None)
        if not self._named or settings is None:
            return None
        meant = {self._named[block] for one in settings() if (block := without_key(one)) in self._named}
        return meant.pop() if len(meant) == 1 else None


def _moved(
    moved: Mapping[str, str], several: Sequence[tuple[Body, Object]], objects: Sequence[Resource]
) -> Mapping[str, str]:
    """Return what the objects of resources were called before that have another address now."""
    before = {new: old for old, new in moved.items()}
    holders = (of.holder.address for of, _ in several)
    return {
        before[holder] + one.address[len(holder) :]: one.address
        for holder, one in zip(holders, objects, strict=True)
        if holder in before
    }
