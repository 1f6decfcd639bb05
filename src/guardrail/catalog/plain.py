"""
Facts as plain values.

Candidates of an unknown are plain, in the shape that Rego sees: whoever tries one puts it in place as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Final

from guardrail.model.value import Unknown, Value

WORDS: Final = {"kind": "class"}
"""Fields whose name in the document is a word that Python keeps."""


def plain(value: Value) -> Value:
    """Return a fact with its dataclasses as mappings, without what is absent; fractions become text."""
    if is_dataclass(value) and not isinstance(value, (type, Unknown)):
        stated = ((field.name, getattr(value, field.name)) for field in fields(value))
        return {WORDS.get(name, name): _member(name, member) for name, member in stated if member is not None}
    if isinstance(value, Mapping):
        return {key: plain(member) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return tuple(plain(member) for member in value)
    return value


def _member(name: str, value: Value) -> Value:
    return str(value) if name == "fraction" and isinstance(value, Decimal) else plain(value)
