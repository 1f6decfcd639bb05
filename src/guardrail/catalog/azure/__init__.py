"""Types of Microsoft Azure."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.azure import aks, apps, compute, ml, pools, table
from guardrail.catalog.kind import Kind

KINDS: Final[tuple[Kind, ...]] = (
    *aks.KINDS,
    *apps.KINDS,
    *compute.KINDS,
    *ml.KINDS,
    *pools.KINDS,
    *table.KINDS,
)
"""Every type of the provider that is understood."""
