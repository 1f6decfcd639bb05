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
from guardrail.model.path import segments

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
def linking_to(native: str) -> Mapping[str, frozenset[str]]:
    """Return the types with links to resources of a type, each with the arguments that such links begin in."""
    word = native.partition("_")[0]
    if word not in PACKAGES:
        return {}
    found = {
        one.type: frozenset(segments(link.at)[0] for link in one.links if native in link.types)
        for one in _kinds(PACKAGES[word]).values()
    }
    return {type_: arguments for type_, arguments in found.items() if arguments}


@cache
def _kinds(module: str) -> Mapping[str, Kind]:
    declared: tuple[Kind, ...] = import_module(module).KINDS
    return {one.type: one for one in declared}
