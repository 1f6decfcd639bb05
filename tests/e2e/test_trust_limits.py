"""What docs/threat-model.md says is by design: how each passes, and which configuration stops it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from .repositories import Repository, Told

BEFORE = {
    "infra/main.tf": 'provider "aws" {\n  region = "us-east-1"\n}\n\nvariable "size" {\n  default = "t3.micro"\n}\n'
}
LISTS = "version: 1\npolicies:\n  gpu-family-allowlist: {params: {allow: [t4]}}\n"
STRICT = LISTS.replace("version: 1\n", "version: 1\nprofile: strict\n")
PRICED = (
    "version: 1\npolicies:\n  unpriced-resource: {level: deny}\n  cost-increase: {on_unknown: {unpriced: deny}}\n"
    "  cost-worst-case: {on_unknown: {unpriced: deny}}\n"
)


def _reasoned(reason: str) -> str:
    return LISTS.replace("[t4]}}", f"[t4]}}, on_unknown: {{{reason}: deny}}}}")


def _machine(kind: str, name: str = "a") -> str:
    disk = '  root_block_device {\n    volume_size = 20\n    volume_type = "gp3"\n  }\n'
    return f'resource "aws_instance" "{name}" {{\n  ami           = "ami-1"\n  instance_type = {kind}\n{disk}}}\n'


DATA = 'data "aws_ssm_parameter" "size" {\n  name = "size"\n}\n\n' + _machine("data.aws_ssm_parameter.size.value")
TEMPLATE = """\
resource "aws_autoscaling_group" "a" {
  min_size = 0
  max_size = 10
  launch_template {
    id      = "lt-0123456789abcdef0"
    version = "3"
  }
}
"""
POD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: a, namespace: ml}
spec: {replicas: 1, template: {spec: {containers: [{name: a, image: b, resources: {limits: {nvidia.com/gpu: 1}}}]}}}
"""
RELEASE = 'resource "example_accelerated_thing" "a" {\n  name  = "a"\n  gpus  = 8\n}\n'
WORKSPACE = _machine('terraform.workspace == "prod" ? "g5.xlarge" : "t3.micro"')

STOPPED = [
    pytest.param({"infra/a.tf": DATA}, STRICT, id="a data source, by the profile"),
    pytest.param({"infra/a.tf": DATA}, _reasoned("data"), id="a data source, by its reason"),
    pytest.param({"infra/a.tf": TEMPLATE}, _reasoned("data"), id="a launch template named by its id"),
    pytest.param({"infra/a.tf": WORKSPACE}, _reasoned("environment"), id="terraform.workspace"),
    pytest.param({"k8s/a.yaml": POD}, _reasoned("environment"), id="a pod that does not say which GPU"),
    pytest.param({"infra/a.tf": RELEASE}, PRICED, id="a type that is not known"),
    pytest.param({"infra/test/a.tf": _machine('"g5.48xlarge"')}, LISTS + 'include: ["infra/test/**"]\n', id="test"),
    pytest.param(
        {"infra/a.tf": WORKSPACE},
        LISTS + "units: [{path: infra, stacks: {prod: {workspace: prod}}}]\n",
        id="terraform.workspace, stated for a stack",
    ),
    pytest.param(
        {"infra/a.tf": _machine('"g4dn.12xlarge"') + _machine('"g4dn.12xlarge"', "b")},
        LISTS + "  gpu-count-limit: {params: {max_per_unit: 6}}\n  cost-increase: {level: off}\n",
        id="small things whose number is limited",
    ),
]


@pytest.mark.parametrize(("files", "stricter"), STOPPED)
def test_it_passes_and_can_be_stopped(repository: Repository, files: Mapping[str, str], stricter: str) -> None:
    loose = LISTS + "  cost-increase: {level: off}\n"
    assert _judged(repository, loose, files).code == 0
    repository.git("checkout", "--quiet", "main")
    repository.git("branch", "--quiet", "-D", "change")
    assert _judged(repository, stricter, files).code == 1


LIMIT = 1000
"""USD a month that one change may add, by default."""

RUNS = 'resource "null_resource" "a" {\n  provisioner "local-exec" {\n    command = "aws ec2 run-instances"\n  }\n}\n'


def test_programs_that_run_at_apply_are_not_judged(repository: Repository) -> None:
    told = _judged(repository, STRICT, {"infra/a.tf": RUNS})
    assert (told.code, told.report["findings"]) == (0, [])


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"chart/Chart.yaml": "apiVersion: v2\nname: a\nversion: 1.0.0\n"}, id="a chart"),
        pytest.param({"k/kustomization.yaml": "resources: [https://example.com/a]\n"}, id="a kustomization"),
        pytest.param({"infra/prod.tfvars": 'size = "g5.48xlarge"\n'}, id="values that no stack declares"),
    ],
)
def test_what_cannot_be_judged_is_no_pass(repository: Repository, files: Mapping[str, str]) -> None:
    told = _judged(repository, LISTS, {"infra/a.tf": _machine("var.size"), **files})
    assert told.code == 3
    assert {one["code"] for one in told.report["diagnostics"] if one["level"] == "error"} == {"not-judged"}


def test_what_only_the_environment_gives_is_not_seen(repository: Repository) -> None:
    repository.commit({"guardrail.yaml": LISTS, **BEFORE, "infra/a.tf": _machine("var.size")})
    told = repository.run("graph", environment={"TF_VAR_size": "g5.48xlarge"})
    assert told.report["resources"]["infra//aws_instance.a"]["groups"]["main"]["machine_types"] == ["t3.micro"]


def test_of_a_key_that_stands_twice_the_last_counts_and_that_is_told(repository: Repository) -> None:
    told = _judged(repository, LISTS, {"k8s/a.yaml": POD.replace("replicas: 1,", "replicas: 400, replicas: 1,")})
    assert told.code == 0
    assert "duplicate-key" in {one["code"] for one in told.report["diagnostics"]}
    assert "k8s/a.yaml" in {one["file"] for one in told.report["diagnostics"]}


def test_small_changes_add_up(repository: Repository) -> None:
    rules = LISTS + "  cost-increase: {params: {max_increase_percent: 10000}}\n"
    repository.commit({"guardrail.yaml": rules, **BEFORE})
    for number in range(3):
        base = repository.git("rev-parse", "HEAD")
        repository.commit({f"infra/{number}.tf": _machine('"g4dn.xlarge"', f"m{number}")})
        told = repository.check("--base", base, "--trusted", base)
        assert "cost-increase" not in {one["policy"] for one in told.report["findings"]}
    assert float(repository.run("cost", "--format", "json").report["cost"]["head"]["expected"]) > LIMIT


def _judged(repository: Repository, rules: str, files: Mapping[str, str]) -> Told:
    repository.commit({"guardrail.yaml": rules, **BEFORE})
    repository.propose(files)
    return repository.judge()
