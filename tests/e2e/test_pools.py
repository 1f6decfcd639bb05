"""Pools of nodes in manifests through the front door: machines, bounds, whose cost is whose."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import demo
import pytest

from .repositories import Repository

STORY = demo.ROOT / "fixtures" / "repos" / "karpenter"
POOL = "k8s/pools//karpenter.sh/NodePool/-/gpu"
SERVING, STAGING = (f"k8s/serving//apps/Deployment/{space}/chat" for space in ("serving", "staging"))


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return Repository(demo.build(STORY, tmp_path_factory.mktemp("karpenter") / "repository"))


@pytest.fixture(scope="module")
def cost(story: Repository) -> Any:
    return story.check("--base", "main", "--head", "gpu-pool", "--trusted", "main", "--all").report["cost"]


def test_the_story_is_what_its_fixture_says(story: Repository) -> None:
    told = story.check("--base", "main", "--head", "gpu-pool", "--trusted", "main", "--all")
    assert demo.summary(told.report, told.code) == json.loads((STORY / "expected.json").read_text(encoding="utf-8"))


def test_an_autoscaler_in_another_file_bounds_its_deployment_and_not_the_namesake(story: Repository) -> None:
    found = story.document("--head", "gpu-pool")["resources"]
    replicas = {address: found[address]["groups"]["main"]["replicas"] for address in (SERVING, STAGING, POOL)}
    assert replicas[SERVING] == {"min": 1, "desired": 2, "max": 6}
    assert replicas[STAGING] == {"min": 1, "desired": 1, "max": 1}
    assert replicas[POOL] == {"min": 0, "max": 8}
    assert found[POOL]["unknown"]["/groups/main/replicas/desired"]["reason"] == "computed"


def test_pods_run_on_the_pool_that_has_their_devices(story: Repository) -> None:
    edges = story.document("--head", "gpu-pool")["edges"]
    for workload in (SERVING, STAGING):
        assert [edge["to"] for edge in edges[workload] if edge["kind"] == "schedules_on"] == [POOL]


def test_machines_are_paid_once(cost: Any) -> None:
    """
    At most two g5.12xlarge, 5.672 USD an hour, or eight g5.xlarge, 1.006: of both eight GPUs, and disks of eight nodes.

    2 × 5.672 × 730 = 8281.12 is more than 8 × 1.006 × 730 = 5875.04; 8 × 100 GiB × 0.08 = 64.
    """
    told = {one["address"]: one for one in cost["resources"]}
    assert {one: told[one]["role"] for one in (POOL, SERVING, STAGING)} == {
        POOL: "billed",
        SERVING: "allocated",
        STAGING: "allocated",
    }
    assert (told[POOL]["min"], told[POOL]["expected"], told[POOL]["max"]) == ("0.00", "unknown", "8345.12")
    # Cluster 73, two m5.large 140.16 with 4 of disks.
    assert cost["head"]["max"] == str(Decimal("73.00") + Decimal("144.16") + Decimal("8345.12"))


def test_shares_are_those_of_a_node(cost: Any) -> None:
    """One GPU of the four in a g5.12xlarge, half of the pool's bill each: 6 and 1 quarters of 4172.56."""
    told = {one["address"]: one["max"] for one in cost["resources"]}
    assert (told[SERVING], told[STAGING]) == ("6258.84", "1043.14")
    by_team = {team: one["head"]["max"] for team, one in cost["by"]["team"].items()}
    assert by_team == {"search": "7301.98", "platform": "1260.30"}


def test_the_second_machine_does_not_come_from_the_second_requirement(story: Repository) -> None:
    for path in ("/groups/main/machine_types/1", "/groups/main/accelerators/0/model"):
        told = story.run("explain", "--head", "gpu-pool", POOL, path).out
        assert "k8s/pools/gpu.yaml:14  spec.template.spec.requirem" in told
        assert "requirements[" not in told
        assert "k8s/pools/gpu.yaml:7   spec.limits" in told


@pytest.mark.parametrize("dimension", ["unit", "environment", "cluster", "team", "model", "namespace"])
@pytest.mark.parametrize("bound", ["min", "max"])
def test_every_dimension_adds_up(cost: Any, dimension: str, bound: str) -> None:
    for side in ("head", "base"):
        values = [Decimal(one[side][bound]) for one in cost["by"][dimension].values() if one[side] is not None]
        assert sum(values) == Decimal(cost[side][bound])


def judged(repository: Repository, **files: str) -> Mapping[str, Any]:
    repository.commit({f"k8s/{name}.yaml": text for name, text in files.items()})
    document: Mapping[str, Any] = repository.document()
    return document


