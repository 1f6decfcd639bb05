"""SageMaker: what says how many machines the variants of an endpoint have, beside their configuration."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.aws.sagemaker_words import API
from guardrail.catalog.convert import whole
from guardrail.catalog.kind import Kind, Outer, ScaleSpec, at
from guardrail.catalog.spelling import Spelling
from guardrail.model.resource import Link

_CAPACITIES: Final = ("desired_weights_and_capacities",)
_NUMBER: Final = at("desired_instance_count", convert=whole)

CAPACITIES: Final = Kind(
    type="sagemaker/EndpointCapacities",
    category="autoscaler",
    source=f"{API}UpdateEndpointWeightsAndCapacities.html",
    names=(),
    scales=ScaleSpec(each=_CAPACITIES, min=_NUMBER, max=_NUMBER, group=at("variant_name")),
    links=(Link(kind="scales", at="/endpoint_name", types=("aws_sagemaker_endpoint",)),),
    spellings=(Spelling(type="sagemaker/EndpointCapacities"),),
)

_TARGETS: Final = ("resource_id",)
_MOST_TARGETS: Final = 10

POLICY_OF_HOSTING: Final = Kind(
    type="sagemaker/HostingAutoscalingPolicy",
    category="autoscaler",
    source="https://github.com/aws/amazon-sagemaker-operator-for-k8s",
    names=(),
    region=(at("region"),),
    scales=ScaleSpec(
        each=_TARGETS,
        min=Outer(at("min_capacity", convert=whole)),
        max=Outer(at("max_capacity", convert=whole)),
        group=at("variant_name"),
    ),
    links=tuple(
        Link(
            kind="scales",
            at=f"/resource_id/{index}/endpoint_name",
            types=("aws_sagemaker_endpoint_configuration", "aws_sagemaker_endpoint"),
        )
        for index in range(_MOST_TARGETS)
    ),
    spellings=(Spelling(type="sagemaker.aws.amazon.com/HostingAutoscalingPolicy", body="/spec", case="camel"),),
)

KINDS: Final = (CAPACITIES, POLICY_OF_HOSTING)
