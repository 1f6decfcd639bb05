from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from guardrail.model.cost import Compared, Sum
from guardrail.model.finding import Decision, Diagnostic
from guardrail.model.place import Place
from guardrail.model.report import Report
from guardrail.report import as_json, cost_terminal, terminal
from guardrail.report.page import cells

STORIES = ["blocked", "passed", "empty", "failed", "unbounded", "many", "hostile"]


@pytest.mark.parametrize("story", STORIES)
def test_every_story_reads_as_reviewed(
    story: str, stories: Mapping[str, Report], golden: Callable[[str, str], None]
) -> None:
    golden(f"{story}.txt", terminal.render(stories[story]))


def test_all_stories_are_told(stories: Mapping[str, Report]) -> None:
    assert sorted(stories) == sorted(STORIES)


@pytest.mark.parametrize("story", ["blocked", "unbounded"])
def test_cost_alone(story: str, stories: Mapping[str, Report], golden: Callable[[str, str], None]) -> None:
    golden(f"{story}.cost.txt", cost_terminal(stories[story]))


COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("story", STORIES)
def test_colour_changes_no_word(story: str, stories: Mapping[str, Report]) -> None:
    plain, coloured = (terminal.render(stories[story], color) for color in (False, True))
    assert coloured != plain
    without = COLOUR.sub("", coloured)
    assert [line.rstrip() for line in without.splitlines()] == plain.splitlines()


@pytest.mark.parametrize("color", [False, True])
def test_hostile_text_moves_no_cursor_and_commands_no_runner(color: bool, stories: Mapping[str, Report]) -> None:
    text = COLOUR.sub("", terminal.render(stories["hostile"], color))
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
    terminal.render(stories["blocked"])
    assert "rich" not in sys.modules


def test_what_is_ignored_is_kept_from_people_but_not_from_json(stories: Mapping[str, Report]) -> None:
    blocked = stories["blocked"]
    hidden = replace(
        blocked, findings=tuple(replace(one, hidden=True, blocking=False) for one in blocked.findings[4:5])
    )
    assert "single-zone-training" not in terminal.render(hidden)
    assert "single-zone-training" in as_json.render(hidden)


def test_what_does_not_fit_beside_its_place_is_whole_above_it(stories: Mapping[str, Report]) -> None:
    long = f"{'deep/' * 12}main.tf"
    one = stories["blocked"].findings[1]
    alike = tuple(
        replace(
            one,
            decision=replace(one.decision, resource=f"{'deep/' * 12}//aws_instance.worker[{number}]"),
            place=replace(one.place, file=long) if one.place else None,
        )
        for number in range(2)
    )
    text = terminal.render(replace(stories["blocked"], findings=alike), width=80)
    assert f"    {'deep/' * 12}//aws_instance.worker[1]\n      {long}:35\n" in text


def test_more_ways_of_saying_the_same_than_fit_are_told_together(stories: Mapping[str, Report]) -> None:
    one = stories["blocked"].findings[3]
    amounts = tuple(
        replace(one, decision=replace(one.decision, message=f"at least ${number % 10}.00", resource=f"f//a{number}"))
        for number in range(30)
    )
    text = terminal.render(replace(stories["blocked"], findings=amounts))
    assert "  ! max-replicas  medium  30 times\n    at least $0.00  (3 times)\n" in text
    assert "    and 7 more like it\n    to pass  Set the upper bound" in text
    assert "    and 26 more; --format json lists them all\n" in text


def test_what_a_finding_tells_is_no_diagnostic_besides(stories: Mapping[str, Report]) -> None:
    place = Place("a.tf", 3, 1, 3, 2)
    unread = replace(
        stories["blocked"].findings[1],
        decision=Decision(
            policy="scan-incomplete", message="cannot be read: no value (and 1 more)", subject="file:a.tf"
        ),
        place=place,
        provenance=(),
    )
    broken = [Diagnostic("error", "hcl", f"broken {line}", replace(place, line=line), unread=True) for line in (3, 9)]
    text = terminal.render(replace(stories["blocked"], findings=(unread,), diagnostics=tuple(broken)))
    assert "DIAGNOSTICS  1\n" in text
    assert "broken 9" in text
    assert "broken 3" not in text


def test_one_message_at_many_places_is_one_diagnostic(stories: Mapping[str, Report]) -> None:
    told = [
        Diagnostic("warning", "hcl", f"var.{name} is not declared", Place("a.tf", line, 1, line, 2))
        for name, lines in (("rare", range(1, 2)), ("usual", range(10, 50)))
        for line in lines
    ]
    text = terminal.render(replace(stories["blocked"], diagnostics=tuple(told)))
    assert text.index("a.tf:10:1: var.usual is not declared (and at 39 more places)") < text.index("a.tf:1:1: var.rare")


def test_units_of_which_nothing_has_a_price_are_no_rows_of_zeros(stories: Mapping[str, Report]) -> None:
    zero = Compared(Sum(unpriced=("k8s//a",)))
    costs = replace(stories["passed"].costs, by={"unit": {"infra": Compared(Sum(expected=Decimal(3))), "k8s": zero}})
    text = terminal.render(replace(stories["passed"], costs=costs))
    assert "k8s" not in text.partition("COST")[2].partition("total")[0]
    assert "  and 1 more unit, in the total; of all of them no price is known\n" in text


@pytest.mark.parametrize("width", [80, 200])
def test_the_tables_fit_a_terminal(width: int, stories: Mapping[str, Report]) -> None:
    table = terminal.render(stories["many"], width=width).partition("COST")[2].partition("NOT PRICED")[0]
    assert max(map(cells, table.splitlines())) <= width


def test_kinds_that_are_not_understood_are_counted_by_kind(strangers: Report) -> None:
    told = terminal.render(strangers)
    start = told.index("NOT UNDERSTOOD")
    assert told[start:].split("\n\n")[:2] == [
        "NOT UNDERSTOOD  3  judged by their tags only, and not priced\n    b.io/Thing (2), a.io/Other",
        "BY SHAPE  1  pods were found in them; how many there are is not known\n    a.io/Fleet",
    ]
