"""Pods and pools whose nodes are made for them: which fit, and in which cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Optional

import pytest

from guardrail.config.settings import Cluster, Settings
from guardrail.frontends.kubernetes.read import read
from guardrail.frontends.unit import Unit
from guardrail.graph.build import build
from guardrail.graph.made import fit
from guardrail.graph.nodes import Fit, Pool
from guardrail.model.graph import Graph
from guardrail.model.resource import Resource
from guardrail.model.value import OpenMap, Unknown
from guardrail.sources.listed import MemoryTree

POOL = """\
apiVersion: karpenter.sh/v1
kind: NodePool
metadata: {{name: {name}}}
spec:
  limits: {{cpu: 1000}}
  template:
    metadata: {{labels: {{tier: gold}}}}
    spec:
      nodeClassRef: {{group: karpenter.k8s.aws, kind: EC2NodeClass, name: default}}
      taints: {taints}
      requirements: {requirements}
"""
WORK = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, namespace: ml}}
spec:
  template:
    spec:
      nodeSelector: {selector}
      tolerations: {tolerations}
      affinity: {affinity}
      containers: [{{name: main, image: example/web:1, resources: {resources}}}]
"""
G5 = "{key: karpenter.k8s.aws/instance-family, operator: In, values: [g5]}"
ONE = "{limits: {nvidia.com/gpu: 1}}"
GPU = "{key: nvidia.com/gpu, operator: Exists, effect: NoSchedule}"


def pool(requirements: str = G5, taints: str = "[]", name: str = "gpu") -> str:
    return POOL.format(name=name, requirements=f"[{requirements}]", taints=taints)


def work(selector: str = "{}", tolerations: str = "[]", resources: str = "{}", affinity: str = "{}") -> str:
    return WORK.format(selector=selector, tolerations=tolerations, resources=resources, affinity=affinity)


def graph(files: Mapping[str, str], clusters: Mapping[str, str] = {}, settings: Optional[Settings] = None) -> Graph:
    """Return the graph of files, each of a unit of its own that is named like it."""
    tree = MemoryTree({f"{name}/a.yaml": text.encode() for name, text in files.items()})
    units = [
        Unit(name=name, format="kubernetes", directory=name, files=(f"{name}/a.yaml",), cluster=clusters.get(name))
        for name in files
    ]
    return build([read(tree, unit) for unit in units], units, settings or Settings())


def answer(pools: str, pods: str) -> Fit:
    """Return whether the pods of the one manifest fit the pool of the other."""
    resources = {one.type: one for one in graph({"a": f"{pools}---\n{pods}"}).resources.values()}
    made, wanted = resources["karpenter.sh/NodePool"], resources["apps/Deployment"]
    assert isinstance(made.groups, dict)
    assert isinstance(wanted.groups, dict)
    return fit(wanted.groups["main"], Pool(made, made.groups["main"], made=True))


def required(key: str, *values: str) -> str:
    terms = f"[{{matchExpressions: [{{key: {key}, operator: In, values: [{', '.join(values)}]}}]}}]"
    return f"{{nodeAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: {{nodeSelectorTerms: {terms}}}}}}}"


