"""Charts through the front door: what a change to them does, where it is told, and what no change can hide."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from shutil import which

import pytest
from helm import CHART, SEARCH, deployment, needs_helm

from .repositories import Repository, Told, forks

CONFIG = "version: 1\npolicies:\n  max-replicas: {params: {max: 20, max_accelerated: 8}}\n"
TEMPLATE = deployment("{{ .Values.replicas }}", "1", more="")
SERVE = {
    "guardrail.yaml": CONFIG,
    "charts/serve/Chart.yaml": CHART,
    "charts/serve/values.yaml": "# as everywhere\nreplicas: 1\n",
    "charts/serve/templates/deployment.yaml": TEMPLATE,
}
GPU = deployment("12", "1")
DISK = 'resource "aws_ebs_volume" "a" {\n  availability_zone = "us-east-1a"\n  size              = 10\n}\n'
FEW = os.pathsep.join(sorted({str(Path(which(name) or "/bin/sh").parent) for name in ("git", "sh")}))
"""A search path with git, and with little else."""


def judged(repository: Repository, base: Mapping[str, str], head: Mapping[str, str], search: str = SEARCH) -> Told:
    repository.commit(base)
    repository.propose(head)
    return again(repository, search)


def again(repository: Repository, search: str = SEARCH) -> Told:
    arguments = ("check", "--base", "main", "--head", "change", "--trusted", "main", "--format", "json")
    told = forks().run(arguments, repository.path, {"HOME": str(repository.path), "PATH": search})
    assert "Traceback" not in told.stderr.decode(), told.stderr.decode()
    return Told(told.returncode, told.stdout.decode(), told.stderr.decode())


def without_time(told: Told) -> object:
    return {**told.report, "run": {**told.report["run"], "time": ""}}


@needs_helm
def test_values_that_grow_a_deployment_are_blocked_and_their_line_is_told(repository: Repository) -> None:
    base = {**SERVE, "charts/serve/values-prod.yaml": "team: ml\nreplicas: 2\n"}
    told = judged(repository, base, {"charts/serve/values-prod.yaml": "team: ml\n# more\nreplicas: 30\n"})
    assert told.code == 1
    [finding] = told.of("max-replicas")
    assert finding["resource"] == "charts/serve@values-prod//apps/Deployment/?/serve"
    assert finding["location"]["file"] == "charts/serve/templates/deployment.yaml"
    lines = [(step["file"], step["line"], step["text"], step.get("value")) for step in finding["provenance"]]
    assert lines == [
        ("charts/serve/templates/deployment.yaml", 6, "spec.replicas", 30),
        ("charts/serve/values-prod.yaml", 3, "replicas", 30),
    ]
    assert without_time(again(repository)) == without_time(told), "twice the same"


@pytest.mark.parametrize(
    ("head", "code"),
    [
        pytest.param({"charts/serve/values.yaml": "replicas: 30\n"}, 3, id="values"),
        pytest.param({"charts/serve/templates/deployment.yaml": GPU}, 3, id="a template"),
        pytest.param({"charts/other/Chart.yaml": CHART, "charts/other/templates/d.yaml": GPU}, 3, id="a new chart"),
        pytest.param({"README.md": "hello\n"}, 0, id="something else"),
    ],
)
def test_without_helm_only_charts_that_change_are_an_error(
    repository: Repository, head: Mapping[str, str], code: int
) -> None:
    if which("helm", path=FEW):
        pytest.skip("helm lies beside git: it cannot be hidden")
    told = judged(repository, {**SERVE, "k8s/d.yaml": deployment("1")}, head, FEW)
    assert told.code == code
    assert any("helm" in one["reason"] for one in told.report["skipped"])
    found = [one for one in told.report["diagnostics"] if one["code"] == "not-judged"]
    assert len(found) == (code == 3)
    assert told.report["summary"]["resources"] in (0, 1)


PLAIN = {"guardrail.yaml": CONFIG, "app/templates/d.yaml": deployment("2")}
HIDING = [
    pytest.param(
        SERVE,
        {"charts/serve/values.yaml": "replicas: 30\n", "charts/serve/values-dev.yaml": "replicas: 0\n"},
        id="values for another place beside those that grow",
    ),
    pytest.param(
        SERVE,
        {
            "Chart.yaml": CHART + "dependencies: [{name: serve, version: 1.0.0, condition: on}]\n",
            "values.yaml": "on: false\n",
            "charts/serve/values.yaml": "replicas: 30\n",
        },
        id="a chart around it that leaves it out",
    ),
    pytest.param(
        PLAIN,
        {"app/Chart.yaml": CHART, "app/.helmignore": "templates/d.yaml\n", "app/templates/d.yaml": GPU},
        id="a chart around manifests that ignores them",
    ),
    pytest.param(
        PLAIN,
        {"app/Chart.yaml": f"{CHART}type: library\n", "app/templates/d.yaml": GPU},
        id="a library around manifests",
    ),
    pytest.param(
        {"guardrail.yaml": CONFIG, "app/values/d.yaml": deployment("2")},
        {"app/Chart.yaml": CHART, "app/values/d.yaml": GPU},
        id="a chart around manifests in a folder that is called values",
    ),
    pytest.param(
        {"guardrail.yaml": CONFIG, "app/values-d.yaml": deployment("2")},
        {"app/Chart.yaml": CHART, "app/values-d.yaml": GPU},
        id="a chart around manifests that are called values",
    ),
    pytest.param(PLAIN, {"app/Chart.yaml": "name: [", "app/templates/d.yaml": GPU}, id="a chart that is broken"),
    pytest.param(
        SERVE,
        {"charts/serve/Chart.yaml": CHART + "dependencies: [{name: x, version: 1.0.0, repository: 'oci://a.b/c'}]\n"},
        id="a chart from elsewhere",
    ),
    pytest.param(
        SERVE,
        {"charts/serve/templates/deployment.yaml": "{{ if eq (randInt 0 1000) 1 }}\n" + GPU + "{{ end }}\n"},
        id="a condition on chance",
    ),
    pytest.param(
        SERVE,
        {"charts/serve/templates/deployment.yaml": '{{ if eq .Release.Name "prod" }}\n' + GPU + "{{ end }}\n"},
        id="a condition on the name of the release",
    ),
]


@needs_helm
@pytest.mark.parametrize(("base", "head"), HIDING)
def test_no_chart_hides_what_it_grows(repository: Repository, base: Mapping[str, str], head: Mapping[str, str]) -> None:
    told = judged(repository, base, head)
    undetermined = [one for one in told.of("max-replicas") if one["status"] == "undetermined" and one["introduced"]]
    assert told.code == 1 or undetermined, json.dumps(told.report, indent=1)


RELEASE = 'resource "helm_release" "serve" {\n  name  = "prod"\n  chart = "${path.module}/../charts/serve"\n}\n'


@needs_helm
@pytest.mark.parametrize(
    "head",
    [
        pytest.param({"charts/serve/values.yaml": "replicas: 30\n"}, id="values"),
        pytest.param({"charts/serve/templates/deployment.yaml": deployment("30")}, id="a template"),
    ],
)
def test_a_chart_that_terraform_installs_changes_what_it_makes(repository: Repository, head: Mapping[str, str]) -> None:
    told = judged(repository, {**SERVE, "infra/main.tf": RELEASE}, head)
    blocked = {one["resource"] for one in told.of("max-replicas") if one["blocking"]}
    assert "infra//helm_release.serve!apps/Deployment/?/prod" not in blocked
    assert "infra//helm_release.serve!apps/Deployment/?/serve" in blocked


def test_a_chart_that_does_not_change_is_not_rendered(repository: Repository, tmp_path: Path) -> None:
    broken = tmp_path / "tools" / "helm"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\necho Error: I was called >&2\nexit 1\n")
    broken.chmod(0o755)
    search = os.pathsep.join((str(broken.parent), FEW))
    told = judged(repository, {**SERVE, "infra/a.tf": DISK}, {"infra/a.tf": DISK.replace("10", "11")}, search)
    assert told.report["diagnostics"] == []
    repository.commit({"charts/serve/values.yaml": "replicas: 2\n"})
    assert any("I was called" in one["message"] for one in again(repository, search).of("scan-incomplete"))
