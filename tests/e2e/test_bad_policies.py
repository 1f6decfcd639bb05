"""Mistakes of whoever writes a policy: file, line and next step, exit 3, and all other policies are judged."""

from __future__ import annotations

from typing import Any

import pytest

from .repositories import Repository

HEAD = """\
# METADATA
# title: A title
# description: A description
# custom:
#   id: own
#   severity: high
#   remediation: Do it.
#   applies_to: {all: true}
package acme.own

"""
MAIN = 'resource "aws_eip" "a" {\n  tags = { team = "a" }\n}\n'
CONFIG = "version: 1\npolicy_sources: [policies]\npolicies: {required-tags: {level: warn, params: {keys: [cost]}}}\n"
SOME = "deny contains d if {\n\tsome r in input.resources\n\tr.taggable\n\t"


@pytest.mark.parametrize(
    ("rules", "code", "place", "message"),
    [
        pytest.param(
            SOME + 'd := {"resource": r.address, "path": "", "message": nobody}\n}\n',
            "policy-reads", (14, 54), "nobody is unsafe", id="an unsafe variable",
        ),
        pytest.param(SOME + "d := {\n}\n", "policy-syntax", (16, 1), "expecting `}`", id="a bracket that is missing"),
        pytest.param(
            SOME + 'd := {"message": "m"}\n}\n',
            "policy-failed", (11, 1), "exactly one of resource and subject", id="a decision about nothing",
        ),
        pytest.param(
            SOME + 'd := {"resource": "x//y", "path": "", "message": "m"}\n}\n',
            "policy-failed", (11, 1), "there is no resource 'x//y'", id="an address that is not there",
        ),
        pytest.param(
            SOME + 'd := {"resource": r.address, "path": "/lables/team", "message": "m"}\n}\n',
            "policy-failed", (11, 1), 'no resource has /lables, did you mean "labels"?', id="a path that is not there",
        ),
        pytest.param(
            SOME + 'd := {"resource": r.address, "path": "", "message": 3}\n}\n',
            "policy-failed", (11, 1), "message of a decision is a text, not 3", id="a message that is a number",
        ),
        pytest.param(
            SOME + 'd := {"resource": r.address, "path": "", "message": sprintf("%d", [r.name])}\n}\n',
            "policy-failed", (14, 61), "sprintf: %d wants an integer, not 'a'", id="an error at run time",
        ),
        pytest.param(
            "deny contains 1 if some r in input.resuorces\n",
            "policy-reads", (11, 36), 'did you mean "resources"?', id="a misspelt section, which Rego is silent about",
        ),
        pytest.param(
            SOME + 'some i in numbers.range(1, 1000000)\n\td := {"subject": "total", "message": "m", "key": '
            "format_int(i, 10)}\n}\n",
            "policy-failed", (11, 1), "", id="a million decisions",
        ),
    ],
)  # fmt: skip
def test_a_policy_that_is_wrong_is_no_pass_and_spares_the_others(
    rules: str, code: str, place: tuple[int, int], message: str, repository: Repository
) -> None:
    assert _mistake(repository, HEAD + rules, place, message)["code"] == code


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        pytest.param("severity: high", "severity: hihg", (6, 15), "severity is 'hihg'", id="a severity"),
        pytest.param("custom:", "costum:", (4, 3), 'did you mean "custom"?', id="a key"),
        pytest.param(
            "{all: true}", "{category: [compute.pol]}", (8, 29), 'did you mean "compute.pool"?', id="a category"
        ),
        pytest.param("id: own", "id: scan-incomplete", (1, 1), "of a finding of guardrail's own", id="an id of ours"),
        pytest.param("id: own", "id: max-replicas", (1, 1), "is taken by", id="an id of another policy"),
        pytest.param("title: A title", "title: [", (4, 9), "METADATA: not YAML", id="broken YAML"),
    ],
)
def test_wrong_metadata_is_no_pass_and_spares_the_others(
    old: str, new: str, place: tuple[int, int], message: str, repository: Repository
) -> None:
    rule = SOME + 'd := {"resource": r.address, "path": "", "message": "m"}\n}\n'
    _mistake(repository, HEAD.replace(old, new) + rule, place, message)


def _mistake(repository: Repository, policy: str, place: tuple[int, int], message: str) -> Any:
    """Return the one error of a check with this policy. It says what is wrong and where; other policies are judged."""
    repository.write({"main.tf": MAIN, "guardrail.yaml": CONFIG, "policies/own.rego": policy})
    told = repository.check()
    (error,) = [one for one in told.report["diagnostics"] if one["level"] == "error"]
    assert (told.code, told.report["verdict"]) == (3, "error")
    assert (error["file"], (error["line"], error["column"])) == ("policies/own.rego", place)
    assert message in error["message"]
    assert error["hint"]
    assert told.of("required-tags")
    return error
