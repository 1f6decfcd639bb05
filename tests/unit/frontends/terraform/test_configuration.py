"""Which files make up a module, and what they declare."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from guardrail.frontends.terraform.configuration import configuration_files
from guardrail.frontends.terraform.inputs import automatic_files

Read = Callable[..., Any]


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        pytest.param(("b.tf", "a.tf", "c.tf.json"), ("a.tf", "b.tf", "c.tf.json"), id="both syntaxes"),
        pytest.param(("README.md", "a.tfvars", "a.tf.bak", "tf"), (), id="other files"),
        pytest.param((".a.tf", "a.tf~", "#a.tf#"), (), id="hidden files and backups"),
        pytest.param(
            ("override.tf", "a_override.tf", "z.tf"), ("z.tf", "a_override.tf", "override.tf"), id="overrides"
        ),
        pytest.param(("a.tf", "a.tofu", "b.tf"), ("a.tofu", "b.tf"), id="OpenTofu's file instead of the other"),
        pytest.param(("a.tf.json", "a.tofu.json", "a.tf"), ("a.tf", "a.tofu.json"), id="in JSON, too"),
        pytest.param(("a.tftest.hcl", "terragrunt.hcl", ".terraform.lock.hcl"), (), id="other languages"),
    ],
)
def test_configuration_files(names: tuple[str, ...], chosen: tuple[str, ...]) -> None:
    assert configuration_files(names) == chosen


def test_automatic_files_have_an_order() -> None:
    names = ("b.auto.tfvars", "a.auto.tfvars.json", "terraform.tfvars.json", "prod.tfvars", "terraform.tfvars", "x.tf")
    assert automatic_files(names) == [
        "terraform.tfvars",
        "terraform.tfvars.json",
        "a.auto.tfvars.json",
        "b.auto.tfvars",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param('widget "a" {\n}\n', ("hcl-unsupported", "main.tf:1:1"), id="a kind of block that is not known"),
        pytest.param("x = 1\n", ("hcl-unsupported", "main.tf:1:1"), id="an argument outside of blocks"),
        pytest.param('resource "aws_vpc" {\n}\n', ("hcl-declaration", "main.tf:1:1"), id="a label that is missing"),
        pytest.param("locals {\n  a = 1\n}\nlocals {\n  a = 2\n}\n", ("hcl-declaration", "main.tf:5:3"), id="twice"),
        pytest.param('variable "a" {\n  type = strin\n}\n', None, id="a type that is not asked for"),
        pytest.param(
            'variable "a" {\n  type    = strin\n  default = 1\n}\nresource "a_b" "c" {\n  x = var.a\n}\n',
            ("hcl-type", "main.tf:2:13"),
            id="a type that is none",
        ),
    ],
)  # fmt: skip
def test_problems(read_root: Read, text: str, problem: Any) -> None:
    assert read_root({"main.tf": text}).problems == ([problem] if problem else [])


def test_a_value_for_a_variable_that_is_not_declared(read_root: Read) -> None:
    found = read_root({"main.tf": "", "terraform.tfvars": "a = 1\n"})
    assert found.problems == [("hcl-undeclared", "terraform.tfvars:1:1")]


def test_values_of_variables_are_literal(read_root: Read) -> None:
    files = {
        "main.tf": 'variable "a" {}\nresource "a_b" "c" {\n  x = var.a\n}\n',
        "terraform.tfvars": "a = upper(local.b)\n",
    }
    found = read_root(files)
    assert found.problems == [("hcl-evaluation", "terraform.tfvars:1:11")]
    assert found.only.attributes["x"].reason.value == "error"


def test_json_syntax(read_root: Read) -> None:
    text = """
{
  "provider": {"aws": [{"region": "eu-west-1", "default_tags": {"tags": {"team": "ml"}}}]},
  "variable": {"sizes": {"type": "list(number)", "default": ["5"]}},
  "resource": {"aws_instance": {"i": {
    "provider": "aws",
    "instance_type": "g5.xlarge",
    "root_block_device": {"volume_size": "${var.sizes[0]}"},
    "dynamic": {"ebs_block_device": {"for_each": [1, 2], "content": {"volume_size": "${ebs_block_device.value}"}}},
    "tags": {"name": "web-${var.sizes[0]}"}
  }}}
}
"""
    found = read_root({"main.tf.json": text})
    resource = found.only
    assert found.problems == []
    assert (resource.region, resource.labels) == ("eu-west-1", {"team": "ml", "name": "web-5"})
    assert resource.attributes["root_block_device"] == {"volume_size": 5}
    assert resource.attributes["ebs_block_device"] == ({"volume_size": 1}, {"volume_size": 2})
    assert resource.groups["main"].storage[0].size_gib == 5
    assert str(resource.native.place("/root_block_device/0/volume_size")) == "main.tf.json:8:27"
    assert str(resource.native.place("/labels")) == "main.tf.json:5:33"


@pytest.mark.parametrize(
    ("files", "told"),
    [
        pytest.param({"a.tf": "locals {\n}\n", "a.tofu": ""}, ["a.tf"], id="Terraform would read it"),
        pytest.param({"a.tf.json": '{"locals": {}}', "a.tofu.json": "{}"}, ["a.tf.json"], id="in JSON too"),
        pytest.param({"a.tf": 'terraform {\n  backend "s3" {}\n}\n', "a.tofu": ""}, ["a.tf"], id="a backend"),
        pytest.param({"a.tf": "x = {\n", "a.tofu": ""}, ["a.tf"], id="a file that cannot be read"),
        pytest.param({"a.tf": "", "a.tofu": ""}, [], id="the same text twice"),
        pytest.param({"a.tf": "", "a.tofu.json": "{}"}, [], id="two files that both are read"),
    ],
)
def test_a_file_that_one_of_two_tools_reads_is_told(read_root: Read, files: Mapping[str, str], told: list[str]) -> None:
    found = read_root(files).parsed.diagnostics
    assert [(each.code, each.unread, each.place and each.place.file) for each in found] == [
        ("shadowed", True, file) for file in told
    ]
    assert all(each.content for each in found)


@pytest.mark.parametrize(
    "text",
    ["", "# nothing\n", 'terraform {\n  required_version = ">= 1"\n  required_providers {\n    aws = {}\n  }\n}\n'],
    ids=["nothing", "a comment", "versions"],
)
def test_a_file_of_versions_for_one_of_two_tools_is_no_more_than_mentioned(read_root: Read, text: str) -> None:
    found = read_root({"versions.tf": text, "versions.tofu": "locals {}\n"}).parsed.diagnostics
    assert [(each.level, each.code, each.unread) for each in found] == [("info", "shadowed", False)]


def test_all_that_goes_wrong_comes_with_what_to_do_next(read_root: Read) -> None:
    text = """
variable "t" { type = strin }
output "t" { value = var.t }
locals {
  a = local.b
  b = local.a
  c = missing_thing.x
  d = null.x
  e = uuid()
}
module "m" { source = "./m" }
module "n" {
  source = "./nowhere"
}
locals { c = 1 }
odd "block" {}
"""
    files = {"main.tf": text, "m/main.tf": 'variable "needed" {}\n', "terraform.tfvars": "unheard = 1\n"}
    found = read_root(files).parsed.diagnostics
    assert {each.code for each in found} == {
        "hcl-type", "hcl-cycle", "hcl-reference", "hcl-evaluation", "refused", "hcl-missing", "hcl-module",
        "hcl-declaration", "hcl-unsupported", "hcl-undeclared",
    }  # fmt: skip
    assert not [each for each in found if not each.hint]
