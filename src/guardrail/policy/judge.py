"""
Three-valued answers from two-valued decisions.

Rego says deny or nothing. A decision on a path that is not known becomes undetermined, and so does silence about a
resource of which something that the policy rests on is not known. Nothing unknown ever passes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import field, replace
from typing import Final, Optional

from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Decision
from guardrail.model.graph import Graph
from guardrail.model.path import ancestors, covers, segments
from guardrail.model.resource import Resource
from guardrail.policy import wording
from guardrail.policy.model import Loaded, Pattern
from guardrail.policy.parameters import Parameters
from guardrail.policy.plain import Cause, Seen, Wanted, see, told
from guardrail.policy.watch import Bound, bind, concerns

COPIES: Final = "/multiplicity"


@dataclass(slots=True)
class Judge:
    """
    What is known of the resources of a run.

    `seen` holds the parts of each resource that policies read, `wanted` says which those are.
    """

    graph: Graph
    params: Parameters
    seen: Mapping[str, Seen]
    wanted: Wanted
    _bound: dict[tuple[str, str], tuple[Bound, ...]] = field(default_factory=dict)
    _joined: dict[str, set[str]] = field(default_factory=dict)

    def settle(self, decision: Decision) -> Decision:
        """Return a decision about a resource as what it is: a denial, or undetermined with the reason."""
        resource = self.graph.resources[decision.resource or ""]
        found = self.cause(resource, decision.path or "")
        if found is not None:
            path, cause = found
            return undetermined(decision, path, cause)
        if resource.multiplicity.min == 0 and resource.multiplicity.why is not None:
            return undetermined(decision, COPIES, Cause(resource.multiplicity.why))
        return decision

    def cause(self, resource: Resource, path: str) -> Optional[tuple[str, Cause]]:
        """Return why a path is not known, and the path that says so; None if it is known (or known to be absent)."""
        seen = self.seen[resource.address]
        first = path[1:].partition("/")[0]
        if path and self.wanted.fields is not None and first not in self.wanted.fields:
            seen = see(resource, Wanted(frozenset({first}), None))
        for upper in ancestors(path):
            cause = seen.causes.get(upper)
            if cause is None or upper == COPIES:  # bounds of copies are known
                continue
            if not cause.open or (upper != path and _lacks(seen, upper, path)):
                return upper, cause
        for below, cause in seen.causes.items():  # a list with a member that is not known is not known itself
            if below.startswith(f"{path}/") and below[len(path) + 1 :].isdecimal():
                return below, cause
        return None

    def concerned(self, loaded: Loaded, resource: Resource, *, narrowing: bool = False) -> Mapping[str, Cause]:
        """Return what is not known of a resource and concerns a policy (or whether it has a say at all)."""
        seen = self.seen[resource.address]
        if not seen.causes:
            return {}
        bounds = self._bounds(loaded, resource.unit, "narrowing" if narrowing else "own")
        return _concerned(bounds, seen)

    def reached(self, loaded: Loaded, resource: Resource) -> Iterator[tuple[str, str, Cause]]:
        """Yield (address, path, cause) of what is not known of the resources that a policy reaches from one."""
        if not any(one.joined for one in loaded.rests_on):
            return
        for address in sorted(self._neighbours(resource.address)):
            seen = self.seen[address]
            if seen.causes:
                for path, cause in _concerned(self._bounds(loaded, resource.unit, "joined"), seen).items():
                    yield address, path, cause

    def decided(self, resource: Resource, path: str, cause: Cause, decisions: Collection[Decision]) -> bool:
        """
        Whether a policy decided on what is not known: at its path, below it, or on the list that it is a member of.

        In an open map only a decision on a key that it does not list is about what is not known.
        """
        if cause.open:
            return any((self.cause(resource, one.path or "") or ("",))[0] == path for one in decisions)
        above, _, last = path.rpartition("/")
        parent = above if last.isdecimal() else path
        return any(covers(path, one.path or "") or one.path == parent for one in decisions)

    def _bounds(self, loaded: Loaded, unit: str, which: str) -> tuple[Bound, ...]:
        params = self.params.of(loaded.policy.id, unit)
        key = (f"{loaded.policy.id} {which}", unit if unit in self.params.units.get(loaded.policy.id, ()) else "")
        if key not in self._bound:
            chosen: Collection[Pattern] = {
                "own": [one for one in loaded.rests_on if not one.joined],
                "joined": [one for one in loaded.rests_on if one.joined],
                "narrowing": loaded.narrowed_by or (),
            }[which]
            bounds = (bind(one, params) for one in chosen)
            self._bound[key] = tuple(bound for bound in bounds if bound is not None)
        return self._bound[key]

    def _neighbours(self, address: str) -> set[str]:
        if not self._joined:
            for start, edges in self.graph.edges.items():
                for edge in edges:
                    self._joined.setdefault(start, set()).add(edge.to)
                    self._joined.setdefault(edge.to, set()).add(start)
        return {one for one in self._joined.get(address, ()) if one in self.seen}


def _concerned(bounds: Collection[Bound], seen: Seen) -> Mapping[str, Cause]:
    return {
        path: cause
        for path, cause in seen.causes.items()
        if path != COPIES and any(concerns(bound, path, cause, seen) for bound in bounds)
    }


def _lacks(seen: Seen, upper: str, path: str) -> bool:
    """Whether the open map at `upper` does not list the key through which `path` goes."""
    value: object = seen.json
    keys = segments(path)
    depth = len(segments(upper))
    for key in keys[:depth]:
        value = value.get(key) if isinstance(value, dict) else None
    return not isinstance(value, dict) or keys[depth] not in value


def undetermined(decision: Decision, path: str, cause: Cause) -> Decision:
    """Return a decision that would hold if what is not known turned out so."""
    return replace(
        decision,
        message=f"{wording.not_known(path, cause.unknown)}; possibly: {decision.message}",
        reason=cause.unknown.reason,
        evidence={**decision.evidence, **because(path, cause)},
        remediation=wording.remedy(cause.unknown.reason, decision.remediation),
    )


def silence(loaded: Loaded, address: str, path: str, cause: Cause) -> Decision:
    """Return what the engine says where a policy said nothing about what it cannot know."""
    return Decision(
        policy=loaded.policy.id,
        message=wording.not_known(path, cause.unknown),
        resource=address,
        path=path,
        reason=cause.unknown.reason,
        evidence=because(path, cause),
        remediation=wording.REMEDY[cause.unknown.reason],
    )


def because(path: str, cause: Cause) -> dict[str, object]:
    """Return the evidence for an undetermined answer."""
    return {"unknown": {path: told(cause)}}
