"""The recorded answers of functions are what Terraform says; skipped where there is none."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
FACTS = REPOSITORY / "tests" / "facts" / "functions"


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not on PATH: functions are not asked again")
def test_answers_are_what_terraform_says() -> None:
    spec = importlib.util.spec_from_file_location("function_facts", REPOSITORY / "tools" / "function_facts.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert tool.record(FACTS) == json.loads((FACTS / "answers.json").read_text(encoding="utf-8"))
