"""The configuration that the documentation shows is one that guardrail takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from guardrail.config.load import load

from .own_policy import NO_ADDRESSES
from .repositories import Repository

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```yaml\n(version: 1\n.*?)^```$", re.DOTALL | re.MULTILINE)


def _examples() -> Iterator[Any]:
    for page in (ROOT / "docs").glob("*.md"):
        for number, block in enumerate(BLOCK.findall(page.read_text(encoding="utf-8")), 1):
            yield pytest.param(block, id=f"{page.name}, example {number}")


@pytest.mark.parametrize("text", list(_examples()))
def test_every_example_is_right(text: str, repository: Repository) -> None:
    assert load(text.encode()).file == "guardrail.yaml"
    repository.write({"guardrail.yaml": text, "policies/own.rego": NO_ADDRESSES})
    told = repository.run("config", "validate")
    assert told.code == 0, told.out + told.err


TRAINER = """\
apiVersion: example.com/v1
kind: Trainer
metadata: {name: llm, namespace: ml}
spec:
  workers: 4
  template: {spec: {containers: [{name: a, image: b, resources: {limits: {nvidia.com/gpu: 8}}}]}}
"""


def test_a_row_of_ones_own_multiplies_the_pods_of_a_custom_resource(repository: Repository) -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    (row,) = [block for block in BLOCK.findall(page) if "kinds:" in block]
    repository.write({"guardrail.yaml": row, "k8s/llm.yaml": TRAINER})
    (resource,) = repository.document()["resources"].values()
    assert resource["category"] == "workload.batch"
    assert resource["groups"]["workers"]["replicas"]["max"] == 4
    assert [one["count"] for one in resource["groups"]["workers"]["accelerators"]] == [8]


def test_a_row_that_cannot_be_is_told_with_its_line(repository: Repository) -> None:
    row = "version: 1\nkubernetes:\n  kinds:\n    - {type: example.com/Trainer, category: workload.bach}\n"
    repository.write({"guardrail.yaml": row})
    told = repository.run("config", "validate")
    assert told.code == 2
    assert "guardrail.yaml:4:" in told.err
    assert "workload.batch" in told.err


WRONG_ROW = """\
version: 1
kubernetes:
  kinds:
    - type: example.com/Trainer
      category: workload.batch
      pods:
        - group: workers
          desired: spec.workers
          tmplate: /spec/template
      lifetime: {ttl_second: /spec/ttl}
    - {type: example.com/Trainer, category: workload.batch}
"""


def test_every_mistake_in_a_row_is_told_where_it_stands(repository: Repository) -> None:
    repository.write({"guardrail.yaml": WRONG_ROW})
    told = repository.run("config", "validate")
    assert told.code == 2
    assert [line.split("kubernetes.kinds")[0].strip() for line in told.err.splitlines()[:3]] == [
        "error: guardrail.yaml:8:20:",
        "guardrail.yaml:9:11:",
        "guardrail.yaml:11:14:",
    ]
    for advice in ("did you mean /spec/workers?", 'did you mean "template"?', "has a row already"):
        assert advice in told.err


def test_all_that_is_wrong_is_told_a_line_each(repository: Repository) -> None:
    repository.write({"guardrail.yaml": "version: 1\nprofil: strict\npolicies: {required-tags: {levl: deny}}\n"})
    for command in (("config", "validate"), ("check",)):
        told = repository.run(*command)
        assert told.code == 2
        assert told.err.splitlines() == [
            'error: guardrail.yaml:2:1: unknown key "profil", did you mean "profile"?',
            '       guardrail.yaml:3:28: unknown key "levl", did you mean "level"?',
            "  hint: correct the file; `guardrail config validate` checks it by itself",
        ]


@pytest.mark.parametrize(
    ("params", "message"),
    [
        pytest.param(
            "{max: -1}", "4:14: policies.max-replicas.params.max: -1 does not fit; it is at least 0", id="too low"
        ),
        pytest.param(
            "{maks: 1}", "4:14: policies.max-replicas.params.maks: there is no 'maks'; there are max, ", id="no such"
        ),
        pytest.param(
            "{max: 5 nodes}", "4:14: policies.max-replicas.params.max: '5 nodes' is not a number; ", id="text"
        ),
    ],
)
def test_a_parameter_that_does_not_fit_is_told_where_it_stands(
    params: str, message: str, repository: Repository
) -> None:
    text = f"version: 1\npolicies:\n  max-replicas:\n    params: {params}\n"
    repository.write({"guardrail.yaml": text})
    told = repository.run("config", "validate")
    assert told.code == 2
    assert f"guardrail.yaml:{message}" in told.err


def test_what_matches_nothing_is_told_and_no_mistake(repository: Repository) -> None:
    repository.commit({"main.tf": "", "guardrail.yaml": "version: 1\nexclude: [main.tf, infar/**]\n"})
    told = repository.run("config", "validate")
    assert told.code == 0
    assert 'guardrail.yaml:2:20: "infar/**" matches no file here' in told.out
    assert '"main.tf"' not in told.out


def test_a_policy_that_cannot_be_loaded_is_no_success(repository: Repository) -> None:
    repository.write({"guardrail.yaml": "version: 1\npolicy_sources: [own]\n", "own/a.rego": "package a\ndeny := {{"})
    told = repository.run("config", "validate")
    assert told.code == 3
    assert "not all of its policies can be loaded" in told.out
    assert "own/a.rego:" in told.out


def test_another_file_is_checked_whatever_the_one_beside_it_says(repository: Repository) -> None:
    text = "version: 1\npolicy_sources: [own]\n"
    repository.write({"guardrail.yaml": "version: 9\n", "new.yaml": text, "own/a.rego": NO_ADDRESSES})
    told = repository.run("config", "validate", "new.yaml")
    assert (told.code, told.out.startswith("new.yaml is right: ")) == (0, True), told.err
