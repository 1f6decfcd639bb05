"""What the providers of a plan give to all their resources, as far as the plan tells it: constants, no expressions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final, Optional

from guardrail.frontends.terraform.plan.changes import Change
from guardrail.frontends.terraform.plan.configuration import Configuration, mapping
from guardrail.frontends.terraform.providers import region_of
from guardrail.model.value import ABSENT, OpenMap, Reason, Unknown, Value, lookup

UNTOLD: Final = Unknown(Reason.ENVIRONMENT, note="the plan does not tell the setting of the provider")


def settings(configuration: Configuration, change: Change) -> Optional[Mapping[str, Any]]:
    """
    Return the expressions of the provider block that a resource belongs to, None where the plan does not tell which.

    Since version 1.1 a resource names the very block. Before, it named the provider in its own module; that is the
    block of the nearest module above, unless another one could have been passed.
    """
    providers = configuration.providers
    key = (configuration.block(change) or {}).get("provider_config_key")
    if not isinstance(key, str):
        return None
    named = mapping(providers.get(key))
    if "expressions" in named:
        return mapping(named["expressions"])
    name = key.rpartition(":")[2]
    alike = [mapping(one) for one in providers.values() if mapping(one).get("name") == name.partition(".")[0]]
    if "." in name or any("alias" in one for one in alike):
        return {} if key in providers and ":" not in key else None
    for end in range(len(change.modules), -1, -1):
        above = ".".join(f"module.{part}" for part, _ in change.modules[:end])
        found = mapping(providers.get(f"{above}:{name}" if above else name))
        if "expressions" in found and found.get("full_name") == named.get("full_name", found.get("full_name")):
            return mapping(found["expressions"])
    return {} if key in providers else None


def constant(expressions: Optional[Mapping[str, Any]], name: str) -> Value:
    """Return a setting: its value if that is constant, None where there is none, `UNTOLD` else."""
    if expressions is None:
        return UNTOLD
    told = expressions.get(name)
    if told is None:
        return None
    return mapping(told).get("constant_value", UNTOLD)


def region(expressions: Optional[Mapping[str, Any]], provider: str) -> Value:
    """Return the region of all resources that do not set one, None where no block says it."""
    return region_of(provider, partial(constant, expressions))


def defaults(expressions: Optional[Mapping[str, Any]], provider: str) -> Value:
    """Return the tags or labels that every resource gets, None where there are none."""
    if provider.startswith("google"):
        return constant(expressions, "default_labels")
    if provider != "aws":
        return None
    if expressions is None:
        return UNTOLD
    told = expressions.get("default_tags")
    if told is None:
        return None
    block = told[0] if isinstance(told, list) and told else told
    return constant(block, "tags") if isinstance(block, dict) and "references" not in block else UNTOLD


MERGED: Final[Mapping[str, tuple[str, ...]]] = {
    "tags": ("tags_all",),
    "labels": ("effective_labels", "terraform_labels"),
}
"""By the attribute that people write: those in which its provider says what will be in effect, defaults included."""


def in_effect(attributes: Mapping[str, Value], own: str, given: Value) -> Value:
    """Return the tags that a resource will have, with those that its provider gives; None where nothing is added."""
    for name in MERGED.get(own, ()):
        whole = attributes.get(name)
        if isinstance(whole, Mapping):
            return whole
    found = lookup(attributes, (own,))
    tags = None if found is ABSENT else found
    if given is None and tags and isinstance(lookup(attributes, ("tags_all",)), Unknown):
        given = UNTOLD  # without defaults they would be its own tags; a dynamic block is not in the plan
    if given is None:
        return None
    stated = tags if isinstance(tags, Mapping) else {}
    if isinstance(tags, (Unknown, OpenMap)):  # any of those that are given may be another one
        return OpenMap(stated, tags if isinstance(tags, Unknown) else tags.rest)
    if not isinstance(given, Mapping):
        return OpenMap(stated, given if isinstance(given, Unknown) else UNTOLD)
    merged = {**given, **stated}
    return OpenMap(merged, given.rest) if isinstance(given, OpenMap) else merged
