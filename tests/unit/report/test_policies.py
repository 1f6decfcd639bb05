"""What `policy list`, `policy show` and `config validate` print, of a library that the test wrote."""

from __future__ import annotations

import json
from typing import Any

import pytest

from guardrail.config.settings import PolicySettings, Settings
from guardrail.errors import UsageError
from guardrail.model.finding import Diagnostic
from guardrail.model.place import Place
from guardrail.policy.library import load_library, shared_module
from guardrail.policy.model import Library
from guardrail.policy.parameters import Parameters, resolve_parameters
from guardrail.policy.regorus import start_worker
from guardrail.report.policies import configuration, policy_list, policy_page
from guardrail.sources.listed import MemoryTree

POLICY = """# METADATA
# title: Idle notebooks
# description: A notebook stops by itself.
# custom:
#   id: idle
#   revision: 4
#   severity: medium
#   remediation: State a time.
#   applies_to: {category: [ml.notebook], taggable: true}
#   params:
#     type: object
#     required: [owners]
#     properties:
#       share: {type: number, default: 0.5, description: Of a day.}
#       zones: {type: array}
#       owners: {type: array, description: Who may.}
package own.idle

deny contains {"resource": r.address, "path": "", "message": "no"} if {
	some r in input.resources
	r.lifetime.idle_shutdown_seconds > 3
	r.region == "a"
}
"""


@pytest.fixture(scope="module")
def library() -> Library:
    with start_worker(shared_module()) as engine:
        return load_library(engine, shared_module(), [(MemoryTree({"own/idle.rego": POLICY.encode()}), "own")])


def given(library: Library, **params: Any) -> tuple[Settings, Parameters]:
    settings = Settings(policies={"idle": PolicySettings(params=params)})
    return settings, resolve_parameters(library.policies, settings, {})


def test_a_line_for_each_policy_and_why_one_is_off(library: Library) -> None:
    lines = policy_list(library, *given(library), "terminal").splitlines()
    assert "idle                    off   medium    Idle notebooks  (own/idle.rego)" in lines
    assert "max-replicas            deny  high      More replicas than the limit" in lines
    assert "  idle                    parameter owners is not given" in lines


def test_the_list_for_machines(library: Library) -> None:
    rows = json.loads(policy_list(library, *given(library, owners=["a"]), "json"))["policies"]
    (own,) = [row for row in rows if row["id"] == "idle"]
    assert own == {
        "id": "idle",
        "title": "Idle notebooks",
        "level": "deny",
        "severity": "medium",
        "source": "own/idle.rego",
        "revision": 4,
    }


def test_a_page_tells_what_a_policy_judges_reads_and_takes(library: Library) -> None:
    assert (
        policy_page(library, *given(library), "idle", "terminal")
        == """\
idle  Idle notebooks

A notebook stops by itself.

level        off (parameter owners is not given)
severity     medium
judges       ml.notebook, whatever takes tags
reads        /lifetime/idle_shutdown_seconds, /region
to pass      State a time.
source       own/idle.rego

Parameters (guardrail.yaml, policies.idle.params):
  share                   default 0.5. Of a day.
  zones                   default [].
  owners                  must be given, else the policy is off. Who may.
"""
    )


def test_a_page_for_machines(library: Library) -> None:
    page = json.loads(policy_page(library, *given(library, owners=["a"]), "idle", "json"))
    assert page["off"] is None
    assert page["given"] == {"share": 0.5, "zones": [], "owners": ["a"]}
    assert page["applies_to"] == {"category": ["ml.notebook"], "type": [], "taggable": True, "all": False}
    assert page["reads"] == ["/lifetime/idle_shutdown_seconds", "/region"]
    assert page["params"]["properties"]["share"]["default"] == 0.5
    assert page["measure"] is None


def test_a_page_of_a_policy_that_compares_sums(library: Library) -> None:
    text = policy_page(library, *given(library), "cost-increase", "terminal")
    assert "compares     expected_monthly by unit, total\n" in text
    assert "judges" not in text
    page = json.loads(policy_page(library, *given(library), "cost-increase", "json"))
    assert page["measure"] == {
        "name": "expected_monthly",
        "by": ["unit", "total"],
        "of": "delta",
        "bound": "expected",
    }
    assert page["applies_to"] is None


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        pytest.param("max-replica", "did you mean max-replicas?", id="a misspelt one"),
        pytest.param("zzz", "`guardrail policy list` names them all", id="one that is like no other"),
    ],
)
def test_there_is_no_such_policy(name: str, hint: str, library: Library) -> None:
    with pytest.raises(UsageError) as caught:
        policy_page(library, *given(library), name, "terminal")
    assert (caught.value.message, caught.value.hint) == (f"there is no policy {name}", hint)


def test_a_configuration_that_is_right_and_odd(library: Library) -> None:
    odd = Diagnostic("warning", "config-odd", "matches nothing", Place("guardrail.yaml", 3, 5, 3, 9))
    text = configuration("guardrail.yaml", library, *given(library, owners=["a"]), [odd])
    assert text.startswith("guardrail.yaml is right: profile standard, 7 policies on.\n")
    assert "  required-tags           parameter keys is not given\n" in text
    assert "guardrail.yaml:3:5: matches nothing" in text
