"""Machines and pods that are written in a roundabout way in Terraform: as objects, as text, as another API's words."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from .repositories import Repository, Told

CONFIG = "version: 1\npolicies:\n  gpu-family-allowlist: {params: {allow: [t4]}}\n"
POLICY = "gpu-family-allowlist"

NODES = '{"cloud.google.com/gke-accelerator": "nvidia-h100-80gb"}'
POD = f'{{nodeSelector: {NODES}, containers: [{{name: c, resources: {{limits: {{nvidia.com/gpu: "8"}}}}}}]}}'
PLAIN = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
GPU = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec: {POD}\n"
AS_JSON = json.dumps(
    {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p"},
        "spec": {
            "nodeSelector": json.loads(NODES),
            "containers": [{"name": "c", "resources": {"limits": {"nvidia.com/gpu": "8"}}}],
        },
    }
)
BLOCKS = """\
resource "kubernetes_pod_v1" "p" {
  metadata {
    name = "p"
  }
  spec {
    node_selector = { "cloud.google.com/gke-accelerator" = "nvidia-h100-80gb" }
    CONTAINERS
  }
}
"""
LIMITS = 'resources {\n        limits = { "nvidia.com/gpu" = "8" }\n      }'
PLAIN_CONTAINER = 'container {\n      name = "c"\n    }'


def judged(repository: Repository, head: Mapping[str, str]) -> Told:
    repository.commit({"guardrail.yaml": CONFIG, "infra/main.tf": "# nothing yet\n"})
    repository.propose({f"infra/{name}": text for name, text in head.items()})
    return repository.judge()


def kubectl(body: str) -> str:
    return f'resource "kubectl_manifest" "m" {{\n  yaml_body = {body}\n}}\n'


def heredoc(text: str) -> str:
    return f"<<-YAML\n{text}YAML"


LATE = 'variable "late" {}\n'


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"a.tf": kubectl(heredoc(PLAIN + "---\n" + GPU))}, id="a second document"),
        pytest.param({"a.tf": kubectl(f"jsonencode({AS_JSON})")}, id="JSON in place of YAML"),
        pytest.param({"a.tf": kubectl('file("pod.txt")'), "pod.txt": GPU}, id="text in a file of any name"),
        pytest.param(
            {"a.tf": kubectl('templatefile("pod.tpl", { n = "8" })'), "pod.tpl": GPU.replace('"8"', "${n}")},
            id="text made by a template",
        ),
        pytest.param(
            {"a.tf": LATE + kubectl(heredoc(GPU.replace("name: p", "name: ${var.late}")))},
            id="beside what nobody knows",
        ),
        pytest.param(
            {"a.tf": LATE + kubectl('var.late ? file("a.yaml.txt") : file("b.yaml.txt")'),
             "a.yaml.txt": PLAIN, "b.yaml.txt": GPU},
            id="one of two texts",
        ),
        pytest.param({"a.tf": LATE + kubectl("var.late")}, id="a text that nobody knows"),
        pytest.param(
            {"a.tf": kubectl(heredoc(f"apiVersion: v1\nkind: List\nitems:\n- {AS_JSON}\n"))}, id="an item of a list"
        ),
        pytest.param(
            {"a.tf": kubectl(heredoc(
                f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nx: &x {POD}\nspec:\n  <<: *x\n"
            ))},
            id="what is merged in",
        ),
        pytest.param(
            {"a.tf": BLOCKS.replace("CONTAINERS", f'init_container {{\n      name = "i"\n      {LIMITS}\n    }}\n'
                                                  f"    {PLAIN_CONTAINER}")},
            id="a container that runs before the others",
        ),
        pytest.param(
            {"a.tf": BLOCKS.replace(
                "CONTAINERS",
                f'dynamic "container" {{\n      for_each = ["a"]\n      content {{\n        name = "c"\n'
                f"        {LIMITS}\n      }}\n    }}",
            )},
            id="a block that is made",
        ),
        pytest.param(
            {
                "a.tf": BLOCKS.replace("CONTAINERS", PLAIN_CONTAINER),
                "override.tf": 'resource "kubernetes_pod_v1" "p" {\n  spec {\n'
                f'    node_selector = {{ "cloud.google.com/gke-accelerator" = "nvidia-h100-80gb" }}\n'
                f'    container {{\n      name = "c"\n      {LIMITS}\n    }}\n  }}\n}}\n',
            },
            id="a file that overrides",
        ),
        pytest.param(
            {"a.tf.json": json.dumps({"resource": {"kubernetes_pod": {"p": {
                "metadata": {"name": "p"},
                "spec": {
                    "node_selector": json.loads(NODES),
                    "container": {"name": "c", "resources": [{"limits": {"nvidia.com/gpu": 8}}]},
                },
            }}}})},
            id="blocks in JSON, without brackets",
        ),
        pytest.param(
            {"a.tf": 'resource "kubernetes_manifest" "m" {\n  manifest = merge(yamldecode(file("p.txt")), {})\n}\n',
             "p.txt": GPU},
            id="a value that is put together",
        ),
        pytest.param(
            {"a.tf": 'resource "kubernetes_manifest" "m" {\n'
                     '  manifest = provider::kubernetes::manifest_decode_multi(file("p.txt"))[1]\n}\n',
             "p.txt": PLAIN + "---\n" + GPU},
            id="a function of the provider",
        ),
        pytest.param({"a.tf": 'resource "helm_release" "r" {\n  name = "r"\n  chart = "c"\n}\n'}, id="a chart"),
        pytest.param(
            {"a.tf": 'resource "awscc_sagemaker_cluster" "c" {\n  instance_groups = [{ instance_group_name = "a", '
                     'instance_type = "ml.p5.48xlarge", instance_count = 1 }]\n}\n'},
            id="another provider of the same cloud",
        ),
        pytest.param(
            {"a.tf": 'resource "azapi_resource" "c" {\n'
                     '  type = "microsoft.MACHINELEARNINGSERVICES/workspaces/computes@2024-04-01"\n  name = "c"\n'
                     '  body = "{\\"properties\\": {\\"computeType\\": \\"amlcompute\\", \\"properties\\": '
                     '{\\"vmSize\\": \\"standard_nd96isr_h100_v5\\"}}}"\n}\n'},
            id="a request as text, in another case",
        ),
        pytest.param(
            {"a.tf": 'resource "databricks_job" "j" {\n  task {\n    task_key = "t"\n    new_cluster {\n'
                     '      node_type_id = "p5.48xlarge"\n    }\n  }\n}\n'},
            id="machines of a job",
        ),
        pytest.param(
            {"a.tf": 'resource "aws_emr_instance_fleet" "f" {\n  target_spot_capacity = 1\n'
                     '  instance_type_configs {\n    instance_type = "m5.large"\n  }\n'
                     '  instance_type_configs {\n    instance_type = "p4d.24xlarge"\n  }\n}\n'},
            id="one of several machines",
        ),
    ],
)  # fmt: skip
def test_devices_that_are_not_allowed_are_seen(repository: Repository, files: Mapping[str, str]) -> None:
    told = judged(repository, files)
    assert told.code == 1
    assert POLICY in told.blocking


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"a.tf": kubectl(heredoc(PLAIN))}, id="an object without pods"),
        pytest.param(
            {"a.tf": kubectl(heredoc(GPU.replace("nvidia-h100-80gb", "nvidia-tesla-t4")))}, id="what is allowed"
        ),
        pytest.param(
            {"a.tf": LATE + kubectl(heredoc(PLAIN.replace("name: a", "name: ${var.late}")))},
            id="an object of which only the name is not known",
        ),
    ],
)
def test_what_is_harmless_passes(repository: Repository, files: Mapping[str, str]) -> None:
    told = judged(repository, files)
    assert (told.code, told.blocking) == (0, set())
