"""Plans that Terraform made (recorded by `tools/terraform_plans.py`): they tell what their files tell, and no less."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import planned
import pytest
from terraform_facts import configurations

from guardrail.graph.change import differences
from guardrail.model.value import Unknown, lookup

FACTS: Final = Path(__file__).parents[5] / "tests" / "facts" / "terraform"
PLANS: Final = json.loads((FACTS / "plans.json").read_text(encoding="utf-8"))
CASES: Final = configurations(FACTS / "plans.txt")


def files(sentence: str) -> dict[str, str]:
    told = CASES[sentence].items()
    return {path.removeprefix("is/"): text for path, text in told if path.startswith("is/")}


def test_every_case_is_recorded() -> None:
    assert PLANS.keys() == CASES.keys()


@pytest.mark.parametrize("sentence", CASES)
def test_files_and_plan_agree(sentence: str) -> None:
    assert planned.disagreements(files(sentence), PLANS[sentence]) == []


def resources(sentence: str) -> tuple[dict[str, Any], dict[str, Any]]:
    sides = planned.by_plan(json.dumps(PLANS[sentence]).encode(), files(sentence))
    assert sides.base is not None
    return ({one.address[3:]: one for one in side.resources} for side in (sides.head, sides.base))  # type: ignore[return-value]


def test_values_that_are_known_after_apply() -> None:
    head, base = resources("what is created, from a module and by unknowns")
    assert not base
    each = head['terraform_data.each["a"]'].attributes
    assert each["input"]["key"] == "a"
    assert isinstance(lookup(each, ("input", "of")), Unknown)
    assert isinstance(lookup(each, ("input", "in", "deep", 0)), Unknown)
    assert str(lookup(each, ("input", "in", "deep", 1))) == "0.5"
    assert head["terraform_data.after"].attributes["input"][1:] == [{"n": 1}, "1-x"]
    assert isinstance(head["terraform_data.after"].attributes["input"][0], Unknown)
    secret = head["terraform_data.first"].native
    assert secret.sensitive("/input/secret")
    assert not secret.sensitive("/input/size")


def test_lines_lead_through_modules() -> None:
    head, _ = resources("what is created, from a module and by unknowns")
    steps = head["module.m[1].terraform_data.inner"].native.trace("/input/1/n")
    assert [(str(step.place), step.value) for step in steps][:1] == [("m/main.tf:4:3", 1)]
    assert "main.tf:22:3" in [str(step.place) for step in steps]


def test_every_action_of_terraform() -> None:
    head, base = resources("what is changed, replaced, moved, forgotten, destroyed and left alone")
    assert sorted(head.keys() - base.keys()) == ["terraform_data.new"]
    assert sorted(base.keys() - head.keys()) == ["terraform_data.gone[1]", "terraform_data.old"]
    assert [name for name in head if head[name] is base.get(name)] == [
        "terraform_data.gone[0]",
        "terraform_data.kept",
        "terraform_data.same",
    ]
    changed = {name: differences(base[name], head[name]) for name in head.keys() & base.keys()}
    assert {name: paths for name, paths in changed.items() if paths} == {
        "terraform_data.changed": ("/attributes/input/a", "/attributes/output"),
        "terraform_data.replaced": ("/attributes/id", "/attributes/output", "/attributes/triggers_replace"),
    }
