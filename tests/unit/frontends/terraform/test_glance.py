"""What a text tells without being parsed: too much at times, never too little."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.frontends.terraform.glance import glance, may_read_files
from guardrail.frontends.terraform.syntax import parse, parse_json


@pytest.mark.parametrize(
    ("text", "types"),
    [
        pytest.param(b'resource "aws_instance" "a" {\n}\n', {"aws_instance"}, id="a block"),
        pytest.param(b'resource"aws_instance""a"{}', {"aws_instance"}, id="without a space"),
        pytest.param(b"resource aws_instance a {}", {"aws_instance"}, id="without quotes"),
        pytest.param(b'resource /* a */ "aws_instance" "a" {}', None, id="behind a comment nothing is certain"),
        pytest.param(b'# resource "aws_instance" "a" {}', {"aws_instance"}, id="a comment counts too"),
        pytest.param(b"locals {\n}\n", set(), id="none"),
    ],
)
def test_types_of_resources(text: bytes, types: set[str] | None) -> None:
    assert glance(text, "a.tf").types == types


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        pytest.param(b"a = 1", (), id="nothing"),
        pytest.param(b'a = file("${path.module}/x/y.txt")', ("x/y.txt",), id="a plain path"),
        pytest.param(b'a = templatefile( "${path.module}/x.tpl" , {})', ("x.tpl",), id="a template"),
        pytest.param(b'a = fileset("${path.module}/d", "**")', ("d",), id="a folder"),
        pytest.param(b'a = file("x.txt")', None, id="from the folder where Terraform runs"),
        pytest.param(b'a = file("${path.root}/x.txt")', None, id="from the root"),
        pytest.param(b'a = file("${path.module}/${var.x}.txt")', None, id="a path that is worked out"),
        pytest.param(b"a = file(local.x)", None, id="a path from elsewhere"),
        pytest.param(b'a = file(\n"${path.module}/x")', None, id="on two lines"),
        pytest.param(b'a = core::file("x")', None, id="by its full name"),
        pytest.param(b'a = filemd5("${path.module}/a")\nb = file(var.b)', None, id="one of two"),
        pytest.param(b'filename = "x"\nfile = "y"\nprovisioner "file" {\n}\n', (), id="attributes and labels"),
        pytest.param(b'a = "${file == 1}"', None, id="what is compared"),
    ],
)
def test_files_that_functions_read(text: bytes, reads: tuple[str, ...] | None) -> None:
    assert glance(text, "a.tf").reads == reads
    assert may_read_files(text) == (reads != ())


@pytest.mark.parametrize(
    ("text", "types", "reads"),
    [
        pytest.param(b'{"resource": {"aws_instance": {"a": {}}}}', {"resource", "aws_instance", "a"}, (), id="keys"),
        pytest.param(b'{"resource": {"aws_\\u0069nstance": {}}}', None, None, id="a key that hides"),
        pytest.param(b'{"a": "${file(\\"x\\")}"}', set(), None, id="a function"),
    ],
)
def test_json(text: bytes, types: set[str] | None, reads: tuple[str, ...] | None) -> None:
    seen = glance(text, "a.tf.json")
    assert (seen.types, seen.reads) == (types, reads)


_GAPS = st.sampled_from(["", " ", "\t", "  ", "/* x */", " /**/ "])
_LABELS = st.sampled_from(['"a_b"', "a_b", '"c"', "c"])
_BLOCKS = st.tuples(
    st.sampled_from(["", "\n", "# x\n", "a = 1\n", "/* a */ "]), st.just("resource"), _GAPS, _LABELS, _GAPS, _LABELS,
    st.sampled_from([" {\n}\n", "{}\n"]),
).map("".join)  # fmt: skip


@given(st.lists(_BLOCKS, max_size=3).map("".join))
def test_no_type_is_overlooked(text: str) -> None:
    declared = {block.labels[0] for block in parse(text, "a.tf").body.blocks if block.type == "resource"}
    types = glance(text.encode(), "a.tf").types
    assert types is None or declared <= types


_CALLS = st.tuples(
    st.sampled_from(["a = ", "a = [1, ", "a = core::", "a = 1 + "]),
    st.sampled_from(["file", "fileset", "templatefile"]),
    st.sampled_from(["(", " (", "/**/("]), st.sampled_from(['"x"', '"${path.module}/y"', "local.z", '"${x}"']),
    st.sampled_from([")", " )", ", 1)", ")]"]),
).map("".join)  # fmt: skip


@given(_CALLS)
def test_no_call_is_overlooked(text: str) -> None:
    file = parse(text + "\n", "a.tf")
    reads = glance(text.encode(), "a.tf").reads
    assert reads in (None, ("y",)) or not file.complete


def test_the_parser_agrees_on_json() -> None:
    text = '{"resource": {"aws_instance": {"a": {}}}}'
    assert [block.type for block in parse_json(text, "a.tf.json").body.blocks] == ["resource"]
