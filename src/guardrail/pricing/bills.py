"""
The bill of every resource of a graph.

What is billed is read off the lines of its kind. What runs on pools of the graph has a share of their bill. What
never runs by itself has an empty one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from operator import itemgetter
from typing import Final, Optional

from guardrail.catalog.kind import Kind
from guardrail.catalog.registry import kind as kind_of
from guardrail.config.settings import Settings
from guardrail.model.cost import Bill
from guardrail.model.graph import Graph
from guardrail.model.resource import ONE, SINGLE, Resource
from guardrail.model.value import Reason, Unknown, lookup
from guardrail.pricing import runs
from guardrail.pricing.allocate import allocate
from guardrail.pricing.amounts import exact
from guardrail.pricing.book import Book
from guardrail.pricing.lines import Interpreter
from guardrail.pricing.nodes import Host
from guardrail.pricing.offers import Machines
from guardrail.pricing.quote import FREE, Quote, quote, unpriced
from guardrail.pricing.reading import read_facts
from guardrail.pricing.regions import Regions

Kinds = Callable[[str], Optional[Kind]]

_TEMPLATES: Final = frozenset({"compute.template", "ml.runtime"})
_KUBERNETES: Final[Mapping[str, str]] = {
    "storage.volume": "what a claim costs depends on its storage class, which the cluster decides",
    "compute.pool": "its machines are chosen while it runs",
}
"""Why some Kubernetes objects have no price although they cost something."""


def bills(graph: Graph, book: Book, settings: Settings, kinds: Kinds = kind_of) -> Mapping[str, Bill]:
    """Return the bills of all resources by address, in the order of the graph."""
    with exact():
        return _Pricer(graph, settings, kinds, Interpreter(book, Regions(settings), Machines(book))).all()


class _Pricer:
    """One graph while it is priced. What is the same of two resources is reckoned once."""

    def __init__(self, graph: Graph, settings: Settings, kinds: Kinds, interpreter: Interpreter) -> None:
        self.graph = graph
        self.settings = settings
        self.kinds = kinds
        self.interpreter = interpreter
        self._quotes: dict[str, Quote] = {}
        self._alike: dict[object, Quote] = {}
        self._hosts: dict[str, Host] = {}

    def all(self) -> Mapping[str, Bill]:
        found: dict[str, Bill] = {}
        shared: dict[str, Mapping[str, tuple[str, ...]]] = {}
        run_by = self._run_by()
        for address, resource in self.graph.resources.items():
            kind = self.kinds(resource.type)
            if _is_template(resource, kind, run_by.get(address, frozenset())):
                found[address] = FREE.bill(address, "template")
                continue
            clusters = self._clusters(resource)
            if clusters:
                found[address] = FREE.bill(address, "allocated", clusters)
                continue
            placed = self._placed(resource)
            if placed is not None:
                shared[address] = placed
                found[address] = FREE.bill(address, "allocated")  # holds its place; pools come first
                continue
            self._quotes[address] = quoted = self._quote(resource, kind)
            found[address] = quoted.bill(address)
        for address, placed in shared.items():
            found[address] = self._share(self.graph.resources[address], placed)
        return found

    def _run_by(self) -> Mapping[str, frozenset[str]]:
        """Return the types of the resources that link to each resource, where its kind asks for that."""
        found: dict[str, set[str]] = {}
        for start, edges in self.graph.edges.items():
            for edge in edges:
                target = self.graph.resources.get(edge.to)
                kind = self.kinds(target.type) if target is not None else None
                if kind is not None and kind.runs_as and start in self.graph.resources:
                    owner = self.graph.resources[start].type
                    owner_kind = self.kinds(owner)
                    found.setdefault(edge.to, set()).add(owner_kind.type if owner_kind is not None else owner)
        return {address: frozenset(types) for address, types in found.items()}

    def _clusters(self, resource: Resource) -> tuple[str, ...]:
        """Return the clusters of pods that work without pods of its own runs on: it is in their bill."""
        if resource.format != "kubernetes" or isinstance(resource.groups, Unknown) or resource.groups:
            return ()
        edges = self.graph.edges.get(resource.address, ())
        return tuple(edge.to for edge in edges if edge.kind == "schedules_on" and self._of_pods(edge.to))

    def _of_pods(self, address: str) -> bool:
        """Whether what work runs on is pods, and no nodes."""
        target = self.graph.resources.get(address)
        return target is not None and target.category.startswith("workload.")

    def _placed(self, resource: Resource) -> Optional[Mapping[str, tuple[str, ...]]]:
        """Return the pools of each group, None where some group has none: then its cost is no part of theirs."""
        edges = [
            edge
            for edge in self.graph.edges.get(resource.address, ())
            if edge.kind == "schedules_on" and edge.to in self.graph.resources and not self._of_pods(edge.to)
        ]
        if not edges or isinstance(resource.groups, Unknown) or not resource.groups:
            return None
        placed = {
            name: tuple(sorted({edge.to for edge in edges if edge.group in (None, name)})) for name in resource.groups
        }
        return placed if all(placed.values()) else None

    def _quote(self, resource: Resource, kind: Optional[Kind]) -> Quote:
        if kind is None or not kind.lines:
            return self._without_lines(resource, kind)
        key = _signature(resource, kind, self._runs(resource))
        try:
            hash(key)
        except TypeError:  # candidates that are lists or mappings
            return self._reckoned(resource, kind)
        if key not in self._alike:
            self._alike[key] = self._reckoned(resource, kind)
        return self._alike[key]

    def _without_lines(self, resource: Resource, kind: Optional[Kind]) -> Quote:
        if resource.category == "module.call":
            return unpriced("module", "the module is not at hand, so nobody knows what it makes", Reason.MODULE)
        if not resource.understood:
            return unpriced(resource.type, f"guardrail does not know how {resource.type} is billed")
        if kind is None and resource.format == "kubernetes":
            lost = self.graph.lost.get(resource.address)
            if lost is not None or _runs_pods(resource):
                why = lost or self.graph.unplaced.get(resource.address, "it runs on no pool of this graph")
                return unpriced("pods", why)
            return _object(resource)
        return FREE

    def _reckoned(self, resource: Resource, kind: Kind) -> Quote:
        several = not isinstance(resource.groups, Unknown) and len(resource.groups) > 1
        if resource.category not in runs.ENDS:
            return quote(self.interpreter.reckon(resource, kind), runs.WHOLE_MONTH, named=several)
        reckoning = self.interpreter.reckon(resource, kind, stays=False)
        once = runs.of_one_run(resource)
        month = quote(reckoning, runs.in_a_month(once, self._runs(resource)), named=several)
        low, expected, high = quote(reckoning, once, named=several).bounds
        return month._replace(per_run=(low, expected, high))

    def _runs(self, resource: Resource) -> Optional[Decimal]:
        """Return how many times a month work that ends is run, None where nobody says."""
        if resource.category not in runs.ENDS:
            return None
        return runs.a_month(resource, self.settings)

    def _share(self, resource: Resource, placed: Mapping[str, tuple[str, ...]]) -> Bill:
        pools = tuple(sorted({pool for several in placed.values() for pool in several}))
        hosts = {pool: self._host(pool) for pool in pools}
        ends = resource.category in runs.ENDS
        once = runs.of_one_run(resource) if ends else None
        month = runs.WHOLE_MONTH if once is None else runs.in_a_month(once, self._runs(resource))
        return allocate(resource, placed, hosts, month, once).bill(resource.address, "allocated", pools)

    def _host(self, address: str) -> Host:
        if address not in self._hosts:
            pool = self.graph.resources[address]
            self._hosts[address] = Host(pool, self._quotes.get(address, FREE), partial(self._one_node, pool))
        return self._hosts[address]

    def _one_node(self, pool: Resource) -> Quote:
        groups = {} if isinstance(pool.groups, Unknown) else pool.groups
        single = {name: replace(group, replicas=ONE) for name, group in groups.items()}
        return self._quote(replace(pool, groups=single, multiplicity=SINGLE), self.kinds(pool.type))


def _object(resource: Resource) -> Quote:
    """Return what a Kubernetes object costs that runs no pods."""
    if resource.category in _KUBERNETES:
        return unpriced(resource.type, _KUBERNETES[resource.category])
    exposed = lookup(resource.attributes, ("spec", "type")) if resource.type == "core/Service" else None
    if isinstance(exposed, Unknown):
        return unpriced("load balancer", "whether there is one is not known", exposed.reason)
    if exposed == "LoadBalancer":
        return unpriced("load balancer", "which one it is depends on the cluster, and what it costs on use")
    return FREE


def _runs_pods(resource: Resource) -> bool:
    """Whether a Kubernetes object makes pods: suspended work and templates have groups without replicas."""
    if isinstance(resource.groups, Unknown):
        return True
    return resource.category != "compute.pool" and any(group.replicas.max != 0 for group in resource.groups.values())


def _is_template(resource: Resource, kind: Optional[Kind], linked_from: frozenset[str]) -> bool:
    if resource.category in _TEMPLATES or (kind is not None and kind.template):
        return True
    return kind is not None and not linked_from.isdisjoint(kind.runs_as)


def _signature(resource: Resource, kind: Kind, often: Optional[Decimal]) -> tuple[object, ...]:
    """Return all that the price of a resource depends on."""
    groups = resource.groups
    told: object = groups
    if not isinstance(groups, Unknown):
        told = tuple(
            (name, one.replicas, one.machine_types, one.accelerators, one.purchase, one.storage)
            for name, one in groups.items()
        )
    region = (
        resource.region if isinstance(resource.region, str) else (resource.region, resource.unit, resource.environment)
    )
    facts = read_facts(resource, kind)
    run: object = None
    if resource.category in runs.ENDS:
        run = (runs.of_one_run(resource), often)
    limits = resource.facts.get("quota")
    room = tuple(sorted(limits.items(), key=itemgetter(0))) if isinstance(limits, Mapping) else None
    stated = (told, resource.storage, facts, room)
    return kind, resource.provider, region, resource.multiplicity, resource.category, stated, run
