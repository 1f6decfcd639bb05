from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.frontends.terraform.called import Calls
from guardrail.frontends.terraform.glance import calls_in
from guardrail.frontends.terraform.roots import roots
from guardrail.frontends.terraform.syntax import parse
from guardrail.frontends.terraform.syntax.nodes import Literal
from guardrail.sources.listed import MemoryTree
from guardrail.sources.tree import blob_id


def call(source: str, name: str = "x") -> bytes:
    return f'module "{name}" {{\n  source = "{source}"\n}}\n'.encode()


def found(files: dict[str, bytes], modules: dict[str, str] | None = None, named: tuple[str, ...] = ()) -> list[str]:
    tree = MemoryTree(files)
    directories = {path.rpartition("/")[0] for path in files if path.endswith((".tf", ".tf.json", ".tofu"))}
    return list(roots(tree, directories, calls=Calls(), modules=modules or {}, named=named))


PROD = {"prod/main.tf": b'resource "a" "b" {}\n'}


@pytest.mark.parametrize(
    "caller",
    [
        pytest.param(call("../prod"), id="as the formatter writes it"),
        pytest.param(b'module "x" { source = "../prod" }', id="on one line"),
        pytest.param(b'module x {\n  source = "../prod"\n}', id="a label without quotes"),
        pytest.param(b'/* a */ module "x" {\n  source = "../prod"\n}', id="after a comment"),
        pytest.param(b'module "x" {\r\n  source  = "../prod" # here\r\n}\r\n', id="line ends of Windows"),
        pytest.param(b'\xef\xbb\xbfmodule "x" {\n  source = "../prod"\n}\n', id="a byte-order mark"),
        pytest.param(b'module "x" {\n  a = <<EOT\n}\nEOT\n  source = "../prod"\n}\n', id="after a heredoc"),
        pytest.param(b'module "x" {\n  a = "${f("}")}"\n  source = "../prod"\n}\n', id="after nested quotes"),
        pytest.param(b'module "x" {\n  a = { source = "./no" }\n  source = "../prod"\n}\n', id="after another source"),
        pytest.param(b'module "x" {\n  source = "..//prod/."\n}\n', id="a path that is not clean"),
        pytest.param('module \u00e9 {\n  source = "../prod"\n}\n'.encode(), id="a label beyond ASCII"),
        pytest.param(b'module "x" {\n  source = "..\\u002fprod"\n}\n', id="a path with an escape"),
        pytest.param(b'locals {\n  a =\nmodule "x" {\n  source = "../prod"\n}\n}\n', id="after an error"),
    ],
)
def test_a_directory_that_is_called_is_no_root(caller: bytes) -> None:
    assert found({"app/main.tf": caller, **PROD}) == ["app"]


def test_calls_in_json_syntax() -> None:
    assert found({"app/main.tf.json": b'{"module": {"x": {"source": "../prod"}}}', **PROD}) == ["app"]
    assert found({"app/main.tf.json": b'{"module": [{"x": [{"source": "../prod"}]}]}', **PROD}) == ["app"]
    assert found({"app/main.tf.json": b'{"m\\u006fdule": {"x": {"source": "../prod"}}}', **PROD}) == ["app"]


