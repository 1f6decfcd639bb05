"""What is not known is said to be so: with its reason, what it can still be, and how many there can be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from guardrail.model.resource import Multiplicity
from guardrail.model.value import UNBOUNDED, OpenMap, Reason, Unknown

VARIABLES = """
variable "text" { type = string }
variable "flag" { type = bool }
variable "names" { type = set(string) }
variable "tags" { type = map(string) }
variable "size" {}
variable "objects" { type = list(object({ a = string, b = number })) }
data "aws_ami" "a" {}
resource "aws_vpc" "v" {}
"""


def _attribute(read_root: Callable[..., Any], expression: str) -> Any:
    found = read_root({"main.tf": f'{VARIABLES}\nresource "aws_instance" "i" {{\n  x = {expression}\n}}\n'})
    return found.resources["aws_instance.i"].attributes["x"]


@pytest.mark.parametrize(
    ("expression", "reason", "note"),
    [
        pytest.param("var.text", Reason.VARIABLE, "var.text has no value", id="a variable that nobody sets"),
        pytest.param("aws_vpc.v.id", Reason.COMPUTED, "aws_vpc.v.id is known after apply", id="a computed attribute"),
        pytest.param("data.aws_ami.a.id", Reason.DATA, "data.aws_ami.a.id is read from a data source", id="a result"),
        pytest.param(
            "terraform.workspace",
            Reason.ENVIRONMENT,
            "terraform.workspace depends on where it is applied",
            id="the workspace",
        ),
        pytest.param("path.cwd", Reason.ENVIRONMENT, "path.cwd depends on the machine", id="the working directory"),
        pytest.param("uuid()", Reason.REFUSED, "uuid() is different every time", id="what is different every time"),
        pytest.param("provider::a::b()", Reason.REFUSED, "provider::a::b() is a function of a provider", id="foreign"),
        pytest.param("1 + true", Reason.ERROR, "a number is required, not a bool", id="an error"),
        pytest.param("var.none", Reason.ERROR, "var.none is not declared", id="a name that is not declared"),
        pytest.param(
            'true ? merge({ a = "1" }, var.tags, { b = "2" }) : "text"',
            Reason.ERROR,
            "the values of a conditional must have one type: one is a collection, one a string",
            id="a map, not all of it known, beside a text",
        ),
        pytest.param("each.key", Reason.ERROR, '"each" has no meaning here', id="each without for_each"),
        pytest.param('"${var.text}-${aws_vpc.v.id}"', Reason.VARIABLE, "var.text has no value", id="the stricter one"),
    ],
)  # fmt: skip
def test_reason(read_root: Callable[..., Any], expression: str, reason: Reason, note: str) -> None:
    value = _attribute(read_root, expression)
    assert isinstance(value, Unknown)
    assert (value.reason, value.note) == (reason, note)


@pytest.mark.parametrize(
    ("expression", "candidates"),
    [
        pytest.param('var.flag ? "p5.48xlarge" : "t3.micro"', ("p5.48xlarge", "t3.micro"), id="a choice"),
        pytest.param('var.text == "a" ? 1 : var.text == "b" ? 2 : 3', (1, 2, 3), id="a chain of choices"),
        pytest.param('{ s = "t3.micro", l = "p5.48xlarge" }[var.size]', ("t3.micro", "p5.48xlarge"), id="a table"),
        pytest.param('"ml.${var.flag ? "g5" : "p4d"}.xlarge"', ("ml.g5.xlarge", "ml.p4d.xlarge"), id="part of a text"),
        pytest.param('upper(var.flag ? "a" : "b")', ("A", "B"), id="a function of a choice"),
        pytest.param("(var.flag ? 1 : 2) * 10", (10, 20), id="arithmetic with a choice"),
        pytest.param('(var.flag ? ["a"] : ["a", "b"])[0]', None, id="what all choices have in common is known"),
        pytest.param('{ a = "x", b = "x" }[var.size]', None, id="a table with one value is known"),
        pytest.param('var.flag ? { m = "a", n = 1 }.m : { m = "b" }.m', ("a", "b"), id="members of choices"),
        pytest.param('(var.flag ? { m = "a" } : { m = "b" }).m', ("a", "b"), id="the member of a choice of objects"),
        pytest.param("lookup({ s = 1, l = 8 }, var.text)", (1, 8), id="a look-up by an unknown key"),
        pytest.param("lookup({ s = 1, l = 8 }, var.text, 0)", (1, 8, 0), id="a look-up that may give its default"),
        pytest.param(
            "try({ s = 1, l = 8 }[var.text], 0)", (1, 8, 0), id="what may be in error, and what is tried then"
        ),
        pytest.param("try({ s = { n = 1 } }[var.text].n, var.flag ? 2 : 3, 4)", (1, 2, 3, 4), id="two that may be"),
        pytest.param('try({ s = 1 }[var.text], "none")', (1, "none"), id="a fallback of another type"),
        pytest.param(
            'try((true ? { a = "x", c = [1] } : var.objects[0]).a, "z")',
            ("x", "z"),
            id="arms that may not fit together",
        ),
        pytest.param(
            'try((var.flag ? { a = "x" } : { a = [1] }).a, "z")',
            ("x", (1,), "z"),
            id="a choice that is refused, and more",
        ),
        pytest.param('join(".", ["p5", var.flag ? "48xlarge" : "xlarge"])', ("p5.48xlarge", "p5.xlarge"), id="joined"),
        pytest.param('compact([var.flag ? "a" : "", "b"])[0]', ("a", "b"), id="what is left of a list"),
        pytest.param('flatten([var.flag ? ["a"] : [], "b"])[0]', ("a", "b"), id="a list in a list"),
        pytest.param(
            "jsonencode({ a = [var.flag ? 1 : 2] })", ('{"a":[1]}', '{"a":[2]}'), id="deep in what is encoded"
        ),
        pytest.param('element(["a", "b"], var.size)', ("a", "b"), id="an element by an unknown number"),
        pytest.param('["a", "b"][var.flag ? 0 : 1]', ("a", "b"), id="an element by one of several numbers"),
        pytest.param('coalesce(var.flag ? "a" : "", "b")', ("a", "b"), id="the first that is not empty"),
        pytest.param('coalesce(var.flag ? "a" : null, "b")', ("a", "b"), id="the first that is not null"),
        pytest.param('one(var.flag ? ["a"] : [])', ("a", None), id="one or none"),
        pytest.param('merge({ k = "a" }, var.flag ? { k = "b" } : {}).k', ("b", "a"), id="what may be overwritten"),
        pytest.param('format("%s.48xlarge", var.flag ? "p5" : "p4d")', ("p5.48xlarge", "p4d.48xlarge"), id="formatted"),
        pytest.param('"%{ if var.flag }p5%{ else }t3%{ endif }.large"', ("p5.large", "t3.large"), id="a directive"),
        pytest.param('var.flag ? (var.size == 1 ? "a" : "b") : "c"', ("a", "b", "c"), id="a choice in a choice"),
        pytest.param('var.flag ? "a" : null', ("a", None), id="a choice of nothing"),
        pytest.param('tomap({ true = "a", false = "b" })[tostring(var.flag)]', ("a", "b"), id="a map by a bool"),
        pytest.param('upper([for k in ["a"] : var.flag ? k : "b"][0])', ("A", "B"), id="a choice in a for expression"),
        pytest.param('var.flag && false ? "a" : "b"', None, id="a test that is settled, with and"),
        pytest.param('var.flag || true ? "a" : "b"', None, id="a test that is settled, with or"),
        pytest.param('startswith(var.flag ? "p5" : "p4d", "p") ? "a" : "b"', None, id="a test that all choices pass"),
        pytest.param('merge(var.tags, { k = "a" }).k', None, id="what overwrites for certain"),
    ],
)
def test_candidates(read_root: Callable[..., Any], expression: str, candidates: Any) -> None:
    value = _attribute(read_root, expression)
    if candidates is None:
        assert not isinstance(value, Unknown)
    else:
        assert value.one_of == candidates


@pytest.mark.parametrize(
    ("expression", "prefix"),
    [
        pytest.param('coalesce(var.text, "t3.micro")', None, id="a default behind what may be anything"),
        pytest.param('try(var.tags["kind"], "t3.micro")', None, id="a fallback behind what may be anything"),
        pytest.param('try(var.size.kind, "t3.micro")', None, id="a fallback behind what may be of any shape"),
        pytest.param('lookup(var.tags, "kind", "t3.micro")', None, id="the default of a map that nobody sets"),
        pytest.param('merge({ kind = "t3.micro" }, var.tags).kind', None, id="what may be overwritten by anything"),
        pytest.param('var.text != "" ? var.text : "t3.micro"', None, id="a choice of one and anything"),
        pytest.param('var.text != null ? var.text : "t3.micro"', None, id="a default for null"),
        pytest.param('[for k in var.names : k if k != "x"][0]', None, id="an element of what may be anything"),
        pytest.param('{ a = "t3.micro" }[var.flag ? "a" : "b"]', None, id="a choice that may be in error"),
        pytest.param('try(var.flag ? { a = "x" } : { a = var.size }, { a = 1 }).a', None, id="a choice of any shapes"),
        pytest.param('[for p in setproduct(toset(["a", "b"]), [var.text]) : p]', None, id="a set in unknown order"),
        pytest.param('tolist(setproduct(toset(["a", "b"]), [var.text]))', None, id="a list of such a set"),
        pytest.param(
            '"%{ for p in toset([["a", var.text], ["b", "c"]]) }${p[0]}%{ endfor }"', None, id="a text of one"
        ),
        pytest.param('format("%s.48xlarge", var.text)', None, id="a text that ends in something"),
        pytest.param('format("ml.%s", var.text)', "ml.", id="a text that begins with something"),
        pytest.param('join(".", ["p5", var.text])', "p5.", id="a list that begins with something"),
    ],
)
def test_no_candidates(read_root: Callable[..., Any], expression: str, prefix: Any) -> None:
    value = _attribute(read_root, expression)
    assert isinstance(value, Unknown)
    assert value.one_of is None
    assert value.prefix == prefix


def test_a_choice_of_too_many_has_no_candidates(read_root: Callable[..., Any]) -> None:
    table = ", ".join(f'k{n} = "v{n}"' for n in range(17))
    assert _attribute(read_root, f"{{ {table} }}[var.size]").one_of is None


@pytest.mark.parametrize(
    ("expression", "known"),
    [
        pytest.param('merge(var.tags, { team = "ml" })', {"team": "ml"}, id="a key set after an unknown map"),
        pytest.param('{ (var.text) = "x", team = "ml" }', {"team": "ml"}, id="a key set after an unknown key"),
        pytest.param('{ for n in ["a", "b"] : n => 1 if n == "a" || var.flag }', {"a": 1}, id="a key that is kept"),
    ],
)
def test_open_maps(read_root: Callable[..., Any], expression: str, known: Any) -> None:
    value = _attribute(read_root, expression)
    assert isinstance(value, OpenMap)
    assert dict(value) == known
    assert value.rest.reason is Reason.VARIABLE


def test_a_key_set_before_an_unknown_map_may_be_replaced(read_root: Callable[..., Any]) -> None:
    value = _attribute(read_root, 'merge({ team = "ml" }, var.tags)')
    assert isinstance(value, OpenMap)
    assert isinstance(value["team"], Unknown)


def test_a_member_that_differs_decides_comparisons(read_root: Callable[..., Any]) -> None:
    # no recorded fact: Terraform says one thing or the other, by the order in which Go visits a map
    assert _attribute(read_root, '{ a = aws_vpc.v.id, b = 1 } == { a = "x", b = 2 }') is False


def test_a_prefix_decides_comparisons(read_root: Callable[..., Any]) -> None:
    value = _attribute(read_root, '["ml-${var.text}", "ml-${var.text}" == "web", "ml-${var.text}" == "ml-a"]')
    assert value[0].prefix == "ml-"
    assert value[1] is False
    assert isinstance(value[2], Unknown)


@pytest.mark.parametrize(
    ("expansion", "least", "most"),
    [
        pytest.param("count = var.flag ? 1 : 0", 0, 1, id="a count of one or none"),
        pytest.param("count = var.flag ? 3 : 2", 2, 3, id="a count of two or three"),
        pytest.param("count = length(var.text)", 0, UNBOUNDED, id="a count of any number"),
        pytest.param("for_each = var.names", 0, UNBOUNDED, id="an unknown set"),
        pytest.param("for_each = var.flag ? { a = 1 } : {}", 0, 1, id="a map of one or none"),
        pytest.param("count = tonumber(null)", 0, UNBOUNDED, id="a count in error"),
        pytest.param('for_each = ["a"]', 0, UNBOUNDED, id="a for_each in error"),
        pytest.param("count = 1\n  for_each = {}", 0, UNBOUNDED, id="both"),
    ],
)
def test_an_unknown_number_of_instances_is_one_that_stands_for_all(
    read_root: Callable[..., Any], expansion: str, least: int, most: Any
) -> None:
    text = f'{VARIABLES}\nresource "aws_instance" "i" {{\n  {expansion}\n  instance_type = "t3.micro"\n}}\n'
    resource = read_root({"main.tf": text}).resources["aws_instance.i[?]"]
    assert (resource.multiplicity.min, resource.multiplicity.max) == (least, most)
    assert resource.multiplicity.why is not None
    assert resource.attributes["instance_type"] == "t3.micro"


def test_a_count_beyond_all_measure_costs_nothing(read_root: Callable[..., Any]) -> None:
    found = read_root({"main.tf": 'resource "aws_instance" "i" {\n  count = 1000000000\n  ami = "a"\n}\n'})
    assert found.resources["aws_instance.i[?]"].multiplicity == Multiplicity(10**9, 10**9)
    assert found.problems == [("limit-instances", "main.tf:2:3")]


def test_known_keys_of_an_open_map_have_instances_of_their_own(read_root: Callable[..., Any]) -> None:
    block = 'resource "aws_instance" "i" {\n  for_each = merge(var.tags, { a = "x" })\n  v = each.value\n}\n'
    resources = read_root({"main.tf": VARIABLES + block}).resources
    assert resources['aws_instance.i["a"]'].attributes["v"] == "x"
    assert isinstance(resources["aws_instance.i[?]"].attributes["v"], Unknown)


def test_resources_of_an_unknown_number_of_modules_multiply(read_root: Callable[..., Any]) -> None:
    files = {
        "main.tf": VARIABLES + '\nmodule "m" {\n  source = "./m"\n  count = var.flag ? 2 : 1\n}\n',
        "m/main.tf": 'resource "aws_instance" "i" {\n  count = 3\n}\n',
    }
    resources = read_root(files).resources
    multiplicity = resources["module.m[?].aws_instance.i[0]"].multiplicity
    assert (multiplicity.min, multiplicity.max) == (1, 2)


def test_references_into_an_unknown_number_of_instances(read_root: Callable[..., Any]) -> None:
    text = """
