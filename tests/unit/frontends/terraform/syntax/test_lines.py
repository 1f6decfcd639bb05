"""Reading a block by its lines gives what reading it token by token gives, problems included."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.frontends.terraform.syntax import File, body, parse
from guardrail.frontends.terraform.syntax.lines import Lines
from guardrail.frontends.terraform.syntax.nodes import Node

from .conftest import FEW

FIXTURES = sorted((Path(__file__).parents[5] / "fixtures").rglob("*.tf"))

PIECES = (
    'resource "t" "n" {\n', "block {\n", 'dynamic "x" {\n', "b { a = 1 }\n", "{", "{\n", "}", "}\n", "\n",
    "  a = 1\n", '  b = "x" # c\n', "  c = d.e.f\n", '  l = ["a", "b"]\n', "  g = f(1)\n", "  t = {\n    a = 1\n  }\n",
    "\r\n", "a", "for", "true", "x.y", "true.a", " = ", "==", '"s"', '"a$b"', '"${x}"', '"é"', "é", "1", "1.5", "1e3",
    "[", "]", '"a", "b"', '["a",]', "[]", '["a" "b"]', "# c\n", "// c", "/* c */", " ", "\t", ",", ".", "*", "? 1 : 2",
    "9" * 201, "<<EOT\nx\nEOT\n", "(", ")", "-", "%{", '"', "$", "\\", "\ufeff",
)  # fmt: skip


class Nothing(Lines):
    """Leaves every block to the parser."""

    def block(self, *_: int) -> None:
        return None


def dumped(value: Any) -> Any:
    if isinstance(value, Node):
        names = [name for cls in type(value).__mro__ for name in getattr(cls, "__slots__", ())]
        return (type(value).__name__, *((name, dumped(getattr(value, name))) for name in names))
    if isinstance(value, dict):
        return tuple((key, dumped(member)) for key, member in value.items())
    return tuple(map(dumped, value)) if isinstance(value, (tuple, list)) else (type(value).__name__, value)


def told(file: File) -> Any:
    return dumped(file.body), file.errors, file.complete


def assert_same(text: str) -> None:
    by_lines = told(parse(text, "a.tf"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(body, "Lines", Nothing)
        assert by_lines == told(parse(text, "a.tf"))


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join), st.booleans())
def test_any_text(text: str, within: bool) -> None:
    assert_same(f'resource "t" "n" {{\n{text}\n}}\n' if within else text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a {\n" * 99 + "b = " + "(" * 10 + "1" + ")" * 10 + "\n" + "}\n" * 99, id="nested too deep"),
        pytest.param("a {\n" * 90 + "b = " + "(" * 9 + "1" + ")" * 9 + "\n" + "}\n" * 90, id="just not too deep"),
        pytest.param("a {\n" * 200 + "}\n" * 200, id="blocks too deep"),
        pytest.param("a {\n  b = 1\n  b = 2\n}\n", id="an argument that is set twice"),
        pytest.param("a {\n  b = f(\n    1)\n  b = 2\n}\nc {\n}", id="an argument that is set twice, with a call"),
        pytest.param("a {\n  b = x" + ".y" * 30 + "\n}\n", id="a long reference"),
        pytest.param("a {\n  b = 1", id="a block without end"),
        pytest.param("a {\n  /* c */\n}\nb {\n}\n", id="a comment before the brace"),
        pytest.param("#\n" * 500 + "a {\n" + "  #\n" * 500 + "  b = 1\n" + "\n" * 500 + "}\n", id="many empty lines"),
    ],
)
def test_texts_at_the_edge(text: str) -> None:
    assert_same(text)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: "/".join(path.parts[-3:]))
def test_fixtures(path: Path) -> None:
    assert_same(path.read_text(encoding="utf-8"))


@pytest.mark.usefixtures("few_tokens")
def test_a_block_of_too_many_lines_is_given_up_on_the_way() -> None:
    text = "a {\n" + "".join(f"x{number} = 1\n" for number in range(FEW)) + "}\n"
    tracemalloc.start()
    try:
        parse(text, "a.tf")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 200 * FEW
    assert_same(text)
