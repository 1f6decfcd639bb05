"""Whoever has only the lines of a provenance finds the one to edit, and those first that made the value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Read = Callable[..., Any]

FILES = {
    "main.tf": """\
variable "pool" {
  type = object({
    machine = optional(string, "e2-medium")
    disk    = optional(object({ size = optional(number, 50) }), {})
  })
  default = {}
}
variable "ready" {
  default = true
}
variable "prefix" {}
data "aws_ami" "a" {}
resource "aws_vpc" "v" {}
locals {
  known   = "k"
  mixed   = "${local.known}-${aws_vpc.v.id}"
  objects = { one = local.known, two = data.aws_ami.a.id }
  tags    = merge({ team = "ml" }, { (var.prefix) = "x" })
  machine = { a = "t3.micro", b = "m5.large" }[var.prefix]
}
resource "aws_instance" "i" {
  machine  = var.pool.machine
  size     = var.pool.disk.size
  chosen   = var.ready ? local.known : "no"
  either   = var.prefix == "x" ? local.known : "no"
  mixed    = local.mixed
  encoded  = jsonencode(local.objects)
  tags     = local.tags
  from_map = local.machine
  guarded  = local.objects != null ? local.known : "no"
}
module "m" {
  source = "./m"
  size   = null
}
""",
    "m/main.tf": """\
variable "size" {
  default  = 7
  nullable = false
}
resource "aws_instance" "j" {
  size = var.size
}
""",
}


@pytest.mark.parametrize(
    ("path", "values", "tests"),
    [
        pytest.param("/machine", [22, 6, 3], [], id="the default of an optional attribute is in the type"),
        pytest.param("/size", [23, 6, 4], [], id="the default of an attribute inside one that is left out"),
        pytest.param("/chosen", [24, 15], [9], id="what decides comes after the value"),
        pytest.param("/either", [25, 11, 15], [], id="what nobody can decide is why the value is not known"),
        pytest.param("/guarded", [30, 15], [17], id="an object that only has to be there is not looked into"),
        pytest.param("/mixed", [26, 16, 13], [], id="of a text only what is not known in it"),
        pytest.param("/encoded", [27, 17, 12], [], id="of an object only what is not known in it"),
        pytest.param("/tags/team", [28, 18, 11], [], id="a key that may be the one leads to the variable"),
        pytest.param("/from_map", [29, 19], [11], id="a table with a key that is not known"),
    ],
)
def test_lines(read_root: Read, path: str, values: list[int], tests: list[int]) -> None:
    steps = read_root(FILES).resources["aws_instance.i"].native.trace(path)
    assert [step.place.line for step in steps if not step.decides] == values
    assert [step.place.line for step in steps if step.decides] == tests


def test_a_null_that_a_variable_does_not_take_leads_to_its_default(read_root: Read) -> None:
    steps = read_root(FILES).resources["module.m.aws_instance.j"].native.trace("/size")
    assert [(str(step.place), step.value) for step in steps] == [
        ("m/main.tf:6:3", 7),
        ("main.tf:34:3", None),
        ("m/main.tf:2:3", 7),
    ]


REGIONS = """\
provider "aws" {
  region = "us-east-1"
}
provider "google" {
  zone = "europe-west4-a"
}
resource "aws_instance" "null" {
  region = null
}
resource "aws_instance" "own" {
  region = "eu-west-1"
}
resource "google_compute_disk" "by_zone" {}
resource "google_unheard_of" "own" {
  region = "us-west1"
}
module "vpc" {
  source = "terraform-aws-modules/vpc/aws"
}
module "abroad" {
  source = "terraform-aws-modules/vpc/aws"
  region = "eu-central-1"
}
module "not_said" {
  source = "terraform-aws-modules/vpc/aws"
  region = null
}
"""


@pytest.mark.parametrize(
    ("address", "region", "line"),
    [
        pytest.param("aws_instance.null", "us-east-1", 2, id="null leaves it to the provider"),
        pytest.param("aws_instance.own", "eu-west-1", 11, id="its own"),
        pytest.param("google_compute_disk.by_zone", "europe-west4", 5, id="the zone of the provider"),
        pytest.param("google_unheard_of.own", "us-west1", 15, id="its own, of a type that is not understood"),
        pytest.param("module.vpc", "us-east-1", 2, id="a module of a registry has that of its provider"),
        pytest.param("module.abroad", "eu-central-1", 22, id="a module that is passed one"),
        pytest.param("module.not_said", "us-east-1", 2, id="a module that is passed null"),
    ],
)
def test_region(read_root: Read, address: str, region: str, line: int) -> None:
    resource = read_root({"main.tf": REGIONS}).resources[address]
    assert resource.region == region
    assert resource.native.place("/region").line == line
    assert [step.place.line for step in resource.native.trace("/region")] == [line]
    assert "/region" in resource.origins


def test_a_tag_that_may_be_replaced_leads_to_what_may_replace_it(read_root: Read) -> None:
    text = """\
