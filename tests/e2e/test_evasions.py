"""An author who wants machines merged without anybody noticing. Every way that was found stays closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from .repositories import Repository, Told

CONFIG = """\
version: 1
policies:
  required-tags: {params: {keys: [team]}}
  gpu-family-allowlist: {params: {allow: [t4]}}
  region-restriction: {params: {allow: {aws: [eu-west-1], gcp: [europe-west4]}}}
"""
PROVIDER = 'provider "aws" {\n  region = "eu-west-1"\n}\n\n'
MACHINE = """\
resource "aws_instance" "NAME" {
  ami           = "ami-1"
  instance_type = TYPE
  tags          = { team = "ml" }
}
"""
GPU = '"g5.48xlarge"'
VARIABLE = 'variable "size" {}\n\n'


def machine(kind: str = GPU, name: str = "gpu") -> str:
    return MACHINE.replace("NAME", name).replace("TYPE", kind)


def judged(repository: Repository, base: Mapping[str, str], head: Mapping[str, str], *gone: str) -> Told:
    """Judge the change from `base` to `head`, by the rules of base."""
    repository.commit({"guardrail.yaml": CONFIG, "infra/main.tf": PROVIDER, **base})
    repository.git("checkout", "--quiet", "-b", "change")
    repository.remove(*gone)
    repository.commit(head)
    return repository.check("--base", "main", "--head", "change", "--trusted", "main")


def blocking(told: Told) -> set[str]:
    """Return the policies that block."""
    found: list[dict[str, Any]] = told.report["findings"]
    return {finding["policy"] for finding in found if finding["blocking"]}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("lower(var.size)", "upper(var.size)", id="another function of it"),
        pytest.param('lookup({ a = "t3.micro" }, var.size)', f"lookup({{ a = {GPU} }}, var.size)", id="another map"),
        pytest.param('"t3.micro"\n  count = var.size', '"t3.micro"\n  count = var.size * 1000', id="many times it"),
    ],
)
def test_what_is_unknown_already_hides_no_change(repository: Repository, before: str, after: str) -> None:
    told = judged(
        repository,
        {"infra/gpu.tf": VARIABLE + machine(before)},
        {"infra/gpu.tf": VARIABLE + machine(after)},
    )
    assert told.code == 1
    assert "cost-worst-case" in blocking(told) or "gpu-family-allowlist" in blocking(told)


def test_a_comment_beside_what_is_unknown_still_passes(repository: Repository) -> None:
    unknown = VARIABLE + machine("upper(var.size)\n  count = var.size")
    told = judged(repository, {"infra/gpu.tf": unknown}, {"infra/gpu.tf": "# why\n" + unknown})
    assert (told.code, blocking(told), told.report["cost"]["delta"]["complete"]) == (0, set(), True)


def test_taking_count_away_moves_the_instance_and_ends(repository: Repository) -> None:
    moved = "\nmoved {\n  from = aws_instance.gpu[0]\n  to   = aws_instance.gpu\n}\n"
    told = judged(
        repository,
        {"infra/gpu.tf": machine(f"{GPU}\n  count = 1")},
        {"infra/gpu.tf": machine() + moved},
    )
    assert (told.code, blocking(told), told.report["cost"]["delta"]["expected"]) == (0, set(), "0.00")
