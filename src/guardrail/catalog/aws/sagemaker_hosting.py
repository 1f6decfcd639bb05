"""SageMaker: endpoints, their configurations, and what shares their machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Optional

from guardrail.catalog.aws.controllers import crossplane, retired
from guardrail.catalog.aws.sagemaker_words import API, GIVEN, MANY, ML_STORAGE, PRICING, RESERVED
from guardrail.catalog.aws.words import REGION, machine, spelled
from guardrail.catalog.convert import stated, whole
from guardrail.catalog.kind import (
    NEVER,
    AcceleratorSpec,
    Always,
    ByUsage,
    DiskMonths,
    DiskSpec,
    Each,
    Fact,
    First,
    From,
    GroupSpec,
    Kind,
    MachineHours,
    NoRows,
    Of,
    Outer,
    Shape,
    at,
)
from guardrail.model.path import Segment
from guardrail.model.resource import ON_DEMAND, Link, Purchase
from guardrail.model.value import UNBOUNDED, Reason, Unknown, Value

_DOCS: Final = "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/"
_HOSTING: Final = (
    MachineHours(service="sagemaker-hosting"),
    DiskMonths(service="sagemaker-hosting-storage", sku=ML_STORAGE),
)

_MOST_VARIANTS: Final = 10
"""https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html"""

_POOL: Final = Shape({"type": machine("instance_type"), "priority": at("priority", convert=whole)})


def _machines(single: Optional[str], pools: Optional[Sequence[Value]]) -> Value:
    """Return the machine types of a variant: its own, else those of its pools, by priority."""
    if single is not None or not pools:
        return GIVEN if single is None else single
    known = [one if isinstance(one, Mapping) else {"priority": one} for one in pools]
    hidden = next((one["priority"] for one in known if isinstance(one.get("priority"), Unknown)), None)
    if hidden is not None:
        return hidden
    ordered = sorted(known, key=lambda one: one.get("priority", 0))
    return tuple(one.get("type", GIVEN) for one in ordered)


_SCALING: Final[tuple[Segment, ...]] = ("managed_instance_scaling", 0)
_MANAGED: Final = From(
    (at(*_SCALING), at(*_SCALING, "status")), lambda scaling, status: scaling is not None and status != "DISABLED"
)
_COUNT: Final = at("initial_instance_count", convert=whole)


def _bound(otherwise: Value) -> Any:
    """Return what reads a bound: SageMaker's own scaling, where it is on, else the number at the beginning."""

    def read(managed: bool, bound: Optional[int], count: Optional[int]) -> Value:
        if not managed:
            return MANY if count is None else count
        return bound if bound is not None else otherwise if otherwise is not None else count

    return read


def _begins_with(managed: bool, low: Optional[int], count: Optional[int]) -> Value:
    if count is None:
        return low if managed and low is not None else MANY
    return count


def _reserved(preference: Optional[str], arn: Optional[str]) -> Purchase:
    """Return how machines are bought: reserved ones are paid for where they were reserved."""
    return RESERVED if arn is not None and preference != "none" else ON_DEMAND


def _variants(block: str) -> GroupSpec:
    """Return the groups of an endpoint's variants that run on machines; serverless ones have none."""
    reserved = ("capacity_reservation_config", 0)
    return GroupSpec(
        each=(block,),
        name="variant_name",
        when=From((at("serverless_config", 0),), lambda serverless: serverless is None),
        machine_types=From((machine("instance_type"), Each(("instance_pools",), _POOL)), _machines),
        min=From((_MANAGED, at(*_SCALING, "min_instance_count", convert=whole), _COUNT), _bound(None)),
        desired=From((_MANAGED, at(*_SCALING, "min_instance_count", convert=whole), _COUNT), _begins_with),
        max=From((_MANAGED, at(*_SCALING, "max_instance_count", convert=whole), _COUNT), _bound(UNBOUNDED)),
        autoscaled=_MANAGED,
        purchase=From(
            (
                at(*reserved, "capacity_reservation_preference", convert=stated),
                at(*reserved, "ml_reservation_arn", convert=stated),
            ),
            _reserved,
        ),
        disks=(
            DiskSpec(
                when=From((at("volume_size_in_gb"),), lambda size: size is not None),
                kind=Always("gp2"),
                size_gib=at("volume_size_in_gb"),
            ),
        ),
    )


_VARIANTS: Final = ("production_variants", "shadow_production_variants")
_SERVERLESS: Final = tuple(Each((block,), at("serverless_config", 0)) for block in _VARIANTS)
_KEPT_READY: Final = tuple(
    Each((block,), at("serverless_config", 0, "provisioned_concurrency", convert=whole)) for block in _VARIANTS
)


