from __future__ import annotations

import pytest
from helm import deployment, judged, needs_helm, only

from guardrail.model.resource import Multiplicity, Resource
from guardrail.model.value import Reason, Unknown, lookup

pytestmark = needs_helm

GPU = deployment("4", "8")
PLAIN = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"


def many(one: Resource) -> tuple[int, object]:
    assert isinstance(one.multiplicity, Multiplicity)
    return one.multiplicity.min, one.multiplicity.max


HIDING = [
    pytest.param('if .Capabilities.APIVersions.Has "x.y/v1"', id="if an API is there"),
    pytest.param('if not (.Capabilities.APIVersions.Has "x.y/v1")', id="if an API is not there"),
    pytest.param("if .Release.IsUpgrade", id="on an upgrade only"),
    pytest.param("if not .Release.IsInstall", id="on no installation"),
    pytest.param('if semverCompare ">=1.60-0" .Capabilities.KubeVersion.Version', id="in newer clusters"),
    pytest.param('if semverCompare "<1.20-0" .Capabilities.KubeVersion.GitVersion', id="in older clusters"),
    pytest.param(
        'if and (semverCompare ">=1.27-0" .Capabilities.KubeVersion.Version) (semverCompare "<1.28-0" '
        ".Capabilities.KubeVersion.Version)",
        id="in clusters of one version",
    ),
    pytest.param('if eq .Release.Name "prod"', id="for a release of a name"),
    pytest.param('if eq .Release.Namespace "ml-prod"', id="in a namespace of a name"),
    pytest.param('if ne .Release.Namespace "guardrail-namespace"', id="in any namespace but one"),
    pytest.param('if lookup "v1" "Namespace" "" "prod"', id="if an object is there"),
    pytest.param('if (lookup "v1" "ConfigMap" "a" "b").data', id="if an object has data"),
    pytest.param('with lookup "v1" "Namespace" "" "prod"', id="with an object that is there"),
    pytest.param('if get .Release "IsUpgrade"', id="on an upgrade, said another way"),
    pytest.param("if ne (len .Release.Namespace) 19", id="by how long the name of the namespace is"),
    pytest.param('if has "x.y/v1" .Capabilities.APIVersions', id="if an API is in the list of them"),
]  # fmt: skip


@pytest.mark.parametrize("condition", HIDING)
def test_what_a_cluster_or_a_release_decides_may_be_there(condition: str) -> None:
    parsed = judged({"serve/templates/d.yaml": f"{{{{- {condition} }}}}\n{GPU}{{{{- end }}}}\n"})
    one = only(parsed)
    assert many(one) == (0, 1)
    assert one.multiplicity.why is not None
    assert one.multiplicity.why.reason is Reason.ENVIRONMENT


@pytest.mark.parametrize(
    "replicas",
    [
        '{{ if .Capabilities.APIVersions.Has "x.y/v1" }}1{{ else }}100{{ end }}',
        '{{ ternary 1 100 (.Capabilities.APIVersions.Has "x.y/v1") }}',
        "{{ ternary 1 100 .Release.IsInstall }}",
        "{{ .Release.Revision }}",
        '{{ if eq .Release.Name "prod" }}100{{ else }}1{{ end }}',
        '{{ if lookup "v1" "Namespace" "" "prod" }}100{{ else }}1{{ end }}',
        '{{ len (default list (lookup "v1" "Node" "" "").items) }}',
    ],
)
def test_a_value_that_is_another_elsewhere_is_not_known(replicas: str) -> None:
    one = only(judged({"serve/templates/d.yaml": deployment(replicas)}))
    found = lookup(one.attributes, ("spec", "replicas"))
    assert isinstance(found, Unknown)
    assert found.reason is Reason.ENVIRONMENT


@pytest.mark.parametrize(
    "replicas",
    ["{{ randInt 1 100000 }}", "{{ div (randInt 0 1000000) 999999 }}", '{{ now | date "05" | int }}', "{{ now.Year }}"],
)
def test_a_value_of_chance_or_of_the_clock_is_not_known(replicas: str) -> None:
    one = only(judged({"serve/templates/d.yaml": deployment(replicas)}))
    found = lookup(one.attributes, ("spec", "replicas"))
    assert isinstance(found, Unknown)
    assert found.reason is Reason.TEMPLATE


@pytest.mark.parametrize(
    "condition",
    [
        "eq (randInt 0 1000) 1",
        "gt (now | unixEpoch | int) 1900000000",
        'eq .Capabilities.KubeVersion.Minor "31"',
        'semverCompare ">=4" .Capabilities.HelmVersion.Version',
        "eq .Release.Name .Values.other",
        'tpl (print "{{ .Rel" "ease.IsUpgrade }}") .',
        "gt (int .Release.Revision) 1",
        'hasKey (dict "ml" 1) .Release.Namespace',
        'and "any" (eq .Release.Namespace .Values.other)',
        'contains "ml" (toJson .)',
        'contains "ml" (toYaml $.Release)',
        '.Capabilities.APIVersions.Has (printf "%s/v1" "x.y")',
        'eq (dig "data" "on" "no" (lookup "v1" "ConfigMap" "ml" "x")) "yes"',
    ],
)
def test_a_condition_whose_other_side_is_not_rendered_is_told(condition: str) -> None:
    text = f"{{{{- if {condition} }}}}\n{GPU}{{{{- end }}}}\n"
    told = judged({"serve/templates/d.yaml": text}).diagnostics
    assert [(one.level, one.code, str(one.place)) for one in told] == [
        ("error", "depends-on-cluster", "serve/templates/d.yaml:1")
    ]
    assert told[0].unread


