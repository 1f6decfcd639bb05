"""python-hcl2 sees the same blocks, labels and argument names. It is no judge of what is valid, only of shape."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

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


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_shape(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    file = parse(text, path.name)
    if not file.complete:
        pytest.skip("broken on purpose")
    assert ours(file.body) == theirs(hcl2.loads(text))
