"""An argument or an entry is added where its neighbours are, and looks like them."""

from __future__ import annotations

import pytest
from edited import edited, root_of
from tests.unit.frontends.terraform.edits.conftest import Formatted

from guardrail.frontends.terraform.edits import Edit, Plain, Refusal, add

A = ".//aws_instance.a"

CASES = [
    pytest.param(
        "/size",
        1,
        """\
resource "aws_instance" "a" {
  type = "x" # the type
  many = 2   # how many
}
""",
        """\
resource "aws_instance" "a" {
  type = "x" # the type
  many = 2   # how many
  size = 1
}
""",
        id="after the last argument",
    ),
    pytest.param(
        "/a_longer_name",
        1,
        """\
resource "aws_instance" "a" {
  # these do not either
  type = "x" # the type
  many = 2   # how many

  # what follows is not touched
  other = "x"
  disk {
    size = 1
  }
}
""",
        """\
resource "aws_instance" "a" {
  # these do not either
  type = "x" # the type
  many = 2   # how many

  # what follows is not touched
  other         = "x"
  a_longer_name = 1
  disk {
    size = 1
  }
}
""",
        id="its neighbours make room",
    ),
    pytest.param(
        "/a_longer_name",
        1,
        """\
resource "aws_instance" "a" {
  type = "x"  # the type
  many  = 2 # how many
}
""",
        """\
resource "aws_instance" "a" {
  type = "x"  # the type
  many  = 2 # how many
  a_longer_name = 1
}
""",
        id="neighbours that were in disorder are left alone",
    ),
    pytest.param(
        "/size",
        1,
        'resource "aws_instance" "a" {}\n',
        'resource "aws_instance" "a" {\n  size = 1\n}\n',
        id="in an empty block",
    ),
    pytest.param(
        "/size",
        1,
        'resource "aws_instance" "a" {\n  # empty\n}\n',
        'resource "aws_instance" "a" {\n  size = 1\n  # empty\n}\n',
        id="in a block that has only comments",
    ),
    pytest.param(
        "/size",
        1,
        'resource "aws_instance" "a" { type = "x" }\n',
        'resource "aws_instance" "a" {\n  type = "x"\n  size = 1\n}\n',
        id="in a block on one line",
    ),
    pytest.param(
        "/size",
        1,
        'resource "aws_instance" "a" { # why\n  disk {}\n}\n',
        'resource "aws_instance" "a" { # why\n  size = 1\n\n  disk {}\n}\n',
        id="before the nested blocks",
    ),
    pytest.param(
        "/disk/0/size",
        1,
        'resource "aws_instance" "a" {\n  disk {\n    kind = "x"\n  }\n}\n',
        'resource "aws_instance" "a" {\n  disk {\n    kind = "x"\n    size = 1\n  }\n}\n',
        id="in a nested block",
    ),
    pytest.param(
        "/disk/0/size",
        1,
        """\
resource "aws_instance" "a" {
  dynamic "disk" {
    for_each = ["a"]
    content {
      kind = "x"
    }
  }
}
""",
        """\
resource "aws_instance" "a" {
  dynamic "disk" {
    for_each = ["a"]
    content {
      kind = "x"
      size = 1
    }
  }
}
""",
        id="in what a dynamic block makes",
    ),
    pytest.param(
        "/tags/team",
        "ml",
        'resource "aws_instance" "a" {\n  type = "x"\n}\n',
        'resource "aws_instance" "a" {\n  type = "x"\n  tags = {\n    team = "ml"\n  }\n}\n',
        id="an entry of what is not there",
    ),
    pytest.param(
        "/tags/team",
        "ml",
        'resource "aws_instance" "a" {\n  tags = null\n}\n',
        'resource "aws_instance" "a" {\n  tags = { team = "ml" }\n}\n',
        id="an entry of null",
    ),
    pytest.param(
        "/tags/team",
        "ml",
        'resource "aws_instance" "a" {\n  tags = {}\n}\n',
        'resource "aws_instance" "a" {\n  tags = { team = "ml" }\n}\n',
        id="an entry of an empty object",
    ),
    pytest.param(
        "/tags/team",
        "ml",
        'resource "aws_instance" "a" {\n  tags = { a = 1, b = 2 } # few\n}\n',
        'resource "aws_instance" "a" {\n  tags = { a = 1, b = 2, team = "ml" } # few\n}\n',
        id="an entry on one line",
    ),
    pytest.param(
        "/tags/team",
        "ml",
        'resource "aws_instance" "a" {\n  tags = { a = 1, b = 2, }\n}\n',
        'resource "aws_instance" "a" {\n  tags = { a = 1, b = 2, team = "ml", }\n}\n',
        id="an entry on one line with a comma at the end",
    ),
    pytest.param(
        "/tags/team",
        "ml",
        'resource "aws_instance" "a" {\n  tags = {\n    a = 1 # one\n    # two\n  }\n}\n',
        'resource "aws_instance" "a" {\n  tags = {\n    a    = 1 # one\n    team = "ml"\n    # two\n  }\n}\n',
        id="an entry on a line of its own",
    ),
    pytest.param(
        "/tags/t",
        "ml",
        'resource "aws_instance" "a" {\n  tags = {\n    a = 1, # one\n    b = 2, /* two */\n  }\n}\n',
        'resource "aws_instance" "a" {\n  tags = {\n    a = 1, # one\n    b = 2, /* two */\n    t = "ml",\n  }\n}\n',
        id="an entry among those that end in commas",
    ),
    pytest.param(
        "/tags/t",
        "ml",
        'resource "aws_instance" "a" {\n  tags = {\n    a = 1,\n    b = 2 # two\n  }\n}\n',
        'resource "aws_instance" "a" {\n  tags = {\n    a = 1,\n    b = 2, # two\n    t = "ml"\n  }\n}\n',
        id="an entry among those with commas between them",
    ),
    pytest.param(
        "/tags/app.kubernetes.io~1name",
        "ml",
        'resource "aws_instance" "a" {\n  tags = { "a" = 1 }\n}\n',
        'resource "aws_instance" "a" {\n  tags = { "a" = 1, "app.kubernetes.io/name" = "ml" }\n}\n',
        id="a key that is no name",
    ),
    pytest.param(
        "/tags/t",
        "ml",
        'resource "aws_instance" "a" {\n  tags = {\n    "a" : 1\n  }\n}\n',
        'resource "aws_instance" "a" {\n  tags = {\n    "a" : 1\n    "t" : "ml"\n  }\n}\n',
        id="an entry among those with colons and quotes",
    ),
    pytest.param(
        "/tags/for",
        "ml",
        'resource "aws_instance" "a" {\n  tags = {}\n}\n',
        'resource "aws_instance" "a" {\n  tags = { "for" = "ml" }\n}\n',
        id="a key that means something else",
    ),
    pytest.param(
        "/tags/t",
        "ml",
        'resource "aws_instance" "a" {\n  tags = {\n    a = 1 }\n}\n',
        'resource "aws_instance" "a" {\n  tags = {\n    a = 1, t = "ml" }\n}\n',
        id="where the closing brace has no line of its own",
    ),
    pytest.param(
        "/tags/t",
        "ml",
        'resource "aws_instance" "a" {\n  tags = {\n    a = <<EOT\nx\nEOT\n  }\n}\n',
        'resource "aws_instance" "a" {\n  tags = {\n    a = <<EOT\nx\nEOT\n    t = "ml"\n  }\n}\n',
        id="after a heredoc",
    ),
    pytest.param(
        "/tags/t",
        "ml",
        'resource "aws_instance" "a" {\n  tags = {\n    # none\n  }\n}\n',
        'resource "aws_instance" "a" {\n  tags = {\n    # none\n    t = "ml"\n  }\n}\n',
        id="in an object that has only a comment",
    ),
    pytest.param(
        "/tags/t",
        "ml",
        """\
variable "tags" {}
resource "aws_instance" "a" {
  tags = merge(var.tags, { a = 1 })
}
""",
        """\
variable "tags" {}
resource "aws_instance" "a" {
  tags = merge(var.tags, { a = 1, t = "ml" })
}
""",
        id="in the last that is merged",
    ),
    pytest.param(
        "/tags/t",
        "ml",
        """\
locals {
  tags = {
    a = 1
  }
}
resource "aws_instance" "a" {
  tags = local.tags
}
""",
        """\
locals {
  tags = {
    a = 1
    t = "ml"
  }
}
resource "aws_instance" "a" {
  tags = local.tags
}
""",
        id="where the map is written",
    ),
    pytest.param(
        "/list",
        ["a", {"b": 1, "longer": None}],
        'resource "aws_instance" "a" {\n}\n',
        """\
resource "aws_instance" "a" {
  list = [
    "a",
    {
      b      = 1
      longer = null
    },
  ]
}
""",
        id="a list of what takes several lines",
    ),
]


