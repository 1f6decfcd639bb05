"""Which charts are rendered, with which values; no Helm is needed to tell."""

from __future__ import annotations

from pathlib import Path

import pytest
from helm import CHART

from guardrail.config.settings import Settings, Stack, UnitSettings
from guardrail.frontends.rendering.helm.charts import charts
from guardrail.frontends.rendering.package import Packages
from guardrail.frontends.rendering.tool import Tools
from guardrail.sources.listed import MemoryTree

X = {"charts/x/Chart.yaml": CHART, "charts/x/values.yaml": "a: 1\n", "charts/x/templates/d.yaml": "a: b\n"}
POD = "apiVersion: v1\nkind: Pod\n"


@pytest.fixture
def tools(tmp_path: Path) -> Tools:
    """A machine with a Helm that nobody calls."""
    program = tmp_path / "helm"
    program.write_text("")
    program.chmod(0o755)
    return Tools(str(tmp_path))


def found(files: dict[str, str], tools: Tools, settings: Settings = Settings(), kept: tuple[str, ...] = ()) -> Packages:  # noqa: B008 - frozen
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    return charts(tree, sorted(files), settings, tools, frozenset(kept))


@pytest.mark.parametrize(
    ("beside", "units"),
    [
        pytest.param({}, ["charts/x"], id="its own values"),
        pytest.param({"values-prod.yaml": ""}, ["charts/x@values-prod"], id="values for a place"),
        pytest.param(
            {"values.prod.yml": "", "prod-values.yaml": "", "values_dev.yaml": ""},
            ["charts/x@prod-values", "charts/x@values.prod", "charts/x@values_dev"],
            id="values for several places",
        ),
        pytest.param({"values/eu/prod.yaml": ""}, ["charts/x"], id="a folder in the folder of values"),
        pytest.param({"values/prod.yaml": ""}, ["charts/x@values/prod"], id="a folder of values"),
        pytest.param({"ci/test-values.yaml": ""}, ["charts/x"], id="values for tests"),
        pytest.param({"values-pod.yaml": POD, "values/pod.yaml": POD}, ["charts/x"], id="manifests that are called so"),
        pytest.param({"charts/y/Chart.yaml": CHART}, ["charts/x"], id="a chart inside"),
        pytest.param({"more/Chart.yaml": CHART}, ["charts/x", "charts/x/more"], id="a chart in a folder of its"),
        pytest.param({"Chart.yaml": f"{CHART}type: library\n"}, [], id="a library"),
    ],
)
def test_a_chart_is_a_unit_with_each_of_its_values(beside: dict[str, str], units: list[str], tools: Tools) -> None:
    packages = found({**X, **{f"charts/x/{name}": text for name, text in beside.items()}}, tools)
    named = [f"{one.directory}@{one.stack}" if one.stack else one.directory for one in packages.rendered]
    assert sorted(named) == units
    assert not any(path.endswith(("pod.yaml", "test-values.yaml")) for path in packages.files)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("charts/x/prod.yaml", "a: 2\nb: 1\n", id="beside the chart, called otherwise"),
        pytest.param("charts/x/values-prod.json", '{"a": 2}', id="in JSON"),
        pytest.param("charts/x/ci/test-values.yaml", "a: 2\n", id="values for tests"),
        pytest.param("charts/x/values/eu/prod.yaml", "a: 2\n", id="a folder in the folder of values"),
        pytest.param("charts/x/env/prod.yaml", "c: 2\n", id="with what a template names"),
        pytest.param("deploy/values-x.yaml", "a: 2\n", id="elsewhere, called so"),
    ],
)
def test_values_that_only_a_script_may_use_are_told(path: str, text: str, tools: Tools) -> None:
    files = {**X, "charts/x/templates/e.yaml": "c: {{ .Values.c }}\n", path: text}
    assert [(one.file, bool(one.content)) for one in found(files, tools).doubtful] == [(path, True)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("charts/x/pod.yaml", POD + "a: 1\n", id="a manifest"),
        pytest.param("charts/x/book.yaml", "title: b\n", id="with other keys"),
        pytest.param("charts/x/values-prod.yaml", "a: 1\n", id="values that it is rendered with"),
        pytest.param("charts/x/templates/f.yaml", "a: 1\n", id="a template"),
        pytest.param("deploy/prod.yaml", "a: 1\n", id="elsewhere, called otherwise"),
        pytest.param("deploy/values.yaml", "title: b\n", id="values of something else"),
    ],
)
def test_what_are_no_values_of_a_chart_is_not_told(path: str, text: str, tools: Tools) -> None:
    assert found({**X, path: text}, tools).doubtful == ()


def test_stacks_of_the_configuration_say_it_exactly(tools: Tools) -> None:
    stack = Stack(name="prod", var_files=("values-prod.yaml", "../../values/eu.yaml"), environment="prod")
    settings = Settings(units=(UnitSettings(path="charts/x", stacks=(stack,)),))
    files = {**X, "charts/x/values-prod.yaml": "", "charts/x/values-dev.yaml": "", "values/eu.yaml": ""}
    [one] = found(files, tools, settings).rendered
    assert (one.stack, one.var_files, one.environment) == ("prod", stack.var_files, "prod")
    assert "values/eu.yaml" in one.files


def test_a_unit_rests_on_all_that_it_is_rendered_from(tools: Tools) -> None:
    chart = f"{CHART}dependencies: [{{name: lib, version: 1.0.0, repository: 'file://../lib'}}]\n"
    files = {
        **X, "charts/x/Chart.yaml": chart, "charts/x/files/a.sh": "", "charts/x/templates/tests/t.yaml": "",
        "charts/lib/Chart.yaml": CHART, "charts/lib/templates/e.yaml": "", "other/z.yaml": "",
    }  # fmt: skip
    one = next(one for one in found(files, tools).rendered if one.directory == "charts/x")
    assert set(one.files) == set(files) - {"other/z.yaml"}


def test_what_was_a_unit_stays_one(tools: Tools) -> None:
    files = {**X, "charts/x/values-dev.yaml": "", "Chart.yaml": CHART}
    plain = [one.directory for one in found(files, tools).rendered]
    assert plain == [""]
    kept = [(one.directory, one.stack) for one in found(files, tools, kept=("charts/x",)).rendered]
    assert kept == [("", ""), ("charts/x", "values-dev"), ("charts/x", "")]


def test_files_that_templates_render_are_no_manifests(tools: Tools) -> None:
    template = '{{ range $path, $_ := .Files.Glob "files/**.yaml" }}{{ tpl ($.Files.Get $path) $ }}{{ end }}'
    rendered = "{{ if .Values.a }}\nkind: Pod\n{{ end }}\n"
    files = {
        **X, "charts/x/templates/d.yaml": template, "charts/x/files/a.yaml": rendered, "charts/x/files/b.yaml": POD,
        "charts/x/others/c.yaml": rendered,
    }  # fmt: skip
    assert files.keys() - found(files, tools).files == {"charts/x/files/b.yaml", "charts/x/others/c.yaml"}
