from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Optional

import pytest
from natives import Unwritten

from guardrail.config.settings import Cluster, Settings
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.unit import Unit
from guardrail.graph import schedule
from guardrail.graph.build import build
from guardrail.model.graph import Edge, Graph
from guardrail.model.resource import ON_DEMAND, SPOT, Accelerator, Bounds, Container, Group, Origin, Purchase, Resource
from guardrail.model.value import OpenMap, Reason, Unknown

NOT_KNOWN = Unknown(Reason.VARIABLE, note="var.x has no value")
T4 = Accelerator(count=1, vendor="nvidia", model="t4", family="t4")
A10G = Accelerator(count=4, vendor="nvidia", model="a10g", family="a10g")
ANY_GPU = Accelerator(count=1, vendor="nvidia", model=NOT_KNOWN, family=NOT_KNOWN)
GPU_TAINT = {"key": "nvidia.com/gpu", "value": "true", "effect": "NoSchedule"}


def pool(name: str = "main", group: Optional[Group] = None, **fields: Any) -> Resource:
    fields = {"unit": "infra", "provider": "aws", "cluster": "ml", "region": "eu-west-1", **fields}
    return Resource(
        address=f"{fields['unit']}//pool.{name}",
        format="terraform",
        type="aws_eks_node_group",
        name=name,
        category="compute.pool",
        native=Unwritten(),
        attributes={},
        groups={"main": group or Group()},
        origins={"/region": (Origin("/region"),)},
        **fields,
    )


def module(source: str, **arguments: Any) -> Resource:
    return Resource(
        address=f"infra//module.{source}",
        unit="infra",
        format="terraform",
        type="module",
        name="m",
        category="module.call",
        provider="aws",
        native=Unwritten(),
        attributes={"source": source, **arguments},
    )


def pods(*groups: Group, **fields: Any) -> Resource:
    fields = {"unit": "k8s", "category": "workload.service", **fields}
    named = {"main": groups[0]} if len(groups) == 1 else {f"g{at}": group for at, group in enumerate(groups)}
    fields = {"groups": named, **fields}
    return Resource(
        address=f"{fields['unit']}//web",
        format="kubernetes",
        type="apps/Deployment",
        name="web",
        provider="kubernetes",
        native=Unwritten(),
        attributes={},
        **fields,
    )


def graph_of(*resources: Resource, settings: Optional[Settings] = None, stated: Mapping[str, str] = {}) -> Graph:
    units = [Unit(name=name, format="kubernetes", directory=name, files=(), cluster=stated[name]) for name in stated]
    return build([Parsed(resources)], units, settings or Settings())


def homes(graph: Graph) -> dict[str, list[str]]:
    return {
        edge.group or "": [one.to for one in graph.edges["k8s//web"] if one.group == edge.group]
        for edge in graph.edges.get("k8s//web", ())
    }


PLAIN = Group()


def asking(*accelerators: Accelerator, **fields: Any) -> Group:
    return Group(accelerators=accelerators, **fields)


def tolerating(**toleration: str) -> Group:
    return Group(tolerations=(toleration,))


def selecting(key: str, value: object) -> Group:
    return Group(node_selector={key: value})


def needing(**requests: int) -> Group:
    return Group(containers=(Container(name="c", requests={key.replace("__", "."): n for key, n in requests.items()}),))


