"""The hook, by the real pre-commit and real commits: what is staged decides, and whatever is staged is judged."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from alone import environment

from .repositories import Repository, Told

ROOT = Path(__file__).resolve().parents[2]
HOOK = ROOT / ".pre-commit-hooks.yaml"

SERVE = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: serve, namespace: ml}
spec:
  replicas: 4
  template: {spec: {containers: [{name: a, image: b}]}}
"""
FORTY = SERVE.replace("replicas: 4", "replicas: 40")
POOL = """\
provider "aws" {
  region = "us-east-1"
}

variable "nodes" {
  default = 40
}

resource "aws_eks_node_group" "gpu" {
  cluster_name   = "a"
  instance_types = [trimspace(file("${path.module}/machine.txt"))]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = var.nodes
  }
}
"""
BASE = {
    "k8s/serve.yaml": SERVE,
    "infra/main.tf": POOL,
    "infra/nodes.auto.tfvars": "nodes = 2\n",
    "infra/machine.txt": "t3.medium\n",
    "guardrail.yaml": "version: 1\npolicies: {gpu-family-allowlist: {params: {allow: [t4]}}}\n",
    "README.md": "a\n",
}


class Committer:
    """Somebody who commits in a repository that has the hook installed."""

    def __init__(self, repository: Repository, home: Path) -> None:
        self.repository = repository
        self.home = home

    def commit(self, *arguments: str) -> Told:
        """Commit what is staged; `out` is all that was printed."""
        return self._run("git", "commit", "--quiet", "--message=change", *arguments)

    def pre_commit(self, *arguments: str) -> Told:
        """Run pre-commit itself."""
        return self._run(sys.executable, "-m", "pre_commit", *arguments)

    def _run(self, *command: str) -> Told:
        kept = {name: value for name, value in environment().items() if not name.startswith(("PYTHON", "PRE_"))}
        scripts = str(Path(sys.executable).parent)
        told = subprocess.run(
            command,
            cwd=self.repository.path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            env={
                **kept,
                "PATH": os.pathsep.join((scripts, kept["PATH"])),
                "PRE_COMMIT_HOME": str(self.home),
            },
        )
        return Told(told.returncode, told.stdout.decode(), "")


def _committer(repository: Repository, home: Path, hooks: Path, revision: str) -> Committer:
    """Commit a repository that is fine, with a configuration of pre-commit, and install the hook."""
    config = f"repos: [{{repo: '{hooks}', rev: {revision}, hooks: [{{id: guardrail}}]}}]\n"
    repository.commit({".pre-commit-config.yaml": config, **BASE})
    person = Committer(repository, home)
    assert person.pre_commit("install").code == 0
    return person


@pytest.fixture
def person(repository: Repository, another: Callable[[str], Repository], tmp_path: Path) -> Committer:
    """Whose hook runs the guardrail under test: to install it anew for each test would be slow."""
    hooks = another("hooks")
    text = HOOK.read_text(encoding="utf-8")
    entry = f"env PYTHONPATH={os.environ.get('PYTHONPATH', '')} {sys.executable} -m guardrail check"
    revision = hooks.commit(
        {HOOK.name: text.replace("language: python", "language: system").replace("guardrail check", entry)}
    )
    return _committer(repository, tmp_path / "cache", hooks.path, revision)


def _write(files: Mapping[str, str]) -> Callable[[Repository], None]:
    return lambda there: there.write(files)


def _delete(name: str) -> Callable[[Repository], None]:
    return lambda there: there.remove(name)


def _link(name: str, target: str) -> Callable[[Repository], None]:
    return lambda there: there.link(name, target)


STAGED = [
    pytest.param(_write({"k8s/serve.yaml": FORTY}), "k8s/serve.yaml:5:", id="a manifest"),
    pytest.param(_write({"infra/nodes.auto.tfvars": "nodes = 50\n"}), "max-replicas", id="values of variables"),
    pytest.param(_write({"infra/x.auto.tfvars.json": '{"nodes": 50}'}), "max-replicas", id="such values as JSON"),
    pytest.param(_delete("infra/nodes.auto.tfvars"), "max-replicas", id="the deletion of what kept a limit"),
    pytest.param(_write({"infra/machine.txt": "g5.xlarge\n"}), "infra/main.tf:11:", id="a text that Terraform reads"),
    pytest.param(_link("k8s/serve.yaml", "../forty.yml"), "max-replicas", id="a link to other content"),
    pytest.param(_write({"chart/Chart.yaml": "name: ["}), "chart/", id="a chart that nobody can read"),
    pytest.param(_write({"guardrail.yaml": "version: 1\nno: 1\n"}), "guardrail.yaml:2:1: ", id="wrong rules"),
]


