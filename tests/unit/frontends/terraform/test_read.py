"""From files to resources: providers, tags, nested blocks, modules that are not at hand, broken files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Optional

import pytest

from guardrail.config.settings import Settings
from guardrail.frontends.discover import discover
from guardrail.frontends.terraform.cache import SyntaxCache
from guardrail.frontends.terraform.moved import HOPS
from guardrail.frontends.terraform.read import read
from guardrail.frontends.unit import Unit
from guardrail.model.value import OpenMap, Reason, Unknown
from guardrail.sources.listed import MemoryTree
from guardrail.sources.tree import blob_id

Read = Callable[..., Any]

AWS = """
provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = {
      team = "platform"
      env  = "prod"
    }
  }
}
provider "aws" {
  alias  = "us"
  region = "us-east-1"
}
"""


def _bucket(body: str = "") -> str:
    return f'resource "aws_s3_bucket" "b" {{\n{body}\n}}\n'


# Nested blocks


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("  ebs_block_device {\n    size = 1\n  }", [{"size": 1}], id="one block is a list"),
        pytest.param(
            '  dynamic "ebs_block_device" {\n    for_each = [1, 2]\n    content {\n'
            "      size = ebs_block_device.value\n      index = ebs_block_device.key\n    }\n  }",
            [{"size": 1, "index": 0}, {"size": 2, "index": 1}],
            id="a dynamic block over a tuple",
        ),
        pytest.param(
            '  dynamic "ebs_block_device" {\n    for_each = { b = 2, a = 1 }\n    iterator = it\n    content {\n'
            '      name = "${it.key}${it.value}"\n    }\n  }',
            [{"name": "a1"}, {"name": "b2"}],
            id="a dynamic block over a map, with an iterator",
        ),
        pytest.param(
            '  ebs_block_device {\n    n = 1\n  }\n  dynamic "ebs_block_device" {\n    for_each = ["x"]\n'
            "    content {\n      n = 2\n    }\n  }\n  ebs_block_device {\n    n = 3\n  }",
            [{"n": 1}, {"n": 2}, {"n": 3}],
            id="blocks and dynamic blocks in the order in which they are written",
        ),
        pytest.param(
            '  dynamic "ebs_block_device" {\n    for_each = [["a", "b"], []]\n    content {\n      dynamic "inner" {\n'
            "        for_each = ebs_block_device.value\n        content {\n"
            '          v = "${ebs_block_device.key}${inner.value}"\n        }\n      }\n    }\n  }',
            [{"inner": ({"v": "0a"}, {"v": "0b"})}, {"inner": ()}],
            id="dynamic blocks within dynamic blocks",
        ),
        pytest.param(
            '  dynamic "ebs_block_device" {\n    for_each = []\n    content {}\n  }',
            [],
            id="a dynamic block over nothing",
        ),
    ],
)
def test_nested_blocks(read_root: Read, body: str, expected: Any) -> None:
    resource = read_root({"main.tf": f'resource "aws_instance" "i" {{\n{body}\n}}\n'}).only
    assert resource.attributes["ebs_block_device"] == tuple(expected)


def test_a_dynamic_block_over_a_choice_has_candidates(read_root: Read) -> None:
    text = """
variable "flag" { type = bool }
resource "aws_instance" "i" {
  dynamic "disk" {
    for_each = var.flag ? [100] : []
    content {
      size = disk.value
    }
  }
  dynamic "other" {
    for_each = var.flag ? null : []
    content {}
  }
}
"""
    attributes = read_root({"main.tf": text}).only.attributes
    assert attributes["disk"].one_of == (({"size": 100},), ())
    assert isinstance(attributes["other"], Unknown)


def test_an_error_in_a_nested_block_costs_its_argument(read_root: Read) -> None:
    found = read_root(
        {"main.tf": 'resource "aws_instance" "i" {\n  disk {\n    size = 1 + true\n    type = "gp3"\n  }\n}\n'}
    )
    (disk,) = found.only.attributes["disk"]
    assert disk["type"] == "gp3"
    assert disk["size"].reason is Reason.ERROR
    assert found.problems == [("hcl-evaluation", "main.tf:3:12")]


@pytest.mark.parametrize(("value", "found"), [("null", "null"), ('"a"', "a string")])
def test_what_has_no_elements_is_told_with_what_has(value: str, found: str, read_root: Read) -> None:
    text = f'variable "v" {{\n  default = {value}\n}}\nresource "a_b" "i" {{\n  x = [for each in var.v : each]\n}}\n'
    (told,) = read_root({"main.tf": text}).parsed.diagnostics
    assert told.message == f"only a list, a set, a map or an object has elements to go through, not {found}"


def test_what_is_terraform_s_own_is_no_attribute(read_root: Read) -> None:
    text = """
