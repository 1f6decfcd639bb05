"""Whatever the file looks like: nothing else changes in it, and the value is the one that was asked for."""

from __future__ import annotations

import json
import string
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from edited import root_of
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.frontends.terraform.edits.conftest import Formatted

from guardrail.frontends.terraform.edits import Edit, Refusal, Root, add, applied, assign, remove
from guardrail.frontends.terraform.syntax import nodes, parse, parse_json
from guardrail.model.value import ABSENT, lookup
from guardrail.sources.replaced import Replaced

A = ".//aws_instance.a"

names = st.text(string.ascii_letters + "_", min_size=1, max_size=12).filter(
    lambda name: (
        name not in {"count", "for_each", "provider", "depends_on", "lifecycle", "connection", "provisioner"}
        and name not in {"for", "null", "true", "false", "timeouts", "dynamic", "tags", "tags_all", "labels"}
    )
)
characters = st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs", "Cc"))
texts = st.text(characters, max_size=12).map(lambda text: unicodedata.normalize("NFC", text))
numbers = st.integers(-(10**30), 10**30) | st.decimals(-1000, 1000, places=3)
scalars = (
    st.none()
    | st.booleans()
    | numbers
    | texts
    | st.sampled_from(["${", "%{", "$${x}", "%%{", "\\", '"', "$", "//", "#"])
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts | names, inner, max_size=3), max_leaves=6
)
comments = st.sampled_from(["", "", " # c", " // c", " /* c */", "  # ${"])
blanks = st.sampled_from([" ", "  ", "\t", ""])


def evaluated(value: Any) -> Any:
    """Return a plain value as evaluation gives it."""
    if isinstance(value, Mapping):
        return {name: evaluated(each) for name, each in value.items()}
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else value
    return tuple(map(evaluated, value)) if isinstance(value, list) else value


@st.composite
def written(draw: st.DrawFn, value: Any) -> str:
    """Write a value in one of many ways; JSON is HCL but for its escapes."""
    if isinstance(value, Mapping):
        entries = [
            f"{json.dumps(name)}{draw(blanks)}={draw(blanks)}{draw(written(each))}" for name, each in value.items()
        ]
        if draw(st.booleans()):
            comma = draw(st.sampled_from(["", ","]))
            return "{\n" + "".join(f"    {entry}{comma}{draw(comments)}\n" for entry in entries) + "  }"
        return "{" + ",".join(entries) + draw(st.sampled_from(["", ","]) if entries else st.just("")) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(draw(written(each)) for each in value) + "]"
    return json.dumps(value)


@st.composite
def roots(draw: st.DrawFn) -> tuple[Root, dict[str, Any]]:
    """Make a root of a resource, whose arguments are returned, and of another one that shares some of the values."""
    plain = st.recursive(
        st.booleans() | st.integers(0, 99) | names,
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner, max_size=3),
        max_leaves=5,
    )
    attributes = draw(st.dictionaries(names, plain, max_size=4))
    references: dict[str, str] = {}
    lines: list[str] = []
    extra: list[str] = []
    for name, value in attributes.items():
        text = draw(written(value))
        how = draw(st.sampled_from(["plain", "local", "variable"]))
        if how == "local":
            extra.append(f"locals {{\n  of_{name} = {text}\n}}\n")
            text = references[f"also_{name}"] = f"local.of_{name}"
        elif how == "variable":
            extra.append(f'variable "of_{name}" {{\n  default = {text}{draw(comments)}\n}}\n')
            text = references[f"also_{name}"] = f"var.of_{name}"
        lines.append(f"  {name}{draw(blanks)}={draw(blanks)}{text}{draw(comments)}\n")
        lines += draw(st.sampled_from([[], ["\n"], ["  # between\n"], ["  nested {\n    size = 1\n  }\n"]]))
    if draw(st.booleans()):
        lines.append("  tags = { a = 1 }\n")
        attributes["tags"] = {"a": 1}
    header = 'resource "aws_instance" "a" {' + draw(comments) + "\n"
    other = "".join(f"  {name} = {value}\n" for name, value in references.items())
    text = "".join([*extra, header, *lines, "}\n", 'resource "aws_vpc" "b" {\n  keeps = [1]\n', other, "}\n"])
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    return root_of({"main.tf": draw(st.sampled_from(["", "\ufeff"])) + text}), attributes


