"""Inputs of any size, the same bytes on every machine."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

SMALL = """\
provider "aws" {
  region = "us-east-1"
  default_tags {
    tags = { team = "ml", cost-center = "1" }
  }
}

variable "gpu" {
  default = "g5.xlarge"
}

resource "aws_instance" "gpu" {
  count         = 2
  ami           = "ami-0a1b2c3d4e5f67890"
  instance_type = var.gpu
}

resource "aws_ebs_volume" "data" {
  availability_zone = "us-east-1a"
  size              = 500
  type              = "gp3"
}
"""

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: serve, namespace: ml, labels: {team: ml, cost-center: "1"}}
spec:
  replicas: 2
  selector: {matchLabels: {app: serve}}
  template:
    metadata: {labels: {app: serve}}
    spec:
      containers:
        - {name: serve, image: "example.com/serve:1", resources: {limits: {cpu: "1", memory: 2Gi}}}
"""

CONFIGURATION = """\
version: 1
policies:
  required-tags: {params: {keys: [team, cost-center]}}
  region-restriction: {params: {allow: {aws: [us-east-1]}}}
  gpu-family-allowlist: {params: {allow: [a10g, t4]}}
"""

C7N = """\
policies:
  - name: required-tags
    resource: terraform.aws*
    filters:
      - or: ["tag:team": absent, "tag:cost-center": absent]
  - name: machine-types
    resource: terraform.aws_instance
    filters:
      - {type: value, key: instance_type, op: not-in, value: [t3.medium, m5.xlarge]}
"""

TYPES = ("t3.medium", "m5.xlarge", "g5.xlarge", "c5.2xlarge")


def small(folder: Path) -> Path:
    """A directory as a person has it: one root, one manifest, a configuration."""
    _write(folder / "guardrail.yaml", CONFIGURATION)
    _write(folder / "main.tf", SMALL)
    _write(folder / "k8s" / "serve.yaml", DEPLOYMENT)
    return folder


def resources(folder: Path, number: int) -> Path:
    """One root with that many resources in files of 500 blocks: instances, volumes, node groups, security groups."""
    header = SMALL.split("variable", maxsplit=1)[0] + "".join(
        f'variable "type_{index}" {{\n  default = "{machine}"\n}}\n' for index, machine in enumerate(TYPES)
    )
    _write(folder / "guardrail.yaml", CONFIGURATION)
    _write(folder / "main.tf", header + 'locals {\n  tags = { app = "bench" }\n}\n')
    for first in range(0, number, 500):
        blocks = "".join(_block(index) for index in range(first, min(first + 500, number)))
        _write(folder / f"part_{first:06d}.tf", blocks)
    return folder


def _block(index: int) -> str:
    kind = index % 4
    name = f"r{index:06d}"
    if kind == 0:
        return (
            f'resource "aws_instance" "{name}" {{\n  ami           = "ami-0a1b2c3d4e5f67890"\n'
            f"  instance_type = var.type_{index // 4 % 4}\n"
            f'  tags          = merge(local.tags, {{ Name = "{name}" }})\n\n'
            f"  root_block_device {{\n    volume_size = {20 + index % 80}\n  }}\n}}\n\n"
        )
    if kind == 1:
        return (
            f'resource "aws_ebs_volume" "{name}" {{\n  availability_zone = "us-east-1a"\n'
            f'  size              = {10 + index % 90}\n  type              = "gp3"\n'
            "  tags              = local.tags\n}\n\n"
        )
    if kind == 2:
        return (
            f'resource "aws_eks_node_group" "{name}" {{\n  cluster_name    = "bench"\n  node_group_name = "{name}"\n'
            f'  node_role_arn   = aws_iam_role.r{index + 1:06d}.arn\n  subnet_ids      = ["subnet-1"]\n'
            f'  instance_types  = ["m5.xlarge"]\n\n  scaling_config {{\n    min_size     = 1\n    desired_size = 2\n'
            f"    max_size     = 4\n  }}\n}}\n\n"
        )
    return (
        f'resource "aws_iam_role" "{name}" {{\n  name               = "role-{index}"\n'
        '  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })\n'
        "  tags               = local.tags\n}\n\n"
    )


def policies(folder: Path) -> Path:
    """Two policies for c7n-left, which has none of its own."""
    _write(folder / "policies.yaml", C7N)
    return folder


def many_files(folder: Path, number: int) -> Path:
    """A git repository of that many files in roots of ten, on `main`; `change` edits three of them."""
    _write(folder / "guardrail.yaml", CONFIGURATION)
    for root in range(number // 10):
        place = folder / "infra" / f"root{root:04d}"
        _write(place / "main.tf", SMALL)
        for part in range(9):
            _write(
                place / f"part{part}.tf", f'resource "aws_iam_role" "r{part}" {{\n  name = "role-{root}-{part}"\n}}\n'
            )
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=base")
    git(folder, "checkout", "--quiet", "-b", "change")
    for root in range(3):
        place = folder / "infra" / f"root{root:04d}" / "main.tf"
        _write(place, SMALL.replace("count         = 2", "count         = 3"))
    git(folder, "commit", "--quiet", "--all", "--message=change")
    return folder


def git(folder: Path, *arguments: str) -> None:
    """Run git there, alone with its own identity."""
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    who = ("-c", "user.name=bench", "-c", "user.email=bench@example.com")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, env={**os.environ, **alone})


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
