"""Shares of pools: whose nodes does a workload take, and how much of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from guardrail.model.graph import Edge
from guardrail.model.resource import SPOT, Accelerator, Container, Disk, Multiplicity, Purchase
from guardrail.model.value import UNBOUNDED, Reason, Unknown

POOL, WORK = "infra//pool.a", "k8s//apps/Deployment/ml/a"
GIB = 2**30
VARIABLE = Unknown(Reason.VARIABLE)

# A node: m5.xlarge, 4 vCPU, 16 GiB, 0.192 × 730 = 140.16; g5.xlarge, one A10G, 734.38.


def share(world: Any, pool: Any, pods: Any, **fields: Any) -> Any:
    groups = pods if isinstance(pods, dict) else {"main": pods}
    work = world.workload(WORK, groups, **fields)
    graph = world.graph(pool, work, edges={WORK: [Edge("schedules_on", POOL, name) for name in groups]})
    return world.bills(graph)[WORK]


def nodes(world: Any, types: Any = "m5.xlarge", number: Any = (2, 3, 10), **fields: Any) -> Any:
    more = {key: fields.pop(key) for key in ("multiplicity",) if key in fields}
    return world.resource(POOL, groups=world.machines(types, number, **fields), **more)


@pytest.mark.parametrize(
    ("replicas", "requests", "bounds"),
    [
        pytest.param(1, {"cpu_millis": 1000}, ("35.04", "35.04", "35.04"), id="a quarter of the vCPU"),
        pytest.param(1, {"memory_bytes": 8 * GIB}, ("70.08", "70.08", "70.08"), id="half of the memory"),
        pytest.param(
            1, {"cpu_millis": 1000, "memory_bytes": 8 * GIB}, ("70.08", "70.08", "70.08"), id="the larger of both"
        ),
        pytest.param((1, 2, 20), {"cpu_millis": 2000}, ("70.08", "140.16", "1401.6"), id="1, 2, 20 halves: 0.5, 1, 10"),
        pytest.param((1, 9, 99), {"cpu_millis": 4000}, ("140.16", "420.48", "1401.6"), id="never more than there is"),
        pytest.param((0, 0, UNBOUNDED), {"cpu_millis": 4000}, ("0", "0", "1401.6"), id="no limit but the pool's"),
        pytest.param(2, {}, ("0", "0", "0"), id="what requests nothing takes nothing"),
        pytest.param(1, {"cpu_millis": VARIABLE}, ("unknown: variable",) * 3, id="nobody knows how much"),
        pytest.param((1, VARIABLE, 4), {"cpu_millis": 2000}, ("70.08", "unknown: variable", "280.32"), id="how many"),
    ],
)
def test_shares(world: Any, replicas: Any, requests: Any, bounds: Any) -> None:
    bill = share(world, nodes(world), world.pods(replicas, **requests))
    assert world.bounds(bill) == bounds
    assert bill.role == "allocated"
    assert bill.allocated_to == (POOL,)
    for line in world.priced(bill).values():
        assert line.monthly is None or line.quantity * line.price.usd == line.monthly


def test_three_thirds_are_one_node_to_the_last_digit(world: Any) -> None:
    bill = share(world, nodes(world, "m5.12xlarge", 2), world.pods(3, cpu_millis=16000))  # of 48 vCPU each
    assert world.bounds(bill)[1] == "1681.92"  # 2.304 × 730


def test_what_is_only_limited_is_requested(world: Any) -> None:
    pods = replace(world.pods(), containers=(Container(name="a", limits={"cpu_millis": 2000}),))
    assert world.bounds(share(world, nodes(world), pods))[1] == "70.08"


def test_containers_add_up(world: Any) -> None:
    one = Container(name="a", requests={"cpu_millis": 1000})
    pods = replace(world.pods(), containers=(one, replace(one, name="b")))
    assert world.bounds(share(world, nodes(world), pods))[1] == "70.08"


def test_accelerators_weigh_most(world: Any) -> None:
    bill = share(world, nodes(world, "g5.12xlarge", 2), world.pods(3, gpus=1, cpu_millis=1000))
    # a quarter of four A10G against 1 of 48 vCPU; 5.672 × 730 × 0.75
    assert world.bounds(bill)[1] == "3105.42"


def test_accelerators_that_are_added_to_the_machine_count(world: Any) -> None:
    t4 = Accelerator(count=2, vendor="nvidia", model="t4", family="t4")
    pool = world.resource(
        POOL,
        "gcp_pool",
        groups=world.machines("n1-standard-4", 1, accelerators=(t4,)),
        provider="gcp",
        region="us-central1",
    )
    bill = share(world, pool, replace(world.pods(1), accelerators=(replace(t4, count=1),)))
    # (0.189999 + 2 × 0.35) × 0.7 × 730 / 2
    assert world.bounds(bill)[1] == "227.3947445"


def test_each_bound_is_a_share_of_the_machine_that_it_is_reckoned_with(world: Any) -> None:
    bill = share(world, nodes(world, ("m5.2xlarge", "m5.xlarge"), 1), world.pods(1, cpu_millis=2000))
    # at least half of an m5.xlarge, as expected and at most a quarter of an m5.2xlarge: all the same here
    assert world.bounds(bill) == ("70.08", "70.08", "70.08")


def test_nodes_that_are_bought_in_two_ways_cost_their_mean(world: Any) -> None:
    bill = share(world, nodes(world, number=2, purchase=Purchase(1, 0, "spot")), world.pods(1, cpu_millis=4000))
    # (0.192 + 0.0782) × 730 / 2; at most on demand
    assert world.bounds(bill) == ("98.623", "98.623", "140.16")


def test_a_pool_without_nodes_gives_none(world: Any) -> None:
    bill = share(world, nodes(world, number=(0, 0, 5)), world.pods(1, cpu_millis=4000))
    assert world.bounds(bill) == ("0", "0", "140.16")


def test_a_pool_of_any_size_gives_what_is_asked_for(world: Any) -> None:
    pool = nodes(world, number=(1, 1, UNBOUNDED))
    assert world.bounds(share(world, pool, world.pods((1, 1, 7), cpu_millis=4000)))[2] == "981.12"  # 7 × 140.16
    assert world.bounds(share(world, pool, world.pods((1, 1, UNBOUNDED), cpu_millis=4000)))[2] == "unbounded"


def test_copies_of_a_pool_are_nodes_too(world: Any) -> None:
    bill = share(world, nodes(world, number=1, multiplicity=Multiplicity(3, 3)), world.pods(9, cpu_millis=4000))
    assert world.bounds(bill)[1] == "420.48"


def test_disks_of_nodes_are_shared_but_not_what_the_cluster_pays(world: Any) -> None:
    groups = world.machines("m5.xlarge", 2, storage=(Disk(kind="gp3", size_gib=100),))
    bill = share(world, world.resource(POOL, "cluster", groups=groups), world.pods(1, cpu_millis=2000))
    assert world.bounds(bill)[1] == "74.08"  # (140.16 + 8) / 2, without the control plane's 73


def test_several_pools_leave_open_where_it_runs(world: Any) -> None:
    large, small = nodes(world, "m5.2xlarge", 4), replace(nodes(world, number=4), address="infra//pool.b")
    work = world.workload(WORK, {"main": world.pods(2, cpu_millis=4000)})
    edges = {WORK: [Edge("schedules_on", POOL, "main"), Edge("schedules_on", "infra//pool.b", "main")]}
    bill = world.bills(world.graph(large, replace(small, unit="infra"), work, edges=edges))[WORK]
    assert world.bounds(bill) == ("280.32", "unknown: computed", "280.32")  # half of a large one costs the same
    assert bill.allocated_to == (POOL, "infra//pool.b")
    assert not bill.complete


@pytest.mark.parametrize(
    ("types", "storage", "said"),
    [
        pytest.param(
            "p5e.48xlarge", (), "unpriced: the bill of infra//pool.a leaves something out", id="a machine without price"
        ),
        pytest.param(
            "m5.xlarge",
            (Disk(kind="gp3", size_gib=VARIABLE),),
            "variable: the bill of infra//pool.a leaves something out",
            id="a disk of unknown size",
        ),
        pytest.param(
            (VARIABLE,), (), "variable: what a node of infra//pool.a costs is not known", id="a machine nobody names"
        ),
    ],
)
def test_gaps_of_the_pool_are_gaps_of_the_share(world: Any, types: Any, storage: Any, said: str) -> None:
    bill = share(world, nodes(world, types, 2, storage=storage), world.pods(1, cpu_millis=1000))
    assert not bill.complete
    assert world.unpriced(bill) == {f"share of {POOL}": said}


def test_a_group_without_a_pool_leaves_all_unpriced(world: Any) -> None:
    work = world.workload(WORK, {"a": world.pods(), "b": world.pods()})
    graph = world.graph(
        nodes(world), work, edges={WORK: [Edge("schedules_on", POOL, "a")]}, unplaced={WORK: "no pool tolerates b"}
    )
    bill = world.bills(graph)[WORK]
    assert (bill.role, world.unpriced(bill)) == ("billed", {"pods": "unpriced: no pool tolerates b"})


def test_suspended_work_costs_nothing(world: Any) -> None:
    assert world.bill(world.workload(WORK, {"main": world.pods(0)})).complete


def test_work_that_ends_takes_a_share_while_it_runs(world: Any) -> None:
    fields = {"category": "workload.batch", "lifetime": {"max_runtime_seconds": 73 * 3600}}
    pods = world.pods(2, cpu_millis=2000)
    unsaid = share(world, nodes(world), pods, **fields)
    assert world.bounds(unsaid) == ("0", "0", "0")
    assert [f"{one:.3f}" for one in unsaid.per_run] == ["14.016"] * 3  # one node for 73 of 730 hours
    fields["lifetime"] = {"max_runtime_seconds": 73 * 3600, "schedule": ({"cron": "0 0 1 * *"},)}
    assert world.bounds(share(world, nodes(world), pods, **fields)) == ("14.016", "14.016", "14.016")


@pytest.mark.parametrize(
    ("number", "once"),
    [
        pytest.param((0, 0, 4), "14.016", id="a pool that is empty otherwise has a node for it"),
        pytest.param((0, 1, 1), "14.016", id="one that may be"),
        pytest.param((0, 0, 0), "0.000", id="a pool that never has one runs nothing"),
    ],
)
def test_a_run_takes_nodes_that_are_there_only_for_it(world: Any, number: Any, once: str) -> None:
    fields = {"category": "workload.batch", "lifetime": {"max_runtime_seconds": 73 * 3600}}
    bill = share(world, nodes(world, number=number), world.pods(2, cpu_millis=2000), **fields)
    assert [f"{one:.3f}" for one in bill.per_run] == [once] * 3
    assert world.bounds(bill)[0] == "0"


def test_work_on_a_cluster_of_pods_is_in_the_bill_of_that(world: Any) -> None:
    cluster = world.workload("k8s//ray.io/RayCluster/ml/c", {"head": world.pods(1, cpu_millis=4000)})
    job = world.workload("k8s//ray.io/RayJob/ml/j", {}, category="workload.batch")
    on = {job.address: [Edge("schedules_on", cluster.address)]}
    bill = world.bills(world.graph(cluster, job, edges=on))[job.address]
    assert (bill.role, bill.allocated_to, world.bounds(bill)) == ("allocated", (cluster.address,), ("0", "0", "0"))


def test_pods_of_work_on_a_cluster_of_pods_are_its_own(world: Any) -> None:
    cluster = world.workload("k8s//ray.io/RayCluster/ml/c", {"head": world.pods(1, cpu_millis=4000)})
    job = world.workload(WORK, {"submitter": world.pods(1, cpu_millis=1000)})
    on = {WORK: [Edge("schedules_on", cluster.address), Edge("schedules_on", POOL, "submitter")]}
    bill = world.bills(world.graph(nodes(world), cluster, job, edges=on))[WORK]
    assert (bill.role, bill.allocated_to, world.bounds(bill)[1]) == ("allocated", (POOL,), "35.04")


def test_a_spot_pool_is_shared_at_its_price(world: Any) -> None:
    bill = share(world, nodes(world, number=1, purchase=SPOT), world.pods(1, cpu_millis=4000))
    assert world.bounds(bill) == ("57.086", "57.086", "140.16")  # 0.0782 × 730
