from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from guardrail.model.finding import Measure
from guardrail.model.resource import Resource
from guardrail.model.value import UNBOUNDED
from guardrail.policy.decisions import MESSAGE, MOST, read
from guardrail.policy.evaluate import Evaluation
from guardrail.policy.model import Library, Loaded

ADDRESSES = {"f//a": "f//a", "f//b": "f//b"}
GOOD = {"resource": "f//a", "path": "/region", "message": "no"}


@pytest.mark.parametrize(
    ("raw", "wrong"),
    [
        pytest.param("text", "a decision is an object, not 'text'", id="no object"),
        pytest.param(
            {**GOOD, "paths": []},
            "a decision has no member 'paths'; there are depends, evidence, key, measure, message, path, "
            "remediation, resource, subject",
            id="an unknown member",
        ),
        pytest.param({**GOOD, "message": ""}, "a decision needs a message", id="no message"),
        pytest.param({**GOOD, "message": 7}, "message of a decision is a text, not 7", id="a message that is no text"),
        pytest.param({"message": "no"}, "a decision names exactly one of resource and subject", id="about nothing"),
        pytest.param(
            {**GOOD, "subject": "total"}, "a decision names exactly one of resource and subject", id="about two"
        ),
        pytest.param({**GOOD, "resource": "f//x"}, "there is no resource 'f//x'", id="an address that is not there"),
        pytest.param({**GOOD, "resource": ["f//a"]}, "there is no resource ['f//a']", id="a list of addresses"),
        pytest.param(
            {"resource": "f//a", "message": "no"},
            "a decision about a resource names the path, as lib.path([…]) gives it",
            id="no path",
        ),
        pytest.param(
            {**GOOD, "path": "groups.main"},
            "'groups.main' is no path; it is written as lib.path([…]) does",
            id="a dotted path",
        ),
        pytest.param(
            {**GOOD, "path": "/labels/~x"},
            "'/labels/~x' is no path; it is written as lib.path([…]) does",
            id="a path that escapes nothing",
        ),
        pytest.param(
            {"subject": "world", "message": "no"},
            "'world' is no subject; it is total, or as in unit:infra/prod",
            id="a subject of its own",
        ),
        pytest.param(
            {"subject": "unit:", "message": "no"},
            "'unit:' is no subject; it is total, or as in unit:infra/prod",
            id="a subject without value",
        ),
        pytest.param(
            {**GOOD, "depends": "f//b"}, "depends of a decision is a list, not 'f//b'", id="one dependency as text"
        ),
        pytest.param({**GOOD, "depends": ["f//x"]}, "there is no resource 'f//x'", id="a dependency that is not there"),
        pytest.param(
            {**GOOD, "evidence": ["a"]}, "evidence of a decision is an object, not ['a']", id="evidence as a list"
        ),
        pytest.param(
            {**GOOD, "evidence": {"a": "x" * 30_000}},
            "evidence of a decision is larger than 20000 characters",
            id="large evidence",
        ),
        pytest.param(
            {**GOOD, "measure": {"value": 1, "limit": 1, "after": 1}},
            "METADATA names no measure",
            id="a measure that is not declared",
        ),
        pytest.param(
            {**GOOD, "remediation": 3}, "remediation of a decision is a text, not 3", id="a remediation that is no text"
        ),
    ],
)
def test_a_malformed_decision_is_an_error_and_spares_the_others(raw: Any, wrong: str, library: Library) -> None:
    told = read(library.policies["max-replicas"], [raw, GOOD], ADDRESSES)
    assert told.wrong == (wrong,)
    assert [one.path for one in told.decisions] == ["/region"]


@pytest.mark.parametrize(
    ("measure", "wrong"),
    [
        pytest.param(None, "METADATA names a measure, so each decision reports one", id="none"),
        pytest.param({"value": 1}, "a measure has value, limit and after", id="half of it"),
        pytest.param(
            {"value": 1.5, "limit": 1, "after": 1},
            "value of a measure is a whole number or unbounded, not 1.5",
            id="a fraction",
        ),
        pytest.param(
            {"value": 1, "limit": "unbounded", "after": 1},
            "the limit of a measure is a number",
            id="a limit that is none",
        ),
    ],
)
def test_a_measure_is_as_declared(measure: Any, wrong: str, library: Library) -> None:
    raw = {"subject": "total", "message": "no", **({"measure": measure} if measure else {})}
    assert read(library.policies["cost-increase"], [raw], ADDRESSES).wrong == (wrong,)


