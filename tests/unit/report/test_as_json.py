from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from guardrail.data import DIRECTORY
from guardrail.model.report import Report
from guardrail.report import as_json, cost_json, graph_json
from guardrail.report.writing import LONG, written

STORIES = ["blocked", "passed", "empty", "failed", "unbounded", "many", "hostile"]


def schema(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((DIRECTORY / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))
    return loaded


def check(name: str, text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text)
    Draft202012Validator(schema(name)).validate(document)
    return document


@pytest.mark.parametrize("name", ["report", "cost", "input"])
def test_schemas_are_schemas(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))
    assert schema(name)["$id"] == f"guardrail.{name}/v1"


def test_the_cost_section_is_one_shape_in_both_schemas() -> None:
    cost, report = schema("cost")["$defs"], schema("report")["$defs"]
    assert {name: report[name] for name in cost} == cost


@pytest.mark.parametrize("story", STORIES)
def test_every_story_has_the_published_shape(story: str, stories: Mapping[str, Report]) -> None:
    document = check("report", as_json.render(stories[story]))
    alone = check("cost", cost_json(stories[story]))
    assert alone["cost"] == document["cost"]
    assert sum(document["summary"][name] for name in ("deny", "warn", "undetermined", "waived", "existing")) == len(
        document["findings"]
    )


@pytest.mark.parametrize("story", ["blocked", "unbounded"])
def test_every_story_reads_as_reviewed(
    story: str, stories: Mapping[str, Report], golden: Callable[[str, str], None]
) -> None:
    golden(f"{story}.json", as_json.render(stories[story]))


def test_a_runner_sees_no_command(stories: Mapping[str, Report]) -> None:
    text = as_json.render(stories["hostile"])
    assert text.isascii()
    assert "##" not in text
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())


BROKEN: list[tuple[str, Callable[[dict[str, Any]], object]]] = [
    ("a field too many", lambda report: report.update(extra=1)),
    ("a verdict that does not exist", lambda report: report.update(verdict="maybe")),
    ("a number for money", lambda report: report["cost"]["head"].update(expected=1.5)),
    ("money with an exponent", lambda report: report["cost"]["head"].update(expected="1E+2")),
    ("a finding about two subjects", lambda report: report["findings"][1].update(subject="total")),
    ("a finding about nothing", lambda report: report["findings"][1].update(resource=None)),
    ("a summary that lacks a count", lambda report: report["summary"].pop("waived")),
]


@pytest.mark.parametrize(("name", "damage"), BROKEN, ids=[name for name, _ in BROKEN])
def test_the_schema_refuses(
    name: str, damage: Callable[[dict[str, Any]], object], stories: Mapping[str, Report]
) -> None:
    document = json.loads(as_json.render(stories["blocked"]))
    damage(document)
    assert not Draft202012Validator(schema("report")).is_valid(document), name


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("a#:\n\x1b\u202e漢", max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("a#", max_size=2), inner, max_size=3),
)


@given(st.dictionaries(st.text(max_size=3), VALUES, max_size=4), st.booleans())
def test_written_is_the_same_document(document: dict[str, Any], sort: bool) -> None:
    text = written(document, sort=sort)
    assert json.loads(text) == document
    assert text.endswith("\n")


def test_what_is_long_has_a_line_for_each_member() -> None:
    text = written({"long": [{"a": [1, 2]}] * (LONG + 1), "short": [{"a": [1]}]})
    assert text.count('\n  {"a": [1, 2]}') == LONG + 1
    assert '\n  {\n   "a": [\n    1\n   ]\n  }\n' in text


def test_the_graph_is_the_same_in_whatever_order_it_was_made() -> None:
    one = {"schema": "guardrail.input/v1", "resources": {"b": {"x": 1, "a": 2}, "a": {}}}
    other = {"resources": {"a": {}, "b": {"a": 2, "x": 1}}, "schema": "guardrail.input/v1"}
    assert graph_json(one) == graph_json(other)


def test_every_kind_that_is_not_understood_is_named_with_its_number(strangers: Report) -> None:
    document = check("report", as_json.render(strangers))
    assert document["not_understood"] == [
        {"type": "b.io/Thing", "resources": 2, "by_shape": False},
        {"type": "a.io/Other", "resources": 1, "by_shape": False},
        {"type": "a.io/Fleet", "resources": 1, "by_shape": True},
    ]
    assert document["summary"]["not_understood"] == 3  # the pods of the last one were read
