"""python-hcl2 sees the same blocks, labels and argument names. It is no judge of what is valid, only of shape."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fuzz_syntax import available, complaints

from guardrail.frontends.terraform.syntax import nodes, parse

hcl2 = pytest.importorskip("hcl2", reason="python-hcl2 is not installed: shapes are not compared")

ROOT = Path(__file__).parents[2]
FILES = sorted([*ROOT.glob("fixtures/**/*.tf"), *ROOT.glob("tests/differential/samples/training.tf")])


def ours(body: nodes.Body) -> Any:
    """Argument names, and blocks by type with their labels, each level sorted."""
    return (
        sorted(body.arguments),
        sorted((block.type, block.labels, ours(block.body)) for block in body.blocks),
    )


def theirs(body: dict[str, Any]) -> Any:
    names, blocks = [], []
    for name, value in body.items():
        if _is_blocks(value):
            blocks += [_block(name, (), each) for each in value]
        elif not name.startswith("__"):
            names.append(name)
    return sorted(names), sorted(blocks)


def _is_blocks(value: Any) -> bool:
    return (
        isinstance(value, list) and bool(value) and all(isinstance(each, dict) and _innermost(each) for each in value)
    )


def _innermost(value: Any) -> bool:
    """Whether the marker that python-hcl2 leaves in the body of a block is there, below any labels."""
    while isinstance(value, dict):
        if "__is_block__" in value:
            return True
        value = next(iter(value.values())) if len(value) == 1 else None
    return False


def _block(kind: str, labels: tuple[str, ...], value: dict[str, Any]) -> Any:
    if "__is_block__" in value:
        return kind, labels, theirs(value)
    label, inner = next(iter(value.items()))
    return _block(kind, (*labels, label.strip('"')), inner)


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        pytest.param("a = !!b\n", True, id="two signs in a row"),
        pytest.param("a = - -1\n", True, id="two minus signs"),
        pytest.param('a = "${ b # c\n}"\n', True, id="a comment in an interpolation"),
        pytest.param('a = "${~ b ~}"\n', True, id="white space taken from both sides"),
        pytest.param("größe = 1\n", True, id="letters that are not ASCII"),
        pytest.param("\ufeffa = 1\n", True, id="a byte order mark"),
        pytest.param("a = <<E\n${b}\nE \n", True, id="a blank after the end of a heredoc"),
        pytest.param("a = (b\n.c)\n", True, id="a step on the next line, in parentheses"),
        pytest.param("a = /* b\n*/ 1\n", True, id="a comment of two lines before a value"),
        pytest.param('a = "\\x"\n', False, id="an unknown escape"),
        pytest.param("a = 1\na = 2\n", False, id="an argument set twice"),
        pytest.param("a {} b {}\n", False, id="two blocks on a line"),
        pytest.param("a = 1.5.0\n", False, id="a number with two points"),
        pytest.param("a\n{\n}\n", False, id="the brace on the next line"),
        pytest.param('a = "b\nc"\n', False, id="a string of two lines"),
        pytest.param("a = <<E\nx\ry\nE\n", False, id="a lone carriage return in a heredoc"),
    ],
)
def test_where_it_is_no_judge_we_and_terraform_agree(text: str, valid: bool) -> None:
    assert parse(text, "a.tf").complete == valid
    assert _reads(text) != valid  # else the table in docs/adr/0001 is out of date
    if available():
        assert (not complaints([text])) == valid


def _reads(text: str) -> bool:
    try:
        hcl2.loads(text)
    except Exception:  # noqa: BLE001 - of several libraries
        return False
    return True


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_shape(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    file = parse(text, path.name)
    if not file.complete:
        pytest.skip("broken on purpose")
    assert ours(file.body) == theirs(hcl2.loads(text))
