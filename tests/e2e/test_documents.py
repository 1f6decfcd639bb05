"""What is printed as JSON has the shape that is published."""

from __future__ import annotations

import json
from pathlib import Path

import demo
import pytest
from jsonschema import Draft202012Validator

from guardrail.data import DIRECTORY

from .repositories import Repository

COMPARED = ("--base", "main", "--head", "gpu-pool")


@pytest.fixture(scope="module")
def pull_request(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return Repository(demo.build(demo.STORY, tmp_path_factory.mktemp("demo") / "repository"))


@pytest.mark.parametrize(
    ("schema", "arguments"),
    [
        pytest.param("report", ("check", "--format", "json"), id="a report without a base"),
        pytest.param("report", ("check", *COMPARED, "--format", "json"), id="a report against base"),
        pytest.param("cost", ("cost", "--format", "json"), id="cost"),
        pytest.param("cost", ("cost", *COMPARED, "--format", "json"), id="cost against base"),
        pytest.param("input", ("graph",), id="the graph"),
        pytest.param("input", ("graph", *COMPARED), id="the graph against base"),
    ],
)
def test_documents_have_their_schema(pull_request: Repository, schema: str, arguments: tuple[str, ...]) -> None:
    described = json.loads((DIRECTORY / "schemas" / f"{schema}.schema.json").read_bytes())
    document = json.loads(pull_request.run(*arguments).out)
    errors = [error.message for error in Draft202012Validator(described).iter_errors(document)]
    assert errors == []


def test_the_demo_is_what_its_fixture_says(pull_request: Repository) -> None:
    told = pull_request.run("check", *COMPARED, "--trusted", "main", "--format", "json")
    expected = json.loads((Path(demo.STORY) / "expected.json").read_text(encoding="utf-8"))
    assert demo.summary(json.loads(told.out), told.code) == expected
