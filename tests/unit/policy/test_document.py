from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.model.cost import NOTHING, AcceleratorSum, Bill, Compared, Costs, Sum
from guardrail.model.finding import Diagnostic
from guardrail.model.graph import Change, Edge, Graph
from guardrail.model.place import Place
from guardrail.model.resource import Accelerator, Bounds, Container, Disk, Group, Purchase, Resource
from guardrail.model.value import UNBOUNDED, Reason, Unknown
from guardrail.policy.document import Facts, Run, ceiling, document, micros
from guardrail.policy.parameters import Parameters

GOLDEN = Path(__file__).parent / "golden" / "input.json"
POOL = "infra/prod//aws_eks_node_group.gpu"
RAY = "k8s/ray//ray.io/RayCluster/ml/llama-ft"

DATA, COMPUTED = Unknown(Reason.DATA), Unknown(Reason.COMPUTED)
A10G = Accelerator(count=1, vendor="nvidia", model="a10g", family="a10g", memory_gib=Decimal(24))
TOLERATIONS = ({"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"},)


def _pool(make: Callable[..., Resource]) -> Resource:
    return make(
        address=POOL,
        unit="infra/prod",
        environment="prod",
        type="aws_eks_node_group",
        name="gpu",
        category="compute.pool",
        provider="aws",
        region="us-east-1",
        cluster="ml-prod",
        taggable=True,
        labels={"managed-by": "terraform", "team": "ml-platform", "cost-center": DATA},
        groups={
            "main": Group(
                machine_types=("g5.xlarge",),
                accelerators=(A10G,),
                replicas=Bounds(1, 3, 8),
                purchase=Purchase(0, 100, "on_demand"),
                zones=DATA,
                node_labels={"workload": "gpu"},
                taints=({"key": "nvidia.com/gpu", "value": "true", "effect": "NoSchedule"},),
                storage=(Disk(kind="gp3", size_gib=100, iops=3000, throughput_mibps=125),),
            )
        },
        autoscaling=({"group": "main", "min": 1, "max": 8, "scale_to_zero": False},),
        attributes={
            "ami_type": "AL2023_x86_64_NVIDIA",
            "capacity_type": "ON_DEMAND",
            "cluster_name": "ml-prod",
            "disk_size": 100,
            "instance_types": ["g5.xlarge"],
            "labels": {"workload": "gpu"},
            "node_group_name": "gpu",
            "node_role_arn": COMPUTED,
            "scaling_config": [{"desired_size": Decimal(3), "max_size": Decimal(8), "min_size": Decimal(1)}],
            "subnet_ids": DATA,
            "tags": {"team": "ml-platform", "cost-center": DATA},
            "taint": [{"effect": "NO_SCHEDULE", "key": "nvidia.com/gpu", "value": "true"}],
        },
    )


def _ray(make: Callable[..., Resource], attributes: Mapping[str, Any]) -> Resource:
    def container(name: str, gpus: int, cores: int, gib: int) -> Container:
        asked = {"cpu_millis": cores * 1000, "memory_bytes": gib << 30, **({"nvidia.com/gpu": gpus} if gpus else {})}
        return Container(name=name, requests=asked, limits=asked)

    return make(
        address=RAY,
        unit="k8s/ray",
        environment="prod",
        format="kubernetes",
        type="ray.io/RayCluster",
        api_version="ray.io/v1",
        name="llama-ft",
        namespace="ml",
        category="workload.service",
        provider="kubernetes",
        region="us-east-1",
        cluster="ml-prod",
        taggable=True,
        labels={"model": "llama-ft", "team": "ml-platform"},
        groups={
            "head": Group(containers=(container("ray-head", 0, 1, 4),), node_selector={}, tolerations=TOLERATIONS),
            "gpu-workers": Group(
                accelerators=(A10G,),
                replicas=Bounds(0, 2, 10),
                containers=(container("ray-worker", 1, 3, 12),),
                node_selector={"nvidia.com/gpu.product": "NVIDIA-A10G"},
                tolerations=TOLERATIONS,
            ),
        },
        autoscaling=({"group": "gpu-workers", "min": 0, "max": 10, "scale_to_zero": True, "cooldown_seconds": 300},),
        attributes=attributes,
    )


def _sum(low: str, expected: str, high: str) -> Sum:
    return Sum(min=Decimal(low), expected=Decimal(expected), max=Decimal(high))


HEAD, BASE = _sum("742.38", "2227.14", "5939.04"), _sum("742.38", "742.38", "1484.76")
CHANGED = Compared(HEAD, BASE, _sum("0", "1484.76", "4454.28"))
NEW = _sum("185.595", "1670.355", "5939.04")
OWN = Compared(NEW, NOTHING, NEW)
REST = Compared(_sum("556.785", "556.785", "0"), BASE, _sum("-185.595", "-185.595", "-1484.76"))


