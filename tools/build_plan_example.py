"""
Write `fixtures/repos/plan/plan.json`, the plan of its root as `terraform show -json` would print it.

No provider can be installed where the tests run, so that it is made by hand: what `terraform plan -var most=4` says of
the node groups in `head`, with what the other state tells.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

FILE: Final = Path(__file__).parent.parent / "fixtures" / "repos" / "plan" / "plan.json"
SUBNETS: Final = ["subnet-0a1b2c3d", "subnet-4e5f6a7b"]
ROLE: Final = "arn:aws:iam::111122223333:role/nodes"
STATE: Final = {"references": ["data.terraform_remote_state.platform.outputs", "data.terraform_remote_state.platform"]}
COMPUTED: Final = ("ami_type", "arn", "capacity_type", "id", "release_version", "resources", "status", "version")


def group(name: str, machine: str, disk: int, sizes: tuple[int, int, int]) -> dict[str, Any]:
    """Return the attributes of a node group that are known before it is made."""
    bounds = dict(zip(("min_size", "desired_size", "max_size"), sizes, strict=True))
    return {
        "cluster_name": "training", "disk_size": disk, "instance_types": [machine], "labels": None,
        "launch_template": [], "node_group_name": name, "node_role_arn": ROLE, "remote_access": [],
        "scaling_config": [bounds], "subnet_ids": SUBNETS, "tags": None, "taint": [], "timeouts": None,
    }  # fmt: skip


def constant(value: Any) -> dict[str, Any]:
    """Return the expression of a constant."""
    return {"constant_value": value}


def block(name: str, machine: Any, disk: int, sizes: tuple[int, int, Any]) -> dict[str, Any]:
    """Return what the plan tells of a block in the configuration."""
    bounds = dict(zip(("min_size", "desired_size", "max_size"), map(expression, sizes), strict=True))
    expressions = {
        "cluster_name": constant("training"), "disk_size": constant(disk), "instance_types": machine,
        "node_group_name": constant(name), "node_role_arn": constant(ROLE), "scaling_config": [bounds],
        "subnet_ids": STATE,
    }  # fmt: skip
    about = {"address": f"aws_eks_node_group.{name}", "mode": "managed", "type": "aws_eks_node_group", "name": name}
    return {**about, "provider_config_key": "aws", "expressions": expressions, "schema_version": 0}


def expression(value: Any) -> dict[str, Any]:
    """Return an expression: itself, or that of a constant."""
    return value if isinstance(value, dict) else constant(value)


def change(name: str, before: Any, after: Any, unknown: Any) -> dict[str, Any]:
    """Return what happens to a node group."""
    return {
        "address": f"aws_eks_node_group.{name}", "mode": "managed", "type": "aws_eks_node_group", "name": name,
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": {
            "actions": ["create"] if before is None else ["no-op"], "before": before, "after": after,
            "after_unknown": unknown, "before_sensitive": {}, "after_sensitive": {},
        },
    }  # fmt: skip


def plan() -> dict[str, Any]:
    """Return the plan."""
    here = {
        **group("general", "m5.xlarge", 50, (2, 2, 4)), "ami_type": "AL2_x86_64", "capacity_type": "ON_DEMAND",
        "id": "training:general", "tags": {}, "tags_all": {}, "status": "ACTIVE", "version": "1.31",
        "arn": "arn:aws:eks:us-east-1:111122223333:nodegroup/training/general/1",
    }  # fmt: skip
    new = group("training", "p3.2xlarge", 100, (0, 1, 4))
    unknown = {**dict.fromkeys((*COMPUTED, "tags_all"), True), "scaling_config": [{}], "subnet_ids": [False, False]}
    most = {"references": ["var.most"]}
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "variables": {"most": {"value": 4}},
        "resource_changes": [change("general", here, here, {}), change("training", None, new, unknown)],
        "configuration": {
            "provider_config": {
                "aws": {
                    "name": "aws",
                    "full_name": "registry.terraform.io/hashicorp/aws",
                    "expressions": {"region": constant("us-east-1")},
                }
            },
            "root_module": {
                "resources": [
                    block("general", constant(["m5.xlarge"]), 50, (2, 2, 4)),
                    block("training", STATE, 100, (0, 1, most)),
                ],
                "variables": {"most": {"default": 2}},
            },
        },
        "complete": True,
        "errored": False,
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(plan(), indent=1) + "\n", encoding="utf-8")
