"""The facts that our evaluation is held against are what Terraform says; skipped where there is none."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import terraform_facts

REPOSITORY = Path(__file__).parents[2]
FACTS = REPOSITORY / "tests" / "facts" / "terraform"


@pytest.mark.skipif(
    shutil.which("terraform") is None, reason="terraform is not on PATH: the recorded facts are not asked again"
)
def test_expressions_are_what_terraform_says() -> None:
    recorded = json.loads((FACTS / "expressions.json").read_text(encoding="utf-8"))
    assert recorded == terraform_facts.asked_expressions(FACTS)
