"""Overlays as the real tool renders them: what is judged, under which address, at which line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from overlaid import overlaid, with_kustomize

from guardrail.config.settings import Environment, Settings, UnitSettings
from guardrail.frontends.rendering.tool import Tools
from guardrail.model.resource import Resource
from guardrail.run.scan import Scan

SERVE = """apiVersion: apps/v1
kind: Deployment
metadata: {name: serve}
spec:
  replicas: 1
  template:
    spec:
      containers:
        - name: model
          image: vllm
          resources: {limits: {nvidia.com/gpu: 1}}
"""
BASE = {"base/kustomization.yaml": "resources: [serve.yaml]\n", "base/serve.yaml": SERVE}
PATCH = """apiVersion: apps/v1
kind: Deployment
metadata: {name: serve}
spec:
  replicas: 8
"""
OPERATIONS = "- {op: test, path: /kind, value: Deployment}\n- op: replace\n  path: /spec/replicas\n  value: 8\n"
GPU = "/spec/template/spec/containers/{}/resources/limits/nvidia.com~1gpu"


def prod(text: str, **files: str) -> dict[str, str]:
    """Return a base and an overlay of it."""
    own = {f"prod/{name.replace('_', '.')}": content for name, content in files.items()}
    return {**BASE, "prod/kustomization.yaml": f"resources: [../base]\n{text}", **own}


def only(found: Scan) -> Resource:
    (one,) = (each for each in found.graph.resources.values() if each.type == "apps/Deployment")
    return one


def replicas(one: Resource) -> object:
    assert isinstance(one.groups, Mapping)
    return one.groups["main"].replicas.max


def lines(one: Resource, pointer: str) -> list[tuple[str, object]]:
    """Return the lines behind a value, with what it is there."""
    return [(f"{step.place.file}:{step.place.line}", step.value) for step in one.native.trace(pointer)]


CASES = [
    pytest.param(prod(""), 1, [("base/serve.yaml:5", 1)], id="what an overlay leaves alone"),
    pytest.param(
        prod("patches: [{path: patch.yaml}]\n", patch_yaml=PATCH), 8,
        [("prod/patch.yaml:5", 8), ("base/serve.yaml:5", 1)], id="a patch in a file",
    ),
    pytest.param(
        prod("patchesStrategicMerge: [patch.yaml]\n", patch_yaml=PATCH), 8,
        [("prod/patch.yaml:5", 8), ("base/serve.yaml:5", 1)], id="a patch as it was once named",
    ),
    pytest.param(
        prod("patches:\n  - patch: |-\n      " + PATCH.replace("\n", "\n      ").rstrip() + "\n"), 8,
        [("prod/kustomization.yaml:8", 8), ("base/serve.yaml:5", 1)], id="a patch inside of the control file",
    ),
    pytest.param(
        prod("patchesStrategicMerge:\n  - |-\n    " + PATCH.replace("\n", "\n    ").rstrip() + "\n"), 8,
        [("prod/kustomization.yaml:8", 8), ("base/serve.yaml:5", 1)], id="a patch as an element of a list",
    ),
    pytest.param(
        prod(
            "patches: [{target: {kind: Deployment}, path: ops.yaml}]\n",
            ops_yaml=OPERATIONS,
        ), 8, [("prod/ops.yaml:4", 8), ("base/serve.yaml:5", 1)], id="operations on JSON",
    ),
    pytest.param(
        prod(
            "patchesJson6902:\n  - target: {group: apps, version: v1, kind: Deployment, name: serve}\n"
            '    patch: \'[{"op": "add", "path": "/spec", "value": {"replicas": 8}}]\'\n'
        ), 8, [("prod/kustomization.yaml:4", 8), ("base/serve.yaml:5", 1)], id="operations in a line",
    ),
    pytest.param(
        prod("replicas:\n  - {name: serve, count: 8}\n"), 8,
        [("prod/kustomization.yaml:3", 8), ("base/serve.yaml:5", 1)], id="a row of replicas",
    ),
    pytest.param(
        prod(
            "patches: [{path: patch.yaml}]\nreplicas:\n  - {name: serve, count: 9}\n", patch_yaml=PATCH
        ), 9, [("prod/kustomization.yaml:4", 9), ("prod/patch.yaml:5", 8), ("base/serve.yaml:5", 1)],
        id="a row that comes after a patch",
    ),
    pytest.param(
        {
            **BASE, "more/kustomization.yaml": "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\n"
            "patches: [{path: patch.yaml}]\n", "more/patch.yaml": PATCH,
            "prod/kustomization.yaml": "resources: [../base]\ncomponents: [../more]\n",
        }, 8, [("more/patch.yaml:5", 8), ("base/serve.yaml:5", 1)], id="a patch of a component",
    ),
    pytest.param(
        prod("namePrefix: eu-\nnameSuffix: -v2\nreplicas: [{name: serve, count: 8}]\n"), 8,
        [("prod/kustomization.yaml:4", 8), ("base/serve.yaml:5", 1)], id="a name that becomes another",
    ),
    pytest.param(
        prod("bases: [../base]\npatches: [{path: patch.yaml}]\n", patch_yaml=PATCH).__class__({
            **BASE, "prod/kustomization.yaml": "bases: [../base]\npatches: [{path: patch.yaml}]\n",
            "prod/patch.yaml": PATCH,
        }), 8, [("prod/patch.yaml:5", 8), ("base/serve.yaml:5", 1)], id="a base as it was once named",
    ),
    pytest.param(
        {
            **BASE, "prod/kustomization.yaml": "resources: [../base]\npatches: [{path: ../shared/patch.yaml}]\n",
            "shared/patch.yaml": PATCH,
        }, 8, [("shared/patch.yaml:5", 8), ("base/serve.yaml:5", 1)], id="a patch from another folder",
    ),
    pytest.param(
        prod("Replicas: [{name: serve, count: 8}]\n"), 8, [("prod/kustomization.yaml:2", 8), ("base/serve.yaml:5", 1)],
        id="a key in other letters, as the tool reads it",
    ),
]  # fmt: skip


@with_kustomize
@pytest.mark.parametrize(("files", "number", "expected"), CASES)
def test_a_value_has_the_line_that_set_it_and_that_which_it_had(
    files: Mapping[str, str], number: int, expected: list[tuple[str, object]]
) -> None:
    found = overlaid(files)
    one = only(found)
    assert [unit.name for unit in found.discovery.units] == ["prod"]
    assert replicas(one) == number
    assert lines(one, "/spec/replicas") == expected
    assert [told for told in found.graph.diagnostics if told.level == "error"] == []


@with_kustomize
def test_a_container_has_the_line_of_its_name_wherever_it_is_put() -> None:
    extra = PATCH.replace("  replicas: 8\n", (
        "  template:\n    spec:\n      containers:\n"
        "        - {name: side, image: x, resources: {limits: {nvidia.com/gpu: 2}}}\n"
    ))  # fmt: skip
    one = only(overlaid(prod("patches: [{path: patch.yaml}]\n", patch_yaml=extra)))
    assert one.groups["main"].accelerators[0].count == 3  # type: ignore[index]
    by_name: dict[Any, list[tuple[str, object]]] = {}
    for index in (0, 1):
        (name,) = (step.value for step in one.native.trace(f"/spec/template/spec/containers/{index}/name")[:1])
        by_name[name] = lines(one, GPU.format(index))
    assert by_name == {"model": [("base/serve.yaml:11", 1)], "side": [("prod/patch.yaml:8", 2)]}


@with_kustomize
def test_names_namespaces_and_labels_are_those_that_would_be_applied() -> None:
    one = only(
        overlaid(
            prod("namespace: ml\nnamePrefix: eu-\nlabels:\n  - pairs: {team: vision}\ncommonAnnotations: {a: b}\n")
        )
    )
    assert one.address == "prod//apps/Deployment/ml/eu-serve"
    assert (one.labels, one.annotations) == ({"team": "vision"}, {"a": "b"})
    assert [lines(one, at)[0][0] for at in ("/metadata/namespace", "/metadata/name", "/metadata/labels/team")] == [
        "prod/kustomization.yaml:2", "prod/kustomization.yaml:3", "prod/kustomization.yaml:5",
    ]  # fmt: skip


@with_kustomize
def test_units_that_share_a_base_each_have_what_they_make_of_it() -> None:
    found = overlaid(
        {
            **prod("replicas: [{name: serve, count: 8}]\n"),
            "dev/kustomization.yaml": "resources: [../base]\nreplicas: [{name: serve, count: 2}]\n",
        }
    )
    assert {name: replicas(one) for name, one in found.graph.resources.items()} == {
        "dev//apps/Deployment/?/serve": 2,
        "prod//apps/Deployment/?/serve": 8,
    }


@with_kustomize
def test_two_objects_of_one_file_and_of_a_list_have_their_own_lines() -> None:
    two = SERVE + "---\n" + SERVE.replace("name: serve", "name: other")
    listed = (
        "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n"
        "- {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}\n"
    )
    files = {
        "o/kustomization.yaml": "namespace: ml\nresources: [two.yaml, list.yaml]\n",
        "o/two.yaml": two,
        "o/list.yaml": listed,
    }
    found = overlaid(files).graph.resources
    assert {one.name: str(one.native.place("/metadata/name")).rpartition(":")[0] for one in found.values()} == {
        "serve": "o/two.yaml:3", "other": "o/two.yaml:15", "a": "o/list.yaml:4", "b": "o/list.yaml:5",
    }  # fmt: skip


@with_kustomize
def test_what_is_generated_has_the_line_of_what_generates_it() -> None:
    found = overlaid({"o/kustomization.yaml": "configMapGenerator:\n  - {name: a, literals: [b=c]}\n"}).graph.resources
    (one,) = found.values()
    assert (one.type, one.native.place("/data/b").file, one.native.place("/data/b").line) == (
        "core/ConfigMap", "o/kustomization.yaml", 1,
    )  # fmt: skip


@with_kustomize
def test_a_file_that_nobody_commits_has_gaps_for_values() -> None:
    text = (
        "configMapGenerator:\n  - {name: env, envs: [secret.env]}\n"
        "replacements:\n  - source: {kind: ConfigMap, name: env, fieldPath: data.IMAGE}\n"
        "    targets: [{select: {kind: Deployment}, fieldPaths: [spec.template.spec.containers.0.image]}]\n"
    )
    found = overlaid(prod(text))
    one = only(found)
    assert [told for told in found.graph.diagnostics if told.level == "error"] == []
    image = one.attributes["spec"]["template"]["spec"]["containers"][0]["image"]
    assert (image.reason.value, image.written) == ("template", "${IMAGE}")


LEFT = [
    pytest.param(
        "resources: [../base, 'https://example.com/a.yaml']\n",
        "https://example.com/a.yaml, which lies outside of the repository",
        id="an address",
    ),
    pytest.param(
        "resources: [../base, 'github.com/a/b//c?ref=main']\n",
        "github.com/a/b//c?ref=main, which lies outside",
        id="a repository",
    ),
    pytest.param(
        "resources: [../base, 'git@github.com:a/b']\n",
        "git@github.com:a/b, which lies outside",
        id="a repository by ssh",
    ),
    pytest.param("resources: [../base, ../../../x]\n", "../../../x, which leads out of the repository", id="a way out"),
    pytest.param(
        "resources: [../base, /etc/x.yaml]\n", "/etc/x.yaml, which leads out of the repository", id="an absolute path"
    ),
    pytest.param(
        "resources: [../base, generated.yaml]\n",
        "generated.yaml, which is not in the repository",
        id="a file that is not there",
    ),
    pytest.param(
        "resources: [../base]\nhelmCharts: [{name: vllm, repo: 'https://a'}]\n",
        "Helm chart vllm, which is rendered by Helm",
        id="a chart",
    ),
    pytest.param(
        "resources: [../base]\nHelmCharts: [{name: vllm, repo: 'https://a'}]\n",
        "Helm chart vllm, which is rendered by Helm",
        id="a chart in other letters",
    ),
    pytest.param(
        "resources: [../base]\ngenerators: [plugin.yaml]\n",
        "prod/plugin.yaml, which is a program of its own",
        id="a plugin",
    ),
    pytest.param(
        "resources: [../base]\ntransformers:\n  - |-\n    apiVersion: v1\n    kind: X\n    metadata: {name: x}\n",
        "what is written in it, which is a program of its own",
        id="a plugin inside of the control file",
    ),
    pytest.param(
        "resources: [../base, generated.yaml]\npatchesStrategicMerge: [other.yaml]\n",
        "generated.yaml, which is not in the repository",
        id="a patch for what is not there",
    ),
    pytest.param(
        "resources: [../base]\npatches: [{path: nowhere.yaml}]\n",
        "nowhere.yaml, which is not in the repository",
        id="a patch that is not there",
    ),
    pytest.param(
        "resources: [../base]\nopenapi: {path: nowhere.json}\n",
        "nowhere.json, which is not in the repository",
        id="a schema that is not there",
    ),
]
PLUGIN = """apiVersion: someteam.example.com/v1
kind: Exec
metadata: {name: a, annotations: {config.kubernetes.io/function: 'exec: {path: ./x}'}}
"""


@with_kustomize
@pytest.mark.parametrize(("text", "told"), LEFT)
def test_what_is_not_rendered_is_named_and_the_rest_is(text: str, told: str) -> None:
    files = {
        **BASE,
        "prod/kustomization.yaml": f"{text}replicas: [{{name: serve, count: 8}}]\n",
    }
    if "plugin.yaml" in text:
        files["prod/plugin.yaml"] = PLUGIN
    if "other.yaml" in text:
        files["prod/other.yaml"] = PATCH.replace("serve", "other")
    found = overlaid(files)
    assert replicas(only(found)) == 8
    (note,) = (one for one in found.graph.diagnostics if one.code == "not-rendered")
    assert note.message.startswith(told)
    assert (note.level, note.place and note.place.file) == ("warning", "prod/kustomization.yaml")
    skipped = {one.file: one for one in found.discovery.skipped}
    assert told in skipped["prod/kustomization.yaml"].reason
    assert skipped["prod/kustomization.yaml"].content


FAILING = [
    pytest.param(
        prod("patches: [{path: patch.yaml}]\n", patch_yaml=PATCH.replace("serve", "other")),
        "prod/kustomization.yaml",
        "no matches for Id",
        id="a patch that fits nothing",
    ),
    pytest.param(
        {**prod(""), "base/Kustomization": "resources: [serve.yaml]\n"},
        "base/kustomization.yaml",
        "several control files",
        id="two control files",
    ),
    pytest.param(
        {**prod(""), "base/kustomization.yaml": "resources: [serve.yaml\n"},
        "base/kustomization.yaml",
        "not YAML",
        id="a base that cannot be read",
    ),
    pytest.param(
        prod("Resources: [../base]\n"),
        "prod/kustomization.yaml",
        "a key stands here twice",
        id="a key in two spellings",
    ),
    pytest.param(prod("patches: 1\n"), "prod/kustomization.yaml", "`patches` is no list", id="no list"),
    pytest.param(
        prod("nonsense: 1\n"), "prod/kustomization.yaml", "unknown field", id="a key that the tool does not know"
    ),
]


@with_kustomize
@pytest.mark.parametrize(("files", "place", "told"), FAILING)
def test_an_overlay_that_cannot_be_rendered_is_told_and_its_manifests_are_judged(
    files: Mapping[str, str], place: str, told: str
) -> None:
    found = overlaid(files)
    (one,) = (each for each in found.graph.diagnostics if each.code == "kustomize-failed")
    assert (one.level, one.unread, str(one.place)) == ("error", True, place)
    assert told in one.message
    assert "/tmp" not in one.message  # noqa: S108 - a path that would differ from run to run
    assert "guardrail-" not in one.message
    assert one.content


@with_kustomize
def test_the_manifests_of_a_failed_overlay_are_judged_as_they_are_written() -> None:
    found = overlaid(prod("patches: [{path: patch.yaml}]\n", patch_yaml=PATCH.replace("serve", "other")))
    assert replicas(only(found)) == 1
    assert only(found).address == "prod//apps/Deployment/?/serve"


def test_an_overlay_that_changes_nothing_needs_no_tool() -> None:
    found = overlaid({**BASE, "all/kustomization.yaml": "resources: [../base]\n"}, tools=Tools())
    assert only(found).address == "all//apps/Deployment/?/serve"
    assert found.discovery.skipped == ()


def test_without_a_tool_manifests_are_judged_as_they_are_written_and_the_rest_is_listed() -> None:
    found = overlaid(prod("patches: [{path: patch.yaml}]\n", patch_yaml=PATCH), tools=Tools())
    assert only(found).address == "base//apps/Deployment/?/serve"
    listed = {one.file: (one.reason, bool(one.content)) for one in found.discovery.skipped}
    assert listed.keys() == {"base/kustomization.yaml", "prod/kustomization.yaml", "prod/patch.yaml"}
    assert all("the program `kustomize` or `kubectl`" in reason and content for reason, content in listed.values())


@with_kustomize
def test_the_same_overlay_is_told_in_the_same_words() -> None:
    files = {**prod("patches: [{path: patch.yaml}]\n", patch_yaml=PATCH), **{
        f"o{index}/kustomization.yaml": f"resources: [../base]\nnamespace: n{index}\n" for index in range(6)
    }, "bad/kustomization.yaml": "resources: [../base]\nnonsense: 1\n"}  # fmt: skip

    def told() -> object:
        found = overlaid(files)
        return (
            [(name, one.native.trace("/spec/replicas"), one.attributes) for name, one in found.graph.resources.items()],
            found.graph.diagnostics,
            found.discovery.skipped,
        )

    assert told() == told()


FULL = SERVE.replace("serve", "hidden").replace("replicas: 1", "replicas: 100")
UNUSED = [
    pytest.param("patches: [{path: full.yaml, target: {kind: StatefulSet}}]\n", id="of another kind"),
    pytest.param("patches: [{path: full.yaml, target: {kind: Deployment, name: hid.*}}]\n", id="of another name"),
    pytest.param("patches: [{path: full.yaml, target: {labelSelector: a=b}}]\n", id="by a label"),
    pytest.param("patches: [{path: full.yaml, target: {annotationSelector: 'a in (b)'}}]\n", id="by who knows what"),
]


@with_kustomize
@pytest.mark.parametrize("text", UNUSED)
def test_a_workload_is_not_hidden_as_a_patch_that_selects_nothing(text: str) -> None:
    found = overlaid(prod(text, full_yaml=FULL))
    (told,) = (one for one in found.graph.diagnostics if one.level == "error")
    assert (told.code, told.unread, str(told.place)) == ("unused-patch", True, "prod/full.yaml:1:1")


USED = [
    pytest.param("patches: [{path: full.yaml, target: {kind: Deployment, name: ser.*}}]\n", id="by a pattern"),
    pytest.param("labels: [{pairs: {a: b}}]\npatches: [{path: full.yaml}]\n", id="by its name"),
    pytest.param("namePrefix: x-\npatches: [{path: full.yaml}]\n", id="by the name that it had"),
]


@with_kustomize
@pytest.mark.parametrize("text", USED)
def test_a_patch_that_selects_something_is_none_by_itself(text: str) -> None:
    found = overlaid(prod(text, full_yaml=FULL.replace("hidden", "serve")))
    assert [one for one in found.graph.diagnostics if one.level == "error"] == []
    assert replicas(only(found)) == 100


HIDING = [
    pytest.param("configMapGenerator: [{name: a, files: [full.yaml]}]\n", id="as what a ConfigMap holds"),
    pytest.param("crds: [full.yaml]\n", id="as a schema"),
    pytest.param("configurations: [full.yaml]\n", id="as a configuration"),
    pytest.param("openapi: {path: full.yaml}\n", id="as what the API is"),
    pytest.param("transformers: [full.yaml]\n", id="as a plugin"),
    pytest.param("generators: [full.yaml]\n", id="as a generator"),
    pytest.param("validators: [full.yaml]\n", id="as a validator"),
    pytest.param("replacements: [{path: full.yaml}]\n", id="as replacements"),
    pytest.param("helmCharts: [{name: a, valuesFile: full.yaml}]\n", id="as values of a chart"),
]


@with_kustomize
@pytest.mark.parametrize("text", HIDING)
def test_a_manifest_is_judged_whatever_an_overlay_takes_it_for(text: str) -> None:
    found = overlaid(prod(text, full_yaml=FULL))
    hidden = [one for one in found.graph.resources.values() if one.name == "hidden"]
    assert [one.address for one in hidden] == ["prod@kubernetes//apps/Deployment/?/hidden"]
    assert replicas(hidden[0]) == 100


@with_kustomize
@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(
            "patches: [{patch: '{$patch: delete, apiVersion: apps/v1, kind: Deployment, metadata: {name: serve}}'}]\n",
            "1 of its 1 objects are not in what the overlay deploys, and are not judged", id="deleted",
        ),
        pytest.param("namePrefix: x-\n", "1 of its 1 objects are not in", id="local"),
    ],
)  # fmt: skip
def test_an_object_that_an_overlay_drops_is_told(text: str, told: str) -> None:
    local = 'metadata: {name: serve, annotations: {config.kubernetes.io/local-config: "true"}}'
    serve = SERVE if "patch" in text else SERVE.replace("metadata: {name: serve}", local)
    found = overlaid({**prod(text + "configMapGenerator: [{name: a, literals: [b=c]}]\n"), "base/serve.yaml": serve})
    (one,) = (each for each in found.graph.diagnostics if each.code == "not-deployed")
    assert (one.level, str(one.place)) == ("warning", "base/serve.yaml")
    assert one.message.startswith(told)


SPOOFED = "annotations: {config.kubernetes.io/origin: 'path: ../../../../etc/passwd'}"


@with_kustomize
def test_notes_of_where_an_object_comes_from_are_those_of_the_tool() -> None:
    serve = SERVE.replace("{name: serve}", f"{{name: serve, {SPOOFED}}}")
    one = only(overlaid({**prod("namespace: ml\n"), "base/serve.yaml": serve}))
    assert one.annotations == {}
    assert str(one.native.place("/spec/replicas")).startswith("base/serve.yaml:5:")


@with_kustomize
def test_a_file_behind_a_link_belongs_to_the_overlay_and_one_outside_is_told() -> None:
    files = {"shared/serve.yaml": SERVE, "o/kustomization.yaml": "namespace: ml\nresources: [serve.yaml, out.yaml]\n"}
    found = overlaid(files, links={"o/serve.yaml": "../shared/serve.yaml", "o/out.yaml": "../../out.yaml"})
    assert only(found).address == "o//apps/Deployment/ml/serve"
    (told,) = (one for one in found.graph.diagnostics if one.code == "not-rendered")
    assert told.message.startswith("out.yaml, which leads out of the repository")


@with_kustomize
def test_a_folder_behind_a_link_is_the_folder_itself() -> None:
    files = {**BASE, "prod/kustomization.yaml": "resources: [linked]\nreplicas: [{name: serve, count: 8}]\n"}
    one = only(overlaid(files, links={"prod/linked": "../base"}))
    assert lines(one, "/spec/replicas") == [("prod/kustomization.yaml:2", 8), ("base/serve.yaml:5", 1)]


@with_kustomize
def test_folders_that_take_each_other_in_are_judged_as_they_are_written() -> None:
    files = {
        "a/kustomization.yaml": "resources: [../b, serve.yaml]\n", "a/serve.yaml": SERVE,
        "b/kustomization.yaml": "resources: [../a]\n",
    }  # fmt: skip
    found = overlaid(files)
    assert only(found).address == "a//apps/Deployment/?/serve"
    assert {one.file for one in found.discovery.skipped} == {"a/kustomization.yaml", "b/kustomization.yaml"}


@with_kustomize
def test_no_file_of_ours_can_be_written_over() -> None:
    """A file that the tool would not read where it is is lent; its place is one that nobody else has."""
    files = {
        "prod/kustomization.yaml": "resources: [../serve.yaml, .lent/0/serve.yaml]\nnamespace: ml\n",
        "serve.yaml": FULL, "prod/.lent/0/serve.yaml": SERVE,
    }  # fmt: skip
    found = overlaid(files)
    assert {one.name: replicas(one) for one in found.graph.resources.values()} == {"hidden": 100, "serve": 1}


@with_kustomize
def test_what_is_configured_for_a_folder_holds_for_its_overlay() -> None:
    settings = Settings(
        environments=(Environment(name="live", paths=("prod/**",)),), units=(UnitSettings(path="prod", cluster="eu"),)
    )
    found = overlaid(prod("namespace: ml\n"), settings=settings).discovery
    (unit,) = found.units
    assert found.diagnostics == ()
    assert (unit.environment, unit.cluster, unit.renderer) == ("live", "eu", "kustomize")
    assert unit.files == ("base/kustomization.yaml", "base/serve.yaml", "prod/kustomization.yaml")


@with_kustomize
def test_of_a_key_that_stands_there_twice_the_last_one_counts_and_it_is_told() -> None:
    found = overlaid(prod("replicas: [{name: serve, count: 2}]\nreplicas: [{name: serve, count: 8}]\n"))
    assert lines(only(found), "/spec/replicas")[0] == ("prod/kustomization.yaml:3", 8)
    (told,) = (one for one in found.graph.diagnostics if one.code == "duplicate-key")
    assert (told.level, told.place and (told.place.file, told.place.line)) == (
        "warning",
        ("prod/kustomization.yaml", 3),
    )


@with_kustomize
def test_a_tool_that_runs_out_of_memory_is_told_in_words_that_stay() -> None:
    lines_ = [f"x{depth}: &x{depth} [{', '.join([f'*x{depth - 1}'] * 10)}]\n" for depth in range(1, 10)]
    bomb = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nx0: &x0 [a]\n" + "".join(lines_)
    found = overlaid({"o/kustomization.yaml": "resources: [bomb.yaml]\nnamespace: x\n", "o/bomb.yaml": bomb})
    (told,) = (one for one in found.graph.diagnostics if one.code == "kustomize-failed")
    assert "0x" not in told.message
    assert {one.code for one in found.graph.diagnostics} == {"kustomize-failed", "yaml-bomb"}


DEFINITION = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: as.example.com}
spec:
  group: example.com
  names: {kind: A, plural: as}
  scope: Namespaced
  versions:
    - name: v1
      schema:
        openAPIV3Schema:
          description: "SAID"
"""


