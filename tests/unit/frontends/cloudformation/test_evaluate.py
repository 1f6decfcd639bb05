"""Values of templates: what is written, what decides it, and what nobody knows before it is deployed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.frontends import documents
from guardrail.frontends.cloudformation.evaluate import NO_VALUE, Evaluator
from guardrail.frontends.cloudformation.tags import long_form
from guardrail.frontends.cloudformation.template import Template
from guardrail.model.value import Reason, Unknown

HEAD = """
Parameters:
  Machine: {Type: String, Default: ml.g5.xlarge}
  Size: {Type: String, AllowedValues: [small, large]}
  Sole: {Type: String, AllowedValues: [only]}
  Open: {Type: String}
  Listed: {Type: CommaDelimitedList, Default: "a, b,c"}
  Secret: {Type: String, Default: hunter2, NoEcho: true}
  Stored: {Type: "AWS::SSM::Parameter::Value<String>", Default: /gpu/type}
Mappings:
  Sizes:
    small: {machine: ml.m5.large, count: 1}
    large: {machine: ml.p4d.24xlarge, count: 4}
Conditions:
  Here: !Equals [!Ref Machine, ml.g5.xlarge]
  Gone: !Not [!Condition Here]
  Large: !Equals [!Ref Size, large]
  Free: !Equals [!Ref Open, x]
  Both: !And [!Condition Here, !Condition Large]
  Neither: !And [!Condition Gone, !Condition Free]
  Either: !Or [!Condition Here, !Condition Free]
  Circle: !Or [!Condition Circle, !Condition Gone]
Resources:
  Other:
    Type: AWS::S3::Bucket
    Properties: {BucketName: data, Tags: !GetAtt Other.Tags}
  Value:
    Type: AWS::S3::Bucket
    Properties:
      X: """


def worked_out(written: str, region: Any = None) -> Any:
    found = documents.read((HEAD + written).encode(), "t.yaml", tags=long_form)
    assert found.diagnostics == ()
    template = Template(found.documents[0], region)
    return Evaluator(template).value(template.section("Resources")["Value"]["Properties"]["X"])


@pytest.mark.parametrize(
    ("written", "value"),
    [
        pytest.param("!Ref Machine", "ml.g5.xlarge", id="a parameter with a default"),
        pytest.param("!Ref Sole", "only", id="a parameter that may be one thing"),
        pytest.param("!Ref Listed", ("a", "b", "c"), id="a parameter that is a list"),
        pytest.param("!Select [1, !Ref Listed]", "b", id="an element of it"),
        pytest.param("!Sub 'x-${Machine}-${!Machine}'", "x-ml.g5.xlarge-${Machine}", id="a text with names in it"),
        pytest.param(
            "!Sub ['${A}/${Machine}', {A: !Ref Sole}]", "only/ml.g5.xlarge", id="a text with names of its own"
        ),
        pytest.param("${Machine}", "${Machine}", id="a text that nothing is put into"),
        pytest.param("!Join ['-', [a, !Ref Sole, 3]]", "a-only-3", id="a text of parts"),
        pytest.param("!Split [',', 'a,b']", ("a", "b"), id="parts of a text"),
        pytest.param("!FindInMap [Sizes, large, count]", 4, id="a map"),
        pytest.param("!FindInMap [Sizes, huge, count, {DefaultValue: 9}]", 9, id="a map with a default"),
        pytest.param("!If [Here, 8, 1]", 8, id="a condition that holds"),
        pytest.param("!If [Gone, 8, 1]", 1, id="a condition that does not"),
        pytest.param("!If [Free, 2, 2]", 2, id="a condition that makes no difference"),
        pytest.param("!If [Either, 1, 2]", 1, id="one of two is enough"),
        pytest.param("!If [Neither, 1, 2]", 2, id="one of two is too little, whatever the other is"),
        pytest.param("{A: 1, B: !Ref 'AWS::NoValue'}", {"A": 1}, id="no value"),
        pytest.param("[1, !If [Gone, 2, !Ref 'AWS::NoValue']]", (1,), id="no value in a list"),
        pytest.param("!GetAtt Other.BucketName", "data", id="an attribute that is a property"),
        pytest.param("!Base64 abc", "YWJj", id="base 64"),
        pytest.param("{'Fn::Join': ['', [a, {Ref: Sole}]]}", "aonly", id="the long form"),
        pytest.param("!Length [1, 2, 3]", 3, id="a length"),
    ],
)
def test_what_is_known(written: str, value: Any) -> None:
    assert worked_out(written) == value


@pytest.mark.parametrize(
    ("written", "reason", "one_of"),
    [
        pytest.param("!Ref Open", "variable", None, id="a parameter without a default"),
        pytest.param("!Ref Size", "variable", ("small", "large"), id="one of what is allowed"),
        pytest.param("!Ref Secret", "variable", None, id="what must not be shown"),
        pytest.param("!Ref Stored", "data", None, id="what a store holds"),
        pytest.param(
            "!FindInMap [Sizes, !Ref Size, machine]", "variable", ("ml.m5.large", "ml.p4d.24xlarge"), id="a map"
        ),
        pytest.param("!FindInMap [Sizes, !Ref Open, count]", "variable", (1, 4), id="any key of a map"),
        pytest.param("!If [Large, 8, 1]", "variable", (8, 1), id="both arms"),
        pytest.param("!If [Large, 8, !Ref 'AWS::NoValue']", "variable", (8, None), id="an arm or nothing"),
        pytest.param("!If [Free, !Ref Open, 1]", "variable", None, id="an arm that is not known"),
        pytest.param("!Sub 'ml.${Size}'", "variable", ("ml.small", "ml.large"), id="a text"),
        pytest.param("!Ref 'AWS::Region'", "environment", None, id="the region"),
        pytest.param("!Ref 'AWS::AccountId'", "environment", None, id="the account"),
        pytest.param("!ImportValue shared", "data", None, id="another stack"),
        pytest.param("'{{resolve:ssm:/gpu}}'", "data", None, id="a reference that is resolved later"),
        pytest.param("!Ref Other", "computed", None, id="a resource"),
        pytest.param("!GetAtt Other.Arn", "computed", None, id="an attribute"),
        pytest.param("!Cidr [10.0.0.0/8, 2, 8]", "refused", None, id="a function that nobody works out"),
        pytest.param("!Ref Nothing", "error", None, id="a name that is not there"),
        pytest.param("!If [Nothing, 1, 2]", "error", (1, 2), id="a condition that is not there"),
        pytest.param("!GetAtt Other.Tags", "error", None, id="a circle"),
        pytest.param("!If [Circle, 1, 2]", "error", (1, 2), id="a condition in a circle"),
        pytest.param("!Select [9, [a]]", "error", None, id="an element that is not there"),
        pytest.param("!Join [1, 2]", "error", None, id="arguments that do not fit"),
        pytest.param("!Mine 3", "template", None, id="a tag of somebody else"),
    ],
)
def test_what_is_not_known(written: str, reason: str, one_of: Any) -> None:
    found = worked_out(written)
    assert isinstance(found, Unknown)
    assert (found.reason.value, found.one_of) == (reason, one_of)


def test_the_region_is_what_the_configuration_states() -> None:
    assert worked_out("!Sub 'x-${AWS::Region}'", "eu-west-1") == "x-eu-west-1"


def test_a_text_that_is_not_known_keeps_how_it_begins() -> None:
    assert worked_out("!Sub 'arn:aws:${Open}'").prefix == "arn:aws:"


def test_a_template_that_explodes_is_refused() -> None:
    doubling = "!Join ['', [{0}, {0}]]"
    written = "a" * 1000
    for _ in range(12):
        written = doubling.format(written)
    assert worked_out(written) == "a" * 1000 * 2**12 or isinstance(worked_out(written), Unknown)


def refused(resources: dict[str, Any]) -> bool:
    """Whether the property `X` of the first resource is too much."""
    written = {"Resources": {name: {"Properties": {"X": value}} for name, value in resources.items()}}
    found = documents.read(json.dumps(written).encode(), "t.json", tags=long_form)
    evaluator = Evaluator(Template(found.documents[0]))
    one = evaluator.value({"Fn::GetAtt": (next(iter(resources)), "X")})
    return isinstance(one, Unknown) and one.reason is Reason.REFUSED


def test_what_is_made_of_another_value_counts_anew() -> None:
    doubling: dict[str, Any] = {f"R{index}": [{"Fn::GetAtt": [f"R{index + 1}", "X"]}] * 2 for index in range(18)}
    assert refused({**doubling, "R18": "a"})
    assert not refused({"A": [{"Fn::GetAtt": ["B", "X"]}] * 2, "B": "a"})


def test_long_texts_are_not_made_without_end() -> None:
    joined = {"Fn::Join": ["", [{"Fn::GetAtt": ["B", "X"]}, "x"]]}
    assert refused({"A": [joined] * 50, "B": "a" * 700_000})


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("!Ref LookedUp", id="a default"),
        pytest.param("!FindInMap [Looked, up, x]", id="a map"),
    ],
)
def test_what_is_looked_up_is_not_known_wherever_that_is_said(written: str) -> None:
    head = """
