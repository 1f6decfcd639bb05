"""
Sums that a policy compares and that nobody can tell in full.

A policy with a `measure` compares one bound of each subject's sum. Where it did not deny, and the sum leaves
something out (no price, not known, no limit), the answer is undetermined and names the resources at fault.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Optional

from guardrail.model.cost import Amount, Compared, Costs, Priced, Sum, Unpriced
from guardrail.model.finding import Decision
from guardrail.model.value import NoBound, Reason, Unknown, strictest
from guardrail.policy import wording
from guardrail.policy.model import MeasureSpec, Policy
from guardrail.policy.parameters import Parameters

_TOLD = 100
"""Addresses that the evidence lists."""

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


def gaps(policy: Policy, params: Parameters, costs: Costs, decisions: Collection[Decision]) -> Gaps:
    """Return what cannot be told. `total` is looked at only where nothing else is denied or undetermined."""
    spec = policy.measure
    if spec is None or not spec.by:
        return Gaps((), 0)
    denied = {one.subject for one in decisions}
    found: list[Decision] = []
    judged = 0
    for dimension in sorted(spec.by, key=lambda one: one == "total"):
        quiet = dimension == "total" and (found or any(denied - {None, "total"}))
        for subject, unit, gap in _subjects(spec, dimension, costs):
            if not params.speaks(policy.id, unit):
                continue
            judged += 1
            if gap is not None and subject not in denied and not quiet:
                found.append(_undetermined(policy, spec, subject, gap))
    return Gaps(tuple(found), judged)


def _subjects(spec: MeasureSpec, dimension: str, costs: Costs) -> Iterator[tuple[str, Optional[str], Optional[Gap]]]:
    """Yield each subject, its unit if it is one, and what its sum leaves out."""
    if spec.of == "accelerators":
        for value, families in sorted(costs.accelerators.get(dimension, {}).items()):
            addresses = sorted({address for total in families.values() for address in total.unknown})
            gap = (
                Gap(tuple(addresses), _reasons(addresses, costs) or frozenset({Reason.COMPUTED})) if addresses else None
            )
            yield _name(dimension, value), value if dimension == "unit" else None, gap
        return
    sums = {"total": costs.total} if dimension == "total" else costs.by.get(dimension, {})
    for value, compared in sorted(sums.items()):
        chosen = _chosen(spec, compared)
        if chosen is not None:
            yield _name(dimension, value), value if dimension == "unit" else None, _gap(spec, chosen, costs)


def _name(dimension: str, value: str) -> str:
    return "total" if dimension == "total" else f"{dimension}:{value}"


def _chosen(spec: MeasureSpec, compared: Compared) -> Optional[Sum]:
    return compared.delta if spec.of == "delta" else compared.head


def _gap(spec: MeasureSpec, total: Sum, costs: Costs) -> Optional[Gap]:
    unbounded = spec.bound == "max" and isinstance(total.max, NoBound)
    left_out = {*total.unpriced, *total.unknown}
    if not left_out and not unbounded:
        return None
    reasons = _reasons(left_out, costs) or (frozenset({Reason.UNPRICED}) if left_out else frozenset())
    if unbounded:
        left_out.update(total.unbounded)
        reasons |= {Reason.UNBOUNDED}
    return Gap(tuple(sorted(left_out)), reasons, unbounded)


def _reasons(addresses: Collection[str], costs: Costs) -> frozenset[Reason]:
    found: set[Reason] = set()
    for address in addresses:
        for bill in (costs.bills.get(address), costs.base_bills.get(address)):
            if bill is None:
                continue
            amounts: list[Amount] = [bill.min, bill.expected, bill.max]
            for line in bill.lines:
                if isinstance(line, Unpriced):
                    found.add(line.reason)
                elif isinstance(line, Priced):
                    amounts.extend(line.bounds.values())
            found.update(amount.reason for amount in amounts if isinstance(amount, Unknown))
    return frozenset(found)


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
