"""Types of Amazon Web Services, but for those of SageMaker (`sagemaker_kinds`)."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.aws import (
    autoscaling,
    batch,
    cloudformation,
    containers,
    ebs,
    ec2,
    eks,
    emr,
    fleets,
    logs,
    models,
    network,
    table,
)
from guardrail.catalog.kind import Kind

_KINDS: Final[tuple[Kind, ...]] = (
    *autoscaling.KINDS,
    *batch.KINDS,
    *containers.KINDS,
    *ebs.KINDS,
    *ec2.KINDS,
    *eks.KINDS,
    *emr.KINDS,
    *fleets.KINDS,
    *logs.KINDS,
    *models.KINDS,
    *network.KINDS,
    *table.KINDS,
)

KINDS: Final[tuple[Kind, ...]] = (*cloudformation.in_templates(_KINDS), *cloudformation.KINDS)
"""Every type of the provider that is understood and has nothing to do with SageMaker."""