@pytest.mark.parametrize(("path", "value", "before", "after"), CASES)
def test_where_it_goes(path: str, value: Plain, before: str, after: str) -> None:
    root = root_of({"main.tf": before})
    assert edited(root, add(root, A, path, value)) == after


@pytest.mark.parametrize(("path", "value", "before", "after"), CASES)
def test_so_would_terraform_lay_it_out(path: str, value: Plain, before: str, after: str, formatted: Formatted) -> None:
    del path, value
    if formatted(before) == before:
        assert formatted(after) == after


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["no byte order mark", "a byte order mark"])
def test_line_ends_and_byte_order_marks_stay(end: str, mark: str) -> None:
    before = 'resource "aws_instance" "a" {\n  name = "é" # ü\n  t    = {\n    a = 1 # ä\n  }\n}\n'
    after = before.replace("# ä\n", '# ä\n    b = "ö"\n')
    root = root_of({"main.tf": mark + before.replace("\n", end)})
    assert edited(root, add(root, A, "/t/b", "ö")) == mark + after.replace("\n", end)


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        pytest.param("/type", "y", "present", id="what is there"),
        pytest.param("/tags/a", "y", "present", id="an entry that is there"),
        pytest.param("/disk/0", {}, "present", id="a block that is there"),
        pytest.param("/disk/1/size", 1, "block", id="a block that is not there"),
        pytest.param("/volume/0/size", 1, "block", id="a kind of block that is not there"),
        pytest.param("/null", 1, "present", id="null is written"),
        pytest.param("/type/below", 1, "expression", id="below a text"),
        pytest.param("/made/below", 1, "expression", id="in what a function gives"),
        pytest.param("/either/below", 1, "unknown", id="in what nobody knows"),
        pytest.param("/not a name", 1, "value", id="an argument that could not be called so"),
        pytest.param("/x\n}\nresource", 1, "value", id="a name that would end the block"),
        pytest.param("/float", 0.5, "value", id="a float"),
        pytest.param("/late/x", 1, "without-effect", id="an entry that a later map would replace"),
        pytest.param("/typed/x", 1, "without-effect", id="an attribute that the type does not have"),
        pytest.param("", 1, "present", id="the resource itself"),
    ],
)
def test_refused(path: str, value: Plain, code: str) -> None:
    root = root_of(
        {
            "main.tf": """\
variable "unset" {}
variable "typed" {
  type    = object({ a = number })
  default = { a = 1 }
}
resource "aws_instance" "a" {
  type   = "x"
  null   = null
  made   = zipmap(["a"], ["b"])
  either = var.unset
  typed  = var.typed
  late   = merge({ a = 1 }, var.unset)
  tags   = { a = 1 }
  disk {
    size = 1
  }
}
"""
        }
    )
    found = add(root, A, path, value)
    assert isinstance(found, Refusal)
    assert found.code == code, found


def test_an_override_file_is_told_from_what_it_overrides() -> None:
    files = {
        "main.tf": 'resource "aws_instance" "a" {\n  type = "x"\n}\n',
        "over_override.tf": 'resource "aws_instance" "a" {\n  tags = { a = 1 }\n}\n',
    }
    root = root_of(files)
    argument, entry = add(root, A, "/size", 1), add(root, A, "/tags/b", 2)
    assert isinstance(argument, Edit)
    assert isinstance(entry, Edit)
    assert (argument.file, edited(root, argument)) == ("main.tf", files["main.tf"].replace("\n}", "\n  size = 1\n}"))
    assert (entry.file, edited(root, entry)) == (
        "over_override.tf",
        files["over_override.tf"].replace("1 }", "1, b = 2 }"),
    )