@with_kustomize
@pytest.mark.parametrize(
    "patch",
    [
        pytest.param("", id="as they are"),
        pytest.param(
            'patches: [{target: {kind: CustomResourceDefinition}, patch: \'[{"op": "replace", "path":'
            ' "/spec/versions/0/schema/openAPIV3Schema/description", "value": "b"}]\'}]\n',
            id="patched where they are cut",
        ),
    ],
)
def test_what_stands_behind_a_large_definition_keeps_its_lines(patch: str) -> None:
    bundle = DEFINITION.replace("SAID", "a" * 5000) + "---\n" + SERVE
    files = {"o/kustomization.yaml": f"resources: [bundle.yaml]\nnamespace: ml\n{patch}", "o/bundle.yaml": bundle}
    found = overlaid(files)
    assert lines(only(found), "/spec/replicas") == [("o/bundle.yaml:18", 1)]
    assert [one for one in found.graph.diagnostics if one.level == "error"] == []


@with_kustomize
def test_a_value_that_is_copied_has_the_line_that_says_where_to() -> None:
    text = (
        "configMapGenerator: [{name: env, literals: [model=llama, image=other]}]\n"
        "replacements:\n"
        "  - source: {kind: ConfigMap, name: env, fieldPath: data.model}\n"
        "    targets:\n"
        "      - select: {kind: Deployment}\n"
        "        fieldPaths: ['metadata.labels.[ai.gke.io/model]']\n"
        "        options: {create: true}\n"
        "  - source: {kind: ConfigMap, name: env, fieldPath: data.image}\n"
        "    targets:\n"
        "      - {select: {kind: Deployment}, fieldPaths: ['spec.template.spec.containers.[name=model].image']}\n"
    )
    one = only(overlaid(prod(text)))
    assert lines(one, "/metadata/labels/ai.gke.io~1model") == [("prod/kustomization.yaml:7", "llama")]
    assert lines(one, "/spec/template/spec/containers/0/image") == [
        ("prod/kustomization.yaml:11", "other"),
        ("base/serve.yaml:10", "vllm"),
    ]
