"""What is not needed is not loaded: a third of the check of a small directory is imports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from .repositories import Repository

TERRAFORM = {"main.tf": 'resource "aws_instance" "web" {\n  instance_type = "t3.micro"\n}\n'}
CHART = {"release.tf": 'resource "helm_release" "web" {\n  name  = "web"\n  chart = "web"\n}\n'}
WORKFLOW = {".github/workflows/ci.yaml": "name: ci\non: push\njobs: {test: {runs-on: ubuntu, steps: [{run: make}]}}\n"}
MANIFEST = {"pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web}]}\n"}

OF_REQUESTS = [
    "guardrail.frontends.azureml",
    "guardrail.frontends.cloudformation",
    "guardrail.frontends.pipelines",
    "guardrail.frontends.rendering.helm",
    "guardrail.frontends.rendering.kustomize",
    "guardrail.frontends.sagemaker",
    "guardrail.frontends.vertex",
]
"""What reads formats of machine learning, and renders: a repository without any pays nothing for them."""


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
                *OF_REQUESTS,
                "guardrail.frontends.formats",
                "guardrail.frontends.inside",
                "guardrail.frontends.kubernetes",
                "guardrail.frontends.documents",
                "guardrail.frontends.recognise",
                "guardrail.frontends.specs",
                "guardrail.frontends.terraform.functions.files",
                "guardrail.catalog.aws.sagemaker_kinds",
                "guardrail.catalog.aws.sagemaker_words",
                "guardrail.catalog.azure",
                "guardrail.catalog.databricks",
                "guardrail.catalog.gcp",
                "guardrail.catalog.kubernetes",
                "yaml",
            ],
            id="Terraform needs neither Kubernetes nor YAML, and no functions that it does not call",
        ),
        pytest.param(
            {**TERRAFORM, **CHART, **WORKFLOW},
            ["check", "--soft-fail"],  # what the chart runs is not known
            [*OF_REQUESTS, "guardrail.frontends.inside.read", "guardrail.frontends.kubernetes", "yaml"],
            id="a chart that is installed needs no Kubernetes, and a workflow is seen to be nothing by its keys",
        ),
        pytest.param(
            MANIFEST,
            ["check"],
            [
                *OF_REQUESTS,
                "guardrail.frontends.inside",
                "guardrail.frontends.terraform",
                "guardrail.catalog.aws",
                "guardrail.catalog.azure",
                "guardrail.catalog.databricks",
                "guardrail.catalog.gcp",
                "guardrail.catalog.kubernetes.pools",
            ],
            id="manifests need no Terraform, and nothing of a cloud",
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
