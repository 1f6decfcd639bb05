"""
From what configuration may write to what a fact holds.

Terraform converts by the provider's schema, which is not at hand: "3" counts as 3 where a number belongs. Each
function raises `ConversionError` for what the provider would not take either.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, Optional

from guardrail.model.pattern import pattern
from guardrail.model.value import OpenMap, Unknown, Value


class ConversionError(ValueError):
    """A value is not of the type that belongs here. The message is for people and does not repeat the value."""


DIGITS: Final = 18
"""The most digits of a whole number that means anything here."""

LARGEST: Final = 10**DIGITS

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_DURATION = pattern(r"(?P<whole>[0-9]{1,18})(?:\.(?P<part>[0-9]{1,9}))?s")
_AWS_REGION = pattern(r"[a-z]{2}(?:-[a-z]+)+-[0-9]")
_PLACE = re.compile(r"[a-z0-9-]*")
_ISO_DURATION = pattern(
    r"P(?:(?P<days>[0-9]{1,6})D)?(?:T(?:(?P<hours>[0-9]{1,6})H)?(?:(?P<minutes>[0-9]{1,6})M)?(?:(?P<seconds>[0-9]{1,9})S)?)?"
)


def whole(value: Any) -> int:
    """
    Return how many, or how much: a whole number from 0 on, also of one that is written as text.

    No cloud makes a negative number of anything. Here one would be taken off the bill of everything else.
    """
    number = signed(value)
    if number < 0:
        raise ConversionError("less than nothing")
    return number


def signed(value: Any) -> int:
    """Return a whole number where a negative one has a meaning of its own."""
    if isinstance(value, bool):
        raise ConversionError("not a whole number")
    if isinstance(value, int):
        if abs(value) < LARGEST:
            return value
        raise ConversionError("more than there is of anything")
    if isinstance(value, Decimal) and value.is_finite() and value.adjusted() >= DIGITS:
        raise ConversionError("more than there is of anything")
    if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
        return int(value)
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    raise ConversionError("not a whole number")


def flag(value: Any) -> bool:
    """Return a boolean, also of one that is written as text."""
    if isinstance(value, bool):
        return value
    if value in ("true", "1") or value == 1:
        return True
    if value in ("false", "0", "") or value == 0:
        return False
    raise ConversionError("neither true nor false")


def text(value: Any) -> str:
    """Return a string; numbers and booleans as Terraform would write them."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    raise ConversionError("not a string")


def stated(value: Any) -> Optional[Any]:
    """Return the value, None for an empty string: what modules pass when they mean nothing."""
    return None if value == "" else value


def texts(value: Any) -> Value:
    """Return a tuple of strings of a list; elements that are unknown stay so."""
    if isinstance(value, (list, tuple)):
        return tuple(one if isinstance(one, Unknown) else text(one) for one in value if one is not None)
    raise ConversionError("not a list")


def tags(value: Any) -> Mapping[str, Value]:
    """Return tags with text values. Null ones are not set at all; blanks alone say no more than an empty one."""
    if not isinstance(value, Mapping):
        raise ConversionError("not a map of tags")
    if all(isinstance(one, str) and not one.isspace() for one in value.values()):
        return value
    kept = {key: one if isinstance(one, Unknown) else _tag(one) for key, one in value.items() if one is not None}
    return OpenMap(kept, value.rest) if isinstance(value, OpenMap) else kept


def _tag(value: Any) -> str:
    written = text(value)
    return "" if written.isspace() else written


def seconds(value: Any) -> int:
    """Return whole seconds of `3600s`, `PT1H30M` or a plain number; a part of a second counts as one."""
    if isinstance(value, str):
        match = _DURATION.fullmatch(value)
        if match:
            return int(match["whole"]) + (int(match["part"] or 0) > 0)
        match = _ISO_DURATION.fullmatch(value)
        if match and value not in ("P", "PT"):
            days, hours, minutes, rest = (int(part or 0) for part in match.groups())
            return ((days * 24 + hours) * 60 + minutes) * 60 + rest
    return whole(value)


def minutes(value: Any) -> int:
    """Return seconds of a number of minutes."""
    return whole(value) * 60


def days(value: Any) -> int:
    """Return seconds of a number of days."""
    return whole(value) * 86400


def aws_region(zone: Any) -> str:
    """Return the region of an availability zone or a local zone: `us-west-2` of `us-west-2-lax-1a`."""
    match = _AWS_REGION.match(text(zone))
    if not match:
        raise ConversionError("not an availability zone")
    return match[0]


def google_region(location: Any) -> str:
    """Return the region of a Google location: a zone's region, a region or multi-region as it is, in small letters."""
    name = text(location).rpartition("/")[2].lower()
    return name[:-2] if is_google_zone(name) else name


def is_google_zone(location: Any) -> bool:
    """Whether a Google location is a zone (`us-central1-a`)."""
    return re.fullmatch(r"[a-z]+-[a-z]+[0-9]+-[a-z]", text(location).rpartition("/")[2].lower()) is not None


def azure_region(location: Any) -> str:
    """Return an Azure location as its programmatic name: `eastus` of "East US"."""
    return text(location).replace(" ", "").lower()


def located(provider: Optional[str], value: Any) -> str:
    """
    Return a region or a zone as its provider spells it, so that one place has one name.

    Azure takes "East US" for eastus. Google's and Amazon's names are in small letters; Amazon's tools refuse others.
    """
    name = azure_region(value) if provider == "azure" else text(value)
    name = name.lower() if provider == "gcp" else name
    if provider in ("aws", "gcp", "azure") and not _PLACE.fullmatch(name):
        raise ConversionError("not the name of a region or a zone of this cloud")
    return name


def last(value: Any) -> str:
    """Return the last part of a path: what a self link or a resource id names."""
    return text(value).rpartition("/")[2]
