"""What is not needed is not loaded: a third of the check of a small directory is imports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from .repositories import Repository

TERRAFORM = {"main.tf": 'resource "aws_instance" "web" {\n  instance_type = "t3.micro"\n}\n'}
MANIFEST = {"pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web}]}\n"}


@pytest.mark.parametrize(
    ("files", "arguments", "unwanted"),
    [
        pytest.param(
            {}, ["--version"], ["guardrail.run", "guardrail.cli.check", "yaml"], id="the version needs nothing"
        ),
        pytest.param(
            TERRAFORM,
            ["check"],
            [
                "guardrail.frontends.kubernetes",
                "guardrail.frontends.documents",
                "guardrail.frontends.terraform.functions.files",
                "guardrail.catalog.kubernetes",
                "guardrail.catalog.gcp",
                "yaml",
            ],
            id="Terraform needs neither Kubernetes nor YAML, and no functions that it does not call",
        ),
        pytest.param(
            MANIFEST,
            ["check"],
            ["guardrail.frontends.terraform", "guardrail.catalog.aws"],
            id="manifests need no Terraform",
        ),
        pytest.param(
            {**TERRAFORM, **MANIFEST},
            ["check"],
            [
                "guardrail.policy.analyse",
                "guardrail.frontends.terraform.functions.yaml",
                "jsonschema",
                "re2",
                "regorus",
            ],
            id="built-in policies are not analysed again, and Rego runs elsewhere",
        ),
    ],
)
def test_what_is_not_needed_is_not_loaded(
    repository: Repository, files: Mapping[str, str], arguments: Sequence[str], unwanted: Sequence[str]
) -> None:
    repository.write(files)
    told = repository.run(*arguments, environment={"PYTHONPROFILEIMPORTTIME": "1"})
    assert told.code == 0
    loaded = {line.rpartition("|")[2].strip() for line in told.err.splitlines() if line.startswith("import time:")}
    assert "guardrail.cli.main" in loaded
    assert loaded.isdisjoint(unwanted)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--version"], id="the version"),
        pytest.param(["check", "--now", "2026-11-24T10:00:00Z"], id="a report for people"),
        pytest.param(["check", "--format", "json", "--now", "2026-11-24T10:00:00Z"], id="a report for programs"),
        pytest.param(["check", "--base", "main"], id="an error"),
        pytest.param(["check", "--no-such-option"], id="a command that cannot be meant"),
    ],
)
def test_the_other_tests_need_not_start_it_each_time(repository: Repository, arguments: Sequence[str]) -> None:
    repository.write({**TERRAFORM, **MANIFEST})
    assert repository.run(*arguments) == repository.run(*arguments, environment={"STARTED": "really"})
