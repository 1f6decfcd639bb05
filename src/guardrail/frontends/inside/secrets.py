"""What resources of Terraform that live in a cluster must not show: the values of secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from guardrail.frontends.secrecy import MASK
from guardrail.model.resource import Resource

_SECRETS: Final[Mapping[str, frozenset[str]]] = {
    "kubernetes_secret": frozenset({"data", "string_data", "binary_data"}),
    "helm_release": frozenset({"set_sensitive"}),
}
"""Attributes that are never kept, by how a type begins."""


def without_secrets(resource: Resource) -> Resource:
    """Return a resource without the attributes that are never shown: itself, where it states none of them."""
    secret = next((names for begin, names in _SECRETS.items() if resource.type.startswith(begin)), frozenset[str]())
    stated = [key for key in secret if resource.attributes.get(key) is not None]
    if not stated:
        return resource
    return replace(resource, attributes={**resource.attributes, **dict.fromkeys(stated, MASK)})
