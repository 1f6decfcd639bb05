"""What guardrail promises, each tried as a user would."""

from __future__ import annotations

import pytest

from .repositories import Repository

GPU_POOL = """\
provider "aws" {
  region = "us-east-1"
}

data "aws_ssm_parameter" "owner" {
  name = "/owner"
}

resource "aws_eks_node_group" "gpu" {
  cluster_name    = "ml"
  node_group_name = "gpu"
  node_role_arn   = "arn:aws:iam::123456789012:role/nodes"
  subnet_ids      = ["subnet-1"]
  instance_types  = ["g5.xlarge"]
  disk_size       = 100

  scaling_config {
    min_size     = 1
    desired_size = NODES
    max_size     = 4
  }

  tags = { owner = data.aws_ssm_parameter.owner.value }
}

resource "aws_instance" "odd" {
  ami           = "ami-1"
  instance_type = "x99.mega"
}
"""


def _pool(nodes: int) -> str:
    return GPU_POOL.replace("NODES", str(nodes))


def test_a_comment_costs_nothing_whatever_is_unknown_or_unpriced(repository: Repository) -> None:
    repository.commit({"main.tf": _pool(1)})
    repository.propose({"main.tf": "# The GPU pool.\n" + _pool(1)})
    told = repository.check("--base", "main", "--head", "change")
    cost = told.report["cost"]
    assert told.code == 0
    assert not cost["head"]["complete"]
    assert {name: cost["delta"][name] for name in ("min", "expected", "max", "complete")} == {
        "min": "0.00",
        "expected": "0.00",
        "max": "0.00",
        "complete": True,
    }


def test_two_more_gpu_nodes_are_priced_to_the_cent(repository: Repository) -> None:
    repository.commit({"main.tf": _pool(1)})
    repository.propose({"main.tf": _pool(3)})
    told = repository.check("--base", "main", "--head", "change")
    assert told.code == 1
    # Two more of g5.xlarge at 1.006 for 730 hours, with 100 GiB of gp2 each at 0.10.
    assert told.report["cost"]["delta"]["expected"] == "1488.76"
    assert told.report["cost"]["delta"]["max"] == "0.00"
    assert [finding["policy"] for finding in told.report["findings"] if finding["blocking"]] == ["cost-increase"]
    explained = repository.run("explain", ".//aws_eks_node_group.gpu").out
    assert "1.006" in explained
    assert "aws ec2 g5.xlarge us-east-1 on-demand" in explained
    assert "aws/karpenter-provider-aws@6fc13b5" in explained
    assert "2026-07-20" in explained


SWITCH = """\
provider "aws" {
  region = "us-east-1"
}

variable "big" {
  type = boolDEFAULT
}

resource "aws_instance" "a" {
  ami           = "ami-1"
  instance_type = var.big ? "p5.48xlarge" : "t3.micro"
}
"""


def test_an_unset_switch_leaves_both_machines_open(repository: Repository) -> None:
    repository.write({"main.tf": SWITCH.replace("DEFAULT", ""), "guardrail.yaml": ALLOW_T4})
    told = repository.check()
    (finding,) = [one for one in told.report["findings"] if one["policy"] == "gpu-family-allowlist"]
    assert (finding["status"], finding["reason"], finding["blocking"]) == ("undetermined", "variable", True)
    (resource,) = repository.document()["resources"].values()
    assert resource["unknown"]["/groups/main/machine_types"]["one_of"] == [["p5.48xlarge"], ["t3.micro"]]
    (bill,) = told.report["cost"]["resources"]
    assert bill["expected"] == "unknown"
    # The most that it can be is a p5.48xlarge, at 55.04 for 730 hours.
    assert bill["max"] == "unknown" or bill["max"].startswith("40179.2")


ALLOW_T4 = "version: 1\npolicies: {gpu-family-allowlist: {params: {allow: [t4]}}}\n"


def test_a_switch_with_a_default_is_known_and_leads_to_the_default(repository: Repository) -> None:
    repository.write({"main.tf": SWITCH.replace("DEFAULT", "\n  default = false"), "guardrail.yaml": ALLOW_T4})
    told = repository.check()
    assert "gpu-family-allowlist" not in {one["policy"] for one in told.report["findings"]}
    explained = repository.run("explain", ".//aws_instance.a", "/groups/main/machine_types").out
    assert "t3.micro" in explained
    assert "main.tf:7" in explained  # default = false


REPLICAS = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: serve, namespace: ml}
spec:
  replicas: 40
  template: {spec: {containers: [{name: a, image: b}]}}
