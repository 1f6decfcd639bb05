"""Every built-in policy denies its bad example and accepts its good one, and its page says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import build_policy_pages as tool
import pytest

from .repositories import forks

NAMES = sorted(folder.name for folder in tool.POLICIES.iterdir() if folder.is_dir() and folder.name != "lib")


@pytest.fixture(autouse=True)
def _loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def guardrail(*arguments: str, cwd: Path) -> Any:
        return json.loads(forks().run(arguments, cwd, {"HOME": str(cwd)}).stdout)

    monkeypatch.setattr(tool, "guardrail", guardrail)


@pytest.mark.parametrize("name", NAMES)
def test_the_bad_example_is_denied_and_the_good_one_is_not(name: str) -> None:
    denied = tool.judge(tool.example(name, "bad"), name)
    accepted = tool.judge(tool.example(name, "good"), name)
    assert {(finding["policy"], finding["status"]) for finding in denied["findings"]} == {(name, "deny")}
    assert denied["verdict"] == "block"
    assert accepted["findings"] == []
    assert accepted["verdict"] == "pass"


def test_the_pages_are_those_of_the_policies_as_they_are() -> None:
    kept = {file.name: file.read_text(encoding="utf-8") for file in tool.PAGES.glob("*.md")}
    assert tool.pages() == kept, "run tools/build_policy_pages.py --write and read what changed"
