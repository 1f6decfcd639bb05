"""Another value is written where the present one is, and nowhere else."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from edited import edited, root_of

from guardrail.frontends.terraform.edits import Edit, Plain, Refusal, assign

A = ".//aws_instance.a"

FILES = {
    "main.tf": """\
variable "machine" {
  default = "t3.micro" # small
}
variable "given" {}
variable "nothing" {}
variable "pool" {
  type    = object({ size = optional(number, 3), kind = string })
  default = { kind = "x" }
}
variable "secret" {
  default   = "s"
  sensitive = true
}
variable "zones" {
  type    = set(string)
  default = ["b", "a"]
}
locals {
  tags  = { team = "ml", (var.machine) = "computed" }
  table = { t3 = "small", m5 = "large" }
  large = true
}
provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = { owner = "platform" }
  }
}
resource "aws_vpc" "v" {
  cidr = "10.0.0.0/16"
}
resource "aws_instance" "a" {
  plain     = "x"
  number    = 5
  negative  = -1
  product   = 2 * 50
  wrapped   = "${"inner"}"
  machine   = var.machine
  given     = var.given
  size      = var.pool.size
  kind      = var.pool.kind
  chosen    = local.large ? "yes" : "no"
  either    = var.nothing ? "yes" : "no"
  same      = var.nothing ? "yes" : "yes"
  from      = lookup(local.table, "t3", "none")
  otherwise = lookup(local.table, "c5", "none")
  index     = local.table["m5"]
  tried     = try(local.table.z9, "fallback")
  coalesced = coalesce("", var.machine)
  list      = ["a", "b"]
  lines = [
    "a",
    "b",
  ]
  joined    = concat(["one"], ["two"])
  set       = var.zones
  sorted    = sort(["z", "f"])
  other     = aws_vpc.v.cidr
  id        = aws_vpc.v.id
  mixed     = "a-${var.machine}"
  upper     = upper("x")
  made      = [for zone in ["p", "q"] : zone]
  upped     = [for zone in ["p", "q"] : upper(zone)]
  heredoc   = <<EOT
text
EOT
  secret    = var.secret
  hidden    = sensitive("h")
  tags      = merge(local.tags, { Name = "n" })

  disk {
    size = 10
  }
  dynamic "volume" {
    for_each = { one = 1, two = 2 }
    content {
      size = volume.value
      name = volume.key
    }
  }
}
""",
    "terraform.tfvars": 'given = "from the file"\n',
}


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        pytest.param("/plain", "y", 'plain     = "x"', 'plain     = "y"', id="a literal of the resource"),
        pytest.param("/number", 6, "number    = 5", "number    = 6", id="a number"),
        pytest.param(
            "/number",
            Decimal("0.30"),
            "number    = 5",
            "number    = 0.3",
            id="a decimal has one spelling, and is exact",
        ),
        pytest.param("/negative", 3, "= -1", "= 3", id="a sign is part of the number"),
        pytest.param("/product", 99, "= 2 * 50", "= 99", id="what is reckoned of numbers alone is one value"),
        pytest.param("/wrapped", "z", '"${"inner"}"', '"${"z"}"', id="a lone interpolation is the value in it"),
        pytest.param("/machine", "m5.large", 'default = "t3.micro"', 'default = "m5.large"', id="a default"),
        pytest.param("/given", "g", '"from the file"', '"g"', id="a variable file"),
        pytest.param("/size", 7, "optional(number, 3)", "optional(number, 7)", id="a default in a type"),
        pytest.param("/kind", "y", '{ kind = "x" }', '{ kind = "y" }', id="an entry of a default"),
        pytest.param("/chosen", "oui", 'large ? "yes"', 'large ? "oui"', id="the arm that is chosen"),
        pytest.param("/from", "s", 't3 = "small"', 't3 = "s"', id="a key that is looked up"),
        pytest.param("/otherwise", "zero", '"c5", "none")', '"c5", "zero")', id="the default of a lookup"),
        pytest.param("/index", "l", 'm5 = "large"', 'm5 = "l"', id="an index"),
        pytest.param("/tried", "f", '"fallback"', '"f"', id="the argument of try that holds"),
        pytest.param("/coalesced", "m", '"t3.micro"', '"m"', id="the first argument that is not empty"),
        pytest.param("/list/1", "c", '["a", "b"]', '["a", "c"]', id="an element"),
        pytest.param("/list", ["c"], 'list      = ["a", "b"]', 'list      = ["c"]', id="a list on one line"),
        pytest.param(
            "/lines", ["c", "d"], '    "a",\n    "b",\n  ]', '    "c",\n    "d",\n  ]', id="a list keeps its lines"
        ),
        pytest.param("/joined/1", "three", '["two"]', '["three"]', id="an element of lists that are joined"),
        pytest.param("/set/1", "c", '["b", "a"]', '["c", "a"]', id="an element of a set, which is sorted"),
        pytest.param("/sorted/0", "e", '["z", "f"]', '["z", "e"]', id="an element of what is sorted"),
        pytest.param("/other", "10.9.0.0/16", '"10.0.0.0/16"', '"10.9.0.0/16"', id="an attribute of another resource"),
        pytest.param("/made/1", "r", '["p", "q"] : zone', '["p", "r"] : zone', id="an element that is handed on"),
        pytest.param("/tags/team", "ops", 'team = "ml"', 'team = "ops"', id="a tag from a local"),
        pytest.param("/tags/Name", "N", 'Name = "n"', 'Name = "N"', id="a tag of the resource"),
        pytest.param("/tags/owner", "o", 'owner = "platform"', 'owner = "o"', id="a tag that the provider sets"),
        pytest.param("/region", "eu-north-1", '"eu-west-1"', '"eu-north-1"', id="the region of the provider"),
        pytest.param("/disk/0/size", 20, "size = 10", "size = 20", id="an argument of a nested block"),
        pytest.param("/volume/1/size", 9, "two = 2", "two = 9", id="an element that a dynamic block goes over"),
        pytest.param("/plain", None, 'plain     = "x"', "plain     = null", id="null"),
        pytest.param("/plain", True, 'plain     = "x"', "plain     = true", id="a truth value"),
        pytest.param(
            "/plain",
            {"a": 1, "b/c": [True, None]},
            'plain     = "x"',
            'plain     = { a = 1, "b/c" = [true, null] }',
            id="a map, with a key that is no name",
        ),
        pytest.param(
            "/plain",
            '"${a} %{b} \\ \n\t\x07$',
            'plain     = "x"',
            r'plain     = "\"$${a} %%{b} \\ \n\t\u0007$"',
            id="text is escaped",
        ),
    ],
)
def test_where_it_is_written(path: str, value: Plain, old: str, new: str) -> None:
    root = root_of(FILES)
    found = assign(root, A, path, value)
    assert isinstance(found, Edit), found
    before = root.tree.read(found.file).data.decode()
    assert before.count(old) == 1
    assert edited(root, found) == before.replace(old, new)


@pytest.mark.parametrize(
    ("path", "value", "code", "line"),
    [
        pytest.param("/absent", 1, "missing", 32, id="nothing is written"),
        pytest.param("/tags/absent", 1, "missing", 69, id="no such tag"),
        pytest.param("/either", "x", "unknown", 43, id="either of two arms"),
        pytest.param("/same", "x", "several", 44, id="two arms that are the same"),
        pytest.param("/id", "x", "unknown", 59, id="known after apply"),
        pytest.param("/mixed", "x", "template", 60, id="a text with another in it"),
        pytest.param("/upper", "x", "expression", 61, id="what a function gives"),
        pytest.param("/upped/0", "x", "expression", 63, id="what a comprehension makes"),
        pytest.param("/heredoc", "x", "heredoc", 64, id="a heredoc"),
        pytest.param("/secret", "x", "sensitive", 11, id="a sensitive variable"),
        pytest.param("/hidden", "x", "sensitive", 68, id="a value that is made sensitive"),
        pytest.param("/tags", {}, "expression", 69, id="a map that is merged"),
        pytest.param("/disk/0", {}, "block", 71, id="a block"),
        pytest.param("/volume/1/name", "x", "key", 78, id="a key of a dynamic block"),
        pytest.param("/plain", "x", "present", 33, id="the value that it has"),
        pytest.param("/plain", 0.5, "value", 33, id="a float is not exact"),
        pytest.param("/plain", Decimal("NaN"), "value", 33, id="no number"),
        pytest.param("/plain", 10**300, "value", 33, id="a number of too many digits"),
        pytest.param("/plain", "\ud800", "value", 33, id="half a character"),
        pytest.param("/plain", "e\u0301", "value", 33, id="text that Terraform would compose"),
        pytest.param("/plain", "x" * 70_000, "value", 33, id="too much"),
        pytest.param("/set/0", "z", "without-effect", 16, id="an element of a set that would come last"),
        pytest.param("/size", "many", "error", 7, id="a value that the type of its variable refuses"),
    ],
)
def test_refused(path: str, value: Plain, code: str, line: int) -> None:
    found = assign(root_of(FILES), A, path, value)
    assert isinstance(found, Refusal)
    assert (found.code, found.place.line if found.place else 0) == (code, line), found


def test_no_such_resource() -> None:
    assert assign(root_of(FILES), ".//aws_instance.z", "/plain", 1) == Refusal(
        "missing", "the unit has no resource .//aws_instance.z"
    )


def test_it_tells_what_else_changes() -> None:
    root = root_of(
        {
            "main.tf": """\
