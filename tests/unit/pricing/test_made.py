"""Pools whose nodes are made for pods, from manifests to sums: each dimension adds up, whatever was drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Optional

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.config.settings import Settings
from guardrail.frontends.kubernetes.read import read
from guardrail.frontends.unit import Unit
from guardrail.graph.build import build
from guardrail.model.cost import DIMENSIONS, Costs, Sum
from guardrail.model.graph import Graph
from guardrail.model.value import Unknown
from guardrail.pricing.amounts import exact
from guardrail.pricing.bills import bills
from guardrail.pricing.book import Book
from guardrail.pricing.totals import costs
from guardrail.sources.listed import MemoryTree

BOOK = Book()


def pool(families: str, limits: str = "{}", **more: Any) -> str:
    """Return a NodePool in us-east-1, on demand, with disks of 100 GiB."""
    spec = "".join(f"  {key}: {value}\n" for key, value in more.items() if key != "name")
    return f"""\
apiVersion: karpenter.sh/v1
kind: NodePool
metadata: {{name: {more.get("name", "pool")}, labels: {{team: platform}}}}
spec:
  limits: {limits}
{spec}  template:
    spec:
      nodeClassRef: {{group: karpenter.k8s.aws, kind: EC2NodeClass, name: default}}
      requirements:
        - {{key: karpenter.k8s.aws/instance-family, operator: In, values: [{families}]}}
        - {{key: karpenter.sh/capacity-type, operator: In, values: [on-demand]}}
        - {{key: topology.kubernetes.io/zone, operator: In, values: [us-east-1a]}}
"""


CLASS = """\
apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata: {name: default}
spec:
  amiFamily: AL2023
  blockDeviceMappings: [{deviceName: /dev/xvda, ebs: {volumeSize: 100Gi, volumeType: gp3}}]
"""


def work(name: str, team: str, replicas: int, resources: str) -> str:
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, namespace: ml, labels: {{team: {team}}}}}
spec:
  replicas: {replicas}
  template:
    metadata: {{labels: {{team: {team}}}}}
    spec: {{containers: [{{name: main, image: x, resources: {resources}}}]}}
"""


def scaler(name: str, low: int, high: int) -> str:
    return f"""\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {{name: {name}, namespace: ml}}
spec:
  scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: {name}}}
  minReplicas: {low}
  maxReplicas: {high}
"""


def graph(*documents: str) -> Graph:
    text = "---\n".join((CLASS, *documents))
    unit = Unit(name="k8s", format="kubernetes", directory="k8s", files=("k8s/a.yaml",))
    return build([read(MemoryTree({"k8s/a.yaml": text.encode()}), unit)], [unit])


def priced(found: Graph) -> Costs:
    said = Settings()
    return costs(found, bills(found, BOOK, said), None, {}, None, said)


def bounds(found: Costs, address: str) -> tuple[Any, Any, Any]:
    bill = found.bills[address]
    amounts = (bill.min, bill.expected, bill.max)
    return tuple(  # type: ignore[return-value]
        "unknown" if isinstance(one, Unknown) else f"{one.normalize():f}" if isinstance(one, Decimal) else str(one)
        for one in amounts
    )


POOL, WORK = "k8s//karpenter.sh/NodePool/-/pool", "k8s//apps/Deployment/ml/web"


@pytest.mark.parametrize(
    ("families", "limits", "most"),
    [
        # g5.xlarge 1.006, g5.48xlarge 16.288 an hour; 8 GiB-months of disks a node.
        pytest.param("g5", "{nvidia.com/gpu: 8}", "23984.64", id="eight g5.16xlarge at 4.096 are dearest, of 64 disks"),
        pytest.param("g5", "{cpu: 4}", "742.38", id="one of the smallest"),
        pytest.param("g5", "{cpu: 8}", "1484.76", id="two of the smallest are more than one g5.2xlarge"),
        pytest.param("p4d", "{nvidia.com/gpu: 16}", "32074.15732", id="two p4d.24xlarge at 21.957642"),
        pytest.param("g5", "{nodes: 1}", "11898.24", id="one of the largest"),
        pytest.param("g5", "{}", "unbounded", id="no limit"),
    ],
)
def test_the_worst_case(families: str, limits: str, most: str) -> None:
    assert bounds(priced(graph(pool(families, limits))), POOL) == ("0", "unknown", most)


