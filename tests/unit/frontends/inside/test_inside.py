"""Objects inside of Terraform resources are judged as manifests are, and lead to the lines of Terraform."""

from __future__ import annotations

import json
from typing import Any

import pytest
from examples import graph_of

from guardrail.config.settings import Settings
from guardrail.graph import trace
from guardrail.model.graph import Graph
from guardrail.model.resource import Bounds, Multiplicity
from guardrail.model.value import UNBOUNDED, Reason, Unknown

POD = '{containers: [{name: c, resources: {limits: {nvidia.com/gpu: "2"}}}]}'
DEPLOYMENT = f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: serve, namespace: ml}}
spec:
  replicas: 3
  template: {{spec: {POD}}}
"""
BLOCKS = """
resource "kubernetes_deployment" "serve" {
  metadata {
    name = "serve"
    namespace = "ml"
  }
  spec {
    %s
    template {
      metadata {}
      spec {
        container {
          name = "c"
          resources {
            limits = { "nvidia.com/gpu" = "2" }
          }
        }
      }
    }
  }
}
"""


def graph(main: str, **files: str) -> Graph:
    named = {f"{name.replace('__', '.')}": text.encode() for name, text in files.items()}
    return graph_of({"main.tf": main.encode(), **named}, Settings())[0]


def told(main: str, **files: str) -> list[tuple[str, str, int]]:
    named = {f"{name.replace('__', '.')}": text.encode() for name, text in files.items()}
    said = graph_of({"main.tf": main.encode(), **named}, Settings())[1]
    return [(one.level, one.code, one.place.line if one.place else 0) for one in said]


def objects(found: Graph) -> dict[str, Any]:
    return {address: one for address, one in found.resources.items() if "!" in address}


def only(found: Graph) -> Any:
    (one,) = objects(found).values()
    return one


def kubectl(body: str, more: str = "") -> str:
    return f'resource "kubectl_manifest" "m" {{\n  {more}\n  yaml_body = {body}\n}}\n'


HEREDOC = f"<<-YAML\n{DEPLOYMENT}YAML"


@pytest.mark.parametrize(
    ("main", "address"),
    [
        pytest.param(BLOCKS % "replicas = 3", "kubernetes_deployment.serve!apps/Deployment/ml/serve", id="blocks"),
        pytest.param(kubectl(HEREDOC), "kubectl_manifest.m!apps/Deployment/ml/serve", id="a text"),
        pytest.param(kubectl('file("d.yaml")'), "kubectl_manifest.m!apps/Deployment/ml/serve", id="a text in a file"),
        pytest.param(
            'resource "kubernetes_manifest" "m" {\n  for_each = toset(["a"])\n'
            '  manifest = yamldecode(file("d.yaml"))\n}',
            'kubernetes_manifest.m["a"]!apps/Deployment/ml/serve',
            id="a value, for each",
        ),
        pytest.param(
            kubectl("yamlencode(yamldecode(local.text))") + f"locals {{\n  text = {HEREDOC}\n}}",
            "kubectl_manifest.m!apps/Deployment/ml/serve",
            id="a value as text",
        ),
    ],
)
def test_an_object_is_a_resource_of_its_own(main: str, address: str) -> None:
    found = graph(main, d__yaml=DEPLOYMENT)
    one = objects(found)[f".//{address}"]
    assert (one.type, one.category, one.namespace) == ("apps/Deployment", "workload.service", "ml")
    assert one.groups["main"].replicas == Bounds(3, 3, 3)
    assert one.groups["main"].accelerators[0].count == 2
    holder = address.partition("!")[0]
    assert [(edge.kind, edge.to) for edge in found.edges[f".//{holder}"]] == [("owns", one.address)]
    assert not found.resources[f".//{holder}"].groups


DOCUMENTS = """
data "kubectl_file_documents" "d" {
  content = file("d.yaml")
}
resource "kubectl_manifest" "m" {
  for_each  = data.kubectl_file_documents.d.manifests
  yaml_body = each.value
}
resource "kubectl_manifest" "n" {
  count     = length(data.kubectl_file_documents.d.documents)
  yaml_body = element(data.kubectl_file_documents.d.documents, count.index)
}
"""


def test_documents_of_a_file_are_as_many_objects() -> None:
    found = objects(
        graph(DOCUMENTS, d__yaml=f"{DEPLOYMENT}---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: ml}}\n")
    )
    assert sorted(address.partition("//")[2] for address in found) == [
        'kubectl_manifest.m["/api/v1/namespaces/ml"]!core/Namespace/-/ml',
        'kubectl_manifest.m["/apis/apps/v1/namespaces/ml/deployments/serve"]!apps/Deployment/ml/serve',
        "kubectl_manifest.n[0]!apps/Deployment/ml/serve",
        "kubectl_manifest.n[1]!core/Namespace/-/ml",
    ]


@pytest.mark.parametrize(
    ("stated", "replicas"),
    [
        pytest.param("", Bounds(1, 1, 1), id="what is not stated is what Kubernetes takes for it"),
        pytest.param('replicas = "0"', Bounds(0, 0, 0), id="a number as text"),
        pytest.param("replicas = null", Bounds(1, 1, 1), id="null"),
    ],
)
def test_replicas_of_blocks(stated: str, replicas: Bounds) -> None:
    assert only(graph(BLOCKS % stated)).groups["main"].replicas == replicas


NULL_IN_A_VALUE = """
resource "kubernetes_manifest" "m" {
  manifest = {
    apiVersion = "v1"
    kind = "Pod"
    metadata = { name = "p", namespace = "ml" }
    spec = { containers = [{ name = "a", resources = { limits = { "nvidia.com/gpu" = null } } }] }
  }
}
"""


@pytest.mark.parametrize(
    ("main", "count", "problems"),
    [
        pytest.param(NULL_IN_A_VALUE, (), [], id="null in a value leaves it out"),
        pytest.param(
            kubectl(
                '"apiVersion: v1\\nkind: Pod\\nmetadata: {name: p}\\n'
                'spec: {containers: [{name: a, resources: {limits: {nvidia.com/gpu: }}}]}"'
            ),
            (Reason.ERROR,),
            ["manifest-value"],
            id="nothing in a text is a number that is lost",
        ),
    ],
)
def test_devices_without_a_number(main: str, count: tuple[Reason, ...], problems: list[str]) -> None:
    devices = only(graph(main)).groups["main"].accelerators
    assert tuple(one.count.reason for one in devices) == count
    assert [code for _, code, _ in told(main)] == problems


def test_what_is_negative_is_said_at_its_line() -> None:
    main = BLOCKS % "replicas = -1"
    assert ("warning", "manifest-value", 8) in told(main)
    assert isinstance(only(graph(main)).groups["main"].replicas.max, Unknown)


@pytest.mark.parametrize(
    ("main", "path", "lines"),
    [
        pytest.param(BLOCKS % "replicas = 3", "/groups/main/replicas/max", [(8, 3)], id="an argument"),
        pytest.param(
            BLOCKS % "replicas = var.n" + 'variable "n" { default = 3 }',
            "/groups/main/replicas/max",
            [(8, 3), (22, 3)],
            id="a variable",
        ),
        pytest.param(BLOCKS % "replicas = 3", "/groups/main/containers/0/limits", [(15, None)], id="a map"),
        pytest.param(kubectl(HEREDOC), "/groups/main/replicas/max", [(8, 3)], id="a text: its own line"),
        pytest.param(
            kubectl(HEREDOC.replace("YAML\n", "YAML\n---\n", 1).replace("replicas: 3", "replicas: ${1 + 2}")),
            "/groups/main/replicas/max",
            [(9, 3)],
            id="a text with what is put into it",
        ),
        pytest.param(
            kubectl(HEREDOC.replace("metadata: ", '${join("\\n", ["x: 1", "y: 2"])}\nmetadata: ')),
            "/groups/main/replicas/max",
            [(3, 3)],
            id="a text with lines that nobody wrote: the one that it begins in",
        ),
        pytest.param(
            kubectl('file("d.yaml")'), "/groups/main/replicas/max", [(3, 3)], id="a text in a file: that which names it"
        ),
        pytest.param(
            'resource "kubernetes_manifest" "m" {\n  manifest = {\n    apiVersion = "v1"\n    kind = "Pod"\n'
            '    metadata = { name = "p", labels = { team = "a" } }\n    spec = {}\n  }\n}',
            "/labels/team",
            [(2, "a")],
            id="a value",
        ),
    ],
)
def test_traces_lead_to_the_lines_of_terraform(main: str, path: str, lines: list[tuple[int, Any]]) -> None:
    found = graph(main, d__yaml=DEPLOYMENT)
    steps = trace.trace(found, only(found).address, path)
    assert [(step.place.file, step.place.line) for step in steps][: len(lines)] == [("main.tf", at) for at, _ in lines]
    assert [step.value for step in steps if not isinstance(step.value, (dict, tuple))][: len(lines)] == [
        value for _, value in lines if value is not None
    ] or lines[0][1] is None
    assert trace.place(found, only(found).address, path).line == (5 if "labels" in path else lines[0][0])


UNKNOWN = '\nvariable "n" {}\nvariable "ns" { type = string }\n'


@pytest.mark.parametrize(
    ("main", "path", "reason"),
    [
        pytest.param(BLOCKS % "replicas = var.n" + UNKNOWN, "replicas", Reason.VARIABLE, id="in a block"),
        pytest.param(
            kubectl(HEREDOC.replace("replicas: 3", "replicas: ${var.n}")) + UNKNOWN,
            "replicas",
            Reason.VARIABLE,
            id="in a text",
        ),
        pytest.param(
            kubectl('templatefile("d.yaml", { n = aws_vpc.v.id })') + 'resource "aws_vpc" "v" {}',
            "replicas",
            Reason.COMPUTED,
            id="in a template in a file",
        ),
        pytest.param(
            kubectl(HEREDOC.replace("namespace: ml", "namespace: ${var.ns}")) + UNKNOWN,
            "namespace",
            Reason.VARIABLE,
            id="a namespace",
        ),
    ],
)
def test_what_is_not_known_is_so_in_its_place(main: str, path: str, reason: Reason) -> None:
    one = only(graph(main, d__yaml=DEPLOYMENT.replace("replicas: 3", "replicas: ${n}")))
    value = one.namespace if path == "namespace" else one.groups["main"].replicas.max
    assert isinstance(value, Unknown)
    assert value.reason is reason
    assert one.groups["main"].accelerators[0].count == 2


@pytest.mark.parametrize(
    ("main", "reason"),
    [
        pytest.param(kubectl("var.ns") + UNKNOWN, Reason.VARIABLE, id="nothing but a variable"),
        pytest.param(kubectl('"${var.ns}\\nkind: Pod"') + UNKNOWN, Reason.VARIABLE, id="lines that nobody knows"),
        pytest.param(kubectl('"kind: ${var.ns}\\napiVersion: v1"') + UNKNOWN, Reason.VARIABLE, id="of what kind it is"),
        pytest.param(kubectl("null"), Reason.ERROR, id="null"),
        pytest.param(
            'resource "kubernetes_manifest" "m" {\n  manifest = var.n\n}' + UNKNOWN, Reason.VARIABLE, id="a value"
        ),
    ],
)
def test_what_nobody_knows_may_run_anything(main: str, reason: Reason) -> None:
    found = graph(main)
    assert objects(found) == {}
    (holder,) = (one for one in found.resources.values() if one.provider in ("kubectl", "kubernetes"))
    assert holder.category == "workload.service"
    assert isinstance(holder.groups, Unknown)
    assert holder.groups.reason is reason


def test_one_of_two_texts_may_be_either() -> None:
    main = kubectl('var.n ? file("d.yaml") : file("p.yaml")') + 'variable "n" { type = bool }'
    found = objects(graph(main, d__yaml=DEPLOYMENT, p__yaml=DEPLOYMENT.replace("Deployment", "StatefulSet")))
    assert {one.type for one in found.values()} == {"apps/Deployment", "apps/StatefulSet"}
    assert all((one.multiplicity.min, one.multiplicity.max) == (0, 1) for one in found.values())


def test_there_are_as_many_as_of_the_resource() -> None:
    main = kubectl(HEREDOC, "count = var.n") + UNKNOWN
    one = only(graph(main))
    assert one.address == ".//kubectl_manifest.m[?]!apps/Deployment/ml/serve"
    assert (one.multiplicity.min, one.multiplicity.max) == (0, UNBOUNDED)
    assert isinstance(one.multiplicity, Multiplicity)


def test_a_namespace_that_the_resource_states_wins() -> None:
    found = graph(kubectl(HEREDOC, 'override_namespace = "other"'))
    one = only(found)
    assert (one.address, one.namespace) == (".//kubectl_manifest.m!apps/Deployment/other/serve", "other")
    assert trace.place(found, one.address, "/namespace").line == 2


def test_every_document_of_a_text_counts() -> None:
    pods = "".join(f"---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p{i}}}\nspec: {POD}\n" for i in range(3))
    item = f"{{apiVersion: v1, kind: Pod, metadata: {{name: l}}, spec: {POD}}}"
    listed = f"---\napiVersion: v1\nkind: List\nitems:\n- {item}\n"
    found = graph(kubectl(f"<<-YAML\n{pods}{listed}YAML"))
    assert sorted(one.name for one in objects(found).values()) == ["l", "p0", "p1", "p2"]


def test_a_broken_text_is_said_at_its_attribute_and_the_rest_is_judged() -> None:
    main = kubectl('"a: [\\n---\\napiVersion: v1\\nkind: Pod\\nmetadata: {name: p}"')
    assert ("error", "yaml-syntax", 3) in told(main)
    assert [one.name for one in objects(graph(main)).values()] == ["p"]


def test_names_mean_one_another_as_in_manifests() -> None:
    scaler = """
