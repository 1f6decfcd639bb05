"""`guardrail explain` as a user asks it: any unit by its address, and every line that led to a fact."""

from __future__ import annotations

import pytest

from .repositories import Repository

POOL = """\
variable "pool" {
  type    = object({ machine = optional(string, "t3.large"), most = optional(number) })
  default = {}
}
variable "tier" {}
provider "aws" {
  region = "us-east-1"
}
resource "aws_eks_node_group" "a" {
  instance_types = [var.pool.machine]
  labels         = { tier = var.tier }
  scaling_config {
    min_size     = 1
    desired_size = 2
    max_size     = var.tier == "gold" ? 8 : 4
  }
}
"""


@pytest.fixture
def left_out(repository: Repository) -> Repository:
    repository.write({"examples/gpu/main.tf": POOL, "infra/main.tf": 'resource "aws_vpc" "v" {}\n'})
    repository.commit()
    return repository


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param((), id="from the files"),
        pytest.param(("--head", "HEAD"), id="from a revision"),
        pytest.param(("--repository", "infra"), id="from a folder beside it"),
    ],
)
def test_a_unit_that_is_left_out_is_found_by_its_address(left_out: Repository, arguments: tuple[str, ...]) -> None:
    assert not [unit for unit in left_out.document()["resources"] if unit.startswith("examples")]
    told = left_out.run("explain", "examples/gpu//aws_eks_node_group.a", "/groups/main/machine_types", *arguments)
    assert told.code == 0, told.err
    assert "/groups/main/machine_types/0  t3.large" in told.out
    for line in (10, 3, 2):
        assert f"examples/gpu/main.tf:{line} " in told.out


@pytest.mark.parametrize("unit", ["examples/none", "examples/gpu/none", "..", "/", "examples/gpu/..", "infra", ".", ""])
def test_a_unit_that_is_not_there_is_said(left_out: Repository, unit: str) -> None:
    told = left_out.run("explain", f"{unit}//aws_eks_node_group.a")
    assert told.code == 2
    assert "no resource has the address" in told.err


def test_what_nobody_can_decide_is_told_with_its_reason(left_out: Repository) -> None:
    told = left_out.run("explain", "examples/gpu//aws_eks_node_group.a", "/groups/main/replicas/max")
    assert "not known (variable): var.tier has no value; one of 8, 4" in told.out
    assert "examples/gpu/main.tf:15 " in told.out
    assert "examples/gpu/main.tf:5 " in told.out


def test_what_nothing_states_is_said_to_be(left_out: Repository) -> None:
    told = left_out.run("explain", "examples/gpu//aws_eks_node_group.a", "/groups/main/storage/0/size_gib")
    assert "examples/gpu/main.tf:9:1  which does not state it" in told.out


OPEN = """\
variable "extra" {}
resource "aws_instance" "a" {
  instance_type = "t3.micro"
  tags          = merge(var.extra, { team = "ml" })
}
"""


def test_an_open_map_is_told_to_be_open(repository: Repository) -> None:
    repository.commit({"infra/main.tf": OPEN})
    whole = repository.run("explain", "aws_instance.a").out
    asked = repository.run("explain", "aws_instance.a", "/labels/owner").out
    assert "/labels/* " in whole
    for told in (asked, repository.run("explain", "aws_instance.a", "/labels").out):
        assert "/labels/*  others: not known (variable): var.extra has no value" in told
        assert "infra/main.tf:1 " in told
    assert "/labels/owner  is not stated here, and may be one of the others" in asked


SCALER = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: ml}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 1
  maxReplicas: 9
"""
WORKLOAD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: ml}
spec: {template: {spec: {containers: [{name: api}]}}}
"""
ADVICE = "Say in guardrail.yaml in which cluster manifests run"


def test_an_autoscaler_of_nothing_has_no_pods_that_could_run_anywhere(repository: Repository) -> None:
    repository.commit({"k8s/hpa.yaml": SCALER})
    told = repository.run("explain", "k8s//autoscaling/HorizontalPodAutoscaler/ml/web").out
    assert "  what it scales is not in this graph\n" in told
    assert "runs on no pool" not in told
    assert ADVICE not in repository.run("cost").out


@pytest.mark.parametrize("cluster", ["prod", "scales"])
def test_whatever_a_cluster_is_called_it_is_asked_for_the_one_of_manifests(
    repository: Repository, cluster: str
) -> None:
    configured = f"version: 1\nunits:\n  - {{path: 'k8s/**', cluster: {cluster}}}\n"
    repository.commit({"guardrail.yaml": configured, "k8s/api.yaml": WORKLOAD})
    told = repository.run("cost").out
    assert f"cluster {cluster} is not in this graph" in told
    assert ADVICE in told
