"""
Serving on Vertex AI: models deployed to endpoints, batch prediction, what both may share.

https://cloud.google.com/vertex-ai/docs/general/deployment
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Optional

from guardrail.catalog.convert import flag, whole
from guardrail.catalog.gcp.machine_specs import (
    ACCOUNT,
    API,
    IN_PIPELINE,
    REGION,
    affinity,
    by_flag,
    devices,
    hosts,
    some_seconds,
)
from guardrail.catalog.gcp.words import filled, machine
from guardrail.catalog.kind import (
    AcceleratorHours,
    Always,
    ByUsage,
    Fact,
    First,
    From,
    GroupSpec,
    Kind,
    MachineHours,
    NoRows,
    at,
)
from guardrail.catalog.spelling import Spelling
from guardrail.model.path import Segment
from guardrail.model.resource import ON_DEMAND, Link
from guardrail.model.value import UNBOUNDED, Reason, Unknown, Value

PREDICTION: Final = (MachineHours(service="vertex-prediction"), AcceleratorHours(service="vertex-prediction"))

DEFAULT_MACHINE: Final = "n1-standard-2"
"""Of a deployed model: https://cloud.google.com/vertex-ai/docs/reference/rest/v1/MachineSpec"""

_CHOSEN: Final = Unknown(Reason.COMPUTED, note="Vertex AI chooses the machine")


def _machines(spans: Optional[int], count: Optional[int]) -> Optional[int]:
    return None if count is None else count * (spans or 1)


def dedicated(
    *above: Segment,
    least: str = "min_replica_count",
    default: Value = 1,
    otherwise: Optional[Fact] = None,
    machines: Fact,
) -> GroupSpec:
    """
    Return the machines of `dedicated_resources`.

    Where no upper bound is stated it is `otherwise`, or the lower one. They may be scaled to zero, and may start with
    more than the least.
    """
    resources: tuple[Segment, ...] = (*above, "dedicated_resources", 0)
    spec = (*resources, "machine_spec", 0)
    spans = hosts(*spec)
    low: Fact = From((spans, at(*resources, least, default=default, convert=whole)), _machines)
    most = From((spans, at(*resources, "max_replica_count", convert=filled)), _machines)
    idle = at(*resources, "scale_to_zero_spec", convert=lambda _: 0)
    return GroupSpec(
        when=From((at(*resources),), lambda block: block is not None),
        machine_types=First((machine(*spec, "machine_type"), machines)),
        min=First((idle, low)),
        desired=First((From((spans, at(*resources, "initial_replica_count", convert=filled)), _machines), low)),
        max=First((most, otherwise or low)),
        autoscaled=From((most,), lambda count: count is not None),
        accelerators=devices(*spec),
        purchase=From((at(*resources, "spot", convert=flag), affinity(*spec)), by_flag),
    )


def _automatic(*above: Segment) -> GroupSpec:
    """Return the machines of `automatic_resources`: as many as Google finds useful, of whatever type."""
    resources: tuple[Segment, ...] = (*above, "automatic_resources")
    return GroupSpec(
        name="automatic",
        when=From((at(*resources),), lambda block: block is not None),
        machine_types=Always(_CHOSEN),
        min=at(*resources, "min_replica_count", default=0, convert=whole),
        max=at(*resources, "max_replica_count", default=UNBOUNDED, convert=whole),
        autoscaled=Always(True),
        purchase=Always(ON_DEMAND),
    )


_DEPLOYED: Final = "deployed_model"
_DEDICATED: Final = "dedicated_resources"
_SHARED: Final = f"/{_DEPLOYED}/shared_resources"

_POOLS: Final = ("google_vertex_ai_deployment_resource_pool",)

