"""What a text tells without being parsed: too much at times, never too little."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.frontends.terraform.functions.files import FUNCTIONS
from guardrail.frontends.terraform.glance import declared, hides, may_read, may_read_files, reads
from guardrail.frontends.terraform.syntax import parse, parse_json


@pytest.mark.parametrize(
    ("text", "types"),
    [
        pytest.param(b'resource "aws_instance" "a" {\n}\n', {"aws_instance"}, id="a block"),
        pytest.param(b'resource"aws_instance""a"{}', {"aws_instance"}, id="without a space"),
        pytest.param(b"resource aws_instance a {}", {"aws_instance"}, id="without quotes"),
        pytest.param(b'resource /* a */ "aws_instance" "a" {}', None, id="behind a comment nothing is certain"),
        pytest.param(b'# resource "aws_instance" "a" {}', {"aws_instance"}, id="a comment counts too"),
        pytest.param(b'resource "aws\\u005finstance" "a" {}', None, id="nor where it is spelt by an escape"),
        pytest.param(b'dynamic "launch\\u005ftemplate" {}', None, id="nor where a block is"),
        pytest.param(b'resource "aws_instance" "a" {\n  b = "\\n/*"\n}', {"aws_instance"}, id="an escape elsewhere"),
        pytest.param(b"locals {\n}\n", set(), id="none"),
    ],
)
def test_types_of_resources(text: bytes, types: set[str] | None) -> None:
    assert declared(text, json=False) == types
    assert hides(text, json=False) == (types is None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(b"a = 1", (), id="nothing"),
        pytest.param(b'a = file("${path.module}/x/y.txt")', (("x/y.txt", False),), id="a plain path"),
        pytest.param(b'a = templatefile( "${path.module}/x.tpl" , {})', (("x.tpl", True),), id="a template"),
        pytest.param(b'a = fileset("${path.module}/d", "**")', (("d", False),), id="a folder"),
        pytest.param(b'a = file("x.txt")', None, id="from the folder where Terraform runs"),
        pytest.param(b'a = file("${path.root}/x.txt")', None, id="from the root"),
        pytest.param(b'a = file("${path.module}/${var.x}.txt")', None, id="a path that is worked out"),
        pytest.param('a = file("${path.module}/\u00e9")'.encode(), None, id="a path of which there are two spellings"),
        pytest.param(b"a = file(local.x)", None, id="a path from elsewhere"),
        pytest.param(b'a = file(\n"${path.module}/x"\n)', (("x", False),), id="on several lines"),
        pytest.param(b'a = (file # x\n("${path.module}/x"))', None, id="with a comment between"),
        pytest.param(b'a = (file\n/**/("${path.module}/x"))', None, id="with a long comment between"),
        pytest.param(b'a = core::file("x")', None, id="by its full name"),
        pytest.param(b'a = 2 -file("x")', None, id="after a sign"),
        pytest.param(b'a = filemd5("${path.module}/a")\nb = file(var.b)', None, id="one of two"),
        pytest.param(b'a = [for path in b : file("${path.module}/x")]', None, id="a path that is another one"),
        pytest.param(b'a = [for k, path\nin b : file("${path.module}/x")]', None, id="a path that is another value"),
        pytest.param(b'path = "x"\na = file("${path.module}/x")', (("x", False),), id="an argument of that name"),
        pytest.param(b'a = templatestring("${path.module}/x", {})', None, id="a template that is worked out"),
        pytest.param(b'filename = "x"\nfile = "y"\nprovisioner "file" {\n}\n', (), id="attributes and labels"),
        pytest.param(b'a = "the file of x"\nb = local.file\nc = x_file(1)', (), id="words"),
    ],
)
def test_files_that_functions_read(text: bytes, expected: tuple[tuple[str, bool], ...] | None) -> None:
    assert reads(text, json=False) == expected
    assert may_read(text, json=False) or not expected
    assert may_read_files(text) == (expected != ())


@pytest.mark.parametrize("name", [name for name, function in FUNCTIONS.items() if function.reads])
def test_every_function_that_reads_is_known(name: str) -> None:
    text = f"a = {name}(local.x)".encode()
    assert may_read(text, json=False)
    assert reads(text, json=False) is None
    assert may_read_files(text)


@pytest.mark.parametrize(
    ("text", "types", "expected"),
    [
        pytest.param(b'{"resource": {"aws_instance": {"a": {}}}}', {"resource", "aws_instance", "a"}, (), id="keys"),
        pytest.param(b'{"resource": {"aws_\\u0069nstance": {}}}', None, None, id="a key that hides"),
        pytest.param(b'{"a": "${file(\\"x\\")}"}', {"a"}, None, id="a function"),
    ],
)
def test_json(text: bytes, types: set[str] | None, expected: tuple[tuple[str, bool], ...] | None) -> None:
    assert (declared(text, json=True), reads(text, json=True)) == (types, expected)
    assert hides(text, json=True) == (types is None)
    assert may_read(text, json=True) == (expected is None)


_GAPS = st.sampled_from(["", " ", "\t", "  ", "/* x */", " /**/ "])
_LABELS = st.sampled_from(['"a_b"', "a_b", '"c"', "c", '"a\\u005fb"'])
_BLOCKS = st.tuples(
    st.sampled_from(["", "\n", "# x\n", "a = 1\n", "/* a */ "]), st.just("resource"), _GAPS, _LABELS, _GAPS, _LABELS,
    st.sampled_from([" {\n}\n", "{}\n"]),
).map("".join)  # fmt: skip


@given(st.lists(_BLOCKS, max_size=3).map("".join))
def test_no_type_is_overlooked(text: str) -> None:
    stated = {block.labels[0] for block in parse(text, "a.tf").body.blocks if block.type == "resource"}
    types = declared(text.encode(), json=False)
    assert types is None or stated <= types


_CALLS = st.tuples(
    st.sampled_from(["a = (", "a = [1, ", "a = (core::", "a = (1 + ", "a = (1-", "a = (!"]),
    st.sampled_from(["file", "fileset", "templatefile", "templatestring"]),
    st.sampled_from(["(", " (", "/**/(", "\n(", " # x\n(", "\n// x\n("]),
    st.sampled_from(['"x"', '"${path.module}/y"', "local.z", '"${x}"']),
    st.sampled_from(["))", " ))", ", 1))", ")]"]),
).map("".join)  # fmt: skip


@given(_CALLS)
def test_no_call_is_overlooked(text: str) -> None:
    file = parse(text + "\n", "a.tf")
    found = reads(text.encode(), json=False)
    assert found is None or {path for path, _ in found} == {"y"} or not file.complete


def test_the_parser_agrees_on_json() -> None:
    text = '{"resource": {"aws_instance": {"a": {}}}}'
    assert [block.type for block in parse_json(text, "a.tf.json").body.blocks] == ["resource"]
