"""EC2 Auto Scaling groups, and what moves their bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Optional

from guardrail.catalog.aws.ec2 import LINES
from guardrail.catalog.aws.launched import handed_on, tags_of_launched
from guardrail.catalog.aws.requirements import chosen, excludes_accelerators
from guardrail.catalog.aws.words import OF_MACHINE, REGION, machine, template_links
from guardrail.catalog.convert import ConversionError, signed, text, whole
from guardrail.catalog.kind import Always, Each, First, From, GroupSpec, Kind, ScaleSpec, Shape, at
from guardrail.catalog.machines import accelerators_of
from guardrail.model.path import Segment
from guardrail.model.resource import Link, Purchase
from guardrail.model.value import Reason, Unknown, Value

_MIXED: Final[tuple[Segment, ...]] = ("mixed_instances_policy", 0)
_OVERRIDES: Final[tuple[Segment, ...]] = (*_MIXED, "launch_template", 0, "override")
_DISTRIBUTION: Final[tuple[Segment, ...]] = (*_MIXED, "instances_distribution", 0)
_SPECIFICATION: Final[tuple[Segment, ...]] = (*_MIXED, "launch_template", 0, "launch_template_specification", 0)

OVERRIDE: Final = Shape(
    {
        "type": machine("instance_type"),
        "requirements": at("instance_requirements", 0),
        "template": at("launch_template_specification", 0),
    }
)
_OVERRIDDEN: Final = Each(_OVERRIDES, OVERRIDE)
_WEIGHTS: Final = Each(_OVERRIDES, First((at("weighted_capacity", convert=whole), Always(1))))


def _overridden(overrides: Optional[Sequence[Mapping[str, Value]]]) -> Value:
    """Return the machine types that overrides name, in their order; None where the launch template tells."""
    types = [_override(one) for one in overrides or ()]
    return tuple(_TEMPLATE if one is None else one for one in types) if any(one is not None for one in types) else None


_TEMPLATE: Final = Unknown(Reason.REFUSED, note="an override with the machine of a launch template")


def _override(one: Value) -> Value:
    """Return the machine type that an override names; None where its launch template tells."""
    if isinstance(one, Unknown):
        return one
    if one.get("type") is not None:
        return one["type"]
    if "requirements" in one:
        return chosen(one["requirements"])
    return _TEMPLATE if "template" in one else None


def all_plain(overrides: Optional[Sequence[Value]]) -> bool:
    """Return whether no machine that overrides permit has accelerators."""
    return bool(overrides) and all(_plain_override(one) for one in overrides or ())


def _plain_override(one: Value) -> bool:
    if isinstance(one, Unknown):
        return False
    if one.get("type") is not None:
        return isinstance(one["type"], str) and accelerators_of("aws", one["type"]) == ()
    return "requirements" in one and excludes_accelerators(one["requirements"])


def _distributed(mixed: Optional[Any], base: Optional[int], percent: Optional[int]) -> Optional[Purchase]:
    """Return the shares of a mixed policy; None without one, since then the template tells how it buys."""
    if mixed is None:
        return None
    return Purchase(base or 0, 100 if percent is None else percent, "spot")


def _most(units: Optional[int], weights: Optional[Sequence[Any]]) -> Value:
    """
    Return the most machines that so many units of capacity can be: all of the lightest.

    Groups with weights count capacity in units; AWS launches until the units are reached.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-mixed-instances-groups-instance-weighting.html
    """
    return _machines(units, weights, min)


def _fewest(units: Optional[int], weights: Optional[Sequence[Any]]) -> Value:
    """Return the fewest machines that so many units of capacity can be: all of the heaviest."""
    return _machines(units, weights, max)


def _preferred(units: Optional[int], weights: Optional[Sequence[Any]]) -> Value:
    """Return the number of machines of the first type that make so many units."""
    return _machines(units, weights, lambda several: several[0])


def _machines(units: Optional[int], weights: Optional[Sequence[Any]], of: Any) -> Value:
    if units is None or not weights:
        return units
    hidden = [weight for weight in weights if isinstance(weight, Unknown)]
    if hidden:
        return Unknown(hidden[0].reason, note=hidden[0].note)
    weight = of(list(weights))
    if weight < 1:
        raise ConversionError("a weight below one")
    return -(-units // weight)


_TEMPLATES: Final = (
    *template_links("launch_template", 0),
    *template_links(*_SPECIFICATION, identifier="launch_template_id", name="launch_template_name"),
)
_TAG: Final = Shape({"key": at("key"), "value": at("value"), "on": at("propagate_at_launch")})

_MIN: Final = at("min_size", convert=whole)

GROUP: Final = Kind(
    type="aws_autoscaling_group",
    category="compute.pool",
    source="https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/autoscaling_group",
    labels_from=tags_of_launched(
        From(
            (Each(("tag",), _TAG), Each(("tags",), _TAG)),
            lambda new, old: handed_on((*(new or ()), *(old or ()))),
        ),
        _TEMPLATES,
    ),
    region=REGION,
    groups=(
        GroupSpec(
            machine_types=From((_OVERRIDDEN,), _overridden),
            plain=From((_OVERRIDDEN,), all_plain),
            min=From((_MIN, _WEIGHTS), _fewest),
            desired=From((First((at("desired_capacity", convert=whole), _MIN)), _WEIGHTS), _preferred),
            max=From((at("max_size", convert=whole), _WEIGHTS), _most),
            autoscaled=Always(True),
            purchase=From(
                (
                    at(*_MIXED),
                    at(*_DISTRIBUTION, "on_demand_base_capacity", convert=whole),
                    at(*_DISTRIBUTION, "on_demand_percentage_above_base_capacity", convert=whole),
                ),
                _distributed,
            ),
            zones=at("availability_zones"),
        ),
    ),
    links=(
        *_TEMPLATES,
        Link(kind="references", at="/launch_configuration", types=("aws_launch_configuration",), inherit=OF_MACHINE),
    ),
    lines=LINES,
)


_UNCHANGED: Final = -1


def _bound(value: Any) -> Optional[int]:
    """Return a bound of a scheduled action; -1 leaves what there is."""
    number = signed(value)
    return None if number == _UNCHANGED else whole(number)


SCHEDULE: Final = Kind(
    type="aws_autoscaling_schedule",
    category="autoscaler",
    source="https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/autoscaling_schedule",
    names=("scheduled_action_name",),
    region=REGION,
    scales=ScaleSpec(
        min=at("min_size", convert=_bound),
        max=at("max_size", convert=_bound),
        schedule=From(
            (at("recurrence"), at("start_time"), at("time_zone")),
            lambda cron, start, zone: (
                {key: value for key, value in (("cron", cron or start), ("timezone", zone)) if value is not None}
                | {"action": "scale"},
            ),
        ),
    ),
    links=(Link(kind="scales", at="/autoscaling_group_name", types=("aws_autoscaling_group",)),),
)

POLICY: Final = Kind(
    type="aws_autoscaling_policy",
    category="other",
    source="https://aws.amazon.com/ec2/autoscaling/pricing/",
    region=REGION,
    links=(Link(kind="references", at="/autoscaling_group_name", types=("aws_autoscaling_group",)),),
)


def _variant(path: Any) -> Optional[str]:
    """Return the variant of an endpoint that `endpoint/<name>/variant/<variant>` names, None for other targets."""
    parts = text(path).split("/") if path is not None else []
    return parts[3] if len(parts) == 4 and parts[2] == "variant" else None  # noqa: PLR2004 - the parts of the path


TARGET: Final = Kind(
    type="aws_appautoscaling_target",
    category="autoscaler",
    source="https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/appautoscaling_target",
    names=(),
    labels="tags",
    region=REGION,
    scales=ScaleSpec(
        min=at("min_capacity", convert=whole),
        max=at("max_capacity", convert=whole),
        group=From((at("resource_id"),), _variant),
    ),
    links=(Link(kind="scales", at="/resource_id", types=("aws_sagemaker_endpoint", "aws_ecs_service")),),
)


KINDS: Final = (GROUP, SCHEDULE, POLICY, TARGET)