variable "flag" { type = bool }
resource "aws_vpc" "v" {
  count = var.flag ? 1 : 0
  name  = "v"
}
resource "aws_instance" "i" {
  taken    = aws_vpc.v[0].name
  tried    = try(aws_vpc.v[0].name, "none")
  listed   = aws_vpc.v[*].name
  asked    = can(aws_vpc.v[0].name)
  beyond   = try(aws_vpc.v[1].name, "none")
  chosen   = var.flag ? aws_vpc.v[0].name : "none"
}
"""
    attributes = read_root({"main.tf": text}).resources["aws_instance.i"].attributes
    assert attributes["taken"] == "v"
    assert isinstance(attributes["tried"], Unknown)
    assert isinstance(attributes["listed"], Unknown)
    assert isinstance(attributes["asked"], Unknown)
    assert attributes["beyond"] == "none"
    assert attributes["chosen"].one_of == ("v", "none")


OPEN = """
variable "name" {}
variable "tags" {
  type    = map(string)
  default = {}
}
module "m" {
  source = "./m"
  tags   = { "k8s.io/cluster/${var.name}" = "owned", team = "ml" }
}
provider "aws" {
  default_tags {
    tags = { owner = "platform", "k8s.io/cluster/a" = "no" }
  }
}
"""


@pytest.mark.parametrize(
    ("expression", "known", "unknown"),
    [
        pytest.param(
            '{ team = "ml", "k8s.io/a" = "no", "k8s.io/${var.name}" = "owned" }',
            {"team": "ml"},
            {"k8s.io/a"},
            id="a key that does not begin as the other one does is not replaced by it",
        ),
        pytest.param(
            'merge({ team = "ml", "k8s.io/a" = "no" }, { "k8s.io/${var.name}" = "owned" })',
            {"team": "ml"},
            {"k8s.io/a"},
            id="nor is it in a merge",
        ),
        pytest.param(
            'merge({ team = "ml", a = 1 }, merge({ a = 2 }, { "b/${var.name}" = 3 }), { "c/${var.name}" = 4, d = 5 })',
            {"team": "ml", "a": 2, "d": 5},
            set(),
            id="in several of them",
        ),
        pytest.param(
            'merge({ team = "ml" }, { "k8s.io/${var.name}" = 1 }, { (var.name) = 2 })',
            {},
            {"team"},
            id="a key that may be anything may be that one",
        ),
        pytest.param(
            'merge({ team = "ml" }, { "${var.name}/x" = 1 })', {}, {"team"}, id="a key of which no beginning is known"
        ),
        pytest.param(
            'merge({ team = "ml", b = 0, c = 0 }, { (var.name == "x" ? "b" : "c") = 1 })',
            {"team": "ml"},
            {"b", "c"},
            id="a key that is one of two",
        ),
        pytest.param(
            'merge(var.tags, { team = "no", owner = "x" }, module.m.tags)',
            {"team": "ml", "owner": "x"},
            set(),
            id="through a variable with a type",
        ),
    ],
)
def test_keys_that_an_unknown_one_cannot_be(
    read_root: Callable[..., Any], expression: str, known: dict[str, Any], unknown: set[str]
) -> None:
    module = 'variable "tags" {\n  type = map(string)\n}\noutput "tags" {\n  value = var.tags\n}\n'
    text = f'{OPEN}resource "a_b" "i" {{\n  x = {expression}\n}}\n'
    value = read_root({"main.tf": text, "m/main.tf": module}).resources["a_b.i"].attributes["x"]
    assert isinstance(value, OpenMap)
    assert {key: each for key, each in value.items() if not isinstance(each, Unknown)} == known
    assert {key for key, each in value.items() if isinstance(each, Unknown)} == unknown


def test_a_default_tag_that_an_unknown_one_cannot_be(read_root: Callable[..., Any]) -> None:
    text = (
        OPEN
        + 'resource "aws_vpc" "v" {\n  cidr_block = "10.0.0.0/16"\n  tags = { "k8s.io/cluster/${var.name}" = 1 }\n}\n'
    )
    labels = read_root({"main.tf": text, "m/main.tf": ""}).resources["aws_vpc.v"].labels
    assert labels["owner"] == "platform"
    assert isinstance(labels["k8s.io/cluster/a"], Unknown)
