"""The parts of a plan, and shapes that no plan has."""

from __future__ import annotations

import json
from typing import Any

import plans
import pytest

from guardrail.frontends.terraform.plan.changes import Change, module_way
from guardrail.frontends.terraform.plan.document import load
from guardrail.frontends.terraform.plan.text import PlanError

A = plans.change("aws_instance.a", {"ami": "x"})


def loaded(*changes: Any, **more: Any) -> tuple[Change, ...]:
    return load(plans.plan(*changes, **more), "plan.json").changes


def without(told: dict[str, Any], *keys: str, **others: Any) -> dict[str, Any]:
    return {key: value for key, value in told.items() if key not in keys} | others


@pytest.mark.parametrize("version", ["0.1", "0.2", "1.0", "1.2", "1.99", "1.3-beta1"])
def test_versions_that_are_understood(version: str) -> None:
    assert len(loaded(A, format_version=version)) == 1


@pytest.mark.parametrize(
    ("told", "message"),
    [
        pytest.param({"format_version": "2.0"}, "format_version is 2.0; versions 0.1 to 1.x", id="a newer format"),
        pytest.param({"format_version": 1.2}, "no format_version", id="a version that is a number"),
        pytest.param({"format_version": "1"}, "format_version is 1;", id="half a version"),
        pytest.param({"format_version": None}, "it has no format_version", id="none"),
        pytest.param({"resource_changes": {}}, "resource_changes is no list", id="changes that are an object"),
        pytest.param({"resource_changes": [1]}, "resource_changes[0] is no object", id="a change that is a number"),
        pytest.param({"configuration": []}, "configuration is no object", id="a configuration that is a list"),
        pytest.param({"variables": 1}, "variables is no object", id="variables that are a number"),
        pytest.param({"deferred_changes": [{}]}, "deferred_changes[0].resource_change is no object", id="deferred"),
        pytest.param({"resource_changes": [A, A]}, "aws_instance.a is in it twice", id="one resource twice"),
    ],
)
def test_refused_whole(told: dict[str, Any], message: str) -> None:
    with pytest.raises(PlanError) as refused:
        load(plans.plan(**told), "plan.json")
    assert message in str(refused.value)
    assert refused.value.hint


@pytest.mark.parametrize(
    ("told", "message"),
    [
        pytest.param(without(A, "address"), "has no address", id="no address"),
        pytest.param(without(A, type=3), "has a type that is no text", id="a type that is no text"),
        pytest.param(without(A, name="a b"), "a name that cannot be", id="a name with a blank"),
        pytest.param(without(A, address="aws_instance.b"), "its type, name and module are not", id="another address"),
        pytest.param(without(A, module_address="x"), "a module, a type or a name", id="a module that is none"),
        pytest.param(without(A, module_address="module.m"), "has the address aws_instance.a", id="of another module"),
        pytest.param(without(A, address="aws_instance.a[0"), "has the address", id="half a key"),
        pytest.param(without(A, "change"), "resource_changes[0].change is no object", id="no change"),
        pytest.param(without(A, change={}), "has no list of actions", id="no actions"),
        pytest.param(without(A, change={"actions": []}), "has no list of actions", id="not one action"),
        pytest.param(without(A, mode="grown"), "a mode that is not understood: grown", id="a mode of the future"),
        pytest.param(without(A, change={"actions": ["(planned)"]}), "not understood: (planned)", id="our own action"),
        pytest.param(without(A, change={"actions": ["grow"]}), "not understood: grow", id="an action of the future"),
        pytest.param(without(A, change={"actions": ["create"], "after": []}), "after that is no object", id="a list"),
        pytest.param(without(A, change={"actions": ["create"]}), "has no `after`", id="nothing to create"),
    ],
)
def test_a_change_that_cannot_be(told: dict[str, Any], message: str) -> None:
    with pytest.raises(PlanError) as refused:
        loaded(told)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"values": {}, "format_version": "1.0"}, "a state and no plan"),
        ({"lineage": "x", "serial": 1}, "a state and no plan"),
        ({"@level": "info"}, "the log of `plan -json`"),
        ({"format_version": "1.2"}, "an empty plan"),
    ],
)
def test_other_output_of_terraform(told: Any, message: str) -> None:
    with pytest.raises(PlanError, match=message):
        load(json.dumps(told).encode(), "plan.json")


def test_data_sources_are_no_resources() -> None:
    read = without(plans.change("aws_ami.x", {}, actions=["read"]), address="data.aws_ami.x", mode="data")
    assert loaded(read, A)[0].address == "aws_instance.a"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("module.a", (("a", ""),)),
        ('module.a["x.y[0]"].module.b[2]', (("a", '["x.y[0]"]'), ("b", "[2]"))),
        (r'module.a["q\"].module.z"]', (("a", r'["q\"].module.z"]'),)),
        ("module.a[*]", (("a", "[*]"),)),
        ("module.", None),
        ('module.a["x]', None),
        ("modul.a", None),
    ],
)
def test_the_way_of_a_module(address: str, expected: Any) -> None:
    assert module_way(address) == expected


def test_deferred_instances_stand_for_any_number() -> None:
    changes = [plans.change("aws_instance.a[*]", {"ami": "x"}), plans.change("aws_instance.b", {"ami": "x"})]
    inside = without(plans.change("aws_instance.c[0]", {}), address="module.m[*].aws_instance.c[0]")
    inside["module_address"] = "module.m[*]"
    told = [
        {"reason": "instance_count_unknown", "resource_change": changes[0]},
        {"reason": "instance_count_unknown", "resource_change": changes[1]},
        {"reason": "resource_config_unknown", "resource_change": plans.change("aws_instance.d", {})},
        {"reason": "deferred_prereq", "resource_change": inside},
    ]
    found = {one.address: one.symbolic for one in loaded(deferred_changes=told)}
    assert found == {
        "aws_instance.a[?]": True,
        "aws_instance.b[?]": True,
        "aws_instance.d": False,
        "module.m[?].aws_instance.c[0]": True,
    }


def test_what_is_replaced_bit_by_bit_has_an_address_of_its_own() -> None:
    old = plans.change("aws_instance.a", None, before={"ami": "o"}, deposed="00ab12cd")
    assert [one.address for one in loaded(A, old)] == ["aws_instance.a", "aws_instance.a!deposed:00ab12cd"]
