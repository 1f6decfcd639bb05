"""Whether a value is what another one has become on its way."""

from __future__ import annotations

from typing import Final

from guardrail.frontends.terraform.values import Unknown, Value, is_number, number_text
from guardrail.model.value import ABSENT

LARGEST: Final = 20_000
"""How many parts of two values are compared; of more nobody can tell, and they are not alike."""


def alike(one: Value, other: Value) -> bool:
    """Whether two values are the same but for what a conversion of types does."""
    pending = [(one, other)]
    looked_at = 0
    while pending:
        one, other = pending.pop()
        looked_at += 1
        if looked_at > LARGEST:
            return False
        if one is other:
            continue
        if isinstance(one, dict) and isinstance(other, dict):
            if one.keys() != other.keys():
                return False
            pending += ((member, other[name]) for name, member in one.items())
        elif isinstance(one, tuple) and isinstance(other, tuple):
            if len(one) != len(other):
                return False
            pending += zip(one, other, strict=True)
        elif not _is_same(one, other):
            return False
    return True


def _is_same(one: Value, other: Value) -> bool:
    if one is ABSENT or other is ABSENT or one is None or other is None:
        return False
    if isinstance(one, (Unknown, dict, tuple)) or isinstance(other, (Unknown, dict, tuple)):
        return isinstance(one, Unknown) and bool(one == other)
    return _text(one) == _text(other)


def _text(value: Value) -> str:
    """Return a primitive value as a text, as a conversion does."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_text(value) if is_number(value) else str(value)