def paths(value: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return all paths into a value."""
    inner = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    return [*([path] if path else []), *(each for name, below in inner for each in paths(below, (*path, str(name))))]


def after(root: Root, edit: Edit) -> Mapping[str, Any]:
    """Return the attributes of the resource once an edit is made, which changes no byte but its own."""
    before = root.tree.read("main.tf").data
    now = applied(before, [edit])
    assert now == before[: edit.start] + edit.new + before[edit.end :]
    assert not parse(now.decode(), "main.tf").errors
    resource, other = root.reread(Replaced(root.tree, {"main.tf": now})).resources
    shared = {
        name: resource.attributes.get(name[len("also_") :], ABSENT) for name in other.attributes if name != "keeps"
    }
    old = root.parsed().resources[1].attributes
    for name, value in shared.items():  # what refers to the same place, and nothing else
        assert other.attributes[name] == (old[name] if value is ABSENT else value)
    assert other.attributes["keeps"] == (1,)
    also = {each.path.split("/")[2] for each in edit.also}
    assert also == {name for name, value in other.attributes.items() if repr(value) != repr(old[name])}
    return resource.attributes


def changed(value: Any, path: tuple[str, ...], new: Any) -> Any:
    """Return a plain value with another one, or none, at a path."""
    if not path:
        return new
    if isinstance(value, list):
        made = [changed(each, path[1:], new) if str(at) == path[0] else each for at, each in enumerate(value)]
        return [each for each in made if each is not ABSENT]
    members = {**value, path[0]: changed(value.get(path[0], {}), path[1:], new)}
    return {name: each for name, each in members.items() if each is not ABSENT}


def same(attributes: Mapping[str, Any], expected: Mapping[str, Any]) -> bool:
    """Whether attributes are as expected, nested blocks apart."""
    found = {name: each for name, each in attributes.items() if name != "nested" or name in expected}
    return repr(sorted(found.items())) == repr(sorted(evaluated(expected).items())) or found == evaluated(expected)


@settings(max_examples=100)
@given(roots(), values, st.data())
def test_assigned(made: tuple[Root, dict[str, Any]], value: Any, data: st.DataObject) -> None:
    root, attributes = made
    choices = paths(attributes)
    if not choices or "nested" in attributes:
        return
    path = data.draw(st.sampled_from(choices))
    edit = assign(root, A, "/" + "/".join(path), value)
    if isinstance(edit, Refusal):
        assert edit.code in {"present", "value"}, edit
        return
    assert same(after(root, edit), changed(attributes, path, value))


@settings(max_examples=100)
@given(roots(), names | texts, values, st.data())
def test_added(made: tuple[Root, dict[str, Any]], name: str, value: Any, data: st.DataObject) -> None:
    root, attributes = made
    if "nested" in {*attributes, name} or name.isdigit():
        return
    maps = [path for path in paths(attributes) if isinstance(lookup(attributes, path), Mapping)]
    path = (*data.draw(st.sampled_from([(), ("tags",), *maps])), name)
    edit = add(root, A, "/" + "/".join(each.replace("~", "~0").replace("/", "~1") for each in path), value)
    if isinstance(edit, Refusal):
        assert edit.code in {"present", "value"}, edit
        return
    assert same(after(root, edit), changed(attributes, path, value))


@settings(max_examples=100)
@given(roots(), st.data())
def test_removed(made: tuple[Root, dict[str, Any]], data: st.DataObject) -> None:
    root, attributes = made
    choices = paths(attributes)
    if not choices or "nested" in attributes:
        return
    path = data.draw(st.sampled_from(choices))
    edit = remove(root, A, "/" + "/".join(path))
    if isinstance(edit, Refusal):
        assert edit.code == "without-effect", edit  # the next element of a list is the same
        return
    assert same(after(root, edit), changed(attributes, path, ABSENT))


@settings(max_examples=40)
@given(roots(), names, values, st.data())
def test_what_was_formatted_stays_so(
    formatted: Formatted, made: tuple[Root, dict[str, Any]], name: str, value: Any, data: st.DataObject
) -> None:
    root, attributes = made
    text = formatted(root.tree.read("main.tf").data.decode())
    root = root_of({"main.tf": text})
    operations = [add(root, A, f"/{name}", value), add(root, A, f"/tags/{name}", value)]
    for path in paths(attributes)[:2]:
        operations += [assign(root, A, "/" + "/".join(path), value), remove(root, A, "/" + "/".join(path))]
    edit = data.draw(st.sampled_from(operations))
    if isinstance(edit, Edit):
        now = applied(text.encode(), [edit]).decode()
        assert formatted(now) == now


@given(values)
def test_json_says_the_same(value: Any) -> None:
    root = root_of({"main.tf.json": '{"resource": {"aws_instance": {"a": {"x": 1, "y": {}}}}}'})
    for edit in (assign(root, A, "/x", value), add(root, A, "/y/z", value), add(root, A, "/z", value)):
        if isinstance(edit, Refusal):
            assert edit.code in {"present", "value"}, edit
            continue
        now = applied(root.tree.read("main.tf.json").data, [edit])
        assert json.loads(now)
        assert not parse_json(now.decode(), "main.tf.json").errors


@given(st.text(max_size=40), values)
def test_any_path_is_answered(path: str, value: Any) -> None:
    root = root_of({"main.tf": 'resource "aws_instance" "a" {\n  x = { a = [1] }\n  y {}\n}\n'})
    pointer = f"/{path}"
    for found in (assign(root, A, pointer, value), add(root, A, pointer, value), remove(root, A, pointer)):
        assert isinstance(found, (Edit, Refusal))


def test_the_strategies_write_what_they_mean() -> None:
    file = parse('x = {\n    "a" = 1, # c\n  }', "x.tf")
    assert isinstance(file.body.arguments["x"].value, nodes.Object)
