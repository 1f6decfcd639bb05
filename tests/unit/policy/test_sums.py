from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from guardrail.config.settings import PolicySettings, Settings
from guardrail.model.cost import AcceleratorSum, Bill, Compared, Costs, Sum, Unpriced
from guardrail.model.finding import Measure
from guardrail.model.graph import Change
from guardrail.model.resource import Accelerator, Bounds, Group, Resource
from guardrail.model.value import UNBOUNDED, OpenMap, Reason, Unknown
from guardrail.policy.evaluate import Evaluation

Short = Callable[[Evaluation], list[tuple[str, Any, Any]]]
Judge = Callable[..., Evaluation]
Make = Callable[..., Any]

CHANGED = Change(added=("f//t.a",))


def rises(by: str, before: str = "0", **more: Any) -> Compared:
    """A sum that rises by an amount, its maximum too."""
    delta = Sum(**{"expected": Decimal(by), "max": Decimal(by), **more})
    base = Sum(expected=Decimal(before), max=Decimal(before))
    return Compared(Sum(expected=base.expected + Decimal(by), max=Decimal(by)), base, delta)


@pytest.mark.parametrize(
    ("policy", "units", "total", "wanted"),
    [
        pytest.param("cost-increase", {"f": rises("10")}, rises("10"), [], id="within"),
        pytest.param("cost-increase", {"f": rises("1001")}, rises("1001"), [("unit:f", None)], id="one unit is denied"),
        pytest.param(
            "cost-increase", {"f": rises("600"), "g": rises("600")}, rises("1200"), [("total", None)], id="the total is"
        ),
        pytest.param(
            "cost-increase",
            {"f": rises("10", unpriced=("f//x",))},
            rises("10", unpriced=("f//x",)),
            [("unit:f", "unpriced")],
            id="a sum that leaves something out, told once",
        ),
        pytest.param(
            "cost-increase",
            {"f": rises("1001", unknown=("f//x",)), "g": rises("1")},
            rises("1002", unknown=("f//x",)),
            [("unit:f", None)],
            id="what is known is too much already",
        ),
        pytest.param(
            "cost-increase",
            {"f": rises("1001"), "g": rises("1", unknown=("g//x",))},
            rises("1002", unknown=("g//x",)),
            [("unit:f", None), ("unit:g", "unpriced")],
            id="one denied, another not known",
        ),
        pytest.param(
            "cost-increase",
            {"f": rises("10", max=UNBOUNDED, unbounded=("f//x",))},
            rises("10", max=UNBOUNDED, unbounded=("f//x",)),
            [],
            id="no maximum, where the expected cost is compared",
        ),
        pytest.param(
            "cost-worst-case",
            {"f": rises("10", max=UNBOUNDED, unbounded=("f//x",))},
            rises("10", max=UNBOUNDED, unbounded=("f//x",)),
            [("unit:f", "unbounded")],
            id="no maximum, where that is compared",
        ),
        pytest.param(
            "cost-worst-case", {"f": rises("10001")}, rises("10001"), [("unit:f", None)], id="a maximum too high"
        ),
        pytest.param("cost-increase", {}, rises("1", unpriced=("f//x",)), [("total", "unpriced")], id="no unit at all"),
    ],
)
def test_sums(
    policy: str,
    units: dict[str, Compared],
    total: Compared,
    wanted: list[Any],
    costs: Callable[..., Costs],
    judge: Judge,
    told: Short,
) -> None:
    found = judge(by=policy, costs=costs(units=units, total=total), change=CHANGED)
    assert [(subject, reason) for subject, _, reason in told(found)] == wanted
    assert found.judged == {policy: len(units) + 1}


def test_without_a_base_a_change_cannot_be_judged(costs: Callable[..., Costs], judge: Judge) -> None:
    found = judge(by=("cost-increase", "cost-worst-case"), costs=costs(total=Compared(Sum(expected=Decimal(9999)))))
    assert found.decisions == ()
    assert found.off == {
        "cost-increase": "there is no base to compare with",
        "cost-worst-case": "there is no base to compare with",
    }


def test_measures_are_exact_dollars(costs: Callable[..., Costs], judge: Judge) -> None:
    units = {"f": rises("1484.76", before="742.38")}
    (found,) = judge(by="cost-increase", costs=costs(units=units, total=units["f"]), change=CHANGED).decisions
    assert found.measure == Measure("expected_monthly", Decimal("1484.76"), Decimal("111.357"), Decimal("2227.14"))
    assert found.message == "expected cost rises by $1484.76 to $2227.14 a month, by more than $1000.00 and 15.00 %"


def test_a_gap_names_what_is_left_out_and_why(
    bill: Callable[..., Bill], costs: Callable[..., Costs], judge: Judge
) -> None:
    addresses = tuple(f"f//t.{n}" for n in range(7))
    bills = {
        "f//t.0": bill("f//t.0", complete=False, lines=(Unpriced(name="x", why="y", reason=Reason.USAGE),)),
        "f//t.1": bill("f//t.1", complete=False, expected=Unknown(Reason.VARIABLE)),
    }
    units = {"f": rises("1", unpriced=addresses)}
    (found,) = judge(by="cost-increase", costs=costs(bills, units, units["f"]), change=CHANGED).decisions
    assert found.reason == Reason.VARIABLE
    assert found.message == ("expected cost cannot be told in full: it leaves out f//t.0, f//t.1, f//t.2 and 4 more")
    assert found.depends == addresses
    assert found.evidence == {"incomplete": list(addresses)}


