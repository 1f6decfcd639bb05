"""The figures of the example of the contract: a node group grows from 1 to 3, and a Ray cluster lands on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from guardrail.model.cost import Compared, Costs, Priced, Sum
from guardrail.model.graph import Change, Edge, Graph
from guardrail.model.resource import Accelerator, Bounds, Container, Disk, Group, Resource
from guardrail.model.value import UNBOUNDED

POOL = "infra/prod//aws_eks_node_group.gpu"
RAY = "k8s/ray//ray.io/RayCluster/ml/llama-ft"
A10G = Accelerator(count=1, vendor="nvidia", model="a10g", family="a10g", memory_gib=24)
GIB = 2**30


def pool(world: Any, desired: int, most: int) -> Resource:
    group = Group(
        machine_types=("g5.xlarge",),
        accelerators=(A10G,),
        replicas=Bounds(1, desired, most),
        storage=(Disk(kind="gp3", size_gib=100, iops=3000, throughput_mibps=125),),
    )
    found: Resource = world.resource(
        POOL, groups={"main": group}, labels={"team": "ml-platform"}, environment="prod", cluster="ml-prod"
    )
    return found


def ray(world: Any) -> Resource:
    def pods(replicas: Bounds, cpu: int, memory: int, devices: tuple[Accelerator, ...]) -> Group:
        requests = {"cpu_millis": cpu, "memory_bytes": memory * GIB}
        return Group(replicas=replicas, accelerators=devices, containers=(Container(name="ray", requests=requests),))

    groups = {
        "gpu-workers": pods(Bounds(0, 2, 10), 3000, 12, (A10G,)),
        "head": pods(Bounds(1, 1, 1), 1000, 4, ()),
    }
    found: Resource = world.workload(
        RAY,
        groups,
        labels={"team": "ml-platform", "model": "llama-ft"},
        environment="prod",
        cluster="ml-prod",
        namespace="ml",
    )
    return found


@pytest.fixture
def priced(world: Any) -> Costs:
    edges = {RAY: [Edge("schedules_on", POOL, "gpu-workers"), Edge("schedules_on", POOL, "head")]}
    head: Graph = world.graph(pool(world, 3, 8), ray(world), edges=edges)
    base: Graph = world.graph(pool(world, 1, 2))
    change = Change(added=(RAY,), changed={POOL: ("/groups/main/replicas/desired", "/groups/main/replicas/max")})
    found: Costs = world.costs(head, base, change)
    return found


def amounts(found: Sum) -> tuple[str, ...]:
    assert found.complete
    return tuple(f"{one:.3f}" if isinstance(one, Decimal) else one for one in (found.min, found.expected, found.max))


def three(found: Compared) -> tuple[tuple[str, ...], ...]:
    assert found.base is not None
    assert found.delta is not None
    return amounts(found.head), amounts(found.base), amounts(found.delta)


# One node: 1.006 × 730 h + 100 GB × 0.08 = 734.38 + 8.00 = 742.38. Head 1/3/8 nodes, base 1/1/2.
WHOLE = (
    ("742.380", "2227.140", "5939.040"),
    ("742.380", "742.380", "1484.760"),
    ("0.000", "1484.760", "4454.280"),
)
# Head pod: a quarter of the vCPU (1 of 4) and of the memory (4 of 16 GiB); a worker: all of the one GPU.
# At least 0.25 nodes, as expected 2.25, at most 10.25 but the pool has 8.
OWN = (
    ("185.595", "1670.355", "5939.040"),
    ("0.000", "0.000", "0.000"),
    ("185.595", "1670.355", "5939.040"),
)
REST = (
    ("556.785", "556.785", "0.000"),
    ("742.380", "742.380", "1484.760"),
    ("-185.595", "-185.595", "-1484.760"),
)
ZERO = (("0.000", "0.000", "0.000"),) * 3


@pytest.mark.parametrize(
    ("dimension", "values"),
    [
        ("unit", {"infra/prod": WHOLE, "k8s/ray": ZERO}),
        ("environment", {"prod": WHOLE}),
        ("cluster", {"ml-prod": WHOLE}),
        ("team", {"ml-platform": WHOLE}),
        ("model", {"llama-ft": OWN, "unallocated": REST}),
        ("namespace", {"ml": OWN, "unallocated": REST}),
    ],
)
def test_sums_of_the_example(priced: Costs, dimension: str, values: Mapping[str, Any]) -> None:
    assert {value: three(found) for value, found in priced.by[dimension].items()} == values


def test_total_of_the_example(priced: Costs) -> None:
    assert three(priced.total) == WHOLE
    assert priced.total.delta_percent == 200


def test_lines_of_the_example(priced: Costs) -> None:
    def told(address: str) -> list[tuple[Any, ...]]:
        return [
            (line.name, str(line.quantity), line.price.unit, f"{line.price.usd.normalize():f}", line.price.as_of)
            for line in priced.bills[address].lines
            if isinstance(line, Priced)
        ]

    assert told(POOL) == [
        ("machine g5.xlarge, on-demand", "2190", "hour", "1.006", "2026-07-20"),
        ("root volume gp3", "300", "GB-month", "0.08", "2024-07-01"),
    ]
    assert [(name, Decimal(quantity), *rest) for name, quantity, *rest in told(RAY)] == [
        (f"share of {POOL}", Decimal("2.25"), "node-month", "742.38", "2024-07-01")
    ]
    assert priced.bills[RAY].role == "allocated"
    assert priced.bills[RAY].allocated_to == (POOL,)


def test_accelerators_of_the_example(priced: Costs) -> None:
    def told(dimension: str) -> Mapping[str, Any]:
        return {
            value: {family: (one.min, one.desired, one.max, one.unknown) for family, one in families.items()}
            for value, families in priced.accelerators[dimension].items()
        }

    nodes, pods = {"a10g": (1, 3, 8, ())}, {"a10g": (0, 2, 10, ())}
    assert told("unit") == {"infra/prod": nodes, "k8s/ray": pods}
    assert told("team") == {"ml-platform": nodes}
    assert told("namespace") == {"ml": pods}
    assert told("cluster") == {"ml-prod": nodes}
    assert told("total") == {"total": nodes}


def test_a_pool_without_limit_leaves_the_pods_theirs(world: Any) -> None:
    edges = {RAY: [Edge("schedules_on", POOL)]}
    open_ended = pool(world, 3, 8)
    group = replace(open_ended.groups["main"], replicas=Bounds(1, 3, UNBOUNDED))  # type: ignore[index]
    head = world.graph(replace(open_ended, groups={"main": group}), ray(world), edges=edges)
    found = world.bills(head)
    assert world.bounds(found[POOL]) == ("742.38", "2227.14", "unbounded")
    assert world.bounds(found[RAY]) == ("185.595", "1670.355", "7609.395")  # 10.25 × 742.38
