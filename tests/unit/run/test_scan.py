"""Reading only what a change touches gives the answer of reading everything; how a unit may reach files unseen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

import comparison
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.config.settings import Environment, Settings, Stack, UnitSettings
from guardrail.run.scan import Scan
from guardrail.sources.listed import MemoryTree
from guardrail.sources.tree import Tree

SETTINGS = Settings(
    environments=(Environment("prod", ("prod/**",)),),
    units=(UnitSettings(path="stacked", stacks=(Stack(name="a", var_files=("../values/a.tfvars",)), Stack(name="b"))),),
)

AWS = 'provider "aws" {\n  region = "us-east-1"\n}\n'
GOOGLE = 'provider "google" {\n  region = "us-central1"\n}\n'
INSTANCE = 'resource "aws_instance" "x" {\n  ami           = "ami-1"\n  instance_type = TYPE\n}\n'
VARIABLE = 'variable "type" {\n  default = "t3.micro"\n}\n'


def instance(kind: str) -> str:
    return INSTANCE.replace("TYPE", kind)


def manifest(api: str, kind: str, name: str, spec: str, namespace: str = "ml") -> str:
    return f"apiVersion: {api}\nkind: {kind}\nmetadata: {{name: {name}, namespace: {namespace}}}\nspec: {spec}\n"


POD = (
    "{selector: {matchLabels: {a: b}}, replicas: 2, template: {spec: {containers: "
    "[{name: a, resources: {limits: {nvidia.com/gpu: 1}}}]}}}"
)
TARGET = "{apiVersion: apps/v1, kind: Deployment, name: serve}"

STORY: Mapping[str, str] = {
    "plain/main.tf": AWS + instance('"m5.large"'),
    "caller/main.tf": AWS + 'module "m" {\n  source = "../modules/m"\n}\n',
    "second/main.tf": AWS + 'module "m" {\n  source = "../modules/m"\n  type   = "m5.large"\n}\n',
    "modules/m/main.tf": VARIABLE + instance("var.type") + 'module "n" {\n  source = "../n"\n}\n',
    "modules/n/main.tf": 'resource "aws_ebs_volume" "v" {\n  availability_zone = "us-east-1a"\n  size = 10\n}\n',
    "reader/main.tf": AWS + instance('trimspace(file("${path.module}/data/type.txt"))'),
    "reader/data/type.txt": "t3.micro",
    "worked/main.tf": AWS + 'locals {\n  n = "type"\n}\n'
    + instance('trimspace(file("../reader/data/${local.n}.txt"))'),
    "listing/main.tf": AWS + 'resource "aws_instance" "x" {\n  count = length(fileset("${path.module}/d", "*"))\n'
    '  ami = "ami-1"\n  instance_type = "t3.micro"\n}\n',
    "listing/d/one": "1",
    "templated/main.tf": AWS + instance('templatefile("${path.module}/t.tpl", {})'),
    "templated/t.tpl": 't3.${file("../reader/data/size.txt")}',
    "reader/data/size.txt": "micro",
    "stacked/main.tf": AWS + VARIABLE + instance("var.type"),
    "values/a.tfvars": 'type = "m5.large"\n',
    "json/main.tf.json": '{"resource": {"aws_instance": {"x": {"ami": "ami-1", "instance_type": "t3.micro"}}}}',
    "prod/templates/main.tf": AWS
    + 'resource "aws_launch_template" "gpu" {\n  name = "gpu"\n  instance_type = "g5.xlarge"\n}\n',
    "prod/group/main.tf": AWS + 'resource "aws_autoscaling_group" "g" {\n  availability_zones = ["us-east-1a"]\n'
    '  min_size = 1\n  max_size = 3\n  launch_template {\n    name = "gpu"\n  }\n}\n',
    "prod/cluster/main.tf": AWS + 'resource "aws_eks_cluster" "c" {\n  name = "c"\n}\n'
    'resource "aws_eks_node_group" "p" {\n  cluster_name = aws_eks_cluster.c.name\n'
    '  instance_types = ["g5.xlarge"]\n  scaling_config {\n    min_size = 1\n    max_size = 4\n'
    "    desired_size = 2\n  }\n}\n",
    "prod/k8s/serve.yaml": manifest("apps/v1", "Deployment", "serve", POD),
    "prod/scaling/hpa.yaml": manifest(
        "autoscaling/v2", "HorizontalPodAutoscaler", "serve", f"{{scaleTargetRef: {TARGET}, maxReplicas: 9}}"
    ),
    "prod/names/ns.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: ml, labels: {team: x}}\n",
    "prod/schedule/main.tf": AWS + 'resource "aws_autoscaling_schedule" "s" {\n  scheduled_action_name = "night"\n'
    '  autoscaling_group_name = "g"\n  min_size = 2\n  max_size = 5\n  desired_capacity = 2\n}\n',
    "gcp/template/main.tf": GOOGLE + 'resource "google_compute_instance_template" "t" {\n  name = "t"\n'
    '  machine_type = "n1-standard-4"\n  disk {\n    source_image = "debian"\n  }\n}\n',
    "gcp/group/main.tf": GOOGLE + 'resource "google_compute_instance_group_manager" "m" {\n  name = "m"\n'
    '  zone = "us-central1-a"\n  base_instance_name = "m"\n  target_size = 2\n'
    '  version {\n    instance_template = "t"\n  }\n}\n',
    "gcp/scaler/main.tf": GOOGLE + 'resource "google_compute_autoscaler" "a" {\n  name = "a"\n'
    '  zone = "us-central1-a"\n  target = "m"\n  autoscaling_policy {\n    min_replicas = 1\n    max_replicas = 4\n'
    "  }\n}\n",
    "sage/model/main.tf": AWS + 'resource "aws_sagemaker_model" "m" {\n  name = "m"\n  execution_role_arn = "r"\n}\n',
    "sage/config/main.tf": AWS + 'resource "aws_sagemaker_endpoint_configuration" "c" {\n  name = "c"\n'
    '  production_variants {\n    variant_name = "main"\n    model_name = "m"\n    initial_instance_count = 1\n'
    '    instance_type = "ml.g5.xlarge"\n  }\n}\n',
    "sage/endpoint/main.tf": AWS + 'resource "aws_sagemaker_endpoint" "e" {\n  name = "e"\n'
    '  endpoint_config_name = "c"\n}\n',
    "sage/scaling/main.tf": AWS + 'resource "aws_appautoscaling_target" "t" {\n  min_capacity = 1\n  max_capacity = 3\n'
    '  resource_id = "endpoint/e/variant/main"\n  scalable_dimension = "sagemaker:variant:DesiredInstanceCount"\n'
    '  service_namespace = "sagemaker"\n}\n',
    "tools/pools/main.tf": GOOGLE + 'resource "google_container_node_pool" "p" {\n  cluster = "tools"\n'
    '  location = "us-central1-a"\n  node_count = 2\n  node_config {\n    machine_type = "n1-standard-4"\n  }\n}\n',
    "tools/jobs/job.yaml": manifest(
        "batch/v1", "Job", "train", "{template: {spec: {restartPolicy: Never, containers: [{name: a}]}}}", "jobs"
    ),
    "apply/main.tf": 'resource "kubectl_manifest" "m" {\n  count = 1\n'
    '  yaml_body = file("${path.module}/made/gpu.yaml")\n}\n',
    "apply/made/gpu.yaml": manifest("apps/v1", "Deployment", "made", POD, "made"),
    "apply/made/cpu.yaml": manifest("apps/v1", "Deployment", "plain", "{template: {spec: {}}}", "made"),
    "flows/main.tf": AWS + 'resource "aws_sagemaker_pipeline" "p" {\n  count = 1\n  pipeline_name = "p"\n'
    '  pipeline_definition = file("${path.module}/defs/p.json")\n}\n',
    "flows/defs/p.json": '{"Version": "2020-12-01", "Steps": [{"Name": "t", "Type": "Training", "Arguments": {'
    '"ResourceConfig": {"InstanceCount": 2, "InstanceType": "ml.p4d.24xlarge", "VolumeSizeInGB": 10}, '
    '"StoppingCondition": {"MaxRuntimeInSeconds": 3600}}}]}',
    "flows/defs/model.json": '{"ModelName": "m", "ExecutionRoleArn": "r", "PrimaryContainer": {"Image": "i"}}',
    "docs/README.md": "words",
}  # fmt: skip

EDITS: Mapping[str, Mapping[str, Optional[str]]] = {
    "nothing": {},
    "a page": {"docs/README.md": "other words"},
    "a root": {"plain/main.tf": AWS + instance('"g5.xlarge"')},
    "a comment": {"plain/main.tf": "# why\n" + STORY["plain/main.tf"]},
    "a module of two roots": {"modules/m/main.tf": STORY["modules/m/main.tf"].replace("t3.micro", "g5.xlarge")},
    "a module of a module": {"modules/n/main.tf": STORY["modules/n/main.tf"].replace("10", "4000")},
    "a file in a module": {"modules/n/more.tf": instance('"g5.xlarge"')},
    "a file that a function reads": {"reader/data/type.txt": "g5.xlarge"},
    "a file that a template reads": {"reader/data/size.txt": "large"},
    "a template": {"templated/t.tpl": "g5.xlarge"},
    "a file that is listed": {"listing/d/two": "2"},
    "values of a stack": {"values/a.tfvars": 'type = "g5.xlarge"\n'},
    "values that are read unasked": {"stacked/terraform.tfvars": 'type = "g5.xlarge"\n'},
    "an override": {"plain/override.tf": instance('"g5.xlarge"')},
    "JSON": {"json/main.tf.json": STORY["json/main.tf.json"].replace("t3.micro", "g5.xlarge")},
    "a root less": {"plain/main.tf": None},
    "a root more": {"new/main.tf": AWS + instance('"g5.xlarge"')},
    "a call less": {"caller/main.tf": AWS, "second/main.tf": AWS},
    "a root that becomes a module": {"caller/main.tf": AWS + 'module "m" {\n  source = "../plain"\n}\n'},
    "a template of another root's group": {
        "prod/templates/main.tf": STORY["prod/templates/main.tf"].replace("g5.xlarge", "p4d.24xlarge")
    },
    "a template that is no more": {"prod/templates/main.tf": AWS},
    "the environment of a template": {
        "prod/templates/main.tf": None, "dev/templates/main.tf": STORY["prod/templates/main.tf"],
    },
    "a pool under pods": {"prod/cluster/main.tf": STORY["prod/cluster/main.tf"].replace("g5.xlarge", "g4dn.xlarge")},
    "a cluster more": {"prod/other/main.tf": AWS + 'resource "aws_eks_cluster" "d" {\n  name = "d"\n}\n'},
    "a remote module that makes clusters": {
        "prod/remote/main.tf": AWS + 'module "c" {\n  source = "terraform-aws-modules/eks/aws"\n}\n'
    },
    "a schedule of a group elsewhere": {
        "prod/schedule/main.tf": STORY["prod/schedule/main.tf"].replace("max_size = 5", "max_size = 50"),
    },
    "a group that is called otherwise": {"prod/group/main.tf": STORY["prod/group/main.tf"].replace('"g"', '"h"')},
    "another template of the same name": {"prod/more/main.tf": STORY["prod/templates/main.tf"]},
    "a template of Google's": {
        "gcp/template/main.tf": STORY["gcp/template/main.tf"].replace("n1-standard-4", "a2-highgpu-1g"),
    },
    "an autoscaler of Google's": {"gcp/scaler/main.tf": STORY["gcp/scaler/main.tf"].replace("max_replicas = 4", "")},
    "a model": {"sage/model/main.tf": AWS},
    "an endpoint's configuration": {
        "sage/config/main.tf": STORY["sage/config/main.tf"].replace("ml.g5.xlarge", "ml.p4d.24xlarge"),
    },
    "what scales an endpoint": {
        "sage/scaling/main.tf": STORY["sage/scaling/main.tf"].replace("max_capacity = 3", "max_capacity = 30"),
    },
    "an endpoint that is no more": {"sage/endpoint/main.tf": None},
    "a pool of an unseen cluster": {
        "tools/pools/main.tf": STORY["tools/pools/main.tf"].replace("n1-standard-4", "a2-highgpu-1g"),
    },
    "a job": {"tools/jobs/job.yaml": STORY["tools/jobs/job.yaml"].replace("jobs}", "ml}")},
    "pods": {"prod/k8s/serve.yaml": STORY["prod/k8s/serve.yaml"].replace("replicas: 2", "replicas: 3")},
    "an autoscaler elsewhere": {"prod/scaling/hpa.yaml": STORY["prod/scaling/hpa.yaml"].replace("9", "90")},
    "labels of a namespace elsewhere": {"prod/names/ns.yaml": STORY["prod/names/ns.yaml"].replace("x}", "y}")},
    "a manifest that a root makes": {"apply/made/gpu.yaml": STORY["apply/made/gpu.yaml"].replace(": 2", ": 3")},
    "a manifest beside it": {"apply/made/cpu.yaml": STORY["apply/made/cpu.yaml"].replace("{}", "{hostIPC: true}")},
    "a manifest that a root makes no more": {"apply/main.tf": STORY["apply/main.tf"].replace("= 1", "= 0")},
    "a manifest that another root makes, too": {
        "apply/more/main.tf": STORY["apply/main.tf"].replace("/made", "/../made"),
    },
    "a manifest beside it that a root makes": {
        "apply/b.tf": STORY["apply/main.tf"].replace("gpu", "cpu").replace('"m"', '"n"'),
    },
    "a root that makes manifests less": {"apply/main.tf": None},
    "a definition that a root makes": {"flows/defs/p.json": STORY["flows/defs/p.json"].replace(": 2", ": 3")},
    "a definition that a root makes no more": {"flows/main.tf": STORY["flows/main.tf"].replace("= 1", "= 0")},
    "a request beside it": {"flows/defs/model.json": STORY["flows/defs/model.json"].replace('"i"', '"j"')},
    "limits of a namespace elsewhere": {
        "prod/limits/l.yaml": manifest(
            "v1", "LimitRange", "l", "{limits: [{type: Container, defaultRequest: {cpu: 2}, default: {cpu: 2}}]}"
        )
    },
}  # fmt: skip


def edited(names: list[str]) -> MemoryTree:
    files: dict[str, Optional[str]] = dict(STORY)
    for name in names:
        files.update(EDITS[name])
    return MemoryTree({path: text.encode() for path, text in files.items() if text is not None})


def answer(base: Tree, head: Tree, *, whole: bool, settings: Settings = SETTINGS) -> tuple[object, tuple[Scan, Scan]]:
    return comparison.answer(base, head, settings, whole=whole)


@pytest.mark.parametrize("name", EDITS)
@pytest.mark.parametrize("backwards", [False, True], ids=["there", "back"])
def test_a_change_is_the_same_whatever_else_is_read(name: str, *, backwards: bool) -> None:
    trees = (edited([]), edited([name]))
    base, head = reversed(trees) if backwards else trees
    everything, _ = answer(base, head, whole=True)
    touched, (after, before) = answer(base, head, whole=False)
    assert touched == everything
    assert after.untouched, "something is left alone"
    assert not set(after.untouched) & {unit.name for unit in after.discovery.units}
    assert before.graph.units or not set(before.untouched) - set(after.untouched)


@given(st.lists(st.sampled_from(sorted(EDITS)), max_size=4), st.lists(st.sampled_from(sorted(EDITS)), max_size=4))
def test_whatever_changes_at_once(one: list[str], other: list[str]) -> None:
    base, head = edited(one), edited(other)
    assert answer(base, head, whole=False)[0] == answer(base, head, whole=True)[0]


def test_what_functions_read_by_a_path_that_is_worked_out_is_always_read() -> None:
    _, (after, _) = answer(edited([]), edited(["a comment"]), whole=False)
    assert sorted(unit.name for unit in after.discovery.units) == ["listing", "plain", "templated", "worked"]
    assert {"json", "reader"} <= set(after.untouched)


MANY = 'resource "aws_instance" "x" {\n  count = NUMBER\n  ami = "ami-1"\n  instance_type = "m5.large"\n}\n'
TEMPLATE = STORY["prod/templates/main.tf"]
DYNAMIC = 'dynamic "launch\\u005ftemplate" {\n  for_each = [1]\n  content {'
MODULE = 'variable "n" {\n  default = 1\n}\n' + MANY.replace("NUMBER", "var.n")
GROUP = STORY["prod/group/main.tf"]


def many(number: str) -> str:
    return AWS + MANY.replace("NUMBER", number)


def calling(source: str) -> str:
    return AWS + f'module "m" {{\n  source = {source}\n}}\n'


Files = Mapping[str, str]


@pytest.mark.parametrize(
    ("files", "change"),
    [
        pytest.param({"a/main.tf": many('2 -file("n")'), "a/n": "1"}, {"a/n": "-9"}, id="a function after a sign"),
        pytest.param(
            {"a/main.tf": many('core::file("n")'), "a/n": "1"}, {"a/n": "9"}, id="a function by its full name"
        ),
        pytest.param({"a/main.tf": many('(file # x\n("n"))'), "a/n": "1"}, {"a/n": "9"}, id="a comment between"),
        pytest.param(
            {
                "a/main.tf": many("tonumber(templatestring(local.t, {}))")
                + 'locals {\n  t = join("", ["$${fi", "le(\\"n\\")}"])\n}\n',
                "a/n": "1",
            },
            {"a/n": "9"},
            id="a template that is put together",
        ),
        pytest.param(
            {
                "a/main.tf": many("tonumber(templatestring(var.t, {}))") + 'variable "t" {}\n',
                "a/terraform.tfvars": 't = "$${file(\\"n\\")}"\n',
                "a/n": "1",
            },
            {"a/n": "9"},
            id="a template among values",
        ),
        pytest.param(
            {"a/main.tf": many('templatefile("${path.module}/t", {})'), "a/t": '${2 -file("n")}', "a/n": "1"},
            {"a/n": "-9"},
            id="a function after a sign in a template",
        ),
        pytest.param(
            {
                "a/main.tf": many('[for path in [{ module = "../v" }] : file("${path.module}/n")][0]'),
                "a/n": "1",
                "v/n": "1",
            },
            {"v/n": "9"},
            id="a path that is not that of the module",
        ),
        pytest.param({"a/main.tf": calling('("../m")'), "m/main.tf": MODULE}, {}, id="a source in brackets"),
        pytest.param({"a/main.tf": calling('"../${"m"}"'), "m/main.tf": MODULE}, {}, id="a source that is a template"),
        pytest.param(
            {"a/main.tf": calling('"./x" == "" ? "./x" : "../m"'), "m/main.tf": MODULE},
            {},
            id="a source that is chosen",
        ),
        pytest.param(
            {"a/main.tf": AWS + 'module \u00e9 {\n  source = "../m"\n}\n', "m/main.tf": MODULE}, {}, id="a rare label"
        ),
        pytest.param(
            {"a/main.tf": AWS + 'locals {\n  x =\nmodule "m" {\n  source = "../m"\n}\n}\n', "m/main.tf": MODULE},
            {},
            id="a call after an error",
        ),
        pytest.param(
            {"a/main.tf": calling('"acme/m/aws//m?ref=1"'), "third/m/main.tf": MODULE},
            {"third/m/main.tf": MODULE.replace("1", "9")},
            id="a module that the configuration maps, with a query",
        ),
        pytest.param(
            {"a/main.tf": calling('"acme/m/aws//n"'), "fourth/main.tf": MODULE, "third/n/main.tf": MODULE},
            {"fourth/main.tf": MODULE.replace("1", "9")},
            id="a folder of a module that the configuration maps elsewhere",
        ),
        pytest.param(
            {"a/main.tf": calling('"../e\u0301"'), "\u00e9/main.tf": MODULE, "e\u0301/main.tf": MODULE},
            {"\u00e9/main.tf": MODULE.replace("1", "9")},
            id="a name that Unicode spells in two ways",
        ),
        pytest.param({"a/main.tf": many("1")}, {"a/x.tf/README": ""}, id="a folder that is named like a file"),
        pytest.param({"a/main.tf": many("1")}, {"a/main.tofu/README": ""}, id="a folder in place of a file"),
        pytest.param({"a/main.tf": many("1")}, {"a/terraform.tfvars/x": ""}, id="a folder in place of values"),
        pytest.param(
            {"g/a.tf": 'module "m" { source = "../n" }\n', "n/main.tf": "", "g/b.tf": GROUP, "t/main.tf": TEMPLATE},
            {"t/main.tf": TEMPLATE.replace("g5", "p3").replace(".xlarge", ".2xlarge")},
            id="a group beside a call on one line",
        ),
        pytest.param(
            {"g/b.tf": GROUP.replace("aws_autoscaling_group", "aws_autoscaling\\u005fgroup"), "t/main.tf": TEMPLATE},
            {"t/main.tf": TEMPLATE.replace("g5", "p3").replace(".xlarge", ".2xlarge")},
            id="a type with an escape",
        ),
        pytest.param(
            {
                "g/b.tf": GROUP.replace("launch_template {", DYNAMIC).replace('"gpu"', '"gpu"\n  }'),
                "t/main.tf": TEMPLATE,
            },
            {"t/main.tf": TEMPLATE.replace("g5", "p3").replace(".xlarge", ".2xlarge")},
            id="a block with an escape",
        ),
        pytest.param(
            {"a/main.tf": many("1"), "a/d.yaml": STORY["prod/k8s/serve.yaml"]},
            {
                "a@kubernetes/main.tf": AWS,
                "a/d.yaml": STORY["prod/k8s/serve.yaml"].replace("replicas: 2", "replicas: 3"),
            },
            id="a folder with the name of another unit",
        ),
    ],
)
def test_what_may_reach_a_unit_unseen(files: Files, change: Files) -> None:
    change = change or {"m/main.tf": MODULE.replace("1", "9")}
    settings = Settings(modules={"acme/m/aws": "third", "acme/m/aws//n": "fourth"})
    base, head = (
        MemoryTree({path: text.encode() for path, text in some.items()})
        for some in ({**files, "other/main.tf": many("1")}, {**files, "other/main.tf": many("1"), **change})
    )
    everything, (after, before) = answer(base, head, whole=True, settings=settings)
    touched, (read, _) = answer(base, head, whole=False, settings=settings)
    assert touched == everything
    assert read.untouched
    assert (after.graph.resources, after.graph.diagnostics) != (before.graph.resources, before.graph.diagnostics)
    assert set(after.graph.resources) >= set(read.graph.resources)


def test_what_was_broken_for_another_unit_is_not_new() -> None:
    backend = 'terraform {\n  backend "s3" {}\n}\n'
    files = {"a/main.tf": AWS, "b/main.tf": backend + MODULE, "b/broken.tf": "resource {", "other/main.tf": many("1")}
    base, head = (
        MemoryTree({path: text.encode() for path, text in some.items()})
        for some in (files, {**files, "a/main.tf": calling('"../b"')})
    )
    everything, _ = answer(base, head, whole=True)
    touched, (read, before) = answer(base, head, whole=False)
    assert touched == everything
    assert read.untouched == ("other",)
    assert [told.code for told in before.graph.diagnostics] == ["hcl-syntax"]


def test_a_source_that_leads_nowhere_for_another_reason() -> None:
    files = {"a/main.tf": calling('"../sub/m"').encode(), "other/main.tf": many("1").encode()}
    base, head = MemoryTree(files, submodules=["sub"]), MemoryTree(files)
    everything, _ = answer(base, head, whole=True)
    touched, (read, _) = answer(base, head, whole=False)
    assert touched == everything
    assert (read.untouched, [told.code for told in read.graph.diagnostics]) == (("other",), ["hcl-module"])


LINKED = {"a/x.tf": "../shared/x.tf", "k/d.yaml": "../shared/d.yaml"}
SHARED = {
    "shared/x.tf": many('trimspace(file("${path.module}/n"))'),
    "shared/d.yaml": STORY["prod/k8s/serve.yaml"],
    "shared/n": "1",
    "a/n": "1",
}


@pytest.mark.parametrize(
    ("change", "untouched"),
    [
        pytest.param({"README": ""}, ["a", "k", "other", "shared"], id="elsewhere"),
        pytest.param({"a/n": "9"}, ["k", "other", "shared"], id="what a linked file reads, where the link is"),
        pytest.param({"shared/n": "9"}, ["a", "k", "other"], id="what it reads where it is"),
        pytest.param({"shared/x.tf": many("9")}, ["k", "other"], id="the file that a link leads to"),
        pytest.param({"shared/d.yaml": ""}, ["a", "other", "shared"], id="the manifest that a link leads to"),
    ],
)
def test_links_to_files(change: Files, untouched: list[str]) -> None:
    files = {**SHARED, "other/main.tf": many("1")}
    base, head = (
        MemoryTree({path: text.encode() for path, text in some.items()}, links=LINKED)
        for some in (files, {**files, **change})
    )
    everything, _ = answer(base, head, whole=True)
    touched, (read, _) = answer(base, head, whole=False)
    assert touched == everything
    assert [name for name in read.untouched if "@" not in name] == untouched


def test_a_link_that_leads_elsewhere() -> None:
    files = {"one/x.tf": many("1").encode(), "two/x.tf": many("9").encode()}
    base, head = (MemoryTree(files, links={"a/x.tf": f"../{name}/x.tf"}) for name in ("one", "two"))
    everything, _ = answer(base, head, whole=True)
    touched, (read, _) = answer(base, head, whole=False)
    assert touched == everything
    assert read.untouched == ("one", "two")
