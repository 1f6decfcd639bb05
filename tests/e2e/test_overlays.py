"""Kustomize overlays through the front door, with the tool of this machine, or none."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from shutil import which

import pytest
from overlaid import with_kustomize

from .repositories import Repository, Told

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
        - {name: model, image: vllm, resources: {limits: {nvidia.com/gpu: 1}}}
"""
PATCH = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: serve, namespace: ml}
spec:
  replicas: 2
"""
PROD = "resources: [../../base]\npatches:\n  - path: replicas.yaml\n"
COMPONENT = "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\n"
FILES = {
    "guardrail.yaml": CONFIG,
    "k8s/base/kustomization.yaml": "resources: [serve.yaml]\n",
    "k8s/base/serve.yaml": SERVE,
    "k8s/overlays/dev/kustomization.yaml": "resources: [../../base]\nnamePrefix: dev-\n",
    "k8s/overlays/prod/kustomization.yaml": PROD,
    "k8s/overlays/prod/replicas.yaml": PATCH,
}
MORE = PATCH.replace("replicas: 2", "replicas: 8")


def judged(
    repository: Repository, change: Mapping[str, str], files: Mapping[str, str] = FILES, *, search: str | None = None
) -> Told:
    repository.commit(files)
    repository.propose(change)
    return repository.check(
        "--base",
        "main",
        "--head",
        "change",
        "--trusted",
        "main",
        environment={} if search is None else {"PATH": search},
    )


def nowhere(folder: Path) -> str:
    """Return a search path with git on it and nothing that renders."""
    folder.mkdir()
    git = which("git")
    assert git is not None
    (folder / "git").symlink_to(git)
    return str(folder)


@with_kustomize
def test_a_patch_that_asks_for_more_gpus_is_blocked_at_its_line(repository: Repository) -> None:
    told = judged(repository, {"k8s/overlays/prod/replicas.yaml": MORE})
    (found,) = (one for one in told.report["findings"] if one["blocking"])
    assert (told.code, found["policy"]) == (1, "gpu-count-limit")
    assert found["resource"] == "k8s/overlays/prod//apps/Deployment/ml/serve"
    assert (found["location"]["file"], found["location"]["line"]) == ("k8s/overlays/prod/replicas.yaml", 5)
    assert [(step["file"], step["line"], step["value"]) for step in found["provenance"]] == [
        ("k8s/overlays/prod/replicas.yaml", 5, 8),
        ("k8s/base/serve.yaml", 5, 1),
    ]


@with_kustomize
def test_a_base_is_what_each_of_its_overlays_makes_of_it(repository: Repository) -> None:
    told = judged(repository, {"k8s/base/serve.yaml": SERVE.replace("gpu: 1", "gpu: 3")})
    assert {one["resource"] for one in told.report["findings"] if one["blocking"]} == {
        "k8s/overlays/prod//apps/Deployment/ml/serve"
    }
    assert told.report["summary"]["units"] == 2


POD = """\
apiVersion: v1
kind: Pod
metadata: {name: pod, namespace: elsewhere}
spec:
  containers: [{name: a, image: b, resources: {limits: {nvidia.com/gpu: 1}}}]
