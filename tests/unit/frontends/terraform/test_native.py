"""Where an attribute is written, what it came by, and which resources it is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from guardrail.model.place import UNSAID

Read = Callable[..., Any]

FILES = {
    "main.tf": """\
variable "big" {
  default = false
}
variable "size" {}
variable "secret" {
  sensitive = true
  default   = "hunter2"
}
locals {
  tags = merge({ app = "web" }, {
    team = "ml"
  })
  machines = {
    small = "t3.micro"
  }
  chosen = local.machines["small"]
  pools = [for name in ["a", "b"] : {
    name = name
    type = local.chosen
  }]
}
provider "aws" {
  region = "us-east-1"
  default_tags {
    tags = {
      owner = "platform"
    }
  }
}
resource "aws_vpc" "v" {
  count = 2
  name  = "vpc-${count.index}"
}
resource "aws_subnet" "s" {
  for_each = { x = aws_vpc.v[0].id, y = aws_vpc.v[1].id }
  vpc_id   = each.value
}
resource "aws_instance" "i" {
  instance_type = var.big ? "p5.48xlarge" : "t3.micro"
  tags          = local.tags
  chosen        = local.chosen
  subnet_id     = aws_subnet.s["y"].id
  vpcs          = aws_vpc.v[*].id
  name          = module.m["k"].name
  password      = "x-${var.secret}"
  looked_up     = lookup(local.machines, "large", "m5.large")
  tried         = try(local.none.at.all, local.chosen)
  pool          = local.pools[1].type
  vpc_name      = aws_vpc.v[1].name
  root_block_device {
    volume_size = var.size
  }
  dynamic "ebs_block_device" {
    for_each = { data = 100 }
    content {
      name = ebs_block_device.key
      size = ebs_block_device.value
    }
  }
}
module "m" {
  source   = "./m"
  for_each = { k = "value" }
  input    = each.value
  vpc      = aws_vpc.v[0]
}
module "eks" {
  source = "terraform-aws-modules/eks/aws"
  groups = { gpu = { min = var.size } }
}
""",
    "terraform.tfvars": "size = 5\n",
    "m/main.tf": """\
variable "input" {}
variable "vpc" {}
output "name" {
  value = "m-${var.input}"
}
resource "aws_subnet" "s" {
  vpc_id = var.vpc.id
}
""",
}


@pytest.mark.parametrize(
    ("path", "place"),
    [
        pytest.param("", "main.tf:38:1", id="the block itself"),
        pytest.param("/instance_type", "main.tf:39:3", id="an argument"),
        pytest.param("/root_block_device", "main.tf:50:3", id="a nested block"),
        pytest.param("/root_block_device/0/volume_size", "main.tf:51:5", id="an argument of a nested block"),
        pytest.param("/root_block_device/0/iops", "main.tf:50:3", id="what a nested block does not set"),
        pytest.param("/ebs_block_device/0/size", "main.tf:57:7", id="an argument of a dynamic block"),
        pytest.param("/tags/team", "main.tf:40:3", id="a key that is written elsewhere"),
        pytest.param("/tags/owner", "main.tf:26:7", id="a tag that only the provider sets"),
        pytest.param("/none", "main.tf:38:1", id="what is not set"),
        pytest.param("/none/0/deep", "main.tf:38:1", id="what is below what is not set"),
    ],
)
def test_place(read_root: Read, path: str, place: str) -> None:
    native = read_root(FILES).resources["aws_instance.i"].native
    assert str(native.place(path)) == place


def test_the_place_of_a_literal_key(read_root: Read) -> None:
    text = """\
