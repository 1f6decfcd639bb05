"""
Google's discount for machines that run all month. It is applied without anybody asking, so it counts.

At most 20 % for N2, N2D and C2, 30 % for N1, M1, M2, f1-micro, g1-small and for accelerators that are added to N1;
nothing for spot.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from guardrail.model.pattern import pattern

SERVICE: Final = "gce-machine"
"""What it is given for: machines of Compute Engine and GKE, not those that other services run."""

SOURCE: Final = "https://cloud.google.com/compute/docs/sustained-use-discounts"

_SHARES: Final[tuple[tuple[re.Pattern[str], Decimal], ...]] = (
    (re.compile(r"(n2|n2d|c2)-"), Decimal("0.2")),
    (pattern(r"(n1|m1|m2|custom)-|(f1-micro|g1-small)$"), Decimal("0.3")),
)


def share(machine_type: str) -> Decimal:
    """Return the part of the price on demand that a machine of this type is let off when it runs all month."""
    return next((off for pattern, off in _SHARES if pattern.match(machine_type)), Decimal(0))
