"""JSON syntax: the same blocks as in native syntax, strings as templates, and where everything stands."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.frontends.terraform.syntax import File, nodes, parse_json, parse_json_values


def plain(node: Any) -> Any:
    """What was read, as JSON would say it; an expression is told by its class."""
    if isinstance(node, nodes.Literal):
        return node.value
    if isinstance(node, nodes.Tuple):
        return [plain(item) for item in node.items]
    if isinstance(node, nodes.Object):
        return {plain(item.key): plain(item.value) for item in node.items}
    return f"<{type(node).__name__}>"


def blocks(body: nodes.Body) -> list[Any]:
    return [
        (block.type, *block.labels, {name: plain(each.value) for name, each in block.body.arguments.items()},
         *([blocks(block.body)] if block.body.blocks else []))
        for block in body.blocks
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("{}", [], id="nothing"),
        pytest.param("[]", [], id="no objects"),
        pytest.param('{"resource": {"a": {"b": {"c": 1}}}}', [("resource", "a", "b", {"c": 1})],
                     id="labels are objects"),
        pytest.param(
            '{"resource": [{"a": {"b": [{"c": 1}, {"c": 2}]}}, {"a": [{"d": {}}]}]}',
            [("resource", "a", "b", {"c": 1}), ("resource", "a", "b", {"c": 2}), ("resource", "a", "d", {})],
            id="arrays repeat, on every level",
        ),
        pytest.param('[{"locals": {"a": 1}}, {"locals": {"b": 2}}]', [("locals", {"a": 1}), ("locals", {"b": 2})],
                     id="a file may be an array"),
        pytest.param('{"locals": {"a": 1}, "locals": {"b": 2}}', [("locals", {"a": 1}), ("locals", {"b": 2})],
                     id="a repeated property is a repeated block"),
        pytest.param('{"resource": {"a": {"b": {"c": {"d": 1}, "c": [{"d": 2}]}}}}',
                     [("resource", "a", "b", {"c": [{"d": 1}, {"d": 2}]})],
                     id="also one that only a provider knows"),
        pytest.param('{"resource": {"a": {"b": {"c": {"d": {}, "d": {"e": {}, "e": {}}}}}}}',
                     [("resource", "a", "b", {"c": {"d": [{}, {"e": [{}, {}]}]}})], id="and blocks within it"),
        pytest.param('{"resource": {"a": {"b": {"c": {"d": 1, "d": {}}}}}}',
                     [("resource", "a", "b", {"c": "<Malformed>"})],
                     id="what cannot be a block has no value where a key is repeated"),
        pytest.param('{"locals": {"a": [{"b": {}, "b": {}}, 1], "c": {"//": 1, "d": {"e": 1}}}}',
                     [("locals", {"a": ["<Malformed>", 1], "c": {"//": 1, "d": {"e": 1}}})],
                     id="nor has a value of the language's own"),
        pytest.param('{"//": 1, "locals": {"//": "c", "a": "//"}}', [("locals", {"a": "//"})], id="comments"),
        pytest.param('{"moved": null, "output": {"a": null, "b": []}}', [], id="null is no block, nor is nothing"),
        pytest.param('{"output": {"a": [[{"value": 1}, {"sensitive": true}]]}}',
                     [("output", "a", {"value": 1, "sensitive": True})], id="a body may be an array of parts"),
        pytest.param('{"output": {"//": {"value": 1}}}', [("output", "//", {"value": 1})],
                     id="where a name is wanted there are no comments"),
        pytest.param('{"variable": {"${a": {"type": "list(any)", "default": ["$${b}", {"${c}": "\\u0024{d}"}]}}}',
                     [("variable", "${a", {"type": "list(any)", "default": ["$${b}", {"${c}": "${d}"}]})],
                     id="names and defaults are as written"),
        pytest.param('{"module": {"a": {"source": "${b}", "c": "${d}"}}, "terraform": {"required_version": "${e}"}}',
                     [("module", "a", {"source": "${b}", "c": "<Wrapped>"}),
                      ("terraform", {"required_version": "${e}"})],
                     id="so are sources and settings"),
        pytest.param('{"module": {"a": {"source": "./a", "count": "${var.n}", "b": "x${1}"}}}',
                     [("module", "a", {"source": "./a", "count": "<Wrapped>", "b": "<Template>"})],
                     id="strings are templates"),
        pytest.param(
            '{"resource": {"a": {"b": {"dynamic": {"e": {"for_each": [1], "content": {"f": 2}}}, "g": {"h": 3}}}}}',
            [("resource", "a", "b", {"g": {"h": 3}}, [("dynamic", "e", {"for_each": [1]}, [("content", {"f": 2})])])],
            id="the language's own blocks are blocks, others stay objects",
        ),
        pytest.param('{"terraform": {"backend": {"s3": {"a": 1}}}}', [("terraform", {}, [("backend", "s3", {"a": 1})])],
                     id="settings"),
        pytest.param('{"locals": {"a": [1.5, -2, 1e2, true, null, "\\u00e9\\ud83d\\ude00\\n"]}}',
                     [("locals", {"a": [pytest.approx(1.5), -2, 100, True, None, "é😀\n"]})], id="values"),
    ],
)  # fmt: skip
def test_blocks(text: str, expected: list[Any]) -> None:
    file = parse_json(text, "a.tf.json")
    assert (blocks(file.body), file.errors, file.complete) == (expected, (), True)


@pytest.mark.parametrize(
    ("text", "start", "message"),
    [
        pytest.param("", 0, "expected a value, found the end of the file", id="nothing"),
        pytest.param("{} {}", 3, 'expected the end of the file, found "{"', id="two documents"),
        pytest.param('{"a" 1}', 5, 'expected ":", found "1"', id="no colon"),
        pytest.param('{"a": 1 "b": 2}', 8, 'expected "," or "}", found', id="no comma"),
        pytest.param('{"a": 1,}', 8, "expected a further member after the comma", id="a comma at the end"),
        pytest.param("{a: 1}", 1, "expected a property name in double quotes", id="a name without quotes"),
        pytest.param('{"a": yes}', 6, 'expected a value, found "yes"', id="a word"),
        pytest.param('{"a": 01}', 7, 'expected "," or "}", found "1"', id="a leading zero"),
        pytest.param('{"a": "b\n"}', 6, "the string has no end on its line", id="a newline in a string"),
        pytest.param('{"a": "\\x"}', 7, "unknown escape", id="an unknown escape"),
        pytest.param(
            '{"resource": "a"}', 13, 'expected an object or an array of objects for "resource"', id="no block"
        ),
        pytest.param('{"resource": {"a": {"b": 1}}}', 25, "expected an object or an array of objects", id="no body"),
        pytest.param('\ufeff{"locals": {}}', 0, "JSON has no byte order mark", id="a byte order mark"),
        pytest.param('{"locals": [null]}', 12, 'expected an object for "locals"', id="null within an array"),
        pytest.param('{"locals": [[{}]]}', 12, 'expected an object for "locals"', id="an array within an array"),
        pytest.param('{"output": {}}', 11, 'this "output" has no name', id="no name"),
        pytest.param('{"resource": {"a": []}}', 19, 'this "resource" has no name', id="no second name"),
        pytest.param(
            '{"resource": {"a": null}}', 19, "expected an object or an array of objects", id="null for a name"
        ),
        pytest.param('{"output": {"//": "a"}}', 18, "expected an object or an array of objects", id="no comment"),
        pytest.param('{"locals": {"a": {}, "a": {}}}', 21, '"a" has a value already', id="a value twice"),
        pytest.param(
            '{"resource": {"a": {"b": {"c": 1, "c": {}}}}}', 34, '"c" has a value already', id="no block twice"
        ),
        pytest.param(
            '{"resource": {"a": {"b": {"count": {}, "count": {}}}}}',
            39,
            '"count" has a value already',
            id="nor what is never a block",
        ),
        pytest.param("1", 0, "expected an object or an array of objects for the file", id="no object"),
        pytest.param("[" * 101, 100, "nested deeper than 100 levels", id="brackets"),
    ],
)
def test_problems(text: str, start: int, message: str) -> None:
    file = parse_json(text, "a.tf.json")
    assert not file.complete
    assert file.errors[0].start == start
    assert file.errors[0].message.startswith(message)


def test_a_bad_template_is_an_error_only_where_it_is_evaluated() -> None:
    file = parse_json('{"output": {"a": {"description": "costs ${"}}}', "a.tf.json")
    description = file.body.blocks[0].body.arguments["description"].value
    assert isinstance(description, nodes.Malformed)
    assert (description.text, file.complete) == ("costs ${", True)


def test_values_are_literal() -> None:
    file = parse_json_values('{"a": "${b}", "resource": {"c": ["\\u0024{d}"]}}', "terraform.tfvars.json")
    assert {name: plain(each.value) for name, each in file.body.arguments.items()} == {
        "a": "${b}",
        "resource": {"c": ["${d}"]},
    }


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"locals": {"a": "x${ f(b.c) }y"}}', id="without escapes offsets are the file's own"),
        pytest.param(
            '{"locals": {"a": "\\u00e9\\n\\ud83d\\ude00${ f(b.c) }\\ty"}}', id="with escapes they are led back"
        ),
    ],
)
def test_places_inside_strings(text: str) -> None:
    value = parse_json(text, "a").body.blocks[0].body.arguments["a"].value
    assert text[value.start : value.end] == text[text.index("a", 10) + 4 : -2]
    assert isinstance(value, nodes.Template)
    call = next(part for part in value.parts if isinstance(part, nodes.Call))
    assert text[call.start : call.end] == "f(b.c)"
    assert text[call.arguments[0].start : call.arguments[0].end] == "b.c"


def test_places_of_blocks() -> None:
    file = parse_json('{\n "resource": {\n  "a": {\n   "b": {\n    "c": 1}}}}', "a.tf.json")
    block = file.body.blocks[0]
    argument = block.body.arguments["c"]
    assert str(file.place(block.start)) == "a.tf.json:4:4"
    assert str(file.place(argument.start)) == "a.tf.json:5:5"
    assert str(file.place(argument.value.start)) == "a.tf.json:5:10"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**50), 10**50) | st.text(st.characters(exclude_characters="${%")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_characters="${%/")), inner),
    max_leaves=10,
)


@given(_JSON, st.booleans(), st.sampled_from([None, 1]))
def test_what_the_standard_module_writes_is_read(value: Any, ascii_only: bool, indent: int | None) -> None:
    text = json.dumps({"locals": {"a": value}}, ensure_ascii=ascii_only, indent=indent)
    file = _complete(parse_json(text, "a.tf.json"))
    assert json.dumps(plain(file.body.blocks[0].body.arguments["a"].value)) == json.dumps(_normal(value))


def _complete(file: File) -> File:
    assert file.errors == ()
    return file


def _normal(value: Any) -> Any:
    """Strings and keys are normalised; of keys that become the same the last one counts."""
    from unicodedata import normalize

    if isinstance(value, str):
        return normalize("NFC", value)
    if isinstance(value, list):
        return [_normal(each) for each in value]
    if isinstance(value, dict):
        return {normalize("NFC", key): _normal(each) for key, each in value.items()}
    return value


@given(
    st.text()
    | st.lists(st.sampled_from('{}[],:"\\0 e-.') | st.sampled_from(['"a"', "${", "resource", "\\u00"])).map("".join)
)
def test_bad_input_never_raises(text: str) -> None:
    for file in (parse_json(text, "a"), parse_json_values(text, "a")):
        assert file.complete == (not file.errors)
