"""Small graphs made by hand, with kinds of their own, priced by the shipped book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Optional

import pytest
from natives import Unwritten

from guardrail.catalog.kind import (
    AcceleratorHours,
    Always,
    ByUsage,
    DiskMonths,
    Flat,
    Kind,
    Line,
    MachineHours,
    NoRows,
    at,
)
from guardrail.config.settings import Settings
from guardrail.model.cost import Bill, Costs, Priced, Unpriced
from guardrail.model.graph import Change, Edge, Graph
from guardrail.model.resource import Accelerator, Bounds, Category, Container, Group, Resource
from guardrail.pricing.bills import bills
from guardrail.pricing.book import Book
from guardrail.pricing.totals import costs

ON_EC2: tuple[Line, ...] = (MachineHours(service="ec2"), DiskMonths(service="ebs"))


def _kind(type_: str, category: Category, *lines: Line, **more: Any) -> Kind:
    return Kind(type=type_, category=category, source="https://example.com", lines=lines, **more)


KINDS: Mapping[str, Kind] = {
    kind.type: kind
    for kind in (
        _kind("pool", "compute.pool", *ON_EC2),
        _kind(
            "gcp_pool",
            "compute.pool",
            MachineHours(service="gce-machine"),
            AcceleratorHours(service="gce-gpu", when=at("devices", default=True)),
            DiskMonths(service="pd"),
        ),
        _kind(
            "prediction",
            "ml.endpoint",
            MachineHours(service="vertex-prediction"),
            AcceleratorHours(service="vertex-prediction"),
        ),
        _kind("azure_ml", "compute.pool", MachineHours(service="azureml-compute-cluster")),
        _kind("azure_pool", "compute.pool", MachineHours(service="azure-vm"), DiskMonths(service="managed-disk")),
        _kind("volume", "storage.volume", DiskMonths(service="ebs", of="resource")),
        _kind("regional_disk", "storage.volume", DiskMonths(service="pd", of="resource", suffix="-regional")),
        _kind(
            "notebook_disk",
            "storage.volume",
            DiskMonths(service="sagemaker-notebook-storage", of="resource", sku="ml-storage-gp2"),
        ),
        _kind(
            "training",
            "ml.training",
            MachineHours(service="sagemaker-training"),
            DiskMonths(service="sagemaker-training-storage", sku="ml-storage-gp2"),
        ),
        _kind("batch", "workload.batch", *ON_EC2),
        _kind("cluster", "cluster", Flat(name="control plane", service="eks", sku="control-plane"), *ON_EC2),
        _kind(
            "gateway",
            "network.nat",
            Flat(name="gateway", service="nat-gateway", sku="nat-gateway", when=at("on", default=True)),
            Flat(name="balancer", service="load-balancer", sku=at("sku"), quantity=at("count", default=1)),
            ByUsage(name="data processed", when=at("busy", default=False)),
            NoRows(name="magic", when=at("magic", default=False)),
        ),
        _kind("config", "ml.endpoint", *ON_EC2, runs_as=("endpoint",)),
        _kind("endpoint", "ml.endpoint", *ON_EC2),
        _kind("template", "compute.template", template=True),
        _kind("role", "other", labels_from=Always(None)),
    )
}


@dataclass(frozen=True)
class World:
    """What tests of prices begin with."""

    book: Book = field(default_factory=Book)

    def resource(self, address: str, type_: str = "pool", **fields: Any) -> Resource:
        """Return a resource of a kind of `KINDS`; a field that is not given is that of something in us-east-1."""
        kind = KINDS.get(type_)
        given: dict[str, Any] = {
            "name": address.rpartition(".")[2],
            "category": kind.category if kind else "other",
            "attributes": {},
            "format": "terraform",
            "provider": "aws",
            "region": "us-east-1",
            "understood": kind is not None,
            "native": Unwritten(),
            **fields,
        }
        return Resource(address=address, unit=address.partition("//")[0], type=type_, **given)

    def machines(self, types: Any, number: Any = 1, **fields: Any) -> Mapping[str, Group]:
        """Return the one group `main` of machines; `number` is one number or (min, desired, max)."""
        bounds = Bounds(*number) if isinstance(number, tuple) else Bounds(number, number, number)
        told = (types,) if isinstance(types, str) else types
        return {"main": Group(replicas=bounds, machine_types=told, **fields)}

    def pods(self, number: Any = 1, gpus: int = 0, **requests: int) -> Group:
        """Return a group of pods with one container that requests this."""
        bounds = Bounds(*number) if isinstance(number, tuple) else Bounds(number, number, number)
        devices = (Accelerator(count=gpus, vendor="nvidia", model="a10g", family="a10g"),) if gpus else ()
        container = Container(name="main", requests=requests)
        return Group(replicas=bounds, containers=(container,), accelerators=devices)

    def workload(self, address: str, groups: Mapping[str, Group], **fields: Any) -> Resource:
        given: dict[str, Any] = {"provider": "kubernetes", "format": "kubernetes", "category": "workload.service"}
        return self.resource(address, "apps/Deployment", groups=groups, **{"understood": True, **given, **fields})

    def graph(self, *resources: Resource, edges: Optional[Mapping[str, Sequence[Edge]]] = None, **more: Any) -> Graph:
        ordered = {one.address: one for one in sorted(resources, key=lambda one: one.address)}
        return Graph(ordered, {start: tuple(several) for start, several in (edges or {}).items()}, **more)

    def bills(self, graph: Graph, settings: Settings = Settings()) -> Mapping[str, Bill]:  # noqa: B008 - frozen
        return bills(graph, self.book, settings, KINDS.get)

    def bill(self, resource: Resource, settings: Settings = Settings()) -> Bill:  # noqa: B008 - frozen
        """Return the bill of a resource that is alone."""
        return self.bills(self.graph(resource), settings)[resource.address]

    def costs(
        self, head: Graph, base: Optional[Graph] = None, change: Optional[Change] = None, **settings: Any
    ) -> Costs:
        said = Settings(**settings)
        return costs(head, self.bills(head, said), base, self.bills(base, said) if base else {}, change, said)

    def bounds(self, bill: Bill) -> tuple[str, str, str]:
        """Return the bounds as text: amounts without needless zeros, `unbounded`, or `unknown: reason`."""
        return said(bill.min), said(bill.expected), said(bill.max)

    def priced(self, bill: Bill) -> Mapping[str, Priced]:
        return {line.name: line for line in bill.lines if isinstance(line, Priced)}

    def unpriced(self, bill: Bill) -> Mapping[str, str]:
        return {line.name: f"{line.reason}: {line.why}" for line in bill.lines if isinstance(line, Unpriced)}


def said(amount: Any) -> str:
    if isinstance(amount, Decimal):
        text = f"{amount:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(amount) if isinstance(amount, str) else f"unknown: {amount.reason}"


@pytest.fixture(scope="session")
def world() -> World:
    return World()
