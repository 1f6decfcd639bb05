"""Options: what does not fit together is refused before anything is judged, and reports go where they are sent."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable

import pytest

from .repositories import GUARDRAIL, Repository

FINE = (
    'provider "aws" {\n  region = "us-east-1"\n}\n\nresource "aws_ebs_volume" "v" {\n  size = 10\n  type = "gp3"\n}\n'
)
BLOCKED = FINE + 'resource "aws_eip" "broken" {\n  tags = {\n}\n'
NOW = "2026-11-24T09:30:00Z"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(("--head", "HEAD", "--staged"), "both say what to judge", id="two heads"),
        pytest.param(("--base", "HEAD", "--staged"), "compares with HEAD", id="a base of what is staged"),
        pytest.param(("--trusted", "HEAD", "--trusted-dir", "."), "both say what to trust", id="two trusted sides"),
        pytest.param(("--trusted", "HEAD", "--now", NOW), "--now is for local runs", id="a time of one's own in CI"),
        pytest.param(("--now", "yesterday"), "is not a time", id="a time in words"),
        pytest.param(("--now", "2026-11-24T09:30:00"), "does not say its offset", id="a time without offset"),
        pytest.param(("--format", "json", "--format", "terminal"), "printed into each other", id="two on one terminal"),
        pytest.param(("--format", "json", "--output", "a", "--output", "b"), "2 times --output", id="too many files"),
        pytest.param(("--output", "no/such/folder/report"), "cannot write", id="a folder that is not there"),
        pytest.param(("--format", "xml"), "'xml' is not one of", id="a format that there is not"),
        pytest.param(("--only", "cost-increas"), 'did you mean "cost-increase"?', id="a misspelt policy"),
        pytest.param(("--trusted-dir", "nowhere"), "nowhere is not a folder", id="a trusted folder that is not there"),
        pytest.param(("--base", "no-such-branch"), "no-such-branch", id="a revision that is not there"),
        pytest.param(("nowhere",), "nowhere", id="a path that is not there"),
    ],
)
def test_what_cannot_be_meant_is_refused(repository: Repository, arguments: tuple[str, ...], says: str) -> None:
    repository.commit({"main.tf": FINE})
    told = repository.run("check", *arguments)
    assert (told.code, told.out) == (2, "")
    assert says in " ".join(told.err.split())


@pytest.mark.parametrize("versioned", [True, False], ids=["in a repository", "in a folder"])
def test_the_whole_and_a_folder_that_is_left_out_are_both_judged(repository: Repository, *, versioned: bool) -> None:
    files = {f"{place}/main.tf": 'resource "aws_vpc" "a" {}\n' for place in ("infra", "examples/one", "tests/two")}
    repository.commit(files) if versioned else repository.write(files)
    found = json.loads(repository.run("graph", "--format", "json", ".", "examples").out)
    assert {resource["unit"] for resource in found["resources"].values()} == {"infra", "examples/one"}


def test_each_format_goes_to_its_file(repository: Repository) -> None:
    repository.write({"main.tf": FINE})
    told = repository.run("check", "--format", "json", "--output", "report.json", "--format", "terminal")
    assert told.code == 0
    assert told.out.startswith("guardrail  ")
    assert json.loads((repository.path / "report.json").read_bytes())["verdict"] == "pass"


@pytest.mark.parametrize(
    ("files", "arguments", "code"),
    [
        pytest.param({"main.tf": FINE}, (), 0, id="nothing blocks"),
        pytest.param({"main.tf": BLOCKED}, (), 1, id="a finding blocks"),
        pytest.param({"main.tf": BLOCKED}, ("--soft-fail",), 0, id="a finding blocks and only a report is wanted"),
        pytest.param(
            {"main.tf": FINE, "guardrail.yaml": "version: 9\n"}, ("--soft-fail",), 2, id="nothing judged is no success"
        ),
    ],
)
def test_how_a_check_ends(repository: Repository, files: dict[str, str], arguments: tuple[str, ...], code: int) -> None:
    repository.write(files)
    assert repository.run("check", *arguments).code == code


@pytest.mark.parametrize(
    ("option", "environment", "colored"),
    [
        pytest.param((), {"NO_COLOR": ""}, False, id="not into a pipe"),
        pytest.param(("--color",), {}, True, id="an option outweighs the environment"),
        pytest.param(("--no-color",), {"NO_COLOR": ""}, False, id="an option takes them away"),
    ],
)
def test_colours(repository: Repository, option: tuple[str, ...], environment: dict[str, str], colored: bool) -> None:
    repository.write({"main.tf": FINE})
    for command in ("check", "cost"):
        assert ("\x1b[" in repository.run(command, *option, environment=environment).out) is colored


def test_a_folder_outside_gives_the_rules(repository: Repository, another: Callable[[str], Repository]) -> None:
    """The head relaxes its own rules; those of the trusted folder hold."""
    rules = another("rules")
    limit = "version: 1\npolicies:\n  required-tags:\n    level: {}\n    params: {{keys: [team]}}\n"
    rules.write({"guardrail.yaml": limit.format("deny")})
    repository.write({"main.tf": FINE, "guardrail.yaml": limit.format("off")})
    assert repository.run("check").code == 0
    told = repository.check("--trusted-dir", str(rules.path))
    assert told.code == 1
    assert {one["policy"] for one in told.report["findings"] if one["blocking"]} == {"required-tags"}


@pytest.mark.parametrize("command", ["check", "cost", "graph"])
def test_a_reader_that_has_seen_enough_is_neither_a_bug_nor_a_verdict(repository: Repository, command: str) -> None:
    repository.write({"main.tf": FINE})
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "wb") as closed:  # noqa: PTH123 - a descriptor has no path
        told = subprocess.run(
            [*GUARDRAIL, command], cwd=repository.path, stdout=closed, stderr=subprocess.PIPE, check=False
        )
    assert (told.returncode, told.stderr) == (141, b"")
