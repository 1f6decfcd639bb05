"""Wheel, source distribution and hook: what is installed is what was tested."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from .repositories import Repository

ROOT = Path(__file__).resolve().parents[2]
NEEDED = (
    "guardrail/data/prices/book.json",
    "guardrail/data/prices/aws/ec2.csv",
    "guardrail/data/machines.csv",
    "guardrail/data/accelerators.csv",
    "guardrail/data/schemas/report.schema.json",
    "guardrail/data/policies/required-tags/required-tags.rego",
    "guardrail/data/policies/lib/lib.rego",
    "guardrail/py.typed",
)


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both distributions, built from the tree with the backend that is installed for development."""
    place = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(place), str(ROOT)],
        check=True,
        capture_output=True,
    )
    return place


def test_both_distributions_carry_policies_prices_and_schemas(dist: Path) -> None:
    (wheel,) = dist.glob("*.whl")
    (sdist,) = dist.glob("*.tar.gz")
    assert wheel.name.startswith("guardrail_iac-")
    with zipfile.ZipFile(wheel) as archive:
        assert set(NEEDED) <= set(archive.namelist())
    with tarfile.open(sdist) as archive:
        prefix = sdist.name.removesuffix(".tar.gz")
        assert {f"{prefix}/src/{name}" for name in NEEDED} <= set(archive.getnames())


def test_an_installed_wheel_judges_a_repository_from_outside(
    dist: Path, repository: Repository, tmp_path: Path
) -> None:
    place = tmp_path / "venv"
    venv.create(place, with_pip=True, system_site_packages=False)
    python = place / "bin" / "python"
    (wheel,) = dist.glob("*.whl")
    subprocess.run(
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(wheel)], check=True
    )
    repository.write({"main.tf": 'provider "aws" {\n  region = "us-east-1"\n}\n\nresource "aws_eip" "a" {}\n'})
    told = subprocess.run(
        [str(place / "bin" / "guardrail"), "check", str(repository.path)],
        cwd=tmp_path,
        capture_output=True,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        check=False,
    )
    assert (told.returncode, b"PASS" in told.stdout) == (0, True), told.stderr.decode()


def test_the_hook_stops_a_commit(repository: Repository, tmp_path: Path) -> None:
    hooks = Repository(tmp_path / "hooks")
    hooks.path.mkdir()
    # pre-commit clones a hook's repository and installs it: a small package stands for ours, which is installed here.
    hook = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    hooks.commit({".pre-commit-hooks.yaml": hook.replace("language: python", "language: system")})
    repository.commit(
        {
            ".pre-commit-config.yaml": (
                f"repos: [{{repo: '{hooks.path}', rev: {hooks.git('rev-parse', 'HEAD')}, "
                "hooks: [{id: guardrail}]}]\n"
            ),
            "k8s/a.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: ml}\n",
        }
    )
    pool = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: serve, namespace: ml}\n"
        "spec: {replicas: 40, template: {spec: {containers: [{name: a, image: b}]}}}\n"
    )
    repository.write({"k8s/serve.yaml": pool})
    repository.git("add", "--all")
    told = _pre_commit(repository, tmp_path)
    assert told.returncode == 1, told.stdout.decode() + told.stderr.decode()
    assert b"max-replicas" in told.stdout
    repository.write({"k8s/serve.yaml": pool.replace("40", "4")})
    repository.git("add", "--all")
    told = _pre_commit(repository, tmp_path)
    assert told.returncode == 0, told.stdout.decode() + told.stderr.decode()


def _pre_commit(repository: Repository, home: Path) -> subprocess.CompletedProcess[bytes]:
    scripts = str(Path(sys.executable).parent)
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", "run"],
        cwd=repository.path,
        capture_output=True,
        check=False,
        env={
            "PATH": os.pathsep.join((scripts, os.environ["PATH"])),
            "HOME": str(home),
            "PRE_COMMIT_HOME": str(home / "cache"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
        },
    )
