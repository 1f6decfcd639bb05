"""EC2 Auto Scaling groups, and what moves their bounds."""

from __future__ import annotations

from typing import Any, Final, Optional

from guardrail.catalog.aws.controllers import BY_TEMPLATE, crossplane
from guardrail.catalog.aws.ec2 import LINES
from guardrail.catalog.aws.launched import handed_on, tags_of_launched
from guardrail.catalog.aws.overrides import OVERRIDE, WEIGHT, all_plain, fewest, most, overridden, preferred
from guardrail.catalog.aws.words import OF_MACHINE, REGION, template_links
from guardrail.catalog.convert import signed, stated, text, whole
from guardrail.catalog.kind import Always, Each, First, From, GroupSpec, Kind, ScaleSpec, Shape, at
from guardrail.catalog.placement import placed
from guardrail.catalog.spelling import Spelling
from guardrail.model.path import Segment
from guardrail.model.resource import Link, Purchase

_MIXED: Final[tuple[Segment, ...]] = ("mixed_instances_policy", 0)
_OVERRIDES: Final[tuple[Segment, ...]] = (*_MIXED, "launch_template", 0, "override")
_DISTRIBUTION: Final[tuple[Segment, ...]] = (*_MIXED, "instances_distribution", 0)
_SPECIFICATION: Final[tuple[Segment, ...]] = (*_MIXED, "launch_template", 0, "launch_template_specification", 0)

_OVERRIDDEN: Final = Each(_OVERRIDES, OVERRIDE)
_WEIGHTS: Final = Each(_OVERRIDES, WEIGHT)


def _distributed(mixed: Optional[Any], base: Optional[int], percent: Optional[int]) -> Optional[Purchase]:
    """Return the shares of a mixed policy; None without one, since then the template tells how it buys."""
    if mixed is None:
        return None
    return Purchase(base or 0, 100 if percent is None else percent, "spot")


_TEMPLATES: Final = (
    *template_links("launch_template", 0),
    *template_links(*_SPECIFICATION, identifier="launch_template_id", name="launch_template_name"),
)
_TAG: Final = Shape({"key": at("key"), "value": at("value"), "on": at("propagate_at_launch")})

_MIN: Final = at("min_size", convert=whole)

GROUP: Final = Kind(
    type="aws_autoscaling_group",
    category="compute.pool",
    facts=placed(at("placement_group", convert=stated)),
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
            machine_types=From((_OVERRIDDEN,), overridden),
            plain=From((_OVERRIDDEN,), all_plain),
            min=From((_MIN, _WEIGHTS), fewest),
            desired=From((First((at("desired_capacity", convert=whole), _MIN)), _WEIGHTS), preferred),
            max=From((at("max_size", convert=whole), _WEIGHTS), most),
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
    spellings=(crossplane("autoscaling", "AutoscalingGroup", suppliers=("launch_configuration", *BY_TEMPLATE)),),
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
    spellings=(crossplane("autoscaling", "Schedule", "autoscaling_group_name"),),
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
    links=(
        Link(kind="scales", at="/resource_id", types=("aws_sagemaker_endpoint",), after="endpoint/"),
        Link(
            kind="scales",
            at="/resource_id",
            types=("aws_sagemaker_inference_component",),
            after="inference-component/",
        ),
        Link(kind="scales", at="/resource_id", types=("aws_ecs_service",)),
    ),
    spellings=(
        Spelling(type="application-autoscaling/ScalableTarget"),
        Spelling(type="AWS::ApplicationAutoScaling::ScalableTarget"),
        Spelling(type="applicationautoscaling.services.k8s.aws/ScalableTarget", body="/spec", case="camel"),
        crossplane("appautoscaling", "Target"),
    ),
)


KINDS: Final = (GROUP, SCHEDULE, POLICY, TARGET)
