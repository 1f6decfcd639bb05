"""
Whom a name in Kubernetes means, across the folders that may be deployed into one cluster.

Manifests of one cluster lie in many folders: an autoscaler in one, what it scales in another. Nothing in them says
so, and the names are the same in `prod/` and `dev/`. So a name means, in this order: what its own unit declares; what
the configuration says runs in the same cluster, or in the same environment; what lies in the nearest folder above
both. Two that are equally near are both possible. What is said to run elsewhere is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from itertools import islice
from typing import Final, NamedTuple, Optional

from guardrail.config.meaning import MANIFESTS
from guardrail.model.address import CLUSTER_SCOPED, ROOT, UNSTATED, scope_of
from guardrail.model.dataclass import dataclass
from guardrail.model.resource import Resource

KUBERNETES: Final = "kubernetes"
VERTICAL: Final = "autoscaling.k8s.io/VerticalPodAutoscaler"

DEEP: Final = 32
"""Folders above one another that are told apart; what lies deeper counts as lying here."""

MANY: Final = 16
"""Resources that one name may mean and that are named; with more, they are only known to be many."""

COMPARED: Final = 256
"""Resources of one name in one folder whose own folders are compared; more are ambiguous in any case."""

_ANY: Final = ""
"""In place of a namespace: whichever."""

Home = tuple[Optional[str], Optional[str]]
"""(cluster, environment), as the configuration states them."""


def is_object(resource: Resource) -> bool:
    """Whether names in a resource count as those of Kubernetes do: it is an object there, be it machines of a cloud."""
    return KUBERNETES in (resource.provider, resource.format)


def is_machines(resource: Resource) -> bool:
    """Whether a resource is machines or what launches them: a kind of its cloud describes it, whatever its format."""
    return resource.category.startswith(("compute.", "cluster"))


def scope(resource: Resource) -> str:
    """Return the namespace that names in a resource count in; things of a cloud are in none, whoever makes them."""
    return scope_of(resource.namespace) if resource.provider == KUBERNETES else CLUSTER_SCOPED


class By(NamedTuple):
    """Where a name stands: in which unit, which runs where, in which namespace."""

    unit: str
    home: Home
    scope: str

    @classmethod
    def of(cls, resource: Resource) -> By:
        """Return where the names in a resource stand."""
        return cls(resource.unit, _home(resource), scope(resource))


@dataclass(slots=True)
class Reach:
    """Resources by the names that others call them by, in every folder above them."""

    _in: dict[tuple[str, Home, str, str], list[Resource]] = field(default_factory=dict)
    _own: dict[tuple[str, str, str], list[Resource]] = field(default_factory=dict)
    _homes: dict[Home, None] = field(default_factory=dict)
    _known: dict[tuple[By, str], tuple[Resource, ...]] = field(default_factory=dict)

    def add(self, resource: Resource, name: str) -> None:
        """Note what a resource is called."""
        here = _home(resource)
        self._homes.setdefault(here)
        for space in {scope(resource), _ANY}:
            self._own.setdefault((resource.unit, space, name), []).append(resource)
            for folder in _folders(resource.unit):
                self._in.setdefault((folder, here, space, name), []).append(resource)

    def meant(self, by: By, name: str) -> tuple[Resource, ...]:
        """Return the resources that a name may mean: those nearest to where it stands, at most one more than `MANY`."""
        key = (by, name)
        if key not in self._known:
            self._known[key] = tuple(self._nearest(by, name)[: MANY + 1])
        return self._known[key]

    def _nearest(self, by: By, name: str) -> list[Resource]:
        spaces = _spaces(by.scope)
        for several in spaces:
            own = [found for space in several for found in self._own.get((by.unit, space, name), ())]
            if own:
                return own
        for homes in _ranked(by.home, self._homes):
            for folder in _folders(by.unit):
                for several in spaces:
                    keys = ((folder, home, space, name) for home in homes for space in several)
                    here = (one for key in keys for one in self._in.get(key, ()) if not _twin(by.unit, one))
                    found = list(islice(here, COMPARED + 1))
                    if found:
                        return found if len(found) > COMPARED else _alike(by.unit, found)
        return []


def _home(resource: Resource) -> Home:
    return resource.cluster if isinstance(resource.cluster, str) else None, resource.environment


def _spaces(own: str) -> tuple[tuple[str, ...], ...]:
    """Return the namespaces in which a name is looked for, those first that are surely meant."""
    if own == CLUSTER_SCOPED:
        return ((CLUSTER_SCOPED,),)
    if own == UNSTATED:
        return ((UNSTATED, CLUSTER_SCOPED), (_ANY,))
    return ((own, CLUSTER_SCOPED), (UNSTATED,))


def _ranked(own: Home, homes: dict[Home, None]) -> Iterator[list[Home]]:
    """Yield the places that may be one with ours: the same by what is said, then those of which nothing is said."""
    cluster, environment = own
    together = [one for one in homes if cluster is not None and one[0] == cluster]
    yield together
    perhaps = [one for one in homes if one not in together and (cluster is None or one[0] is None)]
    near = [one for one in perhaps if environment is not None and one[1] == environment]
    yield near
    yield [one for one in perhaps if one not in near and (environment is None or one[1] is None)]


def _folders(unit: str) -> tuple[str, ...]:
    """Return the folder of a unit and those above it, the root last."""
    parts = _parts(unit)[:DEEP]
    return tuple("/".join(parts[:end]) for end in range(len(parts), -1, -1))


def _parts(unit: str) -> list[str]:
    folder = unit.removesuffix(f"@{MANIFESTS}")
    return [] if folder == ROOT else folder.split("/")


def _twin(unit: str, found: Resource) -> bool:
    """Whether a resource is of the same files, deployed a second time (two stacks of one Terraform root)."""
    return found.format != KUBERNETES and found.unit.partition("@")[0] == unit.partition("@")[0]


def _alike(unit: str, found: list[Resource]) -> list[Resource]:
    """Return those whose folder shares most names with ours: of app/prod and app/dev, scaling/prod means the first."""
    ours = set(_parts(unit))
    shared = [len(ours.intersection(_parts(one.unit))) for one in found]
    best = max(shared)
    return [one for one, count in zip(found, shared, strict=True) if count == best]
