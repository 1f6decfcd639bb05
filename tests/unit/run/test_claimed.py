"""What a root makes of a manifest is counted there alone, if it surely makes it and nothing tells the two apart."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from guardrail.config.settings import Environment, PolicySettings, Settings, UnitSettings
from guardrail.run.scan import Scan, scan, scan_change
from guardrail.sources.listed import MemoryTree

Files = Mapping[str, str]

NOTHING_SAID = Settings()

POD = (
    "spec:\n  nodeSelector: {cloud.google.com/gke-accelerator: nvidia-l4}\n"
    "  containers: [{name: c, resources: {limits: {nvidia.com/gpu: 4}}}]\n"
)


def pod(name: str = "p", namespace: str = ", namespace: ml", body: str = POD) -> str:
    return f"apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}{namespace}}}\n{body}"


def kubectl(body: str, more: str = "") -> str:
    return f'resource "kubectl_manifest" "m" {{\n  yaml_body = {body}\n{more}}}\n'


READ = kubectl('file("${path.module}/../k8s/gpu.yaml")')
ONE: Files = {"k8s/gpu.yaml": pod()}

MADE = [
    pytest.param({"tf/a.tf": READ}, id="of text that is read"),
    pytest.param(
        {"tf/a.tf": 'resource "kubernetes_manifest" "m" {\n  manifest = yamldecode(file("../k8s/gpu.yaml"))\n}\n'},
        id="of a value",
    ),
    pytest.param(
        {
            "tf/a.tf": 'locals {\n  at = "${path.module}/../k8s"\n}\n'
            + kubectl('file("${local.at}/${each.value}")', '  for_each = fileset(local.at, "*.yaml")\n')
        },
        id="of each file of a folder",
    ),
    pytest.param(
        {
            "tf/a.tf": 'data "kubectl_file_documents" "d" {\n  content = file("../k8s/gpu.yaml")\n}\n'
            + kubectl("each.value", "  for_each = data.kubectl_file_documents.d.manifests\n")
        },
        id="of the documents of a data source",
    ),
    pytest.param(
        {
            "tf/a.tf": kubectl('templatefile("../k8s/gpu.yaml", { name = "p", number = 4, more = "x" })'),
            "k8s/gpu.yaml": pod("'${name}'")
            .replace("gpu: 4", 'gpu: "${number}"')
            .replace("name: c", 'name: "c-${more}"'),
        },
        id="of a template",
    ),
    pytest.param(
        {"tf/a.tf": kubectl('file("../k8s/gpu.yaml")', '  override_namespace = "ml"\n'), "k8s/gpu.yaml": pod("p", "")},
        id="in a namespace that the manifest leaves to others",
    ),
    pytest.param(
        {"tf/a.tf": 'module "m" {\n  source = "../modules/m"\n}\n', "modules/m/a.tf": READ.replace("/..", "/../..")},
        id="by a module",
    ),
]


@pytest.mark.parametrize("files", MADE)
def test_what_a_root_makes_is_counted_once(files: Files) -> None:
    found = read({**ONE, **files})
    assert devices(found) == {"tf": 4}
    assert [(one.file, one.reason) for one in found.discovery.skipped] == [
        ("k8s/gpu.yaml", "made by tf, where its objects are judged")
    ]


@pytest.mark.parametrize("files", MADE)
def test_it_stays_where_it_was_counted_before_the_root_came(files: Files) -> None:
    """Who may apply the manifest is not known: a root that applies it as well must not cost nothing."""
    manifest = {"k8s/gpu.yaml": files.get("k8s/gpu.yaml", pod())}
    after, before = change(manifest, {**ONE, **files})
    assert (devices(before), sum(devices(after).values()) > 4) == ({"k8s": devices(before)["k8s"]}, True)
    assert "k8s" in devices(after)
    both, _ = change({**ONE, **files}, {**ONE, **files, "tf/b.tf": "# a comment\n"})
    assert devices(both) == {"tf": 4}, "once merged it is counted once"


APART = [
    pytest.param(
        {"tf/a.tf": 'locals {\n  a = file("../k8s/gpu.yaml")\n}\noutput "o" {\n  value = local.a\n}\n'},
        id="a text that nothing is made of",
    ),
    pytest.param({"tf/a.tf": kubectl('file("../k8s/gpu.yaml")', "  count = 0\n")}, id="made no times"),
    pytest.param(
        {"tf/a.tf": 'variable "n" {}\n' + kubectl('file("../k8s/gpu.yaml")', "  count = var.n\n")}, id="perhaps made"
    ),
    pytest.param(
        {
            "tf/a.tf": 'variable "late" {}\n'
            + kubectl('var.late ? file("../k8s/gpu.yaml") : file("../k8s/cpu.yaml.txt")'),
            "k8s/cpu.yaml.txt": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
        },
        id="one of two texts",
    ),
    pytest.param(
        {"tf/a.tf": 'module "m" {\n  source = "../modules/m"\n  count = 0\n}\n', "modules/m/a.tf": READ},
        id="by a module that is called no times",
    ),
    pytest.param(
        {"tf/a.tf": kubectl('replace(file("../k8s/gpu.yaml"), "nvidia.com/gpu", "example.com/none")')},
        id="with less in it",
    ),
    pytest.param({"tf/a.tf": kubectl('replace(file("../k8s/gpu.yaml"), "name: p", "name: q")')}, id="of another name"),
    pytest.param(
        {"tf/a.tf": kubectl('file("../k8s/gpu.yaml")', '  override_namespace = "b"\n')}, id="in another namespace"
    ),
    pytest.param(
        {"tf/a.tf": f'locals {{\n  a = file("../k8s/gpu.yaml")\n}}\n{kubectl("<<-YAML")[:-3]}\n{pod()}YAML\n}}\n'
                    .replace("gpu: 4", "gpu: 1")},
        id="of the same name, and read for something else",
    ),
    pytest.param({"tf/a.tf": kubectl(f"<<-YAML\n{pod()}YAML")}, id="the same written a second time"),
]  # fmt: skip


@pytest.mark.parametrize("files", APART)
def test_what_is_not_surely_made_is_counted_in_the_manifest(files: Files) -> None:
    found = read({**ONE, **files})
    assert devices(found)["k8s"] == 4
    assert not found.discovery.skipped


STATED = [
    pytest.param(Settings(units=(UnitSettings(path="k8s/**", cluster="prod"),)), id="another cluster"),
    pytest.param(Settings(units=(UnitSettings(path="k8s/**", region="eu-west-1"),)), id="another region"),
    pytest.param(Settings(environments=(Environment("prod", ("k8s/**",)),)), id="another environment"),
    pytest.param(
        Settings(
            environments=(Environment("dev", ("tf/**",)),),
            policies={"required-tags": PolicySettings(environments={"dev": PolicySettings(level="off")})},
        ),
        id="an environment with rules of its own",
    ),
    pytest.param(
        Settings(policies={"gpu-family-allowlist": PolicySettings(units={"tf": PolicySettings(level="off")})}),
        id="rules of its own",
    ),
]


@pytest.mark.parametrize("settings", STATED)
def test_what_is_configured_for_the_manifest_keeps_it(settings: Settings) -> None:
    files = {**ONE, "tf/a.tf": READ}
    assert devices(read(files, settings)) == {"k8s": 4, "tf": 4}


def test_of_a_file_only_what_is_made_is_claimed() -> None:
    both = f"{pod()}---\n{pod('q')}"
    found = read({"k8s/gpu.yaml": both, "tf/a.tf": kubectl('split("---", file("../k8s/gpu.yaml"))[0]')})
    assert devices(found) == {"k8s": 4, "tf": 4}
    assert [one.reason for one in found.discovery.skipped] == ["made by tf, where 1 of its 2 objects are judged"]
    assert sorted(found.graph.resources) == [
        "k8s//core/Pod/ml/q",
        "tf//kubectl_manifest.m",
        "tf//kubectl_manifest.m!core/Pod/ml/p",
    ]


TRAINING = (
    '{"TrainingJobName": "x", "AlgorithmSpecification": {"TrainingInputMode": "File", "TrainingImage": "i"}, '
    '"ResourceConfig": {"InstanceCount": 2, "InstanceType": "ml.p4d.24xlarge", "VolumeSizeInGB": 10}, '
    '"StoppingCondition": {"MaxRuntimeInSeconds": 3600}}'
)
PIPELINE = f'{{"Version": "2020-12-01", "Steps": [{{"Name": "t", "Type": "Training", "Arguments": {TRAINING}}}]}}'
MACHINE = (
    '{"StartAt": "T", "States": {"T": {"Type": "Task", "End": true, '
    f'"Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync", "Parameters": {TRAINING}}}}}}}'
)


@pytest.mark.parametrize(
    ("resource", "text"),
    [
        pytest.param(
            'resource "aws_sagemaker_pipeline" "p" {\n  pipeline_name = "p"\n  pipeline_display_name = "p"\n'
            '  pipeline_definition = file("../defs/d.json")\n  COUNT\n}\n',
            PIPELINE,
            id="a pipeline",
        ),
        pytest.param(
            'resource "aws_sfn_state_machine" "m" {\n  name = "m"\n  definition = file("../defs/d.json")\n  COUNT\n}\n',
            MACHINE,
            id="a state machine",
        ),
    ],
)
def test_so_is_a_definition(resource: str, text: str) -> None:
    """Two machines of eight: counted once where the root makes it, and in the file where it makes it no times."""
    found = read({"tf/a.tf": resource.replace("COUNT", ""), "defs/d.json": text})
    assert devices(found) == {"tf": 16}
    assert {one.unit for one in found.graph.resources.values()} == {"tf"}
    assert devices(read({"tf/a.tf": resource.replace("COUNT", "count = 0"), "defs/d.json": text})) == {
        "defs/d.json": 16
    }


def test_what_names_an_object_means_the_one_that_is_made() -> None:
    """An autoscaler that nobody claims scales the Deployment that a root makes of the manifest beside it."""
    template = f"{{template: {{{POD.strip().replace(chr(10), ', ').replace('spec:,', 'spec: {')}}}}}}}"
    deployment = f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: d, namespace: ml}}\nspec: {template}\n"
    target = "{apiVersion: apps/v1, kind: Deployment, name: d}"
    scaler = (
        "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: d, namespace: ml}\n"
        f"spec: {{scaleTargetRef: {target}, minReplicas: 1, maxReplicas: 9}}\n"
    )
    found = read({"k8s/gpu.yaml": deployment, "k8s/hpa.yaml": scaler, "tf/a.tf": READ})
    assert devices(found) == {"tf": 36}


def devices(found: Scan) -> Mapping[str, int]:
    """Return devices × the largest number of pods by unit."""
    counts: dict[str, int] = {}
    for one in found.graph.resources.values():
        for group in one.groups.values() if isinstance(one.groups, Mapping) else ():
            for device in group.accelerators if isinstance(group.accelerators, tuple) else ():
                number = device.count if isinstance(device.count, int) else 1
                most = group.replicas.max
                counts[one.unit] = counts.get(one.unit, 0) + number * (most if isinstance(most, int) else 1)
    return counts


def read(files: Files, settings: Settings = NOTHING_SAID) -> Scan:
    return scan(tree(files), settings, (), progress=_silent)


def change(base: Files, head: Files) -> tuple[Scan, Scan]:
    return scan_change(tree(head), tree(base), Settings(), (), whole=False, progress=(_silent, _silent))


def tree(files: Files) -> MemoryTree:
    return MemoryTree({path: text.encode() for path, text in files.items()})


def _silent(done: int, total: int) -> None:
    del done, total
