from __future__ import annotations

import pytest

from guardrail.config.load import load
from guardrail.config.unmatched import unmatched

TREE = ["infra/prod/main.tf", "jobs/a.json", "k8s/serving/a.yaml", "policies/a.rego", "third_party/eks/main.tf"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("exclude: [infra/**]", [], id="a glob that matches"),
        pytest.param("units: [{path: .}, {path: infra/prod}, {path: jobs/*.json}]", [], id="units that are there"),
        pytest.param("exclude: [infar/**]", ['2:11: "infar/**" matches no file here'], id="exclude"),
        pytest.param('include: ["a", "examples/**"]', ['2:11: "a" matches', '2:16: "examples/**" m'], id="include"),
        pytest.param(
            "environments: [{name: dev, paths: [infra/dev/]}]", ['2:36: "infra/dev/" matches no'], id="an environment"
        ),
        pytest.param("units: [{path: K8S/**}]", ['2:10: "K8S/**" matches no file here'], id="a unit, in capitals"),
        pytest.param("modules: {a: third_party/eks}", [], id="a module that is there"),
        pytest.param(
            "modules: {a: third_party/ekz}",
            ['2:11: there is no folder "third_party/ekz", did you mean "third_party/eks"?'],
            id="a module that is not",
        ),
        pytest.param("policies: {p: {units: {infra/prod@blue: {}, jobs/a.json: {}, .: {}}}}", [], id="names of units"),
        pytest.param(
            "policies: {p: {units: {infra/prd: {}}}}",
            ['2:24: no unit is in "infra/prd", did you mean "infra/prod"?'],
            id="a name that no unit can have",
        ),
    ],
)
def test_what_is_named_and_not_there(text: str, told: list[str]) -> None:
    found = unmatched(load(f"version: 1\n{text}\n".encode()), TREE)
    lines = [f"{one.place}: {one.message}".removeprefix("guardrail.yaml:") for one in found]
    assert len(lines) == len(told)
    assert [line[: len(start)] for line, start in zip(lines, told, strict=True)] == told
    assert {one.level for one in found} <= {"warning"}