def _any(*lists: Optional[Sequence[Value]]) -> Value:
    told = [one for several in lists for one in several or ()]
    hidden = next((one for one in told if isinstance(one, Unknown)), None)
    sure = any(one is not None and one != 0 and not isinstance(one, Unknown) for one in told)
    return hidden if hidden is not None and not sure else sure


ENDPOINT_CONFIGURATION: Final = Kind(
    type="aws_sagemaker_endpoint_configuration",
    category="ml.endpoint",
    source=f"{_DOCS}sagemaker_endpoint_configuration",
    labels="tags",
    region=REGION,
    groups=tuple(map(_variants, _VARIANTS)),
    links=tuple(
        Link(kind="references", at=f"/{block}/{index}/model_name", types=("aws_sagemaker_model",))
        for block in _VARIANTS
        for index in range(_MOST_VARIANTS)
    ),
    lines=(
        *_HOSTING,
        ByUsage(name="serverless inference", when=From(_SERVERLESS, _any)),
        NoRows(name="serverless concurrency that is kept ready", when=From(_KEPT_READY, _any)),
    ),
    runs_as=("aws_sagemaker_endpoint",),
    spellings=(
        *spelled("EndpointConfig"),
        crossplane("sagemaker", "EndpointConfiguration"),
        retired("HostingDeployment", endpoint_name="name"),
    ),
)

_CONFIGURED: Final = "/endpoint_config_name"

ENDPOINT: Final = Kind(
    type="aws_sagemaker_endpoint",
    category="ml.endpoint",
    source=f"{_DOCS}sagemaker_endpoint",
    labels="tags",
    region=REGION,
    # The variants are those of the configuration: none of its own, unknown while the configuration is.
    groups=(GroupSpec(when=Of(_CONFIGURED, NEVER)),),
    links=(
        Link(
            kind="references",
            at=_CONFIGURED,
            types=("aws_sagemaker_endpoint_configuration",),
            inherit=("replicas", "machine_types", "accelerators", "purchase", "storage"),
        ),
    ),
    lines=_HOSTING,
    spellings=(*spelled("Endpoint"), crossplane("sagemaker", "Endpoint", suppliers=("endpoint_config_name",))),
)

MODEL: Final = Kind(
    type="aws_sagemaker_model",
    category="ml.model",
    source=PRICING,
    labels="tags",
    region=REGION,
    spellings=(*spelled("Model"), crossplane("sagemaker", "Model"), retired("Model")),
)

_NEEDS: Final = ("compute_resource_requirements", 0, "number_of_accelerator_devices_required")
_OF_ENDPOINT: Final = Unknown(Reason.DATA, note="the machines of its endpoint decide which")
_COPIES: Final = First(
    (
        at("runtime_config", 0, "copy_count", convert=whole),
        at("runtime_config", 0, "desired_copy_count", convert=whole),  # how it is called where it is described
        Always(MANY),
    )
)
_NOT_ADAPTER: Final = at("specification", 0, "base_inference_component_name", convert=stated)


def _on(count: Fact) -> AcceleratorSpec:
    return AcceleratorSpec(model=From((count,), lambda number: None if number is None else _OF_ENDPOINT), count=count)


COMPONENT: Final = Kind(
    type="aws_sagemaker_inference_component",
    category="ml.endpoint",
    source=f"{API}CreateInferenceComponent.html",
    labels="tags",
    region=REGION,
    # Copies share the machines of the endpoint, which are paid for there. Adapters share those of another component.
    groups=(
        GroupSpec(
            when=From(
                (at("specification", 0), _NOT_ADAPTER, at("specifications")),
                lambda own, base, several: base is None and (own is not None or not several),
            ),
            min=_COPIES,
            max=_COPIES,
            accelerators=_on(at("specification", 0, *_NEEDS, convert=whole)),
        ),
        GroupSpec(
            each=("specifications",),
            name="instance_type",
            min=Always(0),
            desired=Always(Unknown(Reason.COMPUTED, note="how many copies are on machines of each type")),
            max=Outer(_COPIES),
            accelerators=_on(at(*_NEEDS, convert=whole)),
        ),
    ),
    links=(
        Link(kind="schedules_on", at="/endpoint_name", types=("aws_sagemaker_endpoint",)),
        Link(kind="references", at="/specification/0/model_name", types=("aws_sagemaker_model",)),
        Link(
            kind="references",
            at="/specification/0/base_inference_component_name",
            types=("aws_sagemaker_inference_component",),
        ),
    ),
    spellings=spelled("InferenceComponent"),
)

KINDS: Final = (ENDPOINT_CONFIGURATION, ENDPOINT, MODEL, COMPONENT)
