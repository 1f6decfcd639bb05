"""Training jobs of which each role has replicas of its own, in the shapes that their versions have had."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrail.catalog.kubernetes.workload import Workload
from guardrail.frontends.kubernetes.controllers.making import Making, Part
from guardrail.frontends.kubernetes.reading import Reading, Scope
from guardrail.frontends.kubernetes.surroundings import Surroundings
from guardrail.model.value import Reason, Unknown, Value

_ROLES: Final = {
    name.lower(): name for name in ("Chief", "Evaluator", "Launcher", "Master", "PS", "Scheduler", "Server", "Worker")
}
"""What the operator calls a role, however a job writes it."""

_OLD: Final = Unknown(Reason.REFUSED, note="how many pods this old version of a job has is not computed")


def roles(reading: Reading, scope: Scope, row: Workload, around: Surroundings) -> Scope:
    """Return the roles of a job (`roles`): name, replicas, the bounds within which it is elastic, and template."""
    del row, around
    making = Making(reading, scope)
    made: list[Value] = []
    for name, part in _found(making):
        if isinstance(part.value, Unknown):
            return making.finished({"roles": part.value})
        made.append(_role(making, name, part, f"/roles/{len(made)}"))
    return making.finished({"roles": tuple(made)})


def _found(making: Making) -> Iterator[tuple[str, Part]]:
    """Yield (name, role) for each role of a job."""
    spec = making.own("/spec")
    for key in spec.mapping():
        if not key.lower().endswith("replicaspecs"):
            continue
        several = spec.find(f"/{key}")
        if isinstance(several.value, Unknown):
            yield "?", several
        for index, part in enumerate(several.elements()):  # the first versions had a list
            name = part.text("tfReplicaType") or part.text("name") or str(index)
            yield _ROLES.get(name.lower(), name), part
        for name in several.mapping():
            yield _ROLES.get(name.lower(), name), several.below(name)
    if spec.find("/template").there:
        yield "Worker", spec


def _role(making: Making, name: str, part: Part, at: str) -> Value:
    making.put(at, part)
    if not isinstance(part.value, dict):
        return part.value
    replicas = part.find("/replicas")
    made: dict[str, Value] = {"name": name}
    old = part.at.endswith("/spec") and not replicas.there
    made["replicas"] = _OLD if old else making.put(f"{at}/replicas", replicas) if replicas.there else 1
    template = part.find("/template")
    if template.there:
        made["template"] = making.put(f"{at}/template", template)
    if name == "Worker":
        for bound in ("min", "max"):
            elastic = _elastic(making, bound)
            if elastic.there:
                made[bound] = making.put(f"{at}/{bound}", elastic)
    return made


def _elastic(making: Making, bound: str) -> Part:
    """Return a bound of the workers of an elastic job."""
    of_policy = making.own(f"/spec/elasticPolicy/{bound}Replicas")
    return of_policy if of_policy.there else making.own(f"/spec/{bound}Replicas")