def test_money_becomes_dollars_and_accelerators_stay(library: Library) -> None:
    raw = {"subject": "total", "message": "no", "measure": {"value": 1_500_000, "limit": 1, "after": "unbounded"}}
    (money,) = read(library.policies["cost-worst-case"], [raw], ADDRESSES).decisions
    assert money.measure == Measure("max_monthly", Decimal("1.5"), Decimal("0.000001"), UNBOUNDED)
    (count,) = read(library.policies["gpu-count-limit"], [raw], ADDRESSES).decisions
    assert count.measure == Measure("accelerators", Decimal(1_500_000), Decimal(1), UNBOUNDED)


def test_all_members_are_kept(library: Library) -> None:
    raw = {**GOOD, "key": "k", "depends": ["f//b"], "evidence": {"limit": 3}, "remediation": "Do it."}
    (told,) = read(library.policies["max-replicas"], [raw], ADDRESSES).decisions
    assert (told.key, told.depends, told.evidence, told.remediation) == ("k", ("f//b",), {"limit": 3}, "Do it.")


def test_long_messages_are_cut(library: Library) -> None:
    (told,) = read(library.policies["max-replicas"], [{**GOOD, "message": "x" * 10**6}], ADDRESSES).decisions
    assert len(told.message) == MESSAGE
    assert told.message.endswith("…")


def test_too_many_decisions_are_an_error(library: Library) -> None:
    many = [{**GOOD, "key": str(number)} for number in range(MOST + 1)]
    told = read(library.policies["max-replicas"], many, ADDRESSES)
    assert told.wrong == (f"it makes {MOST + 1} decisions, more than {MOST}",)
    assert len(told.decisions) == MOST


def test_deny_is_a_set(library: Library) -> None:
    assert read(library.policies["max-replicas"], {"a": 1}, ADDRESSES).wrong == (
        "`deny` is no set of decisions; write `deny contains decision if …`",
    )


def test_decisions_come_in_one_order(library: Library) -> None:
    raw = [{**GOOD, "path": f"/{name}"} for name in "cab"]
    policy = library.policies["max-replicas"]
    assert read(policy, raw, ADDRESSES) == read(policy, raw[::-1], ADDRESSES)


def test_a_policy_in_error_is_a_diagnostic_and_the_others_are_judged(
    judge: Callable[..., Evaluation], load: Callable[..., Loaded], resource: Callable[..., Resource]
) -> None:
    bad = load(
        'deny contains {"resource": "nowhere", "path": "", "message": "no"}\n\n'
        'deny contains {"resource": r.address, "path": "", "message": "yes"} if some r in input.resources'
    )
    found = judge(resource(labels={"team": "a"}, taggable=True), by=(bad, "required-tags"))
    assert [one.code for one in found.diagnostics] == ["policy-failed"]
    assert found.diagnostics[0].message == "policy own: there is no resource 'nowhere'"
    assert str(found.diagnostics[0].place) == "policies/own.rego:13:1"
    assert found.diagnostics[0].level == "error"
    assert [(one.policy, one.path) for one in found.decisions] == [
        ("own", ""),
        ("required-tags", "/labels/cost-center"),
    ]
    assert found.judged == {"required-tags": 1}


def test_a_policy_that_raises_is_a_diagnostic_with_the_line(
    judge: Callable[..., Evaluation], load: Callable[..., Loaded], resource: Callable[..., Resource]
) -> None:
    bad = load("deny contains 1 if {\n\tsome r in input.resources\n\tlower(r.labels) == 1\n}")
    found = judge(resource(taggable=True), by=(bad, "required-tags"))
    assert [str(one.place) for one in found.diagnostics] == ["policies/own.rego:15:9"]
    assert len(found.decisions) == 2


def test_a_decision_on_what_no_resource_has_is_a_mistake(
    judge: Callable[..., Evaluation], load: Callable[..., Loaded], resource: Callable[..., Resource]
) -> None:
    bad = load(
        'deny contains {"resource": r.address, "path": "/lables/team", "message": "no"} if some r in input.resources'
    )
    found = judge(resource(), by=bad)
    assert found.decisions == ()
    assert [one.message for one in found.diagnostics] == ['policy own: no resource has /lables, did you mean "labels"?']


def test_one_mistake_in_many_decisions_is_told_a_few_times(library: Library) -> None:
    told = read(library.policies["max-replicas"], [f"f//{number}" for number in range(5_000)], ADDRESSES)
    assert len(told.wrong) == 3


def test_what_a_built_in_of_ours_says_is_told_as_it_is(
    judge: Callable[..., Evaluation], load: Callable[..., Loaded], resource: Callable[..., Resource]
) -> None:
    bad = load('deny contains 1 if sprintf("%s", [3]) == "3"')
    assert [one.message for one in judge(resource(), by=bad).diagnostics] == [
        "policy own: sprintf: %s wants a string, not 3; use %v"
    ]
