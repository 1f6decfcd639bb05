"""ECS and App Runner: tasks that ask for GPUs, and the services that keep them running."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Optional

from guardrail.catalog.aws.words import REGION
from guardrail.catalog.convert import flag, whole
from guardrail.catalog.kind import (
    AcceleratorSpec,
    Always,
    ByUsage,
    Each,
    Fact,
    First,
    From,
    GroupSpec,
    Json,
    Kind,
    NoRows,
    Of,
    at,
)
from guardrail.model.resource import ON_DEMAND, SPOT, Link, Purchase
from guardrail.model.value import Reason, Unknown, Value

_DOCS: Final = "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/"
_GPU: Final = "GPU"

OF_INSTANCES: Final = Unknown(Reason.ENVIRONMENT, note="the machines that the tasks run on decide on the model")
"""The model of GPUs that a container asks for: it says how many, and the fleet has the machines."""


def gpus(containers: Optional[Sequence[Value]]) -> Value:
    """Return how many GPUs containers ask for together by `resourceRequirements`, 0 for none."""
    found = 0
    for container in containers or ():
        asked = container if isinstance(container, Unknown) else _of_container(container)
        if isinstance(asked, Unknown):
            return asked
        found += asked
    return found


def _of_container(container: Any) -> Value:
    """Return how many GPUs one container asks for."""
    if not isinstance(container, Mapping):
        raise TypeError
    named = {key.lower(): value for key, value in container.items()}
    listed = named.get("resourcerequirements", named.get("resource_requirements"))
    if isinstance(listed, Unknown):
        return listed
    found = 0
    for one in listed or ():
        members = {"type": one} if isinstance(one, Unknown) else {key.lower(): value for key, value in one.items()}
        kind, count = members.get("type"), members.get("value")
        doubt = next((each for each in (kind, count) if isinstance(each, Unknown) and kind in (_GPU, each)), None)
        if doubt is not None:
            return Unknown(doubt.reason, note=doubt.note)
        found += whole(count) if kind == _GPU else 0
    return found


def asked(count: Fact) -> AcceleratorSpec:
    """Return so many GPUs of whichever model the fleet has."""
    return AcceleratorSpec(model=Always(OF_INSTANCES), count=count)


TASK_DEFINITION: Final = Kind(
    type="aws_ecs_task_definition",
    category="compute.template",
    source=f"{_DOCS}ecs_task_definition",
    names=("family",),
    labels="tags",
    region=REGION,
    groups=(GroupSpec(accelerators=asked(From((Json(("container_definitions",)),), gpus))),),
    template=True,
)

_STRATEGY: Final = ("capacity_provider_strategy",)
_FARGATE_SPOT: Final = "FARGATE_SPOT"


def _purchase(providers: Optional[Sequence[Value]]) -> Value:
    """Return how tasks are bought: on Fargate by the strategy; machines of a fleet are bought by themselves."""
    listed = list(providers or ())
    doubt = next((one for one in listed if isinstance(one, Unknown)), None)
    if doubt is not None:
        return Unknown(doubt.reason, note=doubt.note)
    if _FARGATE_SPOT in listed:
        return SPOT if len(listed) == 1 else Purchase(0, 0, "spot")
    return ON_DEMAND if listed and all(one == "FARGATE" for one in listed) else None


def _on_machines(launched: Optional[str], providers: Optional[Sequence[Value]]) -> bool:
    """Return whether tasks surely run on machines that are billed by themselves."""
    if launched is not None:
        return launched == "EC2"
    if any(isinstance(one, Unknown) for one in providers or ()):
        return False
    return bool(providers) and not any(str(one).startswith("FARGATE") for one in providers or ())


_PROVIDERS: Final = Each(_STRATEGY, at("capacity_provider"))
_MANY: Final = Unknown(Reason.ENVIRONMENT, note="one task runs on each machine of the cluster")


def _count(scheduling: Optional[str], desired: Optional[int]) -> Value:
    return _MANY if scheduling == "DAEMON" else desired


_DESIRED: Final = From((at("scheduling_strategy"), at("desired_count", default=0, convert=whole)), _count)

SERVICE: Final = Kind(
    type="aws_ecs_service",
    category="workload.service",
    source=f"{_DOCS}ecs_service",
    labels="tags",
    region=REGION,
    groups=(GroupSpec(min=_DESIRED, max=_DESIRED, purchase=From((_PROVIDERS,), _purchase)),),
    facts={
        "exposure": at(
            "network_configuration",
            0,
            "assign_public_ip",
            convert=lambda public: "public" if flag(public) else "private",
        )
    },
    links=(
        Link(
            kind="references",
            at="/task_definition",
            types=("aws_ecs_task_definition",),
            inherit=("accelerators",),
        ),
        Link(kind="contains", at="/cluster", types=("aws_ecs_cluster",), reverse=True),
    ),
    lines=(NoRows(name="tasks", when=From((at("launch_type"), _PROVIDERS), lambda *how: not _on_machines(*how))),),
)

_SCALING: Final = "/auto_scaling_configuration_arn"
_MOST: Final = 25
"""https://docs.aws.amazon.com/apprunner/latest/api/API_CreateAutoScalingConfiguration.html"""

APP_RUNNER: Final = Kind(
    type="aws_apprunner_service",
    category="workload.service",
    source=f"{_DOCS}apprunner_service",
    names=("service_name",),
    labels="tags",
    region=REGION,
    groups=(
        GroupSpec(
            min=First((Of(_SCALING, at("min_size", default=1, convert=whole)), Always(1))),
            max=First((Of(_SCALING, at("max_size", default=_MOST, convert=whole)), Always(_MOST))),
            autoscaled=Always(True),
        ),
    ),
    facts={
        "exposure": at(
            "network_configuration",
            0,
            "ingress_configuration",
            0,
            "is_publicly_accessible",
            default="public",
            convert=lambda public: "public" if flag(public) else "private",
        )
    },
    links=(Link(kind="references", at=_SCALING, types=("aws_apprunner_auto_scaling_configuration_version",)),),
    lines=(ByUsage(name="CPU and memory time"),),
)

APP_RUNNER_SCALING: Final = Kind(
    type="aws_apprunner_auto_scaling_configuration_version",
    category="other",
    source=f"{_DOCS}apprunner_auto_scaling_configuration_version",
    names=("auto_scaling_configuration_name",),
    labels="tags",
    region=REGION,
)

KINDS: Final = (TASK_DEFINITION, SERVICE, APP_RUNNER, APP_RUNNER_SCALING)
