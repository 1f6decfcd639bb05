"""What the author of a chart may try: to hide something, to read what is not theirs, to take all time and memory."""

from __future__ import annotations

import io
import tarfile
import time
from tempfile import gettempdir

import pytest
from helm import CHART, deployment, judged, needs_helm, only

from guardrail.model.resource import Group
from guardrail.model.value import Reason, Unknown, lookup

pytestmark = needs_helm

GPU = deployment("4", "8")
GOOD = {"serve/templates/good.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good}\n"}


def told(files: dict[str, str]) -> list[tuple[str, str]]:
    return [(one.code, str(one.place)) for one in judged(files).diagnostics if one.unread]


WRONG = [
    pytest.param('{{ fail "no" }}', "templates/d.yaml:1", id="a template that fails"),
    pytest.param("a: {{ .Values.a.b.c }}", "templates/d.yaml:1", id="a value below nothing"),
    pytest.param('\na: {{ required "say x" .Values.x }}', "templates/d.yaml:2", id="a value that must be given"),
    pytest.param("a: {{ if }}", "templates/d.yaml:1", id="an action that is none"),
    pytest.param('a: {{ include "nobody" . }}', "templates/d.yaml:1", id="a template that is not there"),
    pytest.param("a: b\n  c: d", "templates/d.yaml", id="no YAML"),
    pytest.param(
        '{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}', "templates/d.yaml:1", id="a circle"
    ),
    pytest.param('{{ env "HOME" }}', "templates/d.yaml:1", id="the environment"),
    pytest.param('{{ readFile "/etc/passwd" }}', "templates/d.yaml:1", id="a function of another tool"),
]


@pytest.mark.parametrize(("template", "place"), WRONG)
def test_a_template_that_cannot_be_rendered_is_told_and_the_others_are_judged(template: str, place: str) -> None:
    parsed = judged({**GOOD, "serve/templates/d.yaml": template})
    assert [one.name for one in parsed.resources] == ["good"]
    assert [(one.code, str(one.place)) for one in parsed.diagnostics if one.unread] == [
        ("helm-failed", f"serve/{place}")
    ]
    assert gettempdir() not in parsed.diagnostics[0].message


BROKEN = [
    pytest.param({"Chart.yaml": "name: ["}, "Chart.yaml", id="a Chart.yaml that is no YAML"),
    pytest.param({"Chart.yaml": "version: 1.0.0\n"}, "Chart.yaml", id="a Chart.yaml without a name"),
    pytest.param({"Chart.yaml": ""}, "Chart.yaml", id="an empty Chart.yaml"),
    pytest.param({"values.yaml": "a: ["}, "values.yaml", id="values that are no YAML"),
    pytest.param({"values-prod.yaml": "a: ["}, "values-prod.yaml", id="values for a place that are no YAML"),
    pytest.param({"values-prod.yaml": "- a\n"}, "values-prod.yaml", id="values that are a list"),
    pytest.param({"charts/x/templates/d.yaml": "a: b"}, "Chart.yaml", id="a folder of a chart without Chart.yaml"),
    pytest.param({"Chart.yaml": CHART.replace("serve", "../../x")}, "Chart.yaml", id="a chart with a path for a name"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "place"), BROKEN)
def test_a_chart_that_cannot_be_rendered_is_told(files: dict[str, str], place: str) -> None:
    assert told({**GOOD, **{f"serve/{name}": text for name, text in files.items()}}) == [
        ("helm-failed", f"serve/{place}")
    ]


DOUBLING = '{{ $a := "xxxxxxxxxx" }}{{ range until 30 }}{{ $a = cat $a $a $a }}{{ end }}a: {{ $a }}'

ENDLESS = [
    pytest.param("{{ range until 2000000000 }}x{{ end }}", id="a range without end"),
    pytest.param("{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}", id="ranges in ranges"),
    pytest.param('a: {{ repeat 2000000000 "x" }}', id="a text of gigabytes"),
    pytest.param('a: {{ repeat 60000000 "x" }}', id="more than is taken"),
    pytest.param(DOUBLING, id="a text that doubles"),
]