variable "extra" {}
provider "aws" {
  default_tags {
    tags = { owner = "platform" }
  }
}
resource "aws_instance" "doubtful" {
  tags = merge(var.extra, { team = "ml" })
}
resource "aws_instance" "sure" {
  tags = { team = "ml" }
}
"""
    resources = read_root({"main.tf": text}).resources
    lines = {
        name: [step.place.line for step in resources[f"aws_instance.{name}"].native.trace("/tags/owner")]
        for name in ("doubtful", "sure")
    }
    assert lines == {"doubtful": [8, 1], "sure": [4]}


@pytest.mark.parametrize(
    "value",
    [
        pytest.param('"${var.secret}-${aws_vpc.v.id}"', id="in a text of which another part is not known"),
        pytest.param("{ a = var.secret, b = aws_vpc.v.id }", id="in an object of which another part is not known"),
        pytest.param('{ a = var.secret } != null ? "x" : "y"', id="in an object that only decides"),
        pytest.param('[for one in ["a"] : var.secret]', id="in the result of a for"),
        pytest.param('{ for one in ["a"] : one => 1 if var.secret != "" }', id="in the test of a for"),
        pytest.param('{ for one in ["a"] : "${one}${var.secret}" => 1 }', id="in the key of a for"),
        pytest.param(f"[{'local.x, ' * 500}var.secret]", id="behind more than is looked at"),
    ],
)
def test_what_is_passed_over_is_no_way_to_what_is_sensitive(read_root: Read, value: str) -> None:
    text = f"""\
variable "secret" {{
  sensitive = true
  default   = "hunter2"
}}
resource "aws_vpc" "v" {{}}
resource "aws_instance" "i" {{
  value = {value}
}}
"""
    native = read_root({"main.tf": text}).resources["aws_instance.i"].native
    assert native.sensitive("/value")
    assert native.trace("/value")[0].text == "value = (sensitive)"


READING = {
    "main.tf": """\