@pytest.mark.parametrize(
    ("pools", "pods", "fits"),
    [
        pytest.param(pool(), work(), Fit.YES, id="nothing is asked"),
        pytest.param(pool(taints=f"[{GPU}]".replace("operator: Exists, ", "")), work(), Fit.NO, id="a taint"),
        pytest.param(
            pool(taints="[{key: nvidia.com/gpu, effect: NoSchedule}]"),
            work(tolerations=f"[{GPU}]"),
            Fit.YES,
            id="a taint that is tolerated",
        ),
        pytest.param(pool(), work("{tier: gold}"), Fit.YES, id="a label of the template"),
        pytest.param(pool(), work("{tier: lead}"), Fit.NO, id="another value of it"),
        pytest.param(pool(), work("{other: x}"), Fit.NO, id="a label that no node of the pool would carry"),
        pytest.param(
            pool(f"{G5}, {{key: rack, operator: In, values: [a, b]}}"),
            work("{rack: b}"),
            Fit.YES,
            id="one of several values",
        ),
        pytest.param(
            pool(f"{G5}, {{key: rack, operator: In, values: [a, b]}}"), work("{rack: c}"), Fit.NO, id="none of them"
        ),
        pytest.param(pool(f"{G5}, {{key: rack, operator: Exists}}"), work("{rack: c}"), Fit.YES, id="any value"),
        pytest.param(pool(), work("{karpenter.sh/nodepool: gpu}"), Fit.YES, id="the pool by its name"),
        pytest.param(pool(), work("{karpenter.sh/nodepool: cpu}"), Fit.NO, id="another pool by its name"),
        pytest.param(
            pool(),
            work("{node.kubernetes.io/instance-type: g5.xlarge}", resources=ONE),
            Fit.YES,
            id="one of its machines",
        ),
        pytest.param(
            pool(),
            work("{node.kubernetes.io/instance-type: g5.xlarge}"),
            Fit.PERHAPS,
            id="one of its machines, and nobody knows for how many of its devices",
        ),
        pytest.param(pool(), work("{node.kubernetes.io/instance-type: p5.48xlarge}"), Fit.NO, id="another machine"),
        pytest.param(
            pool(),
            work(affinity=required("karpenter.k8s.aws/instance-gpu-name", "a10g", "h100"), resources=ONE),
            Fit.YES,
            id="an accelerator by its name, by affinity",
        ),
        pytest.param(pool(), work("{karpenter.k8s.aws/instance-gpu-name: h100}"), Fit.NO, id="another accelerator"),
        pytest.param(pool(), work("{karpenter.azure.com/sku-family: N}"), Fit.NO, id="a machine of another cloud"),
        pytest.param(pool(), work(resources="{limits: {nvidia.com/gpu: 8}}"), Fit.YES, id="eight devices"),
        pytest.param(pool(), work(resources="{limits: {nvidia.com/gpu: 9}}"), Fit.NO, id="nine"),
        pytest.param(pool(), work(resources="{limits: {amd.com/gpu: 1}}"), Fit.NO, id="devices of another vendor"),
        pytest.param(pool(), work(resources="{requests: {cpu: 192}}"), Fit.YES, id="as many processors as the largest"),
        pytest.param(pool(), work(resources="{limits: {cpu: 193}}"), Fit.NO, id="more processors, by the limit"),
        pytest.param(
            pool(),
            work("{karpenter.k8s.aws/instance-size: xlarge}", resources="{requests: {memory: 17Gi}}"),
            Fit.NO,
            id="more memory than the machines that are asked for have",
        ),
        pytest.param(
            pool(), work("{karpenter.sh/capacity-type: spot}"), Fit.YES, id="the pool leaves open how it buys"
        ),
        pytest.param(
            pool(f"{G5}, {{key: karpenter.sh/capacity-type, operator: In, values: [on-demand]}}"),
            work("{karpenter.sh/capacity-type: spot}"),
            Fit.NO,
            id="the pool does not buy so",
        ),
        pytest.param(pool(), work("{topology.kubernetes.io/zone: us-east-1a}"), Fit.YES, id="zones are left open"),
        pytest.param(
            pool(f"{G5}, {{key: topology.kubernetes.io/zone, operator: In, values: [us-east-1b]}}"),
            work("{topology.kubernetes.io/zone: us-east-1a}"),
            Fit.NO,
            id="another zone",
        ),
        pytest.param(
            pool("{key: karpenter.k8s.aws/instance-category, operator: In, values: [c, m]}"),
            work(resources=ONE),
            Fit.NO,
            id="machines that nobody knows, none of which has devices",
        ),
        pytest.param(
            pool("{key: karpenter.k8s.aws/instance-category, operator: In, values: [g, p]}"),
            work(resources=ONE),
            Fit.PERHAPS,
            id="machines that nobody knows",
        ),
        pytest.param(pool(), work("{nvidia.com/gpu.present: 'true'}"), Fit.PERHAPS, id="a label that an agent sets"),
    ],
)
def test_fit(pools: str, pods: str, fits: Fit) -> None:
    assert answer(pools, pods) is fits


def placed(found: Graph) -> Mapping[str, Any]:
    """Return the pools of each workload, else why it has none."""
    works = [address for address in found.resources if "/Deployment/" in address]
    edges = {
        address: sorted(edge.to for edge in found.edges.get(address, ()) if edge.kind == "schedules_on")
        for address in works
    }
    return {address: to or found.unplaced.get(address) for address, to in edges.items()}


ASKS = work(resources=ONE)
A, B = "a//karpenter.sh/NodePool/-/gpu", "b//karpenter.sh/NodePool/-/gpu"


def test_pools_and_pods_of_one_folder_are_in_one_cluster() -> None:
    found = graph({"a": pool() + "---\n" + ASKS, "b": pool()})
    assert placed(found) == {"a//apps/Deployment/ml/web": [A]}


