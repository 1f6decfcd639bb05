"""Facts in error although their attribute has a value: what is written there is nothing that a cloud would take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Final, Union

from guardrail.catalog.bounds import CONTRADICTIONS
from guardrail.catalog.read import below
from guardrail.graph.facts import unknown_facts
from guardrail.graph.reach import KUBERNETES, is_machines
from guardrail.model.finding import Diagnostic
from guardrail.model.path import ancestors, segments
from guardrail.model.resource import Disk, Group, Origin, Resource
from guardrail.model.value import Reason, Unknown, Value


def refused(resources: Mapping[str, Resource]) -> Iterator[Diagnostic]:
    """
    Yield where such values stand.

    An expression that is in error itself, and a manifest's value of a wrong type, were told by whoever read them.
    """
    for resource in resources.values():
        if not _any_in_error(resource):
            continue
        told: dict[tuple[Origin, str], Diagnostic] = {}
        for path, unknown in unknown_facts(resource):
            if unknown.reason is not Reason.ERROR:
                continue
            if _is_told(resource) and unknown not in CONTRADICTIONS:
                continue
            written = [(one, resources.get(one.address or resource.address)) for one in _origins(resource, path)]
            found = [(origin, owner, _value(owner, origin)) for origin, owner in written if owner is not None]
            if any(isinstance(value, Unknown) and value.note == unknown.note for _, _, value in found):
                continue
            for origin, owner, value in found:
                if value is not None and not isinstance(value, Unknown):
                    told.setdefault((origin, unknown.note), _diagnostic(resource, path, unknown, owner, origin))
                    break
        yield from told.values()


def _is_told(resource: Resource) -> bool:
    """Whether the values of a resource are looked at where it is read."""
    return resource.format == resource.provider == KUBERNETES and not is_machines(resource)


_OF_RESOURCE: Final = attrgetter(
    "region", "account", "cluster", "labels", "lifetime", "autoscaling", "storage", "groups"
)
_OF_GROUP: Final = attrgetter(
    "replicas.min", "replicas.desired", "replicas.max", "machine_types", "accelerators", "purchase", "zones",
    "node_labels", "taints", "storage",
)  # fmt: skip
_OF_DISK: Final = attrgetter("kind", "size_gib", "iops", "throughput_mibps")


def _any_in_error(resource: Resource) -> bool:
    """Whether some fact is in error, at a glance: of ten thousand resources hardly one has any."""
    if _in_error(_OF_RESOURCE(resource)) or (resource.facts and _in_error(resource.facts.values())):
        return True
    if isinstance(resource.lifetime, dict) and resource.lifetime and _in_error(resource.lifetime.values()):
        return True
    if isinstance(resource.autoscaling, tuple) and any(_in_error(one.values()) for one in resource.autoscaling):
        return True
    if _disks_in_error(resource.storage):
        return True
    return not isinstance(resource.groups, Unknown) and any(
        _group_in_error(group) for group in resource.groups.values()
    )


def _group_in_error(group: Group) -> bool:
    if _in_error(_OF_GROUP(group)) or _disks_in_error(group.storage):
        return True
    devices = group.accelerators
    return isinstance(devices, tuple) and any(_in_error((one.count, one.model)) for one in devices)


def _disks_in_error(storage: Union[tuple[Disk, ...], Unknown]) -> bool:
    return isinstance(storage, tuple) and any(_in_error(_OF_DISK(disk)) for disk in storage)


def _in_error(values: Iterable[Value]) -> bool:
    for value in values:  # noqa: SIM110 - asked of every resource, and a generator takes twice as long
        if type(value) is Unknown and value.reason is Reason.ERROR:
            return True
    return False


def _origins(resource: Resource, path: str) -> tuple[Origin, ...]:
    return next((resource.origins[above] for above in ancestors(path) if above in resource.origins), ())


def _value(owner: Resource, origin: Origin) -> Value:
    return below(owner.attributes, tuple(int(key) if key.isdigit() else key for key in segments(origin.path)))


def _diagnostic(resource: Resource, path: str, unknown: Unknown, owner: Resource, origin: Origin) -> Diagnostic:
    return Diagnostic(
        "warning",
        "value-refused",
        f"{resource.address} {path} cannot be: {unknown.note}",
        place=owner.native.place(origin.path),
        hint="It counts as not known. Write what the cloud would take.",
    )