@pytest.mark.parametrize(
    ("nodes", "pod", "fits"),
    [
        pytest.param(PLAIN, PLAIN, True, id="nothing is asked"),
        pytest.param(Group(replicas=Bounds(0, 0, 0)), PLAIN, False, id="a pool that never has a node"),
        pytest.param(Group(taints=(GPU_TAINT,)), PLAIN, False, id="a taint that is not tolerated"),
        pytest.param(
            Group(taints=({**GPU_TAINT, "effect": "PreferNoSchedule"},)), PLAIN, True, id="a taint that is a wish"
        ),
        pytest.param(
            Group(taints=(GPU_TAINT,)),
            tolerating(key="nvidia.com/gpu", operator="Exists"),
            True,
            id="a toleration of any value and effect",
        ),
        pytest.param(
            Group(taints=(GPU_TAINT,)),
            tolerating(key="nvidia.com/gpu", operator="Equal", value="true", effect="NoSchedule"),
            True,
            id="a toleration of exactly the taint",
        ),
        pytest.param(
            Group(taints=(GPU_TAINT,)),
            tolerating(key="nvidia.com/gpu", value="false"),
            False,
            id="a toleration of another value",
        ),
        pytest.param(
            Group(taints=(GPU_TAINT,)),
            tolerating(key="nvidia.com/gpu", operator="Exists", effect="NoExecute"),
            False,
            id="a toleration of another effect",
        ),
        pytest.param(Group(taints=(GPU_TAINT,)), tolerating(operator="Exists"), True, id="a toleration of everything"),
        pytest.param(
            Group(taints=(GPU_TAINT,), accelerators=(T4,)),
            Group(accelerators=(T4,), containers=(Container(name="c", limits={"nvidia.com/gpu": 1}),)),
            True,
            id="asking for the device that the taint names tolerates it",
        ),
        pytest.param(Group(node_labels={"disk": "ssd"}), selecting("disk", "ssd"), True, id="a label that is stated"),
        pytest.param(
            Group(node_labels={"disk": "hdd"}), selecting("disk", "ssd"), False, id="a label of another value"
        ),
        pytest.param(
            Group(node_labels={"disk": "hdd"}), selecting("disk", ("ssd", "hdd")), True, id="one of several values"
        ),
        pytest.param(PLAIN, selecting("disk", "ssd"), False, id="a label that nobody sets"),
        pytest.param(Group(node_labels=NOT_KNOWN), selecting("disk", "ssd"), False, id="labels that are not known"),
        pytest.param(
            Group(node_labels=OpenMap({"disk": "ssd"}, NOT_KNOWN)),
            selecting("disk", "ssd"),
            True,
            id="labels of which this one is known",
        ),
        pytest.param(PLAIN, selecting("eks.amazonaws.com/nodegroup", "main"), True, id="the name of the node group"),
        pytest.param(PLAIN, selecting("eks.amazonaws.com/nodegroup", "other"), False, id="the name of another"),
        pytest.param(PLAIN, selecting("cloud.google.com/gke-nodepool", "main"), False, id="a label of another cloud"),
        pytest.param(PLAIN, selecting("kubernetes.io/os", "linux"), True, id="the usual system"),
        pytest.param(PLAIN, selecting("kubernetes.io/hostname", "a"), False, id="a label that only the cluster knows"),
        pytest.param(PLAIN, selecting("topology.kubernetes.io/region", "eu-west-1"), True, id="the region of the pool"),
        pytest.param(PLAIN, selecting("topology.kubernetes.io/region", "us-east-1"), False, id="another region"),
        pytest.param(
            Group(zones=("eu-west-1a", "eu-west-1b")),
            selecting("topology.kubernetes.io/zone", "eu-west-1b"),
            True,
            id="a zone",
        ),
        pytest.param(
            Group(machine_types=("g5.xlarge",)),
            selecting("node.kubernetes.io/instance-type", "g5.xlarge"),
            True,
            id="the machine type",
        ),
        pytest.param(
            Group(machine_types=("g5.xlarge",)),
            selecting("node.kubernetes.io/instance-type", "p5.48xlarge"),
            False,
            id="another machine type",
        ),
        pytest.param(
            Group(purchase=SPOT), selecting("eks.amazonaws.com/capacityType", "SPOT"), True, id="spot asked, spot had"
        ),
        pytest.param(
            Group(purchase=ON_DEMAND),
            selecting("eks.amazonaws.com/capacityType", "SPOT"),
            False,
            id="spot asked, not had",
        ),
        pytest.param(
            Group(purchase=Purchase(0, 0, "reserved")),
            selecting("eks.amazonaws.com/capacityType", "CAPACITY_BLOCK"),
            True,
            id="a capacity block asked, a capacity block had",
        ),
        pytest.param(
            asking(A10G),
            selecting("nvidia.com/gpu.product", "NVIDIA-A10G"),
            True,
            id="a product as feature discovery names it",
        ),
        pytest.param(asking(T4), selecting("nvidia.com/gpu.product", "NVIDIA-A10G"), False, id="another product"),
        pytest.param(asking(A10G), asking(A10G), True, id="all devices of a node"),
        pytest.param(asking(T4), asking(A10G), False, id="another family"),
        pytest.param(
            asking(T4), asking(Accelerator(count=2, vendor="nvidia", family="t4")), False, id="more than a node has"
        ),
        pytest.param(
            asking(T4),
            asking(Accelerator(count=2, vendor="nvidia", family="t4", fraction=Decimal("0.5"))),
            True,
            id="two halves of one device",
        ),
        pytest.param(PLAIN, asking(ANY_GPU), False, id="a device where there is none"),
        pytest.param(asking(T4), asking(ANY_GPU), True, id="any device of the vendor"),
        pytest.param(Group(accelerators=NOT_KNOWN), asking(T4), False, id="devices that are not known"),
        pytest.param(Group(accelerators=NOT_KNOWN), PLAIN, True, id="unknown devices trouble nobody who needs none"),
        pytest.param(
            Group(machine_types=("m5.large",)),
            needing(cpu_millis=4000),
            False,
            id="more processors than the machine has",
        ),
        pytest.param(
            Group(machine_types=("m5.large",)),
            needing(cpu_millis=500, memory_bytes=2**33),
            True,
            id="as much as it has",
        ),
        pytest.param(
            Group(machine_types=("m5.large", "m5.xlarge")),
            needing(cpu_millis=4000),
            True,
            id="one of the machines will do",
        ),
    ],
)
def test_a_pod_and_a_pool(nodes: Group, pod: Group, fits: bool) -> None:
    graph = graph_of(pool(group=nodes), pods(pod))
    assert homes(graph) == ({"main": ["infra//pool.main"]} if fits else {})
    assert ("k8s//web" in graph.unplaced) is not fits


