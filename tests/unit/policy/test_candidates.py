"""Values that something can still take are judged one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from guardrail.model.resource import Accelerator, Bounds, Group, Multiplicity, Resource
from guardrail.model.value import UNBOUNDED, Reason, Unknown
from guardrail.policy import candidates
from guardrail.policy.evaluate import Evaluation
from guardrail.policy.model import Loaded

Short = Callable[[Evaluation], list[tuple[str, Any, Any]]]
Judge = Callable[..., Evaluation]
Make = Callable[..., Resource]

A = "f//t.a"
MAX = "/groups/main/replicas/max"


def either(*values: Any) -> Unknown:
    return Unknown(Reason.VARIABLE, tuple(values))


def gpus(family: str, count: int = 1) -> dict[str, Any]:
    return {"count": count, "family": family, "model": family, "vendor": "nvidia"}


def pool(make: Make, **fields: Any) -> Resource:
    return make(category="compute.pool", groups={"main": Group(**fields)})


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        pytest.param((5, 20), [], id="none is denied: pass"),
        pytest.param((21, 99), [(A, MAX, None)], id="all are denied: deny"),
        pytest.param((5, 99), [(A, MAX, "variable")], id="some are denied: undetermined"),
        pytest.param(("unbounded", 99), [(A, MAX, None)], id="no bound, or too many: deny"),
    ],
)
def test_a_bound(values: Sequence[Any], wanted: list[Any], resource: Make, judge: Judge, told: Short) -> None:
    found = judge(pool(resource, replicas=Bounds(1, 1, either(*values))), by="max-replicas")
    assert told(found) == wanted


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        pytest.param((gpus("t4"),), (gpus("l4"),), [], id="both are allowed"),
        pytest.param((), (gpus("t4"),), [], id="none at all, or an allowed one"),
        pytest.param(
            (gpus("h100"),), (gpus("a100"),), [("/groups/main/accelerators/0/family", None)], id="neither is allowed"
        ),
        pytest.param(
            (gpus("h100"),), (), [("/groups/main/accelerators/0/family", "variable")], id="a big one, or none at all"
        ),
        pytest.param(
            (gpus("t4"), gpus("h100")),
            (gpus("h100"),),
            [("/groups/main/accelerators", None)],
            id="denied either way, each time for another thing",
        ),
    ],
)
def test_accelerators(one: Any, other: Any, wanted: list[Any], resource: Make, judge: Judge, told: Short) -> None:
    found = judge(pool(resource, accelerators=either(one, other)), by="gpu-family-allowlist")
    assert [(path, reason) for _, path, reason in told(found)] == wanted


def test_what_is_said_names_each_value(resource: Make, judge: Judge) -> None:
    (found,) = judge(pool(resource, replicas=Bounds(1, 1, either(5, 99))), by="max-replicas").decisions
    assert found.message == (
        "replicas max of group main is not known: it comes from an input without a value; with 5 it passes; "
        "with 99 it is not allowed (group main may grow to 99 replicas, at most 20)"
    )
    assert found.evidence["unknown"] == {MAX: {"reason": "variable", "one_of": [5, 99]}}
    assert found.remediation == (
        "Give the variable a default, or a value in a file of variables that the unit reads. "
        "Bound it to 20 replicas, or have the limit raised in guardrail.yaml."
    )


def test_accelerators_are_told_as_people_say_them(resource: Make, judge: Judge) -> None:
    one_or_none = either((gpus("h100", 8), gpus("t4", 1)), ())
    (found,) = judge(pool(resource, accelerators=one_or_none), by="gpu-family-allowlist").decisions
    assert found.message.endswith(
        "with 8 × h100 and 1 × t4 it is not allowed (accelerator h100 is not allowed, only one of t4, l4); "
        "with no accelerator it passes"
    )


def test_all_combinations_are_tried(resource: Make, judge: Judge, told: Short) -> None:
    both = pool(resource, replicas=Bounds(1, 1, either(8, 20)), accelerators=either((), (gpus("t4"),)))
    assert told(judge(both, by="max-replicas")) == [(A, MAX, "variable")]  # 20 with accelerators is too many
    fine = pool(resource, replicas=Bounds(1, 1, either(7, 8)), accelerators=either((), (gpus("t4"),)))
    assert told(judge(fine, by="max-replicas")) == []
    bad = pool(resource, replicas=Bounds(1, 1, either(21, 22)), accelerators=either((), (gpus("t4"),)))
    assert told(judge(bad, by="max-replicas")) == [(A, MAX, None)]


def test_more_combinations_than_are_tried_are_undetermined(resource: Make, judge: Judge, told: Short) -> None:
    many = pool(resource, replicas=Bounds(1, 1, either(*range(9))), accelerators=either((), (gpus("t4"),)))
    assert told(judge(many, by="max-replicas")) == [
        (A, "/groups/main/accelerators", "variable"),
        (A, MAX, "variable"),
    ]


def test_what_cannot_be_tried_beside_what_can(resource: Make, judge: Judge, told: Short) -> None:
    unknown = Unknown(Reason.DATA)
    mixed = pool(resource, replicas=Bounds(1, 1, either(5, 7)), accelerators=unknown)
    assert told(judge(mixed, by="max-replicas")) == [(A, "/groups/main/accelerators", "data")]
    denied = pool(resource, replicas=Bounds(1, 1, either(50, 70)), accelerators=unknown)
    assert told(judge(denied, by="max-replicas")) == [
        (A, "/groups/main/accelerators", "data"),
        (A, MAX, None),
    ]


def test_each_policy_tries_what_it_rests_on(resource: Make, judge: Judge) -> None:
    both = pool(
        resource,
        replicas=Bounds(1, 1, either(*range(1, 9))),
        accelerators=either((gpus("t4"),), (gpus("h100"),)),
    )
    found = judge(both, by=("max-replicas", "gpu-family-allowlist", "gpu-count-limit"))
    assert [(one.policy, one.path, one.reason) for one in found.decisions] == [
        ("gpu-family-allowlist", "/groups/main/accelerators/0/family", Reason.VARIABLE)
    ]
    assert not found.diagnostics


def test_a_member_of_a_list(resource: Make, judge: Judge, told: Short) -> None:
    def say(*zones: str) -> list[Any]:
        groups = {"main": Group(zones=("us-east-1a", either(*zones)))}
        return told(judge(resource(provider="aws", region="us-east-1", groups=groups), by="region-restriction"))

    assert say("us-east-1b", "us-east-1c") == []
    assert say("us-west-2a", "us-west-2b") == [(A, "/groups/main/zones/1", None)]
    assert say("us-west-2a", "us-east-1b") == [(A, "/groups/main/zones/1", "variable")]


def test_a_candidate_that_is_denied_where_it_may_not_exist(resource: Make, judge: Judge, told: Short) -> None:
    copies = Multiplicity(0, UNBOUNDED, Unknown(Reason.DATA))
    groups = {"main": Group(replicas=Bounds(1, 1, either(50, 70)))}
    perhaps = resource(category="compute.pool", groups=groups, multiplicity=copies)
    assert told(judge(perhaps, by="max-replicas")) == [(A, MAX, "variable")]


def test_a_policy_that_joins_is_not_tried(
    resource: Make, judge: Judge, load: Callable[..., Loaded], told: Short
) -> None:
    lonely = load(
        'deny contains {"resource": r.address, "path": "/region", "message": "alone in us-west-2"} if {\n'
        '\tsome r in input.resources\n\tr.region == "us-west-2"\n\tcount(lib.linked(r, "mounts")) == 0\n}'
    )
    assert lonely.joins
    assert told(judge(resource(region=either("us-west-2", "us-west-1")), by=lonely)) == [(A, "/region", "variable")]


def test_there_is_an_end_to_trying(resource: Make, judge: Judge, told: Short, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "MOST", 5)
    several = [
        resource(f"p{n}", category="compute.pool", groups={"main": Group(replicas=Bounds(1, 1, either(5, 7)))})
        for n in range(4)
    ]
    assert told(judge(*several, by="max-replicas")) == [("f//t.p2", MAX, "variable"), ("f//t.p3", MAX, "variable")]


def test_a_policy_that_fails_on_a_candidate_fails(resource: Make, judge: Judge, load: Callable[..., Loaded]) -> None:
    policy = load(
        'deny contains {"resource": r.address, "path": "/region", "message": "no"} if {\n'
        '\tsome r in input.resources\n\tlower(r.region) == "a"\n}'
    )
    found = judge(resource(region=either("a", 7)), by=policy)
    assert [one.code for one in found.diagnostics] == ["policy-failed"]
    assert [(one.path, one.reason) for one in found.decisions] == [("/region", Reason.VARIABLE)]


def test_accelerators_as_a_catalogue_gives_them(resource: Make, judge: Judge, told: Short) -> None:
    values = ((Accelerator(count=8, family="h100"),), ())
    found = judge(pool(resource, accelerators=either(*values)), by="gpu-family-allowlist")
    assert told(found) == [(A, "/groups/main/accelerators/0/family", "variable")]