@pytest.mark.parametrize(("change", "told"), STAGED)
def test_a_commit_is_stopped_that_holds_nothing_but(
    person: Committer, change: Callable[[Repository], None], told: str
) -> None:
    there = person.repository
    if told == "max-replicas":
        there.commit({"forty.yml": "a: 1\n"})
    change(there)
    if (there.path / "k8s/serve.yaml").is_symlink():
        there.write({"forty.yml": FORTY})
    there.git("add", "--all")
    before = there.git("rev-parse", "HEAD")
    stopped = person.commit()
    assert stopped.code == 1, stopped.out
    assert told in stopped.out
    assert there.git("rev-parse", "HEAD") == before


def test_the_index_is_judged_and_not_the_files_on_disk(person: Committer) -> None:
    there = person.repository
    there.write({"k8s/serve.yaml": FORTY})
    there.git("add", "--all")
    there.write({"k8s/serve.yaml": SERVE})  # put right on disk, and not staged
    stopped = person.commit()
    assert (stopped.code, "max-replicas" in stopped.out) == (1, True), stopped.out
    there.write({"k8s/serve.yaml": SERVE + "# fine\n"})
    there.git("add", "--all")
    there.write({"k8s/serve.yaml": FORTY})  # wrong on disk, and not staged
    passed = person.commit()
    assert passed.code == 0, passed.out
    assert (there.path / "k8s/serve.yaml").read_text(encoding="utf-8") == FORTY


def test_a_commit_of_some_files_is_judged_by_these(person: Committer) -> None:
    there = person.repository
    there.write({"k8s/serve.yaml": FORTY, "README.md": "b\n"})
    there.git("add", "--all")
    assert person.commit("--only", "README.md").code == 0
    assert person.commit("--only", "k8s/serve.yaml").code == 1


def test_a_first_commit_is_judged(person: Committer, another: Callable[[str], Repository]) -> None:
    fresh = another("fresh")
    fresh.git("init", "--quiet", "--initial-branch=main")
    config = (person.repository.path / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    fresh.write({".pre-commit-config.yaml": config, "k8s/serve.yaml": FORTY})
    fresh.git("add", "--all")
    somebody = Committer(fresh, person.home)
    assert somebody.pre_commit("install").code == 0
    stopped = somebody.commit()
    assert (stopped.code, "max-replicas" in stopped.out) == (1, True), stopped.out


def test_pre_commit_installs_the_hook_from_a_clone(
    repository: Repository, another: Callable[[str], Repository], tmp_path: Path
) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone: pre-commit installs hooks from git repositories only")
    _registry_or_skip(tmp_path)
    clone = another("clone")
    clone.git("clone", "--quiet", str(ROOT), ".")
    if clone.git("diff", "--stat", "HEAD", "--", HOOK.name) or not (clone.path / HOOK.name).is_file():
        pytest.fail("the clone has no hook")
    person = _committer(repository, tmp_path / "cache", clone.path, clone.git("rev-parse", "HEAD"))
    repository.write({"k8s/serve.yaml": FORTY})
    repository.git("add", "--all")
    repository.write({"k8s/serve.yaml": SERVE})
    stopped = person.commit()
    assert stopped.code == 1, stopped.out
    assert "max-replicas" in stopped.out
    assert "k8s/serve.yaml:5:" in stopped.out
    repository.write({"k8s/serve.yaml": SERVE.replace("4", "5")})
    repository.git("add", "--all")
    repository.write({"k8s/serve.yaml": FORTY})
    passed = person.commit()
    assert passed.code == 0, passed.out
    assert repository.git("show", "HEAD:k8s/serve.yaml") == SERVE.replace("4", "5").strip()


def _registry_or_skip(folder: Path) -> None:
    """Skip where not even the build backend, which pip fetches first, can be had."""
    options = ("--quiet", "--no-deps", "--retries=1", f"--dest={folder / 'x'}")
    asked = [sys.executable, "-m", "pip", "download", *options, "hatchling"]
    told = subprocess.run(asked, capture_output=True, check=False)
    if told.returncode:
        pytest.skip(f"the package registry cannot be reached: {told.stderr.decode()[-300:]}")
