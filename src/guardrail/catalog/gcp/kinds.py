"""Types of Google Cloud."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.gcp import (
    colab,
    compute,
    dataproc,
    deployments,
    featurestore,
    gke,
    jobs,
    legacy,
    older,
    persistent,
    pipelines,
    run,
    table,
    tpus,
    training,
    vertex,
)
from guardrail.catalog.gcp.connector import spelled
from guardrail.catalog.kind import Kind

KINDS: Final[tuple[Kind, ...]] = spelled(
    (
        *compute.KINDS,
        *gke.KINDS,
        *run.KINDS,
        *table.KINDS,
        *vertex.KINDS,
        *jobs.KINDS,
        *pipelines.KINDS,
        *training.KINDS,
        *deployments.KINDS,
        *persistent.KINDS,
        *colab.KINDS,
        *tpus.KINDS,
        *featurestore.KINDS,
        *legacy.KINDS,
        *dataproc.KINDS,
        *older.KINDS,
    )
)
"""Every type of the provider that is understood."""
