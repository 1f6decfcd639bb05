"""What is known of attributes, what is not yet, and what nobody states."""

from __future__ import annotations

from typing import Any, Optional

import plans
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.catalog.registry import kind
from guardrail.frontends.terraform.plan.changes import Change
from guardrail.frontends.terraform.plan.document import load
from guardrail.frontends.terraform.plan.values import COMPUTED, overlaid, planned, scalars
from guardrail.model.value import OpenMap, unknowns


@pytest.mark.parametrize(
    ("value", "mark", "expected"),
    [
        pytest.param("x", False, "x", id="known"),
        pytest.param(None, True, COMPUTED, id="unknown"),
        pytest.param({"a": 1}, {"b": True}, {"a": 1, "b": COMPUTED}, id="an unknown member"),
        pytest.param({"a": 1}, {}, {"a": 1}, id="nothing unknown"),
        pytest.param({"a": 1}, {"b": {"c": False}}, {"a": 1}, id="a mark without any truth adds nothing"),
        pytest.param(None, {"b": {"c": True}}, {"b": {"c": COMPUTED}}, id="a map of which nothing is known"),
        pytest.param([None, 3], [True, False], [COMPUTED, 3], id="an unknown element"),
        pytest.param([{"a": 1}], [{"b": True}], [{"a": 1, "b": COMPUTED}], id="in a nested block"),
        pytest.param([1], [True, False], COMPUTED, id="lists of two lengths"),
        pytest.param([1], [False, False], [1], id="lists of two lengths, and nothing unknown"),
        pytest.param("x", {"a": True}, COMPUTED, id="a text with an unknown member"),
        pytest.param("x", [True], COMPUTED, id="a text with an unknown element"),
        pytest.param({"a": 1}, [True], COMPUTED, id="a map with an unknown element"),
        pytest.param({"a": 1}, "yes", {"a": 1}, id="a mark that is no mark"),
    ],
)
def test_values_and_marks(value: Any, mark: Any, expected: Any) -> None:
    assert overlaid(value, mark) == expected


MARKS = st.recursive(
    st.booleans() | st.just("x"), lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=2), inner)
)


@given(MARKS, MARKS)
def test_what_is_marked_is_never_known(value: Any, mark: Any) -> None:
    found = overlaid(value, mark)
    assert (mark is True) == (found is COMPUTED) or found is COMPUTED
    assert bool(list(unknowns(found))) == _true(mark)


def _true(mark: Any) -> bool:
    inside = mark.values() if isinstance(mark, dict) else mark if isinstance(mark, list) else ()
    return mark is True or any(map(_true, inside))


def instance(after: Any, unknown: Any) -> Change:
    return load(plans.plan(plans.change("aws_instance.a", after, unknown=unknown)), "plan.json").changes[0]


INSTANCE = kind("aws_instance")


@pytest.mark.parametrize(
    ("unknown", "stated", "declared", "expected"),
    [
        pytest.param(
            {"instance_type": True}, {"ami": 1}, None, {}, id="nobody sets the machine: a template may, as in files"
        ),
        pytest.param(
            {"instance_type": True}, {"instance_type": 1}, None, {"instance_type": COMPUTED}, id="it is set, to what?"
        ),
        pytest.param({"instance_type": True}, None, None, {"instance_type": COMPUTED}, id="a plan without its block"),
        pytest.param(
            {"root_block_device": True}, {}, None, {"root_block_device": COMPUTED}, id="a dynamic block may make it"
        ),
        pytest.param({"root_block_device": True}, {}, {"ami"}, {}, id="the files have no such block"),
        pytest.param(
            {"root_block_device": True},
            {},
            {"root_block_device"},
            {"root_block_device": COMPUTED},
            id="the files have a dynamic block",
        ),
        pytest.param({"id": True}, {}, None, {"id": COMPUTED}, id="what no fact is read from stays"),
        pytest.param({"id": True}, {}, {"ami"}, {}, id="unless the files say that nobody sets it"),
    ],
)
def test_what_nobody_states(
    unknown: Any, stated: Optional[dict[str, Any]], declared: Optional[set[str]], expected: Any
) -> None:
    assert planned(instance({}, unknown), INSTANCE, stated, declared) == expected


VOLUME = {"volume_size": 8}


@pytest.mark.parametrize(
    ("blocks", "left"),
    [
        pytest.param([{"volume_size": {}}], {}, id="not set in the block"),
        pytest.param([{"volume_size": {}}, {"volume_type": {}}], {"volume_type": COMPUTED}, id="set in one of a set"),
        pytest.param({"volume_size": {}}, {}, id="a single block"),
        pytest.param({"references": ["var.x"]}, {"volume_type": COMPUTED}, id="blocks in attribute syntax"),
    ],
)
def test_what_nobody_states_in_a_nested_block(blocks: Any, left: Any) -> None:
    change = instance({"ebs_block_device": [VOLUME]}, {"ebs_block_device": [{"volume_type": True}]})
    found = planned(change, INSTANCE, {"ebs_block_device": blocks}, None)
    assert found == {"ebs_block_device": [{**VOLUME, **left}]}


def test_nothing_at_all_is_known() -> None:
    found = planned(instance({"ami": "x"}, True), INSTANCE, {}, None)
    assert found == {"ami": "x"}
    assert isinstance(found, OpenMap)


def test_values_without_changes_leave_out_what_is_not_known() -> None:
    resource = {**plans.change("aws_instance.a"), "values": {"ami": None, "disk": [None, {"size": 8}]}}
    told = {"root_module": {"resources": [resource]}}
    plan = load(plans.plan(planned_values=told, resource_changes=None), "plan.json")
    found = planned(plan.changes[0], INSTANCE, None, None)
    assert not plan.compares
    assert found == {"ami": None, "disk": [COMPUTED, {"size": 8}]}
    assert isinstance(found, OpenMap)
    assert isinstance(found["disk"][1], OpenMap)


def test_blocks_are_no_scalars() -> None:
    names = scalars(INSTANCE) if INSTANCE else frozenset()
    assert "instance_type" in names
    assert names.isdisjoint({"root_block_device", "ebs_block_device", "launch_template", "instance_market_options"})
    template = kind("aws_launch_template")
    assert template is not None
    assert "block_device_mappings" not in scalars(template)
    group = kind("aws_autoscaling_group")
    assert group is not None
    assert "tag" not in scalars(group), "a dynamic block may make tags"
