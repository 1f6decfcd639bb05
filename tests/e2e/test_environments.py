"""Two roots, prod and dev, of the same content, and what is permitted in dev only: one finding, in prod."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from .repositories import Repository

GROUP = """\
provider "aws" {
  region = "eu-west-1"
}

resource "aws_eks_node_group" "a" {
  cluster_name   = "ml"
  instance_types = ["t3.micro"]

  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 40
  }
}
"""
PODS = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: serve, namespace: ml}
spec: {replicas: 40, template: {spec: {containers: [{name: a, image: b}]}}}
"""
IN_DEV = "policies: {max-replicas: {environments: {dev: {params: {max: 50}}}}}\n"
OF_UNIT = "policies: {max-replicas: {units: {NAME: {params: {max: 50}}}}}\n"

NAMED = "environments: [{name: prod, paths: [nowhere]}, {name: dev, paths: [nowhere]}]\n"

VARIANTS = [
    pytest.param(
        "environments: [{name: prod, paths: [PROD]}, {name: dev, paths: [DEV]}]\n" + IN_DEV, "prod", id="paths"
    ),
    pytest.param(
        "environments: [{name: prod, paths: ['PROD/**']}, {name: dev, paths: ['DEV/**']}]\n" + IN_DEV,
        "prod",
        id="globs of files",
    ),
    pytest.param("environments: [{name: dev, paths: [DEV]}]\n" + IN_DEV, None, id="only dev is an environment"),
    pytest.param(
        "environments: [{name: prod, paths: [PROD]}, {name: dev, paths: [DEV, PROD]}]\n" + IN_DEV,
        "prod",
        id="the first that matches",
    ),
    pytest.param(
        NAMED + "units: [{path: PROD, environment: prod}, {path: DEV, environment: dev}]\n" + IN_DEV,
        "prod",
        id="rows of units",
    ),
    pytest.param(
        "environments: [{name: dev, paths: [PROD, DEV]}, {name: prod, paths: [nowhere]}]\n"
        "units: [{path: PROD, environment: prod}]\n" + IN_DEV,
        "prod",
        id="a row of a unit before a path",
    ),
    pytest.param(OF_UNIT.replace("NAME", "DEV"), None, id="a unit by its name"),
    pytest.param(
        "environments: [{name: prod, paths: [PROD]}, {name: dev, paths: [DEV]}]\n"
        "policies: {max-replicas: {params: {max: 50}, environments: {prod: {params: {max: 20}}}}}\n",
        "prod",
        id="prod is stricter than the rest",
    ),
]


@pytest.mark.parametrize(
    ("files", "prod", "dev"),
    [
        pytest.param({"infra/{}/main.tf": GROUP}, "infra/prod", "infra/dev", id="Terraform"),
        pytest.param({"k8s/{}/serve.yaml": PODS}, "k8s/prod", "k8s/dev", id="manifests"),
    ],
)
@pytest.mark.parametrize(("config", "environment"), VARIANTS)
def test_one_finding_in_prod(
    repository: Repository, files: Mapping[str, str], prod: str, dev: str, config: str, environment: str
) -> None:
    repository.write({name.format(one): text for name, text in files.items() for one in ("prod", "dev")})
    repository.write({"guardrail.yaml": "version: 1\n" + config.replace("PROD", prod).replace("DEV", dev)})
    told = repository.check("--only", "max-replicas")
    assert [(one["unit"], one["environment"]) for one in told.report["findings"]] == [(prod, environment)]
    assert told.code == 1


def test_two_stacks_of_one_root(repository: Repository) -> None:
    repository.write(
        {
            "infra/main.tf": 'variable "most" {}\n\n' + GROUP.replace("40", "var.most"),
            "infra/prod.tfvars": "most = 40\n",
            "infra/dev.tfvars": "most = 40\n",
            "guardrail.yaml": (
                "version: 1\n" + NAMED + "units:\n  - path: infra\n    stacks:\n"
                "      prod: {var_files: [prod.tfvars], environment: prod}\n"
                "      dev: {var_files: [dev.tfvars], environment: dev}\n" + IN_DEV
            ),
        }
    )
    told = repository.check("--only", "max-replicas")
    assert [(one["unit"], one["environment"]) for one in told.report["findings"]] == [("infra@prod", "prod")]
