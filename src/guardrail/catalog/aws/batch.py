"""AWS Batch: compute environments count vCPU, not machines; definitions of jobs say what each run asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Optional

from guardrail.catalog import machines
from guardrail.catalog.aws.containers import asked, gpus
from guardrail.catalog.aws.controllers import crossplane
from guardrail.catalog.aws.ec2 import LINES
from guardrail.catalog.aws.requirements import of_family
from guardrail.catalog.aws.words import REGION, template_links
from guardrail.catalog.convert import stated, texts, whole
from guardrail.catalog.kind import Always, Each, Fact, First, From, GroupSpec, Json, Kind, MachineHours, NoRows, at
from guardrail.catalog.placement import placed
from guardrail.model.resource import ON_DEMAND, SPOT, Link, Purchase
from guardrail.model.value import Reason, Unknown, Value

_RESOURCES: Final = ("compute_resources", 0)
_TYPES: Final = at(*_RESOURCES, "instance_type", convert=texts)
_CHOSEN: Final = Unknown(Reason.COMPUTED, note="Batch chooses machines of a family")
_GENERAL: Final = ("optimal", "default_x86_64", "default_arm64")
"""Words for families of machines without accelerators: https://docs.aws.amazon.com/batch/latest/userguide/create-compute-environment.html"""


def _machine_types(listed: Optional[Sequence[Value]]) -> Value:
    """Return the machine types; families and words leave the choice to Batch."""
    return tuple(_machine_type(one) for one in listed or ("optimal",))


def _machine_type(one: Value) -> Value:
    if isinstance(one, Unknown) or "." in one:
        return one
    return _CHOSEN if one in _GENERAL else of_family(one)


def _is_plain(listed: Optional[Sequence[Value]]) -> bool:
    return all(one in _GENERAL for one in listed or ("optimal",))


