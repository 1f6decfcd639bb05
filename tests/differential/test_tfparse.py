"""
tfparse, which evaluates, sees the same instances and the same values where both know them.

It is no judge of what is unknown: it makes values up, and drops what depends on them (docs/adr/0001).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from fuzz_syntax import available, complaints

from guardrail.frontends.terraform import functions
from guardrail.frontends.terraform.cache import SyntaxCache
from guardrail.frontends.terraform.inputs import root_inputs
from guardrail.frontends.terraform.meter import deep
from guardrail.frontends.terraform.module import Module
from guardrail.frontends.terraform.program import Program
from guardrail.frontends.terraform.resources import Instance
from guardrail.frontends.terraform.syntax import parse
from guardrail.frontends.terraform.walk import everything
from guardrail.sources.listed import MemoryTree

tfparse = pytest.importorskip("tfparse", reason="tfparse is not installed: values are not compared")

FIXTURES: Final = Path(__file__).parents[2] / "fixtures"
ROOTS: Final = sorted({path.parent for path in FIXTURES.glob("*/**/*.tf") if "spellings" not in path.parts})
"""Folders that are a root; of spellings, each file is one by itself."""

VALUES: Final = ("terraform.tfvars", "*.auto.tfvars")
META: Final = frozenset({"count", "for_each"})

DROPPED: Final = frozenset({"aws_instance.shard[?]"})
"""What tfparse leaves out, since nobody knows how many there are."""


def _scalar(value: Any) -> Any:
    return float(value) if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else value


def _top(root: Path) -> Path:
    parts = root.relative_to(FIXTURES).parts
    return FIXTURES.joinpath(*parts[: 3 if parts[0] == "repos" else 2])


def _ours(top: Path, root: Path) -> Mapping[str, Mapping[str, Any]]:
    """The plain values of each resource of a root in a tree, by address and name."""
    tree = MemoryTree(
        {path.relative_to(top).as_posix(): path.read_bytes() for path in top.rglob("*") if path.is_file()}
    )
    directory = "" if root == top else root.relative_to(top).as_posix()
    program = Program(tree, SyntaxCache(), directory, modules={}, functions=functions.call)
    found: dict[str, dict[str, Any]] = {}
    with deep():
        module = Module(program, program.declarations(directory), inputs=root_inputs(program, ()))
        for each in everything(module):
            if isinstance(each, Instance):
                values = {name: program.cells.demand(partial(each.configured, name)) for name in each.names()}
                plain = {name: value for name, value in values.items() if isinstance(value, (str, bool, int, Decimal))}
                found[each.address] = {name: _scalar(value) for name, value in plain.items() if name not in META}
    return found


def _theirs(root: Path) -> Mapping[str, Mapping[str, Any]]:
    files = [path.name for pattern in VALUES for path in sorted(root.glob(pattern))]
    loaded = tfparse.load_from_path(str(root), vars_paths=files)
    return {
        each["__tfmeta"]["path"]: {name: _scalar(value) for name, value in each.items()}
        for blocks in loaded.values()
        for each in blocks
        if each["__tfmeta"].get("type") == "resource"
    }


@pytest.mark.parametrize("root", ROOTS, ids=lambda root: root.relative_to(FIXTURES).as_posix())
def test_instances_and_values(root: Path) -> None:
    ours, theirs = _ours(_top(root), root), _theirs(root)
    assert ours.keys() - DROPPED == theirs.keys()
    for address, values in theirs.items():
        known = ours[address]
        assert known == {name: values.get(name) for name in known}, address


DATA: Final = 'resource "terraform_data" "a" {}\n'


@pytest.mark.parametrize(
    ("files", "ours", "theirs"),
    [
        pytest.param(
            {"main.tf": DATA + 'resource "terraform_data" "b" {\n  input = terraform_data.a.id == "x"\n}\n'},
            {"terraform_data.a": {}, "terraform_data.b": {}},
            {"terraform_data.a": {}, "terraform_data.b": {"input": False}},
            id="what is not known is made up",
        ),
        pytest.param(
            {"main.tf": DATA + 'resource "terraform_data" "b" {\n  count = terraform_data.a.id == "x" ? 1 : 0\n}\n'},
            {"terraform_data.a": {}, "terraform_data.b[?]": {}},
            {"terraform_data.a": {}},
            id="what may be there is left out",
        ),
        pytest.param(
            {"main.tf": DATA, "b.tf": "x = [\n"},
            {"terraform_data.a": {}},
            {"terraform_data.a": {}},
            id="a file that is broken is passed over",
        ),
    ],
)
def test_where_it_is_no_judge(
    files: Mapping[str, str], ours: Mapping[str, Any], theirs: Mapping[str, Any], tmp_path: Path
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert _ours(tmp_path, tmp_path) == ours
    found = _theirs(tmp_path).items()
    assert {address: {name: values[name] for name in theirs.get(address, {})} for address, values in found} == theirs


def _accepts(text: str, folder: Path) -> bool:
    (folder / "main.tf").write_bytes(f"locals {{\n{text}\n}}\n".encode())
    try:
        tfparse.load_from_path(str(folder), stop_on_hcl_error=True)
    except Exception:  # noqa: BLE001 - it raises nothing more special
        return False
    return True


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        pytest.param("a = !!true", True, id="two signs in a row"),
        pytest.param("a = - -1", True, id="two minus signs"),
        pytest.param('a = "${ 1 # c\n}"', True, id="a comment in an interpolation"),
        pytest.param("größe = 1", True, id="letters that are not ASCII"),
        pytest.param("aⱟ = 1", False, id="letters that came after Unicode 9"),
        pytest.param("a = <<E\n${1}\nE ", True, id="a blank after the end of a heredoc"),
        pytest.param('a = "\\x"', False, id="an unknown escape"),
        pytest.param("a = 1\na = 2", False, id="an argument set twice"),
        pytest.param("a = 1.5.0", False, id="a number with two points"),
        pytest.param('a = "b\nc"', False, id="a string of two lines"),
        pytest.param("a = <<E\nx\ry\nE", False, id="a lone carriage return in a heredoc"),
        pytest.param("a = [1 2]", False, id="a missing comma"),
    ],
)
def test_verdicts_are_the_same(text: str, valid: bool, tmp_path: Path) -> None:
    file = f"locals {{\n{text}\n}}\n"
    assert (parse(file, "main.tf").complete, _accepts(text, tmp_path)) == (valid, valid)
    if available():
        assert (not complaints([file])) == valid
