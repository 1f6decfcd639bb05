"""The configuration that the documentation shows is one that guardrail takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from guardrail.config.load import load

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
    repository.write({"guardrail.yaml": text, "policies/none.txt": ""})
    told = repository.run("config", "validate")
    assert told.code == 0, told.err


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