resource "kubernetes_horizontal_pod_autoscaler" "h" {
  metadata {
    name = "h"
    namespace = "%s"
  }
  spec {
    max_replicas = 9
    scale_target_ref {
      api_version = "apps/v1"
      kind = "Deployment"
      name = "serve"
    }
  }
}
"""
    for namespace, most in (("ml", 9), ("elsewhere", 3)):
        found = objects(graph(kubectl(HEREDOC) + scaler % namespace))
        assert found[".//kubectl_manifest.m!apps/Deployment/ml/serve"].groups["main"].replicas.max == most


def test_blocks_in_json_are_the_same() -> None:
    pod = {"container": {"name": "c", "resources": {"limits": {"nvidia.com/gpu": 2}}}}
    stated = {"metadata": {"name": "p"}, "spec": pod}
    main = json.dumps({"resource": {"kubernetes_pod": {"p": stated}}})
    one = only(graph_of({"main.tf.json": main.encode()}, Settings())[0])
    assert one.groups["main"].accelerators[0].count == 2
    assert [container.name for container in one.groups["main"].containers] == ["c"]


def test_dynamic_blocks_are_blocks() -> None:
    main = """
resource "kubernetes_pod_v1" "p" {
  metadata {
    name = "p"
  }
  spec {
    dynamic "container" {
      for_each = [1, 4]
      content {
        name = "c${container.value}"
        resources {
          limits = { "nvidia.com/gpu" = container.value }
        }
      }
    }
  }
}
"""
    assert only(graph(main)).groups["main"].accelerators[0].count == 5


HIDDEN = "c2VjcmV0LXRoYXQtbm9ib2R5LXNlZXM"
SECRETS = """
resource "kubernetes_secret" "s" {
  data = { password = "HIDDEN" }
}
resource "helm_release" "r" {
  chart = "c"
  set_sensitive {
    name  = "a"
    value = "HIDDEN"
  }
}
resource "kubernetes_pod" "p" {
  spec {
    container {
      name = "c"
      env {
        name  = "A"
        value = "HIDDEN"
      }
    }
  }
}
resource "kubectl_manifest" "m" {
  yaml_body = "apiVersion: v1\\nkind: Secret\\nmetadata: {name: a}\\ndata: {a: HIDDEN}"
}
"""


def test_secrets_are_not_kept() -> None:
    found = graph(SECRETS.replace("HIDDEN", HIDDEN)).resources
    assert len(found) == 6
    assert not any(HIDDEN in str(one.attributes) for one in found.values())


def test_a_chart_is_unknown_and_named() -> None:
    found = graph(
        'resource "helm_release" "r" {\n  name = "x"\n  chart = "vllm"\n  repository = "https://charts.example"\n}'
    )
    (one,) = found.resources.values()
    assert isinstance(one.groups, Unknown)
    assert (one.groups.reason, "vllm of https://charts.example" in one.groups.note) == (Reason.MODULE, True)


def test_objects_run_in_the_cluster_that_their_provider_is_connected_to() -> None:
    clusters = "".join(
        f'resource "google_container_cluster" "{name}" {{\n  name = "{name}"\n  location = "europe-west4"\n}}\n'
        for name in ("one", "two")
    )
    provider = 'provider "kubernetes" {\n  host = "https://${google_container_cluster.two.endpoint}"\n}\n'
    assert only(graph(clusters + provider + BLOCKS % "")).cluster == "two"
    assert only(graph(clusters + BLOCKS % "")).cluster is None


def test_what_a_resource_was_called_before_its_objects_were_too() -> None:
    from guardrail.frontends.discover import discover
    from guardrail.frontends.known import Known
    from guardrail.frontends.readers import read
    from guardrail.sources.listed import MemoryTree

    main = kubectl(HEREDOC) + "moved {\n  from = kubectl_manifest.before\n  to = kubectl_manifest.m\n}\n"
    tree, known = MemoryTree({"main.tf": main.encode()}), Known()
    (unit,) = discover(tree, Settings(), known=known).units
    moved = read(tree, unit, Settings(), known, known.budget).moved
    assert (
        moved[".//kubectl_manifest.before!apps/Deployment/ml/serve"] == ".//kubectl_manifest.m!apps/Deployment/ml/serve"
    )
