"""
Every kind that guardrail understands, by native type.

A kind is looked up by the provider that its type names, so that a repository of one cloud imports one cloud's
declarations.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Final, Optional

from guardrail.catalog.kind import Kind

PACKAGES: Final[Mapping[str, str]] = {
    "aws": "guardrail.catalog.aws",
    "google": "guardrail.catalog.gcp",
    "azurerm": "guardrail.catalog.azure",
    **dict.fromkeys(("local", "null", "random", "terraform", "time", "tls"), "guardrail.catalog.local"),
}
"""Where the kinds of a type's first word (`aws` of `aws_instance`) are declared: modules with `KINDS`."""


def kind(native: str) -> Optional[Kind]:
    """Return what is declared of a type, None where it is not understood."""
    word = native.partition("_")[0]
    return _kinds(PACKAGES[word]).get(native) if word in PACKAGES else None


def kinds() -> tuple[Kind, ...]:
    """Return every kind, sorted by type."""
    return tuple(found for module in sorted(set(PACKAGES.values())) for _, found in sorted(_kinds(module).items()))


@cache
def linking_to(native: str) -> frozenset[str]:
    """Return the types whose kinds declare links to a type: those that a resource of it may be meant by."""
    word = native.partition("_")[0]
    if word not in PACKAGES:
        return frozenset()
    declared = _kinds(PACKAGES[word]).values()
    return frozenset(one.type for one in declared if any(native in link.types for link in one.links))


@cache
def _kinds(module: str) -> Mapping[str, Kind]:
    declared: tuple[Kind, ...] = import_module(module).KINDS
    return {one.type: one for one in declared}
