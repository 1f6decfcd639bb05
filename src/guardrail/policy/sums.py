"""
Sums that a policy compares and that nobody can tell in full.

A policy with a `measure` compares one bound of each subject's sum. Where it did not deny, and the sum leaves
something out (no price, not known, no limit), the answer is undetermined and names the resources at fault.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Optional

from guardrail.model.cost import UNALLOCATED, Costs, Sum
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Decision
from guardrail.model.graph import Graph
from guardrail.model.resource import Group, Resource
from guardrail.model.value import NoBound, OpenMap, Reason, Unknown, strictest, unknowns
from guardrail.policy import wording
from guardrail.policy.model import MeasureSpec, Policy
from guardrail.policy.parameters import Parameters
from guardrail.pricing.totals import reasons

_TOLD = 100
"""Addresses that the evidence lists."""

_NOBODY = ("namespace", UNALLOCATED)
"""What has no namespace has no common owner whose devices could be limited; each resource is judged by itself."""

_NAMES: Mapping[str, str] = {"min": "lowest", "expected": "expected", "max": "highest possible"}


@dataclass(frozen=True, slots=True)
class Gap:
    """What a sum leaves out."""

    addresses: tuple[str, ...]
    reasons: frozenset[Reason]
    unbounded: bool = False


@dataclass(frozen=True, slots=True)
class Gaps:
    """What the engine says of the sums of a policy, and how many it looked at."""

    decisions: tuple[Decision, ...]
    judged: int


def gaps(policy: Policy, params: Parameters, graph: Graph, costs: Costs, decisions: Collection[Decision]) -> Gaps:
    """Return what cannot be told. `total` is looked at only where nothing else is denied or undetermined."""
    spec = policy.measure
    if spec is None or not spec.by:
        return Gaps((), 0)
    denied = {one.subject for one in decisions}
    found: list[Decision] = []
    judged = 0
    for dimension in sorted(spec.by, key=lambda one: one == "total"):
        quiet = dimension == "total" and (found or any(denied - {None, "total"}))
        for value, gap in _subjects(spec, dimension, graph, costs):
            subject = "total" if dimension == "total" else f"{dimension}:{value}"
            if not params.speaks(policy.id, value if dimension == "unit" else None):
                continue
            judged += 1
            if gap is not None and subject not in denied and not quiet:
                found.append(_undetermined(policy, spec, subject, gap))
    return Gaps(tuple(found), judged)


def _subjects(spec: MeasureSpec, dimension: str, graph: Graph, costs: Costs) -> Iterator[tuple[str, Optional[Gap]]]:
    """Yield each value of a dimension, and what its sum leaves out."""
    if spec.of == "accelerators":
        for value, families in sorted(costs.accelerators.get(dimension, {}).items()):
            if (dimension, value) == _NOBODY:
                continue
            addresses = {address for total in families.values() for address in total.unknown}
            yield value, _uncounted(dimension, addresses, graph)
        return
    sums = {"total": costs.total} if dimension == "total" else costs.by.get(dimension, {})
    for value, compared in sorted(sums.items()):
        chosen = compared.delta if spec.of == "delta" else compared.head
        if chosen is not None:
            hidden = [one for one in chosen.unknown if _is_open(one, spec, dimension, graph, costs)]
            yield value, _gap(spec, chosen, hidden, costs)


def _is_open(address: str, spec: MeasureSpec, dimension: str, graph: Graph, costs: Costs) -> bool:
    """
    Whether what is not known of a resource leaves the bound open that is compared, or whose it is.

    Of a pool whose nodes are made for pods nobody knows how many to expect, and how many there are at most.
    """
    bills = (known.get(address) for known in (costs.bills, costs.base_bills))
    told = [getattr(bill, spec.bound) for bill in bills if bill is not None]
    resource = graph.resources.get(address)
    if not told or resource is None or any(isinstance(one, Unknown) for one in told):
        return True
    return any(_whose(resource, dimension))


def _uncounted(dimension: str, addresses: Collection[str], graph: Graph) -> Optional[Gap]:
    """Return the resources whose number of devices is not known; one of an unknown family is counted all the same."""
    doubts = {address: _doubts(graph.resources[address], dimension) for address in addresses}
    reasons = {doubt.reason for several in doubts.values() for doubt in several}
    left_out = tuple(sorted(address for address, several in doubts.items() if several))
    return Gap(left_out, frozenset(reasons)) if left_out else None


def _doubts(resource: Resource, dimension: str) -> list[Unknown]:
    """Return what is not known of how many devices a resource has, and of the value that they belong to."""
    found = list(_whose(resource, dimension))
    if isinstance(resource.groups, Unknown):
        return [*found, resource.groups]
    if isinstance(resource.groups, OpenMap):
        found.append(resource.groups.rest)
    return [*found, *(doubt for group in resource.groups.values() for doubt in _uncertain(group))]


def _whose(resource: Resource, dimension: str) -> Iterator[Unknown]:
    own = getattr(resource, dimension, None)
    if isinstance(own, Unknown):
        yield own
    if dimension in ("team", "model", "environment"):  # a label says it
        yield from (unknown for _, unknown, _ in unknowns(resource.labels))


def _uncertain(group: Group) -> Iterator[Unknown]:
    """Yield what the number of devices of a group depends on and is not known."""
    if isinstance(group.accelerators, Unknown):
        yield group.accelerators
        return
    for one in group.accelerators:
        parts = (one,) if isinstance(one, Unknown) else (one.count, one.fraction)
        yield from (part for part in parts if isinstance(part, Unknown))
    if group.accelerators and isinstance(group.replicas.max, Unknown):
        yield group.replicas.max


def _gap(spec: MeasureSpec, total: Sum, hidden: Collection[str], costs: Costs) -> Optional[Gap]:
    unbounded = spec.bound == "max" and isinstance(total.max, NoBound)
    left_out = {*total.unpriced, *hidden}
    if not left_out and not unbounded:
        return None
    reasons = _reasons(left_out, costs) or (frozenset({Reason.UNPRICED}) if left_out else frozenset())
    if unbounded:
        left_out.update(total.unbounded)
        reasons |= {Reason.UNBOUNDED}
    return Gap(tuple(sorted(left_out)), reasons, unbounded)


def _reasons(addresses: Collection[str], costs: Costs) -> frozenset[Reason]:
    bills = (bills.get(address) for address in addresses for bills in (costs.bills, costs.base_bills))
    return frozenset().union(*(reasons(bill) for bill in bills if bill is not None))


def _undetermined(policy: Policy, spec: MeasureSpec, subject: str, gap: Gap) -> Decision:
    reason = strictest(gap.reasons)
    named = wording.listed(gap.addresses)
    what = "number of accelerators" if spec.of == "accelerators" else f"{_NAMES[spec.bound]} cost"
    if gap.unbounded:
        message = f"{what} has no limit" + (f": {named}" if named else "")
    else:
        message = f"{what} cannot be told in full: it leaves out {named}"
    return Decision(
        policy=policy.id,
        message=message,
        subject=subject,
        reason=reason,
        depends=gap.addresses,
        evidence={"incomplete": list(gap.addresses[:_TOLD])},
        remediation=wording.REMEDY[reason],
    )