variable "machine" { default = "a" }
resource "aws_instance" "a" {
  count   = 2
  machine = var.machine
}
resource "aws_instance" "b" {
  text = "it is ${var.machine}"
  tags = { machine = var.machine }
}
"""
        }
    )
    found = assign(root, ".//aws_instance.a[0]", "/machine", "b")
    assert isinstance(found, Edit)
    assert [(also.address, also.path) for also in found.also] == [
        (".//aws_instance.a[1]", "/attributes/machine"),
        (".//aws_instance.b", "/attributes/tags/machine"),
        (".//aws_instance.b", "/attributes/text"),
    ]
    assert (str(found.place), found.says) == ("main.tf:1:32", '"a" becomes "b"')


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        pytest.param("/count", 1, "", id="a count may be changed, and makes instances come and go"),
        pytest.param("/name", "q", "instances", id="a value that is counted on elsewhere"),
        pytest.param("/size", 3, "instances", id="a length"),
    ],
)
def test_instances(path: str, value: Any, code: str) -> None:
    root = root_of(
        {
            "main.tf": """\
locals {
  name = "p"
  size = 2
}
resource "aws_instance" "a" {
  count = 2
  name  = local.name
  size  = local.size
}
resource "aws_instance" "b" {
  for_each = toset([local.name])
}
resource "aws_instance" "c" {
  count = local.size
}
"""
        }
    )
    found = assign(root, ".//aws_instance.a[0]", path, value)
    assert (found.code if isinstance(found, Refusal) else "") == code


MODULES = {
    "main.tf": """\