DEPLOYED_MODEL: Final = Kind(
    type="vertex/DeployedModel",
    category="ml.endpoint",
    source=f"{API}projects.locations.endpoints/deployModel",
    names=(),
    region=REGION,
    account=ACCOUNT,
    groups=(dedicated(_DEPLOYED, machines=Always(DEFAULT_MACHINE)), _automatic(_DEPLOYED)),
    lifetime={
        "max_runtime_seconds": at(_DEPLOYED, _DEDICATED, "flex_start", "max_runtime_duration", convert=some_seconds)
    },
    links=(
        *(Link(kind="references", at=_SHARED, types=_POOLS, field=field) for field in ("name", "/name")),
        *IN_PIPELINE,
    ),
    lines=(
        *PREDICTION,
        # Machines of a pool are billed with the pool.
        NoRows(
            name="full fine-tuned resources",
            when=From((at(_DEPLOYED, "full_fine_tuned_resources"),), lambda block: block is not None),
        ),
    ),
    spellings=(
        Spelling(
            type="vertex/DeployedModel",
            case="camel",
            # A request wraps what an endpoint lists bare.
            moved={
                member: (_DEPLOYED, member)
                for member in (
                    "dedicated_resources", "automatic_resources", "shared_resources", "full_fine_tuned_resources",
                )
            },
        ),
    ),
)  # fmt: skip

_MODELS: Final = ("deployed_models",)

ENDPOINT: Final = Kind(
    type="google_vertex_ai_endpoint",
    category="ml.endpoint",
    source=f"{API}projects.locations.endpoints",
    names=("display_name", "name"),
    labels="labels",
    region=REGION,
    account=ACCOUNT,
    # Machines come with the models that are deployed to it. Terraform does not do that, and a description lists them.
    groups=(
        replace(dedicated(machines=Always(DEFAULT_MACHINE)), each=_MODELS, name="id"),
        replace(_automatic(), each=_MODELS, name="id"),
    ),
    lines=(
        *PREDICTION,
        ByUsage(name="models deployed to the endpoint", when=From((at(*_MODELS),), lambda several: not several)),
    ),
    spellings=(Spelling(type="vertex/Endpoint", case="camel"),),
)

_START: Final = "starting_replica_count"
_MOST_OF_BATCH: Final = 10
"""https://cloud.google.com/vertex-ai/docs/reference/rest/v1/BatchDedicatedResources"""

BATCH_PREDICTION: Final = Kind(
    type="vertex/BatchPredictionJob",
    category="ml.processing",
    source=f"{API}projects.locations.batchPredictionJobs",
    names=("display_name",),
    labels="labels",
    region=REGION,
    account=ACCOUNT,
    groups=(
        dedicated(
            least=_START,
            default=Unknown(Reason.COMPUTED, note="Vertex AI chooses how many replicas it starts with"),
            otherwise=Always(_MOST_OF_BATCH),
            machines=Always(_CHOSEN),
        ),
        GroupSpec(
            name="automatic",
            when=From((at(_DEDICATED),), lambda block: block is None),
            machine_types=Always(_CHOSEN),
            min=Always(0),
            max=Always(UNBOUNDED),
            autoscaled=Always(True),
            purchase=Always(ON_DEMAND),
        ),
    ),
    lifetime={"schedule": at("schedule")},
    links=IN_PIPELINE,
    lines=PREDICTION,
    spellings=(Spelling(type="vertex/BatchPredictionJob", case="camel"),),
)


REASONING_ENGINE: Final = Kind(
    type="google_vertex_ai_reasoning_engine",
    category="workload.service",
    source="https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/projects.locations.reasoningEngines",
    names=("display_name",),
    labels="labels",
    region=REGION,
    account=ACCOUNT,
    groups=(
        GroupSpec(
            min=at("spec", 0, "deployment_spec", 0, "min_instances", default=1, convert=whole),
            max=at("spec", 0, "deployment_spec", 0, "max_instances", default=100, convert=whole),
            autoscaled=Always(True),
        ),
    ),
    lines=(ByUsage(name="vCPU and memory of the instances"),),
    spellings=(Spelling(type="vertex/ReasoningEngine", case="camel"),),
)

KINDS: Final = (ENDPOINT, DEPLOYED_MODEL, BATCH_PREDICTION, REASONING_ENGINE)
