"""Types of Microsoft Azure."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.azure import aks, apps, assets, compute, jobs, ml, pools, serving, table, tuning
from guardrail.catalog.kind import Kind

KINDS: Final[tuple[Kind, ...]] = (
    *aks.KINDS,
    *apps.KINDS,
    *assets.KINDS,
    *compute.KINDS,
    *jobs.KINDS,
    *ml.KINDS,
    *pools.KINDS,
    *serving.KINDS,
    *table.KINDS,
    *tuning.KINDS,
)
"""Every type of the provider that is understood."""
