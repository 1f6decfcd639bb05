"""A check against a base looks at what the change touches, and says what it left alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from .repositories import Repository, Told

CONFIG = "version: 1\npolicies:\n  region-restriction: {params: {allow: {aws: [eu-west-1]}}}\n"
MACHINE = (
    'provider "aws" {\n  region = "us-east-1"\n}\n\n'
    'resource "aws_instance" "x" {\n  ami           = "ami-1"\n  instance_type = "m5.large"\n}\n'
)
FILES = {"guardrail.yaml": CONFIG, **{f"infra/{name}/main.tf": MACHINE for name in "abc"}}
OWN = """\
# METADATA
# title: Some machines
# description: Counts.
# custom:
#   id: some-machines
#   severity: low
#   remediation: Have fewer.
#   applies_to: {category: [compute.instance]}
package some_machines

deny contains {"resource": address, "path": "", "message": "there are others", "depends": others} if {
	some address, resource in input.resources
	resource.category == "compute.instance"
	others := [other | some other, _ in input.resources; other != address]
	count(others) > 1
}
"""


def told(repository: Repository, files: Mapping[str, str], change: Mapping[str, str], *arguments: str) -> Told:
    repository.commit({**FILES, **files})
    repository.propose(change)
    return repository.check("--base", "main", "--head", "change", *arguments)


LARGER = {"infra/a/main.tf": MACHINE.replace("m5.large", "m5.xlarge")}


@pytest.mark.parametrize(
    ("files", "arguments", "untouched"),
    [
        pytest.param({}, (), ["infra/b", "infra/c"], id="roots beside"),
        pytest.param({}, ("--all",), [], id="unless everything is asked for"),
        pytest.param({}, ("--skip", "cost-increase"), ["infra/b", "infra/c"], id="whatever built-in policies are on"),
        pytest.param({}, ("infra/a", "infra/b"), ["infra/b"], id="of what is named"),
        pytest.param({"guardrail.yaml": CONFIG + "gate: all\n"}, (), [], id="what is there already blocks too"),
        pytest.param(
            {"guardrail.yaml": CONFIG + "policy_sources: [own]\n", "own/m.rego": OWN}, (), [], id="an own policy is on"
        ),
        pytest.param(
            {"guardrail.yaml": CONFIG + "  some-machines: {level: off}\npolicy_sources: [own]\n", "own/m.rego": OWN},
            (),
            ["infra/b", "infra/c"],
            id="an own policy is off",
        ),
    ],
)
def test_what_is_left_alone_is_listed(
    repository: Repository, files: Mapping[str, str], arguments: tuple[str, ...], untouched: list[str]
) -> None:
    report = told(repository, files, LARGER, *arguments).report
    assert report["untouched"] == untouched
    assert report["summary"]["units"] == (2 if "infra/b" in arguments else 3) - len(untouched)
    assert report["cost"]["delta"]["expected"] == "70.08", "it is the same, whatever was read"
    assert _introduced(report) == {"infra/a//aws_instance.x"}


def _introduced(report: Any) -> set[str]:
    return {
        one["resource"] for one in report["findings"] if one["introduced"] and one["policy"] == "region-restriction"
    }


def test_a_file_of_base_that_the_clone_lacks_is_an_error(repository: Repository) -> None:
    """Else all that was in it would look new: a clone without older files, as runners make them, says so."""
    repository.commit(FILES)
    lost = repository.git("rev-parse", "HEAD:infra/a/main.tf")
    repository.propose({"infra/a/main.tf": "# why\n" + MACHINE})
    (repository.path / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    told = repository.check("--base", "main", "--head", "change", "--only", "cost-increase")
    (one,) = [one for one in told.report["diagnostics"] if one["level"] == "error"]
    assert (one["code"], one["file"], one["hint"]) == (
        "object-missing",
        "infra/a/main.tf",
        "run `git fetch --refetch --no-filter origin`",
    )
    assert one["message"].startswith("of base, infra/a/main.tf is not in this clone")
    assert told.code in (1, 3)


def test_the_terminal_says_so(repository: Repository) -> None:
    repository.commit(FILES)
    repository.write(LARGER)
    out = repository.run("check", "--base", "main").out
    assert out.splitlines()[0].endswith("1 resource in 1 unit; 2 more units not touched (--all judges them too)")
    repository.git("add", "--all")
    assert "2 more units not touched" in repository.run("check", "--staged").out


def test_a_graph_is_always_whole(repository: Repository) -> None:
    repository.commit(FILES)
    repository.write(LARGER)
    assert len(repository.document("--base", "main")["resources"]) == 3


DEAR = {f"infra/dear{number}/main.tf": MACHINE.replace("m5.large", "p3.2xlarge") for number in range(2)}
SMALL = MACHINE.replace("us-east-1", "eu-west-1").replace("m5.large", "t3.medium")


@pytest.mark.parametrize(
    ("files", "change", "subjects"),
    [
        pytest.param(
            DEAR,
            {"infra/new/main.tf": MACHINE.replace("m5.large", "r5.4xlarge")},
            set(),
            id="a new unit of less than the limit, beside dear ones",
        ),
        pytest.param(
            {**DEAR, **{f"infra/{name}/main.tf": SMALL for name in "defgh"}},
            {f"infra/{name}/main.tf": SMALL.replace("t3.medium", "t3.large") for name in "defgh"},
            {"total"},
            id="units too small for a share, but not together",
        ),
    ],
)
def test_what_does_not_change_has_no_say(
    repository: Repository, files: Mapping[str, str], change: Mapping[str, str], subjects: set[str]
) -> None:
    touched = told(repository, files, change)
    everything = repository.check("--base", "main", "--head", "change", "--all")
    assert touched.code == everything.code
    assert touched.report["cost"]["delta"] == everything.report["cost"]["delta"]
    assert _introduced(touched.report) == _introduced(everything.report)
    for report in (touched.report, everything.report):
        assert {one["subject"] for one in report["findings"] if one["status"] == "deny" and one["subject"]} == subjects
    assert len(touched.report["untouched"]) > len(everything.report["untouched"])
