"""What a group or a fleet may launch in place of the machine of its template, and what each counts for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Optional

from guardrail.catalog.aws.requirements import chosen, excludes_accelerators
from guardrail.catalog.aws.words import machine
from guardrail.catalog.convert import ConversionError, whole
from guardrail.catalog.facts import bare
from guardrail.catalog.kind import Always, First, Shape, at
from guardrail.catalog.machines import accelerators_of
from guardrail.model.value import Reason, Unknown, Value

OVERRIDE: Final = Shape(
    {
        "type": machine("instance_type"),
        "requirements": at("instance_requirements", 0),
        "template": at("launch_template_specification", 0),
    }
)
WEIGHT: Final = First((at("weighted_capacity", convert=whole), Always(1)))
"""Units of capacity that a machine of the override counts for."""


def overridden(overrides: Optional[Sequence[Mapping[str, Value]]]) -> Value:
    """Return the machine types that overrides name, in their order; None where the launch template tells."""
    types = [_override(one) for one in overrides or ()]
    return (
        tuple(OF_TEMPLATE if one is None else one for one in types) if any(one is not None for one in types) else None
    )


OF_TEMPLATE: Final = Unknown(Reason.REFUSED, note="an override with the machine of a launch template")


def _override(one: Value) -> Value:
    """Return the machine type that an override names; None where its launch template tells."""
    if isinstance(one, Unknown):
        return one
    if one.get("type") is not None:
        return one["type"]
    if "requirements" in one:
        return chosen(one["requirements"])
    return OF_TEMPLATE if "template" in one else None


def all_plain(overrides: Optional[Sequence[Value]]) -> bool:
    """Return whether no machine that overrides permit has accelerators."""
    return bool(overrides) and all(_plain_override(one) for one in overrides or ())


def _plain_override(one: Value) -> bool:
    if isinstance(one, Unknown):
        return False
    if one.get("type") is not None:
        return isinstance(one["type"], str) and accelerators_of("aws", one["type"]) == ()
    return "requirements" in one and excludes_accelerators(one["requirements"])


def most(units: Optional[int], weights: Optional[Sequence[Any]]) -> Value:
    """
    Return the most machines that so many units of capacity can be: all of the lightest.

    Groups with weights count capacity in units; AWS launches until the units are reached.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-mixed-instances-groups-instance-weighting.html
    """
    return _machines(units, weights, min)


def fewest(units: Optional[int], weights: Optional[Sequence[Any]]) -> Value:
    """Return the fewest machines that so many units of capacity can be: all of the heaviest."""
    return _machines(units, weights, max)


def preferred(units: Optional[int], weights: Optional[Sequence[Any]]) -> Value:
    """Return the number of machines of the first type that make so many units."""
    return _machines(units, weights, lambda several: several[0])


def _machines(units: Optional[int], weights: Optional[Sequence[Any]], of: Any) -> Value:
    if units is None or not weights:
        return units
    hidden = next((weight for weight in weights if isinstance(weight, Unknown)), None)
    if hidden is not None:
        return bare(hidden)
    weight = of(list(weights))
    if weight < 1:
        raise ConversionError("a weight below one")
    return -(-units // weight)