variable "folder" {
  default = "data"
}
locals {
  defaults = yamldecode(file("${var.folder}/defaults.yaml"))
  sizes    = jsondecode(file("./data/sizes.json"))
  pools    = { for name in fileset("data/pools", "*.yaml") : name => yamldecode((file("data/pools/${name}"))) }
}
resource "aws_instance" "i" {
  zone    = local.defaults.zones.primary
  size    = local.sizes[1].gib
  type    = local.pools["gpu.yaml"].machine
  absent  = try(local.defaults.nothing, "none")
  whole   = file("data/hello.txt")
  made    = templatefile("data/made.tftpl", { name = var.folder })
  decoded = yamldecode(templatefile("data/made.tftpl", { name = var.folder })).name
  key     = sensitive(local.defaults.zones.primary)
  gone    = try(file("data/gone.txt"), "none")
}
""",
    "data/defaults.yaml": "# the defaults\nzones:\n  primary: europe-west1\n",
    "data/sizes.json": '[\n  {"gib": 10},\n  {\n    "gib": 20}\n]\n',
    "data/pools/gpu.yaml": "machine: >-\n  g5.xlarge\n",
    "data/hello.txt": "hello\n",
    "data/made.tftpl": "name: ${name}\n",
}


@pytest.mark.parametrize(
    ("path", "values", "tests"),
    [
        pytest.param(
            "/zone",
            [("main.tf", 10), ("main.tf", 5), ("data/defaults.yaml", 3)],
            [("main.tf", 2)],
            id="a value in YAML has its line there, and the name of the file only decides",
        ),
        pytest.param("/size", [("main.tf", 11), ("main.tf", 6), ("data/sizes.json", 4)], [], id="a value in JSON"),
        pytest.param(
            "/type",
            [("main.tf", 12), ("main.tf", 7), ("data/pools/gpu.yaml", 1)],
            [],
            id="a file among many has the line of the key",
        ),
        pytest.param("/whole", [("main.tf", 14), ("data/hello.txt", 1)], [], id="a file that is the whole value"),
        pytest.param(
            "/made",
            [("main.tf", 15), ("data/made.tftpl", 1), ("main.tf", 2)],
            [],
            id="a template, and what it is given",
        ),
        pytest.param(
            "/decoded",
            [("main.tf", 16), ("data/made.tftpl", 1), ("main.tf", 2)],
            [],
            id="of what a template makes no line is known",
        ),
        pytest.param("/gone", [("main.tf", 18)], [], id="a file that is not there"),
    ],
)
def test_what_is_read_from_a_file_leads_to_it(
    read_root: Read, path: str, values: list[tuple[str, int]], tests: list[tuple[str, int]]
) -> None:
    steps = read_root(READING).only.native.trace(path)
    assert [(step.place.file, step.place.line) for step in steps if not step.decides] == values
    assert [(step.place.file, step.place.line) for step in steps if step.decides] == tests


def test_the_line_of_a_file_is_told_with_its_value_unless_it_is_sensitive(read_root: Read) -> None:
    native = read_root(READING).only.native
    told = {step.place.file: (step.text, step.value) for step in native.trace("/zone")}
    assert told["data/defaults.yaml"] == ("primary: europe-west1", "europe-west1")
    assert "europe-west1" not in str(native.trace("/key"))
    assert [str(step.place) for step in native.trace("/key")] == [
        "main.tf:17:3",
        "main.tf:5:3",
        "data/defaults.yaml:3:3",
        "main.tf:2:3",
    ]


def test_what_is_made_of_much_is_not_taken_for_sensitive(read_root: Read) -> None:
    chains = "".join(f"  n{n} = upper(local.n{n - 1})\n" for n in range(1, 500))
    text = f'locals {{\n  n0 = "a"\n{chains}}}\nresource "aws_instance" "i" {{\n  size = local.n499\n}}\n'
    native = read_root({"main.tf": text}).only.native
    assert not native.sensitive("/size")
    assert native.trace("/size")[0].value == "A"


@pytest.mark.parametrize(
    ("path", "line"),
    [
        pytest.param("/zones/0", 5, id="of a variable that is a set"),
        pytest.param("/zones/1", 4, id="the other of the two"),
        pytest.param("/sorted/0", 16, id="of what is sorted"),
        pytest.param("/inner/names/0", 9, id="of a set within an object"),
    ],
)
def test_an_element_that_stands_elsewhere_than_its_index(read_root: Read, path: str, line: int) -> None:
    text = """\
variable "zones" {
  type = set(string)
  default = [
    "b",
    "a",
  ]
}
variable "inner" {
  default = { names = ["x"] }
  type    = object({ names = set(string) })
}
resource "aws_instance" "i" {
  zones  = var.zones
  sorted = sort([
    "z",
    "y",
  ])
  inner  = var.inner
}
"""
    steps = read_root({"main.tf": text}).resources["aws_instance.i"].native.trace(path)
    assert steps[-1].place.line == line


MARKED = {
    "main.tf": """\
variable "secret" {
  default   = "s"
  sensitive = true
}
locals {
  shared = "plain"
  both   = "${local.shared}-${module.m.out}"
}
module "m" {
  source = "./m"
  given  = var.secret
  plain  = local.shared
}
resource "aws_instance" "i" {
  a = local.shared
  b = module.m.same
  c = local.both
  d = module.m.out
  e = [for each in [local.shared, var.secret] : upper(each)]
}
""",
    "m/main.tf": """\
variable "given" {}
variable "plain" {}
output "out" {
  value = var.given
}
output "same" {
  value = var.plain
}
""",
}


@pytest.mark.parametrize("order", ["abcde", "edcba", "cabde"])
def test_what_is_known_to_be_plain_hides_no_mark(read_root: Read, order: str) -> None:
    native = read_root(MARKED).only.native
    assert {name for name in order if native.sensitive(f"/{name}")} == {"c", "d", "e"}


def test_json_may_spell_a_mark_with_escapes(read_root: Read) -> None:
    text = r'{"resource": {"aws_instance": {"i": {"a": "${\u0073ensitive(1)}", "b": 1}}}}'
    native = read_root({"main.tf.json": text}).only.native
    assert native.sensitive("/a")
    assert not native.sensitive("/b")
