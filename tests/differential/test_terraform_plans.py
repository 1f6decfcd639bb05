"""Real plans: those that are recorded are what Terraform says, and any root is told alike by its files and its plan."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import planned
import pytest
import terraform_facts
import terraform_plans

FACTS: Final = Path(__file__).parents[2] / "tests" / "facts" / "terraform"
ROOTS: Final = {
    f"{file.stem}: {sentence}": files
    for file in sorted((FACTS / "configurations").glob("*.txt"))
    for sentence, files in terraform_facts.configurations(file).items()
}

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


@pytest.mark.parametrize("root", ROOTS)
def test_files_and_plan_agree(root: str) -> None:
    files = ROOTS[root]
    arguments = [f"-var-file={terraform_facts.STACK}"] if terraform_facts.STACK in files else []
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            place = Path(folder, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        plan, _ = terraform_facts.plan(Path(folder), *arguments)
    if plan is None:
        return  # a root in error has no plan
    unit = replace(planned.UNIT, var_files=(terraform_facts.STACK,)) if arguments else planned.UNIT
    assert planned.disagreements(files, plan, unit) == []
