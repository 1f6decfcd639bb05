"""Sums: what moves, what adds up, what a delta is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Optional

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.model.cost import DIMENSIONS, Compared, Priced, Sum
from guardrail.model.graph import Change, Edge
from guardrail.model.resource import SPOT, Accelerator, Disk, Multiplicity, Resource
from guardrail.model.value import UNBOUNDED, OpenMap, Reason, Unknown
from guardrail.pricing.amounts import BOUNDS, exact
from guardrail.pricing.totals import oldest, reasons

VARIABLE = Unknown(Reason.VARIABLE, note="var.x has no value")
A, B, C = "u//pool.a", "u//pool.b", "v//pool.c"
NODE = Decimal("140.16")  # m5.xlarge in us-east-1, 0.192 × 730


def pool(world: Any, address: str = A, number: Any = 1, types: Any = "m5.xlarge", **fields: Any) -> Any:
    more = {key: fields.pop(key) for key in ("purchase", "storage") if key in fields}
    return world.resource(address, groups=world.machines(types, number, **more), **fields)


def three(found: Optional[Sum]) -> Optional[tuple[Any, ...]]:
    return None if found is None else (found.min, found.expected, found.max)


def together(sums: Iterable[Optional[Sum]]) -> tuple[Any, ...]:
    return tuple(sum(column, Decimal(0)) for column in zip((0, 0, 0), *map(three, sums), strict=True))


def decimal(amount: Any) -> Decimal:
    assert isinstance(amount, Decimal)
    return amount


def told(by: Mapping[str, Compared]) -> Mapping[str, Any]:
    return {value: three(one.head) for value, one in by.items()}


def test_without_base_there_is_no_delta(world: Any) -> None:
    found = world.costs(world.graph(pool(world)))
    assert (found.total.base, found.total.delta, found.total.delta_percent) == (None, None, None)
    assert three(found.total.head) == (NODE, NODE, NODE)


def test_nothing_costs_nothing(world: Any) -> None:
    found = world.costs(world.graph(), world.graph(), Change())
    assert (found.total.head, found.total.base, found.total.delta) == (Sum(), Sum(), Sum())
    assert all(not found.by[dimension] for dimension in DIMENSIONS)


@pytest.mark.parametrize(
    ("labels", "team"),
    [
        pytest.param({"team": "x"}, "x", id="the label"),
        pytest.param({"owner": "y"}, "y", id="another label that means it"),
        pytest.param({"owner": "y", "team": "x"}, "x", id="the first that means it"),
        pytest.param({"team": ""}, "unallocated", id="an empty one says nothing"),
        pytest.param({}, "unallocated", id="none"),
    ],
)
def test_labels_say_whose_it_is(world: Any, labels: Any, team: str) -> None:
    assert told(world.costs(world.graph(pool(world, labels=labels))).by["team"]) == {team: (NODE, NODE, NODE)}


@pytest.mark.parametrize(
    "labels",
    [
        pytest.param(VARIABLE, id="all labels"),
        pytest.param({"team": VARIABLE}, id="that label"),
        pytest.param(OpenMap({"a": "b"}, VARIABLE), id="a label that may be among others"),
        pytest.param(OpenMap({"owner": "y"}, VARIABLE), id="a label that would go before"),
    ],
)
def test_an_unknown_label_leaves_every_value_in_doubt(world: Any, labels: Any) -> None:
    found = world.costs(world.graph(pool(world, labels=labels), pool(world, B, labels={"team": "x"})))
    assert told(found.by["team"]) == {"unallocated": (NODE,) * 3, "x": (NODE,) * 3}
    assert {value: one.head.unknown for value, one in found.by["team"].items()} == {"unallocated": (A,), "x": (A,)}
    assert found.total.head.complete
    assert all(one.head.complete for one in found.by["unit"].values())


def test_what_costs_nothing_leaves_nobody_in_doubt(world: Any) -> None:
    found = world.costs(world.graph(world.resource(A, "role", labels=VARIABLE), pool(world, B, labels={"team": "x"})))
    assert found.by["team"]["x"].head.complete


def test_an_environment_is_the_units_before_it_is_a_label(world: Any) -> None:
    found = world.costs(
        world.graph(
            pool(world, A, environment="prod", labels={"env": "dev"}),
            pool(world, B, labels={"env": "dev"}),
            pool(world, C),
        )
    )
    assert told(found.by["environment"]) == dict.fromkeys(("prod", "dev", "unallocated"), (NODE,) * 3)


WORK, OTHER = "k8s//apps/Deployment/ml/a", "k8s//apps/Deployment/ml/b"


def shared(world: Any, *works: Resource, number: Any = 2, **labels: str) -> Any:
    edges = {one.address: [Edge("schedules_on", A)] for one in works}
    return world.graph(pool(world, A, number, labels={"team": "infra"}, **labels), *works, edges=edges)


def test_shares_move_between_teams_only(world: Any) -> None:
    work = world.workload(WORK, {"main": world.pods(1, cpu_millis=2000)}, labels={"team": "ml"})
    found = world.costs(shared(world, work))
    assert told(found.by["team"]) == {"infra": (NODE * 3 / 2,) * 3, "ml": (NODE / 2,) * 3}
    assert told(found.by["unit"]) == {"u": (NODE * 2,) * 3, "k8s": (Decimal(0),) * 3}
    assert three(found.total.head) == (NODE * 2,) * 3


def test_shares_of_one_pool_never_come_to_more_than_the_pool(world: Any) -> None:
    works = [
        world.workload(address, {"main": world.pods(number, cpu_millis=4000)}, labels={"team": team})
        for address, number, team in ((WORK, 1, "x"), (OTHER, 3, "y"))
    ]
    found = world.costs(shared(world, *works, number=2))
    # each is capped at the two nodes: 1 and 2 of them, 3 together; two thirds of that are there
    assert told(found.by["team"]) == {
        "infra": (Decimal(0),) * 3,
        "x": ((NODE * 2 / 3).quantize(Decimal("1e-10")),) * 3,
        "y": (NODE * 2 - (NODE * 2 / 3).quantize(Decimal("1e-10")),) * 3,  # what is left, to the last digit
    }


def test_a_share_that_is_not_known_leaves_both_values_incomplete(world: Any) -> None:
    work = world.workload(WORK, {"main": world.pods(1, cpu_millis=VARIABLE)}, labels={"team": "ml"})
    by = world.costs(shared(world, work)).by
    assert {value: one.head.unknown for value, one in by["team"].items()} == {"infra": (WORK,), "ml": (WORK,)}
    assert all(one.head.complete for one in by["unit"].values())


def test_a_share_that_moves_nowhere_leaves_nothing_incomplete(world: Any) -> None:
    work = world.workload(WORK, {"main": world.pods(1, cpu_millis=VARIABLE)}, labels={"team": "infra"})
    assert world.costs(shared(world, work)).by["team"]["infra"].head.complete


@pytest.mark.parametrize(
    ("head", "base", "delta"),
    [
        pytest.param({"number": 3}, {"number": 1}, (NODE * 2,) * 3, id="two nodes more"),
        pytest.param({"number": 1}, {"number": 3}, (NODE * -2,) * 3, id="two less"),
        pytest.param({"number": (1, 1, UNBOUNDED)}, {}, (0, 0, UNBOUNDED), id="no bound any more"),
        pytest.param({}, {"number": (1, 1, UNBOUNDED)}, (0, 0, 0), id="a bound at last"),
        pytest.param(
            {"number": (2, 2, UNBOUNDED)}, {"number": (1, 1, UNBOUNDED)}, (NODE, NODE, UNBOUNDED), id="none, as before"
        ),
        pytest.param({"number": (1, VARIABLE, 3)}, {}, (0, 0, NODE * 2), id="not known: what is known of it counts"),
    ],
)
def test_deltas(world: Any, head: Any, base: Any, delta: tuple[Any, ...]) -> None:
    after, before = world.graph(pool(world, **head)), world.graph(pool(world, **base))
    found = world.costs(after, before, Change(changed={A: ("/groups/main/replicas",)}))
    assert three(found.total.delta) == delta
    for dimension in DIMENSIONS:
        assert [three(one.delta) for one in found.by[dimension].values()] == [delta]


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        pytest.param({"types": "p5e.48xlarge"}, ("unpriced",), id="unpriced"),
        pytest.param({"types": (VARIABLE,)}, ("unpriced", "unknown"), id="unknown"),
        pytest.param({"number": (0, 1, UNBOUNDED)}, ("unbounded",), id="unbounded"),
        pytest.param({"labels": {"team": VARIABLE}}, (), id="of whom is unknown"),
    ],
)
def test_what_did_not_change_adds_exactly_nothing(world: Any, fields: Any, faults: tuple[str, ...]) -> None:
    graph = world.graph(pool(world, **fields), pool(world, B))
    found = world.costs(graph, graph, Change())
    assert found.total.delta == Sum()
    assert all(one.delta == Sum() for dimension in DIMENSIONS for one in found.by[dimension].values())
    head = found.total.head
    assert [name for name in ("unpriced", "unknown", "unbounded") if getattr(head, name)] == [*faults]
    assert all(getattr(head, name) == (A,) for name in faults)


def test_an_old_gap_leaves_the_delta_of_something_else_complete(world: Any) -> None:
    old = pool(world, B, types="p5e.48xlarge")
    found = world.costs(world.graph(pool(world), old), world.graph(old), Change(added=(A,)))
    assert found.total.delta == Sum(min=NODE, expected=NODE, max=NODE)
    assert found.total.head.unpriced == (B,)


def test_a_new_gap_is_one_of_the_delta(world: Any) -> None:
    new = pool(world, types="p5e.48xlarge")
    delta = world.costs(world.graph(new), world.graph(), Change(added=(A,))).total.delta
    assert (delta.unpriced, delta.complete) == ((A,), False)


def test_removing_what_nobody_can_price_is_certain_to_cost_nothing(world: Any) -> None:
    old = pool(world, types=(VARIABLE,))
    delta = world.costs(world.graph(), world.graph(old), Change(removed={A: old})).total.delta
    assert delta == Sum()


def test_a_moved_resource_is_compared_with_what_it_was(world: Any) -> None:
    head, base = world.graph(pool(world, B, 3)), world.graph(pool(world, A, 1))
    same = world.costs(head, base, Change(changed={B: ("/groups",)}, renamed={B: A}))
    assert three(same.total.delta) == (NODE * 2,) * 3
    assert world.costs(world.graph(pool(world, B)), base, Change(renamed={B: A})).total.delta == Sum()


def test_a_value_that_is_gone_is_still_told(world: Any) -> None:
    head, base = world.graph(pool(world, A, labels={"team": "x"})), world.graph(pool(world, A, labels={"team": "y"}))
    by = world.costs(head, base, Change(changed={A: ("/labels/team",)})).by["team"]
    assert {value: three(one.delta) for value, one in by.items()} == {"x": (NODE,) * 3, "y": (-NODE,) * 3}


def test_percent_is_of_what_is_expected(world: Any) -> None:
    head, base = world.graph(pool(world, A, (1, 3, 9))), world.graph(pool(world, A, 1))
    total = world.costs(head, base, Change(changed={A: ("/groups",)})).total
    assert total.delta_percent == 200
    assert world.costs(head, world.graph(), Change(added=(A,))).total.delta_percent is None


def test_what_is_not_known_counts_as_what_is_known_of_it(world: Any) -> None:
    either = Unknown(Reason.VARIABLE, one_of=("m5.xlarge", "m5.2xlarge"))
    head = world.costs(world.graph(pool(world, types=(either,)), pool(world, B))).total.head
    assert three(head) == (NODE * 2, NODE * 2, NODE * 3)
    assert (head.unknown, head.complete) == ((A,), False)


def test_an_open_maximum_is_complete_knowledge(world: Any) -> None:
    head = world.costs(world.graph(pool(world, number=(1, 1, UNBOUNDED)), pool(world, B))).total.head
    assert (head.max, head.unbounded, head.complete) == (UNBOUNDED, (A,), True)


def test_reasons_of_a_bill(world: Any) -> None:
    storage = (Disk(kind="gp3", size_gib=Unknown(Reason.DATA)),)
    bill = world.bill(pool(world, number=(1, VARIABLE, 2), types="p5e.48xlarge", storage=storage))
    assert reasons(bill) == {Reason.UNPRICED, Reason.DATA}
    assert reasons(world.bill(pool(world, number=(1, VARIABLE, 2)))) == {Reason.VARIABLE}


def test_the_oldest_date_is_that_of_rows_in_use(world: Any) -> None:
    bills = world.bills(world.graph(pool(world, storage=(Disk(kind="gp3", size_gib=1),))))
    assert oldest(bills.values()) == "2024-07-01"
    assert oldest(world.bills(world.graph(pool(world))).values()) == "2026-07-20"
    assert oldest(()) is None


DEVICE = Accelerator(count=1, vendor="nvidia", model="t4", family="t4")


@pytest.mark.parametrize(
    ("fields", "sums"),
    [
        pytest.param({"accelerators": (DEVICE,), "number": (1, 2, 5)}, {"t4": (1, 2, 5, ())}, id="one each"),
        pytest.param({"accelerators": (DEVICE,), "number": (1, None, 5)}, {"t4": (1, 1, 5, ())}, id="not asked for"),
        pytest.param(
            {"accelerators": (replace(DEVICE, fraction=Decimal("0.25")),), "number": (1, 2, 5)},
            {"t4": (1, 1, 2, ())},
            id="quarters, rounded up in sum",
        ),
        pytest.param(
            {"accelerators": (DEVICE,), "number": (1, 2, UNBOUNDED)}, {"t4": (1, 2, "unbounded", ())}, id="no limit"
        ),
        pytest.param(
            {"accelerators": (DEVICE,), "number": (1, VARIABLE, 5)}, {"t4": (1, 1, 5, (A,))}, id="how many machines"
        ),
        pytest.param(
            {"accelerators": (replace(DEVICE, count=VARIABLE),)}, {"t4": (0, 0, 0, (A,))}, id="how many in each"
        ),
        pytest.param({"accelerators": VARIABLE}, {"unknown": (0, 0, 0, (A,))}, id="any"),
        pytest.param(
            {"accelerators": (replace(DEVICE, family=VARIABLE, model=VARIABLE), replace(DEVICE, count=2))},
            {"t4": (2, 2, 2, (A,)), "unknown": (1, 1, 1, (A,))},
            id="of some family",
        ),
        pytest.param({"accelerators": ()}, {}, id="none"),
    ],
)
def test_accelerators(world: Any, fields: Any, sums: Any) -> None:
    number = fields.pop("number", 1)
    resource = world.resource(A, groups=world.machines("m5.xlarge", number, **fields))
    found = world.costs(world.graph(resource)).accelerators["total"].get("total", {})
    assert {family: (one.min, one.desired, one.max, one.unknown) for family, one in found.items()} == sums


def test_accelerators_of_unknown_owners_are_left_out_elsewhere(world: Any) -> None:
    def some(address: str, team: Any) -> Any:
        groups = world.machines("g4dn.xlarge", 1, accelerators=(DEVICE,))
        return world.resource(address, groups=groups, labels={"team": team} if team else {})

    found = world.costs(world.graph(some(A, VARIABLE), some(B, "x"), some(C, None))).accelerators["team"]
    assert {value: (families["t4"].max, families["t4"].unknown) for value, families in found.items()} == {
        "unallocated": (2, ()),
        "x": (1, (A,)),
    }


counts = st.tuples(*[st.integers(0, 40)] * 3).map(lambda three: tuple(sorted(three)))
labels = st.fixed_dictionaries({}, optional={"team": st.sampled_from("xy"), "model": st.sampled_from("mn")})
purchases = st.sampled_from([None, SPOT])
types = st.lists(st.sampled_from(["m5.xlarge", "g5.xlarge", "p4d.24xlarge", "t3.micro"]), min_size=1, max_size=3)


@st.composite
def graphs(draw: Any, world: Any) -> Any:
    resources, edges = [], {}
    for index in range(draw(st.integers(1, 6))):
        storage = (Disk(kind="gp3", size_gib=draw(st.integers(1, 999))),)
        resources.append(
            pool(
                world,
                f"{draw(st.sampled_from('uv'))}//pool.p{index}",
                draw(counts),
                tuple(dict.fromkeys(draw(types))),
                purchase=draw(purchases),
                storage=storage,
                labels=draw(labels),
                cluster=draw(st.sampled_from([None, "c"])),
            )
        )
    for index in range(draw(st.integers(0, 5))):
        groups = {
            "main": world.pods(
                draw(counts), cpu_millis=draw(st.integers(0, 9999)), memory_bytes=draw(st.integers(0, 10**11))
            )
        }
        work = world.workload(f"k8s//w{index}", groups, labels=draw(labels), namespace=draw(st.sampled_from("st")))
        targets = draw(st.lists(st.sampled_from(resources), min_size=1, max_size=1))
        edges[work.address] = [Edge("schedules_on", target.address) for target in targets]
        resources.append(work)
    return world.graph(*resources, edges=edges)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_everything_adds_up(world: Any, data: st.DataObject) -> None:
    graph = data.draw(graphs(world))
    found = world.costs(graph)
    with exact():
        for bill in found.bills.values():
            assert bill.min <= bill.expected <= bill.max
            lines = [line for line in bill.lines if isinstance(line, Priced)]
            for bound, amount in zip(BOUNDS, (bill.min, bill.expected, bill.max), strict=True):
                assert sum((decimal(line.bounds[bound]) for line in lines), Decimal(0)) == amount
            assert all(decimal(line.quantity) * line.price.usd == line.monthly for line in lines)
        total = three(found.total.head)
        billed = [bill for bill in found.bills.values() if bill.role == "billed"]
        assert total == tuple(
            sum(column, Decimal(0))
            for column in zip(*((one.min, one.expected, one.max) for one in billed), strict=True)
        )
        for dimension in DIMENSIONS:
            assert together(one.head for one in found.by[dimension].values()) == total
            assert all(number >= 0 for one in found.by[dimension].values() for number in three(one.head) or ())


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_order_does_not_matter(world: Any, data: st.DataObject) -> None:
    graph = data.draw(graphs(world))
    shuffled = data.draw(st.permutations(list(graph.resources.items())))
    first, second = world.costs(graph), world.costs(replace(graph, resources=dict(shuffled)))
    assert (first.total, first.by, first.accelerators) == (second.total, second.by, second.accelerators)
    assert dict(first.bills) == dict(second.bills)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_delta_adds_up_too(world: Any, data: st.DataObject) -> None:
    head, base = data.draw(graphs(world)), data.draw(graphs(world))
    added = tuple(address for address in head.resources if address not in base.resources)
    removed = {address: one for address, one in base.resources.items() if address not in head.resources}
    changed = {address: ("/groups",) for address in head.resources if address in base.resources}
    found = world.costs(head, base, Change(added=added, removed=removed, changed=changed))
    with exact():
        for dimension in DIMENSIONS:
            for one in found.by[dimension].values():
                assert three(one.delta) == tuple(
                    a - b for a, b in zip(three(one.head) or (), three(one.base) or (), strict=True)
                )
            assert together(one.delta for one in found.by[dimension].values()) == three(found.total.delta)
    assert world.costs(head, head, Change()).total.delta == Sum()


@settings(max_examples=25, deadline=None)
@given(
    low=st.integers(0, 5),
    more=st.integers(0, 5),
    multiplicity=st.sampled_from([Multiplicity(0, 3, VARIABLE), Multiplicity(2, 2), Multiplicity(0, UNBOUNDED)]),
)
def test_bounds_are_in_order_where_they_are_known(world: Any, low: int, more: int, multiplicity: Multiplicity) -> None:
    groups = world.machines(("g5.xlarge", "m5.xlarge"), (low, low, low + more))
    bill = world.bill(world.resource(A, groups=groups, multiplicity=multiplicity))
    known = [one for one in (bill.min, bill.expected, bill.max) if isinstance(one, Decimal)]
    assert known == sorted(known)