FLOW = (
    "{apiVersion: karpenter.sh/v1, kind: NodePool, metadata: {name: x}, spec: {template: {spec: {nodeClassRef:"
    " {group: karpenter.k8s.aws, kind: EC2NodeClass, name: d}, requirements: [{key: karpenter.k8s.aws/instance-family,"
    " operator: In, values: [p5]}]}}}}"
)


@pytest.mark.parametrize(
    ("text", "most"),
    [
        pytest.param(f"{FLOW}\n", "unbounded", id="no limits"),
        pytest.param(
            f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c}}\n---\n{FLOW}\n", "unbounded", id="second document"
        ),
        pytest.param(f"apiVersion: v1\nkind: List\nitems: [{FLOW}]\n", "unbounded", id="in a list"),
        pytest.param(FLOW.replace("spec: {temp", "spec: {limits: {nvidia.com/gpu: 16}, temp"), 16, id="a limit"),
        pytest.param(FLOW.replace("spec: {temp", "spec: {limits: {nvidia.com/gpu: '16'}, temp"), 16, id="as text"),
        pytest.param(
            FLOW.replace("spec: {temp", "spec: {limits: {nvidia.com/gpu: 16k}, temp"), 16000, id="with a unit"
        ),
        pytest.param(FLOW.replace("spec: {temp", "spec: {limits: {cpu: 384000m}, temp"), 24, id="in thousandths"),
        pytest.param(FLOW.replace("spec: {temp", "spec: {limits: {memory: 4Ti}, temp"), 17, id="in bytes"),
        pytest.param(FLOW.replace("spec: {temp", "spec: {limits: {nodes: 3}, temp"), 3, id="in nodes"),
        pytest.param(FLOW.replace("spec: {temp", "spec: {replicas: 5, temp"), 5, id="a static pool"),
        pytest.param(
            FLOW.replace("spec: {temp", "spec: {limits: {nvidia.com/gpu: null}, temp"), "unbounded", id="null"
        ),
        pytest.param(FLOW.replace("spec: {temp", "spec: {limits: {}, temp"), "unbounded", id="no limit in limits"),
    ],
)
def test_bounds_of_a_pool(repository: Repository, text: str, most: Any) -> None:
    found = judged(repository, a=text)["resources"]["k8s//karpenter.sh/NodePool/-/x"]
    assert found["groups"]["main"]["replicas"]["max"] == most
    assert {one["family"] for one in found["groups"]["main"]["accelerators"]} == {"h100"}


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        pytest.param("{nvidia.com/gpu: -1}", "error", id="less than nothing"),
        pytest.param("{nvidia.com/gpu: many}", "error", id="no number"),
        pytest.param("[8]", "error", id="a list"),
        pytest.param("{nvidia.com/gpu: $GPUS}", "template", id="a placeholder"),
        pytest.param("{nvidia.com/gpu: 99999999999999999999}", "error", id="more than 64 bits hold"),
    ],
)
def test_limits_that_are_none_are_not_known(repository: Repository, limits: str, reason: str) -> None:
    repository.commit({"k8s/a.yaml": FLOW.replace("spec: {temp", f"spec: {{limits: {limits}, temp")})
    told = repository.check()
    document = repository.document()["resources"]["k8s//karpenter.sh/NodePool/-/x"]
    assert document["unknown"]["/groups/main/replicas/max"]["reason"] == reason
    assert (told.code, ["gpu-count-limit", "undetermined"]) == (
        1,
        next([one["policy"], one["status"]] for one in told.of("gpu-count-limit")),
    )
    refused = [(one["line"], one["code"]) for one in told.report["diagnostics"] if one["code"] == "value-refused"]
    assert refused == ([(1, "value-refused")] if reason == "error" else [])


@pytest.mark.parametrize(
    ("requirement", "families"),
    [
        pytest.param("{key: karpenter.k8s.aws/instance-gpu-name, operator: In, values: [t4]}", {"t4"}, id="by its GPU"),
        pytest.param(
            "{key: karpenter.k8s.aws/instance-category, operator: In, values: [p]}",
            {"k80", "v100", "a100", "h100", "h200", "b200", "b300", None},
            id="a category: those that are known, and others may come",
        ),
        pytest.param(
            "{key: karpenter.k8s.aws/instance-category, operator: In, values: [c, m, r]}", set(), id="plain categories"
        ),
        pytest.param("{key: kubernetes.io/arch, operator: In, values: [amd64]}", None, id="nothing said of machines"),
    ],
)
def test_what_requirements_permit(repository: Repository, requirement: str, families: Any) -> None:
    family = "{key: karpenter.k8s.aws/instance-family, operator: In, values: [p5]}"
    found = judged(repository, a=FLOW.replace(family, requirement))["resources"]["k8s//karpenter.sh/NodePool/-/x"]
    told = found["groups"]["main"].get("accelerators")
    assert (None if told is None else {one.get("family") for one in told}) == families


