"""What a template names, and which of its lines may have a mark; no Helm is needed to tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.frontends.rendering.helm.actions import actions
from guardrail.frontends.rendering.helm.marks import Marks


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        pytest.param("{{ .Values.a.b }}", [("a", "b")], id="a value"),
        pytest.param("{{ $.Values.a | default .Values.b }}", [("a",), ("b",)], id="two values"),
        pytest.param(
            "{{ with .Values.a }}{{ .b }}{{ $.Values.c }}{{ end }}{{ .Values.d }}",
            [("a", "b"), ("c",), ("d",)],
            id="with",
        ),
        pytest.param(
            "{{ range .Values.a }}{{ .b }}{{ else }}{{ .Values.c }}{{ end }}", [("a", "*", "b"), ("c",)], id="range"
        ),
        pytest.param("{{ range $k, $v := .Values.a }}{{ $v.b }}{{ $k }}{{ end }}", [("a", "*", "b")], id="by key"),
        pytest.param("{{ $x := .Values.a }}{{ $x.b }}{{ $y.Values.c }}", [("a", "b"), ("c",)], id="variables"),
        pytest.param('{{ index .Values "a" "b" }}{{ get .Values.c "d" }}', [("a", "b"), ("c", "d")], id="index"),
        pytest.param('{{ "{{ .Values.a }}" }}{{ `.Values.b` }}{{/* .Values.c */}}', [], id="texts and comments"),
        pytest.param('{{ define "x" }}{{ .Values.a }}{{ .b }}{{ end }}', [("a",)], id="a template of its own"),
    ],
)
def test_actions_name_values(text: str, paths: list[tuple[str, ...]]) -> None:
    assert [path[1:] for one in actions(text) if one.prints for path in one.paths] == paths


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("a: 1\nb:\n  c: {{ .Values.c }}\n", [1, 2, 3], id="keys"),
        pytest.param("- a\n- b: c\n", [1, 2], id="items"),
        pytest.param("---\n# a comment\n{{- if .a }}\na: 1\n{{- end }}\n", [4], id="what prints nothing"),
        pytest.param("a: one\n  two\nb: 1\n", [3], id="a value that goes on"),
        pytest.param("a: {{ .x -}}\nb: 1\n", [2], id="an action that takes what follows"),
        pytest.param("a: {{ .x\n  | quote }}\nb: 1\n", [1, 3], id="an action of two lines"),
        pytest.param("{{ toYaml .x }}\n", [1], id="what prints several lines"),
        pytest.param('{{ define "x" }}\n{{ .y }}\na: 1\n{{ end }}\n', [3], id="a name in a template of its own"),
        pytest.param("kind: CustomResourceDefinition\na: 1\n", [], id="a definition"),
    ],
)
def test_lines_that_may_have_a_comment_have_a_mark(text: str, lines: list[int]) -> None:
    marks = Marks()
    marked = marks.mark("f", text)
    assert [one.number for one in marks.lines] == lines
    told, found = marks.told(marked)
    assert told == text
    assert [one.number for one in found if one] == lines


@given(st.text("{}- #\n\r\"`'/*.:$abValues ifendrange|()\ue000"))
def test_marks_can_be_taken_away(text: str) -> None:
    marks = Marks()
    assert marks.told(marks.mark("f", text))[0] == text or "\ue000" in text
