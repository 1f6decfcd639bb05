"""Whatever a resource holds, a bill comes of it, in little time."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.model.cost import DIMENSIONS
from guardrail.model.graph import Change, Edge
from guardrail.model.resource import SPOT, Accelerator, Bounds, Container, Disk, Group, Multiplicity, Purchase
from guardrail.model.value import UNBOUNDED, OpenMap, Reason, Unknown

hidden = st.sampled_from(
    [
        Unknown(Reason.VARIABLE),
        Unknown(Reason.DATA, one_of=(1, 2), note="x"),
        Unknown(Reason.DATA, one_of=("m5.xlarge", None)),
        Unknown(Reason.ERROR, one_of=((), ("m5.xlarge", "g5.xlarge"), {"a": 1})),
        Unknown(Reason.COMPUTED, prefix="m5"),
    ]
)
numbers: Any = st.one_of(
    st.none(),
    st.integers(-5, 20),
    st.sampled_from([10**18, 10**30, -(10**30), True, "7", 1.5, Decimal("NaN"), Decimal("1e400"), UNBOUNDED]),
    hidden,
)
names: Any = st.one_of(
    st.sampled_from(
        ["m5.xlarge", "g5.xlarge", "n1-standard-4", "custom-4-8192", "ct6e-standard-4t", "", "a,b\nc", "🦆"]
    ),
    hidden,
)
disks = st.builds(
    Disk,
    kind=st.one_of(
        st.none(), hidden, st.sampled_from(["gp3", "io2", "pd-ssd", "Premium_LRS", "UltraSSD_LRS", "", "x"])
    ),
    size_gib=numbers,
    iops=numbers,
    throughput_mibps=numbers,
)
devices = st.builds(
    Accelerator,
    count=numbers,
    family=st.one_of(st.none(), hidden, st.sampled_from(["t4", "h100", ""])),
    fraction=st.sampled_from([None, Decimal("0.25")]),
)
purchases = st.one_of(
    st.none(),
    hidden,
    st.just(SPOT),
    st.builds(Purchase, st.integers(-5, 5), st.integers(-100, 200), st.sampled_from(["on_demand", "spot", "reserved"])),
    st.just(Unknown(Reason.DATA, one_of=({"on_demand_base": 0}, {"on_demand_base": 0}))),
)
requests = st.dictionaries(st.sampled_from(["cpu_millis", "memory_bytes", "nvidia.com/gpu"]), numbers)
groups = st.builds(
    Group,
    replicas=st.builds(Bounds, numbers, numbers, numbers),
    accelerators=st.one_of(hidden, st.lists(devices, max_size=2).map(tuple)),
    machine_types=st.one_of(st.none(), hidden, st.lists(names, max_size=3).map(tuple)),
    purchase=purchases,
    containers=st.one_of(hidden, st.lists(st.builds(Container, name=st.just("c"), requests=requests)).map(tuple)),
    storage=st.one_of(hidden, st.lists(disks, max_size=2).map(tuple)),
)
fields = st.fixed_dictionaries(
    {
        "groups": st.one_of(hidden, st.dictionaries(st.sampled_from(["main", "b/c"]), groups, max_size=2)),
        "region": st.one_of(st.none(), hidden, st.sampled_from(["us-east-1", "us-central1", "", "x y"])),
        "provider": st.sampled_from(["aws", "gcp", "azure", "kubernetes", None]),
        "labels": st.one_of(hidden, st.just({"team": None}), st.just(OpenMap({}, Unknown(Reason.DATA)))),
        "namespace": st.one_of(st.none(), hidden, st.just("ns")),
        "multiplicity": st.sampled_from([Multiplicity(), Multiplicity(0, UNBOUNDED), Multiplicity(0, 10**30)]),
        "lifetime": st.one_of(
            hidden,
            st.just({}),
            st.fixed_dictionaries({"max_runtime_seconds": numbers, "schedule": st.sampled_from([None, 3, ({},)])}),
        ),
        "storage": st.one_of(hidden, st.lists(disks, max_size=2).map(tuple)),
        "facts": st.sampled_from([{}, {"sweep": 3}, {"sweep": {"max_parallel": Unknown(Reason.DATA)}}]),
        "attributes": st.sampled_from([{}, {"sku": Unknown(Reason.DATA, one_of=(1, "alb")), "count": "x", "on": None}]),
    }
)
types = st.sampled_from(
    ["pool", "gcp_pool", "azure_pool", "volume", "training", "batch", "cluster", "gateway", "config", "role", "mystery"]
)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_nothing_raises(world: Any, data: st.DataObject) -> None:
    head, base = (
        world.graph(
            *(world.resource(f"u//{name}", data.draw(types), **data.draw(fields)) for name in "ab"),
            world.workload("k//w", data.draw(st.dictionaries(st.sampled_from("xy"), groups, max_size=2))),
            edges={"k//w": [Edge("schedules_on", "u//a"), Edge("schedules_on", "u//b"), Edge("schedules_on", "gone")]},
        )
        for _ in range(2)
    )
    found = world.costs(head, base, Change(changed={"u//a": ("/x",), "k//w": ("/y",)}))
    for bill in found.bills.values():
        amounts = [one for one in (bill.min, bill.expected, bill.max) if isinstance(one, Decimal)]
        assert amounts == sorted(amounts)
        assert all(amount >= 0 for amount in amounts)
    for dimension in DIMENSIONS:
        for one in found.by[dimension].values():
            assert one.head.min.is_finite()
            assert one.head.expected.is_finite()
            assert isinstance(one.head.max, str) or one.head.max.is_finite()
    assert found.accelerators


def test_many_types_in_many_regions_are_reckoned_in_no_time(world: Any) -> None:
    many = Unknown(Reason.VARIABLE, one_of=tuple(f"m5.{size}xlarge" for size in range(16)))
    regions = Unknown(Reason.VARIABLE, one_of=tuple(f"us-east-{number}" for number in range(16)))
    group = world.machines((many,) * 16, (1, 2, 3), storage=(Disk(kind=many, size_gib=many, iops=many),) * 20)
    world.bill(world.resource("u//a", groups=group, region=regions))
