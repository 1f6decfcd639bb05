"""What may be kept and shown of an object: what its row hides is left out, environments and secrets are masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from guardrail.frontends.kubernetes.objects import Object
from guardrail.frontends.kubernetes.reading import segments
from guardrail.frontends.masked import masked
from guardrail.model.value import Value


def visible(found: Object) -> Mapping[str, Value]:
    """Return the object as far as it may be shown."""
    value: Mapping[str, Value] = found.value
    for pointer in found.row.hidden if found.row is not None else ():
        value = _without(value, segments(pointer))
    shown: Mapping[str, Value] = masked(value)
    return shown


def _without(value: Mapping[str, Value], keys: Sequence[object]) -> Mapping[str, Value]:
    key = str(keys[0])
    if key not in value:
        return value
    kept = {name: member for name, member in value.items() if name != key}
    below = value[key]
    if len(keys) > 1 and isinstance(below, dict):
        kept[key] = _without(below, keys[1:])
    return kept