EKSCTL = """\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: ml, region: us-east-1}
managedNodeGroups:
  - {name: gpu, instanceType: g5.xlarge, minSize: 1, maxSize: 3, volumeSize: 100}
"""
WORK = """\
apiVersion: v1
kind: Pod
metadata: {name: one, namespace: ml}
spec:
  nodeSelector: {eks.amazonaws.com/nodegroup: gpu}
  containers: [{name: main, image: example/one:1, resources: {limits: {nvidia.com/gpu: 1}}}]
"""


def test_pods_on_a_cluster_of_eksctl_are_not_counted_twice(repository: Repository) -> None:
    """Control plane 73; one node 1.006 × 730 + 100 × 0.08 = 742.38, at most three."""
    repository.commit({"cluster/cluster.yaml": EKSCTL, "k8s/pod.yaml": WORK})
    cost = json.loads(repository.run("cost", "--format", "json").out)["cost"]
    told = {one["address"]: (one["role"], one["min"], one["max"]) for one in cost["resources"]}
    assert told == {
        "cluster//eksctl.io/ClusterConfig/-/ml": ("billed", "815.38", "2300.14"),
        "k8s//core/Pod/ml/one": ("allocated", "742.38", "742.38"),
    }
    assert (cost["head"]["min"], cost["head"]["max"]) == ("815.38", "2300.14")


ROOT = """\
provider "aws" { region = "us-east-1" }
resource "aws_eks_cluster" "ml" {
  name     = "ml"
  role_arn = "arn:aws:iam::111122223333:role/eks"
  vpc_config { subnet_ids = ["subnet-1"] }
}
resource "kubectl_manifest" "class" {
  yaml_body = <<-YAML
    apiVersion: karpenter.k8s.aws/v1
    kind: EC2NodeClass
    metadata: {name: default}
    spec: {amiFamily: AL2023, tags: {team: ml, cluster: "${aws_eks_cluster.ml.name}"}}
  YAML
}
resource "kubernetes_manifest" "pool" {
  manifest = {
    apiVersion = "karpenter.sh/v1"
    kind       = "NodePool"
    metadata   = { name = "gpu" }
    spec = {
      limits = { "nvidia.com/gpu" = 4 }
      template = { spec = {
        nodeClassRef = { group = "karpenter.k8s.aws", kind = "EC2NodeClass", name = "default" }
        requirements = [
          { key = "karpenter.k8s.aws/instance-family", operator = "In", values = ["g5"] },
          { key = "karpenter.k8s.aws/instance-size", operator = "In", values = ["xlarge"] },
        ]
      } }
    }
  }
}
resource "kubernetes_deployment" "web" {
  metadata {
    name      = "web"
    namespace = "ml"
  }
  spec {
    replicas = 2
    selector { match_labels = { app = "web" } }
    template {
      metadata { labels = { app = "web" } }
      spec {
        container {
          name  = "main"
          image = "example/web:1"
          resources { limits = { "nvidia.com/gpu" = 1 } }
        }
      }
    }
  }
}
"""


def test_pools_that_terraform_makes_are_the_same(repository: Repository) -> None:
    """Four g5.xlarge at most, 4 × (1.006 × 730 + 20 × 0.08) = 2943.92, of which the pods have half."""
    repository.commit({"infra/main.tf": ROOT})
    cost = json.loads(repository.run("cost", "--format", "json").out)["cost"]
    pool = "infra//kubernetes_manifest.pool!karpenter.sh/NodePool/-/gpu"
    told = {one["address"]: (one["role"], one["max"]) for one in cost["resources"]}
    assert told[pool] == ("billed", "2943.92")
    assert told["infra//kubernetes_deployment.web!apps/Deployment/ml/web"] == ("allocated", "1471.96")
    assert repository.document()["resources"][pool]["labels"] == {"team": "ml", "cluster": "ml"}


@pytest.mark.parametrize("name", ["[a]", "{a: b}", "7", "null", "$NAME"])
def test_a_cluster_may_be_called_anything(repository: Repository, name: str) -> None:
    spec = (
        "{clusterName: NAME, replicas: 2, template: {spec: {infrastructureRef: {kind: AWSMachineTemplate, name: x}}}}"
    )
    machines = "{apiVersion: cluster.x-k8s.io/v1beta1, kind: MachineDeployment, metadata: {name: x}, spec: SPEC}\n"
    told = judged(repository, a=machines.replace("SPEC", spec.replace("NAME", name)))["resources"]
    (found,) = told.values()
    assert found["groups"]["main"]["replicas"] == {"min": 2, "desired": 2, "max": 2}
    assert found.get("cluster") == ("7" if name == "7" else None)
    reason = found["unknown"].get("/cluster", {}).get("reason")
    assert reason == {"[a]": "error", "{a: b}": "error", "$NAME": "template"}.get(name)
    assert repository.check().code in (0, 1)
