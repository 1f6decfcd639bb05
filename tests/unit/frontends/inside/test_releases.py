"""Charts of the tree that Terraform installs: their objects, as many times as the release, and what is not known."""

from __future__ import annotations

import pytest
from helm import CHART, deployment, judged, needs_helm, steps

from guardrail.frontends.parsed import Parsed
from guardrail.model.resource import Group, Multiplicity, Resource
from guardrail.model.value import Reason, Unknown, lookup

pytestmark = needs_helm

TEMPLATE = deployment("{{ .Values.many }}", "{{ .Values.gpus }}", "{{ .Release.Name }}")
VALUES = "many: 1\ngpus: 1\n"


def release(body: str, template: str = TEMPLATE, values: str = VALUES, more: str = "", **files: str) -> Parsed:
    main = f'resource "helm_release" "r" {{\n  name  = "prod"\n  chart = "./charts/serve"\n{body}\n}}\n'
    main += f'variable "late" {{}}\n{more}'
    chart = {"Chart.yaml": CHART, "values.yaml": values, "templates/d.yaml": template}
    named = {f"infra/{name.replace('__', '.')}": text for name, text in files.items()}
    parsed = judged(
        {"infra/main.tf": main, **{f"infra/charts/serve/{name}": text for name, text in chart.items()}, **named}
    )
    resources = tuple(one for one in parsed.resources if one.unit == "infra")
    return Parsed(resources, parsed.diagnostics)


def inside(parsed: Parsed) -> Resource:
    [one] = [one for one in parsed.resources if one.type == "apps/Deployment"]
    return one


def holder(parsed: Parsed) -> Resource:
    [one] = [one for one in parsed.resources if one.type == "helm_release"]
    return one


def replicas(one: Resource) -> object:
    return lookup(one.attributes, ("spec", "replicas"))


DYNAMIC = """dynamic "set" {
    for_each = { many = 4 }
    content {
      name  = set.key
      value = set.value
    }
  }"""
SET = 'set {\n    name  = "many"\n    value = %s\n  }'

STATED = [
    pytest.param("", 1, id="the values of the chart"),
    pytest.param("values = [yamlencode({ many = 4 })]", 4, id="an object as YAML"),
    pytest.param("values = [jsonencode({ many = 4 })]", 4, id="an object as JSON"),
    pytest.param('values = ["many: 3", <<-Y\n    many: 4\n  Y\n  ]', 4, id="the last of several texts"),
    pytest.param('values = [file("v.yaml")]', 4, id="a file"),
    pytest.param('values = [templatefile("t.yaml", { many = 2 })]', 4, id="a template of a file"),
    pytest.param(SET % "4", 4, id="a single value"),
    pytest.param('set = [{ name = "many", value = "4" }]', 4, id="a single value as of the third version"),
    pytest.param(f'values = ["many: 3"]\n  {SET % "4"}', 4, id="a single value wins"),
    pytest.param(DYNAMIC, 4, id="values of a dynamic block"),
]


@pytest.mark.parametrize(("body", "many"), STATED)
def test_the_chart_is_rendered_with_the_values_of_the_release(body: str, many: int) -> None:
    found = release(f"  {body}", v__yaml="many: 4\n", t__yaml="many: ${many + 2}\n")
    one = inside(found)
    assert one.address == "infra//helm_release.r!apps/Deployment/?/prod"
    assert replicas(one) == many
    assert holder(found).groups == {}
    assert not [told for told in found.diagnostics if told.unread]


def test_there_are_as_many_of_each_object_as_of_the_release() -> None:
    found = release("  count = var.late", more="")
    assert inside(found).multiplicity == holder(found).multiplicity
    several = release('  for_each = toset(["a", "b"])\n  namespace = each.key').resources
    assert sorted(one.address for one in several if one.type == "apps/Deployment") == [
        'infra//helm_release.r["a"]!apps/Deployment/?/prod',
        'infra//helm_release.r["b"]!apps/Deployment/?/prod',
    ]


def test_a_value_leads_to_the_template_and_to_the_release() -> None:
    one = inside(release("  values = [yamlencode({ many = 4 })]"))
    assert steps(one, "/spec/replicas")[:2] == ["infra/charts/serve/templates/d.yaml:6", "infra/main.tf:4"]
    gpus = "/spec/template/spec/containers/0/resources/limits/nvidia.com~1gpu"
    assert "infra/charts/serve/values.yaml:2" in steps(one, gpus)