@pytest.mark.parametrize(
    "decoy",
    [
        pytest.param('eq .Release.Name "a-{}"', id="names"),
        pytest.param('semverCompare "1.{}.x" .Capabilities.KubeVersion.Version', id="versions"),
    ],
)
def test_what_is_asked_behind_many_others_is_told(decoy: str) -> None:
    several = "".join(f"{{{{- if {decoy.format(20 + number)} }}}}{{{{ end }}}}\n" for number in range(9))
    parsed = judged({"serve/templates/d.yaml": f"{several}{GPU}"})
    assert {(one.code, one.unread) for one in parsed.diagnostics} == {("depends-on-cluster", True)}


def test_secrets_by_chance_are_told_and_block_nothing() -> None:
    text = (
        '{{- $old := lookup "v1" "Secret" .Release.Namespace "s" }}\n'
        "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata:\n  {{- if $old }}\n"
        '  a: {{ index $old.data "a" }}\n  {{- else }}\n  a: {{ randAlphaNum 10 | b64enc }}\n  {{- end }}\n'
    )
    parsed = judged({"serve/templates/s.yaml": text, "serve/templates/d.yaml": GPU})
    assert not any(one.unread for one in parsed.diagnostics)
    assert many(only(parsed)) == (1, 1)


def test_names_and_labels_of_a_usual_chart_are_known() -> None:
    helpers = (
        '{{- define "n" -}}\n{{- $name := default .Chart.Name .Values.nameOverride }}\n'
        '{{- if contains $name .Release.Name }}\n{{- .Release.Name | trunc 63 | trimSuffix "-" }}\n{{- else }}\n'
        '{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}\n{{- end }}\n{{- end }}\n'
        '{{- define "l" -}}\napp: {{ include "n" . }}\ninstance: {{ .Release.Name }}\n{{- end }}\n'
    )
    text = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ include "n" . }}\n'
    text += '  labels: {{- include "l" . | nindent 4 }}\n'
    parsed = judged({"serve/templates/_helpers.tpl": helpers, "serve/templates/p.yaml": text})
    assert parsed.diagnostics == ()
    assert only(parsed, "core/ConfigMap").labels == {"app": "serve", "instance": "serve"}


def test_a_namespace_is_that_of_whoever_installs_it() -> None:
    text = deployment().replace("name: serve\n", "name: serve\n  namespace: {{ .Release.Namespace }}\n", 1)
    text += '          env:\n            - {name: HOST, value: "x.{{ .Release.Namespace }}.svc"}\n'
    parsed = judged({"serve/templates/d.yaml": text})
    one = only(parsed)
    assert one.address == "serve//apps/Deployment/?/serve"
    assert "guardrail-namespace" not in str(one.attributes)


def test_a_chart_that_wants_another_kubernetes_is_rendered() -> None:
    chart = "apiVersion: v2\nname: serve\nversion: 1.0.0\nkubeVersion: '<1.10.0'\n"
    parsed = judged({"serve/Chart.yaml": chart, "serve/templates/d.yaml": GPU})
    assert parsed.diagnostics == ()
    assert only(parsed).name == "serve"


def test_a_name_by_chance_is_the_same_wherever_it_is_meant_and_each_time() -> None:
    text = (
        "{{- $id := randAlphaNum 8 | lower }}\napiVersion: v1\nkind: PersistentVolumeClaim\n"
        "metadata:\n  name: a-{{ $id }}\n  annotations: {x{{ $id }}: y}\n"
        "---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: p\nspec:\n  volumes:\n    - name: v\n"
        "      persistentVolumeClaim:\n        claimName: a-{{ $id }}\n  nodeName: b-{{ $id }}\n"
        "  containers: [{name: c}]\n"
    )
    parsed = judged({"serve/templates/p.yaml": text})
    pod, claim = only(parsed, "core/Pod"), only(parsed, "core/PersistentVolumeClaim")
    meant = lookup(pod.attributes, ("spec", "volumes", "0", "persistentVolumeClaim", "claimName"))
    assert meant == claim.name == "a-*"
    assert isinstance(lookup(pod.attributes, ("spec", "nodeName")), Unknown)
    again = judged({"serve/templates/p.yaml": text})
    assert [one.attributes for one in again.resources] == [one.attributes for one in parsed.resources]


def test_the_clock_in_a_script_is_seen() -> None:
    text = (
        '{{- $at := now | date "2006" }}\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n'
        "  containers:\n"
        "    - name: c\n      args:\n        - |\n          set -e\n          export LOG=logs-{{ $at }}\n"
        "          run\n        - other\n"
    )
    pod = only(judged({"serve/templates/p.yaml": text}), "core/Pod")
    args = lookup(pod.attributes, ("spec", "containers", "0", "args"))
    assert isinstance(args[0], Unknown)
    assert args[1] == "other"


@pytest.mark.parametrize("values", ["'{{ now | date \"2006\" }}'", '"{{ date \\"2006\\" now }}"'])
def test_the_clock_in_a_text_among_the_values_is_seen(values: str) -> None:
    files = {
        "serve/templates/d.yaml": deployment("{{ tpl .Values.many . }}"),
        "serve/values.yaml": f"many: {values}\n",
    }
    found = lookup(only(judged(files)).attributes, ("spec", "replicas"))
    assert isinstance(found, Unknown)
    assert found.reason is Reason.TEMPLATE
