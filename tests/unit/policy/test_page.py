"""The page that explains how to write a policy says what is so."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from guardrail.model.finding import Diagnostic
from guardrail.model.resource import Resource
from guardrail.policy.analyse import analyse
from guardrail.policy.evaluate import Evaluation
from guardrail.policy.model import Loaded
from guardrail.policy.regorus import Regorus

PAGE = (Path(__file__).parents[3] / "docs" / "write-a-policy.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"```rego\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize(
    ("lifetime", "paths"),
    [
        pytest.param({"idle_shutdown_seconds": 7200}, [], id="within the limit"),
        pytest.param({"idle_shutdown_seconds": 7201}, ["/lifetime/idle_shutdown_seconds"], id="beyond it"),
        pytest.param({}, ["/lifetime/idle_shutdown_seconds"], id="a time that is missing"),
    ],
)
def test_the_example_denies_what_it_says(
    lifetime: dict[str, int],
    paths: list[str],
    engine: Regorus,
    judge: Callable[..., Evaluation],
    resource: Callable[..., Resource],
) -> None:
    loaded = analyse(engine, EXAMPLE.encode(), "policies/notebook-idle.rego", "user")
    assert isinstance(loaded, Loaded), loaded
    found = judge(resource(category="ml.notebook", lifetime=lifetime), by=loaded)
    assert found.diagnostics == ()
    assert [one.path for one in found.decisions] == paths


def test_a_missing_field_is_a_silent_pass_in_these_ways(
    load: Callable[..., Loaded], judge: Callable[..., Evaluation], resource: Callable[..., Resource]
) -> None:
    decision = '{"resource": r.address, "path": "/lifetime", "message": "no"}'
    told = '{"resource": r.address, "path": "/lifetime", "message": sprintf("%d s", [r.lifetime.ttl_seconds])}'
    for rule in (
        f"deny contains {decision} if {{ some r in input.resources; r.lifetime.ttl_seconds > 3 }}",
        f"deny contains {told} if {{ some r in input.resources }}",
    ):
        found = judge(resource(), by=load(rule))
        assert (found.decisions, found.diagnostics) == ((), ()), rule


def test_a_text_is_greater_than_a_number(
    load: Callable[..., Loaded], judge: Callable[..., Evaluation], resource: Callable[..., Resource]
) -> None:
    rule = (
        'deny contains {"resource": r.address, "path": "/labels/cost", "message": "no"} '
        "if { some r in input.resources; r.labels.cost > 20 }"
    )
    assert len(judge(resource(labels={"cost": "9"}), by=load(rule)).decisions) == 1


def test_what_has_no_length_is_an_error(
    load: Callable[..., Loaded], judge: Callable[..., Evaluation], resource: Callable[..., Resource]
) -> None:
    rule = "deny contains 1 if { some r in input.resources; count(r.attributes.tags) > 3 }"
    (failed,) = judge(resource(attributes={"tags": None}), by=load(rule)).diagnostics
    assert failed.place is not None
    assert failed.place.line == 13


def test_a_negated_call_is_refused(engine: Regorus) -> None:
    rule = "deny contains 1 if { some r in input.resources; not is_number(r.lifetime.ttl_seconds) }"
    head, _, _ = EXAMPLE.partition("deny contains")
    answer = analyse(engine, (head + rule).encode(), "p.rego", "user")
    assert isinstance(answer, Diagnostic)
    assert answer.code == "policy-profile"
