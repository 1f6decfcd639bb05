"""Objects that are machines of a cloud, or what launches them: pools of nodes, their classes, whole clusters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Final

from guardrail.frontends.kubernetes.native import Written
from guardrail.frontends.kubernetes.objects import Object
from guardrail.frontends.kubernetes.surroundings import Surroundings
from guardrail.frontends.kubernetes.visible import visible
from guardrail.frontends.unit import Unit
from guardrail.model.address import address
from guardrail.model.path import pointer, segments
from guardrail.model.resource import Accelerator, Link, Origin, Resource
from guardrail.model.value import Unknown, Value, lookup

_CHOOSING: Final = ("karpenter.sh/", "cloud.google.com/")
"""How types begin whose machines are chosen by what they must have."""

_CATEGORIES: Final = frozenset({"compute.pool", "compute.instance", "compute.template", "cluster"})


def of_machines(one: Object) -> bool:
    """Whether an object is of a kind that is machines; only then anything is loaded for it."""
    if one.row is None or one.row.category not in _CATEGORIES:
        return False
    from guardrail.catalog.registry import declared

    return declared(one.type) is not None


def machines_resource(one: Object, around: Surroundings, unit: Unit) -> Resource:
    """Return the resource that such an object is."""
    from guardrail.catalog.describe import build
    from guardrail.catalog.kubernetes.pools.links import narrowed, provider_of
    from guardrail.catalog.registry import kind

    found = kind(one.type)
    shown = visible(one)
    links = narrowed(found.links if found is not None else (), shown)
    cloud = provider_of(one.type, shown)
    made = build(
        found,
        address=address(unit.name, one.native),
        unit=unit.name,
        type=one.type,
        name=one.name,
        format="kubernetes",
        attributes=shown,
        native=Written(one, shown, _meant(one, links, around)),
        provider=cloud,
        region=unit.region,
        environment=unit.environment,
        cluster=unit.cluster,
        api_version=one.api_version,
        namespace=one.namespace,
        annotations=_annotations(shown),
    )
    return replace(made, links=links, provider=cloud or "kubernetes", origins={**made.origins, **_apart(made)})


def _apart(made: Resource) -> Mapping[str, tuple[Origin, ...]]:
    """
    Return the origins of each machine and accelerator that requirements permit: those of all of them.

    The second machine does not come from the second requirement.
    """
    found: dict[str, tuple[Origin, ...]] = {}
    if isinstance(made.groups, Unknown) or not made.type.startswith(_CHOOSING):
        return found
    for name, group in made.groups.items():
        for field in ("machine_types", "accelerators"):
            at = pointer(("groups", name, field))
            several = getattr(group, field)
            for index, one in enumerate(several if isinstance(several, tuple) else ()):
                parts = ("", *(f"/{part.name}" for part in fields(one))) if isinstance(one, Accelerator) else ("",)
                found.update((f"{at}/{index}{part}", made.origins[at]) for part in parts if at in made.origins)
    return found


def _meant(one: Object, links: tuple[Link, ...], around: Surroundings) -> Mapping[str, tuple[str, ...]]:
    """Return the native addresses of the objects of the unit that references mean, by pointer."""
    meant: dict[str, tuple[str, ...]] = {}
    for link in links:
        name = lookup(one.value, segments(link.at))
        if isinstance(name, str):
            targets = (around.target(type_, one.namespace, name) for type_ in link.types)
            here = tuple(found.native for found in targets if found is not None and id(found) not in around.homes)
            if len(here) == 1:
                meant[link.at] = here
    return meant


def _annotations(shown: Mapping[str, Value]) -> Mapping[str, Value]:
    noted = lookup(shown, ("metadata", "annotations"))
    return {key: value for key, value in noted.items() if value is not None} if isinstance(noted, Mapping) else {}