def test_several_able_pools_are_all_named() -> None:
    graph = graph_of(
        pool("a"), pool("b"), pool("gpu", Group(taints=(GPU_TAINT,), accelerators=(T4,))), pods(PLAIN, asking(T4))
    )
    assert homes(graph) == {"g0": ["infra//pool.a", "infra//pool.b"]}
    assert graph.unplaced == {"k8s//web": "no pool of cluster ml can hold group g1"}


def test_a_pool_that_perhaps_fits_counts_beside_one_that_does() -> None:
    doubtful = Group(taints=NOT_KNOWN)
    assert homes(graph_of(pool("a"), pool("b", doubtful), pods(PLAIN))) == {"main": ["infra//pool.a", "infra//pool.b"]}
    assert homes(graph_of(pool("b", doubtful), pods(PLAIN))) == {}


def test_google_keeps_pools_with_accelerators_for_those_who_ask_for_them() -> None:
    nodes: dict[str, Any] = {"provider": "gcp", "cluster": "ml"}
    gpu, plain = pool("gpu", asking(T4), **nodes), pool("plain", **nodes)
    assert homes(graph_of(gpu, plain, pods(PLAIN))) == {"main": ["infra//pool.plain"]}
    assert homes(graph_of(gpu, pods(PLAIN))) == {"main": ["infra//pool.gpu"]}
    asks = Group(accelerators=(T4,), containers=(Container(name="c", limits={"nvidia.com/gpu": 1}),))
    assert homes(graph_of(gpu, plain, pods(asks))) == {"main": ["infra//pool.gpu"]}


PROD: dict[str, Any] = {"environment": "prod"}
DEV: dict[str, Any] = {"environment": "dev"}


