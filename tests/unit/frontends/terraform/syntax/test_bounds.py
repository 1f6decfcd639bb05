"""No text makes a tree without bounds, and neither do many texts together."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.errors import SourceError
from guardrail.frontends.budget import SMALL, Budget, Pool
from guardrail.frontends.terraform.cache import SyntaxCache
from guardrail.frontends.terraform.syntax import File, parse, parse_json
from guardrail.frontends.terraform.syntax.lexer import TOKENS
from guardrail.sources.listed import MemoryTree
from guardrail.sources.tree import Blob, blob_id

from .conftest import FEW

SAID = "a text of more than {:,} words and signs"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("locals {\n  a = 1" + "+1" * FEW + "\n}\n", id="operators in a row"),
        pytest.param("locals {\n  a = [" + "1," * FEW + "]\n}\n", id="one list"),
        pytest.param("locals {\n  a = <<E\n" + "\n" * (FEW + 1) + "E\n}\n", id="a heredoc of empty lines"),
        pytest.param('locals {\n  a = "' + "${a}" * (FEW // 2) + '"\n}\n', id="interpolations"),
        pytest.param("a {}\n" * (FEW // 3), id="blocks"),
        pytest.param("b = 1 " + "/**/" * (FEW + 1) + "\n", id="comments between tokens"),
    ],
)
@pytest.mark.usefixtures("few_tokens")
def test_a_text_of_too_many_tokens_is_given_up_and_says_where(text: str) -> None:
    file = parse("a {\n}\n" + text, "a.tf")
    assert [problem.message for problem in file.errors] == [SAID.format(FEW)]
    assert (file.complete, file.body.blocks[0].type) == (False, "a")
    assert file.place(file.errors[0].start).line > 2
    assert file.tokens <= FEW + 10


def test_so_many_are_too_many() -> None:
    (problem,) = parse("b = [" + "1," * (TOKENS // 2) + "]\n", "a.tf").errors
    assert problem.message == SAID.format(TOKENS)
    assert parse("b = [" + "1," * (TOKENS // 2 - 5) + "]\n", "a.tf").complete


def test_one_comment_may_be_as_long_as_the_file() -> None:
    file = parse("a /" + "*" * 1_000_001 + "/ {\n}\nb {} /" + "* *" * 1_000_000 + "/\n", "a.tf")
    assert ([block.type for block in file.body.blocks], file.errors) == (["a", "b"], ())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"locals": {"a": [' + ",".join(["1"] * FEW) + "]}}", id="values"),
        pytest.param('{"locals": {"a": [' + ",".join(['"${a}"'] * (FEW // 3)) + "]}}", id="templates"),
        pytest.param('{"locals": {"a": [' + ",".join(['"${"'] * (FEW // 2)) + "]}}", id="templates that break"),
    ],
)
@pytest.mark.usefixtures("few_tokens")
def test_so_is_one_in_json(text: str) -> None:
    file = parse_json(text, "a.tf.json")
    assert [problem.message for problem in file.errors] == [SAID.format(FEW)]
    assert not file.complete


def test_so_many_are_too_many_in_json() -> None:
    (problem,) = parse_json('{"locals": {"a": [' + ",".join(["1"] * TOKENS) + "]}}", "a.tf.json").errors
    assert problem.message == SAID.format(TOKENS)


def test_json_of_many_objects_is_read_in_one_go() -> None:
    file = parse_json("[" + ",".join(f'{{"locals": {{"a{index}": 1}}}}' for index in range(20_000)) + "]", "a.tf.json")
    assert (len(file.body.blocks), file.errors) == (20_000, ())


def test_a_string_of_json_may_have_as_many_escapes_as_fit() -> None:
    text = '{"locals": {"a": "' + "\\n" * 150_000 + '", "b": "' + "\\n" * 150_000 + '\\x"}}'
    (problem,) = parse_json(text, "a.tf.json").errors
    assert problem.message == "unknown escape '\\\\x'"
    assert text[problem.start : problem.end] == "\\x"
    assert parse_json(text.replace("\\x", ""), "a.tf.json").errors == ()


def test_problems_of_json_are_told_up_to_a_number() -> None:
    assert len(parse_json("[" + ",".join(["1"] * 1_000) + "]", "a.tf.json").errors) == 20


@settings(max_examples=50)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from([0, 10, SMALL, SMALL + 1, 3 * SMALL])), max_size=12),
    st.integers(0, 6 * SMALL),
    st.integers(0, 3 * SMALL),
)
def test_files_read_together_take_what_they_take_singly(sizes: list[tuple[int, int]], left: int, reserve: int) -> None:
    files = {f"{index:02}.tf": bytes([48 + mark]) * size for index, (mark, size) in enumerate(sizes)}
    tree = MemoryTree(files)
    together, singly = (SyntaxCache(Budget(texts=Pool(left, reserve))) for _ in range(2))
    paths, read, alone = list(files), dict[str, Blob](), dict[str, Blob]()
    while paths:
        some = together.read_some(tree, paths)
        read.update((path, blob) for path, blob in some if isinstance(blob, Blob))
        paths = paths[len(some) :]
    for path in files:
        with suppress(SourceError):
            alone[path] = singly.read(tree, path)
    assert read.keys() <= alone.keys()
    assert {blob.id for blob in read.values()} == {blob.id for blob in alone.values()}
    assert together.budget == singly.budget


def _file(known: SyntaxCache, text: str) -> File:
    return known.file(Blob(text.encode(), blob_id(text.encode())), "a.tf")


def test_files_together_have_no_more_tokens_than_one_tree_may() -> None:
    known = SyntaxCache(Budget(tokens=Pool(20, 0)))
    assert _file(known, "a = 1\n").errors == ()
    assert _file(known, "a = 1\n").errors == ()  # the same again costs nothing
    (problem,) = _file(known, "b = [1, 2, 3, 4, 5, 6, 7, 8]\n").errors
    assert "read before" in problem.message
    assert "PATHS" in problem.hint
    assert _file(known, "c = 1\n").complete  # a smaller one may still fit
    known.budget = Budget(tokens=Pool(20, 0))
    assert _file(known, "b = [1, 2, 3, 4, 5, 6, 7, 8]\n").errors == ()  # another tree has room of its own


def test_the_text_that_is_kept_costs_too() -> None:
    known = SyntaxCache(Budget(tokens=Pool(1_000, 0)))
    assert _file(known, "a = 1\n" + "#" * 6_000 * 10).complete
    assert not _file(known, "b = 1\n" + "#" * 6_000 * 10).complete
