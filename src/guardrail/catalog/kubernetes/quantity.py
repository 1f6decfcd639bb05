"""Quantities of Kubernetes as exact integers: `1500m`, `2Gi`, `1e3`, 4."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from typing import Final

from guardrail.catalog.convert import ConversionError
from guardrail.model.pattern import pattern
from guardrail.model.value import Reason, Unknown, Value

_NUMBER: Final = r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))"
_FORM: Final = pattern(rf"{_NUMBER}([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{{1,4}})?\Z", re.ASCII)
_DECIMAL: Final = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY: Final = {unit: 1024**power for power, unit in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), 1)}
_LONGEST: Final = 64
_LARGEST: Final = 2**63 - 1
"""What a quantity cannot exceed: 64 bits, as in Kubernetes."""

MILLIS: Final = 1000


class QuantityError(ConversionError):
    """A value that is no quantity. The message is for people and does not repeat the value."""


def units(value: Value, per: int = 1) -> int:
    """
    Return how many units a quantity is, times `per` (1000 for millis), rounded up as Kubernetes rounds.

    Raises `QuantityError` for what is none, for a negative one, and for one that is larger than 64 bits.
    """
    if isinstance(value, str):
        return _parsed(value, per)
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise QuantityError("not a quantity")
    return _checked(Decimal(value), per)


@lru_cache(maxsize=4096)
def _parsed(text: str, per: int) -> int:
    found = _FORM.match(text) if len(text) <= _LONGEST else None
    if found is None:
        raise QuantityError("not a quantity")
    number, suffix = Decimal(found[1]), found[2] or ""
    if suffix in _BINARY:
        number *= _BINARY[suffix]
    elif suffix:
        exponent = _DECIMAL[suffix] if suffix in _DECIMAL else int(suffix[1:])
        if abs(exponent) > _LONGEST:
            raise QuantityError("larger than any node" if exponent > 0 and number else "not a quantity")
        number = number.scaleb(exponent)
    return _checked(number, per)


def _checked(number: Decimal, per: int) -> int:
    if number < 0:
        raise QuantityError("negative")
    if number > _LARGEST:
        raise QuantityError("larger than any node")
    return int((number * per).to_integral_value(ROUND_CEILING))


_RENAMED: Final = {"cpu": ("cpu_millis", MILLIS), "memory": ("memory_bytes", 1)}


def named(resource: str) -> tuple[str, int]:
    """Return the name of a resource in the contract, with its unit, and what its quantity is multiplied by."""
    return _RENAMED.get(resource, (resource, 1))


def gibibytes(value: Value) -> int:
    """Return GiB, rounded up."""
    return -(-units(value) // 2**30)


def wrong(note: str) -> Unknown:
    """Return what stands for a value that is in error."""
    return Unknown(Reason.ERROR, note=note)