resource "aws_instance" "i" {
  tags = {
    a = 1
    b = 2
  }
  list = [
    "x",
    { y = 1 },
  ]
}
"""
    native = read_root({"main.tf": text}).only.native
    assert [str(native.place(path)) for path in ("/tags/b", "/list/0", "/list/1/y", "/tags/c")] == [
        "main.tf:4:5",
        "main.tf:7:5",
        "main.tf:8:7",
        "main.tf:2:3",
    ]


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        pytest.param(
            "/instance_type",
            [
                ("main.tf:39:3", 'instance_type = var.big ? "p5.48xlarge" : "t3.micro"', "t3.micro"),
                ("main.tf:2:3", "default = false", False),
            ],
            id="a conditional leads to what decides it",
        ),
        pytest.param(
            "/tags/team",
            [
                ("main.tf:40:3", "tags = local.tags", "ml"),
                ("main.tf:10:3", 'tags = merge({ app = "web" }, { team = "ml" })', "ml"),
                ("main.tf:11:5", 'team = "ml"', "ml"),
            ],
            id="merge leads to the argument that has the key",
        ),
        pytest.param(
            "/tags/owner",
            [
                ("main.tf:25:5", 'tags = { owner = "platform" }', "platform"),
                ("main.tf:26:7", 'owner = "platform"', "platform"),
            ],
            id="a tag of the provider",
        ),
        pytest.param(
            "/chosen",
            [
                ("main.tf:41:3", "chosen = local.chosen", "t3.micro"),
                ("main.tf:16:3", 'chosen = local.machines["small"]', "t3.micro"),
                ("main.tf:13:3", 'machines = { small = "t3.micro" }', "t3.micro"),
                ("main.tf:14:5", 'small = "t3.micro"', "t3.micro"),
            ],
            id="locals lead to locals",
        ),
        pytest.param(
            "/root_block_device/0/volume_size",
            [("main.tf:51:5", "volume_size = var.size", 5), ("terraform.tfvars:1:1", "size = 5", 5)],
            id="a variable leads to its file",
        ),
        pytest.param(
            "/name",
            [
                ("main.tf:44:3", 'name = module.m["k"].name', "m-value"),
                ("m/main.tf:4:3", 'value = "m-${var.input}"', "m-value"),
                ("main.tf:64:3", "input = each.value", "value"),
                ("main.tf:63:16", 'k = "value"', "value"),
            ],
            id="an output leads to the arguments of the call, and those to what each stands for",
        ),
        pytest.param(
            "/password",
            [
                ("main.tf:45:3", "password = (sensitive)", UNSAID),
                ("main.tf:7:3", "default = (sensitive)", UNSAID),
            ],
            id="what is sensitive is not told",
        ),
        pytest.param(
            "/looked_up",
            [
                ("main.tf:46:3", 'looked_up = lookup(local.machines, "large", "m5.large")', "m5.large"),
                ("main.tf:13:3", 'machines = { small = "t3.micro" }', {"small": "t3.micro"}),
            ],
            id="a table without the key",
        ),
        pytest.param(
            "/pool",
            [
                ("main.tf:48:3", "pool = local.pools[1].type", "t3.micro"),
                (
                    "main.tf:17:3",
                    'pools = [for name in ["a", "b"] : { name = name type = local.chosen }]',
                    "t3.micro",
                ),
                ("main.tf:19:5", "type = local.chosen", "t3.micro"),
                ("main.tf:16:3", 'chosen = local.machines["small"]', "t3.micro"),
                ("main.tf:13:3", 'machines = { small = "t3.micro" }', "t3.micro"),
                ("main.tf:14:5", 'small = "t3.micro"', "t3.micro"),
            ],
            id="an element of what for makes",
        ),
        pytest.param(
            "/vpc_name",
            [
                ("main.tf:49:3", "vpc_name = aws_vpc.v[1].name", "vpc-1"),
                ("main.tf:32:3", 'name = "vpc-${count.index}"', "vpc-1"),
            ],
            id="an attribute of a resource leads to its argument",
        ),
        pytest.param(
            "/subnet_id",
            [
                ("main.tf:42:3", 'subnet_id = aws_subnet.s["y"].id', UNSAID),
                ("main.tf:34:1", 'resource "aws_subnet" "s"', UNSAID),
            ],
            id="a computed attribute leads to its resource",
        ),
        pytest.param(
            "/ebs_block_device/0/size",
            [
                ("main.tf:57:7", "size = ebs_block_device.value", 100),
                ("main.tf:54:18", "data = 100", 100),
            ],
            id="an iterator leads to its collection",
        ),
        pytest.param("/none", [], id="what is not set comes from nowhere"),
    ],
)
def test_trace(read_root: Read, path: str, steps: list[tuple[str, str, object]]) -> None:
    native = read_root(FILES).resources["aws_instance.i"].native
    assert [(str(step.place), step.text, step.value) for step in native.trace(path)] == steps


def test_trace_of_a_variable_without_a_value(read_root: Read) -> None:
    text = 'variable "size" {\n  type = number\n}\nresource "aws_instance" "i" {\n  size = var.size\n}\n'
    steps = read_root({"main.tf": text}).only.native.trace("/size")
    assert [(str(step.place), step.text, step.value) for step in steps] == [
        ("main.tf:5:3", "size = var.size", UNSAID),
        ("main.tf:1:1", 'variable "size"', UNSAID),
    ]


@pytest.mark.parametrize(
    ("address", "path", "referents"),
    [
        pytest.param("aws_instance.i", "/instance_type", [], id="none"),
        pytest.param("aws_instance.i", "/subnet_id", ['aws_subnet.s["y"]'], id="an instance by key"),
        pytest.param("aws_instance.i", "/vpcs", ["aws_vpc.v[0]", "aws_vpc.v[1]"], id="all instances"),
        pytest.param("aws_instance.i", "/none", [], id="what is not set"),
        pytest.param('aws_subnet.s["x"]', "/vpc_id", ["aws_vpc.v[0]"], id="what each stands for"),
        pytest.param('module.m["k"].aws_subnet.s', "/vpc_id", ["aws_vpc.v[0]"], id="an argument of a module"),
    ],
)
def test_referents(read_root: Read, address: str, path: str, referents: list[str]) -> None:
    assert list(read_root(FILES).resources[address].native.referents(path)) == referents


@pytest.mark.parametrize(("path", "sensitive"), [("/password", True), ("/instance_type", False), ("/none", False)])
def test_sensitive(read_root: Read, path: str, sensitive: bool) -> None:
    native = read_root(FILES).resources["aws_instance.i"].native
    assert native.sensitive(path) is sensitive


def test_what_is_marked_by_the_full_name_of_the_function_is_sensitive(read_root: Read) -> None:
    native = read_root({"main.tf": 'resource "x" "y" {\n  key = core::sensitive("s3cret")\n}\n'}).only.native
    assert native.sensitive("/key")
    assert "s3cret" not in str(native.trace("/key"))


def test_the_arguments_of_a_module_that_is_not_at_hand(read_root: Read) -> None:
    native = read_root(FILES).resources["module.eks"].native
    assert str(native.place("/groups/gpu/min")) == "main.tf:69:22"
    assert [str(step.place) for step in native.trace("/groups/gpu/min")] == ["main.tf:69:3", "terraform.tfvars:1:1"]


def test_a_chain_longer_than_any_stack(read_root: Read) -> None:
    chain = "".join(f"  l{n} = local.l{n + 1}\n" for n in range(2000))
    text = f'locals {{\n{chain}  l2000 = "x"\n}}\nresource "aws_instance" "i" {{\n  x = local.l0\n}}\n'
    native = read_root({"main.tf": text}).only.native
    steps = native.trace("/x")
    assert 10 < len(steps) <= 20
    assert native.referents("/x") == ()


def test_an_override_is_where_the_value_stands(read_root: Read) -> None:
    files = {
        "main.tf": 'resource "aws_instance" "i" {\n  ami = "a"\n  disk {\n    size = 1\n  }\n}\n',
        "main_override.tf": '\nresource "aws_instance" "i" {\n  disk {\n    size = 2\n  }\n}\n',
    }
    native = read_root(files).only.native
    assert [str(native.place(path)) for path in ("/ami", "/disk/0/size")] == ["main.tf:2:3", "main_override.tf:4:5"]
