"""Loops of templates: unrolled where their collection is known, else what they make is there any number of times."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from guardrail.frontends.budget import Budget
from guardrail.frontends.cloudformation.read import read
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.unit import Unit
from guardrail.model.resource import SINGLE
from guardrail.model.value import UNBOUNDED, Reason
from guardrail.sources.listed import MemoryTree

HEAD = """
Transform: AWS::LanguageExtensions
Parameters:
  Zones: {Type: CommaDelimitedList, Default: "a,b"}
  Open: {Type: CommaDelimitedList}
  Some: {Type: String, Default: g5.xlarge}
"""
NODE = "Type: AWS::EC2::Instance\n        Properties: {InstanceType: "


def template(resources: str, more: str = "") -> Parsed:
    text = f"{HEAD}{more}Resources:\n{resources}"
    unit = Unit(name="t.yaml", format="cloudformation", directory=".", files=("t.yaml",))
    return read(MemoryTree({"t.yaml": text.encode()}), unit, Budget())


def loop(name: str, identifier: str, collection: str, key: str, value: str) -> str:
    return f"  Fn::ForEach::{name}:\n    - {identifier}\n    - {collection}\n    - {key}:\n        {value}\n"


def nested(deep: int) -> object:
    """Return loops over twenty items in one another."""
    made: object = {"I${I1}${I2}${I3}${I4}${I5}": {"Type": "AWS::EC2::Instance"}}
    for depth in range(1, deep + 1):
        made = {f"Fn::ForEach::L{depth}": [f"I{depth}", [f"{number}" for number in range(20)], made]}
    return made


def machines(parsed: Parsed) -> Mapping[str, object]:
    found = {}
    for one in parsed.resources:
        assert isinstance(one.groups, Mapping)
        found[one.address.removeprefix("t.yaml//")] = one.groups["main"].machine_types
    return found


@pytest.mark.parametrize(
    ("resources", "made"),
    [
        pytest.param(
            loop("Nodes", "Type", "[g5.xlarge, p5.48xlarge]", "Node&{Type}", NODE + "!Ref Type}"),
            {"Nodeg5xlarge": ("g5.xlarge",), "Nodep548xlarge": ("p5.48xlarge",)},
            id="over a list, the names without dots",
        ),
        pytest.param(
            loop("Nodes", "Zone", "!Ref Zones", "Node${Zone}", NODE + "g5.xlarge}"),
            {"Nodea": ("g5.xlarge",), "Nodeb": ("g5.xlarge",)},
            id="over a parameter",
        ),
        pytest.param(
            loop("Nodes", "Size", "[xlarge, 2xlarge]", "Node${Size}", NODE + '"g5.${Size}"}'),
            {"Nodexlarge": ("g5.xlarge",), "Node2xlarge": ("g5.2xlarge",)},
            id="in a text",
        ),
        pytest.param(
            loop("Nodes", "Size", "[xlarge]", "Node${Size}", NODE + '!Sub "g5.${Size}"}'),
            {"Nodexlarge": ("g5.xlarge",)},
            id="in a text with functions",
        ),
        pytest.param(
            loop("Nodes", "Number", "[1, 2]", "Node${Number}", NODE + "!Ref Some}"),
            {"Node1": ("g5.xlarge",), "Node2": ("g5.xlarge",)},
            id="over numbers",
        ),
        pytest.param(
            "  Fn::ForEach::Families:\n    - Family\n    - [g5, p5]\n    - Fn::ForEach::Sizes:\n"
            "        - Size\n        - [xlarge, 48xlarge]\n        - Node${Family}${Size}:\n"
            "            Type: AWS::EC2::Instance\n            Properties: {InstanceType: !Sub '${Family}.${Size}'}\n",
            {
                "Nodeg5xlarge": ("g5.xlarge",),
                "Nodeg548xlarge": ("g5.48xlarge",),
                "Nodep5xlarge": ("p5.xlarge",),
                "Nodep548xlarge": ("p5.48xlarge",),
            },
            id="in a loop",
        ),
        pytest.param(loop("Nodes", "Type", "[]", "Node", NODE + "!Ref Type}"), {}, id="over nothing"),
        pytest.param(
            "  Node:\n    Type: AWS::EC2::Instance\n    Properties:\n      Fn::ForEach::P:\n        - Name\n"
            "        - [InstanceType]\n        - ${Name}: p5.48xlarge\n",
            {"Node": ("p5.48xlarge",)},
            id="over properties",
        ),
    ],
)  # fmt: skip
def test_what_a_loop_makes(resources: str, made: Mapping[str, object]) -> None:
    found = template(resources)
    assert machines(found) == made
    assert [one.code for one in found.diagnostics] == ([] if made else ["template-loop"])
    assert all(one.multiplicity == SINGLE for one in found.resources)


def test_over_what_nobody_knows_there_are_any_number() -> None:
    found = template(loop("Nodes", "Zone", "!Ref Open", "Node${Zone}", NODE + "p5.48xlarge}"))
    (one,) = found.resources
    assert machines(found) == {"Node${Zone}": ("p5.48xlarge",)}
    assert (one.multiplicity.min, one.multiplicity.max) == (0, UNBOUNDED)
    assert one.multiplicity.why is not None
    assert one.multiplicity.why.reason is Reason.VARIABLE
    assert not found.diagnostics


def test_what_is_made_of_an_item_that_nobody_knows() -> None:
    (one,) = template(loop("Nodes", "Type", "!Ref Open", "Node", NODE + "!Ref Type}")).resources
    assert isinstance(one.groups, Mapping)
    assert str(one.groups["main"].machine_types).count("Unknown(") == 1


@pytest.mark.parametrize(
    "resources",
    [
        pytest.param(loop("L", "I", "[1, 2]", "Same", NODE + "g5.xlarge}"), id="that makes a thing twice"),
        pytest.param("  Fn::ForEach::L: [N, [1]]\n", id="without what it repeats"),
        pytest.param("  Fn::ForEach::L: {a: b}\n", id="that is none"),
        pytest.param(loop("L", "I", "text", "A${I}", NODE + "g5.xlarge}"), id="over a text"),
        pytest.param("  " + json.dumps(nested(5))[1:-1] + "\n",
            id="that makes millions",
        ),
    ],
)  # fmt: skip
def test_a_loop_that_is_wrong_is_told(resources: str) -> None:
    found = template(resources)
    assert not found.resources
    assert {one.code for one in found.diagnostics} == {"template-loop"}
    assert all(one.unread for one in found.diagnostics)


def test_conditions_in_loops_decide() -> None:
    more = "Conditions:\n  Fn::ForEach::C:\n    - Size\n    - [a, b]\n    - Has${Size}: !Equals [${Size}, a]\n"
    value = "Condition: Has${Size}\n        " + NODE + "g5.xlarge}"
    assert list(machines(template(loop("N", "Size", "[a, b]", "Node${Size}", value), more))) == ["Nodea"]


def test_places_are_in_the_loop() -> None:
    found = template(loop("Nodes", "Type", "[g5.xlarge, p5.48xlarge]", "Node&{Type}", NODE + "!Ref Type}"))
    lines = {one.native.place("/InstanceType").line for one in found.resources}
    assert lines == {HEAD.count("\n") + 7}


def test_another_transform_may_still_add_something() -> None:
    found = template(loop("N", "I", "[a]", "N${I}", NODE + "g5.xlarge}"), "Transform: [AWS::LanguageExtensions, Own]\n")
    assert [one.code for one in found.diagnostics if one.code == "template-transform"] == ["template-transform"]