"""


def test_an_override_of_dev_leaves_prod_alone(repository: Repository) -> None:
    repository.write(
        {
            "k8s/prod/serve.yaml": REPLICAS,
            "k8s/dev/serve.yaml": REPLICAS,
            "guardrail.yaml": (
                "version: 1\n"
                "environments: [{name: prod, paths: [k8s/prod]}, {name: dev, paths: [k8s/dev]}]\n"
                "policies: {max-replicas: {environments: {dev: {params: {max: 50}}}}}\n"
            ),
        }
    )
    told = repository.check("--only", "max-replicas")
    assert [(finding["unit"], finding["environment"]) for finding in told.report["findings"]] == [("k8s/prod", "prod")]


def test_trusted_rules_bind_whatever_the_head_says(repository: Repository) -> None:
    strict = "version: 1\npolicies: {required-tags: {params: {keys: [team]}}}\n"
    repository.commit({"main.tf": "", "guardrail.yaml": strict})
    repository.propose(
        {
            "main.tf": 'provider "aws" {\n  region = "us-east-1"\n}\n\nresource "aws_eip" "a" {\n}\n',
            "guardrail.yaml": "version: 1\npolicies: {required-tags: {level: off}}\n",
        }
    )
    told = repository.judge()
    found = {(finding["policy"], finding["status"]) for finding in told.report["findings"]}
    assert told.code == 1
    assert ("required-tags", "deny") in found
    assert ("guardrail-config-changed", "warn") in found
    assert not told.report["run"]["advisory"]
    advisory = repository.check("--base", "main", "--head", "change")
    assert advisory.report["run"]["advisory"]
    assert "required-tags" not in {finding["policy"] for finding in advisory.report["findings"]}


def test_the_first_change_that_brings_guardrail_is_judged_by_its_own_rules(repository: Repository) -> None:
    repository.commit({"main.tf": ""})
    repository.propose({"guardrail.yaml": "version: 1\n"})
    told = repository.judge()
    assert (told.code, told.report["run"]["bootstrap"], told.report["run"]["advisory"]) == (0, True, False)
    assert [finding["policy"] for finding in told.report["findings"]] == ["guardrail-config-changed"]


@pytest.mark.parametrize("staged", ["main.tf", "k8s/a.yaml"])
def test_only_what_is_staged_is_judged(repository: Repository, staged: str) -> None:
    repository.commit({"main.tf": _pool(1), "k8s/a.yaml": REPLICAS.replace("40", "4")})
    repository.write({"main.tf": _pool(3), "k8s/a.yaml": REPLICAS})
    repository.git("add", staged)
    told = repository.check("--staged")
    expected = {"main.tf": ["cost-increase"], "k8s/a.yaml": ["max-replicas"]}
    assert [finding["policy"] for finding in told.report["findings"] if finding["blocking"]] == expected[staged]


def test_attributes_are_printed_as_they_are_written(repository: Repository) -> None:
    repository.write({"main.tf": _pool(2)})
    pool = repository.document()["resources"][".//aws_eks_node_group.gpu"]
    assert pool["attributes"]["instance_types"] == ["g5.xlarge"]
    assert pool["attributes"]["scaling_config"] == [{"min_size": 1, "desired_size": 2, "max_size": 4}]
    assert "owner" not in pool["attributes"]["tags"]
    assert pool["unknown"]["/attributes/tags/owner"] == {"reason": "data"}


GUARDED = """\
variable "password" {
  type      = string
  default   = "hunter2"
  sensitive = true
}

resource "aws_db_instance" "a" {
  instance_class = "db.t3.micro"
  password       = var.password
}

resource "aws_instance" "b" {
  instance_type = "g5.${var.password}"
  ami           = lookup({ a = 1 }, var.password)
  tags          = { note = "of ${var.password}", other = [for one in ["x"] : var.password][0] }
}
"""


def test_a_sensitive_value_is_printed_nowhere(repository: Repository) -> None:
    manifest = REPLICAS.replace("image: b}", "image: b, env: [{name: KEY, value: hunter2}]}")
    repository.write({"main.tf": GUARDED, "k8s/a.yaml": manifest})
    for arguments in (
        ("check",),
        ("check", "--format", "json"),
        ("cost",),
        ("graph",),
        ("explain", ".//aws_db_instance.a"),
        ("explain", ".//aws_db_instance.a", "/attributes/password"),
        ("explain", ".//aws_instance.b"),
        ("explain", "k8s//apps/Deployment/ml/serve", "/attributes/spec"),
    ):
        told = repository.run(*arguments)
        assert "hunter2" not in told.out + told.err, arguments
