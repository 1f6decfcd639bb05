"""Types of Amazon Web Services."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.aws import autoscaling, batch, ebs, ec2, eks, emr, fleets, logs, network, sagemaker, table
from guardrail.catalog.kind import Kind

KINDS: Final[tuple[Kind, ...]] = (
    *autoscaling.KINDS,
    *batch.KINDS,
    *ebs.KINDS,
    *ec2.KINDS,
    *eks.KINDS,
    *emr.KINDS,
    *fleets.KINDS,
    *logs.KINDS,
    *network.KINDS,
    *sagemaker.KINDS,
    *table.KINDS,
)
"""Every type of the provider that is understood."""
