"""Three-valued answers: what is not known is never passed, and never denied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from guardrail.config.settings import PolicySettings, Settings
from guardrail.model.graph import Edge
from guardrail.model.resource import Accelerator, Bounds, Group, Multiplicity, Resource
from guardrail.model.value import UNBOUNDED, OpenMap, Reason, Unknown
from guardrail.policy.evaluate import Evaluation
from guardrail.policy.model import Loaded

Short = Callable[[Evaluation], list[tuple[str, Any, Any]]]
Judge = Callable[..., Evaluation]
Make = Callable[..., Resource]
Load = Callable[..., Loaded]

DATA, VARIABLE = Unknown(Reason.DATA), Unknown(Reason.VARIABLE, note="var.size has no value")
GPU = Accelerator(count=1, model="t4", family="t4", vendor="nvidia")
A = "f//t.a"


def tagged(make: Make, labels: Any, **fields: Any) -> Resource:
    return make(labels=labels, taggable=True, **fields)


@pytest.mark.parametrize(
    ("labels", "wanted"),
    [
        pytest.param({"team": "a", "cost-center": "1"}, [], id="all known and there"),
        pytest.param({"team": "a"}, [(A, "/labels/cost-center", None)], id="known to be missing"),
        pytest.param(
            {"team": "a", "cost-center": DATA}, [(A, "/labels/cost-center", "data")], id="there, value unknown"
        ),
        pytest.param({"team": "a", "cost-center": "1", "Name": DATA}, [], id="an unknown tag that nobody asks for"),
        pytest.param(DATA, [(A, "/labels", "data")], id="no tag known: told once"),
        pytest.param(
            OpenMap({"team": "a"}, DATA), [(A, "/labels/cost-center", "data")], id="open: only what is not listed"
        ),
        pytest.param(OpenMap({"team": "a", "cost-center": "1"}, DATA), [], id="open, and all is listed"),
        pytest.param(
            {"cost-center": VARIABLE},
            [(A, "/labels/cost-center", "variable"), (A, "/labels/team", None)],
            id="one missing, one unknown",
        ),
    ],
)
def test_labels(labels: Any, wanted: list[Any], resource: Make, judge: Judge, told: Short) -> None:
    assert told(judge(tagged(resource, labels), by="required-tags")) == wanted


def test_an_unknown_label_in_another_case(resource: Make, judge: Judge, told: Short) -> None:
    params = {"required-tags": {"keys": ["team"], "case_insensitive": True}}
    found = judge(tagged(resource, {"TEAM": DATA}), by="required-tags", params=params)
    assert told(found) == [(A, "/labels/TEAM", "data")]


@pytest.mark.parametrize(
    ("replicas", "accelerators", "wanted"),
    [
        pytest.param(Bounds(1, 1, 9), (GPU,), [("/groups/main/replicas/max", None)], id="known and above"),
        pytest.param(Bounds(1, 1, VARIABLE), (), [("/groups/main/replicas/max", "variable")], id="the bound"),
        pytest.param(
            Bounds(1, 1, 15), VARIABLE, [("/groups/main/accelerators", "variable")], id="what the limit depends on"
        ),
        pytest.param(Bounds(VARIABLE, VARIABLE, 8), (GPU,), [], id="bounds that are not read"),
        pytest.param(
            Bounds(1, 1, VARIABLE),
            VARIABLE,
            [("/groups/main/accelerators", "variable"), ("/groups/main/replicas/max", "variable")],
            id="both",
        ),
    ],
)
def test_groups(
    replicas: Bounds, accelerators: Any, wanted: list[Any], resource: Make, judge: Judge, told: Short
) -> None:
    pool = resource(category="compute.pool", groups={"main": Group(replicas=replicas, accelerators=accelerators)})
    assert [(path, reason) for _, path, reason in told(judge(pool, by="max-replicas"))] == wanted


@pytest.mark.parametrize(
    ("groups", "path"),
    [
        pytest.param(DATA, "/groups", id="no group known"),
        pytest.param(OpenMap({"main": Group()}, DATA), "/groups", id="more groups than are listed"),
    ],
)
def test_unknown_groups(groups: Any, path: str, resource: Make, judge: Judge, told: Short) -> None:
    pool = resource(category="compute.pool", groups=groups)
    assert told(judge(pool, by="max-replicas")) == [(A, path, "data")]


def test_what_may_not_exist_is_not_denied(resource: Make, judge: Judge, told: Short) -> None:
    perhaps = tagged(resource, {"team": "a"}, multiplicity=Multiplicity(0, UNBOUNDED, VARIABLE))
    found = judge(perhaps, by="required-tags")
    assert told(found) == [(A, "/labels/cost-center", "variable")]
    assert found.decisions[0].message.startswith("the number of copies is not known: it comes from an input without")


def test_what_exists_at_least_once_is_denied(resource: Make, judge: Judge, told: Short) -> None:
    several = tagged(resource, {"team": "a"}, multiplicity=Multiplicity(1, UNBOUNDED, VARIABLE))
    assert told(judge(several, by="required-tags")) == [(A, "/labels/cost-center", None)]


def test_an_unknown_number_of_copies_concerns_only_what_has_accelerators(
    resource: Make, judge: Judge, told: Short
) -> None:
    copies = Multiplicity(0, UNBOUNDED, VARIABLE)
    plain = resource("plain", groups={"main": Group()}, multiplicity=copies)
    gpu = resource("gpu", groups={"main": Group(accelerators=(GPU,))}, multiplicity=copies)
    assert told(judge(plain, gpu, by="gpu-count-limit")) == [("f//t.gpu", "/multiplicity", "variable")]


def test_a_policy_has_no_say_about_what_it_narrows_away(resource: Make, judge: Judge, told: Short) -> None:
    unsized = Group(replicas=Bounds(1, 1, VARIABLE))
    found = judge(
        resource("cpu", groups={"main": unsized}),
        resource("gpu", groups={"main": Group(replicas=Bounds(1, 1, VARIABLE), accelerators=(GPU,))}),
        resource("any", groups={"main": Group(accelerators=DATA)}),
        by="gpu-count-limit",
    )
    assert told(found) == [
        ("f//t.any", "/groups/main/accelerators", "data"),
        ("f//t.gpu", "/groups/main/replicas/max", "variable"),
    ]
    assert found.judged == {"gpu-count-limit": 2}


def test_a_provider_without_a_list_is_not_asked_for_its_region(resource: Make, judge: Judge, told: Short) -> None:
    found = judge(
        resource("aws", provider="aws", region=DATA),
        resource("gcp", provider="gcp", region=DATA),
        by="region-restriction",
    )
    assert told(found) == [("f//t.aws", "/region", "data")]
    assert found.judged == {"region-restriction": 1}


def test_one_unknown_zone_of_several(resource: Make, judge: Judge, told: Short) -> None:
    zones = {"main": Group(zones=("us-east-1a", DATA, "us-west-2a"))}
    found = judge(resource(provider="aws", region="us-east-1", groups=zones), by="region-restriction")
    assert told(found) == [(A, "/groups/main/zones/1", "data"), (A, "/groups/main/zones/2", None)]


def test_a_decision_about_a_list_with_an_unknown_member(resource: Make, judge: Judge, load: Load, told: Short) -> None:
    policy = load(
        'deny contains {"resource": r.address, "path": "/groups/main/zones", "message": "spread"} if {\n'
        "\tsome r in input.resources\n\tcount(r.groups.main.zones) > 1\n}"
    )
    zones = {"main": Group(zones=("a", DATA))}
    assert told(judge(resource(groups=zones), by=policy)) == [(A, "/groups/main/zones", "data")]


def test_the_team_that_a_list_depends_on(resource: Make, judge: Judge, told: Short) -> None:
    params = {"gpu-family-allowlist": {"allow": ["t4"], "by_team": {"research": ["h100"]}}}
    h100 = {"main": Group(accelerators=(Accelerator(count=1, family="h100"),))}

    def say(labels: Any) -> list[Any]:
        return told(judge(resource(labels=labels, groups=h100), by="gpu-family-allowlist", params=params))

    assert say({"team": "research"}) == []
    assert say({"team": "web"}) == [(A, "/groups/main/accelerators/0/family", None)]
    assert say({"team": DATA}) == [(A, "/labels/team", "data")]
    assert say({"Name": DATA, "team": "research"}) == []


def test_labels_do_not_matter_where_no_team_has_a_list(resource: Make, judge: Judge, told: Short) -> None:
    t4 = {"main": Group(accelerators=(GPU,))}
    assert told(judge(resource(labels=DATA, groups=t4), by="gpu-family-allowlist")) == []


def test_silence_about_what_is_reached_is_told(resource: Make, judge: Judge, load: Load, told: Short) -> None:
    policy = load(
        'deny contains {"resource": r.address, "path": "/cluster", "message": "pool is spot"} if {\n'
        '\tsome r in lib.of_type("pod")\n\tsome pool in lib.linked(r, "schedules_on")\n'
        '\tpool.labels.kind == "spot"\n}'
    )
    pod = resource("pod", type="pod")
    edges = {"f//t.pod": (Edge("schedules_on", "f//t.pool"),)}

    def say(labels: Any, **more: Any) -> list[Any]:
        return told(judge(pod, resource("pool", type="pool", labels=labels), by=policy, **more))

    assert say({"kind": "spot"}, edges=edges) == [("f//t.pod", "/cluster", None)]
    assert say({"kind": DATA}, edges=edges) == [("f//t.pool", "/labels/kind", "data")]
    assert say({"other": DATA}, edges=edges) == []
    assert say({"kind": DATA}) == []


def test_where_a_policy_is_off_nothing_is_said(resource: Make, judge: Judge, told: Short) -> None:
    said = PolicySettings(params={"keys": ["team"]}, units={"g": PolicySettings(level="off")})
    here, there = tagged(resource, DATA), tagged(resource, {}, unit="g")
    found = judge(here, there, by="required-tags", settings=Settings(policies={"required-tags": said}))
    assert told(found) == [(A, "/labels", "data")]
    assert found.judged == {"required-tags": 1}


def test_parameters_of_a_unit_decide_what_concerns_it(resource: Make, judge: Judge, told: Short) -> None:
    said = PolicySettings(params={"keys": ["team"]}, units={"g": PolicySettings(params={"keys": ["owner"]})})
    labels = {"owner": DATA, "team": DATA}
    found = judge(
        tagged(resource, labels),
        tagged(resource, labels, unit="g"),
        by="required-tags",
        settings=Settings(policies={"required-tags": said}),
    )
    assert told(found) == [(A, "/labels/team", "data"), ("g//t.a", "/labels/owner", "data")]


def test_a_path_that_the_policy_did_not_read_is_looked_up_all_the_same(
    resource: Make, judge: Judge, load: Load, told: Short
) -> None:
    policy = load(
        'deny contains {"resource": r.address, "path": "/attributes/size", "message": "no"} if {\n'
        "\tsome r in input.resources\n}"
    )
    assert told(judge(resource(attributes={"size": DATA}), by=policy)) == [(A, "/attributes/size", "data")]
    assert told(judge(resource(attributes={"size": 3}), by=policy)) == [(A, "/attributes/size", None)]


def test_the_answer_says_why_and_what_to_do(resource: Make, judge: Judge) -> None:
    (found,) = judge(tagged(resource, {"team": "a", "cost-center": DATA}), by="required-tags").decisions
    assert found.message == (
        "label cost-center is not known: it is read from a data source; possibly: lacks the tag cost-center"
    )
    assert found.evidence == {"unknown": {"/labels/cost-center": {"reason": "data"}}}
    assert found.remediation == (
        "Write the value as a literal or a variable with a value. Give the tag cost-center a value."
    )
    pool = resource(category="compute.pool", groups={"main": Group(replicas=Bounds(1, 1, 1), accelerators=VARIABLE)})
    (silent,) = judge(pool, by="max-replicas").decisions
    assert silent.message == (
        "accelerators of group main is not known: it comes from an input without a value (var.size has no value)"
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('a"b\\c', id="quotes"),
        pytest.param("line\nbreak\ttab\r\x00\x1b[31m", id="control characters"),
        pytest.param("ünïcödé \U0001f4b8 \u202e", id="more than ASCII"),
        pytest.param("x" * 1_000_000, id="a megabyte"),
        pytest.param("%s %d ${x} {{y}}", id="placeholders"),
        pytest.param("lone \udcff surrogate", id="bytes of a name that are not UTF-8"),
    ],
)
def test_hostile_text_is_text(text: str, resource: Make, judge: Judge, told: Short) -> None:
    params = {"required-tags": {"keys": ["team", "cost-center"], "allowed_values": {"team": ["a"]}}}
    strange = tagged(resource, {"team": text, text: "y"}, address=f"f//t.{text}", name=text)
    found = judge(strange, tagged(resource, {"team": "a", "cost-center": "1"}), by="required-tags", params=params)
    assert told(found) == [
        (f"f//t.{text}", "/labels/cost-center", None),
        (f"f//t.{text}", "/labels/team", None),
    ]
    assert all(len(one.message) <= 2000 for one in found.decisions)


@pytest.mark.parametrize("size", [10**20, 10**40, 2**63])
def test_hostile_numbers_are_numbers(size: int, resource: Make, judge: Judge, told: Short) -> None:
    huge = {"main": Group(replicas=Bounds(1, 1, size), accelerators=(Accelerator(count=size, family="t4"),))}
    found = judge(
        resource("pool", category="compute.pool", groups=huge),
        resource("job", category="workload.batch", lifetime={"max_runtime_seconds": size}),
        by=("max-replicas", "gpu-count-limit", "ttl-required"),
    )
    assert told(found) == [
        ("f//t.pool", "/groups/main/replicas/max", None),
        ("f//t.pool", "/groups/main/replicas/max", None),
        ("f//t.job", "/lifetime/max_runtime_seconds", None),
    ]


def test_a_fraction_where_a_whole_number_should_be(resource: Make, judge: Judge, told: Short) -> None:
    half = {"main": Group(replicas=Bounds(1, 1, Decimal("9.5")))}  # type: ignore[arg-type]  # input says what it wants
    found = judge(
        resource("pool", category="compute.pool", groups={"main": replace(half["main"], accelerators=(GPU,))}),
        resource("job", category="workload.batch", lifetime={"max_runtime_seconds": Decimal("1e9") + Decimal("0.5")}),
        by=("max-replicas", "ttl-required"),
    )
    assert told(found) == [
        ("f//t.pool", "/groups/main/replicas/max", None),
        ("f//t.job", "/lifetime/max_runtime_seconds", None),
    ]


def test_decisions_do_not_depend_on_the_order_of_resources(resource: Make, judge: Judge) -> None:
    several = [tagged(resource, {}, unit=unit) for unit in "fgh"]
    assert judge(*several, by="required-tags") == judge(*several[::-1], by="required-tags")
