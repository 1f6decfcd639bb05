"""Documents: what is read of YAML and JSON text, what is said of the rest, and where values are written."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.frontends import documents
from guardrail.frontends.documents import VALUES as MOST
from guardrail.frontends.documents import Documents
from guardrail.model.value import OpenMap, Reason, Unknown


def _read(text: str, file: str = "a.yaml") -> Documents:
    return documents.read(text.encode("utf-8", "surrogatepass"), file, content="id")


def _said(read: Documents) -> list[tuple[str, int]]:
    return [(one.code, one.place.line if one.place else 0) for one in read.diagnostics]


@pytest.mark.parametrize(
    ("text", "values", "said"),
    [
        pytest.param("", [], [], id="an empty file holds nothing and is fine"),
        pytest.param("# a\n---\n---\na: 1\n---\n# b\n", [{"a": 1}], [], id="documents of comments only do not count"),
        pytest.param(
            "a: 1\n---\nb: [\n---\nc: 3\n",
            [{"a": 1}, {"c": 3}],
            [("yaml-syntax", 4)],
            id="a break spares both neighbours",
        ),
        pytest.param("a: 1\n---\nb:\n\t- 2\n", [{"a": 1}], [("yaml-syntax", 4)], id="a tab says its line"),
        pytest.param("a: |\n  ---\n  b\n", [{"a": "---\nb\n"}], [], id="dashes inside a block string are text"),
        pytest.param("a: 'x\n---\nb: 1\n", [{"b": 1}], [("yaml-syntax", 2)], id="dashes end a document even in quotes"),
        pytest.param(
            "--- {a: 1}\n--- # x\nb: 2\n",
            [{"a": 1}, {"b": 2}],
            [],
            id="content and comments on a marker line",
        ),
        pytest.param(
            "%YAML 1.1\n---\na: 1\n---\nb: 2\n",
            [{"a": 1}, {"b": 2}],
            [],
            id="a directive belongs to what follows",
        ),
        pytest.param("a: 1\r\n---\r\nb: 2\r\n", [{"a": 1}, {"b": 2}], [], id="lines may end as on Windows"),
        pytest.param("\ufeffa: 1\n", [{"a": 1}], [], id="a byte-order mark is skipped"),
        pytest.param(
            "a: 1\nb: 2\na: 3\n",
            [{"a": 3, "b": 2}],
            [("duplicate-key", 3)],
            id="of a key that stands twice the last counts",
        ),
        pytest.param(
            "yes: 1\ntrue: 2\n",
            [{"true": 2}],
            [("duplicate-key", 2)],
            id="two spellings of one key are one key",
        ),
        pytest.param("1: a\n1.5: b\n~: c\n", [{"1": "a", "1.5": "b", "null": "c"}], [], id="keys become strings"),
        pytest.param("[a]: 1\n", [], [("yaml-key", 1)], id="a list is no key"),
        pytest.param("x: *a\n", [], [("yaml-syntax", 1)], id="an alias needs its anchor"),
        pytest.param("x: &a [*a]\n", [], [("yaml-syntax", 1)], id="an anchor does not hold itself"),
        pytest.param(
            "a: &x {b: 1}\nc: {<<: *x, d: 2}\n",
            [{"a": {"b": 1}, "c": {"b": 1, "d": 2}}],
            [],
            id="a merge key merges",
        ),
        pytest.param(
            "a: &x {b: 1}\ne: &y {b: 2, f: 3}\nc: {<<: [*x, *y], d: 4}\n",
            [{"a": {"b": 1}, "e": {"b": 2, "f": 3}, "c": {"b": 1, "f": 3, "d": 4}}],
            [],
            id="of several merged mappings the first wins",
        ),
        pytest.param(
            "a: &x {b: 1}\nc:\n  <<: *x\n  b: 2\n",
            [{"a": {"b": 1}, "c": {"b": 2}}],
            [],
            id="what stands after a merge wins",
        ),
        pytest.param(
            "a: &x {b: 9}\nc:\n  b: 2\n  <<: *x\n",
            [{"a": {"b": 9}, "c": {"b": 9}}],
            [("duplicate-key", 4)],
            id="a merge replaces what stands before it, as in Kubernetes' reader, and that is said",
        ),
        pytest.param("<<: 3\n", [], [("yaml-merge", 1)], id="a number cannot be merged"),
        pytest.param("!!merge <<: {b: 1}\n", [{"b": 1}], [], id="a merge key may say that it is one"),
        pytest.param("!!merge a: {b: 1}\n", [], [("yaml-merge", 1)], id="no other key may, since readers differ"),
        pytest.param("a: !!merge <<\n", [{"a": "<<"}], [], id="what is no key does not merge"),
        pytest.param("!!binary YQ==: !!binary |\n  T0\n  s=\n", [{"a": "OK"}], [], id="base64 is text like any other"),
        pytest.param(
            "a: !!binary '*'\nb: !!binary gA==\n",
            [
                {
                    name: Unknown(Reason.ERROR, note="not text in base64", written=text)
                    for name, text in (("a", "*"), ("b", "gA=="))
                }
            ],
            [],
            id="what is none, or no text, is not known",
        ),
        pytest.param("a: !!str 5\nb: !!int '5'\n", [{"a": "5", "b": 5}], [], id="standard tags are obeyed"),
        pytest.param("a: \x01\n", [], [("yaml-syntax", 1)], id="control characters break YAML"),
        pytest.param(
            '{"a": 1}{"b": 2}\n{"c": 3}',
            [{"a": 1}, {"b": 2}, {"c": 3}],
            [],
            id="JSON values may follow each other",
        ),
        pytest.param(
            '{"a": 1, "a": 2}',
            [{"a": 2}],
            [("duplicate-key", 1)],
            id="of a JSON key that stands twice the last counts",
        ),
        pytest.param('{"a": "\\ud800"}', [{"a": "\ufffd"}], [], id="half a surrogate pair is replaced, as Go does"),
        pytest.param("{a: yes}", [{"a": True}], [], id="braces are YAML where they are not JSON"),
        pytest.param('{"a": [}', [], [("yaml-syntax", 1)], id="what is neither says so"),
    ],
)
def test_read(text: str, values: list[Any], said: list[tuple[str, int]]) -> None:
    read = _read(text)
    assert [document.value for document in read.documents] == values
    assert [document.number for document in read.documents] == list(range(1, len(values) + 1))
    assert _said(read) == said
    for one in read.diagnostics:
        assert (one.level, one.unread) == (("warning", False) if one.code == "duplicate-key" else ("error", True))
        assert one.content == "id"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[" * 100_000, id="flow lists"),
        pytest.param("{a: " * 100_000, id="flow mappings"),
        pytest.param("- " * 100_000, id="block lists"),
        pytest.param("? " * 20_000, id="keys of keys"),
        pytest.param('{"a":' * 100_000, id="JSON objects"),
        pytest.param("".join(f"{' ' * level}a:\n" for level in range(2000)), id="block mappings"),
    ],
)
def test_deep_nesting_is_refused(text: str) -> None:
    assert [one.code for one in _read(text).diagnostics] == ["limit-depth"]


def test_a_document_that_explodes_is_refused_and_its_neighbour_read() -> None:
    layers = "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 10))
    read = _read(f"a0: &a0 [lol]\n{layers}---\nb: 1\n")
    assert [document.value for document in read.documents] == [{"b": 1}]
    assert [one.code for one in read.diagnostics] == ["yaml-bomb"]


@pytest.mark.parametrize(
    ("text", "code", "most"),
    [
        pytest.param("[\n---\n" * 20_000, "limit-problems", 102, id="broken documents"),
        pytest.param("a: 1\n" * 20_000, "duplicate-key", 50, id="keys that stand twice"),
        pytest.param(
            "{" + ", ".join(f'"k{i}": 1, "k{i}": 2' for i in range(2000)) + "}", "duplicate-key", 50, id="in JSON"
        ),
        pytest.param("a: '" + "{{" * 200_000 + "'\n", "", 0, id="templates that never end"),
        pytest.param("a: '" + "${A" * 200_000 + "'\n", "", 0, id="variables that never end"),
    ],
)
def test_what_is_said_of_one_file_is_bounded(text: str, code: str, most: int) -> None:
    told = [one.code for one in _read(text).diagnostics]
    assert len(told) == most
    assert told[-1:] == ([code] if code else [])


def test_text_that_no_encoding_holds_is_refused_with_its_line() -> None:
    read = documents.read(b"a: 1\nb: \xff\n", "a.yaml")
    assert _said(read) == [("encoding", 2)]
    assert documents.read("a: é\n".encode("utf-16"), "a.yaml").documents[0].value == {"a": "é"}


def test_json_with_a_broken_end_keeps_what_came_before() -> None:
    read = _read('{"a": 1}\n{"b": ', "a.json")
    assert [document.value for document in read.documents] == [{"a": 1}]
    assert _said(read) == [("json-syntax", 2)]


def test_tags_of_another_tool_are_foreign_and_their_values_unknown() -> None:
    (document,) = _read("a: !Ref X\nb: !Sub\n  c: 1\n").documents
    assert document.foreign
    assert document.value["a"].reason is Reason.TEMPLATE
    assert document.value["b"] == {"c": 1}


@pytest.mark.parametrize(
    ("text", "prefix"),
    [
        pytest.param("{{ .Values.n }}", None, id="a bare Go template"),
        pytest.param("'{{ .Values.n }}'", None, id="a quoted Go template"),
        pytest.param("repo/{{ .Values.n }}:1", "repo/", id="a template after a prefix"),
        pytest.param("$REPLICAS", None, id="a shell variable"),
        pytest.param("a-${REPLICAS}", "a-", id="a shell variable in braces"),
        pytest.param("<YOUR ROLE>", None, id="an invitation"),
        pytest.param("<<CLUSTER>>", None, id="double angle brackets"),
        pytest.param("ACCELERATOR_COUNT_PLACEHOLDER", None, id="a word that says so"),
    ],
)
def test_a_gap_is_unknown(text: str, prefix: str | None) -> None:
    (document,) = _read(f"a: 1\nb: {text}\n").documents
    value = document.value["b"]
    assert isinstance(value, Unknown)
    assert (value.reason, value.prefix) == (Reason.TEMPLATE, prefix)
    assert document.place("a.yaml", "/b").line == 2


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[sh, -c, echo $HOME]", id="a shell command in a list"),
        pytest.param("$(POD_IP)", id="Kubernetes' own expansion"),
        pytest.param("^[a-z]+$", id="a pattern"),
        pytest.param("|\n  echo $HOME {{ x }}\n", id="a script of several lines"),
        pytest.param("a < b", id="a comparison"),
    ],
)
def test_what_is_no_gap_stays_as_it_is(text: str) -> None:
    (document,) = _read(f"a: {text}\n").documents
    assert not isinstance(document.value["a"], Unknown)


def test_a_key_with_a_gap_opens_the_map() -> None:
    (document,) = _read("a:\n  ${KEY}: 1\n  b: 2\n").documents
    assert isinstance(document.value["a"], OpenMap)
    assert document.value["a"]["b"] == 2


def test_control_lines_of_a_template_leave_the_document_unread() -> None:
    read = _read("{{- if .x }}\na: 1\n{{- end }}\n---\nb: 1\n")
    assert [document.value for document in read.documents] == [{"b": 1}]
    assert [one.code for one in read.diagnostics] == ["template"]


PLACES = "a: &x\n  b: 1\nc:\n  - d: é\n    e: {f: 2}\n  - <<: *x\n---\ng:\n  h: |\n    text\n"


@pytest.mark.parametrize(
    ("number", "pointer", "place"),
    [
        pytest.param(1, "/a/b", (2, 3, 2, 7), id="a value with its key"),
        pytest.param(1, "/c/0/d", (4, 5, 4, 9), id="columns are code points"),
        pytest.param(1, "/c/0/e/f", (5, 9, 5, 13), id="inside a flow mapping"),
        pytest.param(1, "/c/0", (4, 5, 5, 14), id="a list element from its first key to its last value"),
        pytest.param(1, "/c/1/b", (2, 3, 2, 7), id="a merged value is where it is written"),
        pytest.param(1, "/c/0/nothing", (4, 5, 4, 6), id="what is absent is at its nearest ancestor"),
        pytest.param(1, "", (1, 1, 6, 11), id="the whole document"),
        pytest.param(2, "/g/h", (9, 3, 10, 9), id="lines count from the start of the file"),
    ],
)
def test_place(number: int, pointer: str, place: tuple[int, int, int, int]) -> None:
    found = _read(PLACES).documents[number - 1].place("f", pointer)
    assert (found.line, found.column, found.end_line, found.end_column) == place


def test_place_in_json() -> None:
    first, second = _read('{"a": {"b": [1, 22]}}\n{"c": "}"}', "a.json").documents
    assert first.place("f", "/a/b/1").column == 17
    assert (second.place("f", "/c").line, second.place("f", "/c").end_column) == (2, 10)


def test_shortening_is_asked_for_each_document() -> None:
    read = documents.read(b"a: 1\n---\nb:\n  c: 1\n", "a.yaml", shorten=lambda text: "b:\n" if "b:" in text else None)
    assert [document.value for document in read.documents] == [{"a": 1}, {"b": None}]


SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text("aä😀\\\"' \t/", max_size=8)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab~/", max_size=3), inner, max_size=3)
)


@given(st.dictionaries(st.text("ab~/", max_size=3), VALUES, min_size=1, max_size=3))
def test_what_is_written_as_json_is_read_back(value: dict[str, Any]) -> None:
    for file in ("a.json", "a.yaml"):
        read = _read(json.dumps(value, ensure_ascii=False, indent=1), file)
        assert [document.value for document in read.documents] == [_frozen(value)]
        assert not read.diagnostics


@given(st.binary() | st.text("{}[]:-&*!|>'\" \n\t#%a0<$").map(str.encode), st.sampled_from(["a.yaml", "a.json"]))
def test_bad_input_never_raises(data: bytes, file: str) -> None:
    for document in documents.read(data, file).documents:
        assert document.place(file, "/a/0").line >= 1


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-1000, max_value=1000))
def test_numbers_with_a_point_are_exact(number: Decimal) -> None:
    assert _read(f"a: {number}").documents[0].value == {"a": number}


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_frozen(element) for element in value)
    return {key: _frozen(member) for key, member in value.items()} if isinstance(value, dict) else value


NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n"
SAID = f"a file of more than {MOST:,} values; split it"


@pytest.mark.parametrize(
    ("text", "kept", "line"),
    [
        pytest.param("---\nx: [" + "1," * MOST + "]\n", 1, 5, id="numbers in a list"),
        pytest.param("---\nx: [" + "{}," * MOST + "]\n", 1, 5, id="mappings in a list"),
        pytest.param("---\nx:\n" + "- a\n" * MOST, 1, MOST * 9 // 10, id="lines"),
        pytest.param("---\nx: [" + "&a 1," * (MOST // 4) + "]\n", 1, 5, id="anchors"),
        pytest.param("---\nx: [" + '"${A}",' * (MOST // 4) + "]\n", 1, 5, id="gaps"),
        pytest.param("---\n" * MOST, 1, None, id="markers"),
        pytest.param("---\na: 1\n" * (MOST // 10), None, None, id="documents"),
        pytest.param("---\na: [\n" * 99 + "---\na: [" + "1," * MOST, 1, 203, id="documents that break count too"),
        pytest.param("---\nx: '" + "\U0001f600" * (17 * MOST) + "'\n", 1, 4, id="text of four bytes a letter"),
        pytest.param("---\na: &a {b: 1, c: 1, d: 1}\ne: [" + "{<<: *a}," * (MOST // 4), 1, 6, id="merged keys"),
    ],
)
def test_a_file_has_a_number_of_values(text: str, kept: Optional[int], line: Optional[int]) -> None:
    read = _read(NAMESPACE + text)
    (said,) = [one for one in read.diagnostics if one.code.startswith("limit")]
    assert (said.code, said.message, said.unread) == ("limit-values", SAID, True)
    assert said.place is not None
    if kept is not None:
        assert len(read.documents) == kept
    if line is not None:
        assert said.place.line >= line
    assert read.values == MOST


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"a": [' + ",".join(["1"] * (MOST + 1)) + "]}", id="numbers"),
        pytest.param('{"a": [' + ",".join(["[]"] * (MOST + 1)) + "]}", id="lists"),
        pytest.param('{"a": [' + ",".join(['"{{a}}"'] * (MOST // 4)) + "]}", id="gaps"),
        pytest.param('{"a": 1}\n' * (MOST // 10), id="values after each other"),
    ],
)
def test_so_has_one_in_json(text: str) -> None:
    read = _read(text, "a.json")
    assert [(one.code, one.message) for one in read.diagnostics] == [("limit-values", SAID)]


def test_signs_in_strings_are_no_values() -> None:
    (document,) = _read(json.dumps({"a": "," * (MOST + 1)}), "a.json").documents
    assert document.value == {"a": "," * (MOST + 1)}


def test_what_other_files_took_is_not_there() -> None:
    read = documents.read(NAMESPACE.encode(), "a.yaml", most=20)
    assert [(one.code, one.hint[:5]) for one in read.diagnostics] == [("limit-run", "Judge")]
    assert documents.read(NAMESPACE.encode(), "a.yaml", most=40).diagnostics == ()


@pytest.mark.parametrize("most", range(15, 60))
def test_what_is_not_read_any_more_is_never_passed_over_in_silence(most: int) -> None:
    read = documents.read(b"a: 1\nb: &x c\n---\nkind: Pod\n", "a.yaml", most=most)
    assert len(read.documents) == 2 or [one.code for one in read.diagnostics] == ["limit-run"]


def test_many_objects_with_doubled_keys_are_not_searched_for_each() -> None:
    text = "[" + ",".join(['{"\\u0061": 1, "a": 2}'] * 50_000) + "]"
    assert len(_read(text, "a.json").diagnostics) == 50
