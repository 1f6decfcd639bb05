"""Real plans: those that are recorded are what Terraform says, and any root is told alike by its files and its plan."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import planned
import pytest
import terraform_facts
import terraform_plans

FACTS: Final = Path(__file__).parents[2] / "tests" / "facts" / "terraform"
ROOTS: Final = {
    (file.stem, sentence): files
    for file in sorted((FACTS / "configurations").glob("*.txt"))
    for sentence, files in terraform_facts.configurations(file).items()
}
RECORDED: Final = json.loads((FACTS / "configurations.json").read_text(encoding="utf-8"))

pytestmark = pytest.mark.skipif(
    shutil.which("terraform") is None, reason="terraform is not on PATH: no plan is made, the recorded ones are read"
)

VERSIONS: Final = ("terraform_version", "format_version")


def test_recorded_plans_are_what_terraform_says() -> None:
    recorded = json.loads((FACTS / "plans.json").read_text(encoding="utf-8"))
    for sentence, plan in terraform_plans.ask(FACTS).items():
        assert _versionless(plan) == _versionless(recorded[sentence]), sentence


def _versionless(plan: Any) -> Any:
    return {key: value for key, value in plan.items() if key not in VERSIONS and key != "prior_state"}


@pytest.mark.parametrize(("file", "sentence"), ROOTS)
def test_files_and_plan_agree_and_that_is_recorded(file: str, sentence: str) -> None:
    files = ROOTS[file, sentence]
    plan = terraform_facts.plan_of(files)
    assert terraform_facts.answer(plan) == RECORDED[file][sentence]
    if plan is None:
        return  # a root in error has no plan
    stack = terraform_facts.STACK
    unit = replace(planned.UNIT, var_files=(stack,)) if stack in files else planned.UNIT
    assert planned.disagreements(files, plan, unit) == []


def test_nothing_else_is_recorded() -> None:
    assert [(file, sentence) for file, sentences in RECORDED.items() for sentence in sentences] == list(ROOTS)