def test_a_static_pool_of_one_machine_is_known() -> None:
    """Three nodes, 3 × (1.006 × 730 + 8)."""
    text = pool("g5", replicas=3).replace(
        "requirements:",
        "requirements:\n        - {key: karpenter.k8s.aws/instance-size, operator: In, values: [xlarge]}",
    )
    assert bounds(priced(graph(text)), POOL) == ("2227.14",) * 3


def test_a_share_of_a_node_that_is_made_is_known() -> None:
    """One of the four GPUs of a g5.12xlarge, 5.672 × 730 + 8 = 4148.56; as many nodes as the pods need."""
    only = pool("g5", "{nvidia.com/gpu: 8}").replace(
        "requirements:",
        "requirements:\n        - {key: karpenter.k8s.aws/instance-size, operator: In, values: [12xlarge]}",
    )
    found = priced(graph(only, work("web", "search", 2, "{limits: {nvidia.com/gpu: 1}}")))
    assert found.bills[WORK].role == "allocated"
    assert bounds(found, WORK) == ("0", "2074.28", "2074.28")
    assert found.bills[WORK].complete


REQUESTS = st.sampled_from(
    [
        "{requests: {cpu: 1}}",
        "{requests: {memory: 4Gi}}",
        "{limits: {nvidia.com/gpu: 1}}",
        "{limits: {nvidia.com/gpu: 4}}",
        "{}",
    ]
)


@st.composite
def documents(draw: st.DrawFn) -> list[str]:
    found = []
    for name in draw(st.sampled_from([["pool"], ["pool", "other"]])):
        families = draw(st.sampled_from(["g5", "g6", "g5, g6", "m5", "m5, g5"]))
        limits = draw(
            st.sampled_from(["{cpu: 200}", "{nvidia.com/gpu: 8}", "{cpu: 100, nvidia.com/gpu: 4}", "{nodes: 5}", "{}"])
        )
        more = draw(st.sampled_from([{}, {"replicas": 2}, {"replicas": 0}]))
        found.append(pool(families, limits, name=name, **more))
    for at, team in enumerate(draw(st.lists(st.sampled_from(["search", "ads", "platform"]), max_size=4))):
        found.append(work(f"w{at}", team, draw(st.integers(0, 6)), draw(REQUESTS)))
        if draw(st.booleans()):
            low = draw(st.integers(0, 3))
            found.append(scaler(f"w{at}", low, low + draw(st.integers(1, 9))))
    return found


def added(sums: Iterable[Optional[Sum]], bound: str) -> Any:
    amounts = [getattr(one, bound) for one in sums if one is not None]
    return sum(amounts, Decimal(0)) if all(isinstance(one, Decimal) for one in amounts) else "unbounded"


@settings(max_examples=150, deadline=None)
@given(drawn=documents())
def test_every_dimension_adds_up(drawn: list[str]) -> None:
    found = priced(graph(*drawn))
    total = found.total.head
    assert total is not None
    with exact():
        for dimension in DIMENSIONS:
            values: Mapping[str, Any] = found.by[dimension]
            for bound in ("min", "expected", "max"):
                told = getattr(total, bound)
                together = added((one.head for one in values.values()), bound)
                assert together == (told if isinstance(told, Decimal) else "unbounded"), (dimension, bound)
            assert all(amount >= 0 for one in values.values() for amount in _known(one.head))
        billed = [bill for bill in found.bills.values() if bill.role == "billed"]
        assert total.min == sum((bill.min for bill in billed if isinstance(bill.min, Decimal)), Decimal(0))
        pods = [bill for bill in found.bills.values() if "/Deployment/" in bill.address]
        assert all(bill.role == "allocated" or not bill.complete or bill.max == 0 for bill in pods)


def _known(one: Optional[Sum]) -> list[Decimal]:
    return [] if one is None else [amount for amount in (one.min, one.expected, one.max) if isinstance(amount, Decimal)]
