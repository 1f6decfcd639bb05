from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from guardrail.model.report import Report
from guardrail.report import REPORTERS, cost_terminal, terminal
from guardrail.report.page import cells

STORIES = ["blocked", "passed", "empty", "failed", "unbounded", "many", "hostile"]


@pytest.mark.parametrize("story", STORIES)
def test_every_story_reads_as_reviewed(
    story: str, stories: Mapping[str, Report], golden: Callable[[str, str], None]
) -> None:
    golden(f"{story}.txt", REPORTERS["terminal"](stories[story], False))


def test_all_stories_are_told(stories: Mapping[str, Report]) -> None:
    assert sorted(stories) == sorted(STORIES)


@pytest.mark.parametrize("story", ["blocked", "unbounded"])
def test_cost_alone(story: str, stories: Mapping[str, Report], golden: Callable[[str, str], None]) -> None:
    golden(f"{story}.cost.txt", cost_terminal(stories[story]))


COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("story", STORIES)
def test_colour_changes_no_word(story: str, stories: Mapping[str, Report]) -> None:
    plain, coloured = (REPORTERS["terminal"](stories[story], color) for color in (False, True))
    assert coloured != plain
    without = COLOUR.sub("", coloured)
    assert [line.rstrip() for line in without.splitlines()] == plain.splitlines()


@pytest.mark.parametrize("color", [False, True])
def test_hostile_text_moves_no_cursor_and_commands_no_runner(color: bool, stories: Mapping[str, Report]) -> None:
    text = COLOUR.sub("", REPORTERS["terminal"](stories["hostile"], color))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    assert "##[" not in text
    assert not re.search(r"(?m)^\s*::", text)


@pytest.mark.parametrize("width", [60, 100, 160])
def test_prose_keeps_to_the_width(width: int, stories: Mapping[str, Report]) -> None:
    blocked = stories["blocked"]
    first = blocked.findings[0]
    long = replace(blocked, findings=(replace(first, remediation="word " * 200),))
    lines = terminal.render(long, width=width).splitlines()
    assert max(cells(line) for line in lines if "word" in line) <= width


def test_nothing_heavy_is_imported_without_colour(
    stories: Mapping[str, Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "rich"]:
        monkeypatch.delitem(sys.modules, name)
    REPORTERS["terminal"](stories["blocked"], False)
    assert "rich" not in sys.modules


def test_what_is_ignored_is_kept_from_people_but_not_from_json(stories: Mapping[str, Report]) -> None:
    blocked = stories["blocked"]
    hidden = replace(
        blocked, findings=tuple(replace(one, hidden=True, blocking=False) for one in blocked.findings[4:5])
    )
    assert "single-zone-training" not in REPORTERS["terminal"](hidden, False)
    assert "single-zone-training" in REPORTERS["json"](hidden, False)
