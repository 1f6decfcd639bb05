"""Jobs on a persistent resource bring no machines of their own."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import examples
import pytest

from guardrail.config.settings import Settings, UnitSettings
from guardrail.model.cost import Bill
from guardrail.model.graph import Graph
from guardrail.pricing.accelerators import accelerator_sums
from guardrail.pricing.bills import bills
from guardrail.pricing.book import Book

SETTINGS: Final = Settings(units=(UnitSettings(path="**", region="us-central1"),))
POOL: Final = """
name: projects/acme/locations/us-central1/persistentResources/shared
resourcePools:
- machineSpec: {machineType: g2-standard-24}
  replicaCount: "3"
"""
JOB: Final = """
displayName: train
jobSpec:
  persistentResourceId: %s
  workerPoolSpecs:
  - machineSpec: {machineType: g2-standard-24}
    replicaCount: "2"
"""
JOB_ADDRESS: Final = "job.yaml//vertex/CustomJob/train"
POOL_ADDRESS: Final = "pool.yaml//vertex/PersistentResource/shared"


def judged(**files: str) -> tuple[Graph, dict[str, Bill]]:
    graph, told = examples.graph_of({f"{name}.yaml": text.encode() for name, text in files.items()}, SETTINGS)
    assert not told
    return graph, dict(bills(graph, Book(), SETTINGS))


@pytest.mark.parametrize("named", ["shared", "projects/acme/locations/us-central1/persistentResources/shared"])
def test_a_job_on_a_resource_of_the_graph_is_part_of_its_bill(named: str) -> None:
    pool = (
        POOL
        if "/" in named
        else POOL.replace("name: projects/acme/locations/us-central1/persistentResources/", "displayName: ")
    )
    graph, found = judged(pool=pool, job=JOB % named)
    assert [(edge.kind, edge.to) for edge in graph.edges[JOB_ADDRESS]] == [("schedules_on", POOL_ADDRESS)]
    assert found[JOB_ADDRESS].role == "allocated"
    assert found[JOB_ADDRESS].allocated_to == (POOL_ADDRESS,)
    assert accelerator_sums(graph, found, SETTINGS)["total"]["total"]["l4"].max == 6


def test_a_job_on_a_resource_elsewhere_costs_nothing_new() -> None:
    _, found = judged(job=JOB % "somewhere")
    assert found[JOB_ADDRESS].per_run == (Decimal(0), Decimal(0), Decimal(0))
    assert found[JOB_ADDRESS].complete


def test_a_job_of_its_own_pays_for_its_machines() -> None:
    _, found = judged(job=JOB.replace("  persistentResourceId: %s\n", ""))
    per_run = found[JOB_ADDRESS].per_run
    assert per_run is not None
    assert isinstance(per_run[2], Decimal)
    assert per_run[2] > 2 * 168 * Decimal("2.3")
