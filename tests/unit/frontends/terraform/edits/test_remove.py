"""What is taken away goes with its line, and with nothing else."""

from __future__ import annotations

import pytest
from edited import edited, root_of
from tests.unit.frontends.terraform.edits.conftest import Formatted

from guardrail.frontends.terraform.edits import Refusal, remove

A = ".//aws_instance.a"

CASES = [
    pytest.param(
        "/a_longer_name",
        """\
resource "aws_instance" "a" {
  type          = "x" # the type
  a_longer_name = 2   # goes, too
  # but this one stays
  size = 1
}
""",
        """\
resource "aws_instance" "a" {
  type = "x" # the type
  # but this one stays
  size = 1
}
""",
        id="an argument, and its neighbours close up",
    ),
    pytest.param(
        "/a_longer_name",
        'resource "aws_instance" "a" {\n  type = "x"\n  a_longer_name   = 2\n  size = 1\n}\n',
        'resource "aws_instance" "a" {\n  type = "x"\n  size = 1\n}\n',
        id="an argument among others in disorder",
    ),
    pytest.param(
        "/list",
        'resource "aws_instance" "a" {\n  type = "x"\n  list = [\n    1,\n  ]\n  size = 1\n}\n',
        'resource "aws_instance" "a" {\n  type = "x"\n  size = 1\n}\n',
        id="an argument on several lines",
    ),
    pytest.param(
        "/text",
        'resource "aws_instance" "a" {\n  text = <<EOT\n} #\nEOT\n  size = 1\n}\n',
        'resource "aws_instance" "a" {\n  size = 1\n}\n',
        id="a heredoc",
    ),
    pytest.param(
        "/size",
        'resource "aws_instance" "a" { size = 1 }\n',
        'resource "aws_instance" "a" {}\n',
        id="the only argument of a block on one line",
    ),
    pytest.param(
        "/size",
        'resource "aws_instance" "a" {\n  size = 1\n}',
        'resource "aws_instance" "a" {\n}',
        id="the only argument of a block, without a line break at the end",
    ),
    pytest.param(
        "/disk/1/size",
        'resource "aws_instance" "a" {\n  disk { size = 1 }\n  disk { size = 2 }\n}\n',
        'resource "aws_instance" "a" {\n  disk { size = 1 }\n  disk {}\n}\n',
        id="an argument of the second block",
    ),
    pytest.param(
        "/size",
        'variable "nothing" {}\nresource "aws_instance" "a" {\n  size = var.nothing\n  type = 1\n}\n',
        'variable "nothing" {}\nresource "aws_instance" "a" {\n  type = 1\n}\n',
        id="an argument whose value is not known",
    ),
    pytest.param(
        "/tags/b",
        'resource "aws_instance" "a" {\n  tags = { a = 1, b = 2, c = 3 }\n}\n',
        'resource "aws_instance" "a" {\n  tags = { a = 1, c = 3 }\n}\n',
        id="an entry between others",
    ),
    pytest.param(
        "/tags/c",
        'resource "aws_instance" "a" {\n  tags = { a = 1, c = 3, }\n}\n',
        'resource "aws_instance" "a" {\n  tags = { a = 1, }\n}\n',
        id="the last entry, and the comma after it stays",
    ),
    pytest.param(
        "/tags/a",
        'resource "aws_instance" "a" {\n  tags = { a = 1, }\n}\n',
        'resource "aws_instance" "a" {\n  tags = {}\n}\n',
        id="the only entry, with its comma",
    ),
    pytest.param(
        "/tags/a",
        'resource "aws_instance" "a" {\n  tags = { /* one */ a = 1 }\n}\n',
        'resource "aws_instance" "a" {\n  tags = { /* one */  }\n}\n',
        id="the only entry, and a comment stays",
    ),
    pytest.param(
        "/tags/longer",
        'resource "aws_instance" "a" {\n  tags = {\n    a      = 1, # one\n    longer = 2, # two\n  }\n}\n',
        'resource "aws_instance" "a" {\n  tags = {\n    a = 1, # one\n  }\n}\n',
        id="an entry on a line of its own",
    ),
    pytest.param(
        "/tags/b",
        'resource "aws_instance" "a" {\n  tags = {\n    a = 1, b = 2\n  }\n}\n',
        'resource "aws_instance" "a" {\n  tags = {\n    a = 1\n  }\n}\n',
        id="an entry that shares a line",
    ),
    pytest.param(
        "/list/0",
        'resource "aws_instance" "a" {\n  list = ["a", "b"]\n}\n',
        'resource "aws_instance" "a" {\n  list = ["b"]\n}\n',
        id="an element",
    ),
    pytest.param(
        "/tags/a",
        """\
variable "tags" { default = { a = 1, b = 2 } }
resource "aws_instance" "a" {
  tags = merge({ c = 3 }, var.tags)
}
""",
        """\
variable "tags" { default = { b = 2 } }
resource "aws_instance" "a" {
  tags = merge({ c = 3 }, var.tags)
}
""",
        id="an entry of a default",
    ),
]


@pytest.mark.parametrize(("path", "before", "after"), CASES)
def test_what_goes(path: str, before: str, after: str) -> None:
    root = root_of({"main.tf": before})
    assert edited(root, remove(root, A, path)) == after


@pytest.mark.parametrize(("path", "before", "after"), [case for case in CASES if "comment stays" not in str(case.id)])
def test_so_would_terraform_lay_it_out(path: str, before: str, after: str, formatted: Formatted) -> None:
    del path
    if formatted(before) == before:
        assert formatted(after) == after


@pytest.mark.parametrize(
    ("path", "code"),
    [
        pytest.param("/absent", "missing", id="what is not there"),
        pytest.param("/tags/absent", "missing", id="an entry that is not there"),
        pytest.param("/disk/0", "block", id="a block"),
        pytest.param("", "block", id="the resource itself"),
        pytest.param("/tags/b", "without-effect", id="an entry that another one takes the place of"),
        pytest.param("/made/0", "expression", id="an element that a function makes"),
        pytest.param("/for_each", "instances", id="what the address hangs on"),
        pytest.param("/zone", "instances", id="what another resource is counted by"),
    ],
)
def test_refused(path: str, code: str) -> None:
    root = root_of(
        {
            "main.tf": """\
resource "aws_instance" "a" {
  for_each = { k = 1 }
  tags     = merge({ b = 1 }, { b = 1 })
  made     = split(",", "a,b")
  zone     = { z = 1 }
  disk {}
}
resource "aws_instance" "b" {
  for_each = aws_instance.a["k"].zone
}
"""
        }
    )
    found = remove(root, f'{A}["k"]', path)
    assert isinstance(found, Refusal)
    assert found.code == code, found


def test_what_the_configuration_needs_stays() -> None:
    root = root_of({"main.tf": 'module "m" {\n  source = "a/b/aws"\n}\n'})
    found = remove(root, ".//module.m", "/source")
    assert isinstance(found, Refusal)
    assert found.code == "error"
