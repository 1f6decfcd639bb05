"""The plan of the example is what its tool writes."""

from __future__ import annotations

import json

import build_plan_example


def test_the_plan_is_what_the_tool_writes() -> None:
    assert json.loads(build_plan_example.FILE.read_text(encoding="utf-8")) == build_plan_example.plan()
