"""Objects read once more, with what lies in other units of the same cluster around them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from guardrail.catalog.kubernetes.rows import Rows
from guardrail.frontends.kubernetes.links import factors, scaled
from guardrail.frontends.kubernetes.objects import Object
from guardrail.frontends.kubernetes.resource import Draft, draft, finish, scale
from guardrail.frontends.kubernetes.shared import counted_once
from guardrail.frontends.kubernetes.surroundings import Beyond, Surroundings, surroundings
from guardrail.frontends.unit import Unit
from guardrail.model.resource import Resource


def object_of(resource: Resource) -> Object:
    """Return the object behind a resource of a manifest; TypeError for a resource of another format."""
    found = getattr(resource.native, "object", None)  # it may stand inside of something else
    if not isinstance(found, Object):
        raise TypeError(resource.address)
    return found


def again(
    unit: Unit, own: Iterable[Resource], which: Iterable[Resource], rows: Rows, beyond: Beyond
) -> Mapping[str, Resource]:
    """
    Return some resources of a unit by address as they are where `beyond` knows what its own objects (`own`) do not.

    Text, links and diagnostics are those of the first reading.
    """
    several = [object_of(one) for one in own if _has_object(one)]
    around = surroundings(unit.name, several, rows)
    around.beyond = beyond
    anew = [one for one in which if _has_object(one)]
    drafts = {one.native: draft(one, around) for one in map(object_of, anew)}
    if any(found.shared for one in drafts.values() for found in one.found):
        others = {one.native: draft(one, around).found for one in several if one.native not in drafts and _claims(one)}
        counted_once({**others, **{native: one.found for native, one in drafts.items()}})
    return {old.address: _again(old, drafts[object_of(old).native], around, unit) for old in anew}


_NAMED: Final = re.compile("resourceClaimName")


def _claims(one: Object) -> bool:
    """Whether it may name a claim that others name too."""
    return one.may_hold(_NAMED)


def _has_object(resource: Resource) -> bool:
    """Whether it is an object of Kubernetes itself, and not one of a cloud that a controller makes."""
    return isinstance(getattr(resource.native, "object", None), Object)


def _again(old: Resource, new: Draft, around: Surroundings, unit: Unit) -> Resource:
    """Return a resource of which its object was read anew."""
    if new.row.scaler is not None:
        target = scaled(new.reading, new.row.scaler, around, new.meant)
        scale(new, None if target is None else factors(draft(target, around).found))
    made = finish(new, around, unit)
    counted = {path: came for path, came in old.origins.items() if path == "/multiplicity"}
    return replace(
        made,
        native=old.native,
        links=old.links,
        multiplicity=old.multiplicity,
        cluster=made.cluster if made.cluster is not None else old.cluster,
        origins={**made.origins, **counted},
    )
