"""A policy that reads what is never there is refused; the published schema says what can be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Union

import pytest

from guardrail.model.finding import Diagnostic
from guardrail.policy.model import Loaded


@pytest.mark.parametrize(
    ("rules", "message", "place"),
    [
        pytest.param(
            "deny contains 1 if some r in input.resuorces",
            'there is no input.resuorces, did you mean "resources"?',
            "14:36",
            id="a section of the document",
        ),
        pytest.param(
            "deny contains 1 if {\n\tsome r in input.resources\n\tnot r.lables\n}",
            'there is no input.resources[_].lables, did you mean "labels"?',
            "16:8",
            id="a fact, where the policy would deny everything",
        ),
        pytest.param(
            "deny contains 1 if {\n\tsome r in input.resources\n\tsome g in lib.groups(r)\n\tg.replicas.maximum > 3\n}",
            'there is no input.resources[_].groups[_].replicas.maximum, did you mean "max"?',
            "17:13",
            id="part of a fact, where it would never deny",
        ),
        pytest.param(
            "deny contains 1 if { some r in input.resources; r.region.name }",
            "there is no input.resources[_].region.name",
            "14:58",
            id="what is below a text",
        ),
        pytest.param(
            "deny contains 1 if {\n\tsome r in input.resources\n\t_large(r)\n}\n\n_large(one) if one.lifetime.ttl > 3",
            "there is no input.resources[_].lifetime.ttl; there are expires_at, idle_shutdown_seconds, "
            "max_retries, max_runtime_seconds, schedule, ttl_seconds",
            "19:29",
            id="in a helper",
        ),
        pytest.param(
            'deny contains 1 if { some r in input.resources; lib.params("own", r).maximum > 3 }',
            'there is no input.params.own.default.maximum, did you mean "max"?',
            "14:70",
            id="a parameter",
        ),
        pytest.param(
            'deny contains 1 if { some r in input.resources; lib.params("onw", r).max > 3 }',
            'there is no input.params.onw, did you mean "own"?',
            "14:70",
            id="the parameters of another policy",
        ),
        pytest.param(
            'deny contains 1 if some r in lib.in_category("compute.instnace")',
            "there is no category 'compute.instnace', did you mean \"compute.instance\"?",
            "14:30",
            id="a category that is asked for",
        ),
        pytest.param(
            'deny contains 1 if { some r in input.resources; r.category == "compute.instnace" }',
            "input.resources[_].category is never 'compute.instnace', did you mean \"compute.instance\"?",
            "14:49",
            id="a category that is compared with",
        ),
        pytest.param(
            'deny contains 1 if { some r in input.resources; "preemptible" == r.groups.main.purchase.otherwise }',
            "input.resources[_].groups.main.purchase.otherwise is never 'preemptible'; "
            "it is one of on_demand, reserved, spot",
            "14:50",
            id="a word of another cloud",
        ),
        pytest.param(
            'deny contains 1 if { some r in input.resources; count(lib.linked(r, "scale")) > 0 }',
            "there is no kind 'scale', did you mean \"scales\"?",
            "14:55",
            id="a kind of edge",
        ),
        pytest.param(
            'deny contains 1 if not input.run.author == "bot"',
            "this version of guardrail does not fill input.run.author",
            "14:34",
            id="what is agreed on and not there yet",
        ),
        pytest.param(
            "deny contains 1 if input.cost.by.team.ml.head.expected > 3",
            'there is no input.cost.by.team.ml.head.expected, did you mean "expected_micros"?',
            "14:47",
            id="a sum in another unit",
        ),
    ],
)
def test_what_is_never_there_is_refused(
    rules: str, message: str, place: str, understand: Callable[..., Union[Loaded, Diagnostic]]
) -> None:
    """Rego is silent about a misspelt field: such a policy would deny nothing, and nobody would notice."""
    answer = understand(rules, more="#   params: {type: object, properties: {max: {type: integer, default: 3}}}\n")
    assert isinstance(answer, Diagnostic)
    assert (answer.code, answer.message, str(answer.place)) == ("policy-reads", message, f"policies/own.rego:{place}")


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param("some r in input.resources; r.attributes.tags.nmae", id="native attributes, which are open"),
        pytest.param("some r in input.resources; r.labels.taem", id="labels"),
        pytest.param("some r in input.resources; r.groups.mian.replicas.max > 3", id="names of groups"),
        pytest.param("input.cost.by.team.nobody.head.max_micros > 3", id="values of a dimension"),
        pytest.param("some r in input.resources; _size(r.lifetime) > 3", id="a helper for values of several shapes"),
        pytest.param(
            "some r in input.resources; some x in [r.lifetime, r.sweep]; x.ttl_seconds > 3", id="one of several"
        ),
        pytest.param('some r in input.resources; r.type == "aws_instnace"', id="types, of which nobody knows all"),
        pytest.param('input.change.changed["f//a"][_] == "/regoin"', id="paths"),
    ],
)
def test_what_may_be_there_is_not_refused(rules: str, load: Callable[..., Loaded]) -> None:
    helpers = "_size(x) := x.replicas.max if x.replicas\n\n_size(x) := x.ttl_seconds if not x.replicas"
    assert load(f"deny contains 1 if {{ {rules} }}\n\n{helpers}").policy.id == "own"