def _costs() -> Costs:
    pool, ray = AcceleratorSum(1, 3, 8), AcceleratorSum(0, 2, 10)
    return Costs(
        bills={
            POOL: Bill(address=POOL, role="billed", min=HEAD.min, expected=HEAD.expected, max=HEAD.max, complete=True),
            RAY: Bill(address=RAY, role="allocated", min=NEW.min, expected=NEW.expected, max=NEW.max, complete=True),
        },
        total=CHANGED,
        by={
            "unit": {"infra/prod": CHANGED, "k8s/ray": Compared(NOTHING, NOTHING, NOTHING)},
            "environment": {"prod": CHANGED},
            "team": {"ml-platform": CHANGED},
            "cluster": {"ml-prod": CHANGED},
            "model": {"llama-ft": OWN, "unallocated": REST},
            "namespace": {"ml": OWN, "unallocated": REST},
        },
        accelerators={
            "unit": {"infra/prod": {"a10g": pool}, "k8s/ray": {"a10g": ray}},
            "team": {"ml-platform": {"a10g": pool}},
            "namespace": {"ml": {"a10g": ray}},
            "cluster": {"ml-prod": {"a10g": pool}},
            "total": {"total": {"a10g": pool}},
        },
    )


def test_the_published_example_is_what_its_resources_give(resource: Callable[..., Resource]) -> None:
    wanted = json.loads(GOLDEN.read_text())
    graph = Graph(
        {POOL: _pool(resource), RAY: _ray(resource, wanted["resources"][RAY]["attributes"])},
        {RAY: (Edge("schedules_on", POOL, "gpu-workers"), Edge("schedules_on", POOL, "head"))},
    )
    change = Change(
        added=(RAY,),
        changed={
            POOL: (
                "/attributes/scaling_config/0/desired_size",
                "/attributes/scaling_config/0/max_size",
                "/groups/main/replicas/desired",
                "/groups/main/replicas/max",
            )
        },
    )
    run = Run(
        base="1405df66cbe219b0bf6355bc3d60361a8376b6b4",
        head="1a954628a960aaef81d7b2d4521929579f3541e6",
        time_ns=1795339800000000000,
    )
    params = Parameters(
        default={name: entry["default"] for name, entry in wanted["params"].items()},
        units={name: entry["units"] for name, entry in wanted["params"].items()},
    )
    made = document(Facts(graph=graph, costs=_costs(), run=run, change=change), params, wanted["select"])
    assert json.loads(json.dumps(made)) == wanted


def _document(*resources: Resource, **facts: Any) -> dict[str, Any]:
    graph = Graph({one.address: one for one in resources}, {})
    given = Facts(graph=graph, costs=Costs(bills={}, total=Compared(Sum()), by={}), run=Run(time_ns=0))
    made: dict[str, Any] = json.loads(json.dumps(document(replace(given, **facts), Parameters(), ())))
    return made


def test_without_a_base_there_is_no_change(resource: Callable[..., Resource]) -> None:
    assert _document(resource())["change"] is None


def test_removed_resources_are_told_whole(resource: Callable[..., Resource]) -> None:
    gone = resource("gone", labels={"team": "a"})
    made = _document(change=Change(removed={gone.address: gone}))
    assert made["change"]["removed"]["f//t.gone"]["labels"] == {"team": "a"}


def test_diagnostics_are_told_with_their_place() -> None:
    made = _document(diagnostics=(Diagnostic("error", "hcl-syntax", "oh", Place("a.tf", 2, 3)),))
    assert made["diagnostics"] == [
        {"level": "error", "code": "hcl-syntax", "file": "a.tf", "line": 2, "column": 3, "message": "oh", "hint": ""}
    ]


def test_what_is_not_said_of_the_run_is_absent() -> None:
    assert _document()["run"] == {"time_ns": 0}


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        pytest.param(Decimal("2227.14"), 2_227_140_000, id="whole micro-dollars"),
        pytest.param(Decimal("0.0000001"), 1, id="a fraction of one is one"),
        pytest.param(Decimal("-0.0000001"), 0, id="less saved is told, never more"),
        pytest.param(UNBOUNDED, "unbounded", id="no limit"),
        pytest.param(Unknown(Reason.UNPRICED), "unknown", id="not known"),
    ],
)
def test_micros(amount: Any, told: Any) -> None:
    assert micros(amount) == told


@given(st.decimals(-(10**9), 10**9, places=9), st.integers(-(10**15), 10**15))
def test_rounding_hides_no_amount_above_a_limit(amount: Decimal, limit: int) -> None:
    assert (micros(amount) > limit) == (amount * 1_000_000 > limit)  # type: ignore[operator]


@given(st.integers(1, 10**12), st.integers(-(10**12), 10**12), st.integers(0, 10**6))
def test_rounding_hides_no_percentage_above_a_limit(base: int, delta: int, points: int) -> None:
    compared = Compared(Sum(), Sum(expected=Decimal(base)), Sum(expected=Decimal(delta)))
    assert compared.delta_percent is not None
    assert (ceiling(compared.delta_percent * 100) > points) == (delta * 10_000 > points * base)
