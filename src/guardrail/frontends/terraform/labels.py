"""Tags in effect: those of the provider, and a resource's own on top."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Final, Optional

from guardrail.catalog.kind import Kind
from guardrail.frontends.terraform.candidates import lift
from guardrail.frontends.terraform.values import Mapped, ObjectValue, OpenMap, Unknown, Value, checked, unknown

_WITHOUT_DEFAULTS: Final = frozenset({"aws_autoscaling_group"})
"""Types that the AWS provider keeps its default tags from, since they pass theirs on."""


def attribute_of(kind: Optional[Kind], provider: str, configured: Container[str]) -> Optional[str]:
    """
    Return the attribute that the provider's defaults are merged into, None where they are not.

    Of a type that is not understood it is known only if it sets the attribute.
    """
    usual = "tags" if provider == "aws" else "labels"
    if kind is None:
        return usual if usual in configured else None
    return usual if kind.labels == usual and kind.type not in _WITHOUT_DEFAULTS else None


def in_effect(defaults: Value, own: Value) -> Value:
    """Return the tags that the resource will have."""
    if own is None:
        return defaults
    if isinstance(defaults, Unknown) or isinstance(own, Unknown):
        joined = lift(in_effect, defaults, own)
        if not isinstance(joined, Unknown) or joined.one_of is not None:
            return joined
    return _overlaid(defaults, own)


def _overlaid(defaults: Value, own: Value) -> Value:
    """Return what the resource sets over what it leaves to the defaults, which is not certain if it is open."""
    kept = {key: value for key, value in own.items() if value is not None} if isinstance(own, Mapped) else {}
    doubt = own if isinstance(own, Unknown) else own.rest if isinstance(own, OpenMap) else None
    given: Mapping[str, Value] = defaults if isinstance(defaults, Mapped) else {}
    below = {
        key: unknown(doubt) if doubt is not None and _may_hold(own, key) else value
        for key, value in given.items()
        if value is not None
    }
    merged = ObjectValue({**below, **kept})
    if doubt is None and isinstance(defaults, (Unknown, OpenMap)):
        doubt = defaults if isinstance(defaults, Unknown) else defaults.rest
    return checked(merged if doubt is None else OpenMap(merged, doubt))


def _may_hold(own: Value, key: str) -> bool:
    return not isinstance(own, OpenMap) or own.may_hold(key)
