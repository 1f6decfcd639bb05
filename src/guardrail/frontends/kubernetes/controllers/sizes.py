"""Sizes and durations as programs write them that are older than Kubernetes: `4g` is binary, `1h30m` is a time."""

from __future__ import annotations

import re
from typing import Final, Optional

from guardrail.model.value import Reason, Unknown, Value

_SIZE: Final = re.compile(r"([0-9]{1,12})(?:\.0+)?\s*([kmgtp]?)(?:i?b|ib?)?\Z", re.ASCII | re.IGNORECASE)
_POWERS: Final = {"": -2, "k": -1, "m": 0, "g": 1, "t": 2, "p": 3}
_TIME: Final = re.compile(r"([0-9]{1,9})(?:\.[0-9]{1,9})?(h|m|s|ms|us|ns)", re.ASCII)
_SECONDS: Final = {"h": 3600, "m": 60, "s": 1}


def mebibytes(value: Value, plain: str = "m") -> Value:
    """Return a size in MiB, rounded up. A number without a unit is in `plain`; `b` for bytes."""
    if isinstance(value, Unknown):
        return value
    text = str(value).strip()
    found = _SIZE.match(text)
    if found is None:
        return Unknown(Reason.ERROR, note="a size that is none")
    unit = found[2].lower() or ("" if plain == "b" or text[-1:] in "bB" else plain)
    power = _POWERS[unit]
    size = int(found[1])
    return size * 1024**power if power >= 0 else -(-size // 1024**-power)


def seconds(text: str) -> Optional[int]:
    """Return a duration (`1h30m0s`) in seconds, None for what is none."""
    parts = _TIME.findall(text)
    if not parts or "".join(match.group() for match in _TIME.finditer(text)) != text:
        return None
    return sum(int(number) * _SECONDS.get(unit, 0) for number, unit in parts)
