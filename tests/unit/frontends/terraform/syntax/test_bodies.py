"""Files in native syntax: blocks, arguments, places, and how much an error costs."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.frontends.terraform.syntax import File, nodes, parse
from guardrail.model.place import Place


def outline(body: nodes.Body) -> list[Any]:
    """Blocks with their labels, arguments by name, in the order of the text."""
    parts: list[tuple[int, Any]] = [(each.start, name) for name, each in body.arguments.items()]
    parts += [(each.start, (each.type, *each.labels, outline(each.body))) for each in body.blocks]
    return [part for _, part in sorted(parts, key=lambda part: part[0])]


def told(file: File) -> list[tuple[int, str]]:
    """The line and the message of each problem."""
    return [(file.place(problem.start).line, problem.message) for problem in file.errors]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="an empty file"),
        pytest.param("# nothing\n\n/* at\nall */", [], id="comments only"),
        pytest.param("\ufeffa = 1\n", ["a"], id="a byte order mark at the beginning"),
        pytest.param("a = 1\r\nb {\r\n}\r\n", ["a", ("b", [])], id="carriage returns"),
        pytest.param("a = 1", ["a"], id="no newline at the end"),
        pytest.param("a = 1 // b", ["a"], id="a comment at the end"),
        pytest.param("/**/ a /**/ = /*\n*/ 1", ["a"], id="comments in between"),
        pytest.param('a "b" c "d\\n" {}\n', [("a", "b", "c", "d\n", [])], id="labels"),
        pytest.param('ä "ü" {}\n', [("ä", "ü", [])], id="letters of all kinds"),
        pytest.param("a {}\n", [("a", [])], id="an empty block"),
        pytest.param("a { b = 1 }\n", [("a", ["b"])], id="a block on one line"),
        pytest.param(
            "a {\n  b = 1\n\n  c {\n    d = 2\n  }\n  c {}\n}\n", [("a", ["b", ("c", ["d"]), ("c", [])])], id="nested"
        ),
        pytest.param("for = 1\nin {\n  for = 2\n}\n", ["for", ("in", ["for"])], id="words that are none in a body"),
        pytest.param("a = <<E\nb = 1\nE\nc = 2\n", ["a", "c"], id="a heredoc is no body"),
        pytest.param("a = [\n1,\n2\n]\nb = (\n3)\n", ["a", "b"], id="newlines in brackets"),
    ],
)
def test_outline(text: str, expected: list[Any]) -> None:
    file = parse(text, "a.tf")
    assert (outline(file.body), file.errors, file.complete) == (expected, (), True)


@pytest.mark.parametrize(
    ("text", "problems", "left"),
    [
        pytest.param("a = 1 b = 2\nc = 3\n", [(1, 'expected a new line after the argument "a", found "b"')], ["a", "c"],
                     id="two arguments on a line"),
        pytest.param("a {} b {}\nc = 3\n", [(1, 'expected a new line after the block "a", found "b"')],
                     [("a", []), "c"], id="two blocks on a line"),
        pytest.param("a {\n  b = 1\n  b = 2\n}\n", [(3, 'the argument "b" is set twice in the same body')],
                     [("a", ["b"])], id="an argument set twice"),
        pytest.param("a {\n  b = 1 }\nc = 1\n", [(2, 'expected a new line after the argument "b", found "}"')], ["c"],
                     id="a brace after an argument"),
        pytest.param("a { b = 1, c = 2 }\n", [(1, 'expected "}", found ","')], [], id="two arguments in one line"),
        pytest.param("a { b {} }\n", [(1, 'expected one argument or "}", found "b"')], [], id="a block in one line"),
        pytest.param("a\n  {}\nb = 1\n", [(1, 'expected "=", a label or "{", found the end of the line')], ["b"],
                     id="the brace on the next line"),
        pytest.param('a "${b}" {}\nc {}\n', [(1, 'expected a label without interpolation, found "${"')], [("c", [])],
                     id="a label with an interpolation"),
        pytest.param('"a" = 1\nb = 1\n', [(1, "expected an argument or a block, found a string")], ["b"],
                     id="a name in quotes"),
        pytest.param("a.b = 1\nc = 1\n", [(1, 'expected "=", a label or "{", found "."')], ["c"],
                     id="a name with a dot"),
        pytest.param("a : 1\nc = 1\n", [(1, 'expected "=", a label or "{", found ":"')], ["c"], id="a colon"),
        pytest.param("a = \nb = 1\n", [(1, "expected a value, found the end of the line")], ["b"], id="no value"),
        pytest.param("a {\n  b = [\n}\nc {\n}\n", [(3, 'expected a value, found "}"')], [("c", [])],
                     id="a bracket that is not closed costs its block"),
        pytest.param("a {\n  b {\n}\nc {\n}\n", [(1, 'this block is not closed: expected "}"')], [("c", [])],
                     id="a brace that is not closed spares the next block"),
        pytest.param('a {\n  b = "c\n}\nd {\n}\n', [(2, "the string has no end on its line: expected '\"'")],
                     [("d", [])], id="a string that is not closed, too"),
        pytest.param("a = <<E\nb\nc {\n}\n", [(1, "the heredoc has no end: expected a line that holds only E")],
                     [("c", [])], id="and a heredoc"),
        pytest.param("a = [1 2]\nb = [1 2]\nc = 1\n", [(1, 'expected "," or "]", found "2"'),
                                                       (2, 'expected "," or "]", found "2"')], ["c"],
                     id="every error is told"),
        pytest.param("}\na = 1\n", [(1, 'expected an argument or a block, found "}"')], ["a"], id="a brace too many"),
        pytest.param("a = 1\n\ufeffb = 2\nc = 3\n", [(2, "a byte order mark may only stand at the very beginning")],
                     ["a", "c"], id="a byte order mark elsewhere"),
    ],
)  # fmt: skip
def test_problems(text: str, problems: list[tuple[int, str]], left: list[Any]) -> None:
    file = parse(text, "a.tf")
    assert told(file) == problems
    assert outline(file.body) == left
    assert not file.complete


def test_places() -> None:
    text = 'resource "a" "b" {\n  size = "größe"\n  tags = {\n    x = 1\n  }\n}\n'
    file = parse(text, "main.tf")
    block = file.body.blocks[0]
    size, tags = block.body.arguments["size"], block.body.arguments["tags"]
    assert file.place(block.start, block.header_end) == Place("main.tf", 1, 1, 1, 18)
    assert file.place(block.start, block.end) == Place("main.tf", 1, 1, 6, 2)
    assert file.place(size.start, size.name_end) == Place("main.tf", 2, 3, 2, 7)
    assert file.place(size.value.start, size.value.end) == Place("main.tf", 2, 10, 2, 17)
    assert file.place(tags.start, tags.end) == Place("main.tf", 3, 3, 5, 4)
    assert text[block.body.start : block.body.end] == text[text.index("{") + 1 : text.rindex("}")]


def test_blocks_nested_too_deep() -> None:
    assert parse("a {\n" * 100 + "}\n" * 100, "a.tf").complete
    assert parse("a {\n" * 101 + "}\n" * 101, "a.tf").errors[0].message == "nested deeper than 100 levels"


@pytest.mark.parametrize(
    "unit",
    [
        pytest.param("a = (\n", id="parentheses"),
        pytest.param("a = <<X\n", id="heredocs"),
        pytest.param('a = "\n', id="strings"),
        pytest.param("a = [for x in\n", id="loops"),
        pytest.param("a = b::c", id="namespaces"),
        pytest.param(" ", id="blanks"),
        pytest.param("a {\n", id="blocks"),
        pytest.param("a = !", id="signs"),
        pytest.param("/*", id="comments"),
        pytest.param('a = "${', id="interpolations"),
    ],
)
def test_hostile_input_takes_time_in_proportion(unit: str) -> None:
    file = parse(unit * (400_000 // len(unit)) + "@", "a.tf")
    assert file.errors


def test_a_file_that_is_too_large() -> None:
    file = parse(" " * (4 * 1024 * 1024 + 1), "a.tf")
    assert [problem.message for problem in file.errors] == ["a file of more than 4,194,304 characters"]
    assert not file.complete


_PIECES = st.sampled_from('{}\n"=()[]#é²,') | st.sampled_from(["a", "b = 1", "${", '"x"', "<<E\n", "\nE\n", "%{if a}"])


@given(st.text() | st.lists(_PIECES).map("".join))
def test_bad_input_never_raises(text: str) -> None:
    file = parse(text, "a.tf")
    assert file.complete == (not file.errors)
    for problem in file.errors:
        place = file.place(problem.start, problem.end)
        assert 1 <= place.line <= place.end_line


@given(st.lists(st.sampled_from(["a = 1", "b {\n  c = 1\n}", "d = <<E\nE", "e {}"]), unique=True), st.integers(0, 3))
def test_an_error_costs_one_item(items: list[str], at: int) -> None:
    """Whatever stands around a line that makes no sense is read as if it were not there."""
    broken = [*items[:at], "x = ]", *items[at:]]
    file = parse("\n".join(broken) + "\n", "a.tf")
    assert outline(file.body) == outline(parse("\n".join(items) + "\n", "a.tf").body)
    assert len(file.errors) == 1
