"""Whose something is: the value of a resource in each dimension that sums are made by."""

from __future__ import annotations

from guardrail.config.settings import Settings
from guardrail.model.resource import Resource
from guardrail.model.value import ABSENT, Text, Unknown, lookup


def owner(resource: Resource, dimension: str, settings: Settings) -> Text:
    """
    Return the value, None where there is none, an `Unknown` where it cannot be told.

    An environment is that of the unit; where the configuration gives it none, the label that means it.
    """
    if dimension == "unit":
        return resource.unit
    if dimension == "cluster":
        return resource.cluster
    if dimension == "namespace":
        return resource.namespace
    if dimension == "environment" and resource.environment is not None:
        return resource.environment
    return labelled(resource, settings.allocation.get(dimension, ()))


def labelled(resource: Resource, keys: tuple[str, ...]) -> Text:
    """Return the value of the first of these labels that is there, or may be."""
    labels = resource.labels
    if isinstance(labels, Unknown):
        return labels
    plain = type(labels) is dict
    for key in keys:
        found = labels.get(key, ABSENT) if plain else lookup(labels, (key,))
        if isinstance(found, Unknown):
            return found
        if found is not ABSENT and found is not None and found != "":
            return str(found)
    return None