@pytest.mark.parametrize(
    ("resources", "stated", "why"),
    [
        pytest.param([pool()], None, None, id="the only cluster needs no statement"),
        pytest.param([], None, "no cluster is in this graph", id="no cluster"),
        pytest.param([pool()], "ml", None, id="the cluster that is stated"),
        pytest.param([pool()], "other", "cluster other is not in this graph", id="a cluster that is not here"),
        pytest.param(
            [pool("a"), pool("b", cluster="web")],
            None,
            "2 clusters are in this graph (ml, web), and none is stated for k8s",
            id="two clusters and no statement",
        ),
        pytest.param([pool("a"), pool("b", cluster="web")], "ml", None, id="two clusters and a statement"),
        pytest.param(
            [pool("a", cluster=NOT_KNOWN), pool("b")],
            None,
            "some cluster of this graph has no known name, and none is stated for k8s",
            id="a cluster that is not known may be another one",
        ),
        pytest.param(
            [module("terraform-aws-modules/eks/aws", cluster_name="ml")],
            None,
            "cluster ml is made by a module that is not at hand",
            id="a cluster inside a module that is not at hand",
        ),
        pytest.param(
            [module("../modules/gke", name=NOT_KNOWN), pool()],
            None,
            "some cluster of this graph has no known name, and none is stated for k8s",
            id="one without a known name",
        ),
        pytest.param(
            [module("terraform-aws-modules/vpc/aws"), pool()], None, None, id="a module that makes no cluster"
        ),
    ],
)
def test_which_cluster(resources: list[Resource], stated: Optional[str], why: Optional[str]) -> None:
    graph = graph_of(*resources, pods(PLAIN), stated={"k8s": stated} if stated else {})
    assert graph.unplaced.get("k8s//web") == why
    assert bool(homes(graph)) is (why is None)


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        pytest.param({}, "the only cluster is ml, of prod, and none is stated for k8s", id="not without a statement"),
        pytest.param({"k8s": "ml"}, None, id="but with one"),
    ],
)
def test_a_cluster_of_another_environment(stated: dict[str, str], expected: Optional[str]) -> None:
    graph = graph_of(pool(**PROD), pods(PLAIN, **DEV), stated=stated)
    assert graph.unplaced.get("k8s//web") == expected


def test_of_two_clusters_of_one_name_that_of_the_same_environment_is_meant() -> None:
    graph = graph_of(
        pool("a", unit="infra/prod", **PROD),
        pool("a", unit="infra/dev", **DEV),
        pods(PLAIN, **DEV),
        stated={"k8s": "ml"},
    )
    assert homes(graph) == {"main": ["infra/dev//pool.a"]}


def test_objects_take_name_and_region_of_their_cluster() -> None:
    made = graph_of(pool(), pods(PLAIN)).resources["k8s//web"]
    assert (made.cluster, made.region) == ("ml", "eu-west-1")
    assert made.origins["/region"] == (Origin("/region", "infra//pool.main"),)


def test_a_cluster_that_only_the_configuration_knows_gives_its_region() -> None:
    settings = Settings(clusters={"eu": Cluster(name="eu", provider="gcp", region="europe-west4")})
    graph = graph_of(pods(PLAIN, cluster="eu"), settings=settings)
    assert graph.resources["k8s//web"].region == "europe-west4"
    assert graph.unplaced == {"k8s//web": "cluster eu has no node pool in this graph"}


def test_what_runs_no_pods_needs_no_pool() -> None:
    assert graph_of(pods(PLAIN, category="quota", groups={})).unplaced == {}


def test_pods_that_are_not_known_join_no_pool() -> None:
    graph = graph_of(pool(), pods(groups=NOT_KNOWN))
    assert graph.unplaced == {"k8s//web": "its pods are not known: var.x has no value"}


def test_too_many_pairs_are_refused_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "COMPARISONS", 1)
    graph = graph_of(pool("a"), pool("b"), pods(PLAIN))
    assert graph.unplaced == {"k8s//web": "too many workloads and pools to compare"}
    assert [(one.level, one.code) for one in graph.diagnostics] == [("error", "limit-scheduling")]


def test_an_edge_names_the_group() -> None:
    graph = graph_of(pool(), pods(PLAIN))
    assert graph.edges == {"k8s//web": (Edge("schedules_on", "infra//pool.main", "main"),)}
