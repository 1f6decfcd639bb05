"""Manifests that are wrong, and files that only look like some: each its word with a line, the rest judged."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Optional

import pytest

from .repositories import Repository

POD = "{containers: [{name: a, image: a, resources: {limits: {nvidia.com/gpu: 1}}}]}"
GOOD = (
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: good, namespace: ml}\n"
    f"spec: {{template: {{spec: {POD}}}}}\n"
)
LINES = GOOD.count("\n") + 1
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


def _deployment(spec: str) -> str:
    return (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: bad, namespace: ml}\n"
        f"spec:\n  {spec}\n  template: {{spec: {POD}}}\n"
    )


def _container(resources: str) -> str:
    return (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: bad, namespace: ml}\nspec:\n  containers:\n"
        f"    - name: a\n      image: a\n      resources: {resources}\n"
    )


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        pytest.param("apiVersion: v1\nkind: [\n", "yaml-syntax", 3, id="broken YAML"),
        pytest.param("apiVersion: v1\nkind: Pod\nmetadata:\n\tname: a\n", "yaml-syntax", 4, id="a tab"),
        pytest.param(BOMB, "yaml-bomb", None, id="aliases that explode"),
        pytest.param(GOOD + "kind: Job\n", "duplicate-key", 5, id="a key that stands twice"),
        pytest.param("just some words\n", "not-an-object", 1, id="text"),
        pytest.param("- a\n- b\n", "not-an-object", 1, id="a list"),
        pytest.param("a: 1\n", "not-an-object", 1, id="a mapping without a kind"),
        pytest.param("apiVersion: v1\nkind: Pod\n", "manifest-value", 1, id="a pod without a spec"),
        pytest.param(_deployment("replicas: -3"), "manifest-value", 5, id="negative replicas"),
        pytest.param(_deployment('replicas: "-3"'), "manifest-value", 5, id="negative replicas in quotes"),
        pytest.param(_deployment("replicas: three"), "manifest-value", 5, id="replicas in words"),
        pytest.param(_deployment("replicas: 1.5"), "manifest-value", 5, id="half a replica"),
        pytest.param(_deployment("replicas: yes"), "manifest-value", 5, id="replicas of true"),
        pytest.param(_deployment("replicas: [3]"), "manifest-value", 5, id="replicas in a list"),
        pytest.param(_deployment("replicas: 1e300"), "manifest-value", 5, id="more replicas than 32 bits hold"),
        pytest.param(_deployment("strategy: {rollingUpdate: {maxSurge: lots}}"), "manifest-value", 5, id="a surge"),
        pytest.param(_container("{limits: {nvidia.com/gpu: -1}}"), "manifest-value", 8, id="negative devices"),
        pytest.param(_container("{limits: {nvidia.com/gpu: one}}"), "manifest-value", 8, id="devices in words"),
        pytest.param(_container("{limits: {cpu: 2 cores}}"), "manifest-value", 8, id="processors in words"),
        pytest.param(_container("[a]"), "manifest-value", 8, id="resources in a list"),
        pytest.param(_container("{limits: nvidia.com/gpu}"), "manifest-value", 8, id="limits as text"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_the_rest_is_judged(
    repository: Repository, text: str, code: str, line: Optional[int]
) -> None:
    repository.write({"k8s/a.yaml": f"{GOOD}---\n{text}---\n{GOOD.replace('good', 'after')}"})
    told = repository.check()
    assert told.code in (0, 1)
    said = [one for one in told.report["diagnostics"] if one["code"] == code]
    assert said, told.report["diagnostics"]
    assert line is None or said[0]["line"] == LINES + line
    assert {one["address"] for one in told.report["cost"]["resources"]} >= {
        "k8s//apps/Deployment/ml/good",
        "k8s//apps/Deployment/ml/after",
    }


@pytest.mark.parametrize(
    "gap", ["$N", "${N}", "{{ .Values.n }}", "{{n}}", "<YOUR NUMBER>", "<<N>>", "N_PLACEHOLDER", "'{{ inputs.n }}'"]
)
def test_a_placeholder_is_no_mistake_and_no_number(repository: Repository, gap: str) -> None:
    repository.write(
        {
            "k8s/a.yaml": _deployment(f"replicas: {gap}"),
            "k8s/b.yaml": _container(f"{{limits: {{nvidia.com/gpu: {gap}}}}}"),
        }
    )
    document = repository.document()
    assert document["diagnostics"] == []
    deployment, pod = (document["resources"][f"k8s//{one}/ml/bad"] for one in ("apps/Deployment", "core/Pod"))
    assert deployment["unknown"]["/groups/main/replicas/max"]["reason"] == "template"
    assert pod["unknown"]["/groups/main/accelerators/0/count"]["reason"] == "template"


def test_a_bundle_of_definitions_is_read_at_once_and_what_stands_behind_it_is_seen(repository: Repository) -> None:
    field = "          field{0}: {{type: string, description: 'Some text that says what the field {0} is for.'}}\n"
    definition = (
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: {0}s.example.com\n"
        "spec:\n  group: example.com\n  versions:\n  - name: v1\n    schema:\n      openAPIV3Schema:\n"
        "        properties:\n"
    )
    fields = "".join(field.format(index) for index in range(6_000))
    bundle = "---\n".join(definition.format(index) + fields for index in range(10))
    assert len(bundle) > 5_000_000
    repository.write({"k8s/bundle.yaml": f"{bundle}---\n{GOOD}"})
    begin = time.monotonic()
    told = repository.check()
    assert time.monotonic() - begin < 10
    assert "k8s//apps/Deployment/ml/good" in {one["address"] for one in told.report["cost"]["resources"]}
    assert told.report["diagnostics"] == []


WORKFLOW = """\
name: train
on: {push: {branches: [main]}}
jobs:
  train:
    runs-on: [self-hosted, gpu]
    container: {image: "nvidia/cuda:12", options: --gpus all}
    strategy: {matrix: {gpu: [h100, a100]}}
    steps: [{run: kubectl apply -f k8s}]
