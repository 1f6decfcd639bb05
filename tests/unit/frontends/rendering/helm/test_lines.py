from __future__ import annotations

import pytest
from helm import deployment, judged, needs_helm, only, steps

pytestmark = needs_helm

HEAD = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: serve}\nspec:\n"
CASES = [
    pytest.param(
        HEAD + "  replicas: 4\n", "a: 1\n", "/spec/replicas", ["templates/d.yaml:5"], id="what a template says itself"
    ),
    pytest.param(
        HEAD + "  replicas: {{ .Values.a.b }}\n",
        "a:\n  b: 4\n",
        "/spec/replicas",
        ["templates/d.yaml:5", "values.yaml:2"],
        id="a value",
    ),
    pytest.param(
        HEAD + "  replicas: {{ .Values.b | default 4 | int }}\n",
        "a: 1\n",
        "/spec/replicas",
        ["templates/d.yaml:5"],
        id="a default that holds",
    ),
    pytest.param(
        HEAD + "  replicas: {{ .Values.b | default 4 | int }}\n",
        "b: 5\n",
        "/spec/replicas",
        ["templates/d.yaml:5", "values.yaml:1"],
        id="a default that does not hold",
    ),
    pytest.param(
        HEAD + "  {{- with .Values.a }}\n  replicas: {{ .b }}\n  {{- end }}\n",
        "a:\n  b: 4\n",
        "/spec/replicas",
        ["templates/d.yaml:6", "values.yaml:2"],
        id="below with",
    ),
    pytest.param(
        HEAD + "  template:\n    metadata:\n      labels:\n        {{- toYaml .Values.labels | nindent 8 }}\n",
        "labels:\n  x: y\n  team: ml\n",
        "/spec/template/metadata/labels/team",
        ["templates/d.yaml:8", "values.yaml:3"],
        id="a map as a whole",
    ),
    pytest.param(
        HEAD + "  template:\n    metadata:\n      labels: {{ toYaml .Values.labels | nindent 8 }}\n",
        "labels:\n  x: y\n  team: ml\n",
        "/spec/template/metadata/labels/team",
        ["templates/d.yaml:7", "values.yaml:3"],
        id="a map behind its key",
    ),
    pytest.param(
        HEAD
        + "  template:\n    metadata:\n      labels:\n"
        + "        {{- range $k, $v := .Values.labels }}\n        {{ $k }}: {{ $v | quote }}\n        {{- end }}\n",
        "labels:\n  x: y\n  team: ml\n",
        "/spec/template/metadata/labels/team",
        ["templates/d.yaml:9", "values.yaml:3"],
        id="a map key by key",
    ),
    pytest.param(
        '{{- define "n" }}\nreplicas: {{ .Values.a }}\n{{- end }}\n' + HEAD + '  {{- include "n" . | nindent 2 }}\n',
        "a: 4\n",
        "/spec/replicas",
        ["templates/d.yaml:2", "values.yaml:1"],
        id="a template that is included",
    ),
    pytest.param(
        HEAD + "  replicas: {{ mul .Values.a 2 }}\n",
        "a: 4\n",
        "/spec/replicas",
        ["templates/d.yaml:5", "values.yaml:1"],
        id="a value that is reckoned with",
    ),
    pytest.param(
        HEAD + "  {{- if .Values.x }}\n  replicas: 1\n  {{- else }}\n  replicas: {{ .Values.a }}\n  {{- end }}\n",
        "x: false\na: 4\n",
        "/spec/replicas",
        ["templates/d.yaml:8", "values.yaml:2"],
        id="the other side of a condition",
    ),
    pytest.param(
        HEAD + '  replicas: {{ index .Values "a-b" "c" }}\n',
        "a-b: {c: 4}\n",
        "/spec/replicas",
        ["templates/d.yaml:5", "values.yaml:1"],
        id="a value by index",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("template", "values", "pointer", "lines"), CASES)
def test_a_value_has_the_line_of_its_template_and_of_what_sets_it(
    template: str, values: str, pointer: str, lines: list[str]
) -> None:
    one = only(judged({"serve/templates/d.yaml": template, "serve/values.yaml": values}))
    assert steps(one, pointer) == [f"serve/{line}" for line in lines]


def test_the_last_file_of_values_that_sets_a_value_is_the_one() -> None:
    files = {
        "serve/templates/d.yaml": deployment("{{ .Values.many }}", "{{ .Values.g }}"),
        "serve/values.yaml": "many: 1\ng: 1\n",
        "serve/values-prod.yaml": "# more\nmany: 4\n",
    }
    one = only(judged(files))
    assert one.address == "serve@values-prod//apps/Deployment/?/serve"
    assert steps(one, "/spec/replicas") == ["serve/templates/d.yaml:6", "serve/values-prod.yaml:2"]
    gpus = "/spec/template/spec/containers/0/resources/limits/nvidia.com~1gpu"
    assert steps(one, gpus) == ["serve/templates/d.yaml:13", "serve/values.yaml:2"]


def test_values_of_a_chart_inside_are_those_that_the_outer_one_gives_it() -> None:
    files = {
        "serve/charts/inner/Chart.yaml": "apiVersion: v2\nname: inner\nversion: 1.0.0\n",
        "serve/charts/inner/values.yaml": "many: 1\ng: 1\n",
        "serve/charts/inner/templates/d.yaml": deployment("{{ .Values.many }}", "{{ .Values.g }}"),
        "serve/values.yaml": "inner:\n  many: 6\n",
    }
    one = only(judged(files))
    template = "serve/charts/inner/templates/d.yaml"
    assert steps(one, "/spec/replicas") == [f"{template}:6", "serve/values.yaml:2"]
    gpus = "/spec/template/spec/containers/0/resources/limits/nvidia.com~1gpu"
    assert steps(one, gpus) == [f"{template}:13", "serve/charts/inner/values.yaml:2"]


def test_each_element_of_a_list_has_its_own_line() -> None:
    template = (
        "{{- range $m := .Values.models }}\n---\n" + deployment("{{ $m.many }}", "1", "{{ $m.name }}") + "{{- end }}\n"
    )
    files = {
        "serve/templates/d.yaml": template,
        "serve/values.yaml": "models:\n  - name: a\n    many: 2\n  - name: b\n    many: 3\n",
    }
    lines = {one.name: steps(one, "/spec/replicas") for one in judged(files).resources}
    assert lines == {
        "a": ["serve/templates/d.yaml:8", "serve/values.yaml:3"],
        "b": ["serve/templates/d.yaml:8", "serve/values.yaml:5"],
    }


def test_which_of_two_equal_elements_it_is_is_not_told() -> None:
    template = (
        "{{- range $m := .Values.models }}\n---\n" + deployment("{{ $m.many }}", "1", "{{ $m.name }}") + "{{- end }}\n"
    )
    files = {
        "serve/templates/d.yaml": template,
        "serve/values.yaml": "models:\n  - name: a\n    many: 2\n  - name: b\n    many: 2\n",
    }
    assert {tuple(steps(one, "/spec/replicas")) for one in judged(files).resources} == {("serve/templates/d.yaml:8",)}


def test_marks_change_nothing_of_checksums_scripts_and_long_texts() -> None:
    template = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n  annotations:\n"
        '    sum: {{ include (print $.Template.BasePath "/other.yaml") . | sha256sum }}\n'
        "data:\n  run.sh: |\n    echo {{ .Values.a }}\n    if true; then\n      key: value\n    fi\n"
        "  folded: >-\n    a: b\n    more\n  plain: one\n    two\n"
    )
    files = {
        "serve/templates/c.yaml": template,
        "serve/templates/other.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: o}\ndata: {x: y}\n",
        "serve/values.yaml": "a: 1\n",
    }
    parsed = judged(files)
    assert parsed.diagnostics == ()
    assert {one.name for one in parsed.resources} == {"c", "o"}