@pytest.mark.parametrize(
    ("policy", "bound", "told"),
    [
        pytest.param("cost-increase", "expected", ["unit:f"], id="the bound that is compared"),
        pytest.param("cost-worst-case", "expected", [], id="another bound"),
        pytest.param("cost-worst-case", "max", ["unit:f"], id="the highest"),
    ],
)
def test_what_is_not_known_of_another_bound_leaves_nothing_open(
    policy: str,
    bound: str,
    told: list[str],
    bill: Callable[..., Bill],
    costs: Callable[..., Costs],
    resource: Callable[..., Resource],
    judge: Judge,
) -> None:
    hidden = Unknown(Reason.COMPUTED)
    made = resource(address="f//t.a", category="compute.pool")
    known = bill("f//t.a", complete=False, **{bound: hidden})
    units = {"f": rises("1", unknown=("f//t.a",))}
    found = judge(made, by=policy, costs=costs({"f//t.a": known}, units, units["f"]), change=CHANGED)
    assert [one.subject for one in found.decisions] == told


def test_accelerators_of_a_unit_and_a_namespace(
    resource: Callable[..., Resource], costs: Callable[..., Costs], judge: Judge, told: Short
) -> None:
    known, unknown = AcceleratorSum(0, 0, 20), AcceleratorSum(0, 0, 1, ("g//t.x",))
    found = judge(
        resource("x", unit="g", groups={"main": Group(accelerators=Unknown(Reason.DATA))}),
        by="gpu-count-limit",
        costs=costs(
            accelerators={
                "unit": {"f": {"t4": known, "h100": known}, "g": {"t4": known, "l4": unknown}, "h": {"t4": known}},
                "namespace": {"ml": {"t4": known}, "unallocated": {"t4": AcceleratorSum(0, 0, 99, ("g//t.x",))}},
            }
        ),
    )
    assert [(subject, reason) for subject, _, reason in told(found)] == [
        ("g//t.x", "data"),
        ("namespace:ml", None),
        ("unit:f", None),
        ("unit:g", "data"),
    ]
    assert [one.measure and one.measure.value for one in found.decisions] == [None, 20, 40, None]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        pytest.param({"groups": Unknown(Reason.DATA)}, "data", id="no group is known"),
        pytest.param({"groups": OpenMap({}, Unknown(Reason.DATA))}, "data", id="there may be more groups"),
        pytest.param({"groups": {"a": Group(accelerators=Unknown(Reason.DATA))}}, "data", id="no device is known"),
        pytest.param(
            {"groups": {"a": Group(accelerators=(Accelerator(count=Unknown(Reason.VARIABLE)),))}},
            "variable",
            id="how many each replica has",
        ),
        pytest.param(
            {"groups": {"a": Group(accelerators=(Accelerator(count=1),), replicas=Bounds(1, 1, Unknown(Reason.DATA)))}},
            "data",
            id="how many replicas there are",
        ),
        pytest.param(
            {"groups": {"a": Group(accelerators=(Accelerator(count=1, family=Unknown(Reason.DATA)),))}},
            None,
            id="of which family they are: they are counted",
        ),
        pytest.param(
            {"groups": {"a": Group(replicas=Bounds(1, 1, Unknown(Reason.DATA)))}}, None, id="replicas without any"
        ),
    ],
)
def test_what_makes_a_number_of_accelerators_unknown(
    fields: dict[str, Any],
    reason: Any,
    resource: Callable[..., Resource],
    costs: Callable[..., Costs],
    judge: Judge,
    told: Short,
) -> None:
    sums = {"unit": {"f": {"unknown": AcceleratorSum(0, 0, 1, ("f//t.a",))}}, "namespace": {}}
    found = told(judge(resource(**fields), by="gpu-count-limit", costs=costs(accelerators=sums)))
    assert [why for subject, _, why in found if subject == "unit:f"] == ([reason] if reason else [])


def test_devices_of_which_the_namespace_is_not_known(
    resource: Callable[..., Resource], costs: Callable[..., Costs], judge: Judge, told: Short
) -> None:
    sums = {"unit": {}, "namespace": {"ml": {"t4": AcceleratorSum(0, 0, 1, ("f//t.a",))}}}
    gpu = {"a": Group(accelerators=(Accelerator(count=1, family="t4"),))}
    found = judge(
        resource(groups=gpu, namespace=Unknown(Reason.TEMPLATE)), by="gpu-count-limit", costs=costs(accelerators=sums)
    )
    assert told(found) == [("namespace:ml", None, "template")]


def test_a_unit_in_which_the_policy_is_off(
    resource: Callable[..., Resource], costs: Callable[..., Costs], judge: Judge, told: Short
) -> None:
    said = PolicySettings(units={"f": PolicySettings(level="off")})
    found = judge(
        resource(),
        resource(unit="g"),
        by="cost-increase",
        settings=Settings(policies={"cost-increase": said}),
        costs=costs(units={"f": rises("2000", unknown=("f//t.a",)), "g": rises("1")}, total=rises("1")),
        change=CHANGED,
    )
    assert told(found) == []
    assert found.judged == {"cost-increase": 2}