"""
LOOK_ALIKES: Mapping[str, str] = {
    ".github/workflows/train.yaml": WORKFLOW,
    "workflow.yaml": WORKFLOW,
    "action.yml": "name: a\nruns: {using: docker, image: Dockerfile}\ninputs: {kind: {default: Pod}}\n",
    "docker-compose.yml": (
        "services:\n  train:\n    image: a\n    deploy:\n      replicas: 8\n      resources:\n        reservations:\n"
        "          devices: [{driver: nvidia, count: 8, capabilities: [gpu]}]\n"
    ),
    ".gitlab-ci.yml": "train:\n  image: a\n  tags: [gpu]\n  script: [kubectl apply -f k8s]\n",
    "azure-pipelines.yml": "pool: {vmImage: ubuntu-latest}\nsteps: [{script: kubectl apply -f k8s}]\n",
    "values.yaml": "replicaCount: 8\nresources: {limits: {nvidia.com/gpu: 8}}\nkind: Deployment\n",
    "playbook.yml": "- hosts: all\n  tasks: [{kubernetes.core.k8s: {kind: Pod, name: a}}]\n",
    "openapi.yaml": "openapi: 3.0.0\ninfo: {title: a, version: v1}\npaths: {}\n",
    "catalog-info.yaml": "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: a}\nspec: {}\n",
    "skaffold.yaml": "apiVersion: skaffold/v4beta1\nkind: Config\nmetadata: {name: a}\n",
    "kind.yaml": "apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\nnodes: [{role: worker}]\n",
    "kubeconfig.yaml": "apiVersion: v1\nkind: Config\nclusters: []\ncontexts: []\nusers: []\n",
    "sky.yaml": "resources: {accelerators: 'A100:8', cloud: aws}\nnum_nodes: 4\nrun: python train.py\n",
    "accelerate.yaml": "compute_environment: LOCAL_MACHINE\nnum_machines: 4\nnum_processes: 32\ngpu_ids: all\n",
    "deepspeed.json": '{"train_batch_size": 64, "zero_optimization": {"stage": 3}}',
    "axolotl.yml": "base_model: meta-llama/Llama-3-8B\nnum_epochs: 3\ndeepspeed: ds.json\n",
    "hydra.yaml": "defaults: [{model: large}]\ntrainer: {gpus: 8, num_nodes: 4}\n",
    "dvc.yaml": "stages: {train: {cmd: python train.py, deps: [data]}}\n",
    "conda.yaml": "name: a\nchannels: [nvidia]\ndependencies: [pytorch-cuda=12.1]\n",
    "package.json": '{"name": "a", "version": "1.0.0", "kind": "module"}',
    "rules.yaml": "groups: [{name: gpu, rules: [{alert: A, expr: 'DCGM_FI_DEV_GPU_UTIL > 90'}]}]\n",
    "dashboard.json": '{"title": "GPU", "panels": [{"type": "graph", "targets": [{"expr": "nvidia_gpu"}]}]}',
    "mkdocs.yml": "site_name: a\nnav: [{Home: index.md}]\n",
}


def test_files_that_only_look_like_manifests_are_never_findings(repository: Repository) -> None:
    repository.write({"k8s/a.yaml": GOOD, **LOOK_ALIKES})
    alone = repository.check()
    report = alone.report
    assert [one["resource"] for one in report["findings"] if (one["location"] or {}).get("file") != "k8s/a.yaml"] == []
    assert [one for one in report["diagnostics"] if one["file"] in LOOK_ALIKES] == []
    assert {one["address"] for one in report["cost"]["resources"]} == {"k8s//apps/Deployment/ml/good"}


@pytest.mark.parametrize("name", [name for name in LOOK_ALIKES if not name.startswith(".")])
def test_alone_they_are_no_input(repository: Repository, name: str) -> None:
    repository.write({name: LOOK_ALIKES[name]})
    told = repository.check()
    assert told.code == 2 or _judged_nothing(told.report)


def _judged_nothing(report: Mapping[str, Any]) -> bool:
    return not report["cost"]["resources"] and not report["findings"] and report["summary"]["resources"] == 0