resource "aws_instance" "i" {
  ami        = "a"
  count      = 1
  depends_on = [aws_vpc.v]
  lifecycle {
    prevent_destroy = true
  }
  provisioner "local-exec" {
    command = self.id
  }
  timeouts {
    create = "1m"
  }
}
"""
    found = read_root({"main.tf": text})
    assert found.only.attributes == {"ami": "a"}
    assert found.problems == []


# Providers


@pytest.mark.parametrize(
    ("resource", "region"),
    [
        pytest.param(_bucket(), "eu-west-1", id="the default configuration"),
        pytest.param(_bucket("  provider = aws.us"), "us-east-1", id="an alias"),
        pytest.param(_bucket('  region = "eu-north-1"'), "eu-north-1", id="the resource's own"),
    ],
)
def test_region(read_root: Read, resource: str, region: str) -> None:
    assert read_root({"main.tf": AWS + resource}).only.region == region


def test_region_that_no_provider_states(read_root: Read) -> None:
    region = read_root({"main.tf": _bucket()}).only.region
    assert isinstance(region, Unknown)
    assert region.reason is Reason.ENVIRONMENT


def test_region_that_the_configuration_of_guardrail_states(read_root: Read) -> None:
    assert read_root({"main.tf": _bucket()}, region="eu-west-3").only.region == "eu-west-3"


def test_region_from_the_zone_of_a_google_provider(read_root: Read) -> None:
    text = 'provider "google" {\n  zone = "us-central1-a"\n}\nresource "google_redis_instance" "n" {\n}\n'
    assert read_root({"main.tf": text}).only.region == "us-central1"


@pytest.mark.parametrize(
    ("call", "region"),
    [
        pytest.param("", "eu-west-1", id="the caller's default configuration is inherited"),
        pytest.param("  providers = {\n    aws = aws.us\n  }", "us-east-1", id="one that is passed"),
    ],
)
def test_region_in_a_module(read_root: Read, call: str, region: str) -> None:
    files = {"main.tf": f'{AWS}\nmodule "m" {{\n  source = "./m"\n{call}\n}}\n', "m/main.tf": _bucket()}
    assert read_root(files).only.region == region


def test_an_alias_is_never_inherited(read_root: Read) -> None:
    files = {"main.tf": AWS + 'module "m" {\n  source = "./m"\n}\n', "m/main.tf": _bucket("  provider = aws.us")}
    assert isinstance(read_root(files).only.region, Unknown)


def test_an_alias_that_a_module_declares(read_root: Read) -> None:
    files = {
        "main.tf": AWS + 'module "m" {\n  source = "./m"\n  providers = {\n    aws.other = aws.us\n  }\n}\n',
        "m/main.tf": _bucket("  provider = aws.other"),
    }
    assert read_root(files).only.region == "us-east-1"


@pytest.mark.parametrize(
    ("body", "labels"),
    [
        pytest.param("", {"team": "platform", "env": "prod"}, id="the provider's"),
        pytest.param(
            '  tags = { team = "ml", name = "b" }', {"team": "ml", "env": "prod", "name": "b"}, id="its own on top"
        ),
        pytest.param("  tags = null", {"team": "platform", "env": "prod"}, id="null is nothing"),
        pytest.param('  provider = aws.us\n  tags = { name = "b" }', {"name": "b"}, id="a provider without"),
    ],
)
def test_labels(read_root: Read, body: str, labels: Mapping[str, str]) -> None:
    assert read_root({"main.tf": AWS + _bucket(body)}).only.labels == labels


def test_labels_that_are_partly_unknown(read_root: Read) -> None:
    text = AWS + 'variable "tags" { type = map(string) }\n' + _bucket('  tags = merge(var.tags, { team = "ml" })')
    labels = read_root({"main.tf": text}).only.labels
    assert isinstance(labels, OpenMap)
    assert labels["team"] == "ml"
    assert isinstance(labels["env"], Unknown)  # the variable may set it


_CALLED_AWS = 'terraform {\n  required_providers {\n    aws = {\n      source = "hashicorp/aws"\n%s    }\n  }\n}\n'
_CALLED_AMAZON = 'terraform {\n  required_providers {\n    amazon = {\n      source = "hashicorp/aws"\n    }\n  }\n}\n'


def _call(name: str, *providers: str) -> str:
    passed = "".join(f"    {each}\n" for each in providers)
    return (
        f'module "{name}" {{\n  source = "./{name}"\n' + (f"  providers = {{\n{passed}  }}\n" if passed else "") + "}\n"
    )


@pytest.mark.parametrize(
    ("files", "region"),
    [
        pytest.param(
            {"main.tf": AWS + _call("m", "aws = aws.us"), "m/main.tf": _call("n"), "m/n/main.tf": _bucket()},
            "us-east-1",
            id="one that is passed is inherited from there on",
        ),
        pytest.param(
            {
                "main.tf": AWS + _call("m", "aws.dr = aws.us"),
                "m/main.tf": _CALLED_AWS % "      configuration_aliases = [aws.dr]\n" + _call("n", "aws = aws.dr"),
                "m/n/main.tf": _bucket(),
            },
            "us-east-1",
            id="an alias that is passed on as the default",
        ),
        pytest.param(
            {"main.tf": AWS + _call("m", "aws.dr = aws.us"), "m/main.tf": _bucket()},
            "eu-west-1",
            id="the default is inherited beside what is passed",
        ),
        pytest.param(
            {
                "main.tf": AWS + _call("m", "aws.dr = aws.us"),
                "m/main.tf": 'provider "aws" {\n  alias = "dr"\n}\n' + _bucket("  provider = aws.dr"),
            },
            "us-east-1",
            id="an empty block stands for what is passed",
        ),
        pytest.param(
            {"main.tf": AWS + _call("m"), "m/main.tf": 'provider "aws" {\n}\n' + _bucket()},
            None,
            id="an empty block that nothing is passed for is one",
        ),
        pytest.param(
            {
                "main.tf": AWS + _call("m", "aws = aws.us"),
                "m/main.tf": 'provider "aws" {\n  region = "eu-north-1"\n}\n' + _bucket(),
            },
            "eu-north-1",
            id="an own block that sets something counts",
        ),
        pytest.param(
            {"main.tf": AWS + _call("m"), "m/main.tf": _CALLED_AMAZON + _bucket("  provider = amazon")},
            "eu-west-1",
            id="another name for the same provider",
        ),
        pytest.param(
            {"main.tf": AWS + _call("m", "amazon = aws.us"), "m/main.tf": _CALLED_AMAZON + _bucket()},
            "us-east-1",
            id="another name that is passed is that of the type as well",
        ),
        pytest.param(
            {"main.tf": _CALLED_AMAZON + 'provider "amazon" {\n  region = "eu-south-1"\n}\n' + _bucket()},
            "eu-south-1",
            id="another name at the root",
        ),
    ],
)
def test_which_configuration_a_resource_has(read_root: Read, files: Mapping[str, str], region: Optional[str]) -> None:
    found = read_root(files).only
    assert found.region == region if region else isinstance(found.region, Unknown)


def test_default_tags_do_not_reach_autoscaling_groups(read_root: Read) -> None:
    text = AWS + 'resource "aws_autoscaling_group" "g" {\n  min_size = 1\n  max_size = 1\n}\n'
    assert not read_root({"main.tf": text}).only.labels


def test_default_labels_of_google(read_root: Read) -> None:
    text = (
        'provider "google" {\n  default_labels = { team = "ml", env = "prod" }\n}\n'
        'resource "google_compute_instance" "i" {\n  labels = { env = "dev" }\n}\n'
    )
    assert read_root({"main.tf": text}).only.labels == {"team": "ml", "env": "dev"}


# Modules


def test_a_module_that_is_not_at_hand(read_root: Read) -> None:
    text = (
        AWS
        + """