module "m" {
  source   = "./m"
  for_each = { a = "t3", b = "m5" }
  machine  = each.value
  tags     = { team = "ml" }
}
""",
    "m/main.tf": """\
variable "machine" {}
variable "tags" {}
variable "disk" { default = 10 }
resource "aws_instance" "i" {
  machine = var.machine
  tags    = var.tags
  disk    = var.disk
}
output "machine" { value = aws_instance.i.machine }
""",
    "uses.tf": 'resource "aws_instance" "u" {\n  machine = module.m["b"].machine\n}\n',
}


@pytest.mark.parametrize(
    ("address", "path", "file", "old", "new"),
    [
        pytest.param(
            'module.m["b"].aws_instance.i', "/machine", "main.tf", '"m5"', '"new"', id="an element of for_each"
        ),
        pytest.param('module.m["a"].aws_instance.i', "/tags/team", "main.tf", '"ml"', '"new"', id="an argument"),
        pytest.param('module.m["a"].aws_instance.i', "/disk", "m/main.tf", "10", '"new"', id="a default of the module"),
        pytest.param("aws_instance.u", "/machine", "main.tf", '"m5"', '"new"', id="an output"),
    ],
)
def test_through_modules(address: str, path: str, file: str, old: str, new: str) -> None:
    root = root_of(MODULES)
    found = assign(root, f".//{address}", path, "new")
    assert isinstance(found, Edit), found
    assert (found.file, edited(root, found)) == (file, MODULES[file].replace(old, new))
