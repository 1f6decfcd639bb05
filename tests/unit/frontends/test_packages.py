from __future__ import annotations

from collections.abc import Mapping

import pytest

from guardrail.config.settings import Settings
from guardrail.frontends.packages import packages
from guardrail.frontends.rendering.package import Packages
from guardrail.frontends.rendering.tool import Tools
from guardrail.sources.listed import MemoryTree

ABSENT = "it takes the program `kustomize` or `kubectl` to judge it"
WORKLOAD = b"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n"


def found(files: Mapping[str, bytes]) -> Packages:
    """Return what belongs to charts and overlays where there is no tool."""
    return packages(MemoryTree(files), files, Settings(), Tools())


def taken(files: dict[str, bytes]) -> set[str]:
    return set(found(files).files)


def test_a_chart_is_what_helm_reads_and_no_more() -> None:
    chart = {
        "charts/x/Chart.yaml": b"", "charts/x/values.yaml": b"", "charts/x/values-prod.yml": b"",
        "charts/x/templates/a.yaml": b"", "charts/x/templates/deep/b.yaml": b"", "charts/x/crds/c.yaml": b"",
        "charts/x/charts/y/Chart.yaml": b"", "charts/x/charts/y/templates/d.yaml": b"",
    }  # fmt: skip
    others = {
        "charts/x/deploy.yaml": WORKLOAD, "charts/x/main.tf": b"", "charts/x/examples/e.yaml": WORKLOAD,
        "charts/values.yaml": b"", "templates/f.yaml": WORKLOAD,
    }  # fmt: skip
    told = found({**chart, **others})
    assert told.files == set(chart)
    [skipped] = told.skipped
    assert skipped.file == "charts/x/"
    assert skipped.reason.startswith("Helm chart: it takes the program `helm`")


def test_a_chart_at_the_root_does_not_swallow_the_repository() -> None:
    assert taken({"Chart.yaml": b"", "values.yaml": b"", "k8s/a.yaml": WORKLOAD, "templates/b.yaml": b""}) == {
        "Chart.yaml", "values.yaml", "templates/b.yaml",
    }  # fmt: skip


def test_folders_that_only_look_like_a_chart_are_none() -> None:
    assert taken({"x/templates/a.yaml": WORKLOAD, "x/values.yaml": b""}) == set()


CONTROL = b"""
resources: [deploy.yaml, ../base/both.yaml]
patches:
  - path: patch.yaml
  - patch: |-
      kind: Deployment
  - {path: ../patches/up.yaml, target: {kind: Pod}}
  - {path: ../base/both.yaml}
patchesStrategicMerge:
  - merge.yaml
  - |-
    kind: Deployment
patchesJson6902: [{path: json.yaml}]
transformers: [transformer.yaml]
replacements: [{path: replacement.yaml}]
components: [../component]
"""


@pytest.mark.parametrize("name", ["kustomization.yaml", "kustomization.yml", "Kustomization"])
def test_patches_and_plugins_of_an_overlay_are_no_workloads(name: str) -> None:
    files = {
        f"overlay/{name}": CONTROL,
        **dict.fromkeys(
            [
                "overlay/deploy.yaml", "base/both.yaml", "overlay/patch.yaml", "patches/up.yaml", "overlay/merge.yaml",
                "overlay/json.yaml", "overlay/transformer.yaml", "overlay/replacement.yaml", "overlay/other.yaml",
            ],
            WORKLOAD,
        ),
    }  # fmt: skip
    told = found(files)
    assert sorted(set(files) - told.files) == ["base/both.yaml", "overlay/deploy.yaml", "overlay/other.yaml"]
    reasons = {one.file: one.reason for one in told.skipped}
    assert reasons["patches/up.yaml"].startswith(f"Kustomize patch of overlay: {ABSENT}")
    assert reasons["overlay/transformer.yaml"].startswith(f"Kustomize plugin of overlay: {ABSENT}")
    assert reasons[f"overlay/{name}"].startswith(f"Kustomize control file: {ABSENT}")


@pytest.mark.parametrize(
    "control",
    [b"", b"[", b"- a", b"patches: 1", b"patches: [1, null, {path: [a]}]", b"patches: [../../x.yaml]", b"\xff"],
)
def test_a_control_file_that_says_nothing_usable(control: bytes) -> None:
    assert taken({"o/kustomization.yaml": control, "o/a.yaml": WORKLOAD}) == {"o/kustomization.yaml"}


def test_what_is_not_judged_changes_when_any_of_its_files_does() -> None:
    def content(template: bytes, more: dict[str, bytes]) -> str:
        files = {"x/Chart.yaml": b"a", "x/templates/a.yaml": template, **more}
        (one,) = found(files).skipped
        return one.content

    same = content(b"1", {})
    assert content(b"1", {"x/other.txt": b""}) == same
    assert len({same, content(b"2", {}), content(b"1", {"x/templates/_helpers.tpl": b""})}) == 3