@pytest.mark.parametrize("template", ENDLESS)
def test_a_template_without_end_is_stopped(template: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guardrail.frontends.rendering.helm.command.SECONDS", 2)
    start = time.monotonic()
    found = told({**GOOD, "serve/templates/d.yaml": template})
    assert [code for code, _ in found] == ["helm-failed"]
    assert time.monotonic() - start < 20  # the clock is at two seconds, and runs once


@pytest.mark.parametrize(
    "read", ['.Files.Get "../../etc/passwd"', '.Files.Get "/etc/passwd"', '(.Files.Glob "/etc/*").AsConfig']
)
def test_files_outside_are_not_read(read: str) -> None:
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n  labels: {{x: {{{{ {read} | quote }}}}}}\n"
    one = only(judged({"serve/templates/c.yaml": text}), "core/ConfigMap")
    assert lookup(one.attributes, ("metadata", "labels", "x")) in ("", "{}")


X = CHART.replace("serve", "x")
HOOK = 'metadata:\n  annotations: {{"helm.sh/hook": "{}"}}\n'
BRACES = GPU.replace("8", '{{ "8" }}')
LINES = "".join(f"  {line}\n" for line in GPU.splitlines())
ON_CHART = "dependencies: [{name: x, version: 1.0.0, %s}]\n"

SEEN = [
    pytest.param({"templates/deep/er/d.yaml": GPU}, id="a template below templates"),
    pytest.param({"templates/tests/d.yaml": GPU}, id="in a folder that is called tests"),
    pytest.param({"templates/examples/d.yaml": GPU}, id="in a folder that is called examples"),
    pytest.param({"templates/d.txt": GPU}, id="in a file that is not called YAML"),
    pytest.param({"crds/d.yaml": GPU}, id="among the definitions"),
    pytest.param({"templates/d.yaml": GPU.replace("metadata:\n", HOOK.format("pre-install"))}, id="a hook"),
    pytest.param(
        {"templates/d.yaml": GPU.replace("metadata:\n", HOOK.format("test,post-install"))},
        id="a hook that is a test, too",
    ),
    pytest.param(
        {"templates/d.yaml": '{{ tpl (.Files.Get "files/x.yaml") . }}', "files/x.yaml": BRACES},
        id="in a file that a template renders",
    ),
    pytest.param(
        {"templates/d.yaml": "{{ .Values.all }}", "values.yaml": f"all: |\n{LINES}"}, id="in a text among the values"
    ),
    pytest.param(
        {"templates/d.yaml": GPU.replace("8", "{{ .Values.b.c }}"), "values.yaml": "a: &x {c: 8}\nb: *x\n"},
        id="behind an alias of YAML",
    ),
    pytest.param({"charts/x/Chart.yaml": X, "charts/x/templates/d.yaml": GPU}, id="in a chart inside"),
    pytest.param(
        {
            "charts/x/Chart.yaml": X,
            "charts/x/charts/y/Chart.yaml": CHART.replace("serve", "y"),
            "charts/x/charts/y/templates/d.yaml": GPU,
        },
        id="in a chart inside of a chart inside",
    ),
    pytest.param(
        {
            "Chart.yaml": CHART + ON_CHART % "alias: y, condition: y.on",
            "values.yaml": "y: {on: true}\n",
            "charts/x/Chart.yaml": X,
            "charts/x/templates/d.yaml": GPU,
        },
        id="in a chart of another name, on a condition",
    ),
    pytest.param(
        {
            "Chart.yaml": CHART.replace("v2", "v1"),
            "requirements.yaml": ON_CHART % "repository: 'file://../x'",
            "../x/Chart.yaml": X,
            "../x/templates/d.yaml": GPU,
        },
        id="in a chart beside, in the first format",
    ),
    pytest.param(
        {
            "Chart.yaml": CHART + ON_CHART % "repository: 'file://../x'",
            "../x/Chart.yaml": f"{X}type: library\n",
            "../x/templates/_d.yaml": '{{ define "d" }}' + GPU + "{{ end }}",
            "templates/d.yaml": '{{ include "d" . }}',
        },
        id="in a library",
    ),
]


@pytest.mark.parametrize("files", SEEN)
def test_what_is_deployed_is_judged_wherever_it_stands(files: dict[str, str]) -> None:
    paths = {(f"serve/{name}" if not name.startswith("../") else name[3:]): text for name, text in files.items()}
    several = [one for one in judged(paths).resources if one.type == "apps/Deployment" and one.unit == "serve"]
    assert several
    for one in several:
        assert isinstance(one.groups, dict)
        group = one.groups["main"]
        assert isinstance(group, Group)
        assert isinstance(group.accelerators, tuple)
        assert [one.count for one in group.accelerators] == [8]


def test_a_test_is_not_deployed() -> None:
    text = GPU.replace("metadata:\n", "metadata:\n  annotations: {helm.sh/hook: test}\n")
    assert judged({"serve/templates/d.yaml": text}).resources == ()


def archive(files: dict[str, str]) -> str:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as made:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            made.addfile(member, io.BytesIO(text.encode()))
    return data.getvalue().decode("utf-8", "surrogateescape")


def test_a_chart_in_an_archive_is_judged() -> None:
    packed = archive({"x/Chart.yaml": X, "x/templates/d.yaml": GPU, "x/../../../evil": "a"})
    parsed = judged({**GOOD, "serve/charts/x-1.0.0.tgz": packed})
    assert str(only(parsed).native.place("")) == "serve/charts/x-1.0.0.tgz"


def test_of_a_chart_that_is_there_twice_the_other_one_is_told() -> None:
    packed = archive({"x/Chart.yaml": X, "x/templates/d.yaml": GPU})
    beside = {"serve/charts/x/Chart.yaml": X, "serve/charts/x/templates/d.yaml": deployment("1")}
    parsed = judged({**beside, "serve/charts/x-1.0.0.tgz": packed})
    assert str(only(parsed).native.place("")) == "serve/charts/x/templates/d.yaml:1"
    assert [(one.code, str(one.place)) for one in parsed.diagnostics if one.unread] == [
        ("not-rendered", "serve/charts/x-1.0.0.tgz")
    ]


def test_of_templates_of_one_name_helm_takes_any() -> None:
    files = {
        "serve/templates/_a.tpl": '{{ define "many" }}1{{ end }}',
        "serve/templates/_b.tpl": '{{ define "many" }}100{{ end }}',
        "serve/templates/d.yaml": deployment('{{ include "many" . }}'),
    }
    found = lookup(only(judged(files)).attributes, ("spec", "replicas"))
    assert isinstance(found, Unknown)
    assert (found.reason, found.one_of) == (Reason.TEMPLATE, (1, 100))


LEFT = [
    pytest.param(
        {".helmignore": "templates/d.yaml\n", "templates/d.yaml": GPU}, "templates/d.yaml", id="what Helm ignores"
    ),
    *(
        pytest.param({"Chart.yaml": CHART + ON_CHART % f"repository: '{where}'"}, "Chart.yaml", id=where)
        for where in ("https://charts.example.com", "file://../../x", "oci://example.com/x", "@name", "")
    ),
]


@pytest.mark.parametrize(("files", "place"), LEFT)
def test_what_is_left_out_is_told_and_the_rest_is_judged(files: dict[str, str], place: str) -> None:
    parsed = judged({**GOOD, **{f"serve/{name}": text for name, text in files.items()}})
    assert [one.name for one in parsed.resources] == ["good"]
    assert [(one.code, str(one.place)) for one in parsed.diagnostics if one.unread] == [
        ("not-rendered", f"serve/{place}")
    ]


def test_a_placeholder_among_the_values_is_not_known() -> None:
    files = {"serve/templates/d.yaml": deployment("{{ .Values.many }}"), "serve/values.yaml": 'many: "<YOUR NUMBER>"\n'}
    found = lookup(only(judged(files)).attributes, ("spec", "replicas"))
    assert isinstance(found, Unknown)
    assert found.reason is Reason.TEMPLATE


def test_names_that_look_like_options_or_several_files_are_names() -> None:
    files = {
        "--post-renderer=x/Chart.yaml": CHART,
        "--post-renderer=x/templates/d.yaml": deployment("{{ .Values.many }}"),
        '--post-renderer=x/values-a,b=c".yaml': "many: 3\n",
    }
    one = only(judged(files))
    assert lookup(one.attributes, ("spec", "replicas")) == 3


def test_a_chart_at_the_root_is_one() -> None:
    parsed = judged({"Chart.yaml": CHART, "templates/d.yaml": GPU, "other/pod.yaml": "apiVersion: v1\nkind: Pod\n"})
    assert {one.unit for one in parsed.resources} == {".", "other"}


def test_objects_that_claim_another_source_are_those_of_their_template() -> None:
    text = "# Source: serve/templates/good.yaml\n" + GPU
    parsed = judged({**GOOD, "serve/templates/d.yaml": text})
    assert only(parsed).native.place("").file == "serve/templates/d.yaml"


def test_a_chart_that_takes_all_memory_is_told_in_words_that_stay() -> None:
    text = '{{ $x := "aaaaaaaaaaaaaaaa" }}{{ range until 40 }}{{ $x = cat $x $x }}{{ end }}\n'
    [one] = judged({"serve/templates/d.yaml": text}).diagnostics
    assert one.message.removeprefix("Helm cannot render it: ").removeprefix("it is stopped: ") in (
        "it takes more memory than it may",
        "it takes more time or memory than it may",
    )
