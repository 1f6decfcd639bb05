"""Inputs of any size, the same bytes on every machine."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

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

KEYED = """\
module "pool" {
  source   = "./pool"
  for_each = local.pools
  name     = each.key
  settings = each.value
}
"""

POOL = """\
variable "name" {
  type = string
}

variable "settings" {
  type = object({
    machine = string
    disks   = list(number)
    most    = optional(number, 4)
  })
}

locals {
  tags = merge({ Name = var.name }, var.settings.machine == "g5.xlarge" ? { accelerated = "true" } : {})
}

resource "aws_launch_template" "this" {
  name          = "${var.name}-template"
  instance_type = var.settings.machine

  dynamic "block_device_mappings" {
    for_each = { for index, size in var.settings.disks : "/dev/xvd${index}" => size }
    content {
      device_name = block_device_mappings.key
      ebs {
        volume_size = block_device_mappings.value
      }
    }
  }
}

resource "aws_eks_node_group" "this" {
  cluster_name  = "bench"
  node_role_arn = "arn:aws:iam::123456789012:role/bench"
  subnet_ids    = ["subnet-1"]
  tags          = local.tags

  launch_template {
    id      = aws_launch_template.this.id
    version = "1"
  }

  scaling_config {
    min_size     = 1
    desired_size = 2
    max_size     = var.settings.most
  }
}

output "name" {
  value = aws_eks_node_group.this.node_group_name
}
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


def keyed(folder: Path, number: int) -> Path:
    """One root that calls a module once for each of that many keys: two resources, a dynamic block and locals each."""
    pools = "".join(
        f'    pool{index:04d} = {{ machine = "{TYPES[index % 4]}", disks = [{20 + index % 80}, 100] }}\n'
        for index in range(number)
    )
    _write(folder / "guardrail.yaml", CONFIGURATION)
    _write(
        folder / "main.tf",
        SMALL.split("variable", maxsplit=1)[0] + f"locals {{\n  pools = {{\n{pools}  }}\n}}\n\n{KEYED}",
    )
    _write(folder / "pool" / "main.tf", POOL)
    return folder


def plan(folder: Path, number: int) -> Path:
    """The plan of a root with that many resources, 4 KB each, as `terraform show -json` prints it: half are new."""
    _write(folder / "guardrail.yaml", CONFIGURATION)
    changes: list[Any] = []
    blocks: list[Any] = []
    values: list[Any] = []
    prior: list[Any] = []
    for index in range(number):
        kind, stated, whole, unknown = _planned(index)
        name = f"r{index:06d}"
        address = f"{kind}.{name}"
        about = {
            "address": address,
            "mode": "managed",
            "type": kind,
            "name": name,
            "provider_name": "registry.terraform.io/hashicorp/aws",
        }
        known = {
            **{
                one: 3000
                if one == "iops"
                else "us-east-1a"
                if one == "availability_zone"
                else f"{name}-0123456789abcdef"
                for one in unknown
            },
            **whole,
        }
        change: dict[str, Any] = {
            "actions": ["create"] if index % 2 else ["no-op"],
            "before": None if index % 2 else known,
            "after": whole if index % 2 else known,
            "after_unknown": dict.fromkeys(unknown, True) if index % 2 else {},
            "before_sensitive": {},
            "after_sensitive": {"tags": {}, "tags_all": {}},
        }
        changes.append({**about, "change": change})
        expressions = {key: {"constant_value": value} for key, value in stated.items()}
        blocks.append({**about, "provider_config_key": "aws", "expressions": expressions, "schema_version": 1})
        values.append({**about, "values": change["after"], "sensitive_values": {"tags": {}}})
        if not index % 2:
            prior.append(values[-1])
    region = {"name": "aws", "expressions": {"region": {"constant_value": "us-east-1"}}}
    document = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {"resources": values}},
        "resource_changes": changes,
        "prior_state": {"format_version": "1.0", "values": {"root_module": {"resources": prior}}},
        "configuration": {"provider_config": {"aws": region}, "root_module": {"resources": blocks}},
        "complete": True,
        "errored": False,
    }
    _write(folder / "plan.json", json.dumps(document, separators=(",", ":")))
    return folder


_LONG = "0123456789abcdef" * 8
_TAGS = {"team": "ml", "cost-center": "1", "app": "bench", "note": _LONG, "owner": "somebody@example.com"}
_INSTANCE: dict[str, Any] = {
    "ami": "ami-0a1b2c3d4e5f67890", "ebs_optimized": None, "get_password_data": False, "hibernation": None,
    "iam_instance_profile": None, "launch_template": [], "source_dest_check": True, "timeouts": None,
    "user_data": _LONG, "user_data_replace_on_change": False, "volume_tags": None, "credit_specification": [],
}  # fmt: skip


def _planned(index: int) -> tuple[str, dict[str, Any], dict[str, Any], tuple[str, ...]]:
    """Return the type of a resource, its arguments, all its attributes, and what of them is known after apply."""
    tags = {"tags": _TAGS, "tags_all": _TAGS}
    stated: dict[str, Any]
    unused: dict[str, Any]
    unknown: tuple[str, ...]
    if index % 4 == 0:
        stated = {"instance_type": TYPES[index // 4 % 4], "root_block_device": [{"volume_size": 20 + index % 80}]}
        unknown = ("id", "arn", "availability_zone", "private_ip", "public_ip", "subnet_id", "key_name", "tenancy")
        return "aws_instance", stated, {**_INSTANCE, **stated, **tags}, unknown
    if index % 4 == 1:
        stated = {"availability_zone": "us-east-1a", "size": 10 + index % 90, "type": "gp3"}
        unused = {"final_snapshot": False, "outpost_arn": None, "description": _LONG * 3}
        return "aws_ebs_volume", stated, {**stated, **unused, **tags}, ("id", "arn", "iops", "kms_key_id")
    if index % 4 == 2:
        sizes = {"min_size": 1, "desired_size": 2, "max_size": 4}
        stated = {"cluster_name": "bench", "instance_types": ["m5.xlarge"], "scaling_config": [sizes]}
        unused = {"force_update_version": None, "labels": {"note": _LONG}, "taint": [], "subnet_ids": [_LONG, _LONG]}
        return (
            "aws_eks_node_group",
            stated,
            {**stated, **unused, **tags},
            ("id", "arn", "status", "resources", "version"),
        )
    stated = {"name": f"role-{index}", "assume_role_policy": json.dumps({"Statement": [{"Sid": _LONG * 4}]})}
    return "aws_iam_role", stated, {**stated, "path": "/", "inline_policy": [], **tags}, ("id", "arn", "unique_id")


def policies(folder: Path) -> Path:
    """Two policies for c7n-left, which has none of its own."""
    _write(folder / "policies.yaml", C7N)
    return folder


def many_files(folder: Path, number: int) -> Path:
    """A git repository of that many files in roots of ten, packed as a clone is; `change` edits three of `main`."""
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
    git(folder, "repack", "-a", "-d", "--quiet")
    return folder


def git(folder: Path, *arguments: str) -> None:
    """Run git there, alone with its own identity."""
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    who = ("-c", "user.name=bench", "-c", "user.email=bench@example.com")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, env={**os.environ, **alone})


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