Parameters: {LookedUp: {Type: String, Default: "{{resolve:ssm:/gpu}}"}}
Mappings: {Looked: {up: {x: "{{resolve:ssm:/gpu}}"}}}
X: """
    template = Template(documents.read((head + written).encode(), "t.yaml", tags=long_form).documents[0])
    found = Evaluator(template).value(template.section("X"))
    assert isinstance(found, Unknown)
    assert found.reason is Reason.DATA


def test_functions_nest_only_so_deep() -> None:
    deep: Any = "x"
    for _ in range(200):
        deep = {"Fn::Base64": deep}
    template = Template(documents.read(HEAD.encode() + b"1", "t.yaml", tags=long_form).documents[0])
    assert isinstance(Evaluator(template).value(deep), Unknown)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from(["Machine", "Size", "true", "A.B"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(
            st.sampled_from(
                ["Ref", "Fn::If", "Fn::Sub", "Fn::Join", "Fn::Select", "Fn::GetAtt", "Fn::FindInMap", "Fn::Split",
                 "Fn::Equals", "Fn::And", "Fn::Not", "Condition", "Fn::ForEach::x", "Key"]
            ),
            inner,
            max_size=2,
        ),
    ),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_nothing_that_is_written_raises(written: Any) -> None:
    template = Template(documents.read(HEAD.encode() + b"1", "t.yaml", tags=long_form).documents[0])
    found = Evaluator(template).value(written)
    assert found is NO_VALUE or found is None or isinstance(found, (bool, int, str, tuple, dict, Unknown))
    if isinstance(found, Unknown):
        assert isinstance(found.reason, Reason)
