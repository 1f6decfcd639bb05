"""
Autoscalers folded into what they scale.

An autoscaler object (its `autoscaling` entries say `min`, `max` and, where the target has several, which `group`)
decides how many copies there can be: its bounds replace those of the target, and the number that the target asks for
holds only within them. One that acts by a schedule only widens them: before and after, the target's own hold. So
policies and prices look at one place, `/groups/*/replicas`, whoever set it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, Optional

from guardrail.catalog.bounds import ordered, peak
from guardrail.graph.edges import Resolved
from guardrail.graph.reach import KUBERNETES, MANY
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.graph import Edge
from guardrail.model.path import ancestors, pointer
from guardrail.model.resource import Bounds, Group, Origin, Resource
from guardrail.model.value import UNBOUNDED, Count, NoBound, Reason, Unknown, Value, apply


@dataclass(frozen=True, slots=True)
class Folded:
    """
    What autoscalers do: the resources that they move as they are with it, what is odd, and what cannot be told.

    `lost` says of objects that scale something, by address, that nobody sees what.
    """

    resources: Mapping[str, Resource]
    diagnostics: tuple[Diagnostic, ...]
    lost: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Scaler:
    """An autoscaler of some resource; with `doubt`, one that may scale another one instead."""

    owner: Resource
    doubt: Optional[Unknown] = None


def fold(resources: Mapping[str, Resource], edges: Mapping[str, Sequence[Edge]], doubts: Resolved) -> Folded:
    """Return what autoscalers do to what they surely scale, and to each of several that they may scale (`doubts`)."""
    scalers: dict[str, list[_Scaler]] = {}
    for start, outgoing in edges.items():
        for edge in outgoing:
            if edge.kind == "scales" and resources[start].category == "autoscaler":
                scalers.setdefault(edge.to, []).append(_Scaler(resources[start]))
    unsure: list[Diagnostic] = []
    for start, links in doubts.items():
        for link, several in links:
            if link.kind == "scales" and resources[start].category == "autoscaler":
                told = _ambiguous(resources[start], several)
                unsure.append(told)
                for target in several[:MANY]:
                    scaler = _Scaler(resources[start], Unknown(Reason.REFUSED, note=told.message))
                    scalers.setdefault(target.address, []).append(scaler)
    changed = {address: _scaled(resources[address], several) for address, several in scalers.items()}
    steady = {address: [one.owner for one in several if _steady(one)] for address, several in scalers.items()}
    odd = [_contested(address, several) for address, several in steady.items() if len(several) > 1]
    lost = dict(_lost(resources, scalers))
    return Folded(changed, (*unsure, *odd, *(_missed(resources[one], why) for one, why in lost.items())), lost)


def _steady(scaler: _Scaler) -> bool:
    return scaler.doubt is None and not _by_schedule(scaler.owner)


def _lost(resources: Mapping[str, Resource], scalers: Mapping[str, Sequence[_Scaler]]) -> Iterable[tuple[str, str]]:
    """
    Yield (address, why) for each object of Kubernetes that scales what has no pods in this graph.

    Autoscalers of clouds scale much that has no machines (tables, streams), so nothing is said of those.
    """
    moving = {
        scaler.owner.address
        for target, several in scalers.items()
        for scaler in several
        if isinstance(resources[target].groups, Unknown) or resources[target].groups
    }
    aimed = {scaler.owner.address for several in scalers.values() for scaler in several}
    for address, resource in resources.items():
        scales = resource.category == "autoscaler" and (
            isinstance(resource.autoscaling, Unknown) or resource.autoscaling
        )
        if scales and resource.provider == KUBERNETES and address not in moving:
            yield address, "what it scales has no pods that are seen" if address in aimed else NOT_HERE


NOT_HERE: Final = "what it scales is not in this graph"


def _by_schedule(scaler: Resource) -> bool:
    return not isinstance(scaler.autoscaling, Unknown) and all("schedule" in entry for entry in scaler.autoscaling)


@dataclass(frozen=True, slots=True)
class _Move:
    """The bounds that something sets to one group, and where they are written."""

    owner: Resource
    at: str  # pointer of the fact that holds `min` and `max` in the owner
    min: Count
    max: Count
    doubt: Optional[Unknown] = None

    def origins(self, bound: str) -> tuple[Origin, ...]:
        """Return the native attributes behind `min` or `max`, said of the owner."""
        for path in ancestors(f"{self.at}/{bound}"):
            if path in self.owner.origins:
                found = self.owner.origins[path]
                return tuple(replace(one, address=one.address or self.owner.address) for one in found)
        return (Origin("", self.owner.address),)


def _scaled(target: Resource, scalers: Sequence[_Scaler]) -> Resource:
    """Return the target with the bounds of its autoscalers: the widest, where there are several."""
    if isinstance(target.groups, Unknown):
        return target
    moves: dict[str, list[tuple[_Move, Mapping[str, Value]]]] = {}
    for scaler in scalers:
        for name, move, entry in _moves(target.groups, scaler):
            moves.setdefault(name, []).append((move, entry))
    own = () if isinstance(target.autoscaling, Unknown) else target.autoscaling
    told = [entry for entry in own if entry.get("group") not in moves]
    groups, origins = dict(target.groups), dict(target.origins)
    for name, several in moves.items():
        before, at = groups[name].replicas, pointer(("groups", name, "replicas"))
        setting = [move for move, _ in several]
        if all("schedule" in entry for _, entry in several):
            setting.append(_Move(target, at, before.min, before.max))
        low, high = _lowest(setting), _highest(setting)
        desired = _within(before.desired, low.min, high.max)
        if desired != before.desired:
            origins[f"{at}/desired"] = low.origins("min") if desired == low.min else high.origins("max")
        for above in (at, f"/autoscaling/{len(told)}"):
            origins[f"{above}/min"] = low.origins("min")
            origins[f"{above}/max"] = high.origins("max")
        bounds = _perhaps(before, ordered(low.min, desired, high.max), setting)
        groups[name] = replace(groups[name], replicas=peak(bounds, groups[name].surge))
        told.append({**several[0][1], "group": name, "min": bounds.min, "max": bounds.max})
    return replace(target, groups=groups, autoscaling=tuple(told), origins=origins)


def _moves(groups: Mapping[str, Group], by: _Scaler) -> Iterable[tuple[str, _Move, Mapping[str, Value]]]:
    """Yield what an autoscaler does to each group. Which of several it means, if it does not say, is not known."""
    scaler = by.owner
    if isinstance(scaler.autoscaling, Unknown):
        for name in groups:
            yield name, _Move(scaler, "/autoscaling", scaler.autoscaling, scaler.autoscaling, by.doubt), {}
        return
    for index, entry in enumerate(scaler.autoscaling):
        at = f"/autoscaling/{index}"
        names = _meant(groups, entry.get("group"))
        for name in names:
            low, high = entry.get("min"), entry.get("max")
            if len(names) > 1:
                low = high = Unknown(Reason.REFUSED, note=f"{scaler.address} scales it, and does not say which group")
            elif "schedule" in entry:  # what it does not state it leaves as it is
                low = groups[name].replicas.min if low is None else low
                high = groups[name].replicas.max if high is None else high
            high = UNBOUNDED if high is None else high
            yield name, _Move(scaler, at, 0 if low is None else low, high, by.doubt), entry


def _meant(groups: Mapping[str, Group], named: Value) -> tuple[str, ...]:
    """Return the groups that an entry may mean: the one that it names, else any."""
    if isinstance(named, str):
        return (named,) if named in groups else ()
    return tuple(groups)


def _lowest(moves: Sequence[_Move]) -> _Move:
    """Return the move with the lowest minimum; one that is not known comes first, since it may be lower."""
    return min(moves, key=lambda move: move.min if isinstance(move.min, int) else -1)


def _highest(moves: Sequence[_Move]) -> _Move:
    """Return the move with the highest maximum; no bound beats a number, not known beats both."""

    def rank(move: _Move) -> tuple[int, int]:
        if isinstance(move.max, Unknown):
            return 2, 0
        return (0, move.max) if isinstance(move.max, int) else (1, 0)

    return max(moves, key=rank)


def _within(desired: Count, low: Count, high: Count) -> Count:
    """Return the number of copies asked for as far as the bounds let it be."""
    if desired is None:
        return None
    if isinstance(low, int) and low == high:
        return low

    def clamp(wish: Value, floor: Value, ceiling: Value) -> Value:
        if isinstance(wish, NoBound) or floor is None:
            return wish
        return max(wish, floor) if isinstance(ceiling, NoBound) else max(min(wish, ceiling), floor)

    answer: Count = apply(clamp, desired, low, high)
    return answer


def _perhaps(own: Bounds, scaled: Bounds, moves: Sequence[_Move]) -> Bounds:
    """Return the bounds; with both possibilities where none of the autoscalers is sure to exist and to be meant."""
    if any(move.owner.multiplicity.min > 0 and move.doubt is None for move in moves):
        return scaled
    doubtful = moves[0].owner
    why = moves[0].doubt or doubtful.multiplicity.why
    why = why or Unknown(Reason.COMPUTED, note=f"whether {doubtful.address} exists is not known")
    return Bounds(
        _either(own.min, scaled.min, why), _either(own.desired, scaled.desired, why), _either(own.max, scaled.max, why)
    )


def _either(one: Count, other: Count, why: Unknown) -> Count:
    if one == other:
        return one
    if isinstance(one, int) and isinstance(other, int):
        return Unknown(why.reason, (one, other), note=why.note)
    return Unknown(why.reason, note=why.note)


def _contested(address: str, scalers: Sequence[Resource]) -> Diagnostic:
    names = " and ".join(sorted(scaler.address for scaler in scalers))
    return Diagnostic(
        "warning",
        "two-autoscalers",
        f"{address} is scaled by {names}; the widest of their bounds are taken",
        place=min(scaler.native.place("") for scaler in scalers),
        hint="Keep one autoscaler for it: two of them work against each other.",
    )


def _ambiguous(scaler: Resource, several: Sequence[Resource]) -> Diagnostic:
    names = " or ".join(one.address for one in several[:2])
    more = "" if len(several) <= 2 else " or others"  # noqa: PLR2004 - those that are named
    return Diagnostic(
        "error" if len(several) > MANY else "warning",
        "ambiguous-target",
        f"{scaler.address} scales {names}{more}: the files do not say which",
        place=scaler.native.place(""),
        hint="Say in guardrail.yaml in which cluster each folder is deployed: units: [{path: k8s/**, cluster: NAME}]",
    )


def _missed(scaler: Resource, why: str) -> Diagnostic:
    return Diagnostic(
        "warning",
        "scales-nothing",
        f"{scaler.address}: {why}, so nobody knows what its copies are",
        place=scaler.native.place(""),
        hint="Judge it together with what it scales.",
    )
