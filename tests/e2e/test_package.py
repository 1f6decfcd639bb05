"""Wheel and source distribution: what is installed is what was tested."""

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
    venv.create(place, with_pip=False, system_site_packages=False)
    python = place / "bin" / "python"
    (wheel,) = dist.glob("*.whl")
    pip = [sys.executable, "-m", "pip", f"--python={python}", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--no-compile", str(wheel)], check=True)
    repository.write({"main.tf": 'provider "aws" {\n  region = "us-east-1"\n}\n\nresource "aws_eip" "a" {}\n'})
    told = subprocess.run(
        [str(place / "bin" / "guardrail"), "check", str(repository.path)],
        cwd=tmp_path,
        capture_output=True,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        check=False,
    )
    assert (told.returncode, b"PASS" in told.stdout) == (0, True), told.stderr.decode()
