"""AWS Batch: compute environments count vCPU, not machines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Optional

from guardrail.catalog import machines
from guardrail.catalog.aws.ec2 import LINES
from guardrail.catalog.aws.requirements import of_family
from guardrail.catalog.aws.words import REGION, template_links
from guardrail.catalog.convert import texts, whole
from guardrail.catalog.kind import Always, Fact, From, GroupSpec, Kind, MachineHours, NoRows, at
from guardrail.model.resource import ON_DEMAND, SPOT, Purchase
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
)

KINDS: Final = (ENVIRONMENT,)