@pytest.mark.parametrize(
    "decoy",
    [
        pytest.param(b'# module "x" {\n#  source = "../prod"\n# }\n', id="a comment"),
        pytest.param(b'/*\nmodule "x" {\n  source = "../prod"\n}\n*/\n', id="a long comment"),
        pytest.param(b'a = <<EOT\nmodule "x" {\n  source = "../prod"\n}\nEOT\n', id="a heredoc"),
        pytest.param(b'locals {\nmodule "x" {\n  source = "../prod"\n}\n}\n', id="a block in another"),
        pytest.param(b'locals {\n# }\nmodule "x" {\n  source = "../prod"\n}\n}\n', id="with a comment to mislead"),
        pytest.param(b'locals {\na = "}"\nmodule "x" {\n  source = "../prod"\n}\n}\n', id="with a text to mislead"),
        pytest.param(b'locals {\na = "${"}"}"\nmodule "x" {\n  source = "../prod"\n}\n}\n', id="with nested quotes"),
        pytest.param(b'module "x" {\n  a = {\n  source = "../prod"\n  }\n}\n', id="a source that is an argument's"),
        pytest.param(
            b'module "x" {\n  source = "./a"\n  b = {\n}\nmodule "y" {\n  source = "../prod"\n}\n}\n',
            id="a call inside of a call",
        ),
        pytest.param(b'module "x" {\n  source = "${path.module}/../prod"\n}\n', id="a source that is worked out"),
        pytest.param(b'module "x" {\n  source = "git::https://example.org/../prod"\n}\n', id="a source from elsewhere"),
        pytest.param(b'module "x" {\n  source = "../../prod"\n}\n', id="a source outside of the tree"),
        pytest.param(call("./a") + call("../prod"), id="a second declaration, which is an error"),
        pytest.param(b'data "module" "x" {\n  source = "../prod"\n}\n', id="a block of another type"),
    ],
)
def test_what_is_no_call_hides_no_root(decoy: bytes) -> None:
    assert found({"app/main.tf": decoy, **PROD}) == ["app", "prod"]


def test_an_overridden_source_does_not_count() -> None:
    files = {"app/main.tf": call("../prod"), "app/override.tf": call("../other"), "other/main.tf": b"", **PROD}
    assert found(files) == ["app", "prod"]


def test_a_second_declaration_in_another_file_does_not_count() -> None:
    assert found({"app/a.tf": call("./z"), "app/b.tf": call("../prod"), **PROD}) == ["app", "prod"]


def test_of_two_files_of_one_name_the_one_that_opentofu_reads_counts() -> None:
    assert found({"app/main.tf": call("../prod"), "app/main.tofu": b"", **PROD}) == ["app", "prod"]


def test_calls_from_what_is_not_judged_do_not_count() -> None:
    tree = MemoryTree({"examples/a/main.tf": call("../../prod"), **PROD})
    assert list(roots(tree, ["prod"], calls=Calls(), modules={})) == ["prod"]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({"a/a.tf": call("../b"), "b/b.tf": call("../c"), "c/c.tf": b""}, ["a"], id="a chain"),
        pytest.param({"a/a.tf": call("../b"), "b/b.tf": call("../a")}, ["a"], id="a circle is entered once"),
        pytest.param(
            {"a/a.tf": call("../b"), "b/b.tf": call("../c"), "c/c.tf": call("../b")}, ["a"], id="a circle below a root"
        ),
        pytest.param(
            {"a/a.tf": call("../b"), "b/b.tf": call("../a") + call("../c", "y"), "c/c.tf": b"", "d/d.tf": b""},
            ["a", "d"],
            id="what a circle calls is reached",
        ),
        pytest.param({"a/a.tf": call("./")}, ["a"], id="a directory that calls itself"),
        pytest.param({"main.tf": call("./modules/x"), "modules/x/x.tf": b""}, [""], id="the root of the tree"),
        pytest.param({"a/a.tf": call("../"), "main.tf": b""}, ["a"], id="the root of the tree as a module"),
        pytest.param({"a/a.tf": call("../gone")}, ["a"], id="a module that is not there"),
        pytest.param({"a/a.tf": call("../gone"), "gone": b""}, ["a"], id="a module that is a file"),
    ],
)
def test_who_calls_whom(files: dict[str, bytes], expected: list[str]) -> None:
    assert found(files) == expected


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"prod/backend.tf": b'terraform {\n  backend "s3" {}\n}\n'}, id="a backend"),
        pytest.param({"prod/cloud.tf": b"terraform {\n  cloud {}\n}\n"}, id="a cloud block"),
        pytest.param({"prod/terraform.tfvars": b""}, id="variables that only a root reads"),
        pytest.param({"prod/x.auto.tfvars.json": b"{}"}, id="variables that are read unasked"),
    ],
)
def test_what_can_only_be_a_root_is_one_though_it_is_called(more: dict[str, bytes]) -> None:
    assert found({"decoy/main.tf": call("../prod"), **PROD, **more}) == ["decoy", "prod"]


