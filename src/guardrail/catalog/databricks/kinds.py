"""Types of Databricks. The machines are those of the cloud that the workspace is in, by their names."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.databricks import clusters, jobs, serving, table
from guardrail.catalog.kind import Kind

KINDS: Final[tuple[Kind, ...]] = (*clusters.KINDS, *jobs.KINDS, *serving.KINDS, *table.KINDS)
"""Every type of the provider that is understood."""