module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "~> 21.0"
  count   = 1
  node_groups = {
    gpu = { instance_types = ["p4d.24xlarge"] }
  }
}
resource "aws_s3_bucket" "b" {
  bucket = module.eks[0].cluster_name
}
"""
    )
    found = read_root({"main.tf": text})
    call = found.resources["module.eks[0]"]
    assert (call.type, call.category, call.name, call.provider) == ("module", "module.call", "eks", "aws")
    assert call.region == "eu-west-1"
    assert call.attributes == {
        "source": "terraform-aws-modules/eks/aws",
        "version": "~> 21.0",
        "node_groups": {"gpu": {"instance_types": ("p4d.24xlarge",)}},
    }
    bucket = found.resources["aws_s3_bucket.b"].attributes["bucket"]
    assert bucket.reason is Reason.MODULE
    assert found.problems == []


@pytest.mark.parametrize(
    ("source", "cloud"),
    [
        pytest.param("acme/bucket/aws//inner", "aws", id="a folder of a module of a registry"),
        pytest.param("app.terraform.io/acme/bucket/aws", "aws", id="a module of a registry of one's own"),
        pytest.param("./lost/aws", None, id="a folder that is not there"),
        pytest.param("github.com/acme/aws", None, id="a repository"),
    ],
)
def test_the_cloud_of_a_module_that_is_not_at_hand(read_root: Read, source: str, cloud: Optional[str]) -> None:
    assert read_root({"main.tf": f'{AWS}module "m" {{\n  source = "{source}"\n}}\n'}).only.provider == cloud


@pytest.mark.parametrize(
    ("source", "directory"),
    [
        pytest.param("acme/bucket/aws", "vendored/bucket", id="a module of a registry"),
        pytest.param("acme/bucket/aws//modules/inner", "vendored/bucket/modules/inner", id="a folder of it"),
        pytest.param("git::https://example.com/b.git//modules/inner?ref=v1", "vendored/git/modules/inner", id="of git"),
        pytest.param("acme/bucket/aws//inner/", "vendored/bucket/inner", id="a folder with a stroke behind it"),
    ],
)
def test_sources_that_are_directories_of_the_tree(read_root: Read, source: str, directory: str) -> None:
    modules = {"acme/bucket/aws": "vendored/bucket", "git::https://example.com/b.git": "vendored/git"}
    files = {"main.tf": f'module "m" {{\n  source = "{source}"\n}}\n', f"{directory}/main.tf": _bucket()}
    assert list(read_root(files, modules=modules).resources) == ["module.m.aws_s3_bucket.b"]


@pytest.mark.parametrize(
    "source", [pytest.param("../outside", id="outside of the tree"), pytest.param("./none", id="not there")]
)
def test_sources_that_cannot_be_read(read_root: Read, source: str) -> None:
    found = read_root({"main.tf": f'module "m" {{\n  source = "{source}"\n}}\n'})
    assert found.only.category == "module.call"
    assert found.problems == [("hcl-module", "main.tf:2:3")]


def test_one_directory_called_twice_is_read_once(read_root: Read) -> None:
    files = {
        "main.tf": 'module "a" {\n  source = "./m"\n}\nmodule "b" {\n  source = "./m"\n}\n',
        "m/main.tf": _bucket("  bucket = 1 + true"),
    }
    found = read_root(files)
    assert list(found.resources) == ["module.a.aws_s3_bucket.b", "module.b.aws_s3_bucket.b"]
    assert found.problems == [("hcl-evaluation", "m/main.tf:2:12")]


# Broken files


def test_a_syntax_error_costs_its_block(read_root: Read) -> None:
    broken = 'resource "aws_vpc" "v" {\n  cidr = = 1\n}\n'
    found = read_root({"main.tf": _bucket("  bucket = aws_vpc.v.cidr") + "output", "vpc.tf": broken})
    bucket = found.resources["aws_s3_bucket.b"].attributes["bucket"]
    assert bucket.reason is Reason.ERROR
    unread = [each for each in found.parsed.diagnostics if each.unread]
    assert {(str(each.place), each.content) for each in unread if each.place and each.place.file == "vpc.tf"} == {
        ("vpc.tf:2:10", blob_id(broken.encode()))
    }


def test_what_is_not_utf_8() -> None:
    tree = MemoryTree({"main.tf": _bucket().encode(), "other.tf": b"# \xff\n"})
    parsed = read(tree, Unit(name=".", format="terraform", directory=".", files=()), SyntaxCache(), {})
    assert len(parsed.resources) == 1
    (problem,) = parsed.diagnostics
    assert (problem.code, str(problem.place), problem.unread) == ("encoding", "other.tf", True)


def test_a_second_declaration_is_not_read(read_root: Read) -> None:
    found = read_root({"a.tf": _bucket('  bucket = "a"'), "b.tf": _bucket('  bucket = "b"')})
    assert found.only.attributes["bucket"] == "a"
    (problem,) = found.parsed.diagnostics
    assert (problem.code, str(problem.place), problem.unread) == ("hcl-declaration", "b.tf:1:1", True)


def test_variable_files_outside_of_the_repository(read_root: Read) -> None:
    found = read_root({"infra/main.tf": _bucket()}, directory="infra", var_files=("../../secret.tfvars",))
    assert [problem.code for problem in found.parsed.diagnostics] == ["outside"]


def test_a_root_that_is_not_there(read_root: Read) -> None:
    found = read_root({"main.tf": ""}, directory="none")
    assert found.parsed.resources == ()
    assert [problem.code for problem in found.parsed.diagnostics] == ["missing"]


# Addresses


def test_addresses_are_sorted_and_bear_the_unit(read_root: Read) -> None:
    files = {
        "infra/z.tf": 'resource "aws_vpc" "a" {\n  for_each = toset(["y", "x"])\n}\n',
        "infra/a.tf": 'resource "aws_vpc" "b" {\n}\n',
    }
    found = read_root(files, name="infra@prod", directory="infra")
    assert [resource.address for resource in found.parsed.resources] == [
        'infra@prod//aws_vpc.a["x"]',
        'infra@prod//aws_vpc.a["y"]',
        "infra@prod//aws_vpc.b",
    ]


def test_data_sources_are_no_resources(read_root: Read) -> None:
    assert read_root({"main.tf": 'data "aws_vpc" "v" {\n}\nephemeral "aws_x" "y" {\n}\n'}).parsed.resources == ()


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        pytest.param([("aws_vpc.old", "aws_vpc.v")], {"aws_vpc.old": "aws_vpc.v"}, id="a new name"),
        pytest.param(
            [("aws_vpc.oldest", "aws_vpc.old"), ("aws_vpc.old", "aws_vpc.v")],
            {"aws_vpc.old": "aws_vpc.v", "aws_vpc.oldest": "aws_vpc.v"},
            id="two moves after each other",
        ),
        pytest.param(
            [("aws_vpc.v", 'module.m["k"].aws_vpc.w')],
            {},
            id="what is still there was not moved",
        ),
        pytest.param(
            [("module.old", 'module.m["k"]')],
            {"module.old.aws_vpc.w": 'module.m["k"].aws_vpc.w'},
            id="a module with all that is in it",
        ),
        pytest.param([("aws_vpc.v[0]", "aws_vpc.v")], {"aws_vpc.v[0]": "aws_vpc.v"}, id="taking count away"),
    ],
)
def test_moved(read_root: Read, moves: list[tuple[str, str]], expected: Mapping[str, str]) -> None:
    blocks = "".join(f"moved {{\n  from = {before}\n  to = {after}\n}}\n" for before, after in moves)
    files = {
        "main.tf": 'resource "aws_vpc" "v" {\n}\nmodule "m" {\n  source = "./m"\n  for_each = { k = 1 }\n}\n' + blocks,
        "m/main.tf": 'resource "aws_vpc" "w" {\n}\n',
    }
    found = read_root(files).parsed.moved
    assert {old.removeprefix(".//"): new.removeprefix(".//") for old, new in found.items()} == expected


def test_a_move_into_itself_ends(read_root: Read) -> None:
    files = {
        "main.tf": 'module "m" {\n  source = "./m"\n}\nmoved {\n  from = module.m.module.m\n  to = module.m\n}\n',
        "m/main.tf": 'resource "aws_vpc" "w" {\n}\n',
    }
    found = read_root(files).parsed.moved
    assert found[".//module.m.module.m.aws_vpc.w"] == ".//module.m.aws_vpc.w"
    assert len(found) <= HOPS


def test_adding_count_moves_to_the_first_instance(read_root: Read) -> None:
    found = read_root({"main.tf": 'resource "aws_vpc" "v" {\n  count = 2\n}\n'})
    assert found.parsed.moved == {".//aws_vpc.v": ".//aws_vpc.v[0]"}


@pytest.mark.parametrize(
    ("called", "module", "told"),
    [
        pytest.param("", "", [], id="called once"),
        pytest.param("count = 0", "", [("module-unused", "m")], id="called no times"),
        pytest.param("for_each = {}", "", [("module-unused", "m")], id="called for nothing"),
        pytest.param("count = var.unset", "", [], id="called who knows how often"),
        pytest.param(
            "count = 0", "resource {{\n", [("module-unused", "m"), ("hcl-syntax", "m/main.tf:3:11")],
            id="called no times, and broken",
        ),
        pytest.param(
            "count = 0", "locals {\n  a = nobody.x\n}\n", [("module-unused", "m")], id="wrong only when evaluated"
        ),
        pytest.param(
            "count = 0", 'module "n" {\n  source = "./n"\n}\n', [("module-unused", "m"), ("module-unused", "m/n")],
            id="and calls another",
        ),
    ],
)  # fmt: skip
def test_a_module_that_is_called_no_times_is_read_and_makes_nothing(
    called: str, module: str, told: list[tuple[str, str]]
) -> None:
    tree = MemoryTree({
        "main.tf": f'variable "unset" {{}}\nmodule "m" {{\n  source = "./m"\n  {called}\n}}\n'.encode(),
        "m/main.tf": f'resource "aws_vpc" "v" {{\n}}\n{module}'.encode(),
        "m/n/main.tf": b'resource "aws_vpc" "w" {\n}\n',
    })  # fmt: skip
    found = discover(tree, Settings())
    (unit,) = (unit for unit in found.units if unit.name == ".")
    parsed = read(tree, unit, SyntaxCache(), {})
    assert [(each.code, str(each.place)) for each in parsed.diagnostics] == told
    assert bool(parsed.resources) == ("module-unused" not in dict(told))
    assert "m" not in {unit.name for unit in found.units}


def test_a_module_that_a_limit_kept_us_from_is_not_called_unused() -> None:
    calls = {f"m{n}/main.tf": f'module "m" {{\n  source = "../m{n + 1}"\n}}\n'.encode() for n in range(31)}
    tree = MemoryTree({"main.tf": b'module "m" {\n  source = "./m0"\n}\n', **calls, "m31/main.tf": b"locals {}\n"})
    (unit,) = discover(tree, Settings()).units
    parsed = read(tree, unit, SyntaxCache(), {})
    assert [(each.code, str(each.place)) for each in parsed.diagnostics] == [("hcl-module", "m29/main.tf:2:3")]