def test_a_backend_of_something_else_makes_no_root() -> None:
    balancer = {"prod/lb.tf": b'resource "google_compute_backend_service" "x" {\n  backend {}\n}\n'}
    assert found({"app/main.tf": call("../prod"), **PROD, **balancer}) == ["app"]


def test_what_the_configuration_names_is_a_root() -> None:
    assert found({"app/main.tf": call("../prod"), **PROD}, named=("prod",)) == ["app", "prod"]


def test_sources_that_the_configuration_maps_to_directories() -> None:
    files = {"app/main.tf": call("terraform-aws-modules/eks/aws//modules/x"), "third/eks/modules/x/x.tf": b""}
    assert found(files, {"terraform-aws-modules/eks/aws": "third/eks"}) == ["app"]
    assert found(files, {"terraform-aws-modules/ek": "third/eks"}) == ["app", "third/eks/modules/x"]
    files["app/main.tf"] = call("terraform-aws-modules/eks/aws//modules/x?ref=1")
    assert found(files, {"terraform-aws-modules/eks/aws": "third/eks"}) == ["app"]


def test_the_longest_source_that_is_mapped_counts() -> None:
    files = {"app/main.tf": call("acme/m//x"), "one/x/x.tf": b"", "two/x.tf": b""}
    assert found(files, {"acme/m": "one", "acme/m//x": "two"}) == ["app", "one/x"]


@pytest.mark.parametrize(
    "source",
    [
        pytest.param('"../${"prod"}"', id="a template"),
        pytest.param('("../prod")', id="brackets"),
        pytest.param("local.prod", id="a name"),
        pytest.param('true ? "../prod" : "./x"', id="a condition"),
        pytest.param('"./x" == "" ? "./x" : "../prod"', id="a condition that begins like a path"),
    ],
)
def test_directories_with_sources_that_are_worked_out_are_known(source: str) -> None:
    calls = Calls()
    tree = MemoryTree({"app/main.tf": f'module "x" {{\n  source = {source}\n}}\n'.encode(), **PROD})
    assert list(roots(tree, ["app", "prod"], calls=calls, modules={})) == ["app", "prod"]
    assert calls.computed == {"app"}


def test_a_module_behind_a_link_is_the_one_that_it_leads_to() -> None:
    tree = MemoryTree({"app/main.tf": call("../link"), **PROD}, links={"link": "prod"})
    assert roots(tree, ["app", "prod"], calls=Calls(), modules={}) == {"app": ("prod",)}


def test_what_was_found_is_kept_by_content() -> None:
    calls = Calls()
    tree = MemoryTree({"app/main.tf": call("../prod"), **PROD})
    roots(tree, ["app", "prod"], calls=calls, modules={})
    assert calls.known[blob_id(call("../prod"))] == {"x": "../prod"}


def test_the_same_bytes_say_something_else_in_another_syntax() -> None:
    text = b'{"module": {"x": {"source": "../prod"}}}'
    assert found({"a/main.tf": text, "b/main.tf.json": text, **PROD}) == ["a", "b"]


PIECES = st.sampled_from(
    [
        'module "x" {', 'module "y" {', "module z {", '  source = "./a"', '  source = "./b"', "}", "  }", "locals {",
        "  a = {", "# }", '  b = "}"', '  c = "${f("}")}"', '  d = "${x}"', "  e = [", "  ]", "/*", "*/", "  f = <<EOT",
        "EOT", "", '  source = "${x}"', 'module "x" { source = "./c" }', "// {",
        '  g = "\\"{"', '  h = "$${"', "terraform {", '  source = "./a" == 1', "  i =", "j = (", ")",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=12))
def test_a_glance_says_what_the_parser_says_or_nothing(lines: list[str]) -> None:
    text = "\n".join(lines) + "\n"
    glance = calls_in(text.encode(), json=False)
    if glance is None:
        return
    file = parse(text, "main.tf")
    declared = [block for block in file.body.blocks if block.type == "module" and len(block.labels) == 1]
    expected = {}
    for block in declared:
        source = block.body.arguments.get("source")
        if source is not None:
            assert isinstance(source.value, Literal)
            expected[block.labels[0]] = source.value.value
    assert set(expected.items()) <= set(glance.items())
    if file.complete:
        assert set(glance.items()) <= set(expected.items())
