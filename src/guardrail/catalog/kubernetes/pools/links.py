"""Whom the references of a pool mean, and whose machines it has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final, Optional

from guardrail.catalog.kubernetes.pools import capi, spec
from guardrail.model.path import segments
from guardrail.model.resource import Link
from guardrail.model.value import Value, lookup

_CLOUDS: Final[Mapping[str, str]] = {
    "karpenter.k8s.aws": "aws",
    "eks.amazonaws.com": "aws",
    "eksctl.io": "aws",
    "karpenter.azure.com": "azure",
    "karpenter.k8s.gcp": "gcp",
    "cloud.google.com": "gcp",
}
"""The clouds that only they have objects of a group."""


def provider_of(type_: str, attributes: Mapping[str, Value]) -> Optional[str]:
    """Return the cloud whose machines an object is about, None where nothing tells."""
    group, _, kind = type_.rpartition("/")
    if group in _CLOUDS:
        return _CLOUDS[group]
    if group == "cluster.x-k8s.io":
        return capi.cloud_of(lookup(attributes, ("spec", "template", "spec", "infrastructureRef", "kind")))
    if group == capi.INFRASTRUCTURE:
        return capi.cloud_of(kind)
    return spec.provider(type_, attributes)


def narrowed(links: Iterable[Link], attributes: Mapping[str, Value]) -> tuple[Link, ...]:
    """
    Return the links of a kind that hold here: a reference names the kind that it means.

    One that names none may mean any of them; one that names a kind that is in no row means nobody.
    """
    by_pointer: dict[str, list[Link]] = {}
    for link in links:
        by_pointer.setdefault(link.at, []).append(link)
    found: list[Link] = []
    for at, several in by_pointer.items():
        kind = lookup(attributes, (*segments(at)[:-1], "kind"))
        if isinstance(kind, str):
            meant = [link for link in several if link.types[0].rpartition("/")[2] == kind]
            found += meant or [replace(several[0], types=(f"{_NOBODY}/{kind}",))]
        else:
            found.append(replace(several[0], types=tuple(link.types[0] for link in several)))
    return tuple(found)


_NOBODY: Final = "unknown"
"""A group that no object is of."""