"""
RECORDER = """\
#!/bin/sh
echo run >> "{log}"
exec "{program}" "$@"
"""


@with_kustomize
def test_an_overlay_that_the_change_leaves_alone_is_not_rendered(repository: Repository, tmp_path: Path) -> None:
    tools, log = tmp_path / "tools", tmp_path / "log"
    search = nowhere(tools)
    kubectl = which("kustomize") or which("kubectl")
    recorder = tools / ("kustomize" if which("kustomize") else "kubectl")
    recorder.write_text(RECORDER.format(log=log, program=kubectl))
    recorder.chmod(recorder.stat().st_mode | stat.S_IXUSR)
    files = {
        **FILES,
        "k8s/other/kustomization.yaml": "resources: [pod.yaml]\nnamePrefix: a-\n",
        "k8s/other/pod.yaml": POD,
    }
    told = judged(repository, {"k8s/other/pod.yaml": POD.replace("gpu: 1", "gpu: 8")}, files, search=search)
    assert (told.code, told.report["summary"]["units"]) == (1, 1)
    assert log.read_text().split() == ["run", "run"]  # the overlay of head, and that of base
    log.unlink()
    changed = repository.check("--base", "main", "--head", "change", "--all", environment={"PATH": search})
    assert (changed.code, changed.report["summary"]["units"]) == (1, 3)
    assert log.read_text().split() == ["run"] * 4  # those that are the same on both sides, once


@with_kustomize
def test_a_program_of_the_change_is_not_what_renders(repository: Repository) -> None:
    mark = repository.path / "ran"
    script = f"#!/bin/sh\ntouch {mark}\n"
    repository.commit({**FILES, "bin/kustomize": script})
    (repository.path / "bin/kustomize").chmod(0o755)
    repository.propose({"k8s/overlays/prod/replicas.yaml": MORE})
    search = f"{repository.path / 'bin'}{os.pathsep}bin{os.pathsep}{os.environ['PATH']}"
    told = repository.check("--base", "main", environment={"PATH": search})
    assert "gpu-count-limit" in told.blocking
    assert not mark.exists()


def test_without_a_tool_a_changed_overlay_is_no_pass(repository: Repository, tmp_path: Path) -> None:
    told = judged(repository, {"k8s/overlays/prod/replicas.yaml": MORE}, search=nowhere(tmp_path / "tools"))
    assert told.code == 3
    errors = [one for one in told.report["diagnostics"] if one["level"] == "error"]
    assert [(one["code"], one["file"]) for one in errors] == [("not-judged", "k8s/overlays/prod/replicas.yaml")]
    assert "kustomize" in errors[0]["message"]
    assert "kubectl" in errors[0]["message"]


def test_without_a_tool_what_is_left_alone_is_listed_and_manifests_are_judged(
    repository: Repository, tmp_path: Path
) -> None:
    more = SERVE.replace("gpu: 1", "gpu: 9")
    told = judged(repository, {"k8s/base/serve.yaml": more}, search=nowhere(tmp_path / "tools"))
    (found,) = (one for one in told.report["findings"] if one["blocking"])
    assert (told.code, found["resource"]) == (1, "k8s/base//apps/Deployment/ml/serve")
    assert {one["file"] for one in told.report["skipped"]} == {file for file in FILES if "kustomization" in file} | {
        "k8s/overlays/prod/replicas.yaml"
    }


MANY = {"k8s/overlays/prod/replicas.yaml": MORE}
EIGHT = "replicas: [{name: serve, count: 8}]\n"
LIMITS = "/spec/template/spec/containers/0/resources/limits/nvidia.com~1gpu"
EVASIONS = [
    pytest.param(
        {**MANY, "x/kustomization.yaml": "resources: [../k8s/overlays/prod]\nreplicas: [{name: serve, count: 0}]\n"},
        1, "gpu-count-limit", id="an overlay that is taken into another one, of none",
    ),
    pytest.param(
        {**MANY, "k8s/overlays/prod/kustomization.yaml": COMPONENT + PROD}, 1, "scan-incomplete",
        id="an overlay that becomes a component",
    ),
    pytest.param(
        {"k8s/overlays/prod/Kustomization": "resources: [../../base]\n", **MANY}, 1, "scan-incomplete",
        id="a second control file",
    ),
    pytest.param(
        {**MANY, "k8s/overlays/prod/kustomization.yaml": PROD + "nonsense: 1\n"}, 1, "scan-incomplete",
        id="a control file that the tool refuses",
    ),
    pytest.param(
        {"k8s/overlays/prod/kustomization.yaml": PROD + EIGHT}, 1, "gpu-count-limit", id="a row of replicas",
    ),
    pytest.param(
        {
            "k8s/overlays/prod/kustomization.yaml": PROD + "components: [../../more]\n",
            "k8s/more/kustomization.yaml": COMPONENT + "patches:\n  - target: {kind: Deployment}\n"
            f"    patch: '[{{\"op\": \"replace\", \"path\": \"{LIMITS}\", \"value\": 8}}]'\n",
        },
        1, "gpu-count-limit", id="a component",
    ),
    pytest.param(
        {"k8s/overlays/prod/kustomization.yaml": PROD + EIGHT.replace("8", "0") + EIGHT}, 1, "gpu-count-limit",
        id="a key that stands there twice",
    ),
    pytest.param(
        {"k8s/overlays/prod/kustomization.yaml": PROD + EIGHT.replace("r", "R", 1)}, 1, "gpu-count-limit",
        id="a key in other letters",
    ),
    pytest.param(
        {"k8s/overlays/new/kustomization.yml": f"bases: [../../base]\nnameSuffix: -x\n{EIGHT}"}, 1, "gpu-count-limit",
        id="a new overlay in the old spelling",
    ),
    pytest.param(
        {
            "k8s/overlays/prod/kustomization.yaml": PROD + "generators: [gpus.yaml]\n",
            "k8s/overlays/prod/gpus.yaml": SERVE.replace("serve", "gpus").replace(": 1", ": 8"),
        },
        1, "gpu-count-limit", id="a manifest that is said to be a plugin",
    ),
    pytest.param(
        {
            "k8s/overlays/prod/kustomization.yaml": PROD + "  - {path: gpus.yaml, target: {kind: Job}}\n",
            "k8s/overlays/prod/gpus.yaml": SERVE.replace("serve", "gpus").replace(": 1", ": 8"),
        },
        1, "scan-incomplete", id="a manifest that is said to be a patch",
    ),
    pytest.param(
        {"k8s/overlays/prod/kustomization.yaml": PROD.replace("base]", "base, 'https://example.com/gpus.yaml']")},
        3, "", id="a resource from elsewhere",
    ),
    pytest.param(
        {"k8s/overlays/prod/kustomization.yaml": PROD + "helmCharts: [{name: vllm, repo: 'https://example.com'}]\n"},
        3, "", id="a chart",
    ),
    pytest.param(
        {"k8s/overlays/prod/kustomization.yaml": PROD + "transformers: [{kind: Exec}]\n"}, 1, "scan-incomplete",
        id="what is no path",
    ),
]  # fmt: skip


@with_kustomize
@pytest.mark.parametrize(("change", "code", "policy"), EVASIONS)
def test_an_overlay_hides_no_gpus(repository: Repository, change: Mapping[str, str], code: int, policy: str) -> None:
    told = judged(repository, change)
    assert told.code == code, told.report["findings"]
    assert policy in told.blocking or not policy


@with_kustomize
def test_what_is_left_out_already_is_listed_and_no_error(repository: Repository) -> None:
    prod = PROD.replace("base]", "base, 'https://example.com/a.yaml']")
    files = {**FILES, "k8s/overlays/prod/kustomization.yaml": prod}
    told = judged(repository, {"k8s/overlays/prod/replicas.yaml": MORE.replace("8", "3")}, files)
    assert told.code == 0
    assert (
        "https://example.com/a.yaml"
        in {one["file"]: one["reason"] for one in told.report["skipped"]}["k8s/overlays/prod/kustomization.yaml"]
    )
