"""Manifests that a change takes into an overlay or a chart, through the front door: none of them vanishes."""

from __future__ import annotations

import os
from collections.abc import Mapping

import pytest
from helm import SEARCH, needs_helm
from overlaid import with_kustomize

from .repositories import Repository

CONFIG = """\
version: 1
policies:
  gpu-count-limit: {params: {max_per_resource: 4, max_per_unit: 100, max_per_namespace: 100}}
"""
SERVE = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: serve, namespace: ml}
spec:
  replicas: 1
  template:
    spec:
      containers:
        - {name: model, image: vllm, resources: {limits: {nvidia.com/gpu: 4}}}
"""
MANY = SERVE.replace("replicas: 1", "replicas: 8")
DELETED = """\
resources: [serve.yaml]
patches:
  - patch: |-
      $patch: delete
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: serve, namespace: ml}
"""
NONE = "resources: [serve.yaml]\nreplicas: [{name: serve, count: 0}]\n"
CHART = "apiVersion: v2\nname: serve\nversion: 1.0.0\n"
TEST = MANY.replace("namespace: ml", "namespace: ml, annotations: {helm.sh/hook: test}")


def blocking(repository: Repository, base: Mapping[str, str], head: Mapping[str, str]) -> set[str]:
    repository.commit({"guardrail.yaml": CONFIG, **base})
    repository.propose(head)
    told = repository.check(
        *("--base", "main", "--head", "change", "--trusted", "main"),
        environment={"PATH": os.pathsep.join((SEARCH, os.environ["PATH"]))},
    )
    return {f"{one['policy']} {one['resource']}" for one in told.report["findings"] if one["blocking"]}


@with_kustomize
@pytest.mark.parametrize(
    "head",
    [
        pytest.param({"app/serve.yaml": MANY, "app/kustomization.yaml": NONE}, id="an overlay deploys it no times"),
        pytest.param({"app/serve.yaml": MANY, "app/kustomization.yaml": DELETED}, id="an overlay deletes it"),
        pytest.param(
            {"app/more.yaml": MANY, "app/kustomization.yaml": f"{NONE}patches: [{{path: more.yaml}}]\n"},
            id="another one is called a patch of what is deployed no times",
        ),
    ],
)
def test_an_overlay_hides_no_manifest(repository: Repository, head: Mapping[str, str]) -> None:
    found = blocking(repository, {"app/serve.yaml": SERVE}, head)
    assert {one.partition("@k")[0].partition("@app/")[0] for one in found} == {
        "gpu-count-limit app@as-written//apps/Deployment/ml/serve"
    }


@with_kustomize
@pytest.mark.parametrize(
    "head",
    [
        pytest.param({"app/kustomization.yaml": "resources: [serve.yaml]\nnamePrefix: a-\n"}, id="with a prefix"),
        pytest.param(
            {
                "app/kustomization.yaml": "resources: [serve.yaml]\npatches: [{path: more.yaml}]\n",
                "app/more.yaml": SERVE,
            },
            id="with a patch",
        ),
    ],
)
def test_who_takes_manifests_into_an_overlay_that_deploys_them_adds_nothing(
    repository: Repository, head: Mapping[str, str]
) -> None:
    assert blocking(repository, {"app/serve.yaml": SERVE}, head) == set()


BASE = "resources: [serve.yaml]\n"
PROD = "resources: [../base]\nreplicas: [{name: serve, count: 8}]\n"


@with_kustomize
@pytest.mark.parametrize(
    ("top", "found"),
    [
        pytest.param(DELETED.replace("serve.yaml", "../prod"), True, id="deletes all"),
        pytest.param(NONE.replace("serve.yaml", "../prod"), True, id="deploys it no times"),
        pytest.param("resources: [../prod]\nnamePrefix: a-\n", False, id="deploys it"),
    ],
)
def test_an_overlay_that_another_new_one_refers_to_is_judged_where_that_deploys_less(
    repository: Repository, top: str, found: bool
) -> None:
    head = {"base/kustomization.yaml": BASE, "base/serve.yaml": SERVE, "prod/kustomization.yaml": PROD}
    blocked = blocking(repository, {}, {**head, "top/kustomization.yaml": top})
    unit, name = ("prod", "serve") if found else ("top", "a-serve")
    assert blocked == {f"gpu-count-limit {unit}//apps/Deployment/ml/{name}"}


@with_kustomize
def test_a_new_base_is_part_of_the_overlays_that_deploy_it(repository: Repository) -> None:
    head = {"base/kustomization.yaml": BASE, "base/serve.yaml": SERVE}
    head["dev/kustomization.yaml"] = "resources: [../base]\nnamePrefix: dev-\n"
    repository.commit({"guardrail.yaml": CONFIG})
    repository.propose(head)
    told = repository.check("--base", "main", "--head", "change", "--trusted", "main")
    assert (told.code, told.report["summary"]["units"], told.report["summary"]["resources"]) == (0, 1, 1)


@needs_helm
@pytest.mark.parametrize(
    ("name", "head"),
    [
        pytest.param("app/templates/serve.yaml", {"app/templates/serve.yaml": TEST}, id="as a test of a release"),
        pytest.param("app/values.yaml", {"app/values.yaml": MANY, "app/templates/_h.tpl": ""}, id="as values"),
    ],
)
def test_a_chart_hides_no_manifest(repository: Repository, name: str, head: Mapping[str, str]) -> None:
    found = blocking(repository, {name: SERVE}, {"app/Chart.yaml": CHART, **head})
    unit = name.rpartition("/")[0]
    assert found == {f"gpu-count-limit {unit}@as-written//apps/Deployment/ml/serve"}


@needs_helm
def test_who_makes_a_chart_of_manifests_adds_nothing(repository: Repository) -> None:
    head = {
        "app/Chart.yaml": CHART,
        "app/values.yaml": "replicas: 1\n",
        "app/templates/serve.yaml": SERVE.replace("replicas: 1", "replicas: {{ .Values.replicas }}"),
    }
    assert blocking(repository, {"app/templates/serve.yaml": SERVE}, head) == set()