def test_pods_of_another_folder_join_the_only_cluster_that_pools_stand_for() -> None:
    assert placed(graph({"a": pool(), "b": ASKS})) == {"b//apps/Deployment/ml/web": [A]}


def test_with_pools_in_several_folders_nobody_can_say() -> None:
    told = placed(graph({"a": pool(), "b": pool(), "c": ASKS}))["c//apps/Deployment/ml/web"]
    assert told == "2 clusters are in this graph (that of a, that of b), and none is stated for c"


def test_a_cluster_that_is_stated_has_the_pools_of_its_folders() -> None:
    stated = {"a": "prod", "b": "dev", "c": "dev"}
    settings = Settings(clusters={"prod": Cluster(name="prod", region="us-east-1")})
    found = graph({"a": pool(), "b": pool(), "c": ASKS}, stated, settings)
    assert placed(found) == {"c//apps/Deployment/ml/web": [B]}
    assert [(found.resources[one].cluster, found.resources[one].region) for one in (A, B)] == [
        ("prod", "us-east-1"),
        ("dev", None),
    ]


def test_several_pools_that_fit_are_a_doubt() -> None:
    found = graph({"a": pool() + "---\n" + pool(name="other") + "---\n" + ASKS})
    assert placed(found) == {"a//apps/Deployment/ml/web": [A, "a//karpenter.sh/NodePool/-/other"]}


def test_a_pool_that_does_not_fit_leaves_a_reason() -> None:
    found = graph({"a": pool() + "---\n" + work("{other: x}")})
    assert placed(found) == {"a//apps/Deployment/ml/web": "no pool of cluster that of a can hold it"}


COMPUTE = """\
apiVersion: cloud.google.com/v1
kind: ComputeClass
metadata: {name: l4}
spec:
  priorities:
    - {machineFamily: g2, gpu: {type: nvidia-l4, count: 1}, spot: true}
    - {machineType: a2-highgpu-1g}
  nodePoolAutoCreation: {enabled: ON}
"""


@pytest.mark.parametrize(
    ("on", "selector", "to"),
    [
        pytest.param("true", "{cloud.google.com/compute-class: l4}", True, id="pods that name the class"),
        pytest.param("true", "{}", False, id="pods that do not"),
        pytest.param("true", "{cloud.google.com/compute-class: other}", False, id="pods that name another"),
        pytest.param("false", "{cloud.google.com/compute-class: l4}", False, id="a class that makes no pools"),
    ],
)
def test_classes_of_gke(on: str, selector: str, to: bool) -> None:
    pods = work(selector, resources=ONE)
    found = graph({"a": COMPUTE.replace("ON", on) + "---\n" + pods})
    assert ("a//cloud.google.com/ComputeClass/-/l4" in placed(found)["a//apps/Deployment/ml/web"]) is to


CLASS = (
    "apiVersion: karpenter.k8s.aws/v1\nkind: EC2NodeClass\nmetadata: {name: default}\n"
    "spec: {tags: {team: ml, env: prod}}\n"
)


def test_a_class_in_another_folder_tags_the_machines() -> None:
    found = graph({"a": pool(), "b": CLASS}).resources[A]
    assert found.labels == {"tier": "gold", "team": "ml", "env": "prod"}
    assert [(one.path, one.address) for one in found.origins["/labels/team"]] == [
        ("/spec/tags/team", "b//karpenter.k8s.aws/EC2NodeClass/-/default")
    ]


def test_a_class_that_is_not_here_may_tag_the_machines() -> None:
    found = graph({"a": pool()}).resources[A]
    assert isinstance(found.labels, OpenMap)
    assert (found.labels, found.labels.rest.reason) == ({"tier": "gold"}, "data")


def test_a_class_of_volumes_says_nothing_of_the_disks_of_nodes() -> None:
    volumes = "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: gp3}\nparameters: {type: io2}\n"
    own = CLASS + "---\n" + pool()
    own = own.replace("tags:", "amiFamily: AL2023, tags:")
    alone, beside = (disks(graph(files).resources[A]) for files in ({"a": own}, {"a": own, "b": volumes}))
    assert alone == beside == [("gp3", 20)]


def disks(found: Resource) -> list[tuple[object, object]]:
    """Return the class and the size of the disks of each node."""
    assert not isinstance(found.groups, Unknown)
    storage = found.groups["main"].storage
    assert not isinstance(storage, Unknown)
    return [(disk.kind, disk.size_gib) for disk in storage]