LATE = "values = [yamlencode({ many = var.late })]"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        pytest.param(LATE, "{{ .Values.many }}", id="in an object"),
        pytest.param(LATE, "{{ .Values.many | int }}", id="made a number"),
        pytest.param(LATE, "{{ mul 2 (.Values.many | int) }}", id="reckoned with"),
        pytest.param('values = ["many: ${var.late}"]', "{{ .Values.many }}", id="in a text"),
        pytest.param(SET % "var.late", "{{ .Values.many }}", id="as a single value"),
        pytest.param((SET % '"5"').replace("set", "set_sensitive"), "{{ .Values.many }}", id="a secret"),
    ],
)
def test_what_is_not_known_among_the_values_is_not_known_in_the_objects(body: str, shown: str) -> None:
    found = release(f"  {body}", TEMPLATE.replace("{{ .Values.many }}", shown))
    told = replicas(inside(found))
    assert isinstance(told, Unknown)
    assert told.reason is Reason.VARIABLE
    assert told.one_of is None
    assert _gpus(inside(found)) == [1]


def _gpus(one: Resource) -> list[object]:
    assert isinstance(one.groups, dict)
    group = one.groups["main"]
    assert isinstance(group, Group)
    assert isinstance(group.accelerators, tuple)
    return [each.count for each in group.accelerators]


@pytest.mark.parametrize(
    ("condition", "many"),
    [
        pytest.param("if .Values.on", Multiplicity(0, 1), id="if it is true"),
        pytest.param("if not .Values.on", Multiplicity(0, 1), id="if it is false"),
        pytest.param("with .Values.on", Multiplicity(0, 1), id="with it"),
    ],
)
def test_what_a_value_decides_that_is_not_known_may_be_there(condition: str, many: Multiplicity) -> None:
    template = f"{{{{- {condition} }}}}\n{deployment('1', '8')}{{{{- end }}}}\n"
    one = inside(release("  values = [yamlencode({ on = var.late })]", template))
    assert (one.multiplicity.min, one.multiplicity.max) == (many.min, many.max)
    assert one.multiplicity.why is not None
    assert one.multiplicity.why.reason is Reason.VARIABLE


@pytest.mark.parametrize(
    ("condition", "values"),
    [
        pytest.param('if eq .Values.on "prod"', "{ on = var.late }", id="if it is a word"),
        pytest.param("if gt (.Values.on | int) 8000", "{ on = var.late }", id="if it is a large number"),
        pytest.param("if and .Values.on (not .Values.off)", "{ on = var.late, off = var.late }", id="if of two one is"),
        pytest.param("range .Values.on", "{ on = var.late }", id="for each of it"),
        pytest.param("if .Values.on.gpu", "{ on = var.late }", id="if something in it is true"),
    ],
)
def test_where_conditions_are_not_told_the_pods_of_a_release_are_not_known(condition: str, values: str) -> None:
    template = f"{{{{- {condition} }}}}\n{deployment('1', '8')}{{{{- end }}}}\n"
    found = release(f"  values = [yamlencode({values})]", template)
    groups = holder(found).groups
    assert isinstance(groups, Unknown)
    assert groups.reason is Reason.VARIABLE
    assert "release-not-known" in {one.code for one in found.diagnostics}


@pytest.mark.parametrize(
    "body",
    [
        "values = [var.late]",
        "values = var.late",
        "set {\n    name  = var.late\n    value = 1\n  }",
        'repository = "https://charts.example.com"',
    ],
)
def test_a_release_whose_values_or_chart_are_elsewhere_is_not_rendered(body: str) -> None:
    found = release(f"  {body}")
    assert isinstance(holder(found).groups, Unknown)
    assert not [one for one in found.resources if one.type == "apps/Deployment"]


def test_a_secret_is_never_shown() -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: {{ .Values.token | quote }}}\n"
    body = '  set_sensitive {\n    name  = "token"\n    value = "aSecretOfMine"\n  }'
    found = release(body, text)
    assert "aSecretOfMine" not in str([one.attributes for one in found.resources])


def test_a_chart_that_fails_hides_what_it_runs() -> None:
    found = release("", '{{ fail "no" }}')
    assert isinstance(holder(found).groups, Unknown)
    assert [(one.code, str(one.place)) for one in found.diagnostics if one.unread][:1] == [
        ("helm-failed", "infra/charts/serve/templates/d.yaml:1")
    ]


def test_the_namespace_is_that_of_the_release() -> None:
    named = "  name: {{ .Release.Name }}\n"
    template = TEMPLATE.replace(named, "  name: a\n  namespace: {{ .Release.Namespace }}\n", 1)
    one = inside(release('  namespace = "ml"', template))
    assert one.address == "infra//helm_release.r!apps/Deployment/ml/a"
