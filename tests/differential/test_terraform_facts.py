"""The facts that our evaluation is held against are what Terraform says; skipped where there is none."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import terraform_facts

REPOSITORY = Path(__file__).parents[2]
FACTS = REPOSITORY / "tests" / "facts" / "terraform"

pytestmark = pytest.mark.skipif(
    shutil.which("terraform") is None, reason="terraform is not on PATH: the recorded facts are not asked again"
)


@pytest.fixture(scope="module")
def answers() -> Any:
    return terraform_facts.ask(FACTS)


@pytest.mark.parametrize("name", ["expressions", "configurations"])
def test_facts_are_what_terraform_says(answers: Any, name: str) -> None:
    assert json.loads((FACTS / f"{name}.json").read_text(encoding="utf-8")) == answers[name]