def _machines(vcpu: Optional[int], listed: Optional[Sequence[Value]], of: Any) -> Value:
    """Return how many machines so many vCPU can be: `of` picks the size among the types that may come."""
    if not vcpu:
        return vcpu
    sizes = [size for one in listed or ("optimal",) for size in _sizes(one)]
    if None in sizes:
        return _CHOSEN
    return -(-vcpu // of(sizes))


def _sizes(one: Value) -> list[Optional[int]]:
    types = (one,) if isinstance(one, Unknown) or "." in one else machines.of_family("aws", one) or (one,)
    found = [None if isinstance(each, Unknown) else machines.machine("aws", each) for each in types]
    return [each.vcpu if each else None for each in found]


def _most(vcpu: Optional[int], listed: Optional[Sequence[Value]]) -> Value:
    return _machines(vcpu, listed, min)


def _fewest(vcpu: Optional[int], listed: Optional[Sequence[Value]]) -> Value:
    return _machines(vcpu, listed, max)


def _count(key: str, function: Any, default: Optional[int] = None) -> Fact:
    return From((at(*_RESOURCES, key, default=default, convert=whole), _TYPES), function)


def _purchase(market: Any) -> Purchase:
    return SPOT if market == "SPOT" else ON_DEMAND


def _on_fargate(market: Optional[str]) -> bool:
    return market is not None and market.startswith("FARGATE")


def _has_machines(resources: Optional[Any], market: Optional[str]) -> bool:
    """Return whether Batch starts machines: an unmanaged environment has none of its own, nor has Fargate."""
    return resources is not None and not _on_fargate(market)


ENVIRONMENT: Final = Kind(
    type="aws_batch_compute_environment",
    category="compute.pool",
    facts=placed(at(*_RESOURCES, "placement_group", convert=stated)),
    source="https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/batch_compute_environment",
    names=("name", "compute_environment_name"),
    labels="tags",
    region=REGION,
    groups=(
        GroupSpec(
            when=From((at(*_RESOURCES), at(*_RESOURCES, "type")), _has_machines),
            machine_types=From((_TYPES,), _machine_types),
            plain=From((_TYPES,), _is_plain),
            min=_count("min_vcpus", _fewest, 0),
            desired=_count("desired_vcpus", _most),
            max=_count("max_vcpus", _most),
            autoscaled=Always(True),
            purchase=at(*_RESOURCES, "type", default=ON_DEMAND, convert=_purchase),
        ),
    ),
    links=template_links(
        *_RESOURCES, "launch_template", 0, identifier="launch_template_id", name="launch_template_name"
    ),
    lines=(
        MachineHours(service="ec2", when=From((at(*_RESOURCES, "type"),), lambda market: not _on_fargate(market))),
        *LINES[1:],
        NoRows(name="Fargate", when=From((at(*_RESOURCES, "type"),), _on_fargate)),
    ),
    spellings=(crossplane("batch", "ComputeEnvironment"),),
)


def _image_of(container: Optional[Any]) -> Any:
    """Return how many GPUs one container asks for."""
    return None if container is None else gpus((container,))


def _nodes(properties: Optional[Any]) -> Value:
    """Return how many machines a job of several runs on, None for one of one."""
    if properties is None:
        return None
    count = _member(properties, "numNodes")
    return count if count is None or isinstance(count, Unknown) else whole(count)


def _of_nodes(properties: Optional[Any]) -> Value:
    """Return how many GPUs each of several machines is asked for: one of several numbers, where they differ."""
    if properties is None:
        return None
    listed = _member(properties, "nodeRangeProperties")
    if isinstance(listed, Unknown):
        return listed
    counts = [gpus((container,)) for one in listed or () for container in _containers(one)]
    doubt = next((one for one in counts if isinstance(one, Unknown)), None)
    if doubt is not None:
        return doubt
    distinct = tuple(dict.fromkeys(counts))
    if len(distinct) < 2:  # noqa: PLR2004 - they are alike
        return distinct[0] if distinct else None
    return Unknown(Reason.REFUSED, distinct, note="the machines of the job ask for different numbers of devices")


def _containers(range_: Any) -> Sequence[Value]:
    """Return the containers of a range of machines, written as one or as tasks of ECS."""
    if isinstance(range_, Unknown):
        return (range_,)
    single = _member(range_, "container")
    return (single,) if single is not None else _tasks(_member(range_, "ecsProperties"))


def _tasks(properties: Optional[Any]) -> Sequence[Value]:
    tasks = None if properties is None else _member(properties, "taskProperties")
    if isinstance(tasks, Unknown):
        return (tasks,)
    listed = [one if isinstance(one, Unknown) else _member(one, "containers") for one in tasks or ()]
    return [each for one in listed for each in ((one,) if isinstance(one, Unknown) else one or ())]


def _of_tasks(properties: Optional[Any]) -> Value:
    return None if properties is None else gpus(_tasks(properties))


def _member(value: Any, name: str) -> Any:
    """Return a member of a JSON object in either case: the provider takes the names of the API and of its own."""
    if isinstance(value, Unknown):
        return value
    return value.get(name, value.get(name[:1].upper() + name[1:]))


def _of_pods(containers: Optional[Sequence[Any]]) -> Value:
    """Return how many GPUs the containers of a pod are limited to."""
    found = 0
    for limits in containers or ():
        if isinstance(limits, Unknown):
            return limits
        count = limits.get(_DEVICE) if limits is not None else None
        if isinstance(count, Unknown):
            return count
        found += 0 if count is None else whole(count)
    return found if containers else None


_DEVICE: Final = "nvidia.com/gpu"
_NODES: Final = First((From((Json(("node_properties",)),), _nodes), Always(1)))
_DEVICES: Final = First(
    (
        From((Json(("node_properties",)),), _of_nodes),
        From((Json(("container_properties",)),), _image_of),
        From((Json(("ecs_properties",)),), _of_tasks),
        From(
            (
                Each(
                    ("eks_properties", 0, "pod_properties", 0, "containers"),
                    First((at("resources", 0, "limits"), at("resources", 0, "requests"))),
                ),
            ),
            _of_pods,
        ),
        Always(0),
    )
)

DEFINITION: Final = Kind(
    type="aws_batch_job_definition",
    category="workload.batch",
    source="https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/batch_job_definition",
    labels="tags",
    region=REGION,
    groups=(GroupSpec(min=_NODES, max=_NODES, accelerators=asked(_DEVICES)),),
    lifetime={
        "max_runtime_seconds": at("timeout", 0, "attempt_duration_seconds", convert=whole),
        "max_retries": at("retry_strategy", 0, "attempts", convert=lambda attempts: max(whole(attempts) - 1, 0)),
    },
    template=True,
)

QUEUE: Final = Kind(
    type="aws_batch_job_queue",
    category="other",
    source="https://aws.amazon.com/batch/pricing/",
    labels="tags",
    region=REGION,
    links=(
        Link(kind="references", at="/compute_environments", types=("aws_batch_compute_environment",)),
        *(
            Link(
                kind="references",
                at=f"/compute_environment_order/{index}/compute_environment",
                types=("aws_batch_compute_environment",),
            )
            for index in range(3)
        ),
    ),
)
"""A queue has three environments at most: https://docs.aws.amazon.com/batch/latest/userguide/job_queue_parameters.html"""

KINDS: Final = (ENVIRONMENT, DEFINITION, QUEUE)
