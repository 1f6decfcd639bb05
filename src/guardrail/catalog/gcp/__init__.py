"""Types of Google Cloud."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.gcp import compute, gke, run, table, vertex
from guardrail.catalog.kind import Kind

KINDS: Final[tuple[Kind, ...]] = (*compute.KINDS, *gke.KINDS, *run.KINDS, *table.KINDS, *vertex.KINDS)
"""Every type of the provider that is understood."""
