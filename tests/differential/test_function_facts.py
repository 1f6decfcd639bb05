"""The recorded answers of functions are what Terraform says; skipped where there is none."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import function_facts
import pytest

REPOSITORY = Path(__file__).parents[2]
FACTS = REPOSITORY / "tests" / "facts" / "functions"


pytestmark = pytest.mark.skipif(
    shutil.which("terraform") is None, reason="terraform is not on PATH: functions are not asked again"
)


def test_answers_are_what_terraform_says() -> None:
    assert function_facts.record(FACTS) == json.loads((FACTS / "answers.json").read_text(encoding="utf-8"))


def test_names_are_those_that_terraform_has() -> None:
    assert function_facts.names() == json.loads((FACTS / "names.json").read_text(encoding="utf-8"))
