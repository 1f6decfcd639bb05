"""A plan is judged in place of the files of its root: by every command, alone and beside a base."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import plans
import pytest
from plans import block, change, constant, refers

from .repositories import Repository

CONFIG = """\
version: 1
environments:
  - {name: prod, paths: ["infra/prod/**"]}
policies:
  gpu-family-allowlist: {params: {allow: [t4]}}
  required-tags: {params: {keys: [team]}}
"""
MAIN = """\
variable "size" {
  default = "t3.micro"
}
provider "aws" {
  region = "us-east-1"
}
resource "aws_instance" "old" {
  ami           = "ami-1"
  instance_type = "p3.2xlarge"
  tags          = { team = "ml" }
}
resource "aws_instance" "new" {
  ami           = "ami-1"
  instance_type = var.size
  tags          = { team = "ml" }
  root_block_device {
    volume_size = 8
    volume_type = "gp3"
  }
}
"""
DEV = 'resource "aws_instance" "d" {\n  ami           = "ami-1"\n  instance_type = "p4d.24xlarge"\n}\n'
TAGS = {"tags": {"team": "ml"}, "tags_all": {"team": "ml"}}
DISK = {"root_block_device": [{"volume_size": 8, "volume_type": "gp3"}]}
OLD = {"ami": "ami-1", "instance_type": "p3.2xlarge", "id": "i-1", **TAGS, **DISK}
NEW = {"ami": "ami-1", "instance_type": "g5.xlarge", **TAGS, **DISK}
STATED = {
    "ami": constant("ami-1"),
    "tags": constant({"team": "ml"}),
    "root_block_device": [{"volume_size": constant(8)}],
}
BLOCKS = [
    block("aws_instance.old", {**STATED, "instance_type": constant("p3.2xlarge")}),
    block("aws_instance.new", {**STATED, "instance_type": refers("var.size")}),
]
KEPT = change("aws_instance.old", OLD, before=OLD, actions=["no-op"])
ADDED = change("aws_instance.new", NEW, unknown={"id": True, "root_block_device": [{"volume_id": True}]})
PLAN = plans.plan(KEPT, ADDED, blocks=BLOCKS, variables={"size": {"value": "g5.xlarge"}}).decode()
FILES = {"guardrail.yaml": CONFIG, "infra/prod/main.tf": MAIN, "infra/dev/main.tf": DEV}


@pytest.fixture
def planned(repository: Repository) -> Repository:
    repository.commit(FILES)
    repository.write({"infra/prod/plan.json": PLAN, "out/plan.json": PLAN})
    return repository


def findings(report: Any, policy: str) -> dict[str, tuple[str, bool]]:
    return {
        one["resource"]: (f"{one['location']['file']}:{one['location']['line']}", one["blocking"])
        for one in report["findings"]
        if one["policy"] == policy
    }


def test_a_plan_alone_tells_what_is_new(planned: Repository) -> None:
    told = planned.check("infra/prod", "--plan", "out/plan.json")
    assert told.code == 1
    assert findings(told.report, "gpu-family-allowlist") == {
        "infra/prod//aws_instance.new": ("infra/prod/main.tf:14", True),
        "infra/prod//aws_instance.old": ("infra/prod/main.tf:9", False),
    }
    assert told.report["summary"]["existing"] == 1
    assert told.report["summary"]["units"] == 1
    assert told.report["cost"]["delta"]["complete"]
    assert told.report["cost"]["delta"]["expected"] == "735.02"  # g5.xlarge and its disk, and nothing of the old one
    assert {one["environment"] for one in told.report["findings"] if one["resource"]} == {"prod"}
    assert told.report["findings"][0]["provenance"][-1] == {
        "file": "out/plan.json", "line": 0, "text": 'size = "g5.xlarge"', "value": "g5.xlarge"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "unit", "file"),
    [
        pytest.param(
            ["--plan", "infra/prod=out/plan.json"], "infra/prod", "infra/prod/main.tf", id="its root is named"
        ),
        pytest.param(["infra/prod", "--plan", "out/plan.json"], "infra/prod", "infra/prod/main.tf", id="the only path"),
        pytest.param(["--plan", "infra/prod/plan.json"], "infra/prod", "infra/prod/main.tf", id="it lies in the root"),
        pytest.param(["--plan", "out/plan.json"], "out/plan.json", "out/plan.json", id="it lies elsewhere"),
        pytest.param(["--plan", "out=out/plan.json"], "out", "out/plan.json", id="of a folder without files"),
    ],
)
def test_which_root_it_is_of(planned: Repository, arguments: list[str], unit: str, file: str) -> None:
    found = findings(planned.check(*arguments).report, "gpu-family-allowlist")
    assert {address.partition("//")[0] for address in found} == {unit}
    assert {where.partition(":")[0] for where, _ in found.values()} == {file}


def test_a_plan_from_outside(planned: Repository, another: Callable[[str], Repository]) -> None:
    elsewhere = another("elsewhere")
    elsewhere.write({"p.json": PLAN})
    file = str(elsewhere.path / "p.json")
    told = planned.check("--plan", file)
    assert told.report["findings"][0]["location"]["file"] == file
    assert told.report["findings"][0]["unit"] == "p.json"


def test_beside_a_base_other_units_are_compared_with_it(planned: Repository) -> None:
    planned.propose({"infra/dev/main.tf": DEV.replace('"d"', '"e"')})
    told = planned.check("--base", "main", "--plan", "infra/prod=out/plan.json").report
    assert set(findings(told, "gpu-family-allowlist")) == {
        "infra/dev//aws_instance.e", "infra/prod//aws_instance.new", "infra/prod//aws_instance.old"
    }  # fmt: skip
    assert not findings(told, "gpu-family-allowlist")["infra/prod//aws_instance.old"][1]


def test_beside_a_base_the_plan_is_its_own(planned: Repository) -> None:
    told = planned.check("--base", "main", "--head", "main", "--plan", "infra/prod=out/plan.json").report
    assert told["cost"]["delta"]["expected"] == "735.02"
    assert told["untouched"] == ["infra/dev"]


def test_other_units_are_listed_without_a_base(planned: Repository) -> None:
    told = planned.check("infra", "--plan", "infra/prod=out/plan.json").report
    assert {"file": "infra/dev/", "reason": "no plan stands for it; with --base it is judged too"} in told["skipped"]


def test_several_plans(planned: Repository) -> None:
    other = plans.plan(change("aws_instance.d", {**NEW, "instance_type": "p4d.24xlarge"})).decode()
    planned.write({"out/dev.json": other})
    told = planned.check("--plan", "infra/prod=out/plan.json", "--plan", "infra/dev=out/dev.json").report
    assert set(findings(told, "gpu-family-allowlist")) == {
        "infra/dev//aws_instance.d", "infra/prod//aws_instance.new", "infra/prod//aws_instance.old"
    }  # fmt: skip


def test_stacks_have_plans_of_their_own(planned: Repository) -> None:
    stacks = "units:\n  - {path: infra/prod, stacks: {a: {}, b: {}}}\n"
    planned.write({"guardrail.yaml": CONFIG + stacks})
    told = planned.check("--plan", "infra/prod@a=out/plan.json")
    assert {one["unit"] for one in told.report["findings"] if one["resource"]} == {"infra/prod@a"}
    several = planned.check("--plan", "infra/prod=out/plan.json")
    assert several.code == 2
    assert "infra/prod is the root of several units: infra/prod@a, infra/prod@b" in several.err


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        pytest.param(["--plan", "none.json"], "none.json cannot be read: No such file", "show -json", id="no file"),
        pytest.param(["--plan", "infra"], "infra cannot be read: Is a directory", "show -json", id="a folder"),
        pytest.param(["--plan", "infra/prod/main.tf"], "not JSON, line 1 column 1", "show -json", id="no JSON"),
        pytest.param(["--plan", "new.json"], "format_version is 2.0", "newer guardrail", id="a newer format"),
        pytest.param(["--plan", "infra/prd=out/plan.json"], "infra/prd is no Terraform root", "ROOT=FILE", id="typo"),
        pytest.param(
            ["--plan", "infra=out/plan.json"], "infra is no Terraform root, and holds", "ROOT=FILE", id="above"
        ),
        pytest.param(["--plan", "../x=out/plan.json"], "../x is outside of", "ROOT=FILE", id="outside"),
        pytest.param(["--plan", "=out/plan.json"], "--plan takes FILE or ROOT=FILE", "", id="no root"),
        pytest.param(["infra/dev", "infra/prod", "--plan", "out/plan.json"], "several PATHS", "ROOT=FILE", id="paths"),
        pytest.param(
            ["infra/dev", "--plan", "infra/prod=out/plan.json"], "infra/dev: no plan stands for it", "--base", id="base"
        ),
        pytest.param(
            ["--plan", "infra/prod=out/plan.json", "--plan", "infra/prod=out/plan.json"],
            "there are two plans of infra/prod",
            "ROOT=FILE",
            id="twice",
        ),
        pytest.param(
            ["--plan", "infra/prod=out/plan.json", "--plan", "out/plan.json"],
            "each must name",
            "ROOT=FILE",
            id="which?",
        ),
    ],
)
def test_nothing_is_judged(planned: Repository, arguments: list[str], message: str, hint: str) -> None:
    planned.write({"new.json": json.dumps({"format_version": "2.0", "resource_changes": []})})
    told = planned.run("check", *arguments)
    assert told.code == 2
    assert message in told.err
    assert hint in told.err


def test_a_truncated_plan_is_never_a_pass(planned: Repository) -> None:
    for end in range(0, len(PLAN), 97):
        planned.write({"cut.json": PLAN[:end]})
        assert planned.run("check", "--plan", "infra/prod=cut.json").code == 2


def test_an_unfinished_plan_is_never_a_pass(planned: Repository) -> None:
    told = json.loads(plans.plan(KEPT, blocks=BLOCKS, errored=True))
    planned.write({"out/plan.json": json.dumps(told)})
    report = planned.check("infra/prod", "--plan", "out/plan.json")
    assert report.code == 3
    assert [one["code"] for one in report.report["diagnostics"]] == ["plan-errored"]


def test_a_plan_in_the_tree_is_no_other_input(planned: Repository) -> None:
    told = planned.check("--base", "main", "--plan", "infra/prod=infra/prod/plan.json").report
    assert "infra/prod/plan.json" not in {one["file"] for one in told["skipped"]}


def test_one_that_nobody_named_is_listed(planned: Repository) -> None:
    told = planned.check("infra/dev").report
    assert not told["skipped"]
    (listed,) = planned.check("out/plan.json", "infra/dev").report["skipped"]
    assert listed["reason"] == "Terraform plan: judge it with --plan, or the root that it was made from"


def test_cost(planned: Repository) -> None:
    told = planned.run("cost", "--plan", "infra/prod=out/plan.json", "--format", "json").report
    assert told["cost"]["delta"]["expected"] == "735.02"


def test_graph(planned: Repository) -> None:
    told = planned.document("--plan", "infra/prod=out/plan.json")
    assert told["change"]["added"] == ["infra/prod//aws_instance.new"]
    assert told["resources"]["infra/prod//aws_instance.new"]["format"] == "terraform-plan"


@pytest.mark.parametrize("address", ["infra/prod//aws_instance.new", "aws_instance.new"])
def test_explain(planned: Repository, address: str) -> None:
    told = planned.run("explain", address, "/groups/main/machine_types", "--plan", "infra/prod/plan.json")
    assert "infra/prod/main.tf:14  instance_type = var.size" in told.out
    assert 'infra/prod/plan.json   size = "g5.xlarge"' in told.out


def test_secrets_are_not_printed(planned: Repository) -> None:
    secret = {**NEW, "user_data": "hush", "metadata_options": [{"token": "hush"}]}
    mask = {"after_sensitive": {"user_data": True, "metadata_options": [{"token": True}]}}
    variables = {"size": {"value": "hush"}}
    root = {"variables": {"size": {"sensitive": True}}}
    told = plans.plan(
        change("aws_instance.new", secret, inside=mask), blocks=BLOCKS, variables=variables, root=root
    ).decode()
    planned.write({"out/plan.json": told})
    for command in (["graph"], ["check"], ["check", "--format", "json"], ["cost"]):
        assert "hush" not in planned.run(*command, "--plan", "out/plan.json").out
    for path in ("/groups/main/machine_types", "/attributes/user_data", "/attributes/metadata_options"):
        assert "hush" not in planned.run("explain", "aws_instance.new", path, "--plan", "out/plan.json").out
