"""What is not known is the same content only where all that is written behind it is the same."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from guardrail.frontends.terraform.cache import SyntaxCache
from guardrail.frontends.terraform.provenance.basis import Alike, Pieces
from guardrail.frontends.terraform.read import read
from guardrail.frontends.unit import Unit
from guardrail.graph.change import compare
from guardrail.model.graph import Graph
from guardrail.sources.listed import MemoryTree
from guardrail.sources.watched import Watched

VARIABLES = 'variable "a" {}\n\nvariable "b" {}\n\ndata "aws_ssm_parameter" "d" {\n  name = "NAME"\n}\n\n'
INSTANCE = 'resource "aws_instance" "g" {\n  instance_type = TYPE\n}\n'
MODULE = 'module "m" {\n  source = "./m"\n  t      = GIVEN\n}\n'
POOL = """\
resource "google_compute_instance" "n" {
  machine_type = "n1-standard-4"
  zone         = "europe-west4-a"

  dynamic "guest_accelerator" {
    for_each = var.a
    content {
      type  = "MODEL"
      count = 1
    }
  }
}
"""


def _root(expression: str, more: str = "") -> Mapping[str, str]:
    return {"main.tf": VARIABLES + more + INSTANCE.replace("TYPE", expression)}


def _provider(tags: str) -> Mapping[str, str]:
    block = f'provider "aws" {{\n  region = "eu-west-1"\n\n  default_tags {{\n    tags = {tags}\n  }}\n}}\n\n'
    return _root('"t3.micro"', block)


def _numbered(number: str, body: str = '"t3.micro"') -> Mapping[str, str]:
    return {"main.tf": VARIABLES + INSTANCE.replace("TYPE", f"{body}\n  {number}")}


def _template(content: str, comment: str = "") -> Mapping[str, str]:
    return {
        **_root('jsondecode(templatefile("${path.module}/t.json", { a = var.a })).type', comment),
        "t.json": content,
    }


def _by_full_name(files: Mapping[str, str]) -> Mapping[str, str]:
    return {path: text.replace("templatefile(", "core::templatefile(") for path, text in files.items()}


def _called(given: str, inner: str = "var.t") -> Mapping[str, str]:
    return {
        "main.tf": VARIABLES + MODULE.replace("GIVEN", given),
        "m/main.tf": 'variable "t" {}\n\n' + INSTANCE.replace("TYPE", inner),
    }


CHANGES = [
    pytest.param(_root("upper(var.a)"), _root("lower(var.a)"), id="another function"),
    pytest.param(_root("var.a + 1"), _root("var.a + 100"), id="another addend"),
    pytest.param(
        _root("upper(local.x)", "locals {\n  x = var.a\n}\n"),
        _root("upper(local.x)", 'locals {\n  x = "p5${var.a}"\n}\n'),
        id="a local that says something else",
    ),
    pytest.param(
        _root("lookup(local.m, var.a, null)", 'locals {\n  m = { a = "t3.micro", b = "t3.nano" }\n}\n'),
        _root("lookup(local.m, var.a, null)", 'locals {\n  m = { a = "p5.48xlarge", b = "t3.nano" }\n}\n'),
        id="another entry of the map that an unknown key chooses from",
    ),
    pytest.param(
        _root("data.aws_ssm_parameter.d.value"),
        {"main.tf": _root("data.aws_ssm_parameter.d.value")["main.tf"].replace("NAME", "OTHER")},
        id="another parameter that is read",
    ),
    pytest.param(_called("upper(var.a)"), _called("lower(var.a)"), id="what a module is given"),
    pytest.param(_called("var.a", "upper(var.t)"), _called("var.a", "lower(var.t)"), id="what a module makes of it"),
    pytest.param(_numbered("count = var.a"), _numbered("count = var.a * 1000"), id="how many there are"),
    pytest.param(
        _numbered("for_each = toset(concat(var.a, [1]))"),
        _numbered("for_each = toset(concat(var.a, [1, 2]))"),
        id="over what there are",
    ),
    pytest.param(
        _numbered("for_each = toset(concat(var.a, [1]))", "each.value"),
        _numbered("for_each = toset(concat(var.a, [2]))", "each.value"),
        id="what each of them is",
    ),
    pytest.param(
        {"main.tf": VARIABLES + POOL.replace("MODEL", "nvidia-tesla-t4")},
        {"main.tf": VARIABLES + POOL.replace("MODEL", "nvidia-h100-80gb")},
        id="what is in blocks whose number is not known",
    ),
    pytest.param(_provider("upper(var.a)"), _provider("lower(var.a)"), id="the tags that a provider gives"),
    pytest.param(_template('{"type": "t3.${a}"}'), _template('{"type": "p5.${a}"}'), id="a file that is read"),
    pytest.param(
        _by_full_name(_template('{"type": "t3.${a}"}')),
        _by_full_name(_template('{"type": "p5.${a}"}')),
        id="a file that is read by a function of full name",
    ),
    pytest.param(
        {**_root("var.a"), "terraform.tfvars": "a = file(1)\n"},
        {**_root("var.a"), "terraform.tfvars": "a = file(2)\n"},
        id="a value that is in error",
    ),
]
SAME = [
    pytest.param(_root("upper(var.a)"), _root("upper(\n    var.a # why\n  )"), id="layout and comments"),
    pytest.param(
        _root("upper(local.x.y)", "locals {\n  x = { y = var.a, z = 1 }\n}\n"),
        _root("upper(local.x.y)", "locals {\n  x = { y = var.a, z = 2 }\n}\n"),
        id="an entry of the same map that is not asked for",
    ),
    pytest.param(_root("upper(var.a)"), _root("upper(var.a)", 'variable "c" {}\n\n'), id="another variable"),
    pytest.param(_template("x"), _template("x", "# why\n"), id="a comment, where a file is read"),
    pytest.param(
        {"main.tf": VARIABLES + POOL}, {"main.tf": "# why\n" + VARIABLES + POOL}, id="a comment, and blocks unknown"
    ),
]


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    cache = SyntaxCache()
    unit = Unit(name=".", format="terraform", directory=".", files=())
    graphs = []
    for files in (after, before):
        tree = Watched(MemoryTree({path: text.encode() for path, text in files.items()}))
        parsed = read(tree, unit, cache, {})
        graphs.append(Graph(resources={each.address: each for each in parsed.resources}, edges={}, moved=parsed.moved))
    head, base = graphs
    change = compare(base, head)
    assert not change.added
    assert not change.removed
    return change.changed


@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_a_change_behind_an_unknown_value_is_a_change(before: Mapping[str, str], after: Mapping[str, str]) -> None:
    assert _changed(before, after)
    assert _changed(before, before) == {}


@pytest.mark.parametrize(("before", "after"), SAME)
def test_what_does_not_count_is_none(before: Mapping[str, str], after: Mapping[str, str]) -> None:
    assert _changed(before, after) == {}


def test_the_other_attributes_of_a_resource_are_the_same() -> None:
    change = _changed(
        _root('"t3.micro"\n  ami = upper(var.a)\n  key_name = var.b'),
        _root('"t3.micro"\n  ami = lower(var.a)\n  key_name = var.b'),
    )
    assert change == {".//aws_instance.g": ("/attributes/ami",)}


def test_a_move_alone_is_no_change() -> None:
    moved = VARIABLES + INSTANCE.replace("TYPE", "upper(var.a)\n  count = var.b").replace('"g"', '"h"')
    moved += "moved {\n  from = aws_instance.g\n  to   = aws_instance.h\n}\n"
    assert _changed(_numbered("count = var.b", "upper(var.a)"), {"main.tf": moved}) == {}


def test_references_that_go_in_circles_come_to_an_end() -> None:
    circle = "locals {\n  x = upper(local.y)\n  y = lower(local.x)\n}\n"
    assert _changed(_root("local.x", circle), _root("local.x", circle + "# why\n")) == {}


def test_beyond_the_limit_every_file_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guardrail.frontends.terraform.provenance.basis.LARGEST", 1)
    chain = "locals {\n  x = upper(local.y)\n  y = lower(var.a)\n}\n"
    assert _changed(_root("local.x", chain), _root("local.x", chain)) == {}
    assert _changed(_root("local.x", chain), _root("local.x", chain + "# why\n"))


def test_each_resource_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    same = Alike.same

    def counted(alike: Alike, ones: Pieces, others: Pieces) -> bool:
        asked.append(ones)
        return same(alike, ones, others)

    monkeypatch.setattr(Alike, "same", counted)
    body = "var.a\n  ami = var.a\n  key_name = upper(var.b)\n  user_data = var.b\n  tags = { a = var.a }\n"
    many = "".join(INSTANCE.replace("TYPE", body).replace('"g"', f'"g{index}"') for index in range(50))
    assert _changed({"main.tf": VARIABLES + many}, {"main.tf": "# why\n" + VARIABLES + many}) == {}
    assert len(asked) == 50
