"""Edits of a file are made together or not at all, and only in files of the repository."""

from __future__ import annotations

import json
from itertools import permutations

import pytest
from edited import edited, root_of

from guardrail.frontends.terraform.edits import Edit, EditError, Refusal, Root, add, applied, assign, remove
from guardrail.frontends.terraform.fetched import Folder
from guardrail.frontends.unit import Unit
from guardrail.sources.listed import MemoryTree

A = ".//aws_instance.a"
MAIN = 'resource "aws_instance" "a" {\n  type = "x"\n  size = 1\n  tags = { a = 1 }\n}\n'


def _edits() -> tuple[Root, list[Edit]]:
    root = root_of({"main.tf": MAIN})
    found = [
        assign(root, A, "/type", "a longer one"),
        remove(root, A, "/size"),
        add(root, A, "/tags/b", 2),
        add(root, A, "/kind", "k"),
        add(root, A, "/name", "n"),
    ]
    return root, [each for each in found if isinstance(each, Edit)]


def test_in_whatever_order_they_come() -> None:
    _, edits = _edits()
    assert len(edits) == 5
    after = """\
resource "aws_instance" "a" {
  type = "a longer one"
  tags = { a = 1, b = 2 }
  kind = "k"
  name = "n"
}
"""
    for order in permutations(edits[:4]):
        assert applied(MAIN.encode(), [*order, edits[4]]).decode() == after


def test_edits_of_the_same_text_are_refused() -> None:
    root, edits = _edits()
    again = assign(root, A, "/type", "z")
    assert isinstance(again, Edit)
    with pytest.raises(EditError, match=r"^main.tf:2:10: two edits change the same text$"):
        applied(MAIN.encode(), [edits[0], again])


def test_an_insertion_within_what_is_replaced_is_refused() -> None:
    root = root_of({"main.tf": MAIN})
    entry, whole = add(root, A, "/tags/b", 2), assign(root, A, "/tags", {})
    assert isinstance(entry, Edit)
    assert isinstance(whole, Edit)
    for order in permutations([entry, whole]):
        with pytest.raises(EditError, match="two edits"):
            applied(MAIN.encode(), order)


def test_edits_of_another_text_are_refused() -> None:
    _, edits = _edits()
    with pytest.raises(EditError, match="has changed since"):
        applied(b"# a line before\n" + MAIN.encode(), edits)


def test_edits_of_two_files_are_refused() -> None:
    root = root_of({"a.tf": MAIN, "b.tf": MAIN.replace('"a"', '"b"')})
    found = [assign(root, A, "/size", 2), assign(root, ".//aws_instance.b", "/size", 2)]
    with pytest.raises(EditError, match="two files"):
        applied(MAIN.encode(), [each for each in found if isinstance(each, Edit)])


def test_no_edit_is_none() -> None:
    assert applied(b"\xff", []) == b"\xff"


def test_offsets_count_bytes() -> None:
    text = '\ufeff# ünïcödé 🚀\nresource "aws_instance" "a" {\n  name = "日本"\n}\n'
    root = root_of({"main.tf": text})
    found = assign(root, A, "/name", "🗾")
    assert isinstance(found, Edit)
    assert found.old.decode() == '"日本"'
    assert edited(root, found) == text.replace("日本", "🗾")


def test_a_link_is_not_written_over() -> None:
    root = root_of({"real/main.tf": MAIN}, links={"main.tf": "real/main.tf"})
    found = assign(root, A, "/size", 2)
    assert isinstance(found, Edit)
    assert (found.file, found.place.file) == ("real/main.tf", "real/main.tf")


def test_a_fetched_module_is_not_edited() -> None:
    source = "registry.terraform.io/a/b/aws"
    record = {"Key": "m", "Source": source, "Version": "1.0.0", "Dir": ".terraform/modules/m"}
    files = {
        "main.tf": 'module "m" {\n  source = "a/b/aws"\n  size   = 1\n}\n',
        "mods/modules.json": json.dumps({"Modules": [record]}),
        "mods/m/main.tf": """\
variable "size" {}
resource "aws_instance" "i" {
  size = var.size
  type = "x"
}
""",
    }
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    unit = Unit(name=".", format="terraform", directory=".", files=())
    root = Root(tree, unit, fetched=Folder(tree, "mods"))
    outside = assign(root, ".//module.m.aws_instance.i", "/type", "y")
    assert isinstance(outside, Refusal)
    assert (outside.code, str(outside.place)) == ("outside", "mods/m/main.tf:4:10")
    inside = assign(root, ".//module.m.aws_instance.i", "/size", 2)
    assert isinstance(inside, Edit)
    assert inside.file == "main.tf"


def test_a_file_that_is_broken_elsewhere_is_not_edited() -> None:
    found = assign(root_of({"main.tf": MAIN + 'resource "x" {{\n'}), A, "/size", 2)
    assert isinstance(found, Refusal)
    assert found.code == "unread"


def test_any_other_file_may_be_broken() -> None:
    found = assign(root_of({"main.tf": MAIN, "other.tf": 'resource "x" {{\n'}), A, "/size", 2)
    assert isinstance(found, Edit)
